"""Losses of classes: how unlikely the right ones are held."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...rules.activations import log_softmax
from ...rules.pairs import xlogy
from ._classes import RightClasses, class_axis
from ._operands import check
from .linear import linear
from .reduction import chosen, reduced


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None,
    size_average: bool | None = None, ignore_index: int = -100, reduce: bool | None = None,
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
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    ignore_index : int
        A class number that costs nothing. The mean over nothing is NaN, with a gradient of 0.
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
    reduction = chosen(reduction, size_average, reduce)
    check("cross_entropy", input=input, target=target, weight=weight)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    axis = class_axis("cross_entropy", input, weight)
    if target._array.shape == input._array.shape:
        if ignore_index >= 0:
            raise RuntimeError(
                "cross_entropy: ignore_index is not supported for floating point target, got "
                f"ignore_index={ignore_index} and probabilities of shape {tuple(target.shape)}"
            )
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, axis)
    right = RightClasses("cross_entropy", input, target, weight, ignore_index, axis)
    logs = log_softmax.apply(input, axis)
    loss = right.loss(logs, reduction)
    if label_smoothing == 0:
        return loss
    smooth = -(logs if weight is None else logs * right.shaped_weight()).sum(axis)
    if right.kept is not None:
        smooth = smooth * right.kept
    smooth = right.mean(smooth.sum(), 1.0) if reduction == "mean" else reduced(smooth, reduction)
    share = label_smoothing / input._array.shape[axis]
    total: Tensor = loss * (1.0 - label_smoothing) + smooth * share
    return total


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None,
    size_average: bool | None = None, ignore_index: int = -100, reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``-input`` at the right classes, for log-probabilities: `cross_entropy` without the softmax.

    Examples
    --------
    >>> logs = mg.log(mg.tensor([[0.25, 0.75]]))
    >>> mg.nn.functional.nll_loss(logs, mg.tensor([0]))  # log(4)
    tensor(1.3863)
    """
    reduction = chosen(reduction, size_average, reduce)
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


def linear_cross_entropy(
    input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
    weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
    label_smoothing: float = 0.0, options: Any = None,
) -> Tensor:  # fmt: skip
    """`cross_entropy` of what a last linear layer makes of its input.

    Parameters
    ----------
    input : Tensor, shape (features,) or (batch, features)
    linear_weight : Tensor, shape (classes, ..., features)
    target : Tensor
        Class numbers of shape (batch, ...), or probabilities of shape (batch, classes, ...).
    linear_bias : Tensor, shape (classes, ...), optional
    weight, reduction, label_smoothing
        See `cross_entropy`.
    ignore_index : int, optional
        Default: -100. Not for probabilities.
    options : optional
        How PyTorch saves memory; ignored.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If shapes do not fit.

    Examples
    --------
    >>> x, w = mg.zeros(2, 5), mg.zeros(4, 5)
    >>> mg.nn.functional.linear_cross_entropy(x, w, mg.tensor([0, 3]))  # log(4)
    tensor(1.3863)
    """
    name = "linear_cross_entropy"
    check(name, input=input, linear_weight=linear_weight, target=target, linear_bias=linear_bias)
    x, w = tuple(input.shape), tuple(linear_weight.shape)
    if len(x) not in (1, 2) or len(w) < 2 or x[-1] != w[-1] or (len(w) > 2 and len(x) == 1):
        raise ShapeError(
            f"{name} takes an input of shape (features,) or (batch, features) and a weight of "
            f"shape (classes, ..., features), with a batch if there are further sizes; got {x} and "
            f"{w}"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != w[:-1]:
        raise ShapeError(
            f"{name}: the bias has shape {tuple(linear_bias.shape)}, for the weight {w} it is "
            f"{w[:-1]}"
        )
    shape = (*x[:-1], *w[:-1])
    if ignore_index is not None and tuple(target.shape) == shape:
        raise RuntimeError(
            f"{name}: ignore_index cannot be specified when target contains probabilities"
        )
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    logits = linear(input, linear_weight.reshape(math.prod(w[:-1]), w[-1]), bias).reshape(shape)
    return cross_entropy(
        logits, target, weight, reduction=reduction, label_smoothing=label_smoothing,
        ignore_index=-100 if ignore_index is None else ignore_index,
    )  # fmt: skip


def kl_div(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", log_target: bool = False,
) -> Tensor:  # fmt: skip
    """Kullback's and Leibler's divergence, ``target * (log(target) - input)``.

    Parameters
    ----------
    input : Tensor
        Log-probabilities.
    target : Tensor
        Probabilities, or their logarithms; it broadcasts.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "batchmean", "sum", "none"}
        "batchmean" is the sum over the first size of the input, which is what mathematics means;
        "mean" divides by the number of all elements, and warns of it.
    log_target : bool
        Whether the target holds logarithms.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> logs = mg.tensor([[0.5, 0.5]]).log()
    >>> mg.nn.functional.kl_div(logs, mg.tensor([[1.0, 0.0]]), reduction="batchmean")  # log(2)
    tensor(0.6931)
    """
    check("kl_div", input=input, target=target)
    legacy = size_average is not None or reduce is not None
    by_batch = reduction == "batchmean"
    if legacy or not by_batch:
        reduction = chosen(reduction, size_average, reduce)
    if reduction == "mean" and not legacy:
        warnings.warn(
            "kl_div: reduction='mean' divides by the number of all elements; 'batchmean' divides "
            "by the batch size only, which is the divergence as mathematics defines it",
            UserWarning,
            stacklevel=2,
        )
    if log_target:
        losses = target.exp() * (target - input)
    else:
        losses = xlogy.apply(target, target) - target * input
    if not by_batch:
        return reduced(losses, reduction)
    # With the former arguments PyTorch divides what they have made of the losses.
    total = losses.sum() if not legacy else reduced(losses, reduction)
    return total / float(input.shape[0]) if input.ndim else total
