"""Linear equations with triangles: of Gaussian elimination, of Cholesky's decomposition."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._errors import ShapeError
from .._methods import both
from .._tensor import Tensor
from ..rules import linear_systems as rules
from ..rules.linalg import matmul
from .linalg_checks import matrices


class solution_and_matrix(NamedTuple):
    """What `triangular_solve` returns."""

    solution: Tensor
    cloned_coefficient: Tensor


def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """The X for which ``A @ X = B`` (or ``X @ A = B``), A triangular: the other half isn't read.

    Parameters
    ----------
    A : Tensor, shape (..., n, n)
    B : Tensor, shape (..., n, k)
    upper : bool
        Whether the upper triangle is read, or the lower one.
    left : bool
        False for ``X @ A = B``.
    unitriangular : bool
        Take the diagonal as ones.

    Returns
    -------
    Tensor
        inf or NaN where a diagonal element is 0.

    Examples
    --------
    >>> A = mg.tensor([[2.0, 0.0], [1.0, 1.0]])
    >>> mg.linalg.solve_triangular(A, mg.tensor([[2.0], [3.0]]), upper=False).flatten()
    tensor([1., 2.])
    """
    matrices(A, "linalg.solve_triangular")
    matrices(B, "linalg.solve_triangular", square=False)
    a, b = A._array, B._array
    if b.shape[-2 if left else -1] != a.shape[-1]:
        raise ShapeError(
            f"linalg.solve_triangular: A of shape {tuple(a.shape)} and B of shape {tuple(b.shape)} "
            f"do not fit: B must have {a.shape[-1]} {'rows' if left else 'columns'}"
        )
    if left:
        return rules.solve_triangular.apply(A, B, upper, unitriangular)
    return rules.solve_triangular.apply(A.mT, B.mT, not upper, unitriangular).mT


@both
def triangular_solve(
    b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> solution_and_matrix:
    """`mg.linalg.solve_triangular` under its old name: the solution, and a copy of ``A``.

    Examples
    --------
    >>> mg.triangular_solve(mg.tensor([[4.0]]), mg.tensor([[2.0]])).solution
    tensor([[2.]])
    """
    a = A.mT if transpose else A
    x = solve_triangular(a, b, upper=upper != transpose, unitriangular=unitriangular)
    return solution_and_matrix(x, A.clone())


@both
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """The X for which ``L @ L.mT @ X = B``.

    Parameters
    ----------
    B : Tensor, shape (..., n, k)
    L : Tensor, shape (..., n, n)
        A factor that `mg.linalg.cholesky` has computed.
    upper : bool
        Whether it is the upper one: ``L.mT @ L @ X = B``.

    Examples
    --------
    >>> mg.cholesky_solve(mg.tensor([[4.0]]), mg.tensor([[2.0]]))
    tensor([[1.]])
    """
    lower = _lower(L, upper, "cholesky_solve")
    return rules.solve.apply(
        lower.mT, rules.solve.apply(lower, matrices(B, "cholesky_solve", False))
    )


@both
def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of ``L @ L.mT``; see `cholesky_solve`.

    Examples
    --------
    >>> mg.cholesky_inverse(mg.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    root = rules.inv.apply(_lower(L, upper, "cholesky_inverse"))
    return matmul.apply(root.mT, root)


def _lower(L: Tensor, upper: bool, name: str) -> Tensor:
    """The lower triangle of a factor, alone; its gradient is not cut to it, as in PyTorch."""
    x = matrices(L, name)._array
    lower = Tensor._wrap(np.triu(x) if upper else np.tril(x), L._node)
    return lower.mT if upper else lower
