"""Elementwise mathematics that is more than an entry of the table: options, mixtures, pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _promotion
from .._methods import TensorMethods, both, function
from .._tensor import Tensor
from ..rules import elementwise as rules
from ..rules import mathematics, pairs
from .elementwise import alias, as_tensor_operand, with_in_place


def two_operands(input: Any, other: Any, name: str) -> tuple[Tensor, Tensor]:
    """Both operands of a function as Tensors; a number takes its dtype from the other."""
    other = as_tensor_operand(other, input, name)
    return as_tensor_operand(input, other, name), other


@with_in_place
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Elementwise ``input / other``.

    Parameters
    ----------
    input, other : Tensor or number
        Shapes that broadcast.
    rounding_mode : {None, "trunc", "floor"}
        Round the quotient towards zero, or down: integers stay integers then.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        For another rounding mode, and for integers rounded after a division by zero.

    Examples
    --------
    >>> mg.div(mg.tensor([7.0, -7.0]), 2)
    tensor([ 3.5000, -3.5000])
    >>> mg.div(mg.tensor([7, -7]), 2, rounding_mode="trunc")
    tensor([ 3, -3])
    """
    x, y = two_operands(input, other, "div")
    if rounding_mode is None:
        return rules.div.apply(x, y)
    if rounding_mode == "floor":
        return pairs.floor_divide.apply(x, y)
    if rounding_mode != "trunc":
        raise RuntimeError(
            f"div: rounding_mode is None, 'trunc' or 'floor', but found {rounding_mode!r}"
        )
    return pairs.trunc_divide.apply(x, y)


