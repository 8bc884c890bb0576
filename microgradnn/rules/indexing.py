"""Picking elements and putting them back: each pair of operations is the other's adjoint."""

from __future__ import annotations

import math
import operator
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


def _repeats(index: Any) -> bool:
    """Whether an index may pick an element twice: only arrays of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, np.ndarray | list) and _kind(part) in "iu" for part in parts)


def _kind(part: Any) -> str:
    return str(part.dtype.kind if isinstance(part, np.ndarray) else np.asarray(part).dtype.kind)


_FEW = 2048
"""Up to this many elements it is quickest to number all of them."""


def flat_places(index: Any, shape: tuple[int, ...]) -> Any:
    """The positions, in the flattened array, of the elements that an index picks."""
    if math.prod(shape) <= _FEW:
        return np.arange(math.prod(shape)).reshape(shape)[index]
    if isinstance(index, tuple) and len(index) == 2 and index[1] is Ellipsis and shape:
        rows = index[0]  # rows of a table: no need to number all of its elements
        if isinstance(rows, np.ndarray) and rows.dtype.kind in "iu":
            size = math.prod(shape[1:])
            starts = np.where(rows < 0, rows + shape[0], rows) * size
            inner = np.arange(size).reshape(shape[1:])
            return starts.reshape(rows.shape + (1,) * inner.ndim) + inner
    if isinstance(index, tuple) and len(index) == len(shape) and _are_integers(index):
        places = np.zeros((), np.intp)
        for part, n in zip(index, shape, strict=True):
            places = places * n + np.where(part < 0, part + n, part)
        return places
    return np.arange(math.prod(shape)).reshape(shape)[index]


def _are_integers(parts: tuple[Any, ...]) -> bool:
    return all(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in parts)


def add_at(shape: tuple[int, ...], places: Any, x: Any) -> Any:
    """Zeros with x added at flat positions: many times faster than adding at an index tuple."""
    out = np.zeros(math.prod(shape), x.dtype)
    if x.shape != places.shape:
        x = np.broadcast_to(x, places.shape)
    np.add.at(out, places.ravel(), x.ravel())
    return out.reshape(shape)


def _put(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    if is_basic(index) or not _repeats(index):
        out = np.zeros(shape, g.dtype)
        out[index] = g
        return out
    return add_at(shape, flat_places(index, shape), g)


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
    "getitem", "x", operator.getitem,
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
    ndim = index.ndim
    return tuple(
        [
            index if k == axis else np.arange(n).reshape((n,) + (1,) * (ndim - k - 1))
            for k, n in enumerate(index.shape)
        ]
    )


def flat_along(index: Any, axis: int, shape: tuple[int, ...]) -> Any:
    """The flat positions of `along`, in an array of the given shape (indices not negative)."""
    places = np.zeros((), np.intp)
    for k, part in enumerate(along(index, axis)):
        places = places * shape[k] + part
    return places


def _gather(x: Any, index: Any, axis: int) -> Any:
    if x.ndim == 1:
        return x.take(index)
    if index.size > 4096 and x.flags.c_contiguous:
        return x.reshape(-1).take(flat_along(index, axis, x.shape))  # twice as fast
    return x[along(index, axis)]


def _put_along(x: Any, index: Any, axis: int, shape: tuple[int, ...]) -> Any:
    return add_at(shape, flat_along(index, axis, shape), x)


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
    "gather", "x index", _gather,
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
