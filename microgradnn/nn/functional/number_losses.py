"""Losses of numbers: how far they are from the wanted ones, or how unlikely these are."""

from __future__ import annotations

import math

from ..._tensor import Tensor
from ...functions.elementwise import where
from ...grad_mode import no_grad
from ...rules import losses as rules
from ._operands import check
from .reduction import chosen, reduced, warn_of_shapes


def _weighted(
    name: str, losses: Tensor, input: Tensor, weight: Tensor | None, reduction: str, by_weight: bool
) -> Tensor:
    """Losses times their weights, reduced; the mean may be by the sum of the weights."""
    if weight is None:
        return reduced(losses, reduction)
    check(name, weight=weight)
    if weight._array.shape != input._array.shape:
        raise ValueError(
            f"{name}: weights and input must have the same size, got {tuple(weight.shape)} and "
            f"{tuple(input.shape)}"
        )
    weighted = losses * weight
    if reduction == "mean" and by_weight:
        return weighted.sum() / weight.sum()
    return reduced(weighted, reduction)


def mse_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """The squared error ``(input - target)**2``.

    Parameters
    ----------
    input, target : Tensor
        Of the same shape: others are broadcast, with a warning.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}
    weight : Tensor, optional
        A factor for each element, of the input's shape; the mean divides by their sum.

    Returns
    -------
    Tensor
        0-d, or of the input's shape for ``reduction="none"``.

    Raises
    ------
    ValueError
        For another reduction, or weights of another shape.

    Examples
    --------
    >>> mg.nn.functional.mse_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = chosen(reduction, size_average, reduce)
    warn_of_shapes("mse_loss", input, target)
    return _weighted("mse_loss", (input - target) ** 2, input, weight, reduction, True)


def l1_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """The absolute error ``|input - target|``; see `mse_loss`.

    Examples
    --------
    >>> mg.nn.functional.l1_loss(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 4.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    warn_of_shapes("l1_loss", input, target)
    return _weighted("l1_loss", abs(input - target), input, weight, reduction, True)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """``d**2 / 2`` for differences up to ``delta``, ``delta * (|d| - delta / 2)`` beyond.

    Parameters
    ----------
    input, target : Tensor
        Of the same shape: others are broadcast, with a warning.
    reduction : {"mean", "sum", "none"}
    delta : float
        Positive.
    weight : Tensor, optional
        A factor for each element, of the input's shape.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If ``delta`` is not positive.

    Examples
    --------
    >>> mg.nn.functional.huber_loss(mg.tensor([0.0, 0.0]), mg.tensor([1.0, 3.0]), "none")
    tensor([0.5000, 2.5000])
    """
    reduction = chosen(reduction)
    warn_of_shapes("huber_loss", input, target)
    if not delta > 0:
        raise RuntimeError(
            f"huber_loss does not support non-positive values for delta, got {delta}"
        )
    losses: Tensor = rules.huber.apply(input, target, float(delta))
    return _weighted("huber_loss", losses, input, weight, reduction, False)


def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
    reduction: str = "mean", beta: float = 1.0,
) -> Tensor:  # fmt: skip
    """`huber_loss` over ``beta``: ``|d| - beta / 2`` for differences larger than ``beta``.

    Parameters
    ----------
    input, target : Tensor
        Of the same shape: others are broadcast, with a warning.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    reduction : {"mean", "sum", "none"}
    beta : float
        0 for `l1_loss`.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If ``beta`` is negative.

    Examples
    --------
    >>> loss = mg.nn.functional.smooth_l1_loss
    >>> loss(mg.tensor([0.0, 0.0]), mg.tensor([1.0, 3.0]), reduction="none", beta=2.0)
    tensor([0.2500, 2.0000])
    """
    reduction = chosen(reduction, size_average, reduce)
    warn_of_shapes("smooth_l1_loss", input, target)
    if not beta >= 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    if beta == 0:
        return reduced(abs(input - target), reduction)
    losses: Tensor = rules.huber.apply(input, target, float(beta))
    return reduced(losses if beta == 1 else losses / float(beta), reduction)


# --- Likelihoods --------------------------------------------------------------------------------


def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool = True, full: bool = False,
    size_average: bool | None = None, eps: float = 1e-8, reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Minus the logarithm of a count's probability under Poisson's distribution.

    Parameters
    ----------
    input : Tensor
        The logarithm of the expected count, or that count itself.
    target : Tensor
        The count.
    log_input : bool
        Which of the two the input is.
    full : bool
        Whether ``log(target!)`` is added, by Stirling's formula, for counts above 1.
    size_average, reduce : bool, optional
        Former arguments in place of ``reduction``.
    eps : float
        Added to the expected count before its logarithm is taken.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.poisson_nll_loss(mg.tensor([0.0]), mg.tensor([2.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    check("poisson_nll_loss", input=input, target=target)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        large = where(target > 1, target, 1.0)
        stirling = large * large.log() - large + 0.5 * (large * (2 * math.pi)).log()
        losses = losses + where(target > 1, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Minus the logarithm of a number's density under a normal distribution.

    ``(log(var) + (input - target)**2 / var) / 2``.

    Parameters
    ----------
    input : Tensor
        The mean.
    target : Tensor
    var : Tensor or float
        The variance: of the input's shape, or with a last size of 1, or without it.
    full : bool
        Whether the constant ``log(2 pi) / 2`` is added.
    eps : float
        What smaller variances count as; their derivative does not notice.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If a variance is negative, or their shape does not fit.

    Examples
    --------
    >>> mg.nn.functional.gaussian_nll_loss(mg.tensor([1.0]), mg.tensor([3.0]), mg.tensor([1.0]))
    tensor(2.)
    """
    reduction = chosen(reduction)
    if isinstance(var, float):
        var = input.detach() * 0 + var
    check("gaussian_nll_loss", input=input, target=target, var=var)
    if (var._array < 0).any():
        raise ValueError("gaussian_nll_loss: var has negative entry/entries")
    shape, given = tuple(input.shape), tuple(var.shape)
    if given != shape:
        if given == shape[:-1]:
            var = var.unsqueeze(-1)
        elif (
            len(given) != len(shape)
            or sum(b for a, b in zip(shape, given, strict=True) if a != b) != 1
        ):
            raise ValueError(
                f"gaussian_nll_loss: var is of incorrect size {given}; for the input {shape} it is "
                f"{shape}, {shape[:-1]}, or has a size of 1 in one place"
            )
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    losses = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)
