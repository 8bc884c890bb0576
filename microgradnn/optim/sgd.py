"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .blocks import LARGE, blocks
from .optimizer import Group, Optimizer, Ready
from .options import check_common, check_implementation, numbers


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

    _buffers: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-3, momentum: float = 0, dampening: float = 0,
        weight_decay: float = 0, nesterov: bool = False, *, maximize: bool = False,
        foreach: bool | None = None, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_implementation(differentiable, foreach, fused)
        options = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "momentum", "weight_decay")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def _kept(self, group: Group) -> tuple[str, ...]:
        return self._buffers if group["momentum"] else ()

    def _factors(self, group: Group, own: dict[str, Any], run: Ready) -> tuple[Any, ...]:
        """The numbers in an update."""
        return group["lr"], group["momentum"], 1 - group["dampening"], group["weight_decay"]

    def _update(self, group: Group, ready: Ready) -> None:
        mass, friction, pull = group["momentum"], group["dampening"], group["weight_decay"]
        uphill, ahead = group["maximize"], group["nesterov"]
        dtype: Any = None
        lr = momentum = share = decay = dtype
        for own, p, g in ready:
            if p.dtype is not dtype:
                dtype = p.dtype
                lr, momentum, share, decay = numbers(self._factors(group, own, ready), dtype)
            b = own["momentum_buffer"]._array if mass and "momentum_buffer" in own else None
            first = mass and b is None
            if first:
                b = np.empty_like(p)
                own["momentum_buffer"] = Tensor._wrap(b)
            for part, slope, part_b in ((p, g, b),) if p.size < LARGE else blocks(p, g, b):
                if uphill:
                    slope = -slope
                if pull:
                    slope = slope + decay * part
                if first:
                    np.copyto(part_b, slope)
                elif mass:
                    np.multiply(part_b, momentum, part_b)
                    np.add(part_b, share * slope if friction else slope, part_b)
                if ahead:
                    slope = slope + momentum * part_b
                elif mass:
                    slope = part_b
                np.subtract(part, lr * slope, part)
