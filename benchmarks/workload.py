"""What a workload is: the same work, written for each peer, and how equal it must come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Program:
    """One peer's way to do one piece of work.

    Attributes
    ----------
    step : callable
        The work once; it is timed. What it returns (a loss, mostly) is kept for the comparison.
    state : callable
        The parameters, or whatever else the work leaves, as a list of array-likes in an order and
        in shapes that all peers share.
    per : int
        How many pieces of work a step counts as: a chain of 10,000 nodes is reported per node.
    collector : bool
        Whether Python's garbage collector runs meanwhile, as it does by default.
    facts : dict
        Numbers that are no times, to be shown beside them.
    """

    step: Callable[[], Any]
    state: Callable[[], list[Any]] = list
    per: int = 1
    collector: bool = True
    facts: dict[str, float] = field(default_factory=dict)


Build = Callable[[], Mapping[str, Program]]
"""Imports a library, makes data and parameters, and returns the programs by label."""


@dataclass(frozen=True)
class Workload:
    """A name, a sentence, and the programs of every peer that can do the work.

    ``seconds`` is how long a peer's program runs in each round; ``rounds`` bounds their number
    for work that is long.
    """

    name: str
    title: str
    peers: Mapping[str, Build]
    checked_steps: int = 5
    tolerance: float = 1e-4
    seconds: float = 0.15
    rounds: int = 1000
    memory: bool = False
    absent: str = ""
    """Which peers are not here, and why."""


def one(build: Callable[[], Program]) -> Build:
    """The build of a workload that is a single program."""
    return lambda: {"step": build()}
