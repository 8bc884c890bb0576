"""Random numbers as large as keeps the signal's size from layer to layer."""

from __future__ import annotations

import math
import warnings

from ..._generator import Generator
from ..._tensor import Tensor
from .fills import normal_, uniform_

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


def _is_nothing(tensor: Tensor) -> bool:
    """Whether there are no numbers to fill in; PyTorch warns of that."""
    if tensor._array.size:
        return False
    warnings.warn("Initializing zero-element tensors is a no-op", UserWarning, stacklevel=3)
    return True


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
