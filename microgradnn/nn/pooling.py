"""Pooling: what each window that slides over an input amounts to, as modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .._tensor import Tensor
from . import functional as F
from .functional._windows import Sizes, each
from .module import Module


class _MaxPool(Module):
    _pool: ClassVar[Callable[..., Any]]

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
        dilation: Sizes = 1, return_indices: bool = False, ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        """The largest numbers; with ``return_indices`` also where they are."""
        return self._pool(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode,
            self.return_indices,
        )  # fmt: skip

    def extra_repr(self) -> str:
        """The windows."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The largest number in each window that slides along a signal; see `functional.max_pool1d`.

    Parameters
    ----------
    kernel_size : int
    stride : int, optional
        Default: the kernel size.
    padding, dilation : int
    return_indices : bool
        Whether to return also where each largest number is, for `MaxUnpool1d`.
    ceil_mode : bool
        Whether windows that begin inside the input but end outside count too.

    Examples
    --------
    >>> mg.nn.MaxPool1d(2)(mg.tensor([[1.0, 3.0, 2.0, 5.0]]))
    tensor([[3., 5.]])
    """

    _pool = staticmethod(F.max_pool1d)


class MaxPool2d(_MaxPool):
    """The largest number in each window that slides over images; see `functional.max_pool2d`.

    Parameters
    ----------
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size.
    padding, dilation : int or pair of int
    return_indices : bool
        Whether to return also where each largest number is, for `MaxUnpool2d`.
    ceil_mode : bool
        Whether windows that begin inside the input but end outside count too.

    Examples
    --------
    >>> mg.nn.MaxPool2d(2)(mg.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    _pool = staticmethod(F.max_pool2d)


class MaxPool3d(_MaxPool):
    """The largest number in each window that slides over volumes; see `functional.max_pool3d`.

    Parameters
    ----------
    kernel_size : int or triple of int
    stride : int or triple of int, optional
        Default: the kernel size.
    padding, dilation : int or triple of int
    return_indices : bool
        Whether to return also where each largest number is, for `MaxUnpool3d`.
    ceil_mode : bool
        Whether windows that begin inside the input but end outside count too.

    Examples
    --------
    >>> mg.nn.MaxPool3d(2)(mg.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[7.]]]])
    """

    _pool = staticmethod(F.max_pool3d)


class _AvgPool(Module):
    _pool: ClassVar[Callable[..., Tensor]]
    kernel_size: Any
    stride: Any
    padding: Any
    ceil_mode: bool
    count_include_pad: bool

    def _options(self) -> tuple[Any, ...]:
        return (
            self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """The averages."""
        return self._pool(input, *self._options())

    def extra_repr(self) -> str:
        """The windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """The average of each window that slides along a signal; see `functional.avg_pool1d`.

    Parameters
    ----------
    kernel_size : int
    stride : int, optional
        Default: the kernel size.
    padding : int
    ceil_mode : bool
        Whether windows that begin inside the input but end outside count too.
    count_include_pad : bool
        Whether the zeros of the padding count as elements of a window.

    Examples
    --------
    >>> mg.nn.AvgPool1d(2)(mg.tensor([[1.0, 3.0, 2.0, 5.0]]))
    tensor([[2.0000, 3.5000]])
    """

    _pool = staticmethod(F.avg_pool1d)

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
        ceil_mode: bool = False, count_include_pad: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = each(kernel_size, 1, "AvgPool1d", "kernel_size")
        self.stride = each(kernel_size if stride is None else stride, 1, "AvgPool1d", "stride")
        self.padding = each(padding, 1, "AvgPool1d", "padding")
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad


class _AvgPoolOverridden(_AvgPool):
    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
        ceil_mode: bool = False, count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def _options(self) -> tuple[Any, ...]:
        return (*super()._options(), self.divisor_override)


class AvgPool2d(_AvgPoolOverridden):
    """The average of each window that slides over images; see `functional.avg_pool2d`.

    Parameters
    ----------
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size.
    padding : int or pair of int
    ceil_mode : bool
        Whether windows that begin inside the input but end outside count too.
    count_include_pad : bool
        Whether the zeros of the padding count as elements of a window.
    divisor_override : int, optional
        What the sums are divided by, instead of the number of elements.

    Examples
    --------
    >>> mg.nn.AvgPool2d(2)(mg.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """

    _pool = staticmethod(F.avg_pool2d)


class AvgPool3d(_AvgPoolOverridden):
    """The average of each window that slides over volumes; see `functional.avg_pool3d`.

    Parameters
    ----------
    kernel_size : int or triple of int
    stride : int or triple of int, optional
        Default: the kernel size.
    padding : int or triple of int
    ceil_mode : bool
        Whether windows that begin inside the input but end outside count too.
    count_include_pad : bool
        Whether the zeros of the padding count as elements of a window.
    divisor_override : int, optional
        What the sums are divided by, instead of the number of elements.

    Examples
    --------
    >>> mg.nn.AvgPool3d(2)(mg.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[3.5000]]]])
    """

    _pool = staticmethod(F.avg_pool3d)


class _LPPool(Module):
    _pool: ClassVar[Callable[..., Tensor]]

    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        """The power averages."""
        return self._pool(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )

    def extra_repr(self) -> str:
        """The power and the windows."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """``sum(x**p) ** (1 / p)`` of each window along a signal; see `functional.lp_pool1d`.

    Parameters
    ----------
    norm_type : float
        The power ``p``.
    kernel_size : int
    stride : int, optional
        Default: the kernel size.
    ceil_mode : bool

    Examples
    --------
    >>> mg.nn.LPPool1d(2, 2)(mg.tensor([[3.0, 4.0, 0.0, 2.0]]))
    tensor([[5., 2.]])
    """

    _pool = staticmethod(F.lp_pool1d)


class LPPool2d(_LPPool):
    """``sum(x**p) ** (1 / p)`` of each window over images; see `functional.lp_pool2d`.

    Parameters
    ----------
    norm_type : float
        The power ``p``.
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size.
    ceil_mode : bool

    Examples
    --------
    >>> mg.nn.LPPool2d(2, 2)(mg.tensor([[[3.0, 4.0], [0.0, 12.0]]]))
    tensor([[[13.]]])
    """

    _pool = staticmethod(F.lp_pool2d)


class LPPool3d(_LPPool):
    """``sum(x**p) ** (1 / p)`` of each window over volumes; see `functional.lp_pool3d`.

    Parameters
    ----------
    norm_type : float
        The power ``p``.
    kernel_size : int or triple of int
    stride : int or triple of int, optional
        Default: the kernel size.
    ceil_mode : bool

    Examples
    --------
    >>> mg.nn.LPPool3d(2, 2)(mg.ones(1, 2, 2, 2))
    tensor([[[[2.8284]]]])
    """

    _pool = staticmethod(F.lp_pool3d)
