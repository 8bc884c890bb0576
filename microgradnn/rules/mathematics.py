"""More elementwise mathematics: trigonometry, hyperbolas, logarithms, rounding, remainders."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Samples, binary, unary

LN2, LN10 = math.log(2.0), math.log(10.0)


def _function(
    name: str,
    forward: Any,
    rule: Callable[..., Any],
    samples: Samples,
    scalar: Callable[[float], float] | None = None,
    mathematics: str = "",
    doc: str = "",
) -> Primitive:
    """Enter a smooth function of one real number."""
    return define(
        name, "x", forward, {"x": rule}, mathematics=mathematics or f"{name}(x)", scalar=scalar,
        kind="elementwise", promotes="float", numpy=forward if isinstance(forward, np.ufunc) else (),
        torch=f"torch.{name}(x)", samples=samples, doc=doc,
    )  # fmt: skip


inside = unary(-0.9, 0.9)
positive = unary(0.2, 3.0)

tan = _function("tan", np.tan, lambda g, ans: g * (1.0 + ans * ans), unary(-1.2, 1.2), math.tan)
asin = _function("asin", np.arcsin, lambda g, x: g / np.sqrt(1.0 - x * x), inside, math.asin)
acos = _function("acos", np.arccos, lambda g, x: -g / np.sqrt(1.0 - x * x), inside, math.acos)
atan = _function("atan", np.arctan, lambda g, x: g / (1.0 + x * x), unary(), math.atan)
sinh = _function("sinh", np.sinh, lambda g, x: g * np.cosh(x), unary(), math.sinh)
cosh = _function("cosh", np.cosh, lambda g, x: g * np.sinh(x), unary(), math.cosh)
asinh = _function("asinh", np.arcsinh, lambda g, x: g / np.sqrt(x * x + 1.0), unary(), math.asinh)
acosh = _function(
    "acosh", np.arccosh, lambda g, x: g / np.sqrt(x * x - 1.0), unary(1.2, 3.0), math.acosh
)
atanh = _function("atanh", np.arctanh, lambda g, x: g / (1.0 - x * x), inside, math.atanh)
exp2 = _function(
    "exp2", np.exp2, lambda g, ans: g * (ans * LN2), unary(), lambda x: math.pow(2.0, x), "2 ** x"
)
log2 = _function("log2", np.log2, lambda g, x: g / (x * LN2), positive, math.log2)
log10 = _function("log10", np.log10, lambda g, x: g / (x * LN10), positive, math.log10)
rsqrt = _function(
    "rsqrt", lambda x: 1.0 / np.sqrt(x), lambda g, ans: g * (ans * ans * ans) * -0.5, positive,
    lambda x: 1.0 / math.sqrt(x), "1 / sqrt(x)",
)  # fmt: skip
sinc = _function(
    "sinc", np.sinc,
    # (cos(pi x) - sinc(x)) / x, which at 0 is 0: there x / (x^2 + 1) stands in for 1 / x.
    lambda g, ans, x: g * ((np.cos(math.pi * x) - ans) * x / (x * x + (x == 0))), unary(avoid=(0.0,)),
    mathematics="sin(pi * x) / (pi * x)",
)  # fmt: skip


def _steps(name: str, forward: Any, scalar: Callable[[float], float]) -> Primitive:
    """Enter a function that is constant between its steps."""
    return define(
        name, "x", forward, {"x": lambda g: g * 0.0}, mathematics=f"{name}(x)", scalar=scalar,
        kind="elementwise", numpy=forward, torch=f"torch.{name}(x)",
        samples=unary(avoid=(-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)),
        doc="Flat wherever it has a derivative.",
    )  # fmt: skip


floor = _steps("floor", np.floor, lambda x: float(math.floor(x)))
ceil = _steps("ceil", np.ceil, lambda x: float(math.ceil(x)))
trunc = _steps("trunc", np.trunc, lambda x: float(math.trunc(x)))
round = _steps("round", np.rint, lambda x: float(np.rint(x)))

frac = define(
    "frac", "x", lambda x: x - np.trunc(x), {"x": lambda g: g}, mathematics="x - trunc(x)",
    kind="elementwise", torch="torch.frac(x)", samples=unary(avoid=(-2.0, -1.0, 0.0, 1.0, 2.0)),
)  # fmt: skip

deg2rad = define(
    "deg2rad", "x", np.deg2rad, {"x": lambda g: g * (math.pi / 180.0)}, mathematics="x * pi / 180",
    kind="linear", promotes="float", numpy=(np.deg2rad, np.radians), torch="torch.deg2rad(x)",
    samples=unary(), scalar=math.radians,
)  # fmt: skip

rad2deg = define(
    "rad2deg", "x", np.rad2deg, {"x": lambda g: g * (180.0 / math.pi)}, mathematics="x * 180 / pi",
    kind="linear", promotes="float", numpy=(np.rad2deg, np.degrees), torch="torch.rad2deg(x)",
    samples=unary(), scalar=math.degrees,
)  # fmt: skip

atan2 = define(
    "atan2", "x y", np.arctan2,
    {
        "x": lambda g, x, y: g * y / (x * x + y * y),
        "y": lambda g, x, y: -(g * x / (x * x + y * y)),
    },
    mathematics="atan2(x, y)", kind="elementwise", promotes="common float", numpy=np.arctan2,
    scalar=lambda x, y: math.atan2(x, y), torch="torch.atan2(x, y)", samples=binary(),
)  # fmt: skip

hypot = define(
    "hypot", "x y", np.hypot,
    {"x": lambda g, ans, x: g * (x / ans), "y": lambda g, ans, y: g * (y / ans)},
    mathematics="sqrt(x ** 2 + y ** 2)", kind="elementwise", promotes="common float",
    numpy=np.hypot, scalar=lambda x, y: math.hypot(x, y), torch="torch.hypot(x, y)",
    samples=binary(),
)  # fmt: skip

logaddexp = define(
    "logaddexp", "x y", np.logaddexp,
    {
        "x": lambda g, ans, x: g * np.exp(x - ans),
        "y": lambda g, ans, y: g * np.exp(y - ans),
    },
    mathematics="log(exp(x) + exp(y))", kind="elementwise", promotes="common float",
    numpy=np.logaddexp, torch="torch.logaddexp(x, y)", samples=binary(),
)  # fmt: skip

logaddexp2 = define(
    "logaddexp2", "x y", np.logaddexp2,
    {
        "x": lambda g, ans, x: g * np.exp2(x - ans),
        "y": lambda g, ans, y: g * np.exp2(y - ans),
    },
    mathematics="log2(2 ** x + 2 ** y)", kind="elementwise", promotes="common float",
    numpy=np.logaddexp2, torch="torch.logaddexp2(x, y)", samples=binary(),
)  # fmt: skip

xlogy = define(
    "xlogy", "x y", lambda x, y: np.where(x == 0, 0.0 * x, x) * np.log(np.where(x == 0, y * 0.0 + 1.0, y)),
    # Where x is 0 so is the result, whatever log(y) is.
    {"x": lambda g, y: g * np.log(y), "y": lambda g, x, y: g * x / y},
    mathematics="x * log(y)", kind="elementwise", promotes="common float",
    torch="torch.xlogy(x, y)", samples=binary(right=(0.3, 2.0)),
)  # fmt: skip

fmod = define(
    "fmod", "x y", np.fmod,
    {"x": lambda g: g, "y": lambda g, x, y: -g * np.trunc(x / y)},
    mathematics="x - y * trunc(x / y)", kind="elementwise", promotes="common", numpy=np.fmod,
    torch="torch.fmod(x, y)", samples=binary(right=(0.7, 2.0)),
)  # fmt: skip

remainder = define(
    "remainder", "x y", np.remainder,
    {"x": lambda g: g, "y": lambda g, x, y: -g * np.floor(x / y)},
    mathematics="x - y * floor(x / y)", operator="mod", symbol="%", kind="elementwise",
    promotes="common", numpy=np.remainder, torch="torch.remainder(x, y)",
    samples=binary(right=(0.7, 2.0)),
)  # fmt: skip

copysign = define(
    "copysign", "x y", np.copysign,
    {"x": lambda g, x, y: g * np.sign(x) * np.copysign(1.0, y), "y": lambda g: g * 0.0},
    mathematics="abs(x) * sign(y)", kind="elementwise", promotes="common float",
    numpy=np.copysign, torch="torch.copysign(x, y)", samples=binary(),
)  # fmt: skip

fmax = define(
    "fmax", "x y", np.fmax,
    {
        "x": lambda g, x, y: g * ((x >= y) + (y != y) * (x == x)),
        "y": lambda g, x, y: g * ((y > x) + (x != x)),
    },
    mathematics="max(x, y)", kind="elementwise", promotes="common", numpy=np.fmax,
    torch="torch.fmax(x, y)", samples=binary(), doc="A NaN loses against a number.",
)  # fmt: skip

fmin = define(
    "fmin", "x y", np.fmin,
    {
        "x": lambda g, x, y: g * ((x <= y) + (y != y) * (x == x)),
        "y": lambda g, x, y: g * ((y < x) + (x != x)),
    },
    mathematics="min(x, y)", kind="elementwise", promotes="common", numpy=np.fmin,
    torch="torch.fmin(x, y)", samples=binary(), doc="A NaN loses against a number.",
)  # fmt: skip
