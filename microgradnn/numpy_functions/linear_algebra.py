"""``np.linalg``: what is more than a primitive."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..rules import decompositions, linear_systems
from .registry import No, answers, axes_in, named, tensor


def _real(a: Any) -> Any:
    a = tensor(a)
    return a if a._array.dtype.kind == "f" else a.double()


def _result(function: Any, parts: Any) -> Any:
    """The named tuple that NumPy returns."""
    return type(function(np.eye(1)))(*parts)


def _triangle(a: Any, UPLO: str) -> Any:
    """The symmetric matrix that one triangle stands for."""
    if UPLO not in ("L", "U", "l", "u"):
        raise ValueError(f"UPLO is 'L' or 'U', got {UPLO!r}")
    half = np.tril(a) if UPLO in "Ll" else np.triu(a)
    strict = np.tril(a, -1) if UPLO in "Ll" else np.triu(a, 1)
    return half + strict.mT


@answers(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """The solution of linear equations."""
    a, b = _real(a), _real(b)
    if b.ndim == 1:
        return linear_systems.solve.apply(a, b.reshape((-1, 1)))[..., 0]
    return linear_systems.solve.apply(a, b)


@answers(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """The triangular root of a positive definite matrix, of which one triangle is read."""
    lower = decompositions.cholesky.apply(_triangle(a, "U" if upper else "L"))
    return lower.mT if upper else lower


@answers(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """Eigenvalues and eigenvectors of a symmetric matrix, of which one triangle is read."""
    return _result(np.linalg.eigh, decompositions.eigh.apply(_triangle(a, UPLO)))


@answers(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of a symmetric matrix, of which one triangle is read."""
    return decompositions.eigvalsh.apply(_triangle(a, UPLO))


@answers(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """The singular value decomposition."""
    if not compute_uv:
        return decompositions.svdvals.apply(a)
    return _result(np.linalg.svd, decompositions.svd.apply(a, full_matrices))


@answers(*named("linalg.svdvals"))
def svdvals(x: Any, /) -> Any:
    """The singular values."""
    return decompositions.svdvals.apply(x)


@answers(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """A matrix as an orthogonal one times a triangular one."""
    if mode == "r":
        return decompositions.qr.apply(a, "reduced")[1]
    return _result(np.linalg.qr, decompositions.qr.apply(a, mode))


@answers(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """Sign and logarithm of the determinant."""
    return _result(np.linalg.slogdet, linear_systems.slogdet.apply(_real(a)))


@answers(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = No) -> Any:
    """The pseudo-inverse."""
    given = rtol if rtol is not No and rtol is not None else rcond
    if given is None:
        given = 1e-15 if rtol is No else max(a.shape[-2:]) * float(np.finfo(a._array.dtype).eps)
    return linear_systems.pinv.apply(_real(a), 0.0, float(given), hermitian)


@answers(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The least squares solution, its residuals, the rank and the singular values."""
    a, b = _real(a), _real(b)
    m, n = a.shape
    s = svdvals(a)
    cut = float(np.finfo(a._array.dtype).eps) * max(m, n) if rcond is None else rcond
    rank = int((s._array > cut * s._array[0]).sum())
    x = linear_systems.pinv.apply(a, 0.0, float(cut), False) @ b
    rest = b - a @ x
    residuals = (rest * rest).sum(0) if rank == n and m > n else tensor(np.zeros(0))
    return x, residuals.reshape((-1,)), rank, s


@answers(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """A matrix times itself, ``n`` times."""
    from ..functions.linalg_systems import matrix_power as ours

    return ours(a, n)


@answers(np.linalg.multi_dot)
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """The product of several matrices, in the cheapest order."""
    from ..functions.contraction import multi_dot as ours

    return ours([tensor(a) for a in arrays])


@answers(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """The solution of linear equations in arrays."""
    a, b = _real(a), _real(b)
    if axes is not None:
        a = np.moveaxis(a, axes, tuple(range(-len(axes), 0)))
    shape = a.shape[b.ndim :]
    return solve(a.reshape((-1, math.prod(shape))), b.reshape((-1,))).reshape(tuple(shape))


@answers(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """The inverse for `tensordot`."""
    rows, columns = tuple(a.shape[:ind]), tuple(a.shape[ind:])
    inverse = linear_systems.inv.apply(a.reshape((math.prod(rows), -1)))
    return inverse.reshape((*columns, *rows))


def _vector_norm(x: Any, order: Any, axis: Any, keepdims: bool) -> Any:
    from ..rules.linalg import vector_norm as rule

    return rule.apply(_real(x), 2.0 if order is None else float(order), axis, keepdims)


@answers(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """A norm of vectors or of matrices."""
    x = _real(x)
    if axis is None:
        if ord is None or (ord in ("f", "fro") and x.ndim == 2) or (ord == 2 and x.ndim == 1):
            return _vector_norm(x, None, None, keepdims)
        axis = tuple(range(x.ndim))
    axes = axes_in(axis, x.ndim)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError("norm: an axis for vectors, two for matrices")
    if ord is None or ord in ("f", "fro"):
        return _vector_norm(x, None, axes, keepdims)
    return _matrix_norm(x, ord, axes, keepdims)


def _matrix_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    row, column = axes
    if ord in (1, -1, math.inf, -math.inf):
        along, other = (row, column) if abs(ord) == 1 else (column, row)
        sums = np.sum(np.abs(x), along, keepdims=True)
        best = np.max if ord > 0 else np.min
        found = best(sums, other, keepdims=True)
        return found if keepdims else np.squeeze(found, axes)
    if ord not in (2, -2, "nuc"):
        raise ValueError(f"norm: order {ord!r} is not one of matrices")
    s = svdvals(np.moveaxis(x, axes, (-2, -1)))
    pick: Any = {2: np.max, -2: np.min, "nuc": np.sum}[ord]
    found = pick(s, -1)
    return np.expand_dims(found, tuple(sorted(axes))) if keepdims else found


@answers(*named("linalg.vector_norm"))
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """A norm of vectors."""
    return _vector_norm(x, ord, None if axis is None else axes_in(axis, x.ndim), keepdims)


@answers(*named("linalg.matrix_norm"))
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """A norm of matrices."""
    return norm(x, ord, (-2, -1), keepdims)


@answers(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """The condition number."""
    if p is None or p in (2, -2):
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return norm(x, p, (-2, -1)) * norm(np.linalg.inv(x), p, (-2, -1))
