"""Which worker a process is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker knows of itself; see `get_worker_info`.

    Attributes
    ----------
    id : int
        Its number, from 0.
    num_workers : int
        How many there are.
    seed : int
        What its random streams were seeded with.
    dataset : Dataset
        Its own copy.
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


_here: list[WorkerInfo] = []
"""The one of this process, if it is a worker."""


def get_worker_info() -> WorkerInfo | None:
    """Which worker of a `DataLoader` this process is; None if it is none.

    Returns
    -------
    WorkerInfo or None

    Examples
    --------
    >>> print(mg.utils.data.get_worker_info())
    None
    """
    return _here[0] if _here else None


def become(info: WorkerInfo) -> None:
    """Let this process be that worker."""
    _here[:] = [info]
