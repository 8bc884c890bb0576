"""Operations that move elements without changing them: views, joining and splitting."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import arrays, with_params

SMALL = 4096
"""Up to this many elements writing a copy is cheaper than making a broadcast view (2 us)."""


def _expand(x: Any, shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(x, shape)


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


cat = define(
    "cat", "*xs", lambda *xs_axis: np.concatenate(xs_axis[:-1], axis=xs_axis[-1]),
    {"xs": _cat_rule}, params={"axis": 0}, mathematics="concatenate(xs, axis)", kind="linear",
    promotes="common", torch="torch.cat(xs, axis)",
    samples=arrays(((2, 3), (1, 3), {"axis": 0}), ((2, 1), (2, 3), (2, 0), {"axis": 1}),
                   ((2,), {"axis": 0})),
)  # fmt: skip

stack = define(
    "stack", "*xs", lambda *xs_axis: np.stack(xs_axis[:-1], axis=xs_axis[-1]),
    {"xs": lambda g, xs_shape, axis: [
        g[(slice(None),) * axis + (k,)] for k in range(len(xs_shape))]},
    params={"axis": 0}, mathematics="stack(xs, axis)", kind="linear", promotes="common",
    torch="torch.stack(xs, axis)",
    samples=arrays(((2, 3), (2, 3), {"axis": 0}), ((2,), (2,), (2,), {"axis": 1}),
                   ((), (), {"axis": 0})),
)  # fmt: skip


def _split(x: Any, sizes: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    out, start = [], 0
    for n in sizes:
        out.append(x[(slice(None),) * axis + (slice(start, start + n),)])
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
