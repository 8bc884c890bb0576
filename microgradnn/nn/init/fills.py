"""Numbers of one distribution, or one number, everywhere."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..._generator import Generator
from ..._inplace import adopt
from ..._tensor import Tensor
from ...functions import filling
from ...functions.likeness import empty_like
from ...grad_mode import no_grad


def set_numbers(tensor: Tensor, array: Any, name: str) -> Tensor:
    """Write an array into a Tensor, outside the graph."""
    with no_grad():
        tensor._array[...] = array
        adopt(tensor, None, name)
    return tensor


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Numbers drawn uniformly from [a, b).

    Examples
    --------
    >>> mg.nn.init.uniform_(mg.empty(2), 3, 3)
    tensor([3., 3.])
    """
    with no_grad():
        return filling.uniform_(tensor, a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Numbers drawn from the normal distribution of a mean and a standard deviation.

    Examples
    --------
    >>> mg.nn.init.normal_(mg.empty(2), 3, 0)
    tensor([3., 3.])
    """
    with no_grad():
        return filling.normal_(tensor, mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:  # fmt: skip
    """Numbers drawn from the part of a normal distribution between a and b.

    Those outside are drawn again; where that would be most of them, numbers drawn uniformly are
    kept with the probability that the density asks for.

    Raises
    ------
    RuntimeError
        If the deviation is not positive, or a is not below b.

    Examples
    --------
    >>> x = mg.nn.init.trunc_normal_(mg.empty(1000), std=10.0)
    >>> -2 <= x.min().item() <= x.max().item() <= 2
    True
    """
    if std <= 0 or a >= b:
        raise RuntimeError(f"trunc_normal_ needs std > 0 and a < b, got std={std}, a={a} and b={b}")
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            f"mean {mean} is more than 2 standard deviations of {std} away from [{a}, {b}]: the "
            "numbers may be distributed wrongly",
            UserWarning,
            stacklevel=2,
        )
    array = tensor._array
    below_a, below_b = ((1 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2 for x in (a, b))
    if below_b - below_a > 0.3:
        low, high = array.dtype.type(a), array.dtype.type(b)
        result = normal_(tensor, mean, std, generator)._array
        while (outside := (result < low) | (result > high)).any():
            again = normal_(empty_like(tensor), mean, std, generator)._array
            result = np.where(outside, again, result)
        return tensor if result is array else set_numbers(tensor, result, "trunc_normal_")
    nearest = max(a, min(mean, b))
    top = -0.5 * ((nearest - mean) / std) ** 2
    result, pending = array, np.ones(array.shape, np.bool_)
    while pending.any():
        drawn = uniform_(empty_like(tensor), a, b, generator)._array
        chances = uniform_(empty_like(tensor), generator=generator)._array
        result = np.where(pending, drawn, result)
        with np.errstate(divide="ignore"):
            pending &= np.log(chances) > ((drawn - mean) / std) ** 2 * -0.5 - top
    return set_numbers(tensor, result, "trunc_normal_")


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One number everywhere.

    Examples
    --------
    >>> mg.nn.init.constant_(mg.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return set_numbers(tensor, val, "constant_")


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere.

    Examples
    --------
    >>> mg.nn.init.ones_(mg.empty(2))
    tensor([1., 1.])
    """
    return set_numbers(tensor, 1, "ones_")


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere.

    Examples
    --------
    >>> mg.nn.init.zeros_(mg.empty(2))
    tensor([0., 0.])
    """
    return set_numbers(tensor, 0, "zeros_")
