"""Laying out anew: reshape, transpose, flip, roll, repeat, pad, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..rules import shapes as rules
from .registry import answers, axes_in, axis_in, named, refuse, tensor


@answers(np.reshape)
def reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None,
            copy: Any = None) -> Any:  # fmt: skip
    """The same elements in another shape."""
    sizes = shape if shape is not None else newshape
    sizes = (sizes,) if isinstance(sizes, int | np.integer) else tuple(sizes)
    if order == "F":
        back = rules.reshape.apply(transpose(a), sizes[::-1])
        return transpose(back)
    refuse("reshape", order=(order, "C"))
    return rules.reshape.apply(tensor(a), sizes)


@answers(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """All elements along one axis."""
    return reshape(a, -1, order)


@answers(*named("transpose", "permute_dims"))
def transpose(a: Any, axes: Any = None) -> Any:
    """Axes in another order; reversed by default."""
    a = tensor(a)
    order = axes_in(axes, a.ndim) if axes is not None else tuple(range(a.ndim))[::-1]
    return rules.transpose.apply(a, order)


@answers(*named("matrix_transpose", "linalg.matrix_transpose"))
def matrix_transpose(x: Any, /) -> Any:
    """The last two axes exchanged."""
    return swapaxes(x, -1, -2)


@answers(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged."""
    order = list(range(a.ndim))
    i, j = axis_in(axis1, a.ndim), axis_in(axis2, a.ndim)
    order[i], order[j] = j, i
    return rules.transpose.apply(a, tuple(order))


