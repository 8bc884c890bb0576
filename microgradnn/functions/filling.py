"""Filling Tensors with random numbers in place; what all drawing functions check and share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._generator import Generator, default_generator
from .._inplace import adopt, check_target
from .._methods import method
from .._promotion import FLOATS
from .._tensor import Tensor


def source_of(generator: Any) -> Generator:
    """The generator given, or the default one."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(
            f"generator must be a microgradnn.Generator, got {type(generator).__name__}"
        )
    return generator


def float_kind(kind: Any, name: str) -> Any:
    """A NumPy dtype, if it is a floating type."""
    if kind not in FLOATS:
        raise NotImplementedError(f"{name} makes floating point numbers, not {kind}")
    return kind


def memory_order(array: Any) -> list[int]:
    """The axes sorted as they lie in memory: the order in which PyTorch draws numbers."""
    return sorted(range(array.ndim), key=lambda d: -abs(array.strides[d]))


def put(array: Any, numbers: Any) -> Any:
    """Write a flat array of numbers into an array, in the order of its memory."""
    view = array if array.flags.c_contiguous else array.transpose(memory_order(array))
    view[...] = numbers.reshape(view.shape)
    return array


def check_range(low: float, high: float) -> None:
    """Raise unless there is a number in [low, high]."""
    if not low <= high:
        raise RuntimeError(f"uniform numbers lie in [from, to), but from is {low} and to is {high}")


def check_std(std: float) -> None:
    """Raise for a negative deviation."""
    if not std >= 0:
        raise RuntimeError(f"a standard deviation is not negative, got {std}")


def check_probability(p: Any) -> None:
    """Raise for a probability, or one of several, outside [0, 1]."""
    if not np.all((p >= 0) & (p <= 1)):
        raise RuntimeError(f"a probability lies in [0, 1], got {p}")


def check_integers(low: int, high: int, dtype: Any, name: str) -> None:
    """Raise unless there are integers in [low, high), and the dtype holds them all."""
    if low >= high:
        raise RuntimeError(
            f"{name}: integers lie in [low, high), but low is {low} and high is {high}"
        )
    if dtype.kind in "iu" and not np.iinfo(dtype).min <= low <= high - 1 <= np.iinfo(dtype).max:
        raise RuntimeError(f"{name}: integers in [{low}, {high}) do not all fit into {dtype}")


def _overwrite(x: Tensor, name: str, draw: Callable[[int], Any]) -> Tensor:
    """Check that ``x`` may be changed, then put the numbers that ``draw(size)`` gives into it."""
    check_target(x, name)
    put(x._array, draw(x._array.size))
    adopt(x, None, name)
    return x


# `from` is a Python keyword, so it is positional here: x.uniform_(0, 1), as programs write it.
@method
def uniform_(
    self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with numbers drawn uniformly from [from_, to).

    Examples
    --------
    >>> mg.zeros(3).uniform_(5, 5)
    tensor([5., 5., 5.])
    """
    kind, source = float_kind(self._array.dtype, "uniform_"), source_of(generator)
    check_range(from_, to)
    return _overwrite(self, "uniform_", lambda n: source._uniform(n, kind, float(from_), float(to)))


@method
def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with numbers drawn from one normal distribution.

    Examples
    --------
    >>> mg.zeros(3).normal_(5, 0)
    tensor([5., 5., 5.])
    """
    array, source = self._array, source_of(generator)
    kind = float_kind(array.dtype, "normal_")
    check_std(std)
    contiguous = array.flags.c_contiguous
    return _overwrite(
        self, "normal_", lambda n: source._normal(n, kind, float(mean), float(std), contiguous)
    )


@method
def random_(
    self: Tensor,
    from_: int | None = None,
    to: int | None = None,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Fill with integers from [from_, to), from [0, from_), or from all that the dtype can count.

    Examples
    --------
    >>> mg.zeros(3).random_(5, 6)
    tensor([5., 5., 5.])
    """
    kind, source = self._array.dtype, source_of(generator)
    if from_ is not None:
        low, high = (0, int(from_)) if to is None else (int(from_), int(to))
        check_integers(low, high, kind, "random_")
        return _overwrite(self, "random_", lambda n: source._integers(n, low, high))
    if kind.kind == "f":
        limit = 2 ** (np.finfo(kind).nmant + 1) + 1
    else:
        limit = 2 if kind.kind == "b" else int(np.iinfo(kind).max) + 1
    wide = kind.itemsize == 8

    def draw(n: int) -> Any:
        return (source._long_words(n) if wide else source._words(n)) % np.uint64(limit)

    return _overwrite(self, "random_", draw)


@method
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with ones with probability ``p`` (a number, or a Tensor of them), zeros else.

    Examples
    --------
    >>> mg.zeros(3).bernoulli_(1)
    tensor([1., 1., 1.])
    """
    source = source_of(generator)
    if not isinstance(p, Tensor):
        check_probability(p)
        return _overwrite(self, "bernoulli_", lambda n: source._bernoulli(n, float(p)))
    kind = float_kind(p._array.dtype, "bernoulli_ with probabilities")
    check_probability(p._array)
    wide = kind == np.float64
    chances = np.broadcast_to(p._array, self._array.shape).transpose(memory_order(self._array))
    chances = chances.astype(np.float64 if wide else np.float32).reshape(-1)
    return _overwrite(self, "bernoulli_", lambda n: source._bernoulli(n, chances, wide))


@method
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers drawn from the density ``lambd * exp(-lambd * x)``.

    Examples
    --------
    >>> bool((mg.zeros(100).exponential_() >= 0).all())
    True
    """
    kind, source = float_kind(self._array.dtype, "exponential_"), source_of(generator)
    if not lambd > 0:
        raise RuntimeError(f"exponential_: lambd must be positive, got {lambd}")
    return _overwrite(
        self, "exponential_", lambda n: source._exponential(n, float(lambd)).astype(kind)
    )
