"""Windows of other shapes: a triangle, half a cosine, exponentials, a Bessel function's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ..._typing import DType
from .points import centred, made, points


def bartlett(
    M: int,
    *,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A triangle: 0 at the ends, 1 in the middle.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric, or one period of a periodic window.
    dtype : dtype, optional
    layout, device : optional
        Strided, the CPU.
    requires_grad : bool

    Returns
    -------
    Tensor, shape (M,)

    Examples
    --------
    >>> mg.signal.windows.bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    kind = points(M, dtype, layout, device, "bartlett")
    half = max((M if sym else M + 1) - 1, 1) / 2
    return made(1 - np.abs(centred(M, sym)) / half, M, kind, requires_grad)


def cosine(
    M: int,
    *,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Half a period of a sine.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric, or one period of a periodic window.
    dtype : dtype, optional
    layout, device : optional
        Strided, the CPU.
    requires_grad : bool

    Returns
    -------
    Tensor, shape (M,)

    Examples
    --------
    >>> mg.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    kind = points(M, dtype, layout, device, "cosine")
    return made(
        np.sin(np.pi * (np.arange(M) + 0.5) / (M if sym else M + 1)), M, kind, requires_grad
    )


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``exp(-abs(n - center) / tau)``.

    Parameters
    ----------
    M : int
        The number of points.
    center : float | None
        Where the peak is: the middle by default, and always in a symmetric window.
    tau : float
        How fast it falls off.
    sym : bool
        Symmetric, or one period of a periodic window.
    dtype : dtype, optional
    layout, device : optional
        Strided, the CPU.
    requires_grad : bool

    Returns
    -------
    Tensor, shape (M,)

    Raises
    ------
    ValueError
        For a tau that is not positive, or a center of a symmetric window.

    Examples
    --------
    >>> mg.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    kind = points(M, dtype, layout, device, "exponential")
    if tau <= 0:
        raise ValueError(f"exponential: tau must be positive, got {tau}")
    if sym and center is not None:
        raise ValueError("exponential: the center of a symmetric window can't be chosen")
    middle = ((M if sym else M + 1) - 1) / 2 if center is None else center
    return made(np.exp(-np.abs(np.arange(M) - middle) / tau), M, kind, requires_grad)


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``exp(-(n - middle) ** 2 / (2 std ** 2))``.

    Parameters
    ----------
    M : int
        The number of points.
    std : float
        The standard deviation, in points.
    sym : bool
        Symmetric, or one period of a periodic window.
    dtype : dtype, optional
    layout, device : optional
        Strided, the CPU.
    requires_grad : bool

    Returns
    -------
    Tensor, shape (M,)

    Raises
    ------
    ValueError
        For a std that is not positive.

    Examples
    --------
    >>> mg.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    kind = points(M, dtype, layout, device, "gaussian")
    if std <= 0:
        raise ValueError(f"gaussian: std must be positive, got {std}")
    return made(np.exp(-((centred(M, sym) / std) ** 2) / 2), M, kind, requires_grad)


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Kaiser's window, a quotient of Bessel functions.

    Parameters
    ----------
    M : int
        The number of points.
    beta : float
        The larger, the narrower.
    sym : bool
        Symmetric, or one period of a periodic window.
    dtype : dtype, optional
    layout, device : optional
        Strided, the CPU.
    requires_grad : bool

    Returns
    -------
    Tensor, shape (M,)

    Raises
    ------
    ValueError
        For a beta below 0.

    Examples
    --------
    >>> mg.signal.windows.kaiser(3, beta=0.0)
    tensor([1., 1., 1.])
    """
    kind = points(M, dtype, layout, device, "kaiser")
    if beta < 0:
        raise ValueError(f"kaiser: beta can't be negative, got {beta}")
    half = max((M if sym else M + 1) - 1, 1) / 2
    inside = np.sqrt(np.maximum(1 - (centred(M, sym) / half) ** 2, 0.0))
    return made(np.i0(beta * inside) / np.i0(beta), M, kind, requires_grad)
