"""Functions of ``scipy.linalg``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numpy_functions import linear_algebra as _numpy
from ..numpy_functions.registry import tensor
from ..rules import linear_systems


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """The solution of linear equations with a triangular matrix.

    Parameters
    ----------
    a : (M, M) Tensor or array_like
        Of which only one triangle is read.
    b : (M,) or (M, N) Tensor or array_like
    trans : {0, 1, "N", "T"}
        Whether ``a`` is transposed.
    lower, unit_diagonal : bool

    Examples
    --------
    >>> a = mg.tensor([[2.0, 0.0], [1.0, 1.0]])
    >>> mg.scipy.linalg.solve_triangular(a, mg.ones(2), lower=True)
    tensor([0.5000, 0.5000])
    """
    a, b = tensor(a), tensor(b)
    upper = not lower
    if trans in (1, 2, "T", "C"):
        a, upper = a.mT, not upper
    column = b.reshape((-1, 1)) if b.ndim == 1 else b
    x = linear_systems.solve_triangular.apply(a, column, upper, unit_diagonal)
    return x[..., 0] if b.ndim == 1 else x


def cholesky(a: Any, lower: bool = False) -> Any:
    """The triangular root of a positive definite matrix; the upper one by default, as in SciPy."""
    return _numpy.cholesky(tensor(a), upper=not lower)


def cho_solve(c_and_lower: Any, b: Any) -> Any:
    """The solution of linear equations, from ``(triangular root, whether it is the lower one)``."""
    c, lower = c_and_lower
    first = solve_triangular(c, b, trans=0 if lower else 1, lower=lower)
    return solve_triangular(c, first, trans=1 if lower else 0, lower=lower)


def expm(A: Any) -> Any:
    """The exponential of a matrix."""
    return linear_systems.matrix_exp.apply(tensor(A))


def sqrtm(A: Any) -> Any:
    """The root of a symmetric positive definite matrix.

    Of others it is not implemented: their roots may be complex.

    Raises
    ------
    NotImplementedError
    """
    A = tensor(A)
    if not np.allclose(A._array, np.swapaxes(A._array, -1, -2)):
        raise NotImplementedError("sqrtm is implemented for symmetric matrices")
    values, vectors = _numpy.eigh(A)
    if (values._array < 0).any():
        raise NotImplementedError("sqrtm of a matrix with negative eigenvalues is complex")
    return (vectors * np.sqrt(values)[..., None, :]) @ vectors.mT


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """The solution of ``a x + x b = q``: linear equations in all elements of ``x``."""
    a, b, q = tensor(a), tensor(b), tensor(q)
    m, n = q.shape
    left = np.kron(a, np.eye(n)) + np.kron(np.eye(m), b.mT)
    return _numpy.solve(left, q.reshape((-1,))).reshape((m, n))


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Any:
    """The solution of linear equations with a banded matrix, given by its diagonals.

    It is made a full matrix: the cost is that of `solve`.
    """
    below, above = l_and_u
    ab = tensor(ab)
    n = ab.shape[1]
    total: Any = None
    for row in range(below + above + 1):
        offset = above - row
        band = ab[row, offset:] if offset >= 0 else ab[row, : n + offset]
        part = np.diag(band, offset)
        total = part if total is None else total + part
    return _numpy.solve(total, b)
