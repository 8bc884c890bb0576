"""Names that are loaded when they are first asked for: chapters that most programs do not need.

``import microgradnn`` would cost half as much again if it imported every chapter of functions. The
missing of a name loads all that is left of them, once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

chapters: list[Callable[[], None]] = []
"""What loads the late chapters, until that has been done."""


def load_late() -> bool:
    """Load the late chapters if they are not there yet; whether there was something to load."""
    if not chapters:
        return False
    chapters.pop()()
    return True


class LateMethods(type):
    """The class of a class whose methods may be in a late chapter."""

    def __getattr__(cls, name: str) -> Any:
        if not name.startswith("_") and load_late():
            return getattr(cls, name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")


class LateNames(metaclass=LateMethods):
    """Looks for methods that are not there in the late chapters."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and load_late():
            return getattr(self, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
