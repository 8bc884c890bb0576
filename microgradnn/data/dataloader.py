"""`DataLoader`: batches of a dataset, in order or shuffled, made here or in worker processes."""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._generator import Generator
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .iteration import OwnProcessIterator
from .sampler import BatchSampler, RandomSampler, SequentialSampler

if TYPE_CHECKING:
    from .iteration import LoaderIterator

T_co = TypeVar("T_co", covariant=True)

_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
"""Attributes that others were made of, so that they cannot be set later."""


class DataLoader(Generic[T_co]):
    """Goes through a dataset in batches, as often as it is iterated over.

    Each iteration first draws the seed of the workers from the generator, then the order, as
    PyTorch does: from one ``manual_seed`` the batches are those of PyTorch, whatever is drawn
    between them.

    Parameters
    ----------
    dataset : Dataset
        Anything with ``__getitem__`` and ``__len__``, or an `IterableDataset`.
    batch_size : int or None
        None: no batches are made, samples come one by one.
    shuffle : bool, optional
        Whether each iteration has an order of its own.
    sampler : iterable of indices, optional
        The order, instead of ``shuffle``.
    batch_sampler : iterable of lists of indices, optional
        What goes into each batch, instead of ``batch_size``, ``shuffle``, ``sampler`` and
        ``drop_last``.
    num_workers : int
        How many processes fetch samples and make batches; 0: this one does.
    collate_fn : callable, optional
        Makes a batch of a list of samples. Default: `default_collate`.
    pin_memory : bool
        Accepted for PyTorch's sake: there is no accelerator to copy to, as a warning says.
    drop_last : bool
        Whether to leave out a last batch that is not full.
    timeout : float
        How many seconds to wait for workers; 0: for ever.
    worker_init_fn : callable, optional
        Called in each worker with its number, after seeding.
    multiprocessing_context : str or context, optional
        How workers are started. Default: as ``multiprocessing`` does it on this system.
    generator : Generator, optional
        Of the order and the workers' seeds. Default: the one that `manual_seed` seeds.
    prefetch_factor : int, optional
        How many batches each worker has in hand. Default: 2.
    persistent_workers : bool
        Whether the workers outlive an iteration.
    pin_memory_device : str
        Not used.
    in_order : bool
        Whether batches come in the sampler's order, rather than as workers finish them.

    Raises
    ------
    ValueError
        If options contradict each other or are out of range.

    Notes
    -----
    In a worker, ``random``, NumPy's global generator and `manual_seed` are seeded by the base seed
    of the iteration and the worker's number, with PyTorch's numbers. An exception in a worker is
    raised here, with the traceback from there. A worker that dies, killed by the system for its
    memory, say, is a RuntimeError.

    Examples
    --------
    >>> data = mg.utils.data.TensorDataset(mg.arange(4.0), mg.arange(4) % 2)
    >>> generator = mg.manual_seed(0)
    >>> for x, y in mg.utils.data.DataLoader(data, batch_size=2, shuffle=True):
    ...     print(x, y)
    tensor([2., 1.]) tensor([0, 1])
    tensor([3., 0.]) tensor([1, 0])
    """

    dataset: Any
    batch_size: int | None
    num_workers: int
    pin_memory: bool
    drop_last: bool
    timeout: float
    sampler: Any
    batch_sampler: Any
    prefetch_factor: int | None
    _iterator: LoaderIterator | None
    _fixed = False

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        stream = isinstance(dataset, IterableDataset)
        if stream:
            _check_stream(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last"
            )
        if sampler is None:
            if stream:
                sampler = itertools.repeat(None)
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate

        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self._length_told: int | None = None
        self._iterator = None
        self._fixed = True
        self.check_worker_number_rationality()

    def __setattr__(self, name: str, value: Any) -> None:
        if self._fixed and name in _FIXED:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized; "
                "make a new one"
            )
        super().__setattr__(name, value)

    @property
    def multiprocessing_context(self) -> Any:
        """How workers are started; None for the system's way."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, wanted: Any) -> None:
        if wanted is not None:
            import multiprocessing
            from multiprocessing.context import BaseContext

            if not self.num_workers:
                raise ValueError(
                    "multiprocessing_context can only be used with multi-process loading "
                    f"(num_workers > 0), but got num_workers={self.num_workers}"
                )
            if isinstance(wanted, str):
                ways = multiprocessing.get_all_start_methods()
                if wanted not in ways:
                    raise ValueError(
                        "multiprocessing_context option should specify a valid start method in "
                        f"{ways!r}, but got multiprocessing_context={wanted!r}"
                    )
                wanted = multiprocessing.get_context(wanted)
            if not isinstance(wanted, BaseContext):
                raise TypeError(
                    "multiprocessing_context option should be a valid context object or a string "
                    f"specifying the start method, but got multiprocessing_context={wanted!r}"
                )
        self._context = wanted

    @property
    def _auto_collation(self) -> bool:
        """Whether it makes batches."""
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Iterator[Any]:
        if not self.persistent_workers:
            return self._get_iterator()
        if self._iterator is None:
            self._iterator = self._get_iterator()
        else:
            self._iterator.restart(self)
        return self._iterator

    def _get_iterator(self) -> LoaderIterator:
        if not self.num_workers:
            return OwnProcessIterator(self)
        from .worker_iteration import WorkersIterator  # multiprocessing is for those who need it

        self.check_worker_number_rationality()
        return WorkersIterator(self)

    def __len__(self) -> int:
        """The number of batches; of a stream with a length, what follows from that."""
        if not isinstance(self.dataset, IterableDataset):
            return len(self._index_sampler)
        length = self._length_told = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)

    def check_worker_number_rationality(self) -> None:
        """Warn if there are more workers than processors to run them."""
        if not self.num_workers:
            return
        if hasattr(os, "sched_getaffinity"):
            processors: int | None = len(os.sched_getaffinity(0))
        else:
            processors = os.cpu_count()
        if processors is None or self.num_workers > processors:
            warnings.warn(
                f"This DataLoader will create {self.num_workers} worker processes in total. The "
                f"suggested max number of worker in current system is {processors}, which is "
                "smaller: more workers than processors may make it slow; lower num_workers",
                stacklevel=3,
            )


def _check_workers(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool
) -> None:
    if num_workers < 0:
        raise ValueError(
            f"num_workers option should be non-negative, got {num_workers}; use num_workers=0 to "
            "disable multiprocessing."
        )
    if timeout < 0:
        raise ValueError(f"timeout option should be non-negative, got {timeout}")
    if prefetch_factor is not None:
        if not num_workers:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing. Let "
                "num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
            )
        if prefetch_factor < 1:
            raise ValueError(f"prefetch_factor option should be positive, got {prefetch_factor}")
    if persistent_workers and not num_workers:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                f"{name}={value!r}; a stream decides its order itself"
            )
