"""What distributions do with their parameters: broadcast, turn into each other, draw with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._generator import default_generator
from .._tensor import Tensor
from ..functions.creation import tensor
from ..functions.elementwise import softmax
from ..functions.filling import put
from ..functions.views import broadcast_tensors
from ..grad_mode import enable_grad


def broadcast_all(*values: Any) -> list[Any]:
    """Numbers and Tensors as Tensors of one shape; numbers get the dtype of the first Tensor.

    Raises
    ------
    ValueError
        If one is neither.
    """
    like = next((v for v in values if isinstance(v, Tensor)), None)
    like = None if like is None or not like.is_floating_point() else like
    tensors = []
    for value in values:
        if not isinstance(value, Tensor):
            if not isinstance(value, int | float | np.number):
                raise ValueError(
                    f"the parameters of a distribution are numbers and Tensors, got {value!r}"
                )
            value = tensor(float(value), dtype=None if like is None else like.dtype)
        tensors.append(value)
    return list(broadcast_tensors(*tensors))


def float_limits(x: Tensor) -> Any:
    """``numpy.finfo`` of a Tensor's dtype."""
    return np.finfo(x._array.dtype)


def sum_rightmost(value: Tensor, ndim: int) -> Tensor:
    """The sum over the last ``ndim`` dimensions."""
    return value.reshape(*value.shape[: value.ndim - ndim], -1).sum(-1) if ndim else value


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept a rounding away from 0 and 1, where logarithms are infinite."""
    eps = float(float_limits(probs).eps)
    return probs.clamp(eps, 1 - eps)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The sigmoid of logits, or their softmax along the last dimension."""
    return logits.sigmoid() if is_binary else softmax(logits, -1)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """``log(p / (1 - p))``, or ``log(p)`` for classes; finite for 0 and 1 too."""
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


class lazy_property:
    """A property that is computed when first asked for, with gradients, and kept then."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        self.compute = compute
        self.__name__ = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = instance.__dict__[self.__name__] = self.compute(instance)
        return value


def filled(shape: Any, like: Tensor, draw: Callable[[int], Any]) -> Tensor:
    """A Tensor of the dtype of another, filled with the numbers that ``draw(size)`` gives."""
    out = np.empty(tuple(shape), like._array.dtype)
    return Tensor._wrap(put(out, draw(out.size)))


def standard_normal(shape: Any, like: Tensor) -> Tensor:
    """Numbers of mean 0 and variance 1, as `microgradnn.randn` draws them."""
    return filled(shape, like, lambda n: default_generator._normal(n, like._array.dtype, 0.0, 1.0))


def uniform(shape: Any, like: Tensor, low: float = 0.0, high: float = 1.0) -> Tensor:
    """Numbers from [low, high), as `microgradnn.rand` draws them."""
    kind = like._array.dtype
    return filled(shape, like, lambda n: default_generator._uniform(n, kind, low, high))


def numpy_generator() -> Any:
    """NumPy's generator, seeded by the next output of ours.

    For distributions whose numbers in PyTorch come out of loops that reject some: the same seed
    repeats ours, but they are not PyTorch's.
    """
    return np.random.Generator(np.random.PCG64(int(default_generator._long_words(1)[0])))
