"""Operations that move elements without changing them: views, joining and splitting."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._restride import restride
from ._samples import arrays, with_params

SMALL = 4096
"""Up to this many elements writing a copy is cheaper than making a broadcast view (2 us)."""


def _expand(x: Any, shape: tuple[int, ...]) -> Any:
    old = x.shape
    if old == shape:
        return x[...]
    if 0 in old:
        return np.broadcast_to(x, shape)
    extra = len(shape) - len(old)
    strides = [0] * extra
    for n, m, stride in zip(old, shape[extra:], x.strides, strict=True):
        if n != m and n != 1:
            raise ValueError(f"a size of {n} can't be expanded to {m}, only a size of 1 can")
        strides.append(stride if n == m else 0)
    out = restride(np.asarray(x), shape, tuple(strides))
    out.setflags(False)
    return out


expand = define(
    "expand", "x", _expand, {"x": lambda g: g}, params={"shape": ()},
    mathematics="broadcast_to(x, shape)", kind="linear", view=True, numpy=(),
    torch="x.expand(shape)",
    samples=with_params(((), {"shape": (2, 3)}), ((3,), {"shape": (2, 3)}),
                         ((2, 1), {"shape": (4, 2, 3)}), ((2, 3), {"shape": (2, 3)})),
    doc="The engine sums the cotangent over the repeated axes.",
)  # fmt: skip


def broadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """`expand` for rules: on small raw arrays a filled copy."""
    if isinstance(g, np.ndarray | np.generic):
        if g.shape == shape:
            return g
        size = 1
        for n in shape:
            size *= n
        if size <= SMALL:
            out = np.empty(shape, g.dtype)
            out[...] = g
            return out
        return np.broadcast_to(g, shape)
    return expand(g, shape=shape)


reshape = define(
    "reshape", "x", lambda x, shape: x.reshape(shape),
    {"x": lambda g, x_shape: g.reshape(x_shape)}, params={"shape": ()},
    mathematics="reshape(x, shape)", kind="linear", view=True, torch="x.reshape(shape)",
    samples=with_params(((2, 3), {"shape": (3, 2)}), ((2, 3), {"shape": (6,)}),
                        ((), {"shape": (1, 1)}), ((1,), {"shape": ()}),
                        ((2, 0), {"shape": (0, 5)})),
)  # fmt: skip


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


transpose: Primitive = define(
    "transpose", "x", lambda x, axes: x.transpose(axes),
    {"x": lambda g, axes: transpose(g, axes=_inverse(axes))}, params={"axes": ()},
    mathematics="transpose(x, axes)", symbol="T", kind="linear", view=True,
    torch="x.permute(axes)",
    samples=with_params(((2, 3), {"axes": (1, 0)}), ((2, 3, 4), {"axes": (2, 0, 1)}),
                         ((), {"axes": ()}), ((3, 1, 0, 2), {"axes": (3, 1, 0, 2)})),
)  # fmt: skip

flip: Primitive = define(
    "flip", "x", lambda x, axis: np.flip(x, axis).copy(), {"x": lambda g, axis: flip(g, axis=axis)},
    params={"axis": (0,)}, mathematics="flip(x, axis)", kind="linear",
    torch="torch.flip(x, axis)",
    samples=with_params(((3,), {"axis": (0,)}), ((2, 3), {"axis": (0, 1)})),
)  # fmt: skip


def _cat_rule(g: Any, xs_shape: list[tuple[int, ...]], axis: int, needs: list[bool]) -> list[Any]:
    out: list[Any] = []
    start = 0
    for shape, needed in zip(xs_shape, needs, strict=True):
        stop = start + shape[axis]
        out.append(g[(slice(None),) * axis + (slice(start, stop),)] if needed else None)
        start = stop
    return out


def _concatenate(*xs_axis: Any) -> Any:
    return np.concatenate(xs_axis[:-1], xs_axis[-1])


cat = define(
    "cat", "*xs", _concatenate,
    {"xs": _cat_rule}, params={"axis": 0}, mathematics="concatenate(xs, axis)", kind="linear",
    promotes="common", torch="torch.cat(xs, axis)",
    samples=arrays(((2, 3), (1, 3), {"axis": 0}), ((2, 1), (2, 3), (2, 0), {"axis": 1}),
                   ((2,), {"axis": 0})),
)  # fmt: skip


def _stack(*xs_axis: Any) -> Any:
    """Joined along the axis and then reshaped: half the time of `numpy.stack`."""
    *xs, axis = xs_axis
    shape = xs[0].shape
    for x in xs:
        if x.shape != shape:
            raise ValueError(f"shapes must be equal, got {shape} and {x.shape}")
    if axis < len(shape):
        new = (*shape[:axis], len(xs), *shape[axis:])
        return np.concatenate(xs, axis).reshape(new)
    return np.concatenate([x.reshape((*shape, 1)) for x in xs], axis)


def _stack_rule(g: Any, xs_shape: list[tuple[int, ...]], axis: int, needs: list[bool]) -> list[Any]:
    before = (slice(None),) * axis
    return [g[(*before, k, Ellipsis)] if needed else None for k, needed in enumerate(needs)]


stack = define(
    "stack", "*xs", _stack, {"xs": _stack_rule},
    params={"axis": 0}, mathematics="stack(xs, axis)", kind="linear", promotes="common",
    torch="torch.stack(xs, axis)",
    samples=arrays(((2, 3), (2, 3), {"axis": 0}), ((2,), (2,), (2,), {"axis": 1}),
                   ((), (), {"axis": 0}), ((2, 0, 3), (2, 0, 3), {"axis": 1})),
)  # fmt: skip


def _split(x: Any, sizes: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    before = (slice(None),) * axis
    out, start = [], 0
    for n in sizes:
        out.append(x[(*before, slice(start, start + n))])
        start += n
    return tuple(out)


split = define(
    "split", "x", _split, {"x": lambda g_parts, axis: cat(*g_parts, axis=axis)},
    params={"sizes": (), "axis": 0}, outputs="*parts", mathematics="split(x, sizes, axis)",
    kind="linear", view=True, torch="torch.split(x, sizes, axis)",
    samples=with_params(((5,), {"sizes": (2, 3), "axis": 0}),
                         ((2, 4), {"sizes": (1, 2, 1), "axis": 1}),
                         ((3,), {"sizes": (3,), "axis": 0})),
    doc="One cotangent comes back for each part; zeros where a part was not used.",
)  # fmt: skip


def _unbind(x: Any, axis: int) -> tuple[Any, ...]:
    if axis == 0 and x.ndim > 1:
        return tuple(x)  # its rows are views; the elements of a vector would be copies
    before = (slice(None),) * axis
    return tuple([x[(*before, k, Ellipsis)] for k in range(x.shape[axis])])


unbind = define(
    "unbind", "x", _unbind, {"x": lambda g_parts, axis: stack(*g_parts, axis=axis)},
    params={"axis": 0}, outputs="*parts", mathematics="unbind(x, axis)", kind="linear", view=True,
    torch="torch.unbind(x, axis)",
    samples=with_params(((2, 3), {"axis": 0}), ((2, 3), {"axis": 1}), ((3,), {"axis": 0})),
    doc="The slices along one axis, without it: the adjoint of stack.",
)  # fmt: skip

roll: Primitive = define(
    "roll", "x", lambda x, shifts, axis: np.roll(x, shifts, axis),
    {"x": lambda g, shifts, axis: roll(g, shifts=tuple([-n for n in shifts]), axis=axis)},
    params={"shifts": (), "axis": ()}, mathematics="roll(x, shifts, axis)", kind="linear",
    torch="torch.roll(x, shifts, axis)",
    samples=with_params(((4,), {"shifts": (1,), "axis": (0,)}),
                         ((2, 3), {"shifts": (-1, 4), "axis": (0, 1)}),
                         ((3,), {"shifts": (1, 1), "axis": (0, 0)})),
)  # fmt: skip


def _negated(widths: Any) -> Any:
    return tuple([(-before, -after) for before, after in widths])


def _pad(x: Any, widths: tuple[tuple[int, int], ...], value: float) -> Any:
    shape = tuple([n + a + b for n, (a, b) in zip(x.shape, widths, strict=True)])
    if x.flags.c_contiguous:
        out = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)
    else:  # in x's order of memory
        out = np.full_like(x, value, shape=shape)
    # What is left of x by widths below zero, and where it goes.
    kept = tuple(
        [slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, widths, strict=True)]
    )
    goes = tuple([slice(max(a, 0), n - max(b, 0)) for n, (a, b) in zip(shape, widths, strict=True)])
    out[goes] = x[kept]
    return out


pad: Primitive = define(
    "pad", "x", _pad, {"x": lambda g, widths: pad(g, widths=_negated(widths))},
    params={"widths": (), "value": 0.0}, mathematics="pad(x, widths, value)", kind=None,
    torch="torch.nn.functional.pad(x, [n for w in reversed(widths) for n in w], value=value)",
    samples=with_params(((3,), {"widths": ((1, 2),)}),
                         ((2, 3), {"widths": ((0, 1), (2, 0)), "value": 1.5}),
                         ((4, 3), {"widths": ((-1, 2), (1, -2)), "value": -1.0}),
                         ((2, 2), {"widths": ((0, 0), (-1, 0))})),
    doc="Widths (before, after) of every axis; below zero they cut. Affine: linear for value 0.",
)  # fmt: skip
