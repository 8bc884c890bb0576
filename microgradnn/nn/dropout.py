"""Switching off neurons at random, while training."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from .._tensor import Tensor
from . import functional as F
from .module import Module


class _Dropout(Module):
    """A probability, and the function that it is handed to."""

    function: ClassVar[Callable[..., Tensor]]

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The input, thinned out in training mode."""
        return type(self).function(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The probability."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
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

    function = staticmethod(F.dropout)


class Dropout1d(_Dropout):
    """In training mode, sets whole channels of sequences to 0; see `functional.dropout1d`.

    Parameters
    ----------
    p, inplace
        As for `Dropout`.

    Examples
    --------
    >>> mg.nn.Dropout1d(1.0)(mg.ones(1, 2, 2)).sum()
    tensor(0.)
    """

    function = staticmethod(F.dropout1d)


class Dropout2d(_Dropout):
    """In training mode, sets whole channels of images to 0; see `functional.dropout2d`.

    Parameters
    ----------
    p, inplace
        As for `Dropout`.

    Examples
    --------
    >>> mg.nn.Dropout2d(1.0)(mg.ones(1, 2, 2, 2)).sum()
    tensor(0.)
    """

    function = staticmethod(F.dropout2d)


class Dropout3d(_Dropout):
    """In training mode, sets whole channels of volumes to 0; see `functional.dropout3d`.

    Parameters
    ----------
    p, inplace
        As for `Dropout`.

    Examples
    --------
    >>> mg.nn.Dropout3d(1.0)(mg.ones(1, 2, 2, 2, 2)).sum()
    tensor(0.)
    """

    function = staticmethod(F.dropout3d)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, for SELU; see `functional.alpha_dropout`.

    Parameters
    ----------
    p, inplace
        As for `Dropout`.

    Examples
    --------
    >>> mg.nn.AlphaDropout(0.5).eval()(mg.ones(2))
    tensor([1., 1.])
    """

    function = staticmethod(F.alpha_dropout)

    def forward(self, input: Tensor) -> Tensor:
        """The input, thinned out in training mode, never in place, as in PyTorch."""
        return type(self).function(input, self.p, self.training)


class FeatureAlphaDropout(AlphaDropout):
    """`AlphaDropout` of whole channels; see `functional.feature_alpha_dropout`.

    Parameters
    ----------
    p, inplace
        As for `Dropout`.

    Examples
    --------
    >>> mg.nn.FeatureAlphaDropout(0.5).eval()(mg.ones(1, 2))
    tensor([[1., 1.]])
    """

    function = staticmethod(F.feature_alpha_dropout)
