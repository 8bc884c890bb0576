"""Functions of ``scipy.special`` that are no ufuncs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import table
from .._tensor import Tensor
from ..numpy_functions.registry import axes_in, tensor


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """``log(sum(b * exp(a)))``, without overflow.

    Parameters
    ----------
    a, b : Tensor or array_like
    axis : int or tuple of int, optional
    keepdims : bool

    Examples
    --------
    >>> mg.scipy.special.logsumexp(mg.tensor([1000.0, 1000.0]))
    tensor(1000.6932)
    """
    a = tensor(a)
    axes = None if axis is None else axes_in(axis, a.ndim)
    if b is None:
        return table["logsumexp"].apply(a, axes, keepdims)
    top = Tensor._wrap(a._array.max(axes, keepdims=True))
    total = np.sum(tensor(b, a) * np.exp(a - top), axis=axes, keepdims=True)
    found = np.log(total) + top
    return found if keepdims else np.squeeze(found, axes)


def softmax(x: Any, axis: Any = None) -> Any:
    """The exponentials divided by their sum."""
    return np.exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithm of `softmax`."""
    x = tensor(x)
    return x - logsumexp(x, axis, keepdims=True)


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the multivariate gamma function.

    Parameters
    ----------
    a : Tensor or array_like
        Greater than ``(d - 1) / 2``.
    d : int
    """
    a = tensor(a)
    parts = [table["lgamma"].apply(a - 0.5 * k) for k in range(d)]
    return sum(parts[1:], start=parts[0]) + 0.25 * d * (d - 1) * math.log(math.pi)


def polygamma(n: int, x: Any) -> Any:
    """The ``n``-th derivative of digamma."""
    return table["polygamma"].apply(tensor(x), int(n))
