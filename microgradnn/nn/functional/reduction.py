"""How the losses of single elements become one number."""

from __future__ import annotations

import warnings
from typing import Any

from ..._tensor import Tensor
from ._operands import check


def chosen(reduction: Any, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """One of "none", "mean" and "sum": the word given, or what the former arguments mean.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "elementwise_mean" is a former name of "mean", and warned of.
    size_average, reduce : bool, optional
        PyTorch's arguments before ``reduction``: they win, with a warning.

    Raises
    ------
    ValueError
        For another word.
    """
    if size_average is not None or reduce is not None:
        mean, one = size_average is not False, reduce is not False
        reduction = ("mean" if mean else "sum") if one else "none"
        warnings.warn(
            "size_average and reduce args will be deprecated, please use "
            f"reduction='{reduction}' instead.",
            UserWarning,
            stacklevel=3,
        )
    elif reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
            UserWarning,
            stacklevel=3,
        )
        return "mean"
    elif reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction is 'mean', 'sum' or 'none', got {reduction!r}")
    return str(reduction)


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses of single elements as they are, or their mean or sum."""
    if reduction == "mean":
        return losses.mean()
    return losses.sum() if reduction == "sum" else losses


def warn_of_shapes(name: str, input: Tensor, target: Tensor) -> None:
    """Check that both are Tensors, and warn if their shapes differ."""
    check(name, input=input, target=target)
    if input._array.shape != target._array.shape:
        warnings.warn(
            f"{name}: the target has shape {tuple(target._array.shape)}, the input "
            f"{tuple(input._array.shape)}: they are broadcast, which compares each with each and "
            "is rarely meant. Give both the same shape (squeeze, unsqueeze, reshape).",
            UserWarning,
            stacklevel=3,
        )


def check_same_shape(name: str, input: Tensor, target: Tensor) -> None:
    """Raise ValueError if a target's shape is not that of the input."""
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"{name}: the target has shape {tuple(target._array.shape)}, the input "
            f"{tuple(input._array.shape)}; they must be equal (squeeze, unsqueeze, reshape)"
        )
