"""Channels traded for pixels, and channels of groups interleaved, as modules."""

from __future__ import annotations

from .._tensor import Tensor
from ..functions.windows import channel_shuffle, pixel_shuffle, pixel_unshuffle
from .module import Module


class PixelShuffle(Module):
    """Channels traded for pixels: (..., C * r * r, H, W) to (..., C, H * r, W * r).

    Parameters
    ----------
    upscale_factor : int
        The factor ``r`` (Shi et al., 2016).

    Examples
    --------
    >>> mg.nn.PixelShuffle(2)(mg.arange(4).reshape(4, 1, 1))
    tensor([[[0, 1],
             [2, 3]]])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The larger images."""
        result: Tensor = pixel_shuffle(input, self.upscale_factor)
        return result

    def extra_repr(self) -> str:
        """The factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Pixels traded for channels: (..., C, H * r, W * r) to (..., C * r * r, H, W).

    Parameters
    ----------
    downscale_factor : int
        The factor ``r``.

    Examples
    --------
    >>> mg.nn.PixelUnshuffle(2)(mg.arange(4).reshape(1, 2, 2)).flatten()
    tensor([0, 1, 2, 3])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The smaller images."""
        result: Tensor = pixel_unshuffle(input, self.downscale_factor)
        return result

    def extra_repr(self) -> str:
        """The factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Channels of groups interleaved: the first of each group, then the second of each, ...

    Parameters
    ----------
    groups : int
        How many groups there are (Zhang et al., 2018).

    Examples
    --------
    >>> mg.nn.ChannelShuffle(2)(mg.arange(4).reshape(1, 4, 1)).flatten()
    tensor([0, 2, 1, 3])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """The channels in another order."""
        result: Tensor = channel_shuffle(input, self.groups)
        return result

    def extra_repr(self) -> str:
        """How many groups."""
        return f"groups={self.groups}"
