"""Losses that ask for a distance: the right answer must lead the wrong ones by a margin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.distances import pairwise_distance
from ...functions.elementwise import where
from ...functions.mathematics import clamp_min
from ...rules.activations import relu
from ...rules.elementwise import minimum
from ._operands import check
from .reduction import chosen, reduced


def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``x`` where the target is 1, ``max(0, margin - x)`` where it is -1.

    Parameters
    ----------
    input : Tensor
        Distances.
    target : Tensor
        1 where the distance is to be small, -1 where it is to be large.
    margin : float
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Examples
    --------
    >>> loss = mg.nn.functional.hinge_embedding_loss
    >>> loss(mg.tensor([0.25, 0.25]), mg.tensor([1.0, -1.0]), reduction="none")
    tensor([0.2500, 0.7500])
    """
    reduction = chosen(reduction, size_average, reduce)
    check("hinge_embedding_loss", input=input, target=target)
    apart = where(target != 1, clamp_min(margin - input, 0), 0.0)
    return reduced(apart + where(target != -1, input, 0.0), reduction)


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``max(0, margin - target * (input1 - input2))``.

    Parameters
    ----------
    input1, input2, target : Tensor
        Of equally many dimensions. The target is 1 where ``input1`` is to be larger, -1 where
        ``input2`` is.
    margin : float
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the numbers of dimensions differ.

    Examples
    --------
    >>> loss = mg.nn.functional.margin_ranking_loss
    >>> loss(mg.tensor([1.0]), mg.tensor([3.0]), mg.tensor([1.0]))
    tensor(2.)
    """
    reduction = chosen(reduction, size_average, reduce)
    check("margin_ranking_loss", input1=input1, input2=input2, target=target)
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError(
            "margin_ranking_loss: all input tensors should have same dimension but got sizes: "
            f"input1: {tuple(input1.shape)}, input2: {tuple(input2.shape)}, target: "
            f"{tuple(target.shape)}"
        )
    return reduced(clamp_min(-target * (input1 - input2) + margin, 0), reduction)


# --- Classes and labels -------------------------------------------------------------------------


def _as_rows(name: str, input: Tensor, target: Tensor, labels: bool) -> tuple[Tensor, np.ndarray]:
    """The input as (batch, classes) and the target as an array of class numbers, both checked."""
    check(name, input=input, target=target)
    shape, wanted = tuple(input.shape), target._array
    expected = [shape] if labels else [shape[:-1]]
    if not labels and len(shape) < 2:
        expected.append((1,))
    if len(shape) > 2 or not input.numel() or wanted.shape not in expected:
        raise ShapeError(
            f"{name} takes an input of shape (batch, classes) or (classes,) and a target of "
            f"{'that shape' if labels else 'shape (batch,) or ()'}, got {shape} and "
            f"{tuple(wanted.shape)}"
        )
    if wanted.dtype.kind not in "iu":
        raise RuntimeError(
            f"{name}: the target is of dtype {target.dtype}; class numbers are integers, convert "
            "them with .long()"
        )
    rows = input if len(shape) == 2 else input.reshape(1, -1)
    classes = rows.shape[1]
    numbers = wanted.reshape(rows.shape if labels else -1)
    outside = numbers[(numbers < (-1 if labels else 0)) | (numbers >= classes)]
    if outside.size:
        raise RuntimeError(
            f"{name}: target {outside.flat[0]} is out of range: the input {shape} has {classes} "
            f"classes, numbered from 0 to {classes - 1}"
        )
    return rows, numbers


def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``max(0, margin - x[y] + x[j])**p`` for all classes j but the right one y, averaged.

    Parameters
    ----------
    input : Tensor, shape (batch, classes) or (classes,)
    target : Tensor of integers, shape (batch,) or ()
    p : {1, 2}
    margin : float
    weight : Tensor, shape (classes,), optional
        A factor for each right class.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        For another ``p``, or a weight that is no vector.
    RuntimeError
        If shapes, dtypes or class numbers do not fit.

    Examples
    --------
    >>> mg.nn.functional.multi_margin_loss(mg.tensor([[0.5, 0.0, 1.0]]), mg.tensor([0]))
    tensor(0.6667)
    """
    name = "multi_margin_loss"
    reduction = chosen(reduction, size_average, reduce)
    check(name, weight=weight)
    if p not in (1, 2):
        raise ValueError(f"{name}: only p == 1 and p == 2 supported, got {p}")
    if weight is not None and weight.ndim != 1:
        raise ValueError(f"{name}: weight must be one-dimensional, got {tuple(weight.shape)}")
    rows, classes = _as_rows(name, input, target, labels=False)
    if weight is not None and weight.numel() != rows.shape[1]:
        raise ShapeError(
            f"{name}: weight has shape {tuple(weight.shape)}, one factor for each of the "
            f"{rows.shape[1]} classes of the input {tuple(input.shape)} is needed"
        )
    right = rows.gather(1, Tensor._wrap(classes.astype(np.int64)[:, None]))
    short: Tensor = relu.apply(margin - right + rows)
    if p == 2:
        short = short * short
    if weight is not None:
        short = short * weight.detach()[Tensor._wrap(classes)].unsqueeze(1)
    others = np.arange(rows.shape[1]) != classes[:, None]
    losses = where(Tensor._wrap(others), short, 0.0).sum(1) / float(rows.shape[1])
    return reduced(losses if input.ndim == 2 else losses.reshape(target.shape), reduction)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``max(0, 1 - x[y] + x[j])`` for all labels y that hold and all j that do not, averaged.

    Parameters
    ----------
    input : Tensor, shape (batch, classes) or (classes,)
    target : Tensor of integers
        Of the same shape: in each row the labels that hold, up to the first -1.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If shapes, dtypes or labels do not fit.

    Examples
    --------
    >>> x, y = mg.tensor([[0.1, 0.2, 0.4, 0.8]]), mg.tensor([[3, 0, -1, 1]])
    >>> mg.nn.functional.multilabel_margin_loss(x, y)
    tensor(0.8500)
    """
    reduction = chosen(reduction, size_average, reduce)
    rows, labels = _as_rows("multilabel_margin_loss", input, target, labels=True)
    count = rows.shape[1]
    holds = np.logical_and.accumulate(labels >= 0, axis=1)  # up to the first -1
    labels = np.where(holds, labels, 0).astype(np.int64)
    named = np.zeros((len(labels), count), np.bool_)
    named[np.nonzero(holds)[0], labels[holds]] = True
    right = rows.gather(1, Tensor._wrap(labels))
    short: Tensor = relu.apply(1.0 - right.unsqueeze(2) + rows.unsqueeze(1))
    counts = holds[:, :, None] & ~named[:, None, :]
    losses = where(Tensor._wrap(counts), short, 0.0).sum((1, 2)) / float(count)
    return reduced(losses if input.ndim == 2 else losses.reshape(()), reduction)


# --- Pairs and triplets -------------------------------------------------------------------------


def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0,
    size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``1 - cos`` where the target is 1, ``max(0, cos - margin)`` where it is -1.

    ``cos`` is the cosine of the angle between two vectors.

    Parameters
    ----------
    input1, input2 : Tensor, shape (batch, k) or (k,)
    target : Tensor, shape (batch,) or ()
    margin : float
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    Examples
    --------
    >>> loss = mg.nn.functional.cosine_embedding_loss
    >>> loss(mg.tensor([[1.0, 0.0]]), mg.tensor([[0.0, 2.0]]), mg.tensor([1.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    check("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    if target.ndim > 1 or not input1.ndim == input2.ndim == target.ndim + 1:
        raise ShapeError(
            "cosine_embedding_loss takes two inputs of shape (batch, k) with a target of shape "
            "(batch,), or of shape (k,) with a target of one number; got "
            f"{tuple(input1.shape)}, {tuple(input2.shape)} and {tuple(target.shape)}"
        )
    axis = target.ndim
    # As PyTorch has it here, and in cosine_similarity otherwise: the squares get a small summand.
    sizes = ((input1 * input1).sum(axis) + 1e-12) * ((input2 * input2).sum(axis) + 1e-12)
    cosines = (input1 * input2).sum(axis) / sizes.sqrt()
    together = where(target == 1, 1.0 - cosines, 0.0)
    apart = where(target == -1, clamp_min(cosines - margin, 0), 0.0)
    return reduced(together + apart, reduction)


def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2,
    eps: float = 1e-6, swap: bool = False, size_average: bool | None = None,
    reduce: bool | None = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``max(0, margin + |anchor - positive| - |anchor - negative|)``, in the p-norm.

    Parameters
    ----------
    anchor, positive, negative : Tensor, shape (..., k)
    margin : float
        Positive.
    p : float
    eps : float
        Added to each difference.
    swap : bool
        Whether the distance of ``positive`` from ``negative`` counts if it is the smaller one.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If ``margin`` is not positive.
    RuntimeError
        If the numbers of dimensions differ.

    Examples
    --------
    >>> a, b, c = mg.tensor([[0.0]]), mg.tensor([[3.0]]), mg.tensor([[1.0]])
    >>> mg.nn.functional.triplet_margin_loss(a, b, c)
    tensor(3.)
    """
    return _triplet(
        "triplet_margin_loss", anchor, positive, negative,
        lambda x, y: pairwise_distance(x, y, p, eps), margin, swap,
        chosen(reduction, size_average, reduce),
    )  # fmt: skip


