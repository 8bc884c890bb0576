"""Borders around signals, images and volumes, as modules."""

from __future__ import annotations

from typing import ClassVar

from .._tensor import Tensor
from ..functions.padding import pad
from .functional._windows import Sizes, each
from .module import Module


class _Pad(Module):
    """A border made of the input's own elements."""

    _dimensions: ClassVar[int]
    _mode: ClassVar[str]

    def __init__(self, padding: Sizes) -> None:
        super().__init__()
        self.padding = each(padding, 2 * self._dimensions, type(self).__name__, "padding")

    def forward(self, input: Tensor) -> Tensor:
        """The input with its border."""
        return pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """The widths, of the last dimension first."""
        return f"{self.padding}"


class _ConstantPad(Module):
    """A border of one number."""

    _dimensions: ClassVar[int]
    value: float

    def __init__(self, padding: Sizes, value: float) -> None:
        super().__init__()
        self.value = value
        self.padding = each(padding, 2 * self._dimensions, type(self).__name__, "padding")

    def forward(self, input: Tensor) -> Tensor:
        """The input with its border."""
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The widths, of the last dimension first, and the number."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    """A border of zeros."""

    def __init__(self, padding: Sizes) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths, of the last dimension first."""
        return f"{self.padding}"


class ConstantPad1d(_ConstantPad):
    """A border of one number, around the last dimension.

    Parameters
    ----------
    padding : int or pair of int
        Widths: left, right. Negative ones cut.
    value : float

    Examples
    --------
    >>> mg.nn.ConstantPad1d((2, 1), 9)(mg.tensor([[1, 2, 3]]))
    tensor([[9, 9, 1, 2, 3, 9]])
    """

    _dimensions = 1


class ConstantPad2d(_ConstantPad):
    """A border of one number, around the last 2 dimensions.

    Parameters
    ----------
    padding : int or four of int
        Widths: left, right, top, bottom. Negative ones cut.
    value : float

    Examples
    --------
    >>> mg.nn.ConstantPad2d((2, 1, 0, 0), 9)(mg.tensor([[[1, 2, 3]]]))
    tensor([[[9, 9, 1, 2, 3, 9]]])
    """

    _dimensions = 2


class ConstantPad3d(_ConstantPad):
    """A border of one number, around the last 3 dimensions.

    Parameters
    ----------
    padding : int or six of int
        Widths: left, right, top, bottom, front, back. Negative ones cut.
    value : float

    Examples
    --------
    >>> mg.nn.ConstantPad3d((2, 1, 0, 0, 0, 0), 9)(mg.tensor([[[[1, 2, 3]]]]))
    tensor([[[[9, 9, 1, 2, 3, 9]]]])
    """

    _dimensions = 3


class ZeroPad1d(_ZeroPad):
    """A border of zeros, around the last dimension.

    Parameters
    ----------
    padding : int or pair of int
        Widths: left, right. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ZeroPad1d((2, 1))(mg.tensor([[1, 2, 3]]))
    tensor([[0, 0, 1, 2, 3, 0]])
    """

    _dimensions = 1


