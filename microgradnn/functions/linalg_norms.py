"""Norms of vectors and matrices, and distances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._errors import LinAlgError, ShapeError
from .._methods import both, function
from .._numpy_names import with_numpy_names
from .._tensor import Tensor
from ..rules.decompositions import svdvals
from ..rules.linalg import vector_norm as _vector_norm
from ..rules.linear_systems import inv
from ..rules.reductions import amax, amin
from ._dimensions import dims, one_dim
from .linalg_checks import failures, floating, matrices


@with_numpy_names
def vector_norm(
    x: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The norm ``sum(abs(x)**ord)**(1/ord)`` of the elements along dimensions.

    Parameters
    ----------
    x : Tensor
    ord : number
        ``inf``: the largest absolute value; ``-inf``: the smallest; 0: how many are not 0.
    dim : int or tuple of int, optional
        Default: all.
    keepdim : bool
    dtype : dtype, optional
        Converted to before.

    Returns
    -------
    Tensor
        Where it is 0 its derivative is taken as 0.

    Examples
    --------
    >>> mg.linalg.vector_norm(mg.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if dtype is not None:
        x = x.to(_dtypes.as_numpy(dtype))
    floating(x, "linalg.vector_norm")
    axis = dims(dim, x._array.ndim)
    if not x._array.size and (ord < 0 or ord == math.inf):
        over = x._array.shape if axis is None else np.take(x._array.shape, axis)
        if not np.prod(over):
            raise RuntimeError(
                f"linalg.vector_norm: of no elements there is no norm of order {ord} (shape "
                f"{tuple(x._array.shape)}, dim {dim})"
            )
    return _vector_norm.apply(x, float(ord), axis, keepdim)


@with_numpy_names
def matrix_norm(
    A: Tensor,
    ord: Any = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """A norm of matrices.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    ord : {"fro", "nuc", inf, -inf, 1, -1, 2, -2}
        The root of the sum of squares; the sum of singular values; the largest or smallest sum of
        absolute values of a row (inf), of a column (1); the largest or smallest singular value.
    dim : tuple of two int
        Which dimensions are rows and columns.
    keepdim : bool
    dtype : dtype, optional
        Converted to before.

    Returns
    -------
    Tensor, shape (...)

    Examples
    --------
    >>> A = mg.tensor([[0.0, 3.0], [4.0, 0.0]])
    >>> mg.linalg.matrix_norm(A), mg.linalg.matrix_norm(A, 2), mg.linalg.matrix_norm(A, "nuc")
    (tensor(5.), tensor(4.), tensor(7.))
    """
    if dtype is not None:
        A = A.to(_dtypes.as_numpy(dtype))
    matrices(A, "linalg.matrix_norm", square=False)
    ndim = A._array.ndim
    if isinstance(dim, int) or len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be two dimensions, got {dim!r}")
    rows, columns = (one_dim(int(d), ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dim must be two different dimensions, got {dim!r}")
    if ord == "fro":
        return _vector_norm.apply(A, 2.0, (rows, columns), keepdim)
    if ord in (1, -1, math.inf, -math.inf):
        over, among = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = _vector_norm.apply(A, 1.0, over, True)
        extreme = amax if ord > 0 else amin
        result = extreme.apply(sums, among, True)
    elif ord in ("nuc", 2, -2):
        others = [d for d in range(ndim) if d not in (rows, columns)]
        values = svdvals.apply(A.permute([*others, rows, columns]))
        last = len(others)
        if ord == "nuc":
            result = values.sum(-1)
        else:
            result = (amax if ord == 2 else amin).apply(values, last, False)
        if not keepdim:
            return result
        for d in sorted((rows, columns)):
            result = result.unsqueeze(d)
        return result
    else:
        raise RuntimeError(
            f"linalg.matrix_norm: ord must be 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2, got {ord!r}"
        )
    return result if keepdim else result.squeeze((rows, columns))


@with_numpy_names
def norm(
    A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """`vector_norm` or `matrix_norm`: by ``dim``, or else by the dimensions of ``A``.

    Parameters
    ----------
    A : Tensor
    ord : optional
        Default: 2 for vectors, and of all elements for anything else.
    dim : int or tuple of int, optional
        One dimension: of vectors. Two, with ``ord``: of matrices.
    keepdim : bool
    dtype : dtype, optional
        Converted to before.

    Examples
    --------
    >>> mg.linalg.norm(mg.tensor([[3.0, 4.0], [6.0, 8.0]]), dim=1)
    tensor([ 5., 10.])
    """
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    count = A._array.ndim if dim is None else 1 if isinstance(dim, int) else len(dim)
    if dim is None and count not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: with ord={ord!r} and no dim the Tensor must have 1 or 2 dimensions, got "
            f"shape {tuple(A._array.shape)}"
        )
    if count == 2:
        return matrix_norm(A, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(A, ord, dim, keepdim, dtype=dtype)


def _old_norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Tensor:
    """The p-norm of all elements, or along dimensions; "nuc" sums the singular values of matrices.

    Parameters
    ----------
    input : Tensor
    p : number, "fro" or "nuc"
        "fro" is 2.
    dim : int or tuple of int, optional
    keepdim : bool
    dtype : dtype, optional
        Converted to before.

    Examples
    --------
    >>> mg.norm(mg.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor(5.)
    """
    if p == "nuc":
        return matrix_norm(input, "nuc", (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    order = 2 if p is None or p == "fro" else p
    return vector_norm(input, order, dim, keepdim, dtype=dtype)


_old_norm.__name__ = "norm"
both(_old_norm)


def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number ``norm(A, p) * norm(inv(A), p)``: inf for singular matrices.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
        Square, unless ``p`` is 2, -2 or None.
    p : optional
        As the ``ord`` of `matrix_norm`; None is 2.

    Examples
    --------
    >>> mg.linalg.cond(mg.tensor([[1.0, 0.0], [0.0, 4.0]]))
    tensor(4.)
    """
    if p in (None, 2, -2):
        values = svdvals.apply(matrices(A, "linalg.cond", square=False))
        with np.errstate(all="ignore"):
            ends = values[..., 0], values[..., -1]
            result: Tensor = ends[0] / ends[1] if p != -2 else ends[1] / ends[0]
        return result
    matrices(A, "linalg.cond")
    try:
        return matrix_norm(A, p) * matrix_norm(inv.apply(A), p)
    except LinAlgError:
        singular = failures(A._array) > 0
    x = A._array
    eye = np.eye(x.shape[-1], dtype=x.dtype)
    safe = Tensor._wrap(np.where(singular[..., None, None], eye, x), A._node)
    return cond(safe, p).masked_fill(Tensor._wrap(singular), math.inf)


@both
def dist(input: Tensor, other: Tensor, p: Any = 2) -> Tensor:
    """The p-norm of ``input - other``.

    Examples
    --------
    >>> mg.dist(mg.tensor([1.0, 5.0]), mg.tensor([4.0, 1.0]))
    tensor(5.)
    """
    return _vector_norm.apply(floating(input - other, "dist"), float(p), None, False)


@function
def cdist(
    x1: Tensor,
    x2: Tensor,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Tensor:
    """The p-norm distance of each row of ``x1`` from each row of ``x2``.

    Parameters
    ----------
    x1 : Tensor, shape (..., n, k)
    x2 : Tensor, shape (..., m, k)
    p : float
        Not negative; ``inf`` for the largest difference.
    compute_mode : str
        PyTorch's; differences are always taken first here, which is exact.

    Returns
    -------
    Tensor, shape (..., n, m)
        Where it is 0 its derivative is taken as 0.

    Examples
    --------
    >>> mg.cdist(mg.tensor([[0.0, 0.0]]), mg.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    matrices(x1, "cdist", square=False)
    matrices(x2, "cdist", square=False)
    if x1._array.shape[-1] != x2._array.shape[-1]:
        raise ShapeError(
            f"cdist: the rows have {x1._array.shape[-1]} and {x2._array.shape[-1]} elements "
            f"(shapes {tuple(x1._array.shape)} and {tuple(x2._array.shape)}); they must be equal"
        )
    if p < 0:
        raise RuntimeError(f"cdist: p must not be negative, got {p}")
    difference = x1[..., :, None, :] - x2[..., None, :, :]
    if not x1._array.shape[-1]:
        return difference.sum(-1)
    return _vector_norm.apply(difference, float(p), difference._array.ndim - 1, False)
