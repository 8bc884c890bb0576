"""Fetchers: the samples that an index, or a list of them, asks for, made a batch.

They run in the process of the `DataLoader`, or in its workers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .dataset import IterableDataset

Fetch = Callable[[Any], Any]
"""From what the sampler gives to what the loader gives."""


def fetcher(
    dataset: Any, batched: bool, collate_fn: Callable[[Any], Any], drop_last: bool
) -> Fetch:
    """The function that fetches from a dataset.

    Parameters
    ----------
    dataset : Dataset
    batched : bool
        Whether it will be asked for lists of indices.
    collate_fn : callable
    drop_last : bool
        Whether a stream's last batch is left out if it is not full.
    """
    if isinstance(dataset, IterableDataset):
        return _of_stream(dataset, batched, collate_fn, drop_last)
    if not batched:
        return lambda index: collate_fn(dataset[index])
    at_once = getattr(dataset, "__getitems__", None)
    if at_once:
        return lambda indices: collate_fn(at_once(indices))
    return lambda indices: collate_fn([dataset[index] for index in indices])


def _of_stream(
    stream: Any, batched: bool, collate_fn: Callable[[Any], Any], drop_last: bool
) -> Fetch:
    """A fetcher that takes the next samples, as many as there are indices; StopIteration at last.

    A stream that has ended is not asked again, since it might begin anew.
    """
    samples = iter(stream)
    ended = False

    def fetch(indices: Any) -> Any:
        nonlocal ended
        if ended:
            raise StopIteration
        if not batched:
            return collate_fn(next(samples))
        batch: list[Any] = []
        for _ in indices:
            try:
                batch.append(next(samples))
            except StopIteration:
                ended = True
                break
        if not batch or (drop_last and len(batch) < len(indices)):
            raise StopIteration
        return collate_fn(batch)

    return fetch