def triplet_margin_with_distance_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None, margin: float = 1.0,
    swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """`triplet_margin_loss` for any distance.

    Parameters
    ----------
    anchor, positive, negative : Tensor
    distance_function : callable, optional
        Of two Tensors. Default: `microgradnn.pairwise_distance`.
    margin, swap, reduction
        See `triplet_margin_loss`.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> a, b, c = mg.tensor([[0.0]]), mg.tensor([[3.0]]), mg.tensor([[1.0]])
    >>> loss = mg.nn.functional.triplet_margin_with_distance_loss
    >>> loss(a, b, c, distance_function=lambda x, y: ((x - y) ** 2).sum(-1))
    tensor(9.)
    """
    return _triplet(
        "triplet_margin_with_distance_loss", anchor, positive, negative,
        distance_function or pairwise_distance, margin, swap, chosen(reduction),
    )  # fmt: skip


def _triplet(
    name: str, anchor: Tensor, positive: Tensor, negative: Tensor,
    distance: Callable[[Tensor, Tensor], Tensor], margin: float, swap: bool, reduction: str,
) -> Tensor:  # fmt: skip
    check(name, anchor=anchor, positive=positive, negative=negative)
    if not margin > 0:
        raise ValueError(f"{name}: margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            f"{name}: the anchor, positive, and negative tensors are expected to have the same "
            f"number of dimensions, but got: anchor {tuple(anchor.shape)}, positive "
            f"{tuple(positive.shape)}, and negative {tuple(negative.shape)}"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum.apply(far, distance(positive, negative))
    return reduced(clamp_min(margin + near - far, 0), reduction)
