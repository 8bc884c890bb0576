"""Numbers made probabilities, as modules."""

from __future__ import annotations

from .._tensor import Tensor
from . import functional as f
from .module import Module

_CALLER = 5
"""How far above the warning the user's call is: beyond ``forward`` and ``__call__``."""


class _Along(Module):
    """What works along one dimension."""

    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_Along):
    """``exp(x) / sum(exp(x))`` along one dimension.

    Parameters
    ----------
    dim : int

    Examples
    --------
    >>> mg.nn.Softmax(dim=0)(mg.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Along ``dim``."""
        return f.softmax(input, self.dim, _CALLER)


class Softmin(_Along):
    """`Softmax` of ``-x``.

    Parameters
    ----------
    dim : int

    Examples
    --------
    >>> mg.nn.Softmin(dim=0)(mg.tensor([0.0, 1.0]))
    tensor([0.7311, 0.2689])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Along ``dim``."""
        return f.softmin(input, self.dim, _CALLER)


class LogSoftmax(_Along):
    """``log(softmax(x))`` along one dimension.

    Parameters
    ----------
    dim : int

    Examples
    --------
    >>> mg.nn.LogSoftmax(dim=0)(mg.tensor([0.0, 0.0]))
    tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Along ``dim``."""
        return f.log_softmax(input, self.dim, _CALLER)


class Softmax2d(Module):
    """`Softmax` over the channels, for each place of a picture.

    Examples
    --------
    >>> mg.nn.Softmax2d()(mg.zeros(2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Of an input of shape (channels, height, width), with or without a batch.

        Raises
        ------
        ValueError
            For another number of dimensions.
        """
        if input.dim() not in (3, 4):
            raise ValueError(
                f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead (shape "
                f"{tuple(input.shape)})"
            )
        return f.softmax(input, -3)
