"""Activations that are bounded, or that shrink their input: sigmoids, tanh, gates."""

from __future__ import annotations

from ..._tensor import Tensor
from ...functions.elementwise import changing
from ...functions.mathematics import clamp
from ...rules import activations as rules
from ...rules import elementwise as elementary
from ...rules import rectifiers
from ._operands import check
from .rectifiers import applied


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + exp(-x))``, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> mg.nn.functional.sigmoid(mg.tensor([0.0]))
    tensor([0.5000])
    """
    check("sigmoid", input=input)
    result: Tensor = rules.sigmoid.apply(input)
    return result


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent, elementwise.

    Examples
    --------
    >>> mg.nn.functional.tanh(mg.tensor([0.0]))
    tensor([0.])
    """
    check("tanh", input=input)
    result: Tensor = elementary.tanh.apply(input)
    return result


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``x`` between two limits, the limit beyond them.

    Raises
    ------
    ValueError
        If ``min_val`` is larger than ``max_val``.

    Examples
    --------
    >>> mg.nn.functional.hardtanh(mg.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError(
            f"hardtanh: min_val cannot be greater than max_val, got {min_val} and {max_val}"
        )
    return applied("hardtanh", input, inplace, rectifiers.hardtanh.apply, min_val, max_val)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``relu6(x + 3) / 6``: `sigmoid` in three straight lines.

    Examples
    --------
    >>> mg.nn.functional.hardsigmoid(mg.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """

    def f(x: Tensor) -> Tensor:
        result: Tensor = rectifiers.hardtanh.apply(x + 3.0, 0.0, 6.0) / 6.0
        return result

    return applied("hardsigmoid", input, inplace, f)


def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, computed without overflow.

    Examples
    --------
    >>> mg.nn.functional.logsigmoid(mg.tensor([0.0, -200.0]))
    tensor([  -0.6931, -200.0000])
    """
    check("logsigmoid", input=input)
    result: Tensor = -rules.softplus.apply(-input)
    return result


def softsign(input: Tensor) -> Tensor:
    """``x / (1 + |x|)``.

    Examples
    --------
    >>> mg.nn.functional.softsign(mg.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """
    check("softsign", input=input)
    return input / (1.0 + abs(input))


def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh(x)``.

    Examples
    --------
    >>> mg.nn.functional.tanhshrink(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """
    check("tanhshrink", input=input)
    return input - elementary.tanh.apply(input)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``x`` moved towards 0 by ``lambd``, and not beyond.

    Raises
    ------
    RuntimeError
        If ``lambd`` is negative.

    Examples
    --------
    >>> mg.nn.functional.softshrink(mg.tensor([-1.0, 0.2, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    check("softshrink", input=input)
    if not lambd >= 0:
        raise RuntimeError(
            f"softshrink: lambda must be greater or equal to 0, but found to be {lambd}"
        )
    return input - clamp(input, -lambd, lambd)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """One half of the input times the sigmoid of the other: a gate that is learned.

    Parameters
    ----------
    input : Tensor
    dim : int
        The dimension that is halved.

    Returns
    -------
    Tensor
        Half as large along ``dim``.

    Raises
    ------
    RuntimeError
        If the size along ``dim`` is odd, or there is no dimension.

    Examples
    --------
    >>> mg.nn.functional.glu(mg.tensor([3.0, 8.0, 0.0, 0.0]))
    tensor([1.5000, 4.0000])
    """
    check("glu", input=input)
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    size = input.shape[dim]
    if size % 2:
        raise RuntimeError(
            f"glu: halving dimension must be even, but dimension {dim} of the input of shape "
            f"{tuple(input.shape)} is size {size}"
        )
    half = size // 2
    gate: Tensor = rules.sigmoid.apply(input.narrow(dim, half, half))
    return input.narrow(dim, 0, half) * gate


hardtanh_ = changing(hardtanh)
