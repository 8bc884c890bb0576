"""Losses of answers yes or no: of two classes, or of several labels each of which may hold."""

from __future__ import annotations

from ..._tensor import Tensor
from ...functions import elementwise as e
from ...rules import losses as rules
from ...rules.activations import softplus
from ._operands import check
from .reduction import check_same_shape, chosen, reduced


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``-(y log p + (1 - y) log(1 - p))`` for probabilities p; logarithms are cut off at -100.

    Parameters
    ----------
    input : Tensor
        Probabilities, from 0 to 1.
    target : Tensor
        Of the same shape, from 0 to 1.
    weight : Tensor, optional
        A factor for each element; it broadcasts.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
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
    reduction = chosen(reduction, size_average, reduce)
    check("binary_cross_entropy", input=input, target=target, weight=weight)
    check_same_shape("binary_cross_entropy", input, target)
    array = input._array
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1, they lie from "
            f"{array.min()} to {array.max()}; for logits use binary_cross_entropy_with_logits"
        )
    losses: Tensor = rules.binary_cross_entropy.apply(input, target)
    return reduced(losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
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
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
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
    reduction = chosen(reduction, size_average, reduce)
    check(name, input=input, target=target, weight=weight, pos_weight=pos_weight)
    check_same_shape(name, input, target)
    if pos_weight is None:
        losses: Tensor = rules.binary_cross_entropy_with_logits.apply(input, target)
    else:
        positive = target * pos_weight
        losses = e.add(softplus.apply(input) * (1.0 - target), softplus.apply(-input) * positive)
    return reduced(losses if weight is None else losses * weight, reduction)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``log(1 + exp(-target * input))``, for targets 1 and -1.

    Parameters
    ----------
    input, target : Tensor
        Shapes that broadcast.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.soft_margin_loss(mg.tensor([0.0]), mg.tensor([-1.0]))  # log(2)
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    check("soft_margin_loss", input=input, target=target)
    return reduced(softplus.apply(-target * input), reduction)


def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """`binary_cross_entropy_with_logits`, averaged over the last dimension, that of the labels.

    Parameters
    ----------
    input : Tensor, shape (..., labels)
        Logits.
    target : Tensor
        Of the same shape, 0 or 1.
    weight : Tensor, shape (labels,), optional
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        0-d, or without the labels for ``reduction="none"``.

    Examples
    --------
    >>> loss = mg.nn.functional.multilabel_soft_margin_loss
    >>> loss(mg.tensor([[0.0, 0.0]]), mg.tensor([[1.0, 0.0]]))  # log(2)
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    check("multilabel_soft_margin_loss", input=input, target=target, weight=weight)
    losses: Tensor = rules.binary_cross_entropy_with_logits.apply(input, target)
    if weight is not None:
        losses = losses * weight
    return reduced(losses.sum(-1) / float(input.shape[-1]), reduction)
