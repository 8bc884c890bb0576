"""The activations that PyTorch has beside its tensors too, not in ``nn.functional`` alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._methods import both, function, functions
from .._tensor import Tensor
from ..rules import rectifiers
from .elementwise import changing, where
from .filling import source_of

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
"""With these a layer keeps mean 0 and variance 1: Klambauer and others, 2017."""


def with_changing(f: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Enter a function, and its in-place form, into the namespace ``microgradnn``."""
    function(changing(f))
    return function(f)


relu_ = function(changing(functions["relu"]))


@with_changing
def selu(input: Tensor) -> Tensor:
    """`elu` with the factors that keep mean 0 and variance 1 from layer to layer.

    Examples
    --------
    >>> mg.selu(mg.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    result: Tensor = rectifiers.elu.apply(input, SELU_ALPHA, SELU_SCALE, 1.0)
    return result


@with_changing
def celu(input: Tensor, alpha: float = 1.0) -> Tensor:
    """``x`` where it is positive, ``alpha * (exp(x / alpha) - 1)`` elsewhere: smooth at 0.

    Raises
    ------
    ZeroDivisionError
        If ``alpha`` is 0.

    Examples
    --------
    >>> mg.celu(mg.tensor([-1.0, 2.0]), 2.0)
    tensor([-0.7869,  2.0000])
    """
    if alpha == 0:
        raise ZeroDivisionError("alpha cannot be 0 for CELU")
    result: Tensor = rectifiers.elu.apply(input, float(alpha), 1.0, 1.0 / alpha)
    return result


@with_changing
def threshold(input: Tensor, threshold: float, value: float) -> Tensor:
    """``x`` where it is larger than ``threshold``, ``value`` elsewhere.

    Examples
    --------
    >>> mg.threshold(mg.tensor([0.1, 0.5]), 0.3, -1.0)
    tensor([-1.0000,  0.5000])
    """
    return where(input <= threshold, value, input)


@both
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """0 between ``-lambd`` and ``lambd``, ``x`` beyond them.

    Examples
    --------
    >>> mg.hardshrink(mg.tensor([-1.0, 0.2]))
    tensor([-1.,  0.])
    """
    return where((input >= -lambd) * (input <= lambd), 0.0, input)


@both
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """``x`` where it is positive, ``weight * x`` elsewhere, for slopes that are learned.

    Parameters
    ----------
    input : Tensor
        Channels are its second dimension, if it has one.
    weight : Tensor, shape () or (1,) or (channels,)
        Of the input's dtype.

    Returns
    -------
    Tensor
        Of the input's shape.

    Raises
    ------
    RuntimeError
        If the weight's shape or dtype does not fit.

    Examples
    --------
    >>> mg.prelu(mg.tensor([-1.0, 2.0]), mg.tensor(0.25))
    tensor([-0.2500,  2.0000])
    """
    x, w = input._array, weight._array
    if x.dtype != w.dtype:
        raise RuntimeError(
            f"prelu: the input is of dtype {input.dtype}, the weight of {weight.dtype}; they must "
            f"be equal: convert one with .to({input.dtype})"
        )
    channels = x.shape[1] if x.ndim > 1 else 1
    if w.ndim > 1 or w.size not in (1, channels):
        raise RuntimeError(
            f"prelu: the weight has shape {tuple(w.shape)}; the input {tuple(x.shape)} has "
            f"{channels} channels: one slope, or one for each of them, is needed"
        )
    if w.ndim:
        weight = weight.reshape(-1, *[1] * (x.ndim - 2)) if x.ndim > 1 else weight.reshape(())
    return where(input > 0, input, weight * input)


@with_changing
def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False,
    generator: Any = None,
) -> Tensor:  # fmt: skip
    """``x`` where it is positive, ``x`` times a random slope elsewhere.

    Parameters
    ----------
    input : Tensor
    lower, upper : float
        Between them the slopes lie.
    training : bool
        Whether each is drawn; else all are ``(lower + upper) / 2``.
    generator : Generator, optional
        Default: the one that `manual_seed` seeds.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If ``lower`` is larger than ``upper``.

    Examples
    --------
    >>> mg.rrelu(mg.tensor([-24.0, 2.0]))
    tensor([-5.5000,  2.0000])
    """
    if not lower <= upper:
        raise RuntimeError(
            f"rrelu: lower must not be larger than upper, got lower={lower} and upper={upper}"
        )
    if not training:
        result: Tensor = rectifiers.leaky_relu.apply(input, (lower + upper) / 2)
        return result
    source = source_of(generator)
    array = input._array
    slopes = np.ones(array.shape, array.dtype)
    negative = array <= 0
    slopes[negative] = source._uniform(
        int(np.count_nonzero(negative)), np.dtype(np.float64), float(lower), float(upper)
    )
    return input * Tensor._wrap(slopes)


celu_, rrelu_, selu_, threshold_ = (
    functions[name] for name in ("celu_", "rrelu_", "selu_", "threshold_")
)
