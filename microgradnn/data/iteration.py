"""Going through a dataset once: what is common to all ways, and the way without workers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .fetch import fetcher
from .sampler import draw_seed

if TYPE_CHECKING:
    from .dataloader import DataLoader


class LoaderIterator(Iterator[Any]):
    """One run through a `DataLoader`; subclasses define `_next_data`.

    What it takes from the loader it takes at the beginning: changes of the loader count from the
    next iteration on.
    """

    def __init__(self, loader: DataLoader[Any]) -> None:
        self._dataset = loader.dataset
        self._length_told = loader._length_told
        self._auto_collation = loader._auto_collation
        self._drop_last = loader.drop_last
        self._index_sampler = loader._index_sampler
        self._num_workers = loader.num_workers
        self._timeout = loader.timeout
        self._collate_fn = loader.collate_fn
        if loader.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device "
                "pinned memory won't be used.",
                stacklevel=4,
            )
        self._sampler_iter = iter(self._index_sampler)
        # Drawn even where nobody needs it, so that the numbers drawn after it are those of PyTorch.
        self._base_seed = draw_seed(loader.generator)
        self._num_yielded = 0

    def restart(self, loader: DataLoader[Any]) -> None:
        """Begin the next iteration."""
        self._sampler_iter = iter(self._index_sampler)
        self._num_yielded = 0
        self._length_told = loader._length_told

    def _next_data(self) -> Any:
        raise NotImplementedError

    def __next__(self) -> Any:
        data = self._next_data()
        self._num_yielded += 1
        told = self._length_told
        if told is not None and self._num_yielded > told:
            self._warn_of_length(told)
        return data

    def _warn_of_length(self, told: int) -> None:
        shares = (
            " Each worker has a copy of the dataset, which may have to be told its share of the "
            "stream: see get_worker_info."
        )
        warnings.warn(
            f"Length of IterableDataset {self._dataset} was reported to be {told} (when accessing "
            f"len(dataloader)), but {self._num_yielded} samples have been fetched."
            + (shares if self._num_workers else ""),
            stacklevel=3,
        )

    def __len__(self) -> int:
        return len(self._index_sampler)

    def __reduce__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} cannot be pickled; pickle the DataLoader")


class OwnProcessIterator(LoaderIterator):
    """One run through a `DataLoader` without workers."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        if self._timeout:
            raise AssertionError(
                f"timeout={self._timeout} is how long to wait for workers; this DataLoader has none"
            )
        self._fetch = fetcher(
            self._dataset, self._auto_collation, self._collate_fn, self._drop_last
        )

    def _next_data(self) -> Any:
        return self._fetch(next(self._sampler_iter))
