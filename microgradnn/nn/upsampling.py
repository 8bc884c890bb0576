"""Images made larger or smaller, as modules."""

from __future__ import annotations

from .._tensor import Tensor
from .functional.resampling import Factor, Size, interpolate
from .module import Module


class Upsample(Module):
    """A signal, images or volumes made larger or smaller; see `functional.interpolate`.

    Parameters
    ----------
    size : int or sequence of int
        The new sizes.
    scale_factor : float or sequence of float
        Or how many times as large.
    mode : str
        "nearest", "linear", "bilinear", "bicubic", "trilinear", ...
    align_corners : bool, optional
        Whether the outermost elements are kept, not the outer edges.
    recompute_scale_factor : bool, optional
        Whether positions are computed from the sizes, not from ``scale_factor``.

    Examples
    --------
    >>> mg.nn.Upsample(scale_factor=2)(mg.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self, size: Size = None, scale_factor: Factor = None, mode: str = "nearest",
        align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        self.scale_factor: Factor = None
        if isinstance(scale_factor, tuple | list):
            self.scale_factor = tuple([float(factor) for factor in scale_factor])
        elif scale_factor:
            self.scale_factor = float(scale_factor)  # type: ignore[arg-type]
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """For an input of shape (batch, channels, ...)."""
        return interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners,
            self.recompute_scale_factor,
        )  # fmt: skip

    def extra_repr(self) -> str:
        """The size or the factor, and the mode."""
        if self.scale_factor is not None:
            return f"scale_factor={self.scale_factor!r}, mode={self.mode!r}"
        return f"size={self.size!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images made larger by repeating pixels.

    Examples
    --------
    >>> mg.nn.UpsamplingNearest2d(scale_factor=2)(mg.tensor([[[[1.0, 2.0]]]]))
    tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.]]]])
    """

    def __init__(self, size: Size = None, scale_factor: Factor = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Images made larger by straight lines between pixels; the outermost are kept.

    Examples
    --------
    >>> mg.nn.UpsamplingBilinear2d((1, 3))(mg.tensor([[[[1.0, 3.0]]]]))
    tensor([[[[1., 2., 3.]]]])
    """

    def __init__(self, size: Size = None, scale_factor: Factor = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
