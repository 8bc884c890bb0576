"""Rprop: steps that look at the signs of gradients only."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from .elementwise import Elementwise
from .optimizer import Group
from .options import check_common, check_implementation, scalar


class Rprop(Elementwise):
    """Resilient backpropagation, for gradients of all the data.

    For each parameter ``p`` with gradient ``g``, number by number::

        g = -g                                   if maximize
        d = d * up    where g has the sign it had at the last step, d * down where it has not
        d = min(max(d, smallest), largest)       (d = lr at first)
        g = 0         where the sign has changed
        p = p - sign(g) * d

    Parameters
    ----------
    params : iterable
        Tensors or Values, or parameter groups; see `Optimizer`.
    lr : float or Tensor
        The size of the first step.
    etas : tuple of float
        ``(down, up)``, with ``0 < down < 1 < up``.
    step_sizes : tuple of float
        ``(smallest, largest)``.
    maximize : bool
        Go uphill.
    foreach, capturable : bool, optional
        PyTorch's choices of implementation: accepted, there is one.
    differentiable : bool
        Not implemented.

    Raises
    ------
    ValueError
        For a negative ``lr``, or `etas` out of range.
    NotImplementedError
        For ``differentiable=True``.

    References
    ----------
    Riedmiller, Braun: A direct adaptive method for faster backpropagation learning: the RPROP
    algorithm, 1993.

    Examples
    --------
    >>> w = mg.tensor([1.0], requires_grad=True)
    >>> optimizer = mg.optim.Rprop([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9900], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("prev", "step_size")

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False,
        foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_implementation(differentiable)
        options = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group)
        down, up = group["etas"]
        if not 0 < down < 1 < up:
            raise ValueError(f"Invalid eta values: {down}, {up}; they must be 0 < down < 1 < up")

    def _first(self, group: Group, name: str) -> float:
        return float(scalar(group["lr"])) if name == "step_size" else 0.0

    def _coefficients(self, group: Group, step: float, own: dict[str, Any]) -> Any:
        return (*group["etas"], *group["step_sizes"])

    @staticmethod
    def _rule(c: Any, s: Any, p: Any, g: Any, *buffers: Any) -> None:
        before, size = buffers
        down, up, smallest, largest = c
        np.multiply(g, before, s)
        turned = s < 0
        np.multiply(size, up, size, where=s > 0)
        np.multiply(size, down, size, where=turned)
        np.clip(size, smallest, largest, size)
        np.copyto(before, g)
        np.copyto(before, 0, where=turned)
        np.sign(before, s)
        np.multiply(s, size, s)
        np.subtract(p, s, p)
