"""Functions of ``scipy.signal``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numpy_functions.registry import tensor


def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The convolution of two arrays of any, equal, number of dimensions.

    Parameters
    ----------
    in1, in2 : Tensor or array_like
    mode : {"full", "valid", "same"}
        All results, those where the arrays overlap fully, or the middle, shaped as ``in1``.
    method : str
        Ignored: the sums are always computed directly.

    Raises
    ------
    ValueError
        For another mode, or other numbers of dimensions.

    Examples
    --------
    >>> mg.scipy.signal.convolve(mg.tensor([1.0, 2.0]), [1.0, 1.0])
    tensor([1., 3., 2.])
    """
    a = tensor(in1)
    b = tensor(in2, a).to(a.dtype)
    if a.ndim != b.ndim:
        raise ValueError(f"convolve: {a.ndim} and {b.ndim} dimensions; they must be as many")
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"convolve: mode is full, valid or same, got {mode!r}")
    shape = tuple(a.shape)
    if mode == "valid" and any(n < m for n, m in zip(a.shape, b.shape, strict=True)):
        if any(n > m for n, m in zip(a.shape, b.shape, strict=True)):
            raise ValueError("convolve: for mode 'valid' one array is the larger in every axis")
        a, b = b, a
    border = [(m - 1, m - 1) if mode != "valid" else (0, 0) for m in b.shape]
    found = _valid(np.pad(a, border), np.flip(b))
    if mode == "same":
        starts = [(n - m) // 2 for n, m in zip(found.shape, shape, strict=True)]
        found = found[tuple([slice(s, s + m) for s, m in zip(starts, shape, strict=True)])]
    return found


def _valid(a: Any, b: Any) -> Any:
    """The sums of products wherever ``b`` fits into ``a``."""
    from ..rules.windows import unfold

    ndim = a.ndim
    for axis, size in enumerate(b.shape):
        a = unfold.apply(a, axis, size, 1)
    return np.tensordot(a, b, ndim)


def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The cross-correlation: `convolve` with the second array backwards."""
    return convolve(in1, np.flip(tensor(in2)), mode)
