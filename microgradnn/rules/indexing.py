"""Picking elements and putting them back: each pair of operations is the other's adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Sample, draw


def is_basic(index: Any) -> bool:
    """Whether an index is made of integers, slices, None and Ellipsis: no element occurs twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or isinstance(part, int | np.integer | slice)
        for part in parts
        if not isinstance(part, bool)
    ) and not any(isinstance(part, bool) for part in parts)


def _put(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, g.dtype)
    if is_basic(index):
        out[index] = g
    else:
        np.add.at(out, index, g)
    return out


def _with(x: Any, y: Any, index: Any) -> Any:
    out = np.array(x)  # not x.copy(): a cotangent of 0 dimensions may be a NumPy scalar
    out[index] = y
    return out


_INDICES: tuple[tuple[tuple[int, ...], Any], ...] = (
    ((4,), 1),
    ((4,), slice(1, None, 2)),
    ((4,), slice(None, None, -1)),
    ((3, 4), (slice(None), 2)),
    ((3, 4), (None, Ellipsis, slice(0, 2))),
    ((3, 4), np.array([0, 2, 2])),
    ((3, 4), (np.array([0, 2]), np.array([[1], [3]]))),
    ((3, 4), (slice(None), np.array([1, 1, 0]))),
    ((3,), np.array([True, False, True])),
    ((), ()),
    ((2, 0), slice(0, 1)),
)


def _get_samples() -> list[Sample]:
    return [Sample((draw(s, -2, 2, k),), {"index": i}) for k, (s, i) in enumerate(_INDICES)]


def _put_samples() -> list[Sample]:
    return [
        Sample((draw(np.zeros(s)[i].shape, -2, 2, k),), {"index": i, "shape": s})
        for k, (s, i) in enumerate(_INDICES)
    ]


def _set_samples() -> list[Sample]:
    unique = [entry for k, entry in enumerate(_INDICES) if k not in (5, 7)]
    out = [
        Sample((draw(s, -2, 2, k), draw(np.zeros(s)[i].shape, -2, 2, k + 50)), {"index": i})
        for k, (s, i) in enumerate(unique)
    ]
    return [
        *out,
        Sample((draw((3, 4), -2, 2, 80), draw((), -2, 2, 81)), {"index": (slice(None), 2)}),
    ]


getitem = define(
    "getitem", "x", lambda x, index: x[index],
    {"x": lambda g, x_shape, index: put(g, index=index, shape=x_shape)},
    params={"index": ()}, mathematics="x[index]", symbol="[ ]", kind="linear", view=True,
    samples=_get_samples,
)  # fmt: skip

put: Primitive = define(
    "put", "x", _put, {"x": lambda g, index: getitem(g, index=index)},
    params={"index": (), "shape": ()}, mathematics="put(x, index, shape)", kind="linear",
    samples=_put_samples, doc="Zeros, with x added at the index: the adjoint of indexing.",
)  # fmt: skip

setitem: Primitive = define(
    "setitem", "x y", _with,
    {
        "x": lambda g, index: setitem(g, 0.0, index=index),
        "y": lambda g, index: getitem(g, index=index),
    },
    params={"index": ()}, mathematics="replace(x, index, y)", symbol="[ ]=", kind="linear",
    samples=_set_samples, doc="x with y at the index. What was overwritten gets no gradient.",
)  # fmt: skip


def along(index: Any, axis: int) -> tuple[Any, ...]:
    """The index tuple that picks ``index`` along one axis and the same place along the others."""
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[axis] = index
    return tuple(grid)


def _put_along(x: Any, index: Any, axis: int, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, x.dtype)
    np.add.at(out, along(index, axis), x)
    return out


def _gather_samples() -> list[Sample]:
    return [
        Sample((draw((3, 4), -2, 2, 1), np.array([[0, 3], [1, 1], [2, 0]])), {"axis": 1}),
        Sample((draw((3, 4), -2, 2, 2), np.array([[0, 2, 1], [0, 0, 1]])), {"axis": 0}),
        Sample((draw((3,), -2, 2, 3), np.array([2, 2, 0, 1])), {"axis": 0}),
        Sample((draw((3,), -2, 2, 3), np.zeros((0,), np.int64)), {"axis": 0}),
    ]


def _put_along_samples() -> list[Sample]:
    return [
        Sample(
            (draw(s.inputs[1].shape, -2, 2, k), s.inputs[1]),
            {**s.params, "shape": s.inputs[0].shape},
        )
        for k, s in enumerate(_gather_samples())
    ]


gather = define(
    "gather", "x index", lambda x, index, axis: x[along(index, axis)],
    {"x": lambda g, x_shape, index, axis: put_along(g, index, axis=axis, shape=x_shape)},
    params={"axis": 0}, mathematics="gather(x, index, axis)", kind="linear",
    torch="torch.gather(x, axis, index)", samples=_gather_samples,
)  # fmt: skip

put_along: Primitive = define(
    "put_along", "x index", _put_along,
    {"x": lambda g, index, axis: gather(g, index, axis=axis)},
    params={"axis": 0, "shape": ()}, mathematics="put_along(x, index, axis, shape)", kind="linear",
    torch="torch.zeros(shape, dtype=x.dtype).scatter_add(axis, index, x)",
    samples=_put_along_samples, doc="Zeros, with x added along one axis: the adjoint of gather.",
)  # fmt: skip
