"""One exhibit: a computation, what to call its parts, and what to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import microgradnn as mg


@dataclass
class Subject:
    """A computation to be shown: its result, and how it is shown.

    Attributes
    ----------
    root
        The result, one number. Tensors were computed inside ``mg.record()``.
    names
        What leaves are called that have no label.
    parameters
        The leaves to draw as parameters.
    wrt
        What is derived by; None for all leaves.
    drawn
        Further options for ``viz.draw``.
    derived
        Whether its derivation is short enough to be read.
    """

    root: Any
    names: dict[str, Any] = field(default_factory=dict)
    parameters: Any = None
    wrt: Any = None
    drawn: dict[str, Any] = field(default_factory=dict)
    derived: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.root, mg.Tensor):
            self.names = {**self.names, "L": self.root}


@dataclass(frozen=True)
class Exhibit:
    """A subject with its place on the wall.

    Attributes
    ----------
    name
        Of its files.
    title
    text
        What to see, in one or two sentences of Markdown.
    make
        Computes the subject anew.
    """

    name: str
    title: str
    text: str
    make: Callable[[], Subject]


def labelled(**numbers: float) -> dict[str, mg.Value]:
    """Values called as their keywords."""
    return {name: mg.Value(number, label=name) for name, number in numbers.items()}
