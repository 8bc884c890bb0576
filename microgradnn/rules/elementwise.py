"""Elementwise arithmetic and mathematics: each result depends on one element of each input."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, binary, draw, unary

_BITS = {np.dtype(f"f{n}"): np.dtype(f"i{n}") for n in (2, 4, 8)}


def only_where(g: Any, condition: Any) -> Any:
    """A cotangent where a condition holds, 0 elsewhere: ``g * condition``, but never ``inf * 0``.

    So ``sqrt(relu(x))`` has the slope 0, not NaN, for ``x < 0``.
    """
    if condition.__class__ is bool:
        return g if condition else g.__class__(0)
    if isinstance(g, np.ndarray | np.generic):
        # All bits of -1 are set. From 6,400 elements on np.where takes twice to 20 times as long.
        return (g.view(_BITS[g.dtype]) & -condition.view(np.int8)).view(g.dtype)
    return where(condition, g, 0.0)


add = define(
    "add", "x y", operator.add, {"x": lambda g: g, "y": lambda g: g},
    mathematics="x + y", symbol="+", operator="add", scalar="x + y", kind="linear",
    promotes="common", numpy=np.add, torch="x + y", samples=binary(),
)  # fmt: skip

sub = define(
    "sub", "x y", operator.sub, {"x": lambda g: g, "y": lambda g: -g},
    mathematics="x - y", symbol="-", operator="sub", scalar="x - y", kind="linear",
    promotes="common", numpy=np.subtract, torch="x - y", samples=binary(),
)  # fmt: skip

mul = define(
    "mul", "x y", operator.mul, {"x": lambda g, y: g * y, "y": lambda g, x: g * x},
    mathematics="x * y", symbol="*", operator="mul", scalar="x * y", kind="multilinear",
    promotes="common", numpy=np.multiply, torch="x * y", samples=binary(),
)  # fmt: skip

div = define(
    "div", "x y", operator.truediv,
    # Not with ans: x / y is often changed in place afterwards.
    {"x": lambda g, y: g / y, "y": lambda g, x, y: -g * (x / y) / y},
    mathematics="x / y", symbol="/", operator="truediv", scalar="x / y", kind="elementwise",
    promotes="common float", numpy=np.divide, torch="x / y",
    samples=binary(right=(0.5, 2.0)),
)  # fmt: skip

neg = define(
    "neg", "x", operator.neg, {"x": lambda g: -g},
    mathematics="-x", symbol="-", operator="neg", scalar="-x", kind="linear",
    numpy=np.negative, torch="-x", samples=unary(),
)  # fmt: skip


def _power(x: Any, exponent: float) -> Any:
    # NumPy computes squares and roots by themselves, and what follows by powf, 500 times as slowly;
    # PyTorch multiplies, which is not always what powf rounds to.
    if (exponent == 3 or exponent == -2 or exponent == 4) and x.dtype.kind == "f":
        square = x * x
        return square * x if exponent == 3 else square * square if exponent == 4 else 1 / square
    return x**exponent


def _power_rule(g: Any, x: Any, exponent: float) -> Any:
    if exponent == 2:
        return g * (2.0 * x)
    if exponent == 1 or exponent == 0:
        return g * float(exponent)
    return g * (float(exponent) * x ** (exponent - 1))


def _power_samples() -> list[Sample]:
    exponents = (0, 1, 2, 3, 4, 2.0)
    out = [Sample((draw((2, 3), -2.0, 2.0, k),), {"exponent": e}) for k, e in enumerate(exponents)]
    out += [Sample((draw((3,), 0.3, 2.0, 9),), {"exponent": e}) for e in (0.5, -1, -2, 1.7, -0.5)]
    zeros = np.array([0.0, -1.0, 2.0])
    return [*out, Sample((zeros,), {"exponent": 2}), Sample((zeros,), {"exponent": 3})]


power = define(
    "power", "x", _power, {"x": _power_rule}, params={"exponent": 2.0},
    mathematics="x ** exponent", symbol="**{exponent}", kind="elementwise",
    scalar=lambda x, exponent: math.pow(x, exponent),
    torch="torch.pow(x, exponent)", samples=_power_samples,
    doc="A constant exponent is a parameter, so that x**2 at 0 is right at every order.",
)  # fmt: skip


def _pow(x: Any, y: Any) -> Any:
    if x.dtype.kind == "f" or not (y < 0).any():
        return np.power(x, y)
    # Integers: 1 / x to some power, rounded towards 0, which only 1 and -1 survive.
    inverse = (x == 1) + (x == -1) * (1 - 2 * (y & 1))
    return np.where(y < 0, inverse, np.power(x, np.maximum(y, 0))).astype(x.dtype, copy=False)


pow = define(
    "pow", "x y", _pow,
    # Not x == 0: that is identity for a Value.
    {
        # At x = y = 0 the slope is 0, not 0 * 0**-1: the exponent 0 stands in for -1.
        "x": lambda g, x, y: g * (y * x ** ((y - 1.0) * (np.abs(x) + np.abs(y) > 0.0))),
        # x**y * log(x) tends to 0 as x does, for y > 0: the logarithm of 1 stands in at x = 0.
        "y": lambda g, ans, x, y: g * (ans * np.log(x + (x <= 0.0) * (x >= 0.0) * (y >= 0.0))),
    },
    mathematics="x ** y", symbol="**", scalar=lambda x, y: math.pow(x, y), kind="elementwise",
    promotes="common", numpy=np.power, torch="x ** y",
    samples=binary(left=(0.3, 2.0), right=(-1.5, 2.5)),
)  # fmt: skip

exp = define(
    "exp", "x", np.exp, {"x": lambda g, ans: g * ans},
    mathematics="exp(x)", scalar=math.exp, kind="elementwise", promotes="float",
    numpy=np.exp, torch="torch.exp(x)", samples=unary(),
)  # fmt: skip

log = define(
    "log", "x", np.log, {"x": lambda g, x: g / x},
    mathematics="log(x)", scalar=math.log, kind="elementwise", promotes="float",
    numpy=np.log, torch="torch.log(x)", samples=unary(0.2, 3.0),
)  # fmt: skip

sqrt = define(
    "sqrt", "x", np.sqrt, {"x": lambda g, ans: g * 0.5 / ans},
    mathematics="sqrt(x)", scalar=math.sqrt, kind="elementwise", promotes="float",
    numpy=np.sqrt, torch="torch.sqrt(x)", samples=unary(0.2, 3.0),
)  # fmt: skip

sin = define(
    "sin", "x", np.sin, {"x": lambda g, x: g * np.cos(x)},
    mathematics="sin(x)", scalar=math.sin, kind="elementwise", promotes="float",
    numpy=np.sin, torch="torch.sin(x)", samples=unary(),
)  # fmt: skip

cos = define(
    "cos", "x", np.cos, {"x": lambda g, x: -(g * np.sin(x))},
    mathematics="cos(x)", scalar=math.cos, kind="elementwise", promotes="float",
    numpy=np.cos, torch="torch.cos(x)", samples=unary(),
)  # fmt: skip

tanh = define(
    "tanh", "x", np.tanh, {"x": lambda g, ans: g * (1.0 - ans * ans)},
    mathematics="tanh(x)", scalar=math.tanh, kind="elementwise", promotes="float",
    numpy=np.tanh, torch="torch.tanh(x)", samples=unary(),
)  # fmt: skip

log1p = define(
    "log1p", "x", np.log1p, {"x": lambda g, x: g / (1.0 + x)},
    mathematics="log(1 + x)", scalar=math.log1p, kind="elementwise", promotes="float",
    numpy=np.log1p, torch="torch.log1p(x)", samples=unary(-0.6, 2.0),
)  # fmt: skip

expm1 = define(
    "expm1", "x", np.expm1, {"x": lambda g, ans: g * (ans + 1.0)},
    mathematics="exp(x) - 1", scalar=math.expm1, kind="elementwise", promotes="float",
    numpy=np.expm1, torch="torch.expm1(x)", samples=unary(),
)  # fmt: skip


def _sign(x: Any) -> Any:
    return np.sign(x) if x.dtype.kind != "b" else x.copy()


sign = define(
    "sign", "x", _sign, {"x": lambda g: g * 0.0},
    mathematics="sign(x)", kind="elementwise", numpy=np.sign, torch="torch.sign(x)",
    scalar=lambda x: (x > 0) - (x < 0), samples=unary(avoid=(0.0,)),
    doc="Flat wherever it has a derivative.",
)  # fmt: skip

abs = define(
    "abs", "x", operator.abs, {"x": lambda g, x: g * np.sign(x)},
    mathematics="abs(x)", operator="abs", scalar=lambda x: math.fabs(x), kind="elementwise",
    numpy=np.absolute, torch="torch.abs(x)", samples=unary(avoid=(0.0,)),
    doc="At the kink, 0, the derivative is taken as 0.",
)  # fmt: skip

maximum = define(
    "maximum", "x y", np.maximum,
    # Where the two are equal each gets half, as in PyTorch: the mean of (x > y) and (x >= y).
    {
        "x": lambda g, x, y: only_where(g, x > y) * 0.5 + only_where(g, x >= y) * 0.5,
        "y": lambda g, x, y: only_where(g, y > x) * 0.5 + only_where(g, y >= x) * 0.5,
    },
    mathematics="max(x, y)", scalar=lambda x, y: max(x, y), kind="elementwise",
    promotes="common", numpy=np.maximum, torch="torch.maximum(x, y)", samples=binary(),
    doc="Where the two are equal, each gets half.",
)  # fmt: skip

minimum = define(
    "minimum", "x y", np.minimum,
    {
        "x": lambda g, x, y: only_where(g, x < y) * 0.5 + only_where(g, x <= y) * 0.5,
        "y": lambda g, x, y: only_where(g, y < x) * 0.5 + only_where(g, y <= x) * 0.5,
    },
    mathematics="min(x, y)", scalar=lambda x, y: min(x, y), kind="elementwise",
    promotes="common", numpy=np.minimum, torch="torch.minimum(x, y)", samples=binary(),
    doc="Where the two are equal, each gets half.",
)  # fmt: skip


def _clamp(x: Any, low: float | None, high: float | None) -> Any:
    # np.clip costs twice as much.
    if low is not None:
        x = np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _inside(x: Any, low: float | None, high: float | None) -> Any:
    above = x == x if low is None else x >= low
    return above if high is None else above * (x <= high)


def _clamp_samples() -> list[Sample]:
    x = draw((3, 4), -2.0, 2.0, 5, avoid=(-0.5, 0.7))
    limits = ((-0.5, 0.7), (None, 0.7), (-0.5, None))
    return [Sample((x,), {"low": low, "high": high}) for low, high in limits]


clamp = define(
    "clamp", "x", _clamp, {"x": lambda g, x, low, high: only_where(g, _inside(x, low, high))},
    params={"low": None, "high": None},
    mathematics="clip(x, low, high)", kind="elementwise", torch="torch.clamp(x, low, high)",
    samples=_clamp_samples, doc="The derivative is 1 on the limits too, as in PyTorch.",
)  # fmt: skip


def _where_samples() -> list[Sample]:
    out = []
    for k, s in enumerate(binary()()):
        x, y = s.inputs
        shape = np.broadcast_shapes(x.shape, y.shape)
        out.append(Sample((np.asarray(draw(shape, -1.0, 1.0, k) > 0), x, y)))
    return out


where = define(
    "where", "condition x y", np.where,
    {
        "x": lambda g, condition: only_where(g, condition != 0),
        "y": lambda g, condition: only_where(g, condition == 0),
    },
    mathematics="where(condition, x, y)", kind="elementwise", promotes="common",
    numpy=np.where, torch="torch.where(condition, x, y)", samples=_where_samples,
)  # fmt: skip


def _cast(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


cast = define(
    "cast", "x", _cast, {"x": lambda g: g}, params={"dtype": np.dtype(np.float64)},
    mathematics="x", symbol="cast {dtype}", kind="linear", samples=unary(),
    torch="x.to(torch.float64)", doc="The engine casts the cotangent back.",
)  # fmt: skip


def _comparison(name: str, function: Any, sign: str, python: str = "") -> None:
    define(
        name, "x y", function, {}, mathematics=f"x {sign} y", symbol=sign, operator=python,
        promotes="common", numpy=function, torch=f"x {sign} y", samples=binary(),
        doc="Not differentiable: the result is a truth value.",
    )  # fmt: skip


_comparison("lt", np.less, "<", "lt")
_comparison("le", np.less_equal, "<=", "le")
_comparison("gt", np.greater, ">", "gt")
_comparison("ge", np.greater_equal, ">=", "ge")
_comparison("eq", np.equal, "==", "eq")
_comparison("ne", np.not_equal, "!=", "ne")

logical_not = define(
    "logical_not", "x", np.logical_not, {}, mathematics="x == 0", symbol="not",
    numpy=np.logical_not, torch="torch.logical_not(x)", samples=unary(avoid=(0.0,)),
    doc="Not differentiable: the result is a truth value.",
)  # fmt: skip
