"""Singular values and eigenvalues, and what is made of them: pinv, matrix_rank, lstsq, cond."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .._methods import both
from .._tensor import Tensor
from ..rules import decompositions as rules
from ..rules.linalg import matmul
from ..rules.linear_systems import pinv as _pinv
from .linalg_checks import from_triangle, is_vector, matrices


class svd_parts(NamedTuple):
    """What `mg.linalg.svd` returns."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class old_svd_parts(NamedTuple):
    """What `mg.svd` returns."""

    U: Tensor
    S: Tensor
    V: Tensor


class eigen_parts(NamedTuple):
    """What `eigh` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class least_squares(NamedTuple):
    """What `lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> svd_parts:
    """Singular values S, and orthogonal U and Vh of which ``(U * S) @ Vh = A``.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    full_matrices : bool
        Square U and Vh; their columns (rows) beyond min(m, n) have no gradient.
    driver : str, optional
        Has no meaning on the CPU.

    Returns
    -------
    (U, S, Vh)
        S in descending order. The gradients of U and Vh exist where no two singular values are
        equal, and make sense for results that do not depend on the signs of the vectors.

    Examples
    --------
    >>> mg.linalg.svd(mg.tensor([[0.0, 2.0], [3.0, 0.0]])).S
    tensor([3., 2.])
    """
    return svd_parts(*rules.svd.apply(matrices(A, "linalg.svd", square=False), full_matrices))


def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:
    """The singular values, in descending order; differentiable where some are equal too.

    Examples
    --------
    >>> mg.linalg.svdvals(mg.tensor([[0.0, 2.0], [3.0, 0.0]]))
    tensor([3., 2.])
    """
    return rules.svdvals.apply(matrices(A, "linalg.svdvals", square=False))


def _old_svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> old_svd_parts:
    """`mg.linalg.svd` under its old name: V, not its transpose; zeros without ``compute_uv``.

    Examples
    --------
    >>> mg.svd(mg.tensor([[0.0, 2.0], [3.0, 0.0]])).S
    tensor([3., 2.])
    """
    if compute_uv:
        U, S, Vh = svd(input, not some)
        return old_svd_parts(U, S, Vh.mT)
    S = svdvals(input)
    x = input._array
    zeros = [Tensor._wrap(np.zeros((*x.shape[:-2], n, n), x.dtype)) for n in x.shape[-2:]]
    return old_svd_parts(zeros[0], S, zeros[1])


_old_svd.__name__ = "svd"
both(_old_svd)


def _upper(UPLO: str, name: str) -> bool:
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"{name}: UPLO must be 'L' or 'U', got {UPLO!r}")
    return UPLO.upper() == "U"


def eigh(A: Tensor, UPLO: str = "L") -> eigen_parts:
    """The eigenvalues, in ascending order, and orthonormal eigenvectors of symmetric matrices.

    Parameters
    ----------
    A : Tensor, shape (..., n, n)
        Symmetric. The gradient is symmetric too.
    UPLO : {"L", "U"}
        Which triangle is read.

    Returns
    -------
    (eigenvalues, eigenvectors)
        ``A = (V * L) @ V.mT``. The gradients of the vectors exist where no two eigenvalues are
        equal, and make sense for results that do not depend on their signs.

    Examples
    --------
    >>> mg.linalg.eigh(mg.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
    tensor([1., 3.])
    """
    upper = _upper(UPLO, "linalg.eigh")
    return eigen_parts(*rules.eigh.apply(from_triangle(matrices(A, "linalg.eigh"), upper)))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices, in ascending order; see `eigh`.

    Examples
    --------
    >>> mg.linalg.eigvalsh(mg.tensor([[2.0, 1.0], [1.0, 2.0]]))
    tensor([1., 3.])
    """
    upper = _upper(UPLO, "linalg.eigvalsh")
    return rules.eigvalsh.apply(from_triangle(matrices(A, "linalg.eigvalsh"), upper))


def eig(A: Tensor) -> Any:
    """Not implemented: eigenvalues of matrices that are not symmetric are complex numbers."""
    raise NotImplementedError(
        "linalg.eig: eigenvalues of general matrices are complex numbers, which are not "
        "implemented; for symmetric matrices use linalg.eigh, outside the graph np.linalg.eig"
    )


def eigvals(A: Tensor) -> Any:
    """Not implemented; see `eig`."""
    raise NotImplementedError(
        "linalg.eigvals: eigenvalues of general matrices are complex numbers, which are not "
        "implemented; for symmetric matrices use linalg.eigvalsh"
    )


def _plain(x: Any) -> Any:
    return x._array if isinstance(x, Tensor) else x


def _tolerances(A: Tensor, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Below ``max(atol, rtol * largest)`` a singular value counts as 0: the two, as PyTorch's."""
    x = A._array
    atol, rtol = _plain(atol), _plain(rtol)
    if rtol is None:
        default = float(np.finfo(x.dtype).eps) * max(x.shape[-2:])
        rtol = default if atol is None else np.where(np.asarray(atol) > 0, 0.0, default)
    return 0.0 if atol is None else atol, rtol


def pinv(
    A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Tensor:
    """The pseudoinverse (Moore and Penrose): the inverse where there is one.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    rcond : float or Tensor, optional
        The old name of ``rtol``.
    hermitian : bool
        Take A as symmetric, reading its lower triangle.
    atol, rtol : float or Tensor, optional
        Singular values up to ``max(atol, rtol * largest)`` count as 0. By default atol is 0 and
        rtol is the machine's precision times ``max(m, n)``, or 0 if atol is given.

    Returns
    -------
    Tensor, shape (..., n, m)
        Differentiable where the rank does not change nearby.

    Examples
    --------
    >>> mg.linalg.pinv(mg.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    A = matrices(A, "linalg.pinv", square=hermitian)
    atol, rtol = _tolerances(A, atol, rcond if rtol is None else rtol)
    return _pinv.apply(A, atol, rtol, hermitian)


@both
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse; see `mg.linalg.pinv`.

    Examples
    --------
    >>> mg.pinverse(mg.tensor([[4.0]]))
    tensor([[0.2500]])
    """
    return pinv(input, rcond)


def matrix_rank(
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
) -> Tensor:
    """How many singular values do not count as 0; see `pinv`.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    tol : float or Tensor, optional
        An absolute tolerance, with no relative one.
    hermitian : bool
        Take A as symmetric, reading its lower triangle.
    atol, rtol : float or Tensor, optional

    Returns
    -------
    Tensor of int64, shape (...)

    Examples
    --------
    >>> mg.linalg.matrix_rank(mg.ones(3, 3))
    tensor(1)
    """
    A = matrices(A, "linalg.matrix_rank", square=hermitian)
    if tol is not None:
        atol, rtol = tol, 0.0
    atol, rtol = _tolerances(A, atol, rtol)
    if hermitian:
        values = np.abs(np.linalg.eigvalsh(A._array))
    else:
        values = np.linalg.svd(A._array, compute_uv=False)
    limit = np.maximum(atol, rtol * values.max(-1, initial=0.0))
    return Tensor._wrap((values > limit[..., None]).sum(-1))


def lstsq(
    A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None
) -> least_squares:
    """The X for which ``A @ X - B`` has the least sum of squares.

    Parameters
    ----------
    A : Tensor, shape (..., m, n)
    B : Tensor, shape (..., m, k), or (..., m)
    rcond : float, optional
        Singular values up to this times the largest count as 0. Default: the machine's precision
        times ``max(m, n)``.
    driver : {"gelsy", "gels", "gelsd", "gelss"}, optional
        Which of the results PyTorch's LAPACK routine of that name gives. The numbers are computed
        in the same way for all of them.

    Returns
    -------
    (solution, residuals, rank, singular_values)
        The sums of squares if m > n and all ranks are n, else (and for "gelsy") empty; the ranks,
        not for "gels"; the singular values for "gelsd" and "gelss". The solution is differentiable
        where the rank doesn't change nearby.

    Examples
    --------
    >>> A, B = mg.tensor([[1.0], [1.0]]), mg.tensor([[1.0], [3.0]])
    >>> mg.linalg.lstsq(A, B).solution
    tensor([[2.]])
    """
    driver = driver or "gelsy"
    if driver not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            f"linalg.lstsq: driver must be 'gels', 'gelsy', 'gelsd' or 'gelss', got {driver!r}"
        )
    a = matrices(A, "linalg.lstsq", square=False)._array
    vector = is_vector(a, B._array)
    right = B[..., None] if vector else B
    m, n = a.shape[-2:]
    P = _pinv.apply(A, *_tolerances(A, None, rcond), False)
    X = matmul.apply(P, right)
    empty = np.empty((0,), a.dtype)
    rank = matrix_rank(A.detach(), rtol=rcond)
    residuals = ((matmul.apply(A, X) - right) ** 2).sum(-2)
    if driver == "gelsy" or m <= n or (rank._array < n).any():
        residuals = residuals.flatten()[:0]
    values = np.linalg.svd(a, compute_uv=False) if driver in ("gelsd", "gelss") else empty
    return least_squares(
        X[..., 0] if vector else X,
        residuals,
        Tensor._wrap(np.empty((0,), np.int64)) if driver == "gels" else rank,
        Tensor._wrap(values),
    )
