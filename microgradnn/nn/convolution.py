"""Convolution over images."""

from __future__ import annotations

import math
from typing import Any

from .._tensor import Tensor
from . import init
from .functional import conv2d
from .functional._operands import pair
from .functional.layers import IntOrPair
from .linear import empty_parameter, init_bias
from .module import Module
from .parameter import Parameter


class Conv2d(Module):
    """A window slid over images: each output is the sum of window times weight, plus bias.

    Weight and bias begin uniform between plus and minus ``1 / sqrt(fan_in)``, with as many inputs
    ``fan_in`` as a window has numbers.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int or pair of int
    stride : int or pair of int
    padding : int, pair of int, "valid" or "same"
        Zeros around the image.
    dilation : int or pair of int
    groups : int
        In how many groups the channels are kept apart.
    bias : bool
    padding_mode : str
        "zeros"; others are not implemented.
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, kernel height, kernel width)
    bias : Parameter, shape (out_channels,), or None

    Examples
    --------
    >>> mg.nn.Conv2d(1, 4, 3, padding=1)(mg.zeros(2, 1, 8, 8)).shape
    microgradnn.Size([2, 4, 8, 8])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrPair, stride: IntOrPair = 1,
        padding: IntOrPair | str = 0, dilation: IntOrPair = 1, groups: int = 1, bias: bool = True,
        padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups must be positive and divide both channels, got groups={groups}, "
                f"in_channels={in_channels} and out_channels={out_channels}"
            )
        if padding_mode != "zeros":
            raise NotImplementedError(
                f"padding_mode={padding_mode!r} is not implemented; 'zeros' is"
            )
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"padding is 'same', 'valid' or numbers, got {padding!r}")
            if padding == "same" and pair(stride, "stride") != (1, 1):
                raise ValueError(f"padding='same' needs stride 1, got {stride}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.padding = padding if isinstance(padding, str) else pair(padding, "padding")
        self.dilation = pair(dilation, "dilation")
        self.groups = groups
        self.padding_mode = padding_mode
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = empty_parameter(shape, dtype, device)
        if bias:
            self.bias = empty_parameter((out_channels,), dtype, device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            init_bias(self.bias, self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """For an input of shape (batch, in_channels, height, width), or without batch."""
        return conv2d(
            input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )

    def extra_repr(self) -> str:
        """Channels, kernel, stride, and what is not as usual."""
        parts = [
            str(self.in_channels),
            str(self.out_channels),
            f"kernel_size={self.kernel_size}",
            f"stride={self.stride}",
        ]
        if self.padding != (0, 0):
            parts.append(f"padding={self.padding}")
        if self.dilation != (1, 1):
            parts.append(f"dilation={self.dilation}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        return ", ".join(parts)
