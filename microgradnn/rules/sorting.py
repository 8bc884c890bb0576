"""Sorting: a permutation of the elements along one axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, with_params
from .indexing import along, put_along


def order(x: Any, axis: int, descending: bool = False) -> Any:
    """The positions that sort an array, NaN above all numbers; equal elements keep their order."""
    if descending:
        # Sorted from the other side, so that equal elements still keep their order.
        return x.shape[axis] - 1 - np.flip(order(np.flip(x, axis), axis), axis)
    if x.dtype.kind != "f" or x.shape[axis] < LONG:
        return np.argsort(x, axis, kind="stable")
    # NumPy's other way to sort is three times as fast, but careless with equal elements: the
    # lines that have some are sorted again.
    lines = np.moveaxis(x, axis, -1)
    places = np.argsort(lines, -1)
    found = np.take_along_axis(lines, places, -1)
    tied = ~(found[..., 1:] > found[..., :-1]).all(-1)
    if tied.any():
        places[tied] = np.argsort(lines[tied], -1, kind="stable")
    return np.moveaxis(places, -1, axis)


LONG = 256
"""From this many elements on a line is sorted the fast way first."""


def best(x: Any, k: int, axis: int, largest: bool) -> Any:
    """The positions of the ``k`` largest or smallest elements along an axis, in order."""
    n = x.shape[axis]
    if k <= 4 and n >= 64 and x.dtype.kind == "f":
        found = _one_by_one(x, k, axis, largest)
        if found is not None:
            return found
    along_axis = (slice(None),) * axis
    if not 0 < 8 * k < n:
        return order(x, axis, largest)[(*along_axis, slice(0, k))]
    # Only those that belong to the k are sorted.
    part = n - k if largest else k - 1
    keep = slice(part, None) if largest else slice(0, k)
    places = np.sort(np.argpartition(x, part, axis)[(*along_axis, keep)], axis)
    few = np.take_along_axis(x, places, axis)
    return np.take_along_axis(places, order(few, axis, largest), axis)


def _one_by_one(x: Any, k: int, axis: int, largest: bool) -> Any:
    """A few extremes, each found in a pass of its own; None where NaN or infinity may mislead."""
    find, taken = (np.argmax, -np.inf) if largest else (np.argmin, np.inf)
    rest, found = np.array(x), []
    for _ in range(k):
        places = find(rest, axis, keepdims=True)
        if not np.isfinite(np.take_along_axis(rest, places, axis)).all():
            return None
        np.put_along_axis(rest, places, taken, axis)
        found.append(places)
    return np.concatenate(found, axis) if found else None


def _sort(x: Any, axis: int, descending: bool) -> tuple[Any, Any]:
    indices = order(x, axis, descending)
    return x[along(indices, axis)], indices


def _samples() -> list[Sample]:
    ties = np.array([[2.0, 1.0, 2.0, 1.0]])
    return [
        *with_params(((4,), {"axis": 0}), ((3, 2), {"axis": 0, "descending": True}),
                     ((2, 3), {"axis": 1}), ((2, 3, 2), {"axis": 1}), ((0,), {}))(),
    ] + [Sample((ties,), {"axis": 0, "descending": d}) for d in (False, True)]  # fmt: skip


sort = define(
    "sort", "x", _sort,
    {"x": lambda g_values, indices, x_shape, axis:
        put_along(g_values, indices, axis=axis, shape=x_shape)},
    params={"axis": 0, "descending": False}, outputs="values indices", public=False,
    mathematics="sort(x, axis, descending)",
    torch="torch.sort(x, stable=True, dim=axis, descending=descending)", samples=_samples,
    doc="Stable: equal elements keep their order.",
)  # fmt: skip
