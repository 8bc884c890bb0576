"""Filling parameters with their first numbers: PyTorch's names and, after one seed, its numbers.

Each function fills its Tensor in place, outside the graph, and returns it.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .._errors import ShapeError
from .._generator import Generator
from .._inplace import adopt
from .._tensor import Tensor
from ..functions import filling
from ..functions.likeness import empty_like
from ..grad_mode import no_grad

_PLAIN = ("linear", "identity", "sigmoid", *(f"conv{n}d" for n in (1, 2, 3)))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much the numbers of a layer are enlarged to make up for an activation.

    Parameters
    ----------
    nonlinearity : str
        "linear", "conv2d", "sigmoid" (1), "tanh" (5/3), "relu" (sqrt 2), "leaky_relu"
        (``sqrt(2 / (1 + slope**2))``) or "selu" (3/4).
    param : float, optional
        The slope of a leaky ReLU; default 0.01.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no gain for it.

    Examples
    --------
    >>> mg.nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in _PLAIN or nonlinearity.startswith("conv_transpose"):
        return 1.0
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"the slope of a leaky ReLU is a number, got {slope!r}")
        return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(
        f"no gain is known for {nonlinearity!r}; there is one for {', '.join(_PLAIN)}, tanh, relu, "
        "leaky_relu and selu"
    )


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many numbers go into one output of a layer with this weight, and out of one input."""
    shape = tensor._array.shape
    if len(shape) < 2:
        raise ValueError(
            f"a weight needs at least 2 dimensions, (out, in, ...), to have a fan in and a fan "
            f"out; this one has shape {tuple(shape)}"
        )
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode is 'fan_in' or 'fan_out', got {mode!r}")
    return _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]


def _set(tensor: Tensor, array: Any, name: str) -> Tensor:
    with no_grad():
        tensor._array[...] = array
        adopt(tensor, None, name)
    return tensor


def _is_nothing(tensor: Tensor) -> bool:
    """Whether there are no numbers to fill in; PyTorch warns of that."""
    if tensor._array.size:
        return False
    warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=3)
    return True


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
        return tensor if result is array else _set(tensor, result, "trunc_normal_")
    nearest = max(a, min(mean, b))
    top = -0.5 * ((nearest - mean) / std) ** 2
    result, pending = array, np.ones(array.shape, np.bool_)
    while pending.any():
        drawn = uniform_(empty_like(tensor), a, b, generator)._array
        chances = uniform_(empty_like(tensor), generator=generator)._array
        result = np.where(pending, drawn, result)
        with np.errstate(divide="ignore"):
            pending &= np.log(chances) > ((drawn - mean) / std) ** 2 * -0.5 - top
    return _set(tensor, result, "trunc_normal_")


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One number everywhere.

    Examples
    --------
    >>> mg.nn.init.constant_(mg.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return _set(tensor, val, "constant_")


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere.

    Examples
    --------
    >>> mg.nn.init.ones_(mg.empty(2))
    tensor([1., 1.])
    """
    return _set(tensor, 1, "ones_")


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere.

    Examples
    --------
    >>> mg.nn.init.zeros_(mg.empty(2))
    tensor([0., 0.])
    """
    return _set(tensor, 0, "zeros_")


def eye_(tensor: Tensor) -> Tensor:
    """1 on the diagonal of a matrix, 0 elsewhere.

    Raises
    ------
    ValueError
        If it has not 2 dimensions.

    Examples
    --------
    >>> mg.nn.init.eye_(mg.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    shape = tensor._array.shape
    if len(shape) != 2:
        raise ShapeError(f"eye_ fills matrices, this Tensor has shape {tuple(shape)}")
    return _set(tensor, np.eye(*shape), "eye_")


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform numbers up to ``gain sqrt(6 / (fan_in + fan_out))`` (Glorot and Bengio, 2010).

    Parameters
    ----------
    tensor : Tensor
        A weight of at least 2 dimensions, (out, in, ...).
    gain : float
        See `calculate_gain`.
    generator : Generator, optional

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If it has fewer dimensions.

    Examples
    --------
    >>> bool((abs(mg.nn.init.xavier_uniform_(mg.empty(3, 3))) < 1).all())
    True
    """
    fans = sum(_calculate_fan_in_and_fan_out(tensor))
    std = gain * math.sqrt(2.0 / fans)
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal numbers of deviation ``gain sqrt(2 / (fan_in + fan_out))``; see `xavier_uniform_`.

    Examples
    --------
    >>> mg.nn.init.xavier_normal_(mg.empty(3, 3)).shape
    microgradnn.Size([3, 3])
    """
    fans = sum(_calculate_fan_in_and_fan_out(tensor))
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / fans), generator)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:  # fmt: skip
    """Uniform numbers up to ``gain sqrt(3 / fan)`` (He et al., 2015).

    Parameters
    ----------
    tensor : Tensor
        A weight of at least 2 dimensions, (out, in, ...).
    a : float
        The slope of the leaky ReLU that follows.
    mode : {"fan_in", "fan_out"}
        Whether the size of the numbers is kept in the forward or in the backward pass.
    nonlinearity : str
        See `calculate_gain`.
    generator : Generator, optional

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If it has fewer dimensions, or for an unknown mode or nonlinearity.

    Examples
    --------
    >>> mg.nn.init.kaiming_uniform_(mg.empty(3, 3)).shape
    microgradnn.Size([3, 3])
    """
    if _is_nothing(tensor):
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    std = calculate_gain(nonlinearity, a) / math.sqrt(fan)
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:  # fmt: skip
    """Normal numbers of deviation ``gain / sqrt(fan)``; see `kaiming_uniform_`.

    Examples
    --------
    >>> mg.nn.init.kaiming_normal_(mg.empty(3, 3)).shape
    microgradnn.Size([3, 3])
    """
    if _is_nothing(tensor):
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(fan), generator)
