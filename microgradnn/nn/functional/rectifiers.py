"""Activations that are ``x`` for large ``x``: ReLU and its variants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._inplace import check_target, write
from ..._tensor import Tensor
from ...functions import activations as functions
from ...functions.elementwise import changing, where
from ...rules import activations as rules
from ...rules import elementwise as elementary
from ...rules import rectifiers
from ._operands import check


def applied(
    name: str, input: Tensor, inplace: bool, f: Callable[..., Tensor], *options: Any
) -> Tensor:
    """``f(input, *options)``, or its result written into ``input``."""
    check(name, input=input)
    if not inplace:
        return f(input, *options)
    name = f"{name}(inplace=True)"
    check_target(input, name)
    return write(input, f(input, *options), name)


def composed(name: str, input: Tensor, inplace: bool, f: Callable[[Tensor], Tensor]) -> Tensor:
    """`applied` for several operations: in place, what they save must be a copy."""
    if inplace and isinstance(input, Tensor):
        return applied(name, input, True, lambda x: f(x.clone()))
    return applied(name, input, inplace, f)


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
    return applied("relu", input, inplace, rules.relu.apply)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x, 0), 6)``.

    Examples
    --------
    >>> mg.nn.functional.relu6(mg.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    return applied("relu6", input, inplace, rectifiers.hardtanh.apply, 0.0, 6.0)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``negative_slope * x`` elsewhere.

    Examples
    --------
    >>> mg.nn.functional.leaky_relu(mg.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    slope = float(negative_slope)
    return applied("leaky_relu", input, inplace, rectifiers.leaky_relu.apply, slope)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False,
    inplace: bool = False,
) -> Tensor:  # fmt: skip
    """``x`` where it is positive, ``x`` times a random slope elsewhere; see `microgradnn.rrelu`.

    Examples
    --------
    >>> mg.nn.functional.rrelu(mg.tensor([-24.0, 2.0]))
    tensor([-5.5000,  2.0000])
    """
    return applied("rrelu", input, inplace, functions.rrelu, lower, upper, training)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Examples
    --------
    >>> mg.nn.functional.elu(mg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return applied("elu", input, inplace, rectifiers.elu.apply, float(alpha), 1.0, 1.0)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """`elu` with the factors that keep mean 0 and variance 1 from layer to layer.

    Examples
    --------
    >>> mg.nn.functional.selu(mg.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return applied("selu", input, inplace, functions.selu)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where it is positive, ``alpha * (exp(x / alpha) - 1)`` elsewhere: smooth at 0.

    Raises
    ------
    ZeroDivisionError
        If ``alpha`` is 0.

    Examples
    --------
    >>> mg.nn.functional.celu(mg.tensor([-1.0, 2.0]), 2.0)
    tensor([-0.7869,  2.0000])
    """
    return applied("celu", input, inplace, functions.celu, alpha)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``x`` where it is larger than ``threshold``, ``value`` elsewhere.

    Examples
    --------
    >>> mg.nn.functional.threshold(mg.tensor([0.1, 0.5]), 0.3, -1.0)
    tensor([-1.0000,  0.5000])
    """
    return applied("threshold", input, inplace, functions.threshold, threshold, value)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * sigmoid(x)``, also called swish.

    Examples
    --------
    >>> mg.nn.functional.silu(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """
    return applied("silu", input, inplace, rectifiers.silu.apply)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """``x`` times the probability that a standard normal number is smaller than ``x``.

    Parameters
    ----------
    input : Tensor
    approximate : {"none", "tanh"}
        Whether that probability is ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 x**3))) / 2``, as in
        GPT-2.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        For another approximation.

    Examples
    --------
    >>> mg.nn.functional.gelu(mg.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    check("gelu", input=input)
    if approximate not in ("none", "tanh"):
        raise RuntimeError(
            f"gelu: approximate argument must be either none or tanh, got {approximate!r}"
        )
    if approximate == "tanh":
        result: Tensor = rectifiers.gelu_tanh.apply(input)
    else:
        result, _ = rectifiers.gelu.apply(input)
    return result


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * tanh(softplus(x))``.

    Examples
    --------
    >>> mg.nn.functional.mish(mg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """

    def f(x: Tensor) -> Tensor:
        result: Tensor = x * elementary.tanh.apply(rules.softplus.apply(x))
        return result

    return composed("mish", input, inplace, f)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * relu6(x + 3) / 6``: `silu` in straight lines and a parabola.

    Examples
    --------
    >>> mg.nn.functional.hardswish(mg.tensor([-1.0, 1.0, 4.0]))
    tensor([-0.3333,  0.6667,  4.0000])
    """

    def f(x: Tensor) -> Tensor:
        result: Tensor = x * rectifiers.hardtanh.apply(x + 3.0, 0.0, 6.0) / 6.0
        return result

    return composed("hardswish", input, inplace, f)


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
    return where(scaled > threshold, input, curved)


leaky_relu_ = changing(leaky_relu)
elu_ = changing(elu)
