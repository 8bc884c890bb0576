"""Slices scaled down to a norm."""

from __future__ import annotations

import math

from .._tensor import Tensor, as_operand
from ..rules import reductions as rules
from ..rules.elementwise import where
from ._dimensions import one_dim
from .elementwise import with_in_place


@with_in_place
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices along a dimension scaled down to a ``p``-norm of at most ``maxnorm``.

    Parameters
    ----------
    input : Tensor
        Of a floating type, of at least two dimensions.
    p : number
        Of the norm; infinity for the largest element.
    dim : int
        The dimension whose slices are measured.
    maxnorm : number

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.renorm(mg.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    ndim = input._array.ndim
    axis = one_dim(dim, ndim)
    if ndim < 2 or p <= 0 or maxnorm < 0 or input._array.dtype.kind != "f":
        raise RuntimeError(
            "renorm takes a Tensor of a floating type with at least 2 dimensions, p > 0 and "
            f"maxnorm >= 0; got shape {tuple(input._array.shape)}, {input.dtype}, p={p}, "
            f"maxnorm={maxnorm}"
        )
    others = tuple(k for k in range(ndim) if k != axis)
    size = input.abs()
    if p == math.inf:
        norm = rules.amax.apply(size, others, True)
        large = Tensor._wrap(norm._array > maxnorm)
    else:
        norm = rules.sum.apply(size if p == 1 else size**p, others, True)
        large = Tensor._wrap(norm._array > maxnorm**p)
        # Only norms that are too large are differentiated: the root of 0 has no slope.
        norm = where.apply(large, norm, as_operand(1.0, norm)) ** (1 / p)
    return input * where.apply(large, maxnorm / (norm + 1e-7), as_operand(1.0, norm))
