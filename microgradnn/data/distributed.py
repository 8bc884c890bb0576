"""`DistributedSampler`: the share that one of several processes has of a dataset."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .._generator import Generator
from ..functions.sampling import randperm
from .sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every ``num_replicas``-th index of an order that all processes agree on.

    It is arithmetic alone: the processes need not know of each other.

    Parameters
    ----------
    dataset : Dataset
        With a length.
    num_replicas : int
        How many processes there are.
    rank : int
        Which one this is, from 0.
    shuffle : bool
        Whether the order is shuffled, in another way for each epoch that `set_epoch` tells.
    seed : int
        Of the shuffle; the same in all processes.
    drop_last : bool
        Whether the order is cut, rather than continued from its beginning, for equal shares.

    Raises
    ------
    RuntimeError
        If ``num_replicas`` or ``rank`` is not given: there is no process group to ask.
    ValueError
        If the rank is out of range.

    Examples
    --------
    >>> list(mg.utils.data.DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False))
    [1, 3, 0]
    """

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError(
                "DistributedSampler: give num_replicas and rank; there is no process group to ask "
                "for them"
            )
        if not 0 <= rank < num_replicas:
            raise ValueError(
                f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]"
            )
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        share = len(dataset) / num_replicas
        self.num_samples = math.floor(share) if drop_last else math.ceil(share)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self) -> Iterator[int]:
        size = len(self.dataset)
        if self.shuffle:
            source = Generator().manual_seed(self.seed + self.epoch)
            order = randperm(size, generator=source).tolist()
        else:
            order = list(range(size))
        order *= -(-self.total_size // size) if size else 1
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch it is, on which the shuffle depends; to be called before each."""
        self.epoch = epoch
