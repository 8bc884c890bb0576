"""Adamax: Adam with the largest recent gradient instead of the mean square."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class Adamax(Elementwise):
    """Adamax, Adam for the infinity norm.

    For each parameter ``p`` with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        g = g + weight_decay * p
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g) + eps)
        p = p - lr / (1 - beta1**t) * m / u

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    betas : tuple of float
    eps, weight_decay : float
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
    Kingma, Ba: Adam: a method for stochastic optimization, 2015, section 7.1.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_inf")

    def __init__(
        self, params: Any, lr: float | Tensor = 2e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0, foreach: bool | None = None, *,
        maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "eps", "weight_decay")

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        beta1, beta2 = map(scalar, group["betas"])
        return 1 - beta1, beta2, group["eps"], scalar(group["lr"]) / (1 - beta1**step)

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        m, u = buffers
        share, keep, eps, size = c
        np.subtract(g, m, s)
        np.multiply(s, share, s)
        np.add(m, s, m)
        np.abs(g, s)
        np.add(s, eps, s)
        np.multiply(u, keep, u)
        np.maximum(u, s, out=u)
        np.divide(m, u, s)
        np.multiply(s, size, s)
        np.subtract(p, s, p)
