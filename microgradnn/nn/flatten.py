"""Reshaping between layers."""

from __future__ import annotations

from collections.abc import Sequence

from .._tensor import Tensor
from ..functions.shapes import flatten
from .module import Module


class Flatten(Module):
    """The dimensions from ``start_dim`` to ``end_dim`` made one: by default, all but the batch.

    Parameters
    ----------
    start_dim, end_dim : int

    Examples
    --------
    >>> mg.nn.Flatten()(mg.zeros(5, 2, 3)).shape
    microgradnn.Size([5, 6])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The input in its new shape."""
        return flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """The dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension made several.

    Parameters
    ----------
    dim : int
    unflattened_size : sequence of int
        The new sizes; one may be -1.

    Examples
    --------
    >>> mg.nn.Unflatten(1, (2, 3))(mg.zeros(5, 6)).shape
    microgradnn.Size([5, 2, 3])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        """The input in its new shape."""
        shape = tuple(input.shape)
        dim = self.dim % len(shape)
        return input.reshape(*shape[:dim], *self.unflattened_size, *shape[dim + 1 :])

    def extra_repr(self) -> str:
        """The dimension and its new sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
