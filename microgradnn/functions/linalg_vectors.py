"""Vectors in rows: cross and dot products, powers, covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import ShapeError
from .._methods import both, functions
from .._numpy_names import with_numpy_names
from .._tensor import Tensor
from ..rules.linalg import cross as _cross
from ._dimensions import one_dim


@with_numpy_names
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product of vectors of three elements, along a dimension.

    Parameters
    ----------
    input, other : Tensor
        Of shapes that broadcast, and size 3 at ``dim``.
    dim : int

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.linalg.cross(mg.tensor([1.0, 0.0, 0.0]), mg.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    x, y = input._array, other._array
    if x.ndim != y.ndim:
        raise ShapeError(
            f"linalg.cross: shapes {tuple(x.shape)} and {tuple(y.shape)} must have equally many "
            "dimensions"
        )
    axis = one_dim(dim, x.ndim)
    if x.shape[axis] != 3 or y.shape[axis] != 3:
        raise ShapeError(
            f"linalg.cross: dimension {dim} must have size 3, got shapes {tuple(x.shape)} and "
            f"{tuple(y.shape)}"
        )
    return _cross.apply(input, other, axis)


def _old_cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """`mg.linalg.cross`; without ``dim``, along the first dimension of size 3.

    Examples
    --------
    >>> mg.cross(mg.tensor([1, 0, 0]), mg.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    if dim is None:
        shape = np.broadcast_shapes(input._array.shape, other._array.shape)
        if 3 not in shape:
            raise ShapeError(f"cross: no dimension of size 3 in shape {shape}")
        dim = shape.index(3)
    return cross(input, other, dim=dim)


_old_cross.__name__ = "cross"
both(_old_cross)


@with_numpy_names
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The dot products of vectors along a dimension; the others broadcast.

    Examples
    --------
    >>> mg.linalg.vecdot(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), mg.tensor([1.0, 10.0]))
    tensor([21., 43.])
    """
    return (x * y).sum(dim)


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """The powers 0 to N - 1 of each element, along a new last dimension.

    Parameters
    ----------
    x : Tensor, shape (..., n)
    N : int, optional
        Default: n.

    Returns
    -------
    Tensor, shape (..., n, N)

    Examples
    --------
    >>> mg.linalg.vander(mg.tensor([2, 3]), 3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    if not x._array.ndim:
        x = x.reshape(1)
    n = x._array.shape[-1] if N is None else N
    if n <= 0:
        raise RuntimeError(f"linalg.vander: N must be positive, got {N}")
    dtype = np.int64 if x._array.dtype.kind != "f" else x._array.dtype
    return (x if dtype is not np.int64 else x.long())[..., None] ** Tensor._wrap(
        np.arange(n, dtype=dtype)
    )


def _old_vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element of a vector: the highest first, unless ``increasing``.

    Examples
    --------
    >>> mg.vander(mg.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    if x._array.ndim != 1:
        raise ShapeError(f"vander takes a vector, got shape {tuple(x._array.shape)}")
    powers = vander(x, N)
    return powers if increasing else powers.flip(1)


_old_vander.__name__ = "vander"
functions["vander"] = _old_vander


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices: `mg.diagonal` of the last two dimensions.

    Examples
    --------
    >>> mg.linalg.diagonal(mg.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    result: Tensor = functions["diagonal"](A, offset, dim1, dim2)
    return result


@both
def cov(
    input: Tensor,
    *,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """The covariances of variables (rows) over observations (columns).

    Parameters
    ----------
    input : Tensor, shape (variables, observations), or fewer dimensions
    correction : int
        Taken from the number of observations (1: Bessel's).
    fweights : Tensor of integers, optional
        How often each observation counts.
    aweights : Tensor, optional
        How much it weighs.

    Returns
    -------
    Tensor, shape (variables, variables)

    Examples
    --------
    >>> mg.cov(mg.tensor([[0.0, 2.0], [4.0, 0.0]]))
    tensor([[ 2., -4.],
            [-4.,  8.]])
    """
    x = input._array
    if x.ndim > 2:
        raise ShapeError(f"cov takes at most two dimensions, got shape {tuple(x.shape)}")
    n = x.shape[-1] if x.ndim else 1
    rows: Tensor = input.reshape(-1, n) if x.ndim == 2 else input.reshape(1, n)
    if x.dtype.kind != "f":
        rows = rows.float()
    weights = _weights(fweights, aweights, n)
    if weights is None:
        total: Any = float(n)
        means = rows.sum(1, keepdim=True) / total
    else:
        total = weights.sum()
        if not total._array > 0:
            raise RuntimeError("cov: the weights sum to zero")
        means = (rows * weights).sum(1, keepdim=True) / total
    if aweights is None or weights is None or not correction:
        divisor = total - correction
    else:
        divisor = total - correction * (weights * aweights).sum() / total
    if (divisor._array if isinstance(divisor, Tensor) else divisor) <= 0:
        import warnings

        warnings.warn("cov: no degrees of freedom are left; dividing by zero", stacklevel=2)
        divisor = 0.0
    centred = rows - means
    with np.errstate(all="ignore"):
        weighted = centred if weights is None else centred * weights
        result = (centred @ weighted.mT) / divisor
    square: Tensor = result
    return square if square._array.shape != (1, 1) else square.reshape(())


def _weights(fweights: Tensor | None, aweights: Tensor | None, n: int) -> Tensor | None:
    """The product of both kinds of weights, checked."""
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is None:
            continue
        if w._array.shape != (n,) and not (n == 1 and w._array.ndim == 0):
            raise ShapeError(
                f"cov: {name} has shape {tuple(w._array.shape)}; one weight is needed for each of "
                f"{n} observations"
            )
        if (w._array.dtype.kind == "f") == (name == "fweights"):
            kind = "integers" if name == "fweights" else "floating point"
            raise RuntimeError(f"cov: {name} must be {kind}, got {w.dtype}")
        if w._array.size and w._array.min() < 0:
            raise RuntimeError(f"cov: {name} must not be negative")
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return fweights * aweights


@both
def corrcoef(input: Tensor) -> Tensor:
    """The correlations of variables (rows): `cov` divided by both standard deviations.

    Examples
    --------
    >>> mg.corrcoef(mg.tensor([[0.0, 2.0], [4.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    c = cov(input)
    if not c._array.ndim:
        return c / c
    k = np.arange(len(c._array))
    deviation = c[k, k].sqrt()
    return (c / deviation[:, None] / deviation).clamp(-1, 1)
