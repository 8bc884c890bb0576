"""Datasets: what has samples, by their indices or as a stream; and combinations of datasets."""

from __future__ import annotations

import bisect
import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from .._generator import Generator
from .._tensor import Tensor
from ..functions.sampling import randperm

T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """A map from indices to samples; subclasses define ``__getitem__``, and mostly ``__len__``.

    A subclass may also define ``__getitems__``, which takes a list of indices and returns the list
    of their samples; `DataLoader` calls it, if it is there, once for each batch.

    Examples
    --------
    >>> class Squares(mg.utils.data.Dataset):
    ...     def __len__(self):
    ...         return 4
    ...
    ...     def __getitem__(self, index):
    ...         return index, index**2
    >>> for x, y in mg.utils.data.DataLoader(Squares(), batch_size=3):
    ...     print(x, y)
    tensor([0, 1, 2]) tensor([0, 1, 4])
    tensor([3]) tensor([9])
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__, as any Dataset")

    def __add__(self, other: Dataset[T_co]) -> Dataset[T_co]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co], Iterable[T_co]):
    """A stream of samples; subclasses define ``__iter__``.

    Each worker process of a `DataLoader` has a copy of the dataset and would deliver the whole
    stream: `get_worker_info` tells ``__iter__`` which part of it is meant.

    Examples
    --------
    >>> class Countdown(mg.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([3, 2, 1])
    >>> list(mg.utils.data.DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __add__(self, other: Dataset[T_co]) -> Dataset[T_co]:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Samples are tuples of what Tensors hold at one index of their first dimension.

    Parameters
    ----------
    *tensors : Tensor
        Of the same size at dimension 0.

    Raises
    ------
    AssertionError
        If the sizes differ.

    Examples
    --------
    >>> data = mg.utils.data.TensorDataset(mg.tensor([[1.0], [2.0]]), mg.tensor([0, 1]))
    >>> data[1]
    (tensor([2.]), tensor(1))
    """

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor) -> None:
        sizes = [tensor.shape[0] for tensor in tensors]
        if len(set(sizes)) > 1:
            raise AssertionError(
                f"Size mismatch between tensors: their first dimensions are {sizes}, and must be "
                "equal"
            )
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple([tensor[index] for tensor in self.tensors])

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])


class StackDataset(Dataset[Any]):
    """Samples are tuples, or dictionaries, of the samples that several datasets have at one index.

    Parameters
    ----------
    *args : Dataset
        Samples are tuples.
    **kwargs : Dataset
        Samples are dictionaries with these names.

    Raises
    ------
    ValueError
        If both are given, or none, or the lengths differ.

    Examples
    --------
    >>> mg.utils.data.StackDataset(image=[10, 20], text=["a", "b"])[1]
    {'image': 20, 'text': 'b'}
    """

    datasets: tuple[Any, ...] | dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError(
                "StackDataset makes tuples of positional datasets, or dictionaries of named ones; "
                f"got {len(args)} positional and {len(kwargs)} named ones"
            )
        if not args and not kwargs:
            raise ValueError("StackDataset: at least one dataset should be passed")
        lengths = [len(dataset) for dataset in args or kwargs.values()]
        if len(set(lengths)) > 1:
            raise ValueError(f"Size mismatch between datasets: their lengths are {lengths}")
        self._length = lengths[0]
        self.datasets = args or kwargs

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple([dataset[index] for dataset in self.datasets])

    def __getitems__(self, indices: Sequence[Any]) -> list[Any]:
        datasets = self.datasets
        parts = datasets.values() if isinstance(datasets, dict) else datasets
        columns = [_samples(dataset, indices) for dataset in parts]
        for column in columns:
            if len(column) != len(indices):
                raise ValueError(
                    f"Nested dataset's output size mismatch. Expected {len(indices)}, got "
                    f"{len(column)}"
                )
        rows = zip(*columns, strict=True)
        if isinstance(datasets, dict):
            return [dict(zip(datasets, row, strict=True)) for row in rows]
        return list(rows)

    def __len__(self) -> int:
        return self._length


def _samples(dataset: Any, indices: Sequence[Any]) -> list[Any]:
    """The samples at some indices, asked for at once where a dataset has a way to do that."""
    at_once = getattr(dataset, "__getitems__", None)
    found: list[Any] = at_once(indices) if at_once else [dataset[index] for index in indices]
    return found


class ConcatDataset(Dataset[T_co]):
    """Datasets one after the other.

    Parameters
    ----------
    datasets : iterable of Dataset
        With a length.

    Attributes
    ----------
    cumulative_sizes : list of int
        Where each dataset ends.

    Raises
    ------
    AssertionError
        If there are none, or one is an `IterableDataset`.

    Examples
    --------
    >>> data = mg.utils.data.ConcatDataset(["ab", "cde"])
    >>> len(data), data[2], data[-1]
    (5, 'c', 'e')
    """

    datasets: list[Any]
    cumulative_sizes: list[int]

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset: datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError(
                "ConcatDataset does not support IterableDataset, whose samples have no index; use "
                "ChainDataset"
            )
        self.cumulative_sizes = self.cumsum(self.datasets)

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """Where each of several things with a length ends, when they are put end to end."""
        return list(itertools.accumulate(len(part) for part in sequence))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int) -> Any:
        if idx < 0:
            if -idx > len(self):
                raise ValueError(
                    f"absolute value of index should not exceed dataset length: got {idx}, the "
                    f"length is {len(self)}"
                )
            idx += len(self)
        part = bisect.bisect_right(self.cumulative_sizes, idx)
        return self.datasets[part][idx - (self.cumulative_sizes[part - 1] if part else 0)]


class ChainDataset(IterableDataset[T_co]):
    """Streams one after the other.

    Parameters
    ----------
    datasets : iterable of IterableDataset

    Raises
    ------
    AssertionError
        If one is no `IterableDataset`, when its turn comes.
    """

    datasets: Iterable[Any]

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def _streams(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError(
                    f"ChainDataset only supports IterableDataset, got {type(dataset).__name__}; "
                    "ConcatDataset is for datasets with indices"
                )
            yield dataset

    def __iter__(self) -> Iterator[Any]:
        for stream in self._streams():
            yield from stream

    def __len__(self) -> int:
        return sum(len(stream) for stream in self._streams())


class Subset(Dataset[T_co]):
    """Some samples of a dataset, numbered anew.

    A subclass that defines ``__getitem__`` must define ``__getitems__`` too, or its batches would
    be made without it.

    Parameters
    ----------
    dataset : Dataset
    indices : sequence
        The indices of the samples there.

    Examples
    --------
    >>> mg.utils.data.Subset("abcdef", [4, 0])[0]
    'e'
    """

    dataset: Any
    indices: Sequence[Any]

    def __init__(self, dataset: Any, indices: Sequence[Any]) -> None:
        own = type(self)
        if own.__getitem__ is not Subset.__getitem__ and own.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{own.__name__} defines __getitem__ but not __getitems__, by which batches are "
                "made; add\n\n    def __getitems__(self, indices):\n"
                "        return [self[index] for index in indices]"
            )
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        return _samples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Any, lengths: Sequence[float], generator: Generator | None = None
) -> list[Subset[Any]]:
    """Divide a dataset by chance into parts that have no sample in common.

    Parameters
    ----------
    dataset : Dataset
        With a length.
    lengths : sequence of int or float
        The length of each part, or its fraction. Fractions are rounded down; what is left over is
        given to the parts in turn, one sample each.
    generator : Generator, optional
        Default: the one that `manual_seed` seeds.

    Returns
    -------
    list of Subset

    Raises
    ------
    ValueError
        If the lengths do not add up to that of the dataset, or a fraction is out of range.

    Examples
    --------
    >>> parts = mg.utils.data.random_split(range(10), [0.75, 0.25])
    >>> [len(part) for part in parts]
    [8, 2]
    """
    size = len(dataset)
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1: {fraction}")
        counts = [math.floor(size * fraction) for fraction in lengths]
        for i in range(size - sum(counts)):
            counts[i % len(counts)] += 1
        for i, count in enumerate(counts):
            if not count:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.",
                    stacklevel=2,
                )
    else:
        counts = list(lengths)  # type: ignore[arg-type]
    if sum(counts) != size:
        raise ValueError(
            "Sum of input lengths does not equal the length of the input dataset: "
            f"{' + '.join(map(str, counts))} = {sum(counts)}, not {size}"
        )
    order = randperm(size, generator=generator).tolist()
    ends = itertools.accumulate(counts)
    return [Subset(dataset, order[end - n : end]) for end, n in zip(ends, counts, strict=True)]
