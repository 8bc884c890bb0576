"""Diagonals and triangles of matrices: the last two axes, or two that are named."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Sample, draw, with_params


def _triangle(name: str, pick: Any, place: str) -> Primitive:
    """The primitive of one of the two triangles; it is its own adjoint."""
    prim: Primitive = define(
        name, "x", lambda x, k: pick(x, k), {"x": lambda g, k: prim(g, k=k)}, params={"k": 0},
        mathematics=f"{name}(x, k)", kind="linear", torch=f"torch.{name}(x, k)",
        samples=with_params(((3, 3), {"k": 0}), ((2, 3), {"k": 1}), ((2, 4, 3), {"k": -1}),
                            ((0, 2), {"k": 0})),
        doc=f"Zeros {place} the diagonal k.",
    )  # fmt: skip
    return prim


tril = _triangle("tril", np.tril, "above")
triu = _triangle("triu", np.triu, "below")


def _diagonal(x: Any, offset: int, axis1: int, axis2: int) -> Any:
    out = x.diagonal(offset, axis1, axis2)
    out.setflags(x.flags.writeable)  # NumPy's is read-only
    return out


def _from_diagonal(x: Any, shape: tuple[int, ...], offset: int, axis1: int, axis2: int) -> Any:
    out = np.zeros(shape, x.dtype)
    _diagonal(out, offset, axis1, axis2)[...] = x
    return out


_CASES: tuple[tuple[tuple[int, ...], tuple[int, int, int]], ...] = (
    ((3, 3), (0, 0, 1)),
    ((2, 4), (1, 0, 1)),
    ((4, 2), (-1, 0, 1)),
    ((2, 3, 4), (0, 1, 2)),
    ((2, 3, 4), (-1, 2, 0)),
    ((2, 2), (5, 0, 1)),
)


def _named(which: tuple[int, int, int]) -> dict[str, int]:
    return dict(zip(("offset", "axis1", "axis2"), which, strict=True))


def _samples() -> list[Sample]:
    return [Sample((draw(s, -2, 2, k),), _named(p)) for k, (s, p) in enumerate(_CASES)]


def _from_samples() -> list[Sample]:
    return [
        Sample((draw(np.zeros(s).diagonal(*p).shape, -2, 2, k),), {"shape": s, **_named(p)})
        for k, (s, p) in enumerate(_CASES)
    ]


diagonal: Primitive = define(
    "diagonal", "x", _diagonal,
    {"x": lambda g, x_shape, offset, axis1, axis2: from_diagonal(
        g, shape=x_shape, offset=offset, axis1=axis1, axis2=axis2)},
    params={"offset": 0, "axis1": 0, "axis2": 1},
    mathematics="diagonal(x, offset, axis1, axis2)", kind="linear", view=True,
    torch="torch.diagonal(x, offset, axis1, axis2)", samples=_samples,
)  # fmt: skip

from_diagonal: Primitive = define(
    "from_diagonal", "x", _from_diagonal,
    {"x": lambda g, offset, axis1, axis2: diagonal(
        g, offset=offset, axis1=axis1, axis2=axis2)},
    params={"shape": (), "offset": 0, "axis1": 0, "axis2": 1},
    mathematics="from_diagonal(x, shape, offset, axis1, axis2)", kind="linear",
    torch="torch.diagonal_scatter(torch.zeros(shape, dtype=x.dtype), x, offset, axis1, axis2)",
    samples=_from_samples, doc="Zeros, with x on a diagonal: the adjoint of diagonal.",
)  # fmt: skip
