"""How far vectors are from each other, or how alike their directions are, pair by pair."""

from __future__ import annotations

import numpy as np

from .._errors import ShapeError
from .._methods import function
from .._promotion import FLOATS
from .._tensor import Tensor
from ..grad_mode import no_grad
from ..rules.linalg import vector_norm as _vector_norm
from ._dimensions import one_dim


@function
def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of ``x1 - x2 + eps`` along the last dimension.

    Parameters
    ----------
    x1, x2 : Tensor, shape (..., k)
        Shapes that broadcast.
    p : float
    eps : float
        Added to each difference, so that the distance of a vector from itself has a derivative.
    keepdim : bool
        Whether the last dimension is kept, with size 1.

    Returns
    -------
    Tensor, shape (...)

    Examples
    --------
    >>> mg.pairwise_distance(mg.tensor([[0.0, 0.0]]), mg.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """
    difference = x1 - x2 + eps
    axis = one_dim(-1, difference.ndim)
    result: Tensor = _vector_norm.apply(difference, float(p), axis, keepdim)
    return result


@function
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between two vectors, ``x1 . x2 / (|x1| |x2|)``.

    Parameters
    ----------
    x1, x2 : Tensor
        Shapes that broadcast.
    dim : int
        Along which the vectors lie.
    eps : float
        What smaller norms count as; their derivative does not notice.

    Returns
    -------
    Tensor
        Without ``dim``.

    Raises
    ------
    RuntimeError
        If neither is of a floating type.

    Examples
    --------
    >>> mg.cosine_similarity(mg.tensor([[1.0, 0.0]]), mg.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    common = np.result_type(x1._array, x2._array)
    if common not in FLOATS:
        raise RuntimeError(
            "cosine_similarity: expected common dtype to be floating point, yet common dtype is "
            f"{common} ({x1.dtype} and {x2.dtype}); convert one with .float()"
        )
    shape = np.broadcast_shapes(x1._array.shape, x2._array.shape)
    axis = one_dim(dim, len(shape))
    units = []
    for x in (x1.to(common), x2.to(common)):
        x = x.expand(shape)
        length = _vector_norm.apply(x, 2.0, axis, True).clone()
        with no_grad():
            length.clamp_(min=eps)
        units.append(x / length)
    return (units[0] * units[1]).sum(axis)


@function
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distance of each row from each later one.

    Parameters
    ----------
    input : Tensor, shape (n, k)
    p : float
        Not negative.

    Returns
    -------
    Tensor, shape (n (n - 1) / 2,)
        Row 0 from rows 1, 2, ..., then row 1 from rows 2, 3, ...

    Raises
    ------
    RuntimeError
        If the input is no matrix of a floating type, or ``p`` is negative.

    Examples
    --------
    >>> mg.pdist(mg.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    if input.ndim != 2:
        raise ShapeError(f"pdist takes a matrix, got a Tensor of shape {tuple(input.shape)}")
    if input._array.dtype not in FLOATS:
        raise RuntimeError(f"pdist takes floating point numbers, got {input.dtype}")
    if not p >= 0:
        raise RuntimeError(f"pdist: p must not be negative, got {p}")
    first, second = np.triu_indices(len(input._array), 1)
    rows, others = Tensor._wrap(first), Tensor._wrap(second)
    difference = input.index_select(0, rows) - input.index_select(0, others)
    if not input.shape[1]:
        return difference.sum(1)
    result: Tensor = _vector_norm.apply(difference, float(p), 1, False)
    return result
