"""Convolution and transposed convolution over signals, images and volumes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from .._errors import ShapeError
from .._tensor import Tensor
from ..functions.padding import pad
from . import functional as F
from . import init
from .functional.convolution import IntOrSizes, Sizes, sizes, string_padding
from .linear import empty_parameter, init_bias
from .module import Module
from .parameter import Parameter

_MODES = ("zeros", "reflect", "replicate", "circular")


class _Convolution(Module):
    """What all convolutions have: channels, a window, weight and bias.

    Subclasses say over how many dimensions, and which function computes it.
    """

    dimensions: ClassVar[int]
    transposed: ClassVar[bool] = False
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes,
        padding: IntOrSizes | str, dilation: IntOrSizes, output_padding: IntOrSizes, groups: int,
        bias: bool, padding_mode: str, device: Any, dtype: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        d = self.dimensions
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups must be positive and divide both channels, got groups={groups}, "
                f"in_channels={in_channels} and out_channels={out_channels}"
            )
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode is one of {_MODES}, got {padding_mode!r}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = sizes(kernel_size, d, "kernel_size")
        self.stride = sizes(stride, d, "stride")
        self.dilation = sizes(dilation, d, "dilation")
        self.padding: Sizes | str = padding if isinstance(padding, str) else sizes(
            padding, d, "padding"
        )  # fmt: skip
        self.output_padding = sizes(output_padding, d, "output_padding")
        self.groups = groups
        self.padding_mode = padding_mode
        if isinstance(self.padding, str):
            before, more = string_padding(
                self.padding, self.kernel_size, self.stride, self.dilation
            )
        else:
            before, more = self.padding, (0,) * d
        # Widths as `pad` takes them: from the last dimension on.
        self._border = tuple(
            [w for n, m in zip(before[::-1], more[::-1], strict=True) for w in (n, n + m)]
        )
        ends = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (ends[0], ends[1] // groups, *self.kernel_size)
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

    def extra_repr(self) -> str:
        """Channels, kernel, stride, and what is not as usual."""
        d = self.dimensions
        parts = [
            f"{self.in_channels}, {self.out_channels}",
            f"kernel_size={self.kernel_size}",
            f"stride={self.stride}",
        ]
        if self.padding != (0,) * d:
            parts.append(f"padding={self.padding}")
        if self.dilation != (1,) * d:
            parts.append(f"dilation={self.dilation}")
        if self.output_padding != (0,) * d:
            parts.append(f"output_padding={self.output_padding}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)


class _Conv(_Convolution):
    """Convolution in some dimensions."""

    _function: ClassVar[Callable[..., Tensor]]

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes = 1,
        padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1, bias: bool = True,
        padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """For an input of shape (batch, in_channels, ...), or without batch."""
        padding: IntOrSizes | str = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._border, self.padding_mode), 0
        return type(self)._function(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )


class Conv1d(_Conv):
    """A window slid over signals; see `Conv2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int
    padding : int, "valid" or "same"
    dilation, groups : int
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
    device : optional
    dtype : dtype, optional

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, kernel)
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ValueError
        As for `Conv2d`.

    Examples
    --------
    >>> mg.nn.Conv1d(2, 4, 3, padding=1)(mg.zeros(5, 2, 8)).shape
    microgradnn.Size([5, 4, 8])
    """

    dimensions = 1
    _function = staticmethod(F.conv1d)


class Conv2d(_Conv):
    """A window slid over images: each output is the sum of window times weight, plus bias.

    Weight and bias begin uniform between plus and minus ``1 / sqrt(fan_in)``, with as many inputs
    ``fan_in`` as a window has numbers.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size : int or pair of int
    stride : int or pair of int
    padding : int, pair of int, "valid" or "same"
        How wide the border around the image is.
    dilation : int or pair of int
    groups : int
        In how many groups the channels are kept apart.
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
        What the border is made of; see `microgradnn.nn.functional.pad`.
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, kernel height, kernel width)
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``groups`` does not divide the channels, or a word has no meaning.

    Examples
    --------
    >>> mg.nn.Conv2d(1, 4, 3, padding=1)(mg.zeros(2, 1, 8, 8)).shape
    microgradnn.Size([2, 4, 8, 8])
    """

    dimensions = 2
    _function = staticmethod(F.conv2d)


class Conv3d(_Conv):
    """A window slid over volumes; see `Conv2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int or three of them
    padding : int, three of them, "valid" or "same"
    dilation : int or three of them
    groups : int
    bias : bool
    padding_mode : {"zeros", "reflect", "replicate", "circular"}
    device : optional
    dtype : dtype, optional

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, depth, height, width)
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ValueError
        As for `Conv2d`.

    Examples
    --------
    >>> mg.nn.Conv3d(1, 2, 2)(mg.zeros(1, 3, 4, 5)).shape
    microgradnn.Size([2, 2, 3, 4])
    """

    dimensions = 3
    _function = staticmethod(F.conv3d)


class _ConvTranspose(_Convolution):
    """Transposed convolution in some dimensions."""

    _function: ClassVar[Callable[..., Tensor]]
    transposed = True

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes = 1,
        padding: IntOrSizes = 0, output_padding: IntOrSizes = 0, groups: int = 1, bias: bool = True,
        dilation: IntOrSizes = 1, padding_mode: str = "zeros", device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(
                f"a transposed convolution cuts its border off: its padding_mode is 'zeros', got "
                f"{padding_mode!r}"
            )
        super().__init__(
            in_channels, out_channels, kernel_size, stride,
            sizes(padding, self.dimensions, "padding"), dilation, output_padding, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """For an input of shape (batch, in_channels, ...), or without batch.

        Parameters
        ----------
        input : Tensor
        output_size : sequence of int, optional
            The size of the output, in place of ``output_padding``: that of the images, or the
            whole shape.

        Raises
        ------
        ValueError
            If the convolution with the same options takes no such size to the input's.
        """
        more = self.output_padding if output_size is None else self._more(input, output_size)
        return type(self)._function(
            input, self.weight, self.bias, self.stride, self.padding, more, self.groups,
            self.dilation,
        )  # fmt: skip

    def _more(self, input: Tensor, output_size: Sequence[int]) -> Sizes:
        """The output padding that makes an output of this size."""
        d, shape = self.dimensions, tuple(input.shape)
        lead, wanted = len(shape) - d, tuple(output_size)
        if len(wanted) == lead + d:
            wanted = wanted[lead:]
        if len(wanted) != d:
            raise ShapeError(
                f"output_size has {d} or {lead + d} numbers for an input of shape {shape}, got "
                f"{tuple(output_size)}"
            )
        assert not isinstance(self.padding, str)
        least = [
            (n - 1) * self.stride[k] - 2 * self.padding[k]
            + self.dilation[k] * (self.kernel_size[k] - 1) + 1
            for k, n in enumerate(shape[lead:])
        ]  # fmt: skip
        most = [n + step - 1 for n, step in zip(least, self.stride, strict=True)]
        if any(not a <= n <= b for a, n, b in zip(least, wanted, most, strict=True)):
            raise ShapeError(
                f"output_size {wanted} is out of range: sizes from {tuple(least)} to "
                f"{tuple(most)} are possible for an input of shape {shape}"
            )
        return tuple([n - a for n, a in zip(wanted, least, strict=True)])


class ConvTranspose1d(_ConvTranspose):
    """The adjoint of `Conv1d` in its input; see `ConvTranspose2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding, groups : int
    bias : bool
    dilation : int
    padding_mode : {"zeros"}
    device : optional
    dtype : dtype, optional

    Attributes
    ----------
    weight : Parameter, shape (in_channels, out_channels / groups, kernel)
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ValueError
        As for `ConvTranspose2d`.

    Examples
    --------
    >>> mg.nn.ConvTranspose1d(4, 2, 3, stride=2)(mg.zeros(5, 4, 8)).shape
    microgradnn.Size([5, 2, 17])
    """

    dimensions = 1
    _function = staticmethod(F.conv_transpose1d)


class ConvTranspose2d(_ConvTranspose):
    """The adjoint of `Conv2d` in its input: each number lays down a scaled window.

    It makes images larger by the stride. Weight and bias begin as those of `Conv2d`, with
    ``fan_in`` the numbers of a window over the output's channels.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride : int or pair of int
    padding : int or pair of int
        How wide a border is cut off.
    output_padding : int or pair of int
        By how much the output is larger at its end.
    groups : int
        In how many groups the channels are kept apart.
    bias : bool
    dilation : int or pair of int
    padding_mode : {"zeros"}
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight : Parameter, shape (in_channels, out_channels / groups, kernel height, kernel width)
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ValueError
        If ``groups`` does not divide the channels, or for another ``padding_mode``.

    Examples
    --------
    >>> layer = mg.nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1)
    >>> layer(mg.zeros(4, 5, 5)).shape, layer(mg.zeros(4, 5, 5), output_size=(10, 10)).shape
    (microgradnn.Size([2, 9, 9]), microgradnn.Size([2, 10, 10]))
    """

    dimensions = 2
    _function = staticmethod(F.conv_transpose2d)


class ConvTranspose3d(_ConvTranspose):
    """The adjoint of `Conv3d` in its input; see `ConvTranspose2d`.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, output_padding : int or three of them
    groups : int
    bias : bool
    dilation : int or three of them
    padding_mode : {"zeros"}
    device : optional
    dtype : dtype, optional

    Attributes
    ----------
    weight : Parameter, shape (in_channels, out_channels / groups, depth, height, width)
    bias : Parameter, shape (out_channels,), or None

    Raises
    ------
    ValueError
        As for `ConvTranspose2d`.

    Examples
    --------
    >>> mg.nn.ConvTranspose3d(1, 2, 2)(mg.zeros(1, 3, 4, 5)).shape
    microgradnn.Size([2, 4, 5, 6])
    """

    dimensions = 3
    _function = staticmethod(F.conv_transpose3d)
