"""Adafactor: mean squares kept by row and by column, in little memory."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from ..value import Value
from .optimizer import Group, Optimizer, Ready
from .options import check_common, check_implementation, check_range, scalar


class Adafactor(Optimizer):
    """Adafactor.

    For each parameter ``p`` of ``n`` numbers with gradient ``g``, at step ``t = 1, 2, ...``::

        g = -g                                   if maximize
        size = max(eps[1], norm(p) / sqrt(n)) * min(lr, 1 / sqrt(t))
        p = p - lr * weight_decay * p
        s = t**beta2_decay
        R = R + s * (mean of g**2 over columns - R)
        C = C + s * (mean of g**2 over rows - C)
        V = R C / max(mean(R), eps[0])
        u = g / max(sqrt(V), eps[0])
        p = p - size * u / max(1, norm(u) / (sqrt(n) * d))

    Rows and columns are the last two dimensions; of vectors all of ``V`` is kept.

    Parameters
    ----------
    params : iterable of Tensor
    lr : float or Tensor
    beta2_decay : float
        Not positive.
    eps : tuple of float
        The first is the smallest difference from 1 in the parameter's dtype if it is None.
    d : float
        At least 1.
    weight_decay : float
    foreach : bool, optional
        PyTorch's choice of implementation: accepted, there is one.
    maximize : bool
        Go uphill.

    Raises
    ------
    ValueError
        If an option is out of range.
    TypeError
        For Values: it is of matrices that this is made.

    References
    ----------
    Shazeer, Stern: Adafactor: adaptive learning rates with sublinear memory cost, 2018.

    Examples
    --------
    >>> w = mg.tensor([[1.0]], requires_grad=True)
    >>> optimizer = mg.optim.Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([[0.9000]], requires_grad=True)
    """

    _buffers: ClassVar[tuple[str, ...]] = ("variance",)

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-2, beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3), d: float = 1.0, weight_decay: float = 0.0,
        *, foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        check_implementation()
        options = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "weight_decay")
        if group["beta2_decay"] > 0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {group['beta2_decay']}")
        for k, eps in enumerate(group["eps"]):
            check_range(f"eps[{k}]", 0.0 if eps is None and k == 0 else eps)
        check_range("clipping threshold d", group["d"], 1.0)
        if any(isinstance(param, Value) for param in group["params"]):
            raise TypeError("Adafactor updates Tensors, not Values: give these to Adam")

    @np.errstate(all="ignore")
    def _update(self, group: Group, ready: Ready) -> None:
        lr, most = scalar(group["lr"]), group["d"]
        for own, p, g in ready:
            tiny, least = group["eps"]
            if tiny is None:
                tiny = np.finfo(p.dtype).eps
            if group["maximize"]:
                g = -g
            if "step" not in own:
                own["step"] = Tensor._wrap(np.array(0, np.float32))
            count = own["step"]._array
            step = count.item() + 1
            count.fill(step)
            size = max(least, _norm(p) / sqrt(p.size)) * min(lr, 1 / sqrt(step))
            if group["weight_decay"]:
                p *= p.dtype.type(1 - lr * group["weight_decay"])
            share = p.dtype.type(step ** group["beta2_decay"])
            squares = g * g
            if g.ndim > 1:
                rows = _mean(own, "row_var", squares.mean(-1, keepdims=True), share)
                columns = _mean(own, "col_var", squares.mean(-2, keepdims=True), share)
                v = rows @ columns
                v /= np.maximum(rows.mean(-2, keepdims=True), tiny)
            else:
                v = _mean(own, "variance", squares, share)
            u = g / np.sqrt(np.maximum(v, tiny * tiny))
            u *= p.dtype.type(size / max(1.0, _norm(u) / (sqrt(u.size) * most)))
            p -= u


def _norm(a: Any) -> float:
    return sqrt(float(np.vdot(a, a)))


def _mean(own: dict[str, Any], name: str, new: Any, share: Any) -> Any:
    """Move a running mean towards a new one."""
    if name not in own:
        own[name] = Tensor._wrap(np.zeros_like(new))
    kept = own[name]._array
    kept += share * (new - kept)
    return kept
