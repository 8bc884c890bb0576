"""Normalising the last dimensions of a Tensor, or the numbers around each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.conversion import copy_
from ...functions.mathematics import clamp_min
from ...functions.padding import pad
from ...rules.normalisation import standardise
from ._operands import check


def layer_norm(
    input: Tensor, normalized_shape: int | Sequence[int], weight: Tensor | None = None,
    bias: Tensor | None = None, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """The last dimensions together brought to mean 0 and variance 1 (Ba et al., 2016).

    ``y = (x - mean) / sqrt(variance + eps) * weight + bias``.

    Parameters
    ----------
    input : Tensor, shape (..., *normalized_shape)
    normalized_shape : sequence of int
        The sizes of the last dimensions.
    weight, bias : Tensor, shape normalized_shape, optional
    eps : float

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> mg.nn.functional.layer_norm(mg.tensor([[1.0, 3.0], [10.0, 30.0]]), [2])
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    axes = _last("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    result, _, _ = standardise.apply(input, axes, eps)
    return affine(result, weight, bias)


def rms_norm(
    input: Tensor, normalized_shape: int | Sequence[int], weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:  # fmt: skip
    """The last dimensions divided by the root of their mean square (Zhang and Sennrich, 2019).

    ``y = x / sqrt(mean(x**2) + eps) * weight``.

    Parameters
    ----------
    input : Tensor, shape (..., *normalized_shape)
    normalized_shape : sequence of int
    weight : Tensor, shape normalized_shape, optional
    eps : float, optional
        Default: the distance from 1 to the next number of the dtype.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> mg.nn.functional.rms_norm(mg.tensor([[3.0, 3.0], [0.5, -0.5]]), [2])
    tensor([[ 1.0000,  1.0000],
            [ 1.0000, -1.0000]])
    """
    axes = _last("rms_norm", input, normalized_shape, weight=weight)
    if eps is None:
        eps = float(np.finfo(input._array.dtype).eps)
    square: Any = (input * input).mean(axes, True)
    return affine(input * (square + eps).rsqrt(), weight, None)


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Each number divided by a power of the squares in the channels around it.

    ``y[c] = x[c] / (k + alpha / size * (sum of x[j]**2 over size channels around c))**beta``
    (Krizhevsky et al., 2012).

    Parameters
    ----------
    input : Tensor, shape (batch, channels, ...), of at least 3 dimensions
    size : int
        Over how many channels the squares are added up.
    alpha, beta, k : float

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    ValueError
        For fewer dimensions.

    Examples
    --------
    >>> mg.nn.functional.local_response_norm(mg.ones(1, 2, 1), 2, alpha=2.0, beta=1.0)
    tensor([[[0.5000],
             [0.3333]]])
    """
    check("local_response_norm", input=input)
    shape = input._array.shape
    if len(shape) < 3:
        raise ValueError(
            "local_response_norm: expected 3D or higher dimensionality input of shape (batch, "
            f"channels, ...), got {tuple(shape)}"
        )
    if size < 1:
        raise ValueError(f"local_response_norm: size is positive, got {size}")
    if not input._array.size:
        return input
    around: Any = [0, 0] * (len(shape) - 2) + [size // 2, (size - 1) // 2]
    squares = pad(input * input, around)
    total = squares[:, : shape[1]]
    for first in range(1, size):
        total = total + squares[:, first : first + shape[1]]
    result: Tensor = input / (total * (alpha / size) + k) ** beta
    return result


def normalize(
    input: Tensor, p: float = 2.0, dim: int | tuple[int, ...] = 1, eps: float = 1e-12,
    out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Vectors along a dimension divided by their ``p``-norm, or by ``eps`` if that is larger.

    Parameters
    ----------
    input : Tensor
    p : float
    dim : int or tuple of int
    eps : float
    out : Tensor, optional
        Where the result is written.

    Returns
    -------
    Tensor
        Of the input's shape.

    Examples
    --------
    >>> mg.nn.functional.normalize(mg.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    check("normalize", input=input, out=out)
    length: Any = input.norm(p, dim, True)
    result: Tensor = input / clamp_min(length, eps)
    return result if out is None else copy_(out, result)


# --- what they share ------------------------------------------------------------------------------


def check_floats(name: str, input: Tensor) -> None:
    """Raise for an input of integers."""
    if input._array.dtype.kind != "f":
        raise NotImplementedError(
            f"{name} is for floating point numbers, the input is of dtype {input.dtype}; convert "
            "it with .float()"
        )


def _last(
    name: str, input: Tensor, normalized_shape: Any, **operands: Tensor | None
) -> tuple[int, ...]:
    """The axes of the last dimensions, whose sizes are checked."""
    check(name, input=input, **operands)
    wanted = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    shape = tuple(input._array.shape)
    if not wanted:
        raise ShapeError(f"{name}: normalized_shape has at least one dimension, got {wanted}")
    if shape[-len(wanted) :] != wanted:
        raise ShapeError(
            f"{name}: given normalized_shape={list(wanted)}, expected input with shape "
            f"{['*', *wanted]}, but got input of shape {shape}"
        )
    check_floats(name, input)
    for operand, value in operands.items():
        if value is not None and tuple(value._array.shape) != wanted:
            raise ShapeError(
                f"{name}: expected {operand} of the same shape as normalized_shape={list(wanted)}, "
                f"but got {operand} of shape {tuple(value._array.shape)}"
            )
    return tuple(range(-len(wanted), 0))


def affine(x: Any, weight: Any, bias: Any) -> Tensor:
    """``x * weight + bias``, of which either may be missing."""
    if weight is not None:
        x = x * weight
    result: Tensor = x if bias is None else x + bias
    return result
