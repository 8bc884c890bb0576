"""RMSprop: gradients over the root of a running mean of their squares."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation


class RMSprop(Elementwise):
    """RMSprop, with momentum.

    For each parameter ``p`` with gradient ``g``::

        g = -g                                   if maximize
        g = g + weight_decay * p
        v = alpha * v + (1 - alpha) * g**2
        a = alpha * a + (1 - alpha) * g          if centered
        h = g / (sqrt(v) + eps)                  (sqrt(v - a**2) if centered)
        h = b = momentum * b + h                 (if momentum)
        p = p - lr * h

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    alpha : float
        How much of the mean is kept.
    eps, weight_decay, momentum : float
    centered : bool
        Divide by the root of the gradients' variance rather than of their mean square.
    maximize : bool
        Go uphill.
    foreach, capturable : bool, optional
        PyTorch's choices of implementation: accepted, there is one.
    differentiable : bool
        Not implemented.

    Raises
    ------
    ValueError
        For a negative number.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Hinton: Neural networks for machine learning, lecture 6e, 2012. Graves: Generating sequences
    with recurrent neural networks, 2013 (`centered`).

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.RMSprop([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("square_avg", "momentum_buffer", "grad_avg")

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-2, alpha: float = 0.99, eps: float = 1e-8,
        weight_decay: float = 0, momentum: float = 0, centered: bool = False,
        capturable: bool = False, foreach: bool | None = None, maximize: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "alpha", "eps", "weight_decay", "momentum")

    def _kept(self, group: Group) -> tuple[str, ...]:
        used = (True, group["momentum"] > 0, group["centered"])
        return tuple(name for name, use in zip(self._buffers, used, strict=True) if use)

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        keep = group["alpha"]
        return keep, 1 - keep, group["eps"], group["momentum"], group["lr"]

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        v, b, mean = buffers
        keep, fresh, eps, momentum, size = c
        np.multiply(g, g, s)
        np.multiply(s, fresh, s)
        np.multiply(v, keep, v)
        np.add(v, s, v)
        if mean is None:
            np.sqrt(v, s)
        else:
            np.subtract(g, mean, s)
            np.multiply(s, fresh, s)
            np.add(mean, s, mean)
            np.multiply(mean, mean, s)
            np.sqrt(np.subtract(v, s, s), s)
        np.add(s, eps, s)
        np.divide(g, s, s)
        if b is not None:
            np.multiply(b, momentum, b)
            np.add(b, s, b)
        np.multiply(s if b is None else b, size, s)
        np.subtract(p, s, p)
