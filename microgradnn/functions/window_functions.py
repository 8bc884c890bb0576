"""Windows that taper a signal, under the names PyTorch had before ``signal.windows``."""

from __future__ import annotations

from typing import Any

from .._methods import function
from .._tensor import Tensor
from .._typing import DType


def _window(
    name: str, length: int, periodic: bool, options: dict[str, Any], **shape: float
) -> Tensor:  # fmt: skip
    from ..signal import windows

    window: Tensor = getattr(windows, name)(length, sym=not periodic, **shape, **options)
    return window


@function
def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A triangle; see `signal.windows.bartlett`.

    Examples
    --------
    >>> mg.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    options = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("bartlett", window_length, periodic, options)


@function
def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A constant and two cosines; see `signal.windows.blackman`.

    Examples
    --------
    >>> mg.blackman_window(4).round(decimals=4)
    tensor([-0.0000, 0.3400, 1.0000, 0.3400])
    """
    options = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("blackman", window_length, periodic, options)


@function
def hann_window(
    window_length: int, periodic: bool = True, *, dtype: DType | None = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A raised cosine; see `signal.windows.hann`.

    Parameters
    ----------
    window_length : int
    periodic : bool
        Whether the window, one longer and symmetric, is cut by its last number: for Fourier
        analysis.
    dtype : dtype, optional
    layout, device : optional
    requires_grad : bool

    Examples
    --------
    >>> mg.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    options = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("hann", window_length, periodic, options)


@function
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *,
    dtype: DType | None = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """``alpha - beta cos``; see `signal.windows.general_hamming`.

    Raises
    ------
    NotImplementedError
        Unless alpha and beta add to 1.

    Examples
    --------
    >>> mg.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    if abs(alpha + beta - 1) > 1e-12:
        raise NotImplementedError(f"hamming_window needs alpha + beta = 1, got {alpha} and {beta}")
    options = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("general_hamming", window_length, periodic, options, alpha=alpha)


@function
def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: DType | None = None,
    layout: Any = None, device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """A Bessel function's; see `signal.windows.kaiser`.

    Examples
    --------
    >>> mg.kaiser_window(4, beta=5.0)
    tensor([0.0367, 0.5529, 1.0000, 0.5529])
    """
    options = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("kaiser", window_length, periodic, options, beta=beta)
