"""Matrices as products of triangles and orthogonal matrices: Cholesky, LU, QR, reflections."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .._errors import LinAlgError, ShapeError
from .._methods import both, function
from .._tensor import Tensor
from ..rules import decompositions as rules
from ..rules.elementwise import where
from ..rules.indexing import gather
from ..rules.linear_systems import solve_triangular, triangle
from ..rules.shapes import expand
from .linalg_checks import first_true, from_triangle, matrices


class cholesky_result(NamedTuple):
    """What `cholesky_ex` returns."""

    L: Tensor
    info: Tensor


class lu_factors(NamedTuple):
    """What `lu_factor` returns."""

    LU: Tensor
    pivots: Tensor


class lu_factors_and_info(NamedTuple):
    """What `lu_factor_ex` returns."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


class lu_parts(NamedTuple):
    """What `lu` and `lu_unpack` return."""

    P: Tensor
    L: Tensor
    U: Tensor


class qr_parts(NamedTuple):
    """What `qr` returns."""

    Q: Tensor
    R: Tensor


@both
def cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """The lower triangle L with ``L @ L.mT`` equal to a symmetric positive definite matrix.

    Parameters
    ----------
    input : Tensor, shape (..., n, n)
        Symmetric: only one triangle is read, the lower one (the upper one for ``upper``). The
        gradient is symmetric too.
    upper : bool
        Give the upper triangle instead: ``U.mT @ U``.

    Returns
    -------
    Tensor, shape (..., n, n)

    Raises
    ------
    LinAlgError
        If a matrix is not positive definite.

    Examples
    --------
    >>> mg.cholesky(mg.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    A = from_triangle(matrices(input, "cholesky"), upper)
    lower = rules.cholesky.apply(A)
    return lower.mT if upper else lower


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> cholesky_result:
    """`cholesky`, with a report in place of an error.

    Returns
    -------
    (L, info)
        ``info`` is 0 for each positive definite matrix, else the order of the first leading minor
        that is not positive: L is NaN then.

    Examples
    --------
    >>> mg.linalg.cholesky_ex(mg.tensor([[-1.0]])).info
    tensor(1, dtype=microgradnn.int32)
    """
    try:
        L = cholesky(A, upper)
        return cholesky_result(L, Tensor._wrap(np.zeros(A._array.shape[:-2], np.int32)))
    except LinAlgError:
        if check_errors:
            raise
    x = from_triangle(A, upper)._array
    minors = np.stack([np.linalg.slogdet(x[..., :k, :k])[0] for k in range(1, x.shape[-1] + 1)], -1)
    info = first_true(minors <= 0)
    failed = info[..., None, None] > 0
    safe = Tensor._wrap(np.where(failed, np.eye(x.shape[-1], dtype=x.dtype), x), A._node)
    L = where.apply(Tensor._wrap(failed), Tensor._wrap(x.dtype.type(np.nan)), cholesky(safe, upper))
    return cholesky_result(L, Tensor._wrap(info))


def qr(A: Tensor, mode: str = "reduced") -> qr_parts:
    """Q with orthonormal columns and an upper triangle R, of which ``Q @ R = A``.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    mode : {"reduced", "complete", "r"}
        Q of min(m, n) columns, of m columns, or none (empty).

    Returns
    -------
    (Q, R)

    Raises
    ------
    NotImplementedError
        In ``backward()``, for what has no derivative: mode "r", and "complete" if m > n.

    Examples
    --------
    >>> Q, R = mg.linalg.qr(mg.tensor([[3.0, 1.0], [4.0, 2.0]]))
    >>> mg.allclose(Q @ R, mg.tensor([[3.0, 1.0], [4.0, 2.0]]))
    True
    """
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr: mode must be 'reduced', 'complete' or 'r', got {mode!r}")
    return qr_parts(*rules.qr.apply(matrices(A, "linalg.qr", square=False), mode))


def _old_qr(input: Tensor, some: bool = True) -> qr_parts:
    """`mg.linalg.qr` with ``some`` for its mode: False gives all columns of Q.

    Examples
    --------
    >>> mg.qr(mg.tensor([[-2.0]])).R
    tensor([[-2.]])
    """
    return qr(input, "reduced" if some else "complete")


def lu_factor_ex(
    A: Tensor, *, pivot: bool = True, check_errors: bool = False
) -> lu_factors_and_info:
    """`lu_factor`, with the place of the first pivot that is 0 (from 1), or 0.

    Examples
    --------
    >>> mg.linalg.lu_factor_ex(mg.zeros(2, 2)).info
    tensor(1, dtype=microgradnn.int32)
    """
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    LU, pivots, _ = rules.lu.apply(matrices(A, "linalg.lu_factor", square=False))
    info = first_true(np.diagonal(LU._array, axis1=-2, axis2=-1) == 0)
    if check_errors and info.any():
        k = int(info[info > 0].flat[0])
        raise LinAlgError(
            f"linalg.lu_factor: U[{k}, {k}] is zero, so that solving with it divides by zero: a "
            f"matrix of A (shape {tuple(A._array.shape)}) is singular"
        )
    return lu_factors_and_info(LU, pivots, Tensor._wrap(info))


def lu_factor(A: Tensor, *, pivot: bool = True) -> lu_factors:
    """The factors of Gaussian elimination in one matrix, and which rows were exchanged.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    pivot : bool
        Must be True, as on PyTorch's CPU.

    Returns
    -------
    (LU, pivots)
        U in the upper triangle, L below it (its diagonal is ones); ``pivots`` (int32, from 1): in
        step k row k changed places with row ``pivots[k] - 1``. For `lu_solve` and `lu_unpack`.

    Raises
    ------
    LinAlgError
        If a pivot is 0.

    Examples
    --------
    >>> mg.linalg.lu_factor(mg.tensor([[1.0, 2.0], [2.0, 2.0]])).LU
    tensor([[2.0000, 2.0000],
            [0.5000, 1.0000]])
    """
    return lu_factors(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


def lu(A: Tensor, *, pivot: bool = True) -> lu_parts:
    """A permutation, a unit lower triangle and an upper one, of which ``P @ L @ U = A``.

    Examples
    --------
    >>> P, L, U = mg.linalg.lu(mg.tensor([[1.0, 2.0], [2.0, 2.0]]))
    >>> P @ L @ U
    tensor([[1., 2.],
            [2., 2.]])
    """
    LU, pivots, _ = lu_factor_ex(A, pivot=pivot)
    return lu_unpack(LU, pivots)


def _old_lu(A: Tensor, pivot: bool = True, get_infos: bool = False) -> Any:
    """`mg.linalg.lu_factor` under its old name.

    Examples
    --------
    >>> LU, pivots = mg.lu(mg.eye(2))
    """
    result = lu_factor_ex(A, pivot=pivot)
    return result if get_infos else lu_factors(*result[:2])


def _row_order(pivots: Any, m: int) -> Any:
    """Which row of A each row of ``L @ U`` is."""
    order = np.empty((*pivots.shape[:-1], m), np.int64)
    order[...] = np.arange(m)
    for k in range(pivots.shape[-1]):
        other = pivots[..., k, None].astype(np.int64) - 1
        mine = order[..., k, None].copy()
        theirs = np.take_along_axis(order, other, -1)
        np.put_along_axis(order, other, mine, -1)
        order[..., k, None] = theirs
    return order


@function
def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True
) -> lu_parts:
    """The factors P, L and U of what `mg.linalg.lu_factor` has computed; empty if not wanted.

    Examples
    --------
    >>> mg.lu_unpack(*mg.linalg.lu_factor(2 * mg.eye(2))).U
    tensor([[2., 0.],
            [0., 2.]])
    """
    x = matrices(LU_data, "lu_unpack", square=False)._array
    m, n = x.shape[-2:]
    k = min(m, n)
    P = L = U = Tensor._wrap(np.empty((0,), x.dtype))
    if unpack_data:
        zero = Tensor._wrap(np.zeros((), x.dtype))
        L = where.apply(
            Tensor._wrap(triangle(m, k, False, 1)),
            LU_data[..., :, :k],
            Tensor._wrap(np.eye(m, k, dtype=x.dtype)),
        )
        U = where.apply(Tensor._wrap(triangle(k, n, True)), LU_data[..., :k, :], zero)
    if unpack_pivots:
        order = _row_order(LU_pivots._array, m)
        P = Tensor._wrap(np.eye(m, dtype=x.dtype)[order].mT.copy())
    return lu_parts(P, L, U)


def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False
) -> Tensor:
    """The X for which ``A @ X = B``, from the factors of A.

    Parameters
    ----------
    LU, pivots : Tensor
        What `lu_factor` returns, shapes (..., n, n) and (..., n).
    B : Tensor, shape (..., n, k)
    left : bool
        False for ``X @ A = B``.
    adjoint : bool
        Solve with ``A.mT`` in place of A.

    Examples
    --------
    >>> LU, pivots = mg.linalg.lu_factor(mg.tensor([[2.0]]))
    >>> mg.linalg.lu_solve(LU, pivots, mg.tensor([[4.0]]))
    tensor([[2.]])
    """
    matrices(LU, "linalg.lu_solve")
    if not left:
        return lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT
    n = LU._array.shape[-1]
    if B._array.ndim < 2 or B._array.shape[-2] != n:
        raise ShapeError(
            f"linalg.lu_solve: the factors have shape {tuple(LU._array.shape)}, B "
            f"{tuple(B._array.shape)}; B must be matrices of {n} rows"
        )
    order = _row_order(pivots._array, n)
    if not adjoint:
        b = _rows_of(B, order)
        return solve_triangular.apply(LU, solve_triangular.apply(LU, b, False, True), True, False)
    upper = LU.mT
    x = solve_triangular.apply(upper, solve_triangular.apply(upper, B, False, False), True, True)
    return _rows_of(x, np.argsort(order, -1))


def _rows_of(x: Tensor, order: Any) -> Tensor:
    """The rows of matrices in another order, batch dimensions broadcast."""
    batch = np.broadcast_shapes(x._array.shape[:-2], order.shape[:-1])
    shape = (*batch, *x._array.shape[-2:])
    if shape != x._array.shape:
        x = expand.apply(x, shape)
    index = Tensor._wrap(np.broadcast_to(order[..., None], shape))
    return gather.apply(x, index, len(shape) - 2)


def _old_lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """`mg.linalg.lu_solve` with its arguments in another order.

    Examples
    --------
    >>> mg.lu_solve(mg.tensor([[4.0]]), *mg.linalg.lu_factor(mg.tensor([[2.0]])))
    tensor([[2.]])
    """
    return lu_solve(LU_data, LU_pivots, b)


for _old in (_old_qr, _old_lu, _old_lu_solve):
    _old.__name__ = _old.__name__.removeprefix("_old_")
    both(_old)
