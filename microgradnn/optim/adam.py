"""Adam: a running mean of gradients over the root of a running mean of their squares."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class Adam(Elementwise):
    """Adam.

    For each parameter ``p`` with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        g = g + weight_decay * p                 (p = p - lr * weight_decay * p if decoupled)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        p = p - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    With `amsgrad`, ``v`` is replaced in the last line by the largest it has been so far.

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    betas : tuple of float or Tensor
    eps : float
    weight_decay : float
    amsgrad : bool
    maximize : bool
        Go uphill.
    foreach, capturable, fused : bool, optional
        PyTorch's choices of implementation: accepted, there is one.
    differentiable : bool
        Not implemented.
    decoupled_weight_decay : bool
        Take weight decay from the parameter rather than adding it to the gradient, as `AdamW`.

    Raises
    ------
    ValueError
        For a negative ``lr``, ``eps`` or ``weight_decay``, or betas outside of ``[0, 1)``.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Kingma, Ba: Adam: a method for stochastic optimization, 2015. Reddi, Kale, Kumar: On the
    convergence of Adam and beyond, 2018 (`amsgrad`).

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None,
        maximize: bool = False, capturable: bool = False, differentiable: bool = False,
        fused: bool | None = None, decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable, foreach, fused)
        options = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "eps", "weight_decay")
        group["betas"] = tuple(map(scalar, group["betas"]))

    def _kept(self, group: Group) -> tuple[str, ...]:
        return self._buffers if group["amsgrad"] else self._buffers[:2]

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        beta1, beta2 = group["betas"]
        root = sqrt(1 - beta2**step)
        size = scalar(group["lr"]) / (1 - beta1**step)
        # m / (sqrt(v) / root + eps) * size, with one division of arrays less.
        return 1 - beta1, beta2, 1 - beta2, group["eps"] * root, size * root

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        m, v, largest = buffers
        share, keep, fresh, eps, size = c
        np.subtract(g, m, s)
        np.multiply(s, share, s)
        np.add(m, s, m)
        np.multiply(g, g, s)
        np.multiply(s, fresh, s)
        np.multiply(v, keep, v)
        np.add(v, s, v)
        if largest is not None:
            v = np.maximum(largest, v, out=largest)
        np.sqrt(v, s)
        np.add(s, eps, s)
        np.divide(m, s, s)
        np.multiply(s, size, s)
        np.subtract(p, s, p)


class AdamW(Adam):
    """Adam with decoupled weight decay: each step takes ``lr * weight_decay * p`` from ``p``.

    Parameters are as for `Adam`.

    References
    ----------
    Loshchilov, Hutter: Decoupled weight decay regularization, 2019.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8500], requires_grad=True)
    """

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False,
        foreach: bool | None = None, capturable: bool = False, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
            capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=True,
        )  # fmt: skip
