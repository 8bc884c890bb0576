"""What the functions of ``mg.linalg`` ask of their matrices, and the errors that say so."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import ShapeError
from .._tensor import Tensor


def matrices(A: Any, name: str, square: bool = True) -> Tensor:
    """``A`` if it is a matrix or a batch of them, of floating type; else an error."""
    if not isinstance(A, Tensor):
        raise TypeError(f"{name} takes a Tensor, got {type(A).__name__}")
    x = A._array
    if x.ndim < 2:
        raise ShapeError(
            f"{name} takes a matrix or a batch of matrices, of 2 or more dimensions, got shape "
            f"{tuple(x.shape)}"
        )
    if square and x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"{name} takes square matrices, got shape {tuple(x.shape)}")
    return floating(A, name)


def floating(A: Tensor, name: str) -> Tensor:
    """``A`` if it is of a floating type; else an error."""
    if A._array.dtype.kind != "f":
        raise RuntimeError(
            f"{name} needs a floating point dtype, got {A.dtype}; convert it with .float()"
        )
    return A


def is_vector(A: Any, B: Any) -> bool:
    """Whether the right side of ``A @ X = B`` is a vector, or a batch of them (PyTorch's rule)."""
    return bool(B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1]))


def from_triangle(A: Tensor, upper: bool) -> Tensor:
    """The symmetric matrices of which one triangle of ``A`` is read.

    Its gradient is taken to be that of A, as PyTorch does: right for symmetric A, and spread evenly
    over both triangles.
    """
    x = A._array
    if np.array_equal(x, x.mT):
        return A
    n = x.shape[-1]
    read = np.tri(n, dtype=bool)
    return Tensor._wrap(np.where(read.T if upper else read, x, x.mT), A._node)


def failures(x: Any) -> Any:
    """For each matrix the place of the first pivot that is 0, from 1; 0 if there is none."""
    from ..rules.decompositions import lu

    packed = lu(x)[0]
    zero = np.diagonal(packed, axis1=-2, axis2=-1) == 0
    return first_true(zero)


def first_true(found: Any) -> Any:
    """Along the last axis the place of the first that is true, from 1; 0 if there is none."""
    if not found.shape[-1]:
        return np.zeros(found.shape[:-1], np.int32)
    return np.where(found.any(-1), found.argmax(-1) + 1, 0).astype(np.int32)


def not_a_number(A: Tensor, info: Any) -> Tensor:
    """``A`` with NaN in place of the matrices that have failed."""
    x = A._array
    return Tensor._wrap(np.where(info[..., None, None] > 0, x.dtype.type(np.nan), x), A._node)
