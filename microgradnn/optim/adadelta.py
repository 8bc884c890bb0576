"""Adadelta: the root of mean squared steps over the root of mean squared gradients."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation


class Adadelta(Elementwise):
    """Adadelta.

    For each parameter ``p`` with gradient ``g``::

        g = -g                                   if maximize
        g = g + weight_decay * p
        v = rho * v + (1 - rho) * g**2
        d = sqrt(u + eps) / sqrt(v + eps) * g
        u = rho * u + (1 - rho) * d**2
        p = p - lr * d

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    rho : float
        How much of the means is kept, in ``[0, 1]``.
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
        For a negative number, or a `rho` above 1.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Zeiler: ADADELTA: an adaptive learning rate method, 2012.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.Adadelta([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9968], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("square_avg", "acc_delta")

    def __init__(
        self, params: Any, lr: float | Tensor = 1.0, rho: float = 0.9, eps: float = 1e-6,
        weight_decay: float = 0, foreach: bool | None = None, *, capturable: bool = False,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "rho", "eps", "weight_decay")
        if group["rho"] > 1:
            raise ValueError(f"Invalid rho value: {group['rho']}; it must be at most 1.0")

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        return group["rho"], 1 - group["rho"], group["eps"], group["lr"]

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        v, u = buffers
        keep, fresh, eps, size = c
        np.multiply(g, g, s)
        np.multiply(s, fresh, s)
        np.multiply(v, keep, v)
        np.add(v, s, v)
        np.add(u, eps, s)
        step = np.sqrt(s / (v + eps), s)
        np.multiply(step, g, step)
        np.multiply(u, keep, u)
        np.add(u, step * step * fresh, u)
        np.subtract(p, step * size, p)
