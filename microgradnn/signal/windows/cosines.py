"""Windows that are sums of cosines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ..._typing import DType
from .points import made, points


def cosines(M: int, a: Iterable[float], sym: bool) -> Any:
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
    kind = points(M, dtype, layout, device, "general_cosine")
    weights = list(a)
    if not weights:
        raise ValueError("general_cosine: the weights must not be empty")
    return made(cosines(M, weights, sym), M, kind, requires_grad)


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
    kind = points(M, dtype, layout, device, "general_hamming")
    return made(cosines(M, (alpha, 1 - alpha), sym), M, kind, requires_grad)


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
    kind = points(M, dtype, layout, device, "hamming")
    return made(cosines(M, (0.54, 0.46), sym), M, kind, requires_grad)


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
    kind = points(M, dtype, layout, device, "hann")
    return made(cosines(M, (0.5, 0.5), sym), M, kind, requires_grad)


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
    kind = points(M, dtype, layout, device, "blackman")
    return made(cosines(M, (0.42, 0.5, 0.08), sym), M, kind, requires_grad)


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
    kind = points(M, dtype, layout, device, "nuttall")
    return made(
        cosines(M, (0.3635819, 0.4891775, 0.1365995, 0.0106411), sym), M, kind, requires_grad
    )
