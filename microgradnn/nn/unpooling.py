"""The way back from max pooling, as modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .._tensor import Tensor
from . import functional as F
from .functional._windows import Sizes, each
from .module import Module


class _MaxUnpool(Module):
    _unpool: ClassVar[Callable[..., Tensor]]
    _dimensions: ClassVar[int]

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        d, name = self._dimensions, type(self).__name__
        self.kernel_size = each(kernel_size, d, name, "kernel_size")
        self.stride = self.kernel_size if stride is None else each(stride, d, name, "stride")
        self.padding = each(padding, d, name, "padding")

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """Zeros, with each number at its index; the size may be said where several fit."""
        return self._unpool(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )

    def extra_repr(self) -> str:
        """The windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """What `MaxPool1d` kept, where it came from, among zeros.

    Parameters
    ----------
    kernel_size : int
    stride : int, optional
        Default: the kernel size.
    padding : int

    Examples
    --------
    >>> kept, where = mg.nn.MaxPool1d(2, return_indices=True)(mg.tensor([[1.0, 3.0, 2.0, 5.0]]))
    >>> mg.nn.MaxUnpool1d(2)(kept, where)
    tensor([[0., 3., 0., 5.]])
    """

    _unpool = staticmethod(F.max_unpool1d)
    _dimensions = 1


class MaxUnpool2d(_MaxUnpool):
    """What `MaxPool2d` kept, where it came from, among zeros.

    Parameters
    ----------
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size.
    padding : int or pair of int

    Examples
    --------
    >>> mg.nn.MaxUnpool2d(2)(mg.tensor([[[7.0]]]), mg.tensor([[[3]]]))
    tensor([[[0., 0.],
             [0., 7.]]])
    """

    _unpool = staticmethod(F.max_unpool2d)
    _dimensions = 2


class MaxUnpool3d(_MaxUnpool):
    """What `MaxPool3d` kept, where it came from, among zeros.

    Parameters
    ----------
    kernel_size : int or triple of int
    stride : int or triple of int, optional
        Default: the kernel size.
    padding : int or triple of int

    Examples
    --------
    >>> mg.nn.MaxUnpool3d((1, 1, 2))(mg.tensor([[[[7.0]]]]), mg.tensor([[[[1]]]]))
    tensor([[[[0., 7.]]]])
    """

    _unpool = staticmethod(F.max_unpool3d)
    _dimensions = 3
