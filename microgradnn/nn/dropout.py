"""Switching off neurons at random, while training."""

from __future__ import annotations

from .._tensor import Tensor
from .functional import dropout
from .module import Module


class Dropout(Module):
    """In training mode, sets elements to 0 with probability p, multiplies the others by 1/(1-p).

    Parameters
    ----------
    p : float
        From 0 to 1.
    inplace : bool
        Whether the result is written into the input.

    Raises
    ------
    ValueError
        If p is no probability.

    Examples
    --------
    >>> layer = mg.nn.Dropout(0.5)
    >>> layer.eval()(mg.ones(3))
    tensor([1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The input, thinned out in training mode."""
        return dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}, inplace={self.inplace}"
