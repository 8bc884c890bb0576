"""Normalising channels: over a batch, over each image, over groups of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._inplace import adopt, check_target
from ..._tensor import Tensor
from ...rules.normalisation import standardise
from ._operands import check
from .normalisation import affine, check_floats


def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None,
    weight: Tensor | None = None, bias: Tensor | None = None, training: bool = False,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    ``y = (x - mean) / sqrt(variance + eps) * weight + bias`` (Ioffe and Szegedy, 2015). In training
    mean and variance are those of the batch, and the running ones move towards them, in place:
    ``running = (1 - momentum) * running + momentum * batch``, the variance with ``n - 1`` in its
    denominator. Otherwise the running ones are used.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, ...)
    running_mean, running_var : Tensor, shape (channels,), or None
        Needed unless training.
    weight, bias : Tensor, shape (channels,), optional
    training : bool
    momentum : float
    eps : float
        Keeps the denominator away from 0.

    Returns
    -------
    Tensor, shape (batch, channels, ...)

    Raises
    ------
    ValueError
        In training, if there is only one number for each channel.
    RuntimeError
        If shapes or dtypes do not fit, or running statistics are missing.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 10.0], [3.0, 30.0]])
    >>> mg.nn.functional.batch_norm(x, None, None, training=True)
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """
    given = {"running_mean": running_mean, "running_var": running_var}
    check("batch_norm", input=input, weight=weight, bias=bias, **given)
    shape = _channels("batch_norm", input, weight=weight, bias=bias, **given)
    axes = (0, *range(2, len(shape)))
    if not training:
        return _by_running("batch_norm", input, running_mean, running_var, weight, bias, eps)
    size = math.prod(shape[k] for k in axes)
    if size == 1:
        raise ValueError(
            f"batch_norm: expected more than 1 value per channel when training, got input of shape "
            f"{tuple(shape)}: the variance of one value is 0; use a larger batch, or eval()"
        )
    result, mean, variance = standardise.apply(input, axes, eps)
    if input._array.size:
        unbiased = variance._array.reshape(-1) * (size / (size - 1))
        _move(running_mean, mean._array.reshape(-1), momentum)
        _move(running_var, unbiased, momentum)
    return _scaled(result, weight, bias, len(shape) - 2)


