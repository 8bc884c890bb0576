"""Losses of sequences: connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.elementwise import where
from ...rules.alignment import ctc
from ._operands import check
from .reduction import chosen, reduced


def _lengths(name: str, given: Any, batch: int, most: int) -> np.ndarray:
    """One length for each sequence, from 0 to ``most``."""
    array = np.asarray(given._array if isinstance(given, Tensor) else given)
    if array.dtype.kind not in "iu":
        raise RuntimeError(f"ctc_loss: {name} must be integral, got {array.dtype}")
    if array.size != batch:
        raise RuntimeError(
            f"ctc_loss: {name} must be of size batch_size, which is {batch}, got {array.size}"
        )
    lengths = array.reshape(-1).astype(np.int64)
    if lengths.size and not 0 <= lengths.min() <= lengths.max() <= most:
        raise RuntimeError(
            f"ctc_loss: expected {name} to have value at most {most} and at least 0, but got "
            f"{lengths.tolist()}"
        )
    return lengths


def _table(targets: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The labels as one row for each sequence, from rows or from one after the other."""
    longest = int(lengths.max(initial=0))
    if targets.ndim == 2:
        if len(targets) != len(lengths) or targets.shape[1] < longest:
            raise ShapeError(
                f"ctc_loss: targets of shape {targets.shape} do not hold {len(lengths)} rows of "
                f"at least {longest} labels"
            )
        return targets[:, :longest].astype(np.int64)
    if targets.size != lengths.sum():
        raise ShapeError(
            f"ctc_loss: targets one after the other have size {int(lengths.sum())}, the sum of "
            f"target_lengths, got {targets.size}"
        )
    rows = np.zeros((len(lengths), longest), np.int64)
    rows[np.arange(longest) < lengths[:, None]] = targets
    return rows


def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0,
    reduction: str = "mean", zero_infinity: bool = False,
) -> Tensor:  # fmt: skip
    """Minus the log-probability that a sequence spells its labels, at whatever times.

    Connectionist temporal classification: Graves and others, 2006. A sequence names one class, or
    the blank, at each time; repetitions are merged, then blanks removed.

    Parameters
    ----------
    log_probs : Tensor, shape (time, batch, classes) or (time, classes)
        Made by `log_softmax`: as in PyTorch, the gradient is right only then.
    targets : Tensor of integers, shape (batch, most labels) or (all labels,) or (labels,)
        The labels of each sequence in a row, or those of all one after the other.
    input_lengths, target_lengths : Tensor of integers or sequence of int, shape (batch,)
        How long each sequence is, and its labels are.
    blank : int
        The class that is the blank.
    reduction : {"mean", "sum", "none"}
        For the mean each loss is divided by its number of labels first.
    zero_infinity : bool
        Whether a sequence too short for its labels costs nothing, rather than infinity.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If shapes, lengths or labels do not fit.

    Examples
    --------
    >>> logs = mg.full((2, 1, 2), 0.5).log()  # of the paths --, -a, a-, aa all but one spell a
    >>> mg.nn.functional.ctc_loss(logs, mg.tensor([[1]]), [2], [1]).exp()
    tensor(1.3333)
    """
    reduction = chosen(reduction)
    check("ctc_loss", log_probs=log_probs, targets=targets)
    shape = tuple(log_probs.shape)
    if len(shape) not in (2, 3):
        raise ShapeError(
            "ctc_loss takes log-probabilities of shape (time, batch, classes) or (time, classes), "
            f"got {shape}"
        )
    if log_probs._array.dtype.kind != "f" or targets._array.dtype.kind not in "iu":
        raise RuntimeError(
            "ctc_loss takes log-probabilities that are floats and targets that are integers, got "
            f"{log_probs.dtype} and {targets.dtype}"
        )
    x = log_probs if len(shape) == 3 else log_probs.unsqueeze(1)
    steps, batch, classes = x._array.shape
    if not 0 <= blank < classes:
        raise RuntimeError(
            f"ctc_loss: blank must be in label range, from 0 to {classes - 1}, got {blank}"
        )
    given = _lengths("input_lengths", input_lengths, batch, steps)
    wanted = _lengths("target_lengths", target_lengths, batch, max(targets._array.size, 0))
    labels = _table(targets._array, wanted)
    named = labels[np.arange(labels.shape[1]) < wanted[:, None]]
    if named.size and not 0 <= named.min() <= named.max() < classes:
        raise RuntimeError(
            f"ctc_loss: labels are classes from 0 to {classes - 1}, got labels from "
            f"{named.min()} to {named.max()}"
        )
    labels = np.clip(labels, 0, classes - 1)
    losses: Tensor = ctc.apply(x, labels, given, wanted, blank)
    # PyTorch takes it for granted that the probabilities of each time have the sum 1, and adds the
    # derivative of that sum, which after log_softmax makes no difference.
    running = Tensor._wrap(np.arange(steps)[:, None, None] < given[:, None])
    ones = where(running, x.exp(), 0.0).sum((0, 2))
    losses = losses + (ones - ones.detach())
    if zero_infinity:
        losses = where(losses == np.inf, 0.0, losses)
    if reduction == "mean":
        losses = losses / Tensor._wrap(np.maximum(wanted, 1).astype(x._array.dtype))
    return reduced(losses if len(shape) == 3 else losses.squeeze(0), reduction)