@answers(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places; the others keep their order."""
    sources, places = axes_in(source, a.ndim), axes_in(destination, a.ndim)
    if len(sources) != len(places):
        raise ValueError("moveaxis: as many sources as destinations")
    order = [k for k in range(a.ndim) if k not in sources]
    for place, k in sorted(zip(places, sources, strict=True)):
        order.insert(place, k)
    return rules.transpose.apply(a, tuple(order))


@answers(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """An axis moved to before another one."""
    axis = axis_in(axis, a.ndim)
    start = start + a.ndim if start < 0 else start
    return moveaxis(a, axis, start - (axis < start))


@answers(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """New axes of size 1."""
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    ndim = a.ndim + len(axes)
    places = [axis_in(k, ndim) for k in axes]
    sizes = iter(a.shape)
    return rules.reshape.apply(a, tuple([1 if k in places else next(sizes) for k in range(ndim)]))


@answers(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Without axes of size 1."""
    if axis is None:
        gone: tuple[int, ...] = tuple(k for k, n in enumerate(a.shape) if n == 1)
    else:
        gone = axes_in(axis, a.ndim)
        if any(a.shape[k] != 1 for k in gone):
            raise ValueError(f"squeeze: axis {axis} of shape {tuple(a.shape)} has not the size 1")
    return rules.reshape.apply(a, tuple([n for k, n in enumerate(a.shape) if k not in gone]))


def _with_ndim(function: Any, make: Any) -> None:
    def at_least(*arys: Any) -> Any:
        made = [make(tensor(a)) for a in arys]
        return made[0] if len(made) == 1 else tuple(made)

    at_least.__doc__ = "Axes of size 1 added where they are missing."
    answers(function)(at_least)


_with_ndim(np.atleast_1d, lambda a: a if a.ndim else reshape(a, (1,)))
_with_ndim(
    np.atleast_2d, lambda a: a if a.ndim > 1 else reshape(a, (1, a.shape[0] if a.ndim else 1))
)
_with_ndim(
    np.atleast_3d,
    lambda a: a if a.ndim > 2 else reshape(a, (1, *a.shape, 1)[1 - (a.ndim == 1 or not a.ndim):]
                                           if a.ndim else (1, 1, 1)),
)  # fmt: skip


@answers(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """Repeated to a shape, as broadcasting does."""
    return rules.expand.apply(array, (shape,) if isinstance(shape, int) else tuple(shape))


@answers(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """All of one shape."""
    arrays = [tensor(a) for a in args]
    shape = np.broadcast_shapes(*[tuple(a.shape) for a in arrays])
    return tuple([broadcast_to(a, shape) for a in arrays])


@answers(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """Backwards along axes."""
    return rules.flip.apply(m, axes_in(axis, m.ndim))


@answers(np.flipud)
def flipud(m: Any) -> Any:
    """Backwards along the first axis."""
    return flip(m, 0)


@answers(np.fliplr)
def fliplr(m: Any) -> Any:
    """Backwards along the second axis."""
    return flip(m, 1)


@answers(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turned by ninety degrees, ``k`` times."""
    i, j = axes_in(axes, m.ndim)
    if i == j:
        raise ValueError("rot90: the axes must differ")
    k %= 4
    if k == 0:
        return m
    if k == 2:
        return flip(m, (i, j))
    return swapaxes(flip(m, j), i, j) if k == 1 else flip(swapaxes(m, i, j), j)


@answers(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Shifted along axes; what falls off one end comes back at the other."""
    if axis is None:
        return reshape(roll(ravel(a), shift, 0), a.shape)
    axes = axes_in(axis, a.ndim)
    shifts = tuple(shift) if isinstance(shift, tuple | list) else (shift,)
    shifts, axes = (
        shifts * (len(axes) if len(shifts) == 1 else 1),
        axes * (len(shifts) if len(axes) == 1 else 1),
    )
    if len(shifts) != len(axes):
        raise ValueError("roll: one shift for each axis")
    return rules.roll.apply(a, tuple(map(int, shifts)), axes)


@answers(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """The middle of each axis moved from its begin."""
    places = axes_in(axes, x.ndim)
    return roll(x, [x.shape[k] // 2 for k in places], places)


@answers(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """The middle of each axis moved to its begin."""
    places = axes_in(axes, x.ndim)
    return roll(x, [-(x.shape[k] // 2) for k in places], places)


@answers(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    """The elements at positions along an axis."""
    refuse("take", out=(out, None), mode=(mode, "raise"))
    if axis is None:
        a, axis = ravel(a), 0
    where = indices._array if hasattr(indices, "_array") else np.asarray(indices)
    place = (slice(None),) * axis_in(axis, a.ndim) + (where,)
    return a[place]


@answers(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """The elements at positions that differ from line to line."""
    from ..rules.indexing import gather

    if axis is None:
        arr, axis = ravel(arr), 0
    axis = axis_in(axis, arr.ndim)
    index = tensor(indices)
    shape = np.broadcast_shapes(
        *[tuple(n for k, n in enumerate(x.shape) if k != axis) for x in (arr, index)]
    )
    arr, index = (
        broadcast_to(x, (*shape[:axis], x.shape[axis], *shape[axis:])) for x in (arr, index)
    )
    return gather.apply(arr, index, axis)


@answers(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """The elements along an axis for which a condition holds."""
    refuse("compress", out=(out, None))
    return take(a, np.nonzero(tensor(condition)._array)[0], axis)


@answers(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """The elements for which a condition holds."""
    return take(ravel(arr), np.nonzero(tensor(condition)._array.ravel())[0])


@answers(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """Without the elements at positions along an axis."""
    if axis is None:
        arr, axis = ravel(arr), 0
    axis = axis_in(axis, arr.ndim)
    return take(arr, np.delete(np.arange(arr.shape[axis]), obj), axis)


@answers(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """Another shape; the elements repeated, or cut off."""
    sizes = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    count = int(np.prod(sizes))
    return reshape(take(ravel(a), np.arange(count) % int(np.prod(tuple(a.shape)))), sizes)


@answers(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Each element several times."""
    if axis is None:
        a, axis = ravel(a), 0
    axis = axis_in(axis, a.ndim)
    counts = np.asarray(repeats)
    if counts.ndim and counts.size > 1:
        return take(a, np.repeat(np.arange(a.shape[axis]), counts), axis)
    n = int(counts.reshape(()))
    spread = broadcast_to(expand_dims(a, axis + 1), (*a.shape[: axis + 1], n, *a.shape[axis + 1 :]))
    return reshape(spread, (*a.shape[:axis], a.shape[axis] * n, *a.shape[axis + 1 :]))


@answers(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """The whole array several times along each axis."""
    times = (reps,) if isinstance(reps, int | np.integer) else tuple(map(int, reps))
    A = tensor(A)
    ndim = max(A.ndim, len(times))
    times = (1,) * (ndim - len(times)) + times
    shape = (1,) * (ndim - A.ndim) + tuple(A.shape)
    paired = [n for pair in zip(times, shape, strict=True) for n in pair]
    thin = reshape(A, [n for size in shape for n in (1, size)])
    return reshape(broadcast_to(thin, paired), [t * n for t, n in zip(times, shape, strict=True)])


@answers(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """A border around the elements: constant, or made of the elements themselves."""
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(k, pad_width.get(k - array.ndim, 0)) for k in range(array.ndim)]
    widths = [
        tuple(map(int, pair)) for pair in np.broadcast_to(np.asarray(pad_width), (array.ndim, 2))
    ]
    if mode == "constant":
        value = kwargs.pop("constant_values", 0)
        if kwargs:
            raise ValueError(f"pad: unsupported arguments for mode 'constant': {set(kwargs)}")
        if np.ndim(value) == 0:
            return rules.pad.apply(array, tuple(widths), float(value))
        values = np.broadcast_to(np.asarray(value), (array.ndim, 2))
        for axis, (width, pair) in enumerate(zip(widths, values, strict=True)):
            for side in (0, 1):
                sides = [(0, 0)] * array.ndim
                sides[axis] = (width[0], 0) if side == 0 else (0, width[1])
                array = rules.pad.apply(array, tuple(sides), float(pair[side]))
        return array
    if mode not in ("edge", "reflect", "symmetric", "wrap") or kwargs.get("reflect_type") == "odd":
        raise NotImplementedError(f"np.pad(mode={mode!r}) is not implemented for Tensors")
    places = np.pad(
        np.arange(int(np.prod(tuple(array.shape)))).reshape(array.shape), widths, mode=mode
    )
    return take(ravel(array), places)


@answers(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """The lower triangle, zeros elsewhere."""
    from ..rules.diagonals import tril as rule

    return rule.apply(m if m.ndim > 1 else broadcast_to(m, (m.shape[0],) * 2), k)


@answers(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """The upper triangle, zeros elsewhere."""
    from ..rules.diagonals import triu as rule

    return rule.apply(m if m.ndim > 1 else broadcast_to(m, (m.shape[0],) * 2), k)


@answers(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """A diagonal of each matrix, along the last axis."""
    from ..rules.diagonals import diagonal as rule

    return rule.apply(a, offset, axis_in(axis1, a.ndim), axis_in(axis2, a.ndim))


@answers(*named("linalg.diagonal"))
def diagonal_of_matrices(x: Any, /, *, offset: int = 0) -> Any:
    """A diagonal of each matrix, in the last two axes."""
    return diagonal(x, offset, -2, -1)


@answers(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with that diagonal."""
    from ..rules.diagonals import from_diagonal

    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ValueError("diag: the input must be 1- or 2-d")
    n = v.shape[0] + abs(k)
    return from_diagonal.apply(v, (n, n), k, 0, 1)


@answers(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """A matrix with all elements on a diagonal."""
    return diag(ravel(v), k)


@answers(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """A copy, in the graph."""
    return a.clone()


@answers(*named("astype"))
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """Another dtype."""
    return x.to(np.dtype(dtype))
