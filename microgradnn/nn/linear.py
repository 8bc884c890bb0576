"""Layers that are linear maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _dtypes, _promotion
from .._tensor import Tensor
from ..functions.creation import check_device
from . import functional as f
from . import init
from .module import Module
from .parameter import Parameter


def empty_parameter(shape: tuple[int, ...], dtype: Any, device: Any = None) -> Parameter:
    """A parameter whose numbers are still to be set, of the default float type unless said.

    Raises
    ------
    RuntimeError
        For a dtype that is no floating type, or another device than the CPU.
    """
    check_device(device)
    kind = _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
    return Parameter(np.empty(shape, kind))


class Identity(Module):
    """Returns its input; arguments are accepted and ignored.

    Examples
    --------
    >>> mg.nn.Identity()(mg.tensor([1.0]))
    tensor([1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input


class Linear(Module):
    """``y = x @ weight.T + bias``.

    Weight and bias begin uniform between plus and minus ``1 / sqrt(in_features)``.

    Parameters
    ----------
    in_features, out_features : int
        Sizes of the last dimension of input and output.
    bias : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
    bias : Parameter, shape (out_features,), or None

    Examples
    --------
    >>> mg.nn.Linear(2, 3)(mg.ones(5, 2)).shape
    microgradnn.Size([5, 3])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = empty_parameter((out_features, in_features), dtype, device)
        if bias:
            self.bias = empty_parameter((out_features,), dtype, device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            init_bias(self.bias, self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """``input @ weight.T + bias``, for an input of shape (..., in_features)."""
        return f.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes, and whether there is a bias."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Bilinear(Module):
    """``y[k] = x1 @ weight[k] @ x2 + bias[k]``.

    Weight and bias begin uniform between plus and minus ``1 / sqrt(in1_features)``.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
        Sizes of the last dimension of the two inputs and of the output.
    bias : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in1_features, in2_features)
    bias : Parameter, shape (out_features,), or None

    Raises
    ------
    ValueError
        If ``in1_features`` is not positive.

    Examples
    --------
    >>> mg.nn.Bilinear(2, 3, 4)(mg.ones(5, 2), mg.ones(5, 3)).shape
    microgradnn.Size([5, 4])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        super().__init__()
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = empty_parameter((out_features, in1_features, in2_features), dtype, device)
        if bias:
            self.bias = empty_parameter((out_features,), dtype, device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """The output (..., out_features) of (..., in1_features) and (..., in2_features)."""
        return f.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes, and whether there is a bias."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


def init_bias(bias: Parameter, weight: Tensor) -> None:
    """Uniform numbers up to ``1 / sqrt(fan_in)``: as a bias begins in PyTorch."""
    fan_in, _ = init._calculate_fan_in_and_fan_out(weight)
    bound = 1 / math.sqrt(fan_in) if fan_in else 0
    init.uniform_(bias, -bound, bound)