class ZeroPad2d(_ZeroPad):
    """A border of zeros, around the last 2 dimensions.

    Parameters
    ----------
    padding : int or four of int
        Widths: left, right, top, bottom. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ZeroPad2d((2, 1, 0, 0))(mg.tensor([[[1, 2, 3]]]))
    tensor([[[0, 0, 1, 2, 3, 0]]])
    """

    _dimensions = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros, around the last 3 dimensions.

    Parameters
    ----------
    padding : int or six of int
        Widths: left, right, top, bottom, front, back. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ZeroPad3d((2, 1, 0, 0, 0, 0))(mg.tensor([[[[1, 2, 3]]]]))
    tensor([[[[0, 0, 1, 2, 3, 0]]]])
    """

    _dimensions = 3


class ReflectionPad1d(_Pad):
    """A border of the elements mirrored at the outermost one, around the last dimension.

    Parameters
    ----------
    padding : int or pair of int
        Widths: left, right. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ReflectionPad1d((2, 1))(mg.tensor([[1, 2, 3]]))
    tensor([[3, 2, 1, 2, 3, 2]])
    """

    _dimensions = 1
    _mode = "reflect"


class ReflectionPad2d(_Pad):
    """A border of the elements mirrored at the outermost one, around the last 2 dimensions.

    Parameters
    ----------
    padding : int or four of int
        Widths: left, right, top, bottom. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ReflectionPad2d((2, 1, 0, 0))(mg.tensor([[[1, 2, 3]]]))
    tensor([[[3, 2, 1, 2, 3, 2]]])
    """

    _dimensions = 2
    _mode = "reflect"


class ReflectionPad3d(_Pad):
    """A border of the elements mirrored at the outermost one, around the last 3 dimensions.

    Parameters
    ----------
    padding : int or six of int
        Widths: left, right, top, bottom, front, back. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ReflectionPad3d((2, 1, 0, 0, 0, 0))(mg.tensor([[[[1, 2, 3]]]]))
    tensor([[[[3, 2, 1, 2, 3, 2]]]])
    """

    _dimensions = 3
    _mode = "reflect"


class ReplicationPad1d(_Pad):
    """A border of copies of the outermost elements, around the last dimension.

    Parameters
    ----------
    padding : int or pair of int
        Widths: left, right. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ReplicationPad1d((2, 1))(mg.tensor([[1, 2, 3]]))
    tensor([[1, 1, 1, 2, 3, 3]])
    """

    _dimensions = 1
    _mode = "replicate"


class ReplicationPad2d(_Pad):
    """A border of copies of the outermost elements, around the last 2 dimensions.

    Parameters
    ----------
    padding : int or four of int
        Widths: left, right, top, bottom. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ReplicationPad2d((2, 1, 0, 0))(mg.tensor([[[1, 2, 3]]]))
    tensor([[[1, 1, 1, 2, 3, 3]]])
    """

    _dimensions = 2
    _mode = "replicate"


class ReplicationPad3d(_Pad):
    """A border of copies of the outermost elements, around the last 3 dimensions.

    Parameters
    ----------
    padding : int or six of int
        Widths: left, right, top, bottom, front, back. Negative ones cut.

    Examples
    --------
    >>> mg.nn.ReplicationPad3d((2, 1, 0, 0, 0, 0))(mg.tensor([[[[1, 2, 3]]]]))
    tensor([[[[1, 1, 1, 2, 3, 3]]]])
    """

    _dimensions = 3
    _mode = "replicate"


class CircularPad1d(_Pad):
    """A border of the elements of the other end, around the last dimension.

    Parameters
    ----------
    padding : int or pair of int
        Widths: left, right. Negative ones cut.

    Examples
    --------
    >>> mg.nn.CircularPad1d((2, 1))(mg.tensor([[1, 2, 3]]))
    tensor([[2, 3, 1, 2, 3, 1]])
    """

    _dimensions = 1
    _mode = "circular"


class CircularPad2d(_Pad):
    """A border of the elements of the other end, around the last 2 dimensions.

    Parameters
    ----------
    padding : int or four of int
        Widths: left, right, top, bottom. Negative ones cut.

    Examples
    --------
    >>> mg.nn.CircularPad2d((2, 1, 0, 0))(mg.tensor([[[1, 2, 3]]]))
    tensor([[[2, 3, 1, 2, 3, 1]]])
    """

    _dimensions = 2
    _mode = "circular"


class CircularPad3d(_Pad):
    """A border of the elements of the other end, around the last 3 dimensions.

    Parameters
    ----------
    padding : int or six of int
        Widths: left, right, top, bottom, front, back. Negative ones cut.

    Examples
    --------
    >>> mg.nn.CircularPad3d((2, 1, 0, 0, 0, 0))(mg.tensor([[[[1, 2, 3]]]]))
    tensor([[[[2, 3, 1, 2, 3, 1]]]])
    """

    _dimensions = 3
    _mode = "circular"
