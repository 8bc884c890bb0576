"""Adagrad: gradients over the root of the sum of all their squares."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class Adagrad(Elementwise):
    """Adagrad.

    For each parameter ``p`` with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        g = g + weight_decay * p
        v = v + g**2                             (v = initial_accumulator_value at first)
        p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(v) + eps)

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    lr_decay, weight_decay, initial_accumulator_value, eps : float
    maximize : bool
        Go uphill.
    foreach, fused : bool, optional
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
    Duchi, Hazan, Singer: Adaptive subgradient methods for online learning and stochastic
    optimization, 2011.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("sum",)

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *,
        maximize: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_implementation(differentiable, foreach, fused)
        options = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, options)
        # Here, as in PyTorch, the state is there from the start and of all parameters.
        for group in self.param_groups:
            for param in group["params"]:
                if isinstance(param, Tensor):
                    self._memory(group, self.state[param], param._array)

    def _check_options(self, group: Group) -> None:
        check_common(group, "lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def _first(self, group: Group, name: str) -> float:
        return float(self.defaults["initial_accumulator_value"])

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        return group["eps"], scalar(group["lr"]) / (1 + (step - 1) * group["lr_decay"])

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        (v,) = buffers
        eps, size = c
        np.multiply(g, g, s)
        np.add(v, s, v)
        np.sqrt(v, s)
        np.add(s, eps, s)
        np.divide(g, s, s)
        np.multiply(s, size, s)
        np.subtract(p, s, p)
