"""Triangles and diagonals of matrices, with PyTorch's names."""

from __future__ import annotations

from .._methods import both
from .._tensor import Tensor
from ..rules import diagonals as rules
from ._dimensions import one_dim
from .elementwise import with_in_place
from .views import diagonal as _diagonal


def _check_matrices(x: Tensor, name: str) -> None:
    if x._array.ndim < 2:
        raise RuntimeError(
            f"{name} takes a Tensor of at least 2 dimensions, got shape {tuple(x._array.shape)}"
        )


@with_in_place
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangles of matrices (the last two dimensions), zeros above a diagonal.

    Examples
    --------
    >>> mg.tril(mg.ones(2, 3))
    tensor([[1., 0., 0.],
            [1., 1., 0.]])
    """
    _check_matrices(input, "tril")
    return rules.tril.apply(input, diagonal)


@with_in_place
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangles of matrices (the last two dimensions), zeros below a diagonal.

    Examples
    --------
    >>> mg.triu(mg.ones(2, 3), 1)
    tensor([[0., 1., 1.],
            [0., 0., 1.]])
    """
    _check_matrices(input, "triu")
    return rules.triu.apply(input, diagonal)


@both
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices that have the last dimension of ``input`` on a diagonal, and zeros elsewhere.

    Parameters
    ----------
    input : Tensor
    offset : int
        0 is the main diagonal, positive ones are above it.
    dim1, dim2 : int
        Where the two dimensions of the matrices are in the result.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.diag_embed(mg.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    shape = input._array.shape
    i, j = one_dim(dim1, len(shape) + 1), one_dim(dim2, len(shape) + 1)
    if i == j:
        raise RuntimeError(f"diag_embed: dimensions {dim1} and {dim2} are the same")
    n = (shape[-1] if shape else 1) + abs(offset)
    rest = iter(shape[:-1])
    new = tuple([n if k in (i, j) else next(rest) for k in range(len(shape) + 1)])
    return rules.from_diagonal.apply(input, new, offset, i, j)


@both
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The diagonal of a matrix; or, of a vector, the matrix that has it on its diagonal.

    Raises
    ------
    RuntimeError
        For a Tensor that is neither.

    Examples
    --------
    >>> mg.diag(mg.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    ndim = input._array.ndim
    if ndim == 1:
        return diag_embed(input, diagonal)
    if ndim != 2:
        raise RuntimeError(
            f"diag takes a vector or a matrix, got shape {tuple(input._array.shape)}; diag_embed "
            "and diagonal take any"
        )
    return _diagonal(input, diagonal).clone()


@both
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix that has all elements of ``input`` on a diagonal.

    Examples
    --------
    >>> mg.diagflat(mg.tensor([[1], [2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(input.reshape(-1), offset)
