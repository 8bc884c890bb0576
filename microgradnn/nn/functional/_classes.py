"""The right classes of a batch: checked, and picked out of its log-probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._asking import ask
from ..._errors import ShapeError
from ..._tensor import Tensor
from ...rules.indexing import gather, getitem


def class_axis(name: str, input: Tensor, weight: Tensor | None) -> int:
    """Which axis of the input is that of the classes; checks the input and the weights."""
    shape = input._array.shape
    if not shape:
        raise ShapeError(
            f"{name}: the input is 0-d; it has shape (classes,) or (batch, classes, ...)"
        )
    axis = 1 if len(shape) > 1 else 0
    if weight is not None and weight._array.shape != (shape[axis],):
        raise ShapeError(
            f"{name}: weight has shape {tuple(weight._array.shape)}, one factor for each of the "
            f"{shape[axis]} classes of the input {tuple(shape)} is needed"
        )
    if input._array.dtype.kind != "f":
        raise RuntimeError(f"{name}: the input is of dtype {input.dtype}; convert it with .float()")
    return axis


def _all_count(wanted: Any, classes: int, ignore: int) -> bool:
    """Whether all targets are in range, and none can be an ignored one."""
    # As unsigned numbers negative ones are large: one maximum tells.
    top = int(np.maximum.reduce(wanted.view(np.uint64), None, initial=0))
    return top < classes and not 0 <= ignore < classes


class RightClasses:
    """The right classes of a batch: where they are, and what each counts.

    Parameters
    ----------
    name : str
        The function they are for.
    input : Tensor
        Whose classes they are.
    target : Tensor of integers
    weight : Tensor or None
        A factor for each class.
    ignore : int
        A class number that does not count.
    axis : int
        The input's axis of classes.

    Attributes
    ----------
    kept : Tensor or None
        1 where a target counts, 0 where it is ignored; None if all count.
    total : float
        What the mean divides by.

    Raises
    ------
    RuntimeError, IndexError
        If the target's shape, dtype or numbers do not fit.
    """

    def __init__(
        self,
        name: str,
        input: Tensor,
        target: Tensor,
        weight: Tensor | None,
        ignore: int,
        axis: int,
    ) -> None:
        shape, wanted = input._array.shape, target._array
        expected = shape[:axis] + shape[axis + 1 :]
        if wanted.shape != expected:
            raise ShapeError(
                f"{name}: the target has shape {tuple(wanted.shape)}; for the input {tuple(shape)} "
                f"it is {tuple(expected)} for class numbers"
                + (f", {tuple(shape)} for probabilities" if name == "cross_entropy" else "")
            )
        if wanted.dtype.kind not in "iu":
            raise RuntimeError(
                f"{name}: the target is of dtype {target.dtype}; class numbers are integers, "
                "convert them with .long()"
            )
        wanted = wanted.astype(np.int64, copy=False)
        classes = shape[axis]
        self.axis, self.ndim, self.weight = axis, len(shape), weight
        self.kept: Tensor | None = None
        if not ask(_all_count, wanted, classes, ignore):
            ignored = wanted == ignore
            if ignored.any():
                wanted = np.where(ignored, 0, wanted)
                self.kept = Tensor._wrap(np.logical_not(ignored).astype(input._array.dtype))
            outside = wanted[(wanted < 0) | (wanted >= classes)]
            if outside.size:
                raise IndexError(
                    f"{name}: target {outside.flat[0]} is out of bounds; the input {tuple(shape)} "
                    f"has {classes} classes, numbered from 0 to {classes - 1}"
                )
        self.place = wanted
        self.factors: Any = None
        if weight is not None:
            self.factors = weight._array[wanted]
            if self.kept is not None:
                self.factors = self.factors * self.kept._array
        elif self.kept is not None:
            self.factors = self.kept._array
        self.total = float(wanted.size if self.factors is None else self.factors.sum())

    def loss(self, logs: Tensor, reduction: str) -> Tensor:
        """``-factor * log-probability`` of the right classes, reduced."""
        picked = self._pick(logs)
        if self.factors is not None:
            picked = picked * Tensor._wrap(np.asarray(self.factors))
        if reduction == "none":
            return -picked
        total = picked.sum()
        return -total if reduction == "sum" else self.mean(total, -1.0)

    def mean(self, total: Tensor, sign: float) -> Tensor:
        """The sum of the losses, or minus it, divided by what their mean divides by."""
        if self.total:
            return total / (sign * self.total)
        # The mean over nothing is NaN. Where all targets are ignored its gradient is 0 all the
        # same; where all weights are 0 it is not, as in PyTorch.
        ignored = self.kept is not None and not self.kept._array.any()
        return total * 0.0 + math.nan if ignored else total * math.nan

    def _pick(self, logs: Tensor) -> Tensor:
        """The log-probabilities of the right classes."""
        if self.ndim == 2:  # six times as fast as gathering along an axis
            index = (np.arange(len(self.place)), self.place)
            picked: Tensor = getitem.apply(logs, index)
            return picked
        places = Tensor._wrap(np.expand_dims(self.place, self.axis))
        found: Tensor = gather.apply(logs, places, self.axis)
        return found.reshape(self.place.shape)

    def shaped_weight(self) -> Tensor:
        """The classes' weights, shaped so that they broadcast along the classes."""
        assert self.weight is not None
        return self.weight.detach().reshape(-1, *[1] * (self.ndim - self.axis - 1))
