"""Linear equations, inverses, determinants: ``mg.linalg.solve`` and what belongs to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._errors import LinAlgError, ShapeError
from .._methods import both
from .._tensor import Tensor
from ..rules import linear_systems as rules
from ..rules.elementwise import where
from ..rules.linalg import matmul
from .linalg_checks import failures, is_vector, matrices, not_a_number


class solve_result(NamedTuple):
    """What `solve_ex` returns."""

    result: Tensor
    info: Tensor


class inverse_result(NamedTuple):
    """What `inv_ex` returns."""

    inverse: Tensor
    info: Tensor


class sign_and_log(NamedTuple):
    """What `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """The X for which ``A @ X = B`` (or ``X @ A = B``).

    Parameters
    ----------
    A : Tensor, shape (..., n, n)
    B : Tensor, shape (..., n, k), (n,) or (..., n)
        A vector if it has one dimension, or the shape of ``A`` without its last dimension.
    left : bool
        False for ``X @ A = B``.

    Returns
    -------
    Tensor
        Of the shape of ``B``, batch dimensions broadcast.

    Raises
    ------
    LinAlgError
        If a matrix is singular.

    Examples
    --------
    >>> mg.linalg.solve(mg.tensor([[2.0, 0.0], [0.0, 4.0]]), mg.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    matrices(A, "linalg.solve")
    a, b = A._array, B._array
    if is_vector(a, b):
        if not left:
            raise ShapeError(
                f"linalg.solve: left=False needs matrices, got B of shape {tuple(b.shape)} beside "
                f"A of shape {tuple(a.shape)}"
            )
        return rules.solve.apply(A, B[..., None])[..., 0]
    if b.shape[-2 if left else -1] != a.shape[-1]:
        raise ShapeError(
            f"linalg.solve: A of shape {tuple(a.shape)} and B of shape {tuple(b.shape)} do not "
            f"fit: B must have {a.shape[-1]} {'rows' if left else 'columns'}"
        )
    return rules.solve.apply(A, B) if left else rules.solve.apply(A.mT, B.mT).mT


def solve_ex(
    A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False
) -> solve_result:
    """`solve`, with a report in place of an error.

    Returns
    -------
    (result, info)
        ``info`` is 0 for each matrix that could be solved, else the place of the first pivot that
        is 0, counted from 1: the result is NaN then.

    Examples
    --------
    >>> mg.linalg.solve_ex(mg.zeros(1, 1), mg.ones(1, 1))
    solve_result(result=tensor([[nan]]), info=tensor(1, dtype=microgradnn.int32))
    """
    try:
        result = solve(A, B, left=left)
        return solve_result(result, Tensor._wrap(np.zeros(A._array.shape[:-2], np.int32)))
    except LinAlgError:
        if check_errors:
            raise
    info = failures(A._array)
    return solve_result(solve(not_a_number(A, info), B, left=left), Tensor._wrap(info))


def inv(A: Tensor) -> Tensor:
    """The inverse of square matrices.

    Parameters
    ----------
    A : Tensor, shape (..., n, n)

    Returns
    -------
    Tensor, shape (..., n, n)

    Raises
    ------
    LinAlgError
        If a matrix is singular.

    Examples
    --------
    >>> mg.linalg.inv(mg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return rules.inv.apply(matrices(A, "linalg.inv"))


@both
def inverse(input: Tensor) -> Tensor:
    """The inverse of square matrices; see `mg.linalg.inv`.

    Examples
    --------
    >>> mg.inverse(mg.tensor([[2.0]]))
    tensor([[0.5000]])
    """
    return rules.inv.apply(matrices(input, "inverse"))


def inv_ex(A: Tensor, *, check_errors: bool = False) -> inverse_result:
    """`inv`, with a report in place of an error; see `solve_ex`.

    Examples
    --------
    >>> mg.linalg.inv_ex(mg.eye(1)).info
    tensor(0, dtype=microgradnn.int32)
    """
    try:
        result = inv(A)
        return inverse_result(result, Tensor._wrap(np.zeros(A._array.shape[:-2], np.int32)))
    except LinAlgError:
        if check_errors:
            raise
    info = failures(A._array)
    return inverse_result(inv(not_a_number(A, info)), Tensor._wrap(info))


@both
def det(input: Tensor) -> Tensor:
    """The determinant of square matrices.

    Parameters
    ----------
    input : Tensor, shape (..., n, n)

    Returns
    -------
    Tensor, shape (...)

    Examples
    --------
    >>> mg.det(mg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    return rules.det.apply(matrices(input, "det"))


@both
def slogdet(input: Tensor) -> sign_and_log:
    """The sign of the determinant and the logarithm of its absolute value: no overflow.

    Examples
    --------
    >>> mg.slogdet(mg.tensor([[-1.0]]))
    sign_and_log(sign=tensor(-1.), logabsdet=tensor(0.))
    """
    return sign_and_log(*rules.slogdet.apply(matrices(input, "slogdet")))


@both
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant: NaN where that is negative, -inf where it is 0.

    Examples
    --------
    >>> mg.logdet(mg.eye(2))
    tensor(0.)
    """
    sign, logabsdet = rules.slogdet.apply(matrices(input, "logdet"))
    with np.errstate(all="ignore"):
        return logabsdet + sign.detach().log()


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of a Tensor taken as a matrix: its first ``ind`` dimensions are the rows.

    Examples
    --------
    >>> mg.linalg.tensorinv(mg.eye(6).reshape(2, 3, 6)).shape
    microgradnn.Size([6, 2, 3])
    """
    shape = A._array.shape
    if ind <= 0:
        raise RuntimeError(f"linalg.tensorinv: ind must be positive, got {ind}")
    rows, columns = shape[:ind], shape[ind:]
    n = int(np.prod(rows, dtype=int))
    if n != int(np.prod(columns, dtype=int)):
        raise ShapeError(
            f"linalg.tensorinv: the first {ind} sizes of {tuple(shape)} multiply to {n}, the "
            f"others to {int(np.prod(columns, dtype=int))}; they must be equal"
        )
    result: Tensor = inv(A.reshape(n, n)).reshape((*columns, *rows))
    return result


def tensorsolve(A: Tensor, B: Tensor, dims: tuple[int, ...] | None = None) -> Tensor:
    """The X for which ``tensordot(A, X, X.ndim) = B``.

    Parameters
    ----------
    A : Tensor
        Of the shape of ``B``, then that of X.
    B : Tensor
    dims : tuple of int, optional
        Dimensions of ``A`` that are moved to its end before.

    Examples
    --------
    >>> mg.linalg.tensorsolve(mg.eye(4).reshape(2, 2, 4), mg.ones(2, 2))
    tensor([1., 1., 1., 1.])
    """
    if dims is not None:
        last = [d % A.ndim for d in dims]
        A = A.permute([d for d in range(A.ndim) if d not in last] + last)
    shape = A._array.shape[B.ndim :]
    n = int(np.prod(shape, dtype=int))
    if n != B._array.size:
        raise ShapeError(
            f"linalg.tensorsolve: A has shape {tuple(A._array.shape)}, B {tuple(B._array.shape)}; "
            f"what A has beyond the dimensions of B, {tuple(shape)}, must multiply to "
            f"{B._array.size}"
        )
    result: Tensor = solve(A.reshape(n, n), B.reshape(n)).reshape(shape)
    return result


@both
def matrix_power(A: Tensor, n: int) -> Tensor:
    """A square matrix multiplied by itself: ``A @ A @ ...``; of negative n, its inverse.

    Parameters
    ----------
    A : Tensor, shape (..., m, m)
    n : int

    Examples
    --------
    >>> mg.matrix_power(mg.tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
    tensor([[1., 5.],
            [0., 1.]])
    """
    matrices(A, "matrix_power")
    if n == 0:
        x = A._array
        eye = np.broadcast_to(np.eye(x.shape[-1], dtype=x.dtype), x.shape)
        never = Tensor._wrap(np.zeros(x.shape, np.bool_))
        return where.apply(never, A, Tensor._wrap(eye))
    square = rules.inv.apply(A) if n < 0 else A
    n = abs(n)
    result: Tensor | None = None
    while True:  # by the binary digits of n
        if n & 1:
            result = square if result is None else matmul.apply(result, square)
        n >>= 1
        if not n:
            assert result is not None
            return result if result is not A else A.clone()
        square = matmul.apply(square, square)


@both
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential of square matrices: ``1 + A + A @ A / 2 + ...``.

    Parameters
    ----------
    input : Tensor, shape (..., n, n)

    Returns
    -------
    Tensor, shape (..., n, n)

    Examples
    --------
    >>> mg.matrix_exp(mg.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    return rules.matrix_exp.apply(matrices(input, "matrix_exp"))
