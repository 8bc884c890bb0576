"""Muon: steps made orthogonal, for the matrices of hidden layers."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .._tensor import Tensor
from ..value import Value
from .optimizer import Group, Optimizer, Ready
from .options import check_common, scalar


class Muon(Optimizer):
    """Muon, momentum orthogonalized by Newton-Schulz iterations.

    For each matrix ``p`` of shape ``(rows, columns)`` with gradient ``g``::

        b = b + (1 - momentum) * (g - b)
        u = g + momentum * (b - g)               if nesterov else b
        u = u / norm(u)
        repeat ns_steps times, with (a, b, c) = ns_coefficients:
            u = a * u + (b * u u' + c * (u u')**2) u
        p = p - lr * weight_decay * p
        p = p - lr * sqrt(max(1, rows / columns)) * u

    The iterations are done, as in PyTorch, with numbers rounded to bfloat16, which have three
    digits: steps agree with PyTorch's to about one part in a hundred, not more closely.

    Parameters
    ----------
    params : iterable of Tensor
        Of two dimensions; give others to another optimizer.
    lr : float or Tensor
    weight_decay, momentum : float
    nesterov : bool
    ns_coefficients : tuple of float
    eps : float
        The least that is divided by.
    ns_steps : int
        Below 100.
    adjust_lr_fn : {None, "original", "match_rms_adamw"}
        The last factor; ``0.2 * sqrt(max(rows, columns))`` makes steps as large as AdamW's.

    Raises
    ------
    ValueError
        If a parameter is no matrix, or an option is out of range.

    References
    ----------
    Jordan, Jin, Boza, You, Cesista, Newhouse, Bernstein: Muon: an optimizer for hidden layers in
    neural networks, 2024. Liu and others: Muon is scalable for LLM training, 2025.

    Examples
    --------
    >>> w = mg.tensor([[1.0, 0.0], [0.0, 2.0]], requires_grad=True)
    >>> optimizer = mg.optim.Muon([w], lr=0.1, weight_decay=0.0)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.detach().round(decimals=1)
    tensor([[0.9000, 0.0000],
            [0.0000, 1.9000]])
    """

    _buffers: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __init__(
        self, params: Any, lr: float | Tensor = 1e-3, weight_decay: float = 0.1,
        momentum: float = 0.95, nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315), eps: float = 1e-7,
        ns_steps: int = 5, adjust_lr_fn: str | None = None,
    ) -> None:  # fmt: skip
        options = {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }  # fmt: skip
        super().__init__(params, options)

    def _check_options(self, group: Group) -> None:
        check_common(group, "momentum", "weight_decay")
        if group["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {group['adjust_lr_fn']} is not supported; there "
                "are 'original' and 'match_rms_adamw'"
            )
        if group["ns_steps"] >= 100:
            raise ValueError(f"ns_steps must be less than 100, got {group['ns_steps']}")
        if len(group["ns_coefficients"]) != 3:
            raise ValueError(
                f"ns_coefficients must be exactly 3 values, got {group['ns_coefficients']}"
            )
        for param in group["params"]:
            if not isinstance(param, Value) and param.ndim == 2:
                continue
            size = () if isinstance(param, Value) else tuple(param.shape)
            raise ValueError(
                f"Muon only supports 2D parameters whereas we found a parameter with size: {size}"
            )

    def _update(self, group: Group, ready: Ready) -> None:
        lr, momentum = scalar(group["lr"]), group["momentum"]
        for own, p, g in ready:
            kind = p.dtype.type
            if "momentum_buffer" not in own:
                own["momentum_buffer"] = Tensor._wrap(np.zeros_like(g))
            b = own["momentum_buffer"]._array
            b += kind(1 - momentum) * (g - b)
            u = g + kind(momentum) * (b - g) if group["nesterov"] else b
            u = _orthogonal(u, group["ns_coefficients"], group["ns_steps"], group["eps"])
            rows, columns = p.shape
            if group["adjust_lr_fn"] == "match_rms_adamw":
                ratio = 0.2 * sqrt(max(rows, columns))
            else:
                ratio = sqrt(max(1, rows / columns))
            p *= kind(1 - lr * group["weight_decay"])
            p -= kind(lr * ratio) * u.astype(p.dtype)


def _orthogonal(g: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """Near to the orthogonal matrix that is nearest to `g`."""
    a, b, c = map(np.float32, coefficients)
    tall = g.shape[0] > g.shape[1]
    u = _bfloat16(g.T if tall else g)
    u = _bfloat16(u / max(_bfloat16(np.linalg.norm(u)), np.float32(eps)))
    for _ in range(steps):
        square = _bfloat16(u @ u.T)
        u = _bfloat16(a * u + _bfloat16(b * square + c * (square @ square)) @ u)
    return u.T if tall else u


def _bfloat16(a: Any) -> Any:
    """Rounded to the 8 digits that bfloat16 has in base two: to even in the middle, as there."""
    bits = np.asarray(a, np.float32).view(np.uint32)
    rounded: Any = ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32)
    return rounded.view(np.float32)
