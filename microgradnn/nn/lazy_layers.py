"""Layers that find out from their first input how many features or channels go in."""

from __future__ import annotations

from typing import Any

from .._errors import ShapeError
from .._tensor import Tensor
from ..functions.creation import tensor
from .batch_normalisation import BatchNorm1d, BatchNorm2d, BatchNorm3d, NormBase
from .convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    _Conv,
    _ConvTranspose,
)
from .functional.convolution import IntOrSizes
from .instance_normalisation import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .lazy import LazyModuleMixin
from .linear import Linear
from .parameter import Parameter, UninitializedBuffer, UninitializedParameter


class LazyLinear(LazyModuleMixin, Linear):
    """`Linear` that finds out ``in_features`` from its first input, and is a `Linear` then.

    Parameters
    ----------
    out_features : int
    bias : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Examples
    --------
    >>> layer = mg.nn.LazyLinear(3)
    >>> layer(mg.ones(5, 2)).shape
    microgradnn.Size([5, 3])
    >>> layer
    Linear(in_features=2, out_features=3, bias=True)
    """

    cls_to_become = Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw weight and bias, if their shapes are known."""
        if not self.has_uninitialized_params() and self.in_features:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take ``in_features`` from the input."""
        features = input.shape[-1]
        if self.has_uninitialized_params():
            self.in_features = features
            _materialize(self.weight, self.out_features, features)
            _materialize(self.bias, self.out_features)
            self.reset_parameters()
        if self.in_features == 0:  # the weight was loaded
            if features != self.weight.shape[-1]:
                raise AssertionError(
                    f"The in_features inferred from input: {features} is not equal to in_features "
                    f"from self.weight: {self.weight.shape[-1]}"
                )
            self.in_features = features


def _materialize(param: Any, *shape: int) -> None:
    if isinstance(param, UninitializedParameter | UninitializedBuffer):
        param.materialize(shape)


# --- convolutions ---------------------------------------------------------------------------------


class _LazyChannels(LazyModuleMixin):
    """What lazy convolutions share: channels of the first input."""

    dimensions: Any
    transposed: Any
    groups: int
    in_channels: int
    out_channels: int
    kernel_size: Any
    weight: Parameter
    bias: Parameter | None

    def _begin(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_channels = out_channels
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw weight and bias, if their shapes are known."""
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Tensor, *args: Any) -> None:
        """Take ``in_channels`` from the input."""
        if not self.has_uninitialized_params():
            return
        d, shape = self.dimensions, input.shape
        if len(shape) not in (d + 1, d + 2):
            raise ShapeError(
                f"Expected {d + 1}D (unbatched) or {d + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {tuple(shape)}"
            )
        self.in_channels = channels = shape[-d - 1]
        if channels % self.groups:
            raise ValueError(
                f"in_channels must be divisible by groups, got {channels} and {self.groups}"
            )
        first, second = self.out_channels, channels // self.groups
        if self.transposed:
            first, second = channels, self.out_channels // self.groups
        _materialize(self.weight, first, second, *self.kernel_size)
        _materialize(self.bias, self.out_channels)
        self.reset_parameters()


class _LazyConv(_LazyChannels, _Conv):
    def __init__(
        self, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes = 1,
        padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1, bias: bool = True,
        padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._begin(out_channels, bias, device, dtype)


class _LazyConvTranspose(_LazyChannels, _ConvTranspose):
    def __init__(
        self, out_channels: int, kernel_size: IntOrSizes, stride: IntOrSizes = 1,
        padding: IntOrSizes = 0, output_padding: IntOrSizes = 0, groups: int = 1, bias: bool = True,
        dilation: IntOrSizes = 1, padding_mode: str = "zeros", device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation,
            padding_mode,
        )  # fmt: skip
        self._begin(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """`Conv1d` that finds out ``in_channels`` from its first input, and is a `Conv1d` then."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """`Conv2d` that finds out ``in_channels`` from its first input, and is a `Conv2d` then.

    Examples
    --------
    >>> layer = mg.nn.LazyConv2d(4, 3)
    >>> layer(mg.zeros(1, 2, 8, 8)).shape
    microgradnn.Size([1, 4, 6, 6])
    >>> layer
    Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1))
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """`Conv3d` that finds out ``in_channels`` from its first input, and is a `Conv3d` then."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """`ConvTranspose1d` that finds out ``in_channels`` from its first input, and is one then."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """`ConvTranspose2d` that finds out ``in_channels`` from its first input, and is one then."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """`ConvTranspose3d` that finds out ``in_channels`` from its first input, and is one then."""

    cls_to_become = ConvTranspose3d


# --- norms ----------------------------------------------------------------------------------------


class _LazyNorm(LazyModuleMixin, NormBase):
    def __init__(
        self, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
        track_running_stats: bool = True, device: Any = None, dtype: Any = None, *,
        bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(0, eps, momentum, False, False, bias=False)
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = tensor(0)

    def reset_parameters(self) -> None:
        """Weight 1, bias 0, no statistics, if their shapes are known."""
        if not self.has_uninitialized_params() and self.num_features:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take ``num_features`` from dimension 1 of the input."""
        if self.has_uninitialized_params():
            self.num_features = input.shape[1]
            for name in ("weight", "bias", "running_mean", "running_var"):
                _materialize(getattr(self, name), self.num_features)
            self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """`BatchNorm1d` that finds out ``num_features`` from its first input, and is one then.

    Examples
    --------
    >>> layer = mg.nn.LazyBatchNorm1d()
    >>> layer(mg.ones(2, 3)).shape
    microgradnn.Size([2, 3])
    >>> layer.running_mean.shape
    microgradnn.Size([3])
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """`BatchNorm2d` that finds out ``num_features`` from its first input, and is one then."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """`BatchNorm3d` that finds out ``num_features`` from its first input, and is one then."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """`InstanceNorm1d` that finds out ``num_features`` from its first input, and is one then.

    Unlike `InstanceNorm1d` it has weight, bias and running statistics by default, as in PyTorch.
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """`InstanceNorm2d` that finds out ``num_features``; see `LazyInstanceNorm1d`."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """`InstanceNorm3d` that finds out ``num_features``; see `LazyInstanceNorm1d`."""

    cls_to_become = InstanceNorm3d
