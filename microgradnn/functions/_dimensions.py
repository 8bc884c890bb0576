"""Dimensions as users give them (negative, several, none), made those of the primitives."""

from __future__ import annotations

from typing import Any


def one_dim(dim: int, ndim: int) -> int:
    """A dimension counted from the front; IndexError if there is none such."""
    if 0 <= dim < ndim:
        return dim
    limit = max(ndim, 1)
    if not -limit <= dim < limit:
        raise IndexError(
            f"dimension {dim} is out of range for a Tensor of {ndim} dimensions: expected "
            f"{-limit} to {limit - 1}"
        )
    return dim % limit


def dims(dim: Any, ndim: int) -> int | tuple[int, ...] | None:
    """One dimension, several, or None for all, as the primitives take them."""
    if dim is None:
        return None
    if isinstance(dim, int):
        axis = one_dim(dim, ndim)
        return None if ndim == 0 else axis
    axes = tuple(one_dim(d, ndim) for d in dim)
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"a dimension appears twice in {tuple(dim)}")
    return axes if axes and ndim else None
