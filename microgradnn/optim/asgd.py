"""Averaged SGD: the mean of where the parameters have been."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._dtypes import get_default_dtype
from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class ASGD(Elementwise):
    """Averaged stochastic gradient descent.

    For each parameter ``p`` with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        g = g + weight_decay * p
        p = (1 - lambd * eta) * p - eta * g
        a = a + mu * (p - a)                     (the mean: state[p]["ax"])
        eta = lr / (1 + lambd * lr * t)**alpha   (eta = lr at first)
        mu = 1 / max(1, t - t0)                  (mu = 1 at first)

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The learning rate.
    lambd : float
        Decay.
    alpha : float
        The power by which steps become smaller.
    t0 : float
        The step at which averaging begins.
    weight_decay : float
    maximize : bool
        Go uphill.
    foreach, capturable : bool, optional
        PyTorch's choices of implementation: accepted, there is one.
    differentiable : bool
        Not implemented.

    Raises
    ------
    ValueError
        For a negative ``lr`` or ``weight_decay``.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Polyak, Juditsky: Acceleration of stochastic approximation by averaging, 1992.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.ASGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("ax",)
    _alike: ClassVar[bool] = False

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-2, lambd: float = 1e-4, alpha: float = 0.75,
        t0: float = 1e6, weight_decay: float = 0, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False, capturable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "weight_decay")

    def _counters(self, group: Group) -> dict[str, float]:
        return {"step": 0.0, "eta": float(scalar(group["lr"])), "mu": 1.0}

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        lr, lambd = scalar(group["lr"]), group["lambd"]
        eta, mu = (own[name]._array for name in ("eta", "mu"))
        now = 1 - lambd * eta.item(), eta.item(), None if mu == 1 else mu.item()
        # Rounded to the default dtype, whatever dtype a loaded state has, as PyTorch does.
        rounded = get_default_dtype().numpy.type
        eta.fill(rounded(lr / (1 + lambd * lr * step) ** group["alpha"]))
        mu.fill(rounded(1 / max(1, step - group["t0"])))
        return now

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        (mean,) = buffers
        keep, size, share = c
        np.multiply(p, keep, p)
        np.multiply(g, size, s)
        np.subtract(p, s, p)
        if share is None:
            np.copyto(mean, p)
        else:
            np.subtract(p, mean, s)
            np.multiply(s, share, s)
            np.add(mean, s, mean)
