"""Orthogonal matrices given as products of Householder's reflections."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._errors import ShapeError
from .._methods import both
from .._tensor import Tensor
from ..rules.elementwise import where
from ..rules.linalg import matmul
from ..rules.linear_systems import solve_triangular, triangle
from .linalg_checks import matrices


class reflections(NamedTuple):
    """What `geqrf` returns."""

    a: Tensor
    tau: Tensor


def _compact(A: Tensor, tau: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """V and T, of which the product of the reflections is ``1 - V @ T @ V.mT``.

    The inverse of T is the upper triangle of ``V.mT @ V`` with 1 / tau on the diagonal; multiplied
    by tau it exists where tau is 0, too.
    """
    x = matrices(A, name, square=False)._array
    if tau._array.ndim != x.ndim - 1 or tau._array.shape[-1] > min(x.shape[-2:]):
        raise ShapeError(
            f"{name}: the reflections have shape {tuple(x.shape)}, tau "
            f"{tuple(tau._array.shape)}; tau must have {x.ndim - 1} dimensions, and at most "
            f"{min(x.shape[-2:])} elements in the last"
        )
    k = tau._array.shape[-1]
    V = where.apply(
        Tensor._wrap(triangle(x.shape[-2], k, False, 1)),
        A[..., :, :k],
        Tensor._wrap(np.eye(x.shape[-2], k, dtype=x.dtype)),
    )
    column = tau[..., :, None]
    inner = column * matmul.apply(V.mT, V)
    scale = column * Tensor._wrap(np.eye(k, dtype=x.dtype))
    return V, solve_triangular.apply(inner, scale, True, True)


@both
def orgqr(input: Tensor, tau: Tensor) -> Tensor:
    """The first columns of a product of reflections ``1 - tau[i] v[i] v[i].T``.

    Parameters
    ----------
    input : Tensor, shape (..., m, n)
        The vectors v[i] are below the diagonal of its columns, 1 on it.
    tau : Tensor, shape (..., k)
        k at most n, n at most m.

    Returns
    -------
    Tensor, shape (..., m, n)

    Examples
    --------
    >>> mg.orgqr(mg.eye(2), mg.tensor([2.0, 0.0]))
    tensor([[-1.,  0.],
            [ 0.,  1.]])
    """
    V, T = _compact(input, tau, "householder_product")
    m, n = input._array.shape[-2:]
    if n > m:
        raise ShapeError(
            f"householder_product: a matrix of {m} rows has no {n} orthonormal columns (shape "
            f"{tuple(input._array.shape)}); take at most {m}"
        )
    eye = Tensor._wrap(np.eye(m, n, dtype=input._array.dtype))
    return eye - matmul.apply(matmul.apply(V, T), V[..., :n, :].mT)


householder_product = orgqr


@both
def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False
) -> Tensor:
    """A matrix multiplied by a product Q of reflections (or by ``Q.mT``); see `orgqr`.

    Parameters
    ----------
    input, tau : Tensor
        The reflections, as `geqrf` returns them.
    other : Tensor, shape (..., m, n)
    left : bool
        ``Q @ other``, or ``other @ Q``.
    transpose : bool
        ``Q.mT`` in place of Q.

    Examples
    --------
    >>> mg.ormqr(mg.eye(2), mg.tensor([2.0, 0.0]), mg.ones(2, 1)).flatten()
    tensor([-1.,  1.])
    """
    V, T = _compact(input, tau, "ormqr")
    T = T.mT if transpose else T
    if left:
        return other - matmul.apply(matmul.apply(V, T), matmul.apply(V.mT, other))
    return other - matmul.apply(matmul.apply(other, V), matmul.apply(T, V.mT))


@both
def geqrf(input: Tensor) -> reflections:
    """The reflections whose product is Q of `mg.linalg.qr`, and R: the form LAPACK computes.

    Outside the graph: `mg.linalg.qr` is differentiable.

    Returns
    -------
    (a, tau)
        R in the upper triangle of ``a``, the reflections below it; for `orgqr` and `ormqr`.

    Examples
    --------
    >>> a, tau = mg.geqrf(mg.tensor([[3.0], [4.0]]))
    >>> mg.orgqr(a, tau) * a[0, 0]
    tensor([[3.],
            [4.]])
    """
    h, tau = np.linalg.qr(matrices(input, "geqrf", square=False)._array, "raw")
    return reflections(Tensor._wrap(h.mT), Tensor._wrap(tau))
