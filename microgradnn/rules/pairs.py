"""Elementwise mathematics of two numbers: angles, lengths, logarithms, remainders, extremes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from ._samples import binary
from .activations import sigmoid
from .mathematics import LN2


def _square_of_length(x: Any, y: Any) -> Any:
    """1 in place of 0, so that the derivatives of the angle are 0 where there is no angle."""
    squares = x * x + y * y
    return squares + (squares <= 0)


atan2 = define(
    "atan2", "x y", np.arctan2,
    {
        "x": lambda g, x, y: g * y / _square_of_length(x, y),
        "y": lambda g, x, y: -(g * x / _square_of_length(x, y)),
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
        "x": lambda g, x, y: g * sigmoid(x - y),
        "y": lambda g, x, y: g * sigmoid(y - x),
    },
    mathematics="log(exp(x) + exp(y))", kind="elementwise", promotes="common float",
    scalar=lambda x, y: float(np.logaddexp(x, y)), numpy=np.logaddexp,
    torch="torch.logaddexp(x, y)", samples=binary(),
)  # fmt: skip

logaddexp2 = define(
    "logaddexp2", "x y", np.logaddexp2,
    {
        "x": lambda g, x, y: g * sigmoid(LN2 * (x - y)),
        "y": lambda g, x, y: g * sigmoid(LN2 * (y - x)),
    },
    mathematics="log2(2 ** x + 2 ** y)", kind="elementwise", promotes="common float",
    scalar=lambda x, y: float(np.logaddexp2(x, y)), numpy=np.logaddexp2,
    torch="torch.logaddexp2(x, y)", samples=binary(),
)  # fmt: skip


def _xlogy(x: Any, y: Any) -> Any:
    # Where x is 0 so is the result, whatever the logarithm of y: that of 1 stands in.
    return x * np.log(np.where((x == 0) & (y == y), 1, y))


def _one_for_nothing(x: Any, y: Any) -> Any:
    """1 in place of a ``y`` that has no logarithm beside an ``x`` of 0."""
    nothing = (x >= 0) * (x <= 0) * (y <= 0)
    return y * (nothing < 1) + nothing


xlogy = define(
    "xlogy", "x y", _xlogy,
    {
        "x": lambda g, x, y: g * np.log(_one_for_nothing(x, y)),
        "y": lambda g, x, y: g * x / y,
    },
    mathematics="x * log(y)", kind="elementwise", promotes="common float",
    scalar=lambda x, y: float(_xlogy(np.float64(x), np.float64(y))),
    torch="torch.xlogy(x, y)", samples=binary(right=(0.3, 2.0)),
    doc="0 where x is 0.",
)  # fmt: skip


def _without_zero(name: str, function: Any) -> Any:
    """A division that says what is wrong with an integer 0, where NumPy's would give 0."""

    def forward(x: Any, y: Any) -> Any:
        if x.dtype.kind == "b":
            raise RuntimeError(f"{name} is not for truth values; convert one with .long()")
        if x.dtype.kind != "f" and not y.all():
            raise RuntimeError(
                f"{name} of integers by zero has no result; convert to a floating type for inf "
                "and nan"
            )
        return function(x, y)

    return forward


fmod = define(
    "fmod", "x y", _without_zero("fmod", np.fmod),
    {"x": lambda g: g, "y": lambda g, x, y: -g * np.trunc(x / y)},
    mathematics="x - y * trunc(x / y)", kind="elementwise", promotes="common",
    scalar=lambda x, y: math.fmod(x, y), numpy=np.fmod, torch="torch.fmod(x, y)",
    samples=binary(right=(0.7, 2.0)), doc="The remainder with the sign of x.",
)  # fmt: skip

remainder = define(
    "remainder", "x y", _without_zero("remainder", np.remainder),
    {"x": lambda g: g, "y": lambda g, x, y: -g * np.floor(x / y)},
    mathematics="x - y * floor(x / y)", operator="mod", symbol="%", kind="elementwise",
    promotes="common", scalar="x % y", numpy=np.remainder, torch="torch.remainder(x, y)",
    samples=binary(right=(0.7, 2.0)), doc="The remainder with the sign of y.",
)  # fmt: skip

floor_divide = define(
    "floor_divide", "x y", _without_zero("floor_divide", np.floor_divide),
    {"x": lambda g: g * 0.0, "y": lambda g: g * 0.0},
    mathematics="floor(x / y)", operator="floordiv", symbol="//", kind="elementwise",
    promotes="common", scalar="x // y", numpy=np.floor_divide,
    torch="torch.div(x, y, rounding_mode='floor')", samples=binary(right=(0.7, 2.0)),
    doc="Flat wherever it has a derivative.",
)  # fmt: skip


def _trunc_divide(x: Any, y: Any) -> Any:
    if x.dtype.kind == "f":
        return np.trunc(x / y)
    down = floor_divide.forward(x, y)
    return down + ((down < 0) & (down * y != x))


trunc_divide = define(
    "trunc_divide", "x y", _trunc_divide, {"x": lambda g: g * 0.0, "y": lambda g: g * 0.0},
    mathematics="trunc(x / y)", symbol="trunc /", kind="elementwise", promotes="common",
    scalar=lambda x, y: float(np.trunc(x / y)),
    torch="torch.div(x, y, rounding_mode='trunc')", samples=binary(right=(0.7, 2.0)),
    public=False, doc="Flat wherever it has a derivative.",
)  # fmt: skip

copysign = define(
    "copysign", "x y", np.copysign,
    {
        "x": lambda g, x, y: g * np.sign(x) * np.copysign(1.0, y),
        "y": lambda g: g * 0.0,
    },
    mathematics="abs(x) * sign(y)", kind="elementwise", promotes="common float",
    scalar=lambda x, y: math.copysign(x, y), numpy=np.copysign, torch="torch.copysign(x, y)",
    samples=binary(),
)  # fmt: skip

# A NaN loses: x >= x is false for it alone, and holds for numbers and Values too, unlike x == x.
fmax = define(
    "fmax", "x y", np.fmax,
    {
        "x": lambda g, x, y: g * ((x >= y) + ((y >= y) < 1)),
        "y": lambda g, x, y: g * ((y > x) + ((x >= x) < 1) * (y >= y)),
    },
    mathematics="max(x, y)", kind="elementwise", promotes="common", numpy=np.fmax,
    scalar=lambda x, y: float(np.fmax(x, y)), torch="torch.fmax(x, y)", samples=binary(),
    doc="A NaN loses against a number; of equals the first gets the cotangent.",
)  # fmt: skip

fmin = define(
    "fmin", "x y", np.fmin,
    {
        "x": lambda g, x, y: g * ((x <= y) + ((y >= y) < 1)),
        "y": lambda g, x, y: g * ((y < x) + ((x >= x) < 1) * (y >= y)),
    },
    mathematics="min(x, y)", kind="elementwise", promotes="common", numpy=np.fmin,
    scalar=lambda x, y: float(np.fmin(x, y)), torch="torch.fmin(x, y)", samples=binary(),
    doc="A NaN loses against a number; of equals the first gets the cotangent.",
)  # fmt: skip

nextafter = define(
    "nextafter", "x y", np.nextafter,
    {"x": lambda g, x, y: g * ((x >= y) * (x <= y) < 1), "y": lambda g: g * 0.0},
    mathematics="nextafter(x, y)", kind="elementwise", promotes="common float",
    scalar=lambda x, y: math.nextafter(x, y), numpy=np.nextafter,
    torch="torch.nextafter(x, y)", samples=binary(),
    doc="The next number of the dtype after x on the way to y.",
)  # fmt: skip
