"""Products of matrices and vectors, alone or added to something, with PyTorch's names."""

from __future__ import annotations

from typing import Any

from .._errors import ShapeError
from .._methods import TensorMethods, both, function, functions
from .._tensor import Tensor
from ..rules.linalg import matmul as _matmul
from .elementwise import with_in_place


@both
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, over all leading dimensions; vectors as in NumPy and PyTorch.

    Parameters
    ----------
    input : Tensor, shape (..., n, k) or (k,)
    other : Tensor, shape (..., k, m) or (k,)

    Returns
    -------
    Tensor, shape (..., n, m)

    Raises
    ------
    RuntimeError
        If the sizes do not fit, or the dtypes differ.

    Examples
    --------
    >>> mg.matmul(mg.tensor([[1.0, 2.0]]), mg.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    return _matmul.apply(input, other)


def _wrong_ranks(left: int, right: int, x: Tensor, y: Tensor, name: str) -> ShapeError:
    return ShapeError(
        f"{name} takes Tensors of {left} and {right} dimensions, got shapes "
        f"{tuple(x._array.shape)} and {tuple(y._array.shape)}; matmul takes any"
    )


@both
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices; see `matmul`.

    Examples
    --------
    >>> mg.mm(mg.eye(2), mg.ones(2, 2))
    tensor([[1., 1.],
            [1., 1.]])
    """
    if input._array.ndim != 2 or mat2._array.ndim != 2:
        raise _wrong_ranks(2, 2, input, mat2, "mm")
    return _matmul.apply(input, mat2)


@both
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices; see `matmul`, which broadcasts the batches.

    Examples
    --------
    >>> mg.bmm(mg.ones(2, 1, 3), mg.ones(2, 3, 1)).flatten()
    tensor([3., 3.])
    """
    x, y = input._array, mat2._array
    if x.ndim != 3 or y.ndim != 3:
        raise _wrong_ranks(3, 3, input, mat2, "bmm")
    if x.shape[0] != y.shape[0]:
        raise ShapeError(
            f"bmm takes two batches of equally many matrices, got shapes {x.shape} and {y.shape}; "
            "matmul broadcasts"
        )
    return _matmul.apply(input, mat2)


@both
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector; see `matmul`.

    Examples
    --------
    >>> mg.mv(mg.eye(2), mg.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    if input._array.ndim != 2 or vec._array.ndim != 1:
        raise _wrong_ranks(2, 1, input, vec, "mv")
    return _matmul.apply(input, vec)


@both
def dot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors; see `matmul`.

    Examples
    --------
    >>> mg.dot(mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    if input._array.ndim != 1 or other._array.ndim != 1:
        raise _wrong_ranks(1, 1, input, other, "dot")
    return _matmul.apply(input, other)


@both
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The products of each element of one vector with each of another.

    Parameters
    ----------
    input : Tensor, shape (n,)
    vec2 : Tensor, shape (m,)

    Returns
    -------
    Tensor, shape (n, m)

    Examples
    --------
    >>> mg.outer(mg.tensor([1, 2]), mg.tensor([1, 10]))
    tensor([[ 1, 10],
            [ 2, 20]])
    """
    if input._array.ndim != 1 or vec2._array.ndim != 1:
        raise _wrong_ranks(1, 1, input, vec2, "outer")
    return input.reshape(-1, 1) * vec2


for _alias, _name in {"vdot": "dot", "ger": "outer"}.items():
    functions[_alias] = functions[_name]
    setattr(TensorMethods, _alias, getattr(TensorMethods, _name))


def _sum(input: Tensor, product: Tensor, beta: Any, alpha: Any, name: str) -> Tensor:
    """``beta * input + alpha * product``; ``input`` is not read if beta is 0."""
    if alpha != 1:
        product = product * alpha
    shape = product._array.shape
    if beta == 0:
        return product
    total = (input if beta == 1 else input * beta) + product
    if total._array.shape != shape:
        raise ShapeError(
            f"{name}: input of shape {tuple(input._array.shape)} does not broadcast to the shape "
            f"of the product, {tuple(shape)}"
        )
    return total


@with_in_place
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``.

    Parameters
    ----------
    input : Tensor
        Broadcasts to (n, m). Not read if ``beta`` is 0.
    mat1 : Tensor, shape (n, k)
    mat2 : Tensor, shape (k, m)
    beta, alpha : number

    Returns
    -------
    Tensor, shape (n, m)

    Examples
    --------
    >>> mg.addmm(mg.ones(2, 2), mg.eye(2), mg.eye(2), alpha=3)
    tensor([[4., 1.],
            [1., 4.]])
    """
    return _sum(input, mm(mat1, mat2), beta, alpha, "addmm")


@with_in_place
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``; see `addmm`.

    Examples
    --------
    >>> mg.addmv(mg.ones(2), mg.eye(2), mg.tensor([1.0, 2.0]))
    tensor([2., 3.])
    """
    return _sum(input, mv(mat, vec), beta, alpha, "addmv")


@with_in_place
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``; see `addmm`.

    Examples
    --------
    >>> mg.addr(mg.zeros(2, 2), mg.tensor([1.0, 2.0]), mg.tensor([1.0, 0.0]))
    tensor([[1., 0.],
            [2., 0.]])
    """
    return _sum(input, outer(vec1, vec2), beta, alpha, "addr")


@with_in_place
def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1
) -> Tensor:
    """``beta * input + alpha * (the sum of the products of a batch)``; see `addmm`.

    Examples
    --------
    >>> mg.addbmm(mg.zeros(1, 1), mg.ones(2, 1, 3), mg.ones(2, 3, 1))
    tensor([[6.]])
    """
    return _sum(input, bmm(batch1, batch2).sum(0), beta, alpha, "addbmm")


@with_in_place
def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1
) -> Tensor:
    """``beta * input + alpha * (the products of a batch)``; see `addmm`.

    Examples
    --------
    >>> mg.baddbmm(mg.ones(1), mg.ones(2, 1, 3), mg.ones(2, 3, 1)).flatten()
    tensor([4., 4.])
    """
    return _sum(input, bmm(batch1, batch2), beta, alpha, "baddbmm")


@function
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x1 @ weight[k] @ x2 + bias[k]`` for each k.

    Parameters
    ----------
    input1 : Tensor, shape (..., n)
    input2 : Tensor, shape (..., m)
        With the same sizes before the last.
    weight : Tensor, shape (out, n, m)
    bias : Tensor, shape (out,), optional

    Returns
    -------
    Tensor, shape (..., out)

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    Examples
    --------
    >>> x, y = mg.tensor([1.0, 2.0]), mg.tensor([10.0, 100.0])
    >>> mg.bilinear(x, y, mg.eye(2).unsqueeze(0), mg.tensor([0.5]))
    tensor([210.5000])
    """
    x, y, w = input1._array.shape, input2._array.shape, weight._array.shape
    if (
        len(w) != 3
        or not (x and y)
        or x[:-1] != y[:-1]
        or (x[-1], y[-1]) != w[1:]
        or (bias is not None and bias._array.shape != w[:1])
    ):
        raise ShapeError(
            "bilinear takes inputs of shapes (..., n) and (..., m), a weight of shape (out, n, m) "
            f"and a bias of shape (out,), got {x}, {y}, {w} and "
            f"{None if bias is None else bias._array.shape}"
        )
    out, n, m = w
    # By the first input first: the products with all rows of weight are one matrix product.
    rows = weight.permute(1, 0, 2).reshape(n, out * m)
    products = _matmul.apply(input1.reshape(-1, n), rows).reshape(-1, out, m)
    result = _matmul.apply(products, input2.reshape(-1, m, 1)).reshape(*x[:-1], out)
    return result if bias is None else result + bias
