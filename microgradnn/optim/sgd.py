"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _mutation
from .._tensor import Tensor
from ..value import Value
from .optimizer import Group, Optimizer, check_range, gradients


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum.

    For each parameter ``p`` with gradient ``g``::

        g = -g                                   if maximize
        g = g + weight_decay * p
        b = momentum * b + (1 - dampening) * g   (b = g at the first step)
        g = g + momentum * b if nesterov else b  (if momentum)
        p = p - lr * g

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float
        The learning rate.
    momentum : float
    dampening : float
    weight_decay : float
    nesterov : bool
        Needs momentum and no dampening.
    maximize : bool
        Go uphill.
    foreach, differentiable, fused : optional
        PyTorch's choices of implementation: None or False, there is one.

    Raises
    ------
    ValueError
        For a negative ``lr``, ``momentum`` or ``weight_decay``, or Nesterov without momentum.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep
    learning, 2013; in PyTorch's form.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        if differentiable:
            raise NotImplementedError(
                "differentiable=True is not implemented: steps are not recorded. Write the update "
                "w = w - lr * g with gradients from autograd.grad(..., create_graph=True)."
            )
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "dampening": dampening,
                "weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize,
                "foreach": foreach, "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def _check_options(self, group: Group) -> None:
        check_range("learning rate", group["lr"])
        check_range("momentum", group["momentum"])
        check_range("weight_decay", group["weight_decay"])
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def _update(self, group: Group) -> None:
        lr = group["lr"].item() if isinstance(group["lr"], Tensor) else group["lr"]
        plain = not (group["momentum"] or group["weight_decay"] or group["maximize"])
        for param, grad in gradients(group):
            if isinstance(param, Value):
                param.data -= lr * self._direction(param, grad, param.data, group)
                continue
            array = param._array
            if plain:
                np.subtract(array, lr * grad._array, out=array)
            else:
                np.subtract(
                    array, lr * self._direction(param, grad._array, array, group), out=array
                )
            _mutation.stamp(array, "SGD.step")

    def _direction(self, param: Any, g: Any, p: Any, group: Group) -> Any:
        """What is taken from a parameter, before the learning rate: the same for both engines."""
        momentum = group["momentum"]
        if group["maximize"]:
            g = -g
        if group["weight_decay"]:
            g = g + group["weight_decay"] * p
        if not momentum:
            return g
        state = self.state.setdefault(param, {})
        buffer = state.get("momentum_buffer")
        if isinstance(param, Value):
            b = g if buffer is None else momentum * buffer + (1 - group["dampening"]) * g
            state["momentum_buffer"] = b
        elif buffer is None:
            b = np.array(g)
            state["momentum_buffer"] = Tensor._wrap(b)
        else:
            b = buffer._array
            np.multiply(b, momentum, out=b)
            np.add(b, (1 - group["dampening"]) * g, out=b)
        return g + momentum * b if group["nesterov"] else b
