"""Ufuncs and other elementwise functions that are no primitives: short formulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..rules import elementwise as rules
from ..rules import mathematics
from .registry import answers, named, refuse, tensor


def _formula(name: str, formula: Any, doc: str) -> None:
    formula.__doc__ = doc
    formula.__name__ = name
    answers(*named(name))(formula)


def _same(name: str, doc: str) -> None:
    _formula(name, lambda x: x, doc)


_formula("square", lambda x: x * x, "x * x.")
_formula("reciprocal", lambda x: 1.0 / x, "1 / x.")
_formula("fabs", lambda x: np.absolute(x), "The absolute value.")
_same("positive", "x itself.")
_formula("float_power", lambda x, y: np.power(tensor(x).double(), y), "x ** y in float64.")
_formula("cbrt", lambda x: np.sign(x) * np.absolute(x) ** (1.0 / 3.0), "The cube root.")
_formula("heaviside", lambda x, y: np.where(x == 0, y, (tensor(x) > 0) * 1.0), "A step at 0.")
_formula("ldexp", lambda x, y: x * 2.0**y, "x * 2**y.")
_formula("divmod", lambda x, y: (np.floor_divide(x, y), np.remainder(x, y)), "x // y and x % y.")
_formula("modf", lambda x: (x - np.trunc(x), np.trunc(x)), "Fraction and integral part.")
_same("conjugate", "x itself, which is real.")
_formula("vecdot", lambda x, y: (x * y).sum(-1), "Products summed over the last axis.")
_formula("matvec", lambda x, y: (x @ y[..., None])[..., 0], "Matrices times vectors.")
_formula("vecmat", lambda x, y: (x[..., None, :] @ y)[..., 0, :], "Vectors times matrices.")
_same("real", "x itself, which is real.")
_formula("imag", lambda x: x * 0.0, "0: x is real.")
_formula("angle", lambda z, deg=False: np.arctan2(z * 0.0, z) * (180.0 / math.pi if deg else 1.0),
         "0 for positive numbers, π for negative ones.")  # fmt: skip


@answers(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """``a`` itself, which is real."""
    return a


@answers(np.sinc)
def sinc(x: Any) -> Any:
    """``sin(πx) / (πx)``, 1 at 0."""
    return mathematics.sinc.apply(x)


@answers(np.i0)
def i0(x: Any) -> Any:
    """The modified Bessel function of order 0."""
    from ..rules.special import i0 as rule

    return rule.apply(x)


@answers(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None,
         max: Any = None) -> Any:  # fmt: skip
    """Not below one bound, not above the other."""
    refuse("clip", out=(out, None))
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    if isinstance(low, int | float | None) and isinstance(high, int | float | None):
        return rules.clamp.apply(tensor(a), low, high)
    a = tensor(a) if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


@answers(np.round)
def round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """The nearest number of so many decimals; its derivative is 0."""
    refuse("round", out=(out, None))
    scale = 10.0**decimals
    return np.rint(a * scale) / scale if decimals else np.rint(a)


@answers(np.fix)
def fix(x: Any, out: Any = None) -> Any:
    """The integer towards 0; its derivative is 0."""
    refuse("fix", out=(out, None))
    return np.trunc(x)


@answers(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None,
               neginf: Any = None) -> Any:  # fmt: skip
    """Numbers in the place of NaN and infinities."""
    limits = np.finfo(x._array.dtype)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == math.inf, limits.max if posinf is None else posinf, x)
    return np.where(x == -math.inf, limits.min if neginf is None else neginf, x)


@answers(np.where)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """Elements of one array where a condition holds, of another elsewhere."""
    if x is None and y is None:
        return np.nonzero(condition)
    condition = tensor(condition)
    if condition._array.dtype.kind != "b":
        condition = condition != 0
    like = next((a for a in (x, y) if hasattr(a, "_array")), None)
    return rules.where.apply(condition, tensor(x, like), tensor(y, like))


@answers(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The choice that belongs to the first condition that holds."""
    if len(condlist) != len(choicelist):
        raise ValueError("select: one choice for each condition")
    like = next((a for a in choicelist if hasattr(a, "_array")), None)
    found = tensor(default, like)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        found = where(condition, choice, found)
    return found


@answers(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Another function where another condition holds."""
    conditions = condlist if isinstance(condlist, list | tuple) else [condlist]
    values = [f(x, *args, **kw) if callable(f) else f for f in funclist]
    found = tensor(values.pop() if len(values) > len(conditions) else 0.0, x)
    for condition, value in zip(conditions, values, strict=True):  # the last that holds decides
        found = where(condition, value, found)
    return found


@answers(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """The element of the choice whose number is given."""
    refuse("choose", out=(out, None), mode=(mode, "raise"))
    index = tensor(a)
    return select([index == k for k in range(len(choices))], list(choices))


@answers(np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """Straight lines between points."""
    refuse("interp", period=(period, None))
    x, xp, fp = tensor(x), tensor(xp), tensor(fp)
    n = xp.shape[0]
    k = np.clip(np.searchsorted(xp._array, x._array, side="right"), 1, n - 1)
    share = (x - xp[k - 1]) / (xp[k] - xp[k - 1])
    found = fp[k - 1] + share * (fp[k] - fp[k - 1])
    found = where(x < xp[0], fp[0] if left is None else left, found)
    return where(x > xp[-1], fp[-1] if right is None else right, found)


@answers(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Without the jumps by a period: they are constants."""
    jumps = np.unwrap(p._array, discont, axis, period=period) - p._array
    return p + tensor(jumps)


@answers(np.linspace)
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
             dtype: Any = None, axis: int = 0, *, device: Any = None) -> Any:  # fmt: skip
    """Evenly spaced numbers between two."""
    start, stop = tensor(start, stop), tensor(stop, start)
    steps = max(num - 1 if endpoint else num, 1)
    start, stop = np.broadcast_arrays(start, stop)
    share = tensor((np.arange(num) / steps).astype(start._array.dtype))
    share = share.reshape((-1,) + (1,) * start.ndim)
    found = np.moveaxis(start * (1.0 - share) + stop * share, 0, axis)
    return (found, (stop - start) / steps) if retstep else found


@answers(np.logspace)
def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0,
             dtype: Any = None, axis: int = 0) -> Any:  # fmt: skip
    """Numbers evenly spaced on a logarithmic scale."""
    return base ** linspace(start, stop, num, endpoint, axis=axis)


@answers(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None,
              axis: int = 0) -> Any:  # fmt: skip
    """A geometric sequence between two numbers."""
    start, stop = tensor(start, stop), tensor(stop, start)
    return np.exp(linspace(np.log(start), np.log(stop), num, endpoint, axis=axis))


def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C") -> Any:
    """One value at every place."""
    return np.broadcast_to(tensor(fill_value), shape)


@answers(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    """The powers of numbers, in columns."""
    n = x.shape[0] if N is None else N
    powers = range(n) if increasing else range(n)[::-1]
    return np.stack([x**k for k in powers], 1)


@answers(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """The value of a polynomial, by Horner's scheme."""
    p, x = tensor(p, x), tensor(x, p)
    found = x * 0.0
    for k in range(p.shape[0]):
        found = found * x + p[k]
    return found
