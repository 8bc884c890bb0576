"""Losses: how far a network's answers are from the wanted ones, as one number to go down with."""

from __future__ import annotations

import warnings
from typing import Any

from ..._tensor import Tensor
from ...functions import elementwise as e
from ...rules import losses as rules
from ...rules.activations import log_softmax, softplus
from ._classes import RightClasses, class_axis
from ._operands import check


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses of single elements as they are, or their mean or sum."""
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    check_reduction(reduction)
    return losses


def check_reduction(reduction: Any) -> None:
    """Raise ValueError unless it is one of PyTorch's three words."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction is 'mean', 'sum' or 'none', got {reduction!r}")


def _warn_of_shapes(name: str, input: Tensor, target: Tensor) -> None:
    check(name, input=input, target=target)
    if input._array.shape != target._array.shape:
        warnings.warn(
            f"{name}: the target has shape {tuple(target._array.shape)}, the input "
            f"{tuple(input._array.shape)}: they are broadcast, which compares each with each and "
            "is rarely meant. Give both the same shape (squeeze, unsqueeze, reshape).",
            UserWarning,
            stacklevel=3,
        )


def mse_loss(
    input: Tensor, target: Tensor, *, reduction: str = "mean", weight: Tensor | None = None
) -> Tensor:
    """The squared error ``(input - target)**2``.

    Parameters
    ----------
    input, target : Tensor
        Of the same shape: others are broadcast, with a warning.
    reduction : {"mean", "sum", "none"}
    weight : Tensor, optional
        A factor for each element.

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Examples
    --------
    >>> mg.nn.functional.mse_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(2.)
    """
    check_reduction(reduction)
    _warn_of_shapes("mse_loss", input, target)
    squares = (input - target) ** 2
    if weight is None:
        return reduced(squares, reduction)
    check("mse_loss", weight=weight)
    weighted = squares * weight
    if reduction == "mean":
        return weighted.sum() / (weight + squares.detach() * 0).sum()
    return reduced(weighted, reduction)


def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """The absolute error ``|input - target|``; see `mse_loss`.

    Examples
    --------
    >>> mg.nn.functional.l1_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(1.)
    """
    check_reduction(reduction)
    _warn_of_shapes("l1_loss", input, target)
    return reduced(abs(input - target), reduction)


