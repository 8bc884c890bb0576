"""Special functions: the error function's family, the gamma function's, and Bessel's.

SciPy computes them where it is installed. Without it there are erf, erfc, erfinv, lgamma and
digamma all the same; the others ask for it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from . import _without_scipy
from ._erf_float32 import erf_float32
from ._samples import Sample, Samples, binary, draw, unary
from .mathematics import reciprocal_or_zero


@functools.cache
def scipy_function(name: str) -> Any:
    """A function of ``scipy.special``; our own where SciPy is missing and we have one.

    Raises
    ------
    ImportError
        If it takes SciPy, which is not installed.
    """
    own = {"gammaln": "lgamma", "psi": "digamma"}.get(name, name)
    try:
        import scipy.special
    except ImportError:
        found = getattr(_without_scipy, own, None)
        if found is None:
            raise ImportError(
                f"special.{name} is computed by SciPy, which is not installed: pip install scipy"
            ) from None
        return found
    return getattr(scipy.special, name)


def of_scipy(name: str) -> Callable[..., Any]:
    """The function of that name, found when first called, with results of its inputs' dtype."""

    def forward(x: Any, *more: Any) -> Any:
        return np.asarray(scipy_function(name)(x, *more)).astype(x.dtype, copy=False)

    return forward


def _function(
    name: str,
    rule: Callable[..., Any],
    samples: Samples,
    *,
    scipy: str = "",
    forward: Any = None,
    mathematics: str = "",
    special: bool = True,
    scalar: Callable[[float], float] | None = None,
    doc: str = "",
) -> Primitive:
    """Enter a special function of one real number."""
    run = forward or of_scipy(scipy or name)
    return define(
        name, "x", run, {"x": rule}, mathematics=mathematics or f"{name}(x)", kind="elementwise",
        promotes="float", scalar=scalar or (lambda x: float(run(np.float64(x)))),
        torch=f"torch.{'special.' * special}{name}(x)", samples=samples, public=not special,
        doc=doc,
    )  # fmt: skip


_SLOPE = 2.0 / math.sqrt(math.pi)
_positive = unary(0.3, 4.0)

_erf_one_by_one = of_scipy("erf")


def _erf(x: Any) -> Any:
    return erf_float32(x) if x.dtype == np.float32 and x.size > 2048 else _erf_one_by_one(x)


erf = _function(
    "erf", lambda g, x: g * (_SLOPE * np.exp(-(x * x))), unary(), special=False, forward=_erf,
    scalar=math.erf,
)  # fmt: skip
erfc = _function(
    "erfc", lambda g, x: g * (-_SLOPE * np.exp(-(x * x))), unary(), special=False,
    scalar=math.erfc,
)  # fmt: skip
erfinv = _function(
    "erfinv", lambda g, ans: g * (np.exp(ans * ans) / _SLOPE), unary(-0.9, 0.9), special=False
)
erfcx = _function(
    "erfcx", lambda g, x, ans: g * (2.0 * x * ans - _SLOPE), unary(),
    mathematics="exp(x ** 2) * erfc(x)",
)  # fmt: skip
ndtri = _function(
    "ndtri", lambda g, ans: g * (np.exp(ans * ans * 0.5) * math.sqrt(2.0 * math.pi)),
    unary(0.05, 0.95), doc="The quantiles of the standard normal distribution.",
)  # fmt: skip
log_ndtr = _function(
    "log_ndtr", lambda g, x, ans: g * np.exp(-0.5 * (x * x) - ans - 0.5 * math.log(2.0 * math.pi)),
    unary(), mathematics="log(erfc(-x / sqrt(2.0)) / 2)",
    doc="The logarithm of the standard normal distribution function.",
)  # fmt: skip


def _entr(x: Any) -> Any:
    out = -x * np.log(np.where(x > 0, x, 1))
    return np.where(x < 0, -np.inf, out).astype(x.dtype, copy=False)


entr = _function(
    "entr", lambda g, x: -g * (np.log(x) + 1.0), unary(0.2, 3.0), forward=_entr,
    mathematics="-x * log(x)", doc="An outcome's share of an entropy: 0 at 0, -inf below.",
)  # fmt: skip


def _polygamma(x: Any, order: int) -> Any:
    if order == 0:
        return _digamma(x)
    return np.asarray(scipy_function("polygamma")(order, x)).astype(x.dtype, copy=False)


_digamma = of_scipy("psi")


def _polygamma_samples() -> list[Sample]:
    return [Sample((draw((2, 3), 0.3, 4.0, n),), {"order": n}) for n in range(4)]


polygamma: Primitive = define(
    "polygamma", "x", _polygamma, {"x": lambda g, x, order: g * polygamma(x, order=order + 1)},
    params={"order": 0}, mathematics="polygamma(order, x)", symbol="ψ{order}", kind="elementwise",
    promotes="float", scalar=lambda x, order: float(_polygamma(np.float64(x), order)),
    torch="torch.polygamma(order, x)", samples=_polygamma_samples,
    doc="The derivatives of digamma.",
)  # fmt: skip
digamma = _function(
    "digamma", lambda g, x: g * polygamma(x, order=1), _positive, scipy="psi", special=False,
    mathematics="polygamma(0, x)", doc="The derivative of lgamma.",
)  # fmt: skip


_gammaln = of_scipy("gammaln")


def _lgamma(x: Any) -> Any:
    return np.where(x == -np.inf, np.inf, _gammaln(x)).astype(x.dtype, copy=False)


lgamma = _function(
    "lgamma", lambda g, x: g * digamma(x), _positive, forward=_lgamma, special=False,
    doc="The logarithm of the absolute value of the gamma function.",
)  # fmt: skip


def _incomplete(name: str, scipy: str, sign: float, mathematics: str) -> Primitive:
    """Enter an incomplete gamma function, which is differentiable by its second input."""
    return define(
        name, "x y", of_scipy(scipy),
        {"y": lambda g, x, y: g * (sign * np.exp((x - 1.0) * np.log(y) - y - lgamma(x)))},
        mathematics=mathematics, kind="elementwise", promotes="common float",
        torch=f"torch.{name}(x, y)",
        samples=lambda: binary((0.5, 3.0), (0.5, 3.0))()[:4],
        doc="Not differentiable by x.",
    )  # fmt: skip


igamma = _incomplete("igamma", "gammainc", 1.0, "igamma(x, y)")
igammac = _incomplete("igammac", "gammaincc", -1.0, "1 - igamma(x, y)")

i1e: Primitive = _function(
    "i1e",
    # i1(x) / x tends to 1/2 at 0: there i0e stands in for it.
    lambda g, x, ans: g * (i0e(x) - ans * (np.sign(x) + reciprocal_or_zero(x)) - _half_at_zero(x)),
    unary(avoid=(0.0,)), mathematics="exp(-abs(x)) * i1(x)",
)  # fmt: skip
i0e: Primitive = _function(
    "i0e", lambda g, x, ans: g * (i1e(x) - np.sign(x) * ans), unary(avoid=(0.0,)),
    mathematics="exp(-abs(x)) * i0(x)",
)  # fmt: skip
i1: Primitive = _function(
    "i1", lambda g, x, ans: g * (i0(x) - ans * reciprocal_or_zero(x) - _half_at_zero(x)), unary()
)
i0: Primitive = _function("i0", lambda g, x: g * i1(x), unary(), special=False)


def _half_at_zero(x: Any) -> Any:
    """What ``i1(x) / x`` is at 0, where `reciprocal_or_zero` leaves it out."""
    return 0.5 * ((x >= 0) * (x <= 0))
