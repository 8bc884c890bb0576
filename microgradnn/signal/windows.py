"""Window functions: weights that are large in the middle of a signal and small at its ends.

All take ``M``, the number of points, and ``sym``: a symmetric window (for filters), or one period
of a periodic one (for spectra). Without ``dtype`` the result is of the default float type.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import _dtypes
from .._promotion import default_float
from .._tensor import Tensor
from .._typing import DType
from ..functions.creation import check_place, finish


def _points(M: int, dtype: DType | None, layout: Any, device: Any, name: str) -> Any:
    """The floating dtype of a window; errors for what is no number of points."""
    check_place(device, layout)
    kind = default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
    if kind.kind != "f":
        raise ValueError(f"{name}: a window is of a floating type, got {dtype}")
    if M < 0:
        raise ValueError(f"{name}: the number of points can't be negative, got {M}")
    return kind


def _centred(M: int, sym: bool) -> Any:
    """Distances of the points from the middle of the window."""
    n = M if sym else M + 1
    return np.arange(M) - (n - 1) / 2


def _made(weights: Any, M: int, kind: Any, requires_grad: bool) -> Tensor:
    return finish((weights if M > 1 else np.ones(M)).astype(kind), requires_grad)


def _cosines(M: int, a: Iterable[float], sym: bool) -> Any:
    """``a[0] - a[1] cos(t) + a[2] cos(2 t) - ...`` over one period."""
    t = 2 * np.pi * np.arange(M) / max((M if sym else M + 1) - 1, 1)
    return sum(((-1) ** k * weight * np.cos(k * t) for k, weight in enumerate(a)), np.zeros(M))


def general_cosine(
    M: int,
    *,
    a: Iterable[float],
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A sum of cosines with weights of alternating signs.

    Parameters
    ----------
    M : int
        The number of points.
    a : iterable of float
        The weights.
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
        Without weights.

    Examples
    --------
    >>> mg.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    kind = _points(M, dtype, layout, device, "general_cosine")
    weights = list(a)
    if not weights:
        raise ValueError("general_cosine: the weights must not be empty")
    return _made(_cosines(M, weights, sym), M, kind, requires_grad)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``alpha - (1 - alpha) cos(t)`` over one period.

    Parameters
    ----------
    M : int
        The number of points.
    alpha : float
        The weight of the constant.
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
    >>> mg.signal.windows.general_hamming(3, alpha=0.5)
    tensor([0., 1., 0.])
    """
    kind = _points(M, dtype, layout, device, "general_hamming")
    return _made(_cosines(M, (alpha, 1 - alpha), sym), M, kind, requires_grad)


def hamming(
    M: int,
    *,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``0.54 - 0.46 cos(t)`` over one period.

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
    >>> mg.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    kind = _points(M, dtype, layout, device, "hamming")
    return _made(_cosines(M, (0.54, 0.46), sym), M, kind, requires_grad)


def hann(
    M: int,
    *,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``0.5 - 0.5 cos(t)`` over one period.

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
    >>> mg.signal.windows.hann(3)
    tensor([0., 1., 0.])
    """
    kind = _points(M, dtype, layout, device, "hann")
    return _made(_cosines(M, (0.5, 0.5), sym), M, kind, requires_grad)


def blackman(
    M: int,
    *,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``0.42 - 0.5 cos(t) + 0.08 cos(2 t)`` over one period.

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
    >>> mg.signal.windows.blackman(5)[2]
    tensor(1.)
    """
    kind = _points(M, dtype, layout, device, "blackman")
    return _made(_cosines(M, (0.42, 0.5, 0.08), sym), M, kind, requires_grad)


def nuttall(
    M: int,
    *,
    sym: bool = True,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Nuttall's sum of four cosines, whose side lobes are small.

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
    >>> mg.signal.windows.nuttall(5)[2]
    tensor(1.)
    """
    kind = _points(M, dtype, layout, device, "nuttall")
    return _made(
        _cosines(M, (0.3635819, 0.4891775, 0.1365995, 0.0106411), sym), M, kind, requires_grad
    )


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
    kind = _points(M, dtype, layout, device, "bartlett")
    half = max((M if sym else M + 1) - 1, 1) / 2
    return _made(1 - np.abs(_centred(M, sym)) / half, M, kind, requires_grad)


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
    kind = _points(M, dtype, layout, device, "cosine")
    return _made(
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
    kind = _points(M, dtype, layout, device, "exponential")
    if tau <= 0:
        raise ValueError(f"exponential: tau must be positive, got {tau}")
    if sym and center is not None:
        raise ValueError("exponential: the center of a symmetric window can't be chosen")
    middle = ((M if sym else M + 1) - 1) / 2 if center is None else center
    return _made(np.exp(-np.abs(np.arange(M) - middle) / tau), M, kind, requires_grad)


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
    kind = _points(M, dtype, layout, device, "gaussian")
    if std <= 0:
        raise ValueError(f"gaussian: std must be positive, got {std}")
    return _made(np.exp(-((_centred(M, sym) / std) ** 2) / 2), M, kind, requires_grad)


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
    kind = _points(M, dtype, layout, device, "kaiser")
    if beta < 0:
        raise ValueError(f"kaiser: beta can't be negative, got {beta}")
    half = max((M if sym else M + 1) - 1, 1) / 2
    inside = np.sqrt(np.maximum(1 - (_centred(M, sym) / half) ** 2, 0.0))
    return _made(np.i0(beta * inside) / np.i0(beta), M, kind, requires_grad)