# --- Classes ------------------------------------------------------------------------------------


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, ignore_index: int = -100,
    reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """``-log`` of the probability that the softmax of ``input`` gives to the right classes.

    Parameters
    ----------
    input : Tensor, shape (classes,), (batch, classes) or (batch, classes, ...)
        Logits: any numbers, larger for likelier classes.
    target : Tensor
        Class numbers (integers), of the input's shape without the classes; or probabilities of the
        classes (floats), of the input's shape.
    weight : Tensor, shape (classes,), optional
        A factor for each class.
    ignore_index : int
        A class number that costs nothing.
    reduction : {"mean", "sum", "none"}
        The mean is weighted by the factors of the right classes.
    label_smoothing : float
        How much of the probability is spread evenly over all classes, from 0 to 1.

    Returns
    -------
    Tensor
        0-d, or without the classes for ``reduction="none"``.

    Raises
    ------
    ValueError, RuntimeError
        If shapes or dtypes do not fit.
    IndexError
        If a class number is out of range.

    Examples
    --------
    >>> logits = mg.tensor([[0.0, 0.0, 0.0, 0.0]])
    >>> mg.nn.functional.cross_entropy(logits, mg.tensor([2]))  # log(4)
    tensor(1.3863)
    """
    check_reduction(reduction)
    check("cross_entropy", input=input, target=target, weight=weight)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    axis = class_axis("cross_entropy", input, weight)
    if target._array.shape == input._array.shape:
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, axis)
    right = RightClasses("cross_entropy", input, target, weight, ignore_index, axis)
    logs = log_softmax.apply(input, axis)
    loss = right.loss(logs, reduction)
    if label_smoothing == 0:
        return loss
    smooth = -(logs if weight is None else logs * right.shaped_weight()).sum(axis)
    if right.kept is not None:
        smooth = smooth * right.kept
    smooth = smooth.sum() / right.total if reduction == "mean" else reduced(smooth, reduction)
    share = label_smoothing / input._array.shape[axis]
    total: Tensor = loss * (1.0 - label_smoothing) + smooth * share
    return total


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``-input`` at the right classes, for log-probabilities: `cross_entropy` without the softmax.

    Examples
    --------
    >>> logs = mg.log(mg.tensor([[0.25, 0.75]]))
    >>> mg.nn.functional.nll_loss(logs, mg.tensor([0]))  # log(4)
    tensor(1.3863)
    """
    check_reduction(reduction)
    check("nll_loss", input=input, target=target, weight=weight)
    axis = class_axis("nll_loss", input, weight)
    return RightClasses("nll_loss", input, target, weight, ignore_index, axis).loss(
        input, reduction
    )


def _soft_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    smoothing: float,
    axis: int,
) -> Tensor:
    if target._array.dtype.kind != "f":
        raise RuntimeError(
            f"cross_entropy: a target of the input's shape {tuple(input._array.shape)} holds "
            f"probabilities, which are floats; got {target.dtype}"
        )
    shape = input._array.shape
    if smoothing:
        target = target * (1.0 - smoothing) + smoothing / shape[axis]
    if weight is not None:
        target = target * weight.detach().reshape(-1, *[1] * (len(shape) - axis - 1))
    losses = -(log_softmax.apply(input, axis) * target).sum(axis)
    if reduction != "mean":
        return reduced(losses, reduction)
    return losses.sum() / float(input._array.size // shape[axis])


# --- Two classes --------------------------------------------------------------------------------


def _check_same_shape(name: str, input: Tensor, target: Tensor) -> None:
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"{name}: the target has shape {tuple(target._array.shape)}, the input "
            f"{tuple(input._array.shape)}; they must be equal (squeeze, unsqueeze, reshape)"
        )


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """``-(y log p + (1 - y) log(1 - p))`` for probabilities p; logarithms are cut off at -100.

    Parameters
    ----------
    input : Tensor
        Probabilities, from 0 to 1.
    target : Tensor
        Of the same shape, from 0 to 1.
    weight : Tensor, optional
        A factor for each element; it broadcasts.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shapes differ.
    RuntimeError
        If a probability is not between 0 and 1.

    Examples
    --------
    >>> mg.nn.functional.binary_cross_entropy(mg.tensor([0.5]), mg.tensor([1.0]))  # log(2)
    tensor(0.6931)
    """
    check_reduction(reduction)
    check("binary_cross_entropy", input=input, target=target, weight=weight)
    _check_same_shape("binary_cross_entropy", input, target)
    array = input._array
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1, they lie from "
            f"{array.min()} to {array.max()}; for logits use binary_cross_entropy_with_logits"
        )
    losses: Tensor = rules.binary_cross_entropy.apply(input, target)
    return reduced(losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """`binary_cross_entropy` of ``sigmoid(input)``, exact where the sigmoid is all but 0 or 1.

    Parameters
    ----------
    input : Tensor
        Logits: any numbers.
    target : Tensor
        Of the same shape, from 0 to 1.
    weight : Tensor, optional
        A factor for each element; it broadcasts.
    reduction : {"mean", "sum", "none"}
    pos_weight : Tensor, optional
        A factor for the targets that are 1; it broadcasts.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> loss = mg.nn.functional.binary_cross_entropy_with_logits
    >>> loss(mg.tensor([0.0]), mg.tensor([1.0]))  # log(2)
    tensor(0.6931)
    """
    name = "binary_cross_entropy_with_logits"
    check_reduction(reduction)
    check(name, input=input, target=target, weight=weight, pos_weight=pos_weight)
    _check_same_shape(name, input, target)
    if pos_weight is None:
        losses: Tensor = rules.binary_cross_entropy_with_logits.apply(input, target)
    else:
        positive = target * pos_weight
        losses = e.add(softplus.apply(input) * (1.0 - target), softplus.apply(-input) * positive)
    return reduced(losses if weight is None else losses * weight, reduction)
