"""The largest or smallest of what is scattered to one place; sums are `indexing.put_along`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Sample, draw
from .indexing import along, flat_along, gather, put_along, setitem


def reduce_at(
    ufunc: Any, x: Any, index: Any, src: Any, axis: int, include_self: bool, start: Any
) -> Any:
    """``x`` with each element of ``src`` combined into its place along one axis."""
    out = np.array(x)
    places = flat_along(index, axis, x.shape)
    flat = out.reshape(-1)
    if not include_self:
        flat[places] = start
    ufunc.at(flat, places.ravel(), np.broadcast_to(src, places.shape).ravel())
    return flat.reshape(x.shape)


def _samples() -> list[Sample]:
    index = np.array([[0, 2, 1, 2], [0, 0, 2, 1]])
    x, src = draw((3, 4), -2, 2, 1), draw((2, 4), -2, 2, 2)
    wide = np.array([[1, 1, 1], [0, 1, 0]])
    ties = np.array([1.0, 2.0, 3.0])
    return [
        Sample((x, index, src), {"axis": 0}),
        Sample((x, index, src), {"axis": 0, "include_self": False}),
        Sample((draw((2, 2), -2, 2, 3), wide, draw((2, 3), -2, 2, 4)), {"axis": 1}),
        Sample((ties, np.zeros((0,), np.int64), np.zeros((0,))), {}),
    ]


def _shares(g: Any, ans: Any, x: Any, index: Any, src: Any, axis: int) -> Any:
    """The cotangent of each place divided by the number of those that reach its extreme."""
    hits = put_along((src == gather(ans, index, axis=axis)) * 1.0, index, axis=axis, shape=x.shape)
    # A place that nothing reaches (its own element is left out) has nothing to share.
    count = hits + (x == ans)
    return g / (count + (count == 0.0))


def _of_x(g: Any, ans: Any, x: Any, index: Any, src: Any, axis: int, include_self: bool) -> Any:
    shared = _shares(g, ans, x, index, src, axis) * (x == ans)
    return shared if include_self else setitem(shared, 0.0, index=along(index, axis))


def _of_src(g: Any, ans: Any, x: Any, index: Any, src: Any, axis: int) -> Any:
    hit = src == gather(ans, index, axis=axis)
    return gather(_shares(g, ans, x, index, src, axis), index, axis=axis) * hit


def _extreme(name: str, ufunc: Any, start: Callable[[Any], Any], sign: int) -> Primitive:
    return define(
        f"scatter_{name}", "x index src",
        lambda x, index, src, axis, include_self: reduce_at(
            ufunc, x, index, src, axis, include_self, start(x.dtype)),
        {"x": _of_x, "src": _of_src}, params={"axis": 0, "include_self": True}, public=False,
        mathematics=f"scatter_extreme(x, index, src, axis, include_self, {sign})",
        torch=f"torch.scatter_reduce(x, axis, index, src, {name!r}, include_self=include_self)",
        samples=_samples, doc="Equal extremes share the cotangent evenly, as in PyTorch.",
    )  # fmt: skip


def lowest(dtype: Any) -> Any:
    """What the largest of no elements starts from."""
    return -np.inf if dtype.kind == "f" else False if dtype.kind == "b" else np.iinfo(dtype).min


def highest(dtype: Any) -> Any:
    """What the smallest of no elements starts from."""
    return np.inf if dtype.kind == "f" else True if dtype.kind == "b" else np.iinfo(dtype).max


scatter_amax = _extreme("amax", np.maximum, lowest, 1)
scatter_amin = _extreme("amin", np.minimum, highest, -1)