def instance_norm(
    input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
    weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel of each image brought to mean 0 and variance 1 (Ulyanov et al., 2016).

    Parameters
    ----------
    input : Tensor, shape (batch, channels, ...)
    running_mean, running_var : Tensor, shape (channels,), optional
        They move towards the mean over the batch of the statistics, as in `batch_norm`.
    weight, bias : Tensor, shape (channels,), optional
    use_input_stats : bool
        Whether the statistics are the input's, not the running ones.
    momentum, eps : float

    Returns
    -------
    Tensor, shape (batch, channels, ...)

    Raises
    ------
    ValueError
        If a channel has only one number.
    RuntimeError
        If shapes or dtypes do not fit, or running statistics are missing.

    Examples
    --------
    >>> mg.nn.functional.instance_norm(mg.tensor([[[1.0, 3.0], [10.0, 30.0]]]))
    tensor([[[-1.0000,  1.0000],
             [-1.0000,  1.0000]]])
    """
    given = {"running_mean": running_mean, "running_var": running_var}
    check("instance_norm", input=input, weight=weight, bias=bias, **given)
    shape = _channels("instance_norm", input, weight=weight, bias=bias, **given)
    if not use_input_stats:
        return _by_running("instance_norm", input, running_mean, running_var, weight, bias, eps)
    size = math.prod(shape[2:])
    if size == 1:
        raise ValueError(
            f"instance_norm: expected more than 1 spatial element when training, got input of "
            f"shape {tuple(shape)}: the variance of one number is 0"
        )
    result, mean, variance = standardise.apply(input, tuple(range(2, len(shape))), eps)
    if input._array.size:
        unbiased = variance._array.reshape(shape[:2]).mean(0) * (size / (size - 1))
        _move(running_mean, mean._array.reshape(shape[:2]).mean(0), momentum)
        _move(running_var, unbiased, momentum)
    return _scaled(result, weight, bias, len(shape) - 2)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """The channels of each group together brought to mean 0 and variance 1 (Wu and He, 2018).

    Parameters
    ----------
    input : Tensor, shape (batch, channels, ...)
    num_groups : int
        It divides the channels.
    weight, bias : Tensor, shape (channels,), optional
    eps : float

    Returns
    -------
    Tensor, shape (batch, channels, ...)

    Raises
    ------
    ValueError
        If there is one number in each group, or groups do not divide the channels.
    RuntimeError
        If shapes or dtypes do not fit.

    Examples
    --------
    >>> mg.nn.functional.group_norm(mg.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    check("group_norm", input=input, weight=weight, bias=bias)
    shape = _channels("group_norm", input, weight=weight, bias=bias)
    if num_groups < 1 or shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: expected number of channels in input to be divisible by num_groups, but "
            f"got input of shape {tuple(shape)} and num_groups={num_groups}"
        )
    if math.prod(shape[2:]) * shape[0] * (shape[1] // num_groups) == 1:
        raise ValueError(
            f"group_norm: expected more than 1 value per channel when training, got input of shape "
            f"{tuple(shape)} in {num_groups} groups"
        )
    grouped = (shape[0], num_groups, shape[1] // num_groups, *shape[2:])
    result, _, _ = standardise.apply(input.reshape(grouped), tuple(range(2, len(grouped))), eps)
    return _scaled(result.reshape(shape), weight, bias, len(shape) - 2)


# --- what they share ------------------------------------------------------------------------------


def _channels(name: str, input: Tensor, **of_channels: Tensor | None) -> tuple[int, ...]:
    """The input's shape, after all that has one number for each channel has been checked."""
    shape: tuple[int, ...] = input._array.shape
    if len(shape) < 2 and (input._array.size or not shape):
        raise ShapeError(
            f"{name}: expected at least 2 dimensions, (batch, channels, ...), got input of shape "
            f"{tuple(shape)}"
        )
    check_floats(name, input)
    for operand, value in of_channels.items():
        if len(shape) > 1 and value is not None and value._array.shape != (shape[1],):
            raise ShapeError(
                f"{name}: {operand} should contain {shape[1]} elements, one for each channel of "
                f"the input {tuple(shape)}; it has shape {tuple(value._array.shape)}"
            )
    return shape


def _move(running: Tensor | None, found: Any, momentum: float) -> None:
    """Let a running statistic follow what was found in a batch, in place."""
    if running is None:
        return
    check_target(running, "batch_norm")
    array = running._array
    array *= 1.0 - momentum
    array += found * momentum
    adopt(running, None, "batch_norm")


def _by_running(
    name: str, input: Tensor, mean: Tensor | None, variance: Tensor | None,
    weight: Tensor | None, bias: Tensor | None, eps: float,
) -> Tensor:  # fmt: skip
    """Normalised by given statistics: one factor and one summand for each channel."""
    if mean is None or variance is None:
        raise RuntimeError(
            f"{name}: expected running_mean and running_var to be defined when the statistics of "
            "the input are not used"
        )
    factor = Tensor._wrap(1.0 / np.sqrt(variance._array + eps))
    factor = factor if weight is None else weight * factor
    summand = mean.detach() * -factor
    return _scaled(input, factor, summand if bias is None else bias + summand, input.ndim - 2)


def _scaled(x: Any, weight: Any, bias: Any, behind: int) -> Tensor:
    """``x * weight + bias`` for each channel, with some dimensions behind that of the channels."""
    if behind:
        shape = (-1,) + (1,) * behind
        weight = None if weight is None else weight.reshape(shape)
        bias = None if bias is None else bias.reshape(shape)
    return affine(x, weight, bias)
