"""More elementwise mathematics: trigonometry, hyperbolas, logarithms, rounding, remainders."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Samples, unary

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
    numpy = forward if isinstance(forward, np.ufunc) else ()
    return define(
        name, "x", forward, {"x": rule}, mathematics=mathematics or f"{name}(x)", scalar=scalar,
        kind="elementwise", promotes="float", numpy=numpy, torch=f"torch.{name}(x)",
        samples=samples, doc=doc,
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


def reciprocal_or_zero(x: Any) -> Any:
    """``1 / x``, and 0 at 0, where what it is multiplied with tends to 0 faster."""
    zero = (x >= 0) * (x <= 0)
    return (zero < 1) / (x + zero)


sinc = _function(
    "sinc", np.sinc,
    lambda g, ans, x: g * ((np.cos(math.pi * x) - ans) * reciprocal_or_zero(x)),
    unary(avoid=(0.0,)), lambda x: float(np.sinc(x)), "sin(pi * x) / (pi * x)",
)  # fmt: skip

logit = _function(
    "logit", lambda x: np.log(x / (1.0 - x)), lambda g, x: g / (x * (1.0 - x)),
    unary(0.1, 0.9), lambda x: math.log(x / (1.0 - x)), "log(x / (1 - x))",
    "The inverse of sigmoid.",
)  # fmt: skip


def _steps(name: str, function: Any, forward: Any = None) -> Primitive:
    """Enter a function that is constant between its steps."""
    return define(
        name, "x", forward or function, {"x": lambda g: g * 0.0}, mathematics=f"{name}(x)",
        kind="elementwise", scalar=lambda x: float(function(x)), numpy=function,
        torch=f"torch.{name}(x)",
        samples=unary(avoid=(-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)),
        doc="Flat wherever it has a derivative.",
    )  # fmt: skip


def _rint(x: Any) -> Any:
    return np.rint(x) if x.dtype.kind == "f" else x.copy()


floor = _steps("floor", np.floor)
ceil = _steps("ceil", np.ceil)
trunc = _steps("trunc", np.trunc)
round = _steps("round", np.rint, _rint)

frac = define(
    "frac", "x", lambda x: x - np.trunc(x), {"x": lambda g: g}, mathematics="x - trunc(x)",
    kind="elementwise", scalar=lambda x: math.fmod(x, 1.0), torch="torch.frac(x)",
    samples=unary(avoid=(-2.0, -1.0, 0.0, 1.0, 2.0)),
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
