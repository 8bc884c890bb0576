"""Functions that networks put between their linear parts."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..._inplace import check_target, write
from ..._tensor import Tensor
from ...functions import elementwise as e
from ...functions.mathematics import clamp
from ...rules import activations as rules
from ...rules import elementwise as elementary
from ._operands import check


def _applied(name: str, input: Tensor, inplace: bool, f: Callable[[Tensor], Tensor]) -> Tensor:
    """``f(input)``, or its result written into ``input``."""
    check(name, input=input)
    if not inplace:
        return f(input)
    name = f"{name}(inplace=True)"
    check_target(input, name)
    # The derivative may need the old numbers: those of a copy. That of relu needs the new ones.
    return write(input, f(input if f is rules.relu.apply else input.clone()), name)


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + exp(-x))``, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> mg.nn.functional.sigmoid(mg.tensor([0.0]))
    tensor([0.5000])
    """
    check("sigmoid", input=input)
    result: Tensor = rules.sigmoid.apply(input)
    return result


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent, elementwise.

    Examples
    --------
    >>> mg.nn.functional.tanh(mg.tensor([0.0]))
    tensor([0.])
    """
    check("tanh", input=input)
    result: Tensor = elementary.tanh.apply(input)
    return result


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(x, 0)``, elementwise.

    Parameters
    ----------
    input : Tensor
    inplace : bool
        Whether the result is written into ``input``.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.relu(mg.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return _applied("relu", input, inplace, rules.relu.apply)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``negative_slope * x`` elsewhere.

    Examples
    --------
    >>> mg.nn.functional.leaky_relu(mg.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    return _applied(
        "leaky_relu", input, inplace, lambda x: e.where(x > 0, x, x * float(negative_slope))
    )


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Examples
    --------
    >>> mg.nn.functional.elu(mg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """

    def f(x: Tensor) -> Tensor:
        # clamp, so that exp is not asked for large numbers; its derivative is 1 at 0 itself.
        curved: Tensor = elementary.expm1.apply(clamp(x, max=0)) * float(alpha)
        result: Tensor = e.where(x > 0, x, curved)
        return result

    return _applied("elu", input, inplace, f)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * sigmoid(x)``, also called swish.

    Examples
    --------
    >>> mg.nn.functional.silu(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """
    return _applied("silu", input, inplace, lambda x: x * rules.sigmoid.apply(x))


def _between(x: Tensor, low: float, high: float) -> Tensor:
    """``x`` cut off at two limits; flat on the limits themselves, unlike clamp: as in PyTorch."""
    result: Tensor = e.where((x > low) * (x < high), x, clamp(x.detach(), low, high))
    return result


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``x`` between two limits, the limit beyond them.

    Examples
    --------
    >>> mg.nn.functional.hardtanh(mg.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    return _applied("hardtanh", input, inplace, lambda x: _between(x, min_val, max_val))


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x, 0), 6)``.

    Examples
    --------
    >>> mg.nn.functional.relu6(mg.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    return _applied("relu6", input, inplace, lambda x: _between(x, 0.0, 6.0))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """``log(1 + exp(beta x)) / beta``: a smooth ReLU.

    Parameters
    ----------
    input : Tensor
    beta : float
    threshold : float
        Where ``beta x`` is larger than this, the result is ``x``.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.softplus(mg.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    check("softplus", input=input)
    scaled = input if beta == 1 else input * float(beta)
    curved = rules.softplus.apply(scaled)
    if beta != 1:
        curved = curved / float(beta)
    result: Tensor = e.where(scaled > threshold, input, curved)
    return result


def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, computed without overflow.

    Examples
    --------
    >>> mg.nn.functional.logsigmoid(mg.tensor([0.0, -200.0]))
    tensor([  -0.6931, -200.0000])
    """
    check("logsigmoid", input=input)
    result: Tensor = -rules.softplus.apply(-input)
    return result


def softsign(input: Tensor) -> Tensor:
    """``x / (1 + |x|)``.

    Examples
    --------
    >>> mg.nn.functional.softsign(mg.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """
    check("softsign", input=input)
    return input / (1.0 + abs(input))


def _dimension(name: str, dim: int | None, input: Tensor) -> int:
    """The dimension given; the one PyTorch guesses, with its warning, if there is none."""
    check(name, input=input)
    if dim is not None:
        return dim
    guessed = 0 if input.ndim in (0, 1, 3) else 1
    warnings.warn(
        f"{name} was not told its dimension and takes dim={guessed} for {input.ndim} dimensions; "
        f"say {name}(..., dim={guessed})",
        UserWarning,
        stacklevel=3,
    )
    return guessed


def softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """``exp(x) / sum(exp(x))`` along one dimension, computed without overflow.

    Parameters
    ----------
    input : Tensor
    dim : int
        Without it PyTorch's guess is taken, with a warning.
    dtype : dtype, optional
        Converted to before.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.softmax(mg.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return e.softmax(input, _dimension("softmax", dim, input), dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """``log(softmax(x))`` along one dimension, computed without overflow; see `softmax`.

    Examples
    --------
    >>> mg.nn.functional.log_softmax(mg.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return e.log_softmax(input, _dimension("log_softmax", dim, input), dtype=dtype)
