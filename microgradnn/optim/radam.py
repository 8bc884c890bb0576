"""RAdam: Adam that waits until the mean square can be trusted."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class RAdam(Elementwise):
    """RAdam, Adam with a rectified variance.

    For each parameter ``p`` with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        g = g + weight_decay * p                 (p = p - lr * weight_decay * p if decoupled)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        R = 2 / (1 - beta2) - 1
        r = R - 2 * t * beta2**t / (1 - beta2**t)
        h = m / (1 - beta1**t)
        if r > 5:
            h = h * sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r))
            h = h * sqrt(1 - beta2**t) / (sqrt(v) + eps)
        p = p - lr * h

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    betas : tuple of float
    eps, weight_decay : float
    decoupled_weight_decay : bool
        Take weight decay from the parameter rather than adding it to the gradient.
    maximize : bool
        Go uphill.
    foreach, capturable : bool, optional
        PyTorch's choices of implementation: accepted, there is one.
    differentiable : bool
        Not implemented.

    Raises
    ------
    ValueError
        For a negative number, or betas outside of ``[0, 1)``.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Liu, Jiang, He, Chen, Liu, Gao, Han: On the variance of the adaptive learning rate and beyond,
    2020.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0, decoupled_weight_decay: bool = False, *,
        foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
        differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "eps", "weight_decay")

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        beta1, beta2 = map(scalar, group["betas"])
        size = scalar(group["lr"]) / (1 - beta1**step)
        limit = 2 / (1 - beta2) - 1
        known = 1 - beta2**step
        length = limit - 2 * step * beta2**step / known
        eps = None
        if length > 5:
            eps = group["eps"]
            trust = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
            size *= sqrt(trust) * sqrt(known)
        return 1 - beta1, beta2, 1 - beta2, eps, size

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        m, v = buffers
        share, keep, fresh, eps, size = c
        np.subtract(g, m, s)
        np.multiply(s, share, s)
        np.add(m, s, m)
        np.multiply(g, g, s)
        np.multiply(s, fresh, s)
        np.multiply(v, keep, v)
        np.add(v, s, v)
        np.multiply(m, size, s)
        if eps is not None:  # the mean of squares has seen enough of them
            np.divide(s, np.sqrt(v) + eps, s)
        np.subtract(p, s, p)
