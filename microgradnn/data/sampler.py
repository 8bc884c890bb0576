"""Samplers: in which order a `DataLoader` asks for samples, and which ones make a batch."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import numpy as np

from .. import _dtypes
from .._generator import Generator
from .._tensor import Tensor
from ..functions.creation import as_tensor, empty
from ..functions.filling import random_
from ..functions.sampling import multinomial, randint, randperm

T_co = TypeVar("T_co", covariant=True)


def draw_seed(generator: Generator | None) -> int:
    """A number that another stream of random numbers can begin with, below 2**63."""
    return int(random_(empty((), dtype=_dtypes.int64), generator=generator))


class Sampler(Generic[T_co]):
    """An order of indices, or of lists of indices; subclasses define ``__iter__`` and ``__len__``.

    Examples
    --------
    >>> class Backwards(mg.utils.data.Sampler):
    ...     def __init__(self, data):
    ...         self.data = data
    ...
    ...     def __iter__(self):
    ...         return iter(range(len(self.data) - 1, -1, -1))
    ...
    ...     def __len__(self):
    ...         return len(self.data)
    >>> list(mg.utils.data.DataLoader("abc", batch_size=None, sampler=Backwards("abc")))
    ['c', 'b', 'a']
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__, as any Sampler")


class SequentialSampler(Sampler[int]):
    """The indices of a dataset as they come.

    Parameters
    ----------
    data_source : Dataset
        With a length.

    Examples
    --------
    >>> list(mg.utils.data.SequentialSampler("abc"))
    [0, 1, 2]
    """

    data_source: Sized

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """The indices of a dataset shuffled, or drawn one by one with replacement.

    Parameters
    ----------
    data_source : Dataset
        With a length.
    replacement : bool
        Whether an index may come more than once.
    num_samples : int, optional
        How many to draw; default: the length. Without replacement, beyond the length, the dataset
        is shuffled again.
    generator : Generator, optional
        What is drawn from. Default: a new one each time, seeded by the default generator.

    Raises
    ------
    TypeError
        If ``replacement`` is no truth value.
    ValueError
        If ``num_samples`` is not positive.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> list(mg.utils.data.RandomSampler(range(5)))
    [1, 3, 4, 2, 0]
    """

    data_source: Sized
    replacement: bool

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(
                f"replacement should be a boolean value, but got replacement={replacement!r}"
            )
        count: Any = self.num_samples
        if not isinstance(count, int) or count <= 0:
            of = "" if num_samples is not None else " (the length of the dataset)"
            raise ValueError(
                f"num_samples should be a positive integer value, but got num_samples={count}{of}"
            )

    @property
    def num_samples(self) -> int:
        """How many indices it gives; the length of the dataset may change."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n = len(self.data_source)
        generator = self.generator
        if generator is None:
            generator = Generator().manual_seed(draw_seed(None))
        whole, rest = divmod(self.num_samples, 32 if self.replacement else n)
        if self.replacement:  # by 32, so that few are drawn in vain if the loop is left early
            for _ in range(whole):
                yield from randint(n, (32,), generator=generator).tolist()
            yield from randint(n, (rest,), generator=generator).tolist()
            return
        for _ in range(whole):
            yield from randperm(n, generator=generator).tolist()
        yield from randperm(n, generator=generator).tolist()[:rest]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Some indices, shuffled.

    Parameters
    ----------
    indices : sequence
    generator : Generator, optional
        Default: the one that `manual_seed` seeds.

    Examples
    --------
    >>> sorted(mg.utils.data.SubsetRandomSampler([7, 3, 5]))
    [3, 5, 7]
    """

    indices: Sequence[int]

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices drawn with probabilities in proportion to given weights.

    Parameters
    ----------
    weights : sequence of float
        One for each sample; they need not sum to 1.
    num_samples : int
        How many to draw.
    replacement : bool
        Whether an index may come more than once.
    generator : Generator, optional
        Default: the one that `manual_seed` seeds.

    Raises
    ------
    ValueError
        If the weights are no sequence of numbers, ``num_samples`` is not positive, or
        ``replacement`` is no truth value.

    Examples
    --------
    >>> list(mg.utils.data.WeightedRandomSampler([0.0, 1.0, 0.0], 4))
    [1, 1, 1, 1]
    """

    weights: Tensor
    num_samples: int
    replacement: bool

    def __init__(
        self,
        weights: Sequence[float] | Tensor,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        _check_positive("num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(
                f"replacement should be a boolean value, but got replacement={replacement!r}"
            )
        self.weights = as_tensor(weights, dtype=_dtypes.float64)
        if self.weights.ndim != 1:
            raise ValueError(
                "weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        yield from drawn.tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """The indices of another sampler in lists.

    Parameters
    ----------
    sampler : iterable
    batch_size : int
    drop_last : bool
        Whether to leave out a last batch that is not full.

    Raises
    ------
    ValueError
        If ``batch_size`` is not positive, or ``drop_last`` is no truth value.

    Examples
    --------
    >>> list(mg.utils.data.BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    sampler: Iterable[Any]
    batch_size: int
    drop_last: bool

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        _check_positive("batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(
                f"drop_last should be a boolean value, but got drop_last={drop_last!r}"
            )
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def _check_positive(name: str, number: Any) -> None:
    if not isinstance(number, int | np.integer) or isinstance(number, bool) or number <= 0:
        raise ValueError(f"{name} should be a positive integer value, but got {name}={number!r}")
