"""`Size`, the shape of a Tensor."""

from __future__ import annotations

import math


class Size(tuple[int, ...]):
    """The shape of a Tensor: a tuple of ints that prints as PyTorch's.

    Examples
    --------
    >>> mg.zeros(2, 3).shape
    microgradnn.Size([2, 3])
    """

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"microgradnn.Size({list(self)})"
