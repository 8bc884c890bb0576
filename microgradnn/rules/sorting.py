"""Sorting: a permutation of the elements along one axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, with_params
from .indexing import along, put_along


def order(x: Any, axis: int, descending: bool = False, stable: bool = True) -> Any:
    """The positions that sort an array, NaN above all numbers; equal elements keep their order."""
    if descending:
        # Sorted from the other side, so that equal elements still keep their order.
        backwards = np.argsort(np.flip(x, axis), axis, kind="stable" if stable else None)
        return x.shape[axis] - 1 - np.flip(backwards, axis)
    return np.argsort(x, axis, kind="stable" if stable else None)


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
