"""Putting together and taking apart: concatenate, stack, split, and their relatives."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..rules import shapes as rules
from .registry import answers, axis_in, named, refuse, tensor
from .shapes import broadcast_to, expand_dims, moveaxis, ravel, reshape


def _tensors(arrays: Any) -> list[Any]:
    """Tensors of one dtype: floats of the widest of them."""
    made = [tensor(a) for a in arrays]
    dtype = np.result_type(*[a._array.dtype for a in made])
    return [a if a._array.dtype == dtype else a.to(dtype) for a in made]


@answers(*named("concatenate", "concat"))
def concatenate(arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None,
                casting: str = "same_kind") -> Any:  # fmt: skip
    """One after the other along an axis."""
    refuse("concatenate", out=(out, None), dtype=(dtype, None))
    parts = _tensors(arrays)
    if axis is None:
        parts, axis = [ravel(a) for a in parts], 0
    return rules.cat.apply(*parts, axis_in(axis, parts[0].ndim))


@answers(np.stack)
def stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None,
          casting: str = "same_kind") -> Any:  # fmt: skip
    """Beside each other along a new axis."""
    refuse("stack", out=(out, None), dtype=(dtype, None))
    parts = _tensors(arrays)
    if len({tuple(a.shape) for a in parts}) > 1:
        raise ValueError(f"stack: all of one shape, got {[tuple(a.shape) for a in parts]}")
    return rules.stack.apply(*parts, axis_in(axis, parts[0].ndim + 1))


@answers(*named("unstack"))
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """The parts along an axis."""
    return tuple(rules.unbind.apply(x, axis_in(axis, x.ndim)))


@answers(*named("vstack", "row_stack"))
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Below each other."""
    return concatenate([np.atleast_2d(tensor(a)) for a in tup], 0, dtype=dtype)


@answers(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Beside each other."""
    parts = [np.atleast_1d(tensor(a)) for a in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype=dtype)


@answers(np.dstack)
def dstack(tup: Any) -> Any:
    """Behind each other."""
    return concatenate([np.atleast_3d(tensor(a)) for a in tup], 2)


@answers(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Vectors as the columns of a matrix."""
    parts = [tensor(a) for a in tup]
    return concatenate([a if a.ndim > 1 else reshape(a, (-1, 1)) for a in parts], 1)


@answers(np.block)
def block(arrays: Any) -> Any:
    """A matrix of matrices."""

    def depth(x: Any) -> int:
        return 1 + max(map(depth, x)) if isinstance(x, list) else 0

    def ranks(x: Any) -> int:
        return max(map(ranks, x)) if isinstance(x, list) else tensor(x).ndim

    levels = depth(arrays)
    ndim = max(levels, ranks(arrays))

    def join(x: Any, level: int) -> Any:
        if not isinstance(x, list):
            x = tensor(x)
            return reshape(x, (1,) * (ndim - x.ndim) + tuple(x.shape))
        return concatenate([join(part, level + 1) for part in x], ndim - levels + level)

    return join(arrays, 0)


@answers(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """Values after those of an array."""
    return concatenate((tensor(arr), tensor(values)), axis)


@answers(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """Values between those of an array, before a position."""
    if axis is None:
        arr, axis = ravel(tensor(arr)), 0
    arr = tensor(arr)
    if not isinstance(obj, int | np.integer):
        raise NotImplementedError("np.insert at several positions is not implemented for Tensors")
    axis = axis_in(axis, arr.ndim)
    n = arr.shape[axis]
    where = obj + n if obj < 0 else obj
    new = tensor(values, arr)
    if new.ndim == arr.ndim and axis > 0:
        new = moveaxis(new, 0, axis)
    elif new.ndim < arr.ndim and new.ndim:
        new = expand_dims(new, axis) if new.ndim == arr.ndim - 1 else new
    count = new.shape[axis] if new.ndim == arr.ndim else 1
    shape = (*arr.shape[:axis], count, *arr.shape[axis + 1 :])
    new = broadcast_to(new, shape)
    before, after = array_split(arr, [where], axis)
    return concatenate((before, new, after), axis)


@answers(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Parts along an axis, of equal size as far as possible."""
    axis = axis_in(axis, ary.ndim)
    n = ary.shape[axis]
    if np.ndim(indices_or_sections) == 0:
        each, more = divmod(n, int(indices_or_sections))
        sizes = [each + 1] * more + [each] * (int(indices_or_sections) - more)
    else:
        ends = [slice(0, int(i)).indices(n)[1] for i in indices_or_sections]
        bounds = [0, *ends, n]
        if any(b < a for a, b in pairwise(bounds)):
            return [
                ary[(slice(None),) * axis + (slice(a, b),)]
                for a, b in zip(bounds, [*map(int, indices_or_sections), n], strict=True)
            ]
        sizes = [b - a for a, b in pairwise(bounds)]
    return list(rules.split.apply(ary, tuple(sizes), axis))


@answers(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Parts along an axis, of equal size."""
    n = ary.shape[axis_in(axis, ary.ndim)]
    if np.ndim(indices_or_sections) == 0 and n % int(indices_or_sections):
        raise ValueError(f"split: size {n} is no multiple of {indices_or_sections}")
    return array_split(ary, indices_or_sections, axis)


@answers(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts from left to right."""
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@answers(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts from above to below."""
    return split(ary, indices_or_sections, 0)


@answers(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Parts from front to back."""
    return split(ary, indices_or_sections, 2)


@answers(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """The coordinates of all points of a grid."""
    parts = [ravel(tensor(x)) for x in xi]
    order = list(range(len(parts)))
    if indexing == "xy" and len(parts) > 1:
        order[:2] = [1, 0]
    grid = [
        reshape(x, [-1 if k == place else 1 for k in range(len(parts))])
        for x, place in zip(parts, order, strict=True)
    ]
    return tuple(grid) if sparse else np.broadcast_arrays(*grid)
