"""Keeping gradients small: by the length of all of them together, or number by number."""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...functions.linalg_norms import vector_norm
from ...grad_mode import no_grad

Tensors = Tensor | Iterable[Tensor]


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


def _length(x: Tensor, norm_type: float) -> Any:
    if norm_type == 2:
        flat = x._array.ravel(order="K")
        return np.sqrt(np.dot(flat, flat))
    return vector_norm(x.detach(), norm_type)._array


def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """The norm of several Tensors as if they were one vector.

    Parameters
    ----------
    tensors : Tensor or iterable of Tensor
    norm_type : float
        The ``p`` of the norm; may be infinity.
    error_if_nonfinite : bool
        Whether a norm that is NaN or infinite is an error.
    foreach : optional
        Accepted for PyTorch's sake.

    Returns
    -------
    Tensor, of no dimension

    Raises
    ------
    RuntimeError
        For a norm that is not finite, if wanted.

    Examples
    --------
    >>> mg.nn.utils.get_total_norm([mg.tensor([3.0]), mg.tensor([4.0])])
    tensor(5.)
    """
    listed, p = _listed(tensors), float(norm_type)
    if not listed:
        return Tensor._wrap(np.array(0.0, np.float32))
    lengths = Tensor._wrap(np.stack([np.asarray(_length(t, p)) for t in listed]))
    total = np.asarray(_length(lengths, p))
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite "
            f"({total}), so it cannot be clipped. To disable this error and scale the gradients by "
            "the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return Tensor._wrap(total)


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply gradients by ``max_norm / (total_norm + 1e-6)``, if that is less than 1, in place.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
    max_norm : float
    total_norm : Tensor
        See `get_total_norm`.
    foreach : optional
        Accepted for PyTorch's sake.

    Examples
    --------
    >>> w = mg.tensor([2.0], requires_grad=True)
    >>> w.sum().backward()
    >>> mg.nn.utils.clip_grads_with_norm_(w, 1.0, mg.tensor(4.0))
    >>> w.grad
    tensor([0.2500])
    """
    factor = np.minimum(float(max_norm) / (total_norm._array + 1e-6), 1.0)
    if factor != 1:  # NaN too
        with no_grad():
            for grad in _gradients(_listed(parameters)):
                grad.mul_(Tensor._wrap(factor))


def clip_grad_norm_(
    parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """Scale gradients down, in place, so that their norm, all together, is at most ``max_norm``.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        What has the gradients; those without one are left out.
    max_norm : float
    norm_type : float
        The ``p`` of the norm; may be infinity.
    error_if_nonfinite : bool
        Whether a norm that is NaN or infinite is an error.
    foreach : optional
        Accepted for PyTorch's sake.

    Returns
    -------
    Tensor
        The norm before.

    Raises
    ------
    RuntimeError
        For a norm that is not finite, if wanted.

    Examples
    --------
    >>> w = mg.tensor([0.0, 0.0], requires_grad=True)
    >>> (w * mg.tensor([3.0, 4.0])).sum().backward()
    >>> mg.nn.utils.clip_grad_norm_([w], 1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    listed = _listed(parameters)
    if isinstance(parameters, types.GeneratorType) and not listed:
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.",
            UserWarning,
            stacklevel=2,
        )
    total = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


def clip_grad_norm(
    parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:  # fmt: skip
    """An older name of `clip_grad_norm_`."""
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Cut gradients off, in place, at minus and plus ``clip_value``.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
    clip_value : float
    foreach : optional
        Accepted for PyTorch's sake.

    Examples
    --------
    >>> w = mg.tensor([0.0, 0.0], requires_grad=True)
    >>> (w * mg.tensor([3.0, -0.5])).sum().backward()
    >>> mg.nn.utils.clip_grad_value_(w, 1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    limit = float(clip_value)
    with no_grad():
        for grad in _gradients(_listed(parameters)):
            grad.clamp_(-limit, limit)
