"""``mg.fft``: the part of PyTorch's namespace of Fourier transforms that is real in and out.

Complex numbers are not implemented, so the transforms themselves raise NotImplementedError; the
frequencies and shifts that go with them are here.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from . import _dtypes, _promotion
from ._errors import ShapeError
from ._numpy_names import with_numpy_names
from ._tensor import Tensor
from .functions._dimensions import one_dim
from .rules.shapes import cat


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies of a discrete Fourier transform: 0, the positive ones, the negative ones.

    Parameters
    ----------
    n : int
        How many samples.
    d : float
        The time between two of them.
    dtype : dtype, optional
        A floating type; default: the default one.
    requires_grad : bool

    Returns
    -------
    Tensor, shape (n,)

    Examples
    --------
    >>> mg.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    return _frequencies(np.fft.fftfreq, n, d, dtype, requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies of a Fourier transform of real numbers; see `fftfreq`.

    Returns
    -------
    Tensor, shape (n // 2 + 1,)

    Examples
    --------
    >>> mg.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    return _frequencies(np.fft.rfftfreq, n, d, dtype, requires_grad)


def _frequencies(f: Any, n: int, d: float, dtype: Any, requires_grad: bool) -> Tensor:
    if n <= 0:
        raise RuntimeError(f"there are no frequencies of {n} samples; n must be positive")
    kind = _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
    out = Tensor._wrap(f(n, d).astype(kind))
    if requires_grad:
        out.requires_grad = True
    return out


@with_numpy_names
def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The frequency 0, which a transform puts first, moved to the middle of each dimension.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of int, optional
        Default: all.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.fft.fftshift(mg.tensor([0, 1, 2, -2, -1]))
    tensor([-2, -1,  0,  1,  2])
    """
    return _halves_exchanged(input, dim, 1)


@with_numpy_names
def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of `fftshift`.

    Examples
    --------
    >>> mg.fft.ifftshift(mg.tensor([-2, -1, 0, 1, 2]))
    tensor([ 0,  1,  2, -2, -1])
    """
    return _halves_exchanged(input, dim, 0)


def _halves_exchanged(x: Tensor, dim: Any, more: int) -> Tensor:
    """Each dimension cut in two, the first part (larger by ``more``, if they differ) put last."""
    if not isinstance(x, Tensor):
        raise TypeError(f"fftshift takes a Tensor, got {type(x).__name__}")
    ndim = x._array.ndim
    given = range(ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    axes = [one_dim(d, ndim) for d in given]
    if axes and not ndim:
        raise ShapeError(f"a Tensor without dimensions has no dimension {dim}")
    for axis in axes:
        cut = (x._array.shape[axis] + more) // 2
        before = (slice(None),) * axis
        x = cat.apply(x[(*before, slice(cut, None))], x[(*before, slice(0, cut))], axis)
    return x if axes else x.clone()


def _not_implemented(name: str) -> Any:
    def transform(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(
            f"fft.{name}: a Fourier transform is of complex numbers, which are not implemented; "
            f"outside the graph np.fft.{name}(tensor.detach().numpy()) computes it"
        )

    transform.__name__ = transform.__qualname__ = name
    transform.__doc__ = "Not implemented: there are no complex Tensors."
    return transform


fft, ifft, rfft, irfft, hfft, ihfft = map(
    _not_implemented, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
)
fft2, ifft2, rfft2, irfft2, hfft2, ihfft2 = map(
    _not_implemented, ("fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2")
)
fftn, ifftn, rfftn, irfftn, hfftn, ihfftn = map(
    _not_implemented, ("fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn")
)