@with_in_place
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Elementwise, the nearest integer; halves go to the even one.

    Parameters
    ----------
    input : Tensor
    decimals : int
        Digits after the point that are kept; negative for zeros before it.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.round(mg.tensor([0.5, 1.5, -1.7]))
    tensor([ 0.,  2., -2.])
    >>> mg.round(mg.tensor([3.14159]), decimals=2)
    tensor([3.1400])
    """
    if decimals == 0:
        return mathematics.round.apply(input)
    scale = 10.0 ** abs(decimals)
    if decimals > 0:
        return mathematics.round.apply(input * scale) / scale
    return mathematics.round.apply(input / scale) * scale


@with_in_place
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Elementwise, the nearest number between ``min`` and ``max``.

    Parameters
    ----------
    input : Tensor
    min, max : number or Tensor, optional
        At least one of them.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If neither is given.

    Examples
    --------
    >>> mg.clamp(mg.tensor([-1.0, 0.5, 2.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("clamp needs min, max or both")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        if min is not None:
            input = rules.maximum.apply(input, as_tensor_operand(min, input, "clamp"))
        if max is not None:
            input = rules.minimum.apply(input, as_tensor_operand(max, input, "clamp"))
        return input
    if input._array.dtype.kind != "f" and (isinstance(min, float) or isinstance(max, float)):
        input = rules.cast.apply(input, _promotion.default_float[0])
    return rules.clamp.apply(input, min, max)


@with_in_place
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """Elementwise, the greater of ``input`` and ``min``; see `clamp`.

    Examples
    --------
    >>> mg.clamp_min(mg.tensor([-1.0, 2.0]), 0)
    tensor([0., 2.])
    """
    return clamp(input, min=min)


@with_in_place
def clamp_max(input: Tensor, max: Any) -> Tensor:
    """Elementwise, the smaller of ``input`` and ``max``; see `clamp`.

    Examples
    --------
    >>> mg.clamp_max(mg.tensor([-1.0, 2.0]), 0)
    tensor([-1.,  0.])
    """
    return clamp(input, max=max)


@function
def rsub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    """Elementwise ``other - alpha * input``: subtraction the other way round.

    Examples
    --------
    >>> mg.rsub(mg.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    x, y = two_operands(input, other, "rsub")
    return rules.sub.apply(y, x if alpha == 1 else x * alpha)


@both
def positive(input: Tensor) -> Tensor:
    """The input itself, as ``+input``.

    Raises
    ------
    RuntimeError
        For truth values.

    Examples
    --------
    >>> mg.positive(mg.tensor([-1.0]))
    tensor([-1.])
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("positive is not for truth values; convert with .long() first")
    return input


@with_in_place
def float_power(input: Any, exponent: Any) -> Tensor:
    """Elementwise ``input ** exponent``, computed in float64.

    Examples
    --------
    >>> mg.float_power(mg.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=microgradnn.float64)
    """
    if isinstance(input, Tensor):
        x = input.to(np.float64)
        result: Tensor = x ** (
            exponent.to(np.float64) if isinstance(exponent, Tensor) else float(exponent)
        )
        return result
    if not isinstance(exponent, Tensor):
        raise TypeError("float_power needs a Tensor as input or exponent")
    return rules.pow.apply(Tensor._wrap(np.array(float(input))), exponent.to(np.float64))


@with_in_place
def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """Elementwise ``input + weight * (end - input)``: the way from one to the other.

    Parameters
    ----------
    input, end : Tensor
    weight : number or Tensor
        0 for ``input``, 1 for ``end``.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.lerp(mg.tensor([0.0, 10.0]), mg.tensor([1.0, 20.0]), 0.5)
    tensor([ 0.5000, 15.0000])
    """
    for name, other in (("end", end), ("weight", weight)):
        if isinstance(other, Tensor) and other._array.dtype != input._array.dtype:
            raise RuntimeError(
                f"lerp: {name} has dtype {other.dtype}, the input {input.dtype}; they must be "
                f"equal: convert one with .to({input.dtype})"
            )
    mixed: Tensor = input + weight * (end - input)
    return mixed


@with_in_place
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """Elementwise ``input + value * tensor1 * tensor2``.

    Examples
    --------
    >>> mg.addcmul(mg.tensor([1.0]), mg.tensor([2.0]), mg.tensor([3.0]), value=10)
    tensor([61.])
    """
    product = tensor1 * tensor2
    return input + (product if value == 1 else value * product)


@with_in_place
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """Elementwise ``input + value * tensor1 / tensor2``.

    Raises
    ------
    RuntimeError
        If both are Tensors of integers.

    Examples
    --------
    >>> mg.addcdiv(mg.tensor([1.0]), mg.tensor([6.0]), mg.tensor([3.0]), value=10)
    tensor([21.])
    """
    if tensor1._array.dtype.kind != "f" and tensor2._array.dtype.kind != "f":
        raise RuntimeError(
            f"addcdiv does not divide integers ({tensor1.dtype} by {tensor2.dtype}); convert one "
            "with .float(), or use input + value * (tensor1 // tensor2)"
        )
    quotient = tensor1 / tensor2
    return input + (quotient if value == 1 else value * quotient)


@with_in_place
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """Elementwise ``log(x / (1 - x))``, the inverse of sigmoid.

    Parameters
    ----------
    input : Tensor
        Numbers from 0 to 1.
    eps : float, optional
        Clamp them to [eps, 1 - eps] before.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.logit(mg.tensor([0.5, 0.75]))
    tensor([0.0000, 1.0986])
    """
    if eps is not None:
        input = clamp(input, eps, 1.0 - eps)
    return mathematics.logit.apply(input)


for _alias, _name in {
    "divide": "div", "true_divide": "div", "clip": "clamp", "arccos": "acos", "arcsin": "asin",
    "arctan": "atan", "arccosh": "acosh", "arcsinh": "asinh", "arctanh": "atanh",
    "arctan2": "atan2", "fix": "trunc", "sgn": "sign",
}.items():  # fmt: skip
    alias(_alias, _name)


def __rdiv__(self: Tensor, other: Any) -> Tensor:
    """``other / self``."""
    return div(other, self)


setattr(TensorMethods, "__rdiv__", __rdiv__)  # noqa: B010
