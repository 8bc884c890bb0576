"""NAdam: Adam with Nesterov's look ahead."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class NAdam(Elementwise):
    """NAdam, Adam with Nesterov momentum.

    For each parameter ``p`` with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        g = g + weight_decay * p                 (p = p - lr * weight_decay * p if decoupled)
        mu(t) = beta1 * (1 - 0.96**(t * momentum_decay) / 2)
        M = mu(1) * mu(2) * ... * mu(t)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        h = mu(t + 1) * m / (1 - M * mu(t + 1)) + (1 - mu(t)) * g / (1 - M)
        p = p - lr * h / (sqrt(v / (1 - beta2**t)) + eps)

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    betas : tuple of float
    eps, weight_decay, momentum_decay : float
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
    Dozat: Incorporating Nesterov momentum into Adam, 2016.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8944], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")
    _alike: ClassVar[bool] = False

    def __init__(
        self, params: Any, lr: float | Tensor = 2e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0, momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
        maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "eps", "weight_decay", "momentum_decay")

    def _counters(self, group: Group) -> dict[str, float]:
        return {"step": 0.0, "mu_product": 1.0}

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        beta1, beta2 = map(scalar, group["betas"])
        lr, pace = scalar(group["lr"]), group["momentum_decay"]
        mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** (t * pace)) for t in (step, step + 1))
        # The product is kept, and rounded, in the dtype of its array, as PyTorch does.
        product = own["mu_product"]._array
        np.multiply(product, product.dtype.type(mu), product)
        so_far = product.item()
        root = sqrt(1 - beta2**step)
        of_g = lr * (1 - mu) / (1 - so_far) * root
        of_m = lr * ahead / (1 - so_far * ahead) * root
        return 1 - beta1, beta2, 1 - beta2, group["eps"] * root, of_g, of_m

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        m, v = buffers
        share, keep, fresh, eps, of_g, of_m = c
        np.subtract(g, m, s)
        np.multiply(s, share, s)
        np.add(m, s, m)
        np.multiply(g, g, s)
        np.multiply(s, fresh, s)
        np.multiply(v, keep, v)
        np.add(v, s, v)
        np.sqrt(v, s)
        np.add(s, eps, s)
        np.divide(m * of_m + g * of_g, s, s)
        np.subtract(p, s, p)
