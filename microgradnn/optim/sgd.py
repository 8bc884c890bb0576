"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._mutation import stamp
from .._tensor import Tensor
from ..value import Value
from .optimizer import Group, Optimizer, Ready, check_range, numbers


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
    foreach, fused : bool, optional
        PyTorch's choices of implementation: accepted, there is one.
    differentiable : bool
        Not implemented.

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
        self, params: Any, lr: float | Tensor = 1e-3, momentum: float = 0, dampening: float = 0,
        weight_decay: float = 0, nesterov: bool = False, *, maximize: bool = False,
        foreach: bool | None = None, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        if differentiable:
            raise NotImplementedError(
                "differentiable=True is not implemented: steps are not recorded. Write the update "
                "w = w - lr * g with gradients from autograd.grad(..., create_graph=True)."
            )
        if foreach and fused:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        options = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        if isinstance(group["lr"], Tensor) and group["lr"].numel() != 1:
            raise ValueError(f"Tensor lr must be 1-element, got shape {tuple(group['lr'].shape)}")
        check_range("learning rate", group["lr"])
        check_range("momentum", group["momentum"])
        check_range("weight_decay", group["weight_decay"])
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def _update(self, group: Group, ready: Ready) -> None:
        rate, mass, friction, pull = (
            group[name] for name in ("lr", "momentum", "dampening", "weight_decay")
        )
        uphill, ahead = group["maximize"], group["nesterov"]
        plain = not (mass or pull or uphill)
        state = self.state
        dtype: Any = None
        lr = momentum = share = decay = dtype
        for param, p, g in ready:
            if param.__class__ is Value:
                self._update_value(param, group)
                continue
            if p.dtype is not dtype:
                dtype = p.dtype
                lr, momentum, share, decay = numbers((rate, mass, 1 - friction, pull), dtype)
            if not plain:
                if uphill:
                    g = -g
                if pull:
                    g = g + decay * p
                if mass:
                    own = state[param]
                    buffer = own.get("momentum_buffer")
                    if buffer is None:
                        b = np.array(g)
                        own["momentum_buffer"] = Tensor._wrap(b)
                    else:
                        b = buffer._array
                        np.multiply(b, momentum, b)
                        np.add(b, share * g if friction else g, b)
                    g = g + momentum * b if ahead else b
            np.subtract(p, lr * g, p)
            stamp(p, "SGD.step")

    def _update_value(self, value: Value, group: Group) -> None:
        """The same for a number."""
        g = -value.grad if group["maximize"] else value.grad
        if group["weight_decay"]:
            g = g + group["weight_decay"] * value.data
        momentum = group["momentum"]
        if momentum:
            state = self.state[value]
            b = state.get("momentum_buffer")
            b = g if b is None else momentum * b + (1 - group["dampening"]) * g
            state["momentum_buffer"] = b
            g = g + momentum * b if group["nesterov"] else b
        lr = group["lr"]
        value.data -= (lr.item() if isinstance(lr, Tensor) else lr) * g
