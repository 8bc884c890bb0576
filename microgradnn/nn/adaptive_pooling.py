"""Pooling to a given size, and over windows placed by chance, as modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .._tensor import Tensor
from . import functional as F
from .functional._windows import Sizes, each
from .functional.adaptive_pooling import OutputSize
from .module import Module


class _AdaptiveAvgPool(Module):
    _pool: ClassVar[Callable[..., Tensor]]

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """The averages."""
        return self._pool(input, self.output_size)

    def extra_repr(self) -> str:
        """The size of the result."""
        return f"output_size={self.output_size}"


class _AdaptiveMaxPool(Module):
    _pool: ClassVar[Callable[..., Any]]

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """The largest numbers; with ``return_indices`` also where they are."""
        return self._pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """The size of the result."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Averages of as many windows as asked for; see `functional.adaptive_avg_pool1d`.

    Parameters
    ----------
    output_size : int or None
        None keeps the size.

    Examples
    --------
    >>> mg.nn.AdaptiveAvgPool1d(2)(mg.tensor([[1.0, 3.0, 2.0, 5.0]]))
    tensor([[2.0000, 3.5000]])
    """

    _pool = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Averages of as many windows as asked for; see `functional.adaptive_avg_pool2d`.

    Parameters
    ----------
    output_size : int, None or pair of them
        None keeps the size.

    Examples
    --------
    >>> mg.nn.AdaptiveAvgPool2d(2)(mg.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """

    _pool = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Averages of as many windows as asked for; see `functional.adaptive_avg_pool3d`.

    Parameters
    ----------
    output_size : int, None or triple of them
        None keeps the size.

    Examples
    --------
    >>> mg.nn.AdaptiveAvgPool3d(1)(mg.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[3.5000]]]])
    """

    _pool = staticmethod(F.adaptive_avg_pool3d)


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest numbers of as many windows as asked for; see `functional.adaptive_max_pool1d`.

    Parameters
    ----------
    output_size : int or None
        None keeps the size.
    return_indices : bool
        Whether to return also where each largest number is.

    Examples
    --------
    >>> mg.nn.AdaptiveMaxPool1d(2)(mg.tensor([[1.0, 3.0, 2.0, 5.0]]))
    tensor([[3., 5.]])
    """

    _pool = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest numbers of as many windows as asked for; see `functional.adaptive_max_pool2d`.

    Parameters
    ----------
    output_size : int, None or pair of them
        None keeps the size.
    return_indices : bool
        Whether to return also where each largest number is.

    Examples
    --------
    >>> mg.nn.AdaptiveMaxPool2d(2)(mg.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    _pool = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest numbers of as many windows as asked for; see `functional.adaptive_max_pool3d`.

    Parameters
    ----------
    output_size : int, None or triple of them
        None keeps the size.
    return_indices : bool
        Whether to return also where each largest number is.

    Examples
    --------
    >>> mg.nn.AdaptiveMaxPool3d(1)(mg.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[7.]]]])
    """

    _pool = staticmethod(F.adaptive_max_pool3d)


class _FractionalMaxPool(Module):
    _pool: ClassVar[Callable[..., Any]]
    _dimensions: ClassVar[int]
    _random_samples: Tensor | None

    def __init__(
        self, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Any = None,
        return_indices: bool = False, _random_samples: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        d, name = self._dimensions, type(self).__name__
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name}: one of output_size and output_ratio is needed, and not both")
        self.kernel_size = each(kernel_size, d, name, "kernel_size")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = (
            None if output_size is None else each(output_size, d, name, "output_size")
        )
        single = isinstance(output_ratio, int | float)
        self.output_ratio = (output_ratio,) * d if single else output_ratio
        if self.output_ratio is not None and not all(0 < r < 1 for r in self.output_ratio):
            raise ValueError(f"{name}: output_ratio is between 0 and 1, got {output_ratio}")

    def forward(self, input: Tensor) -> Any:
        """The largest numbers; with ``return_indices`` also where they are."""
        return self._pool(
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices,
            self._random_samples,
        )  # fmt: skip


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest of each of windows placed by chance; see `functional.fractional_max_pool2d`.

    Parameters
    ----------
    kernel_size : int or pair of int
    output_size : int or pair of int
        How many windows there are.
    output_ratio : float or pair of float
        Or how many for each element: between 0 and 1.
    return_indices : bool
        Whether to return also where each largest number is.

    Examples
    --------
    >>> mg.nn.FractionalMaxPool2d(2, output_ratio=0.5)(mg.rand(1, 8, 8)).shape
    microgradnn.Size([1, 4, 4])
    """

    _pool = staticmethod(F.fractional_max_pool2d)
    _dimensions = 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest of each of windows placed by chance; see `functional.fractional_max_pool3d`.

    Parameters
    ----------
    kernel_size : int or triple of int
    output_size : int or triple of int
        How many windows there are.
    output_ratio : float or triple of float
        Or how many for each element: between 0 and 1.
    return_indices : bool
        Whether to return also where each largest number is.

    Examples
    --------
    >>> mg.nn.FractionalMaxPool3d(2, output_ratio=0.5)(mg.rand(1, 8, 8, 8)).shape
    microgradnn.Size([1, 4, 4, 4])
    """

    _pool = staticmethod(F.fractional_max_pool3d)
    _dimensions = 3
