"""Where methods are put that are defined elsewhere, once, as functions or as table entries.

``Tensor`` and ``Value`` inherit from the two classes below, which are empty here. Type checkers and
editors read the generated ``_methods.pyi`` beside this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

functions: dict[str, Callable[..., Any]] = {}
"""The functions of the namespace ``microgradnn``, by name: those marked `function` or `both`."""


class ValueMethods:
    """Methods of Value that come from the table of primitives."""

    __slots__ = ()


late: list[Callable[[], None]] = []
"""What loads the chapters of functions that programs seldom need, until that has been done."""


def load_late() -> bool:
    """Load those chapters if they are not there yet; whether there was something to load."""
    if not late:
        return False
    late.pop()()
    return True


class LateMethods(type):
    """The class of Tensor: a method that is not there may be in a chapter not loaded yet."""

    def __getattr__(cls, name: str) -> Any:
        if not name.startswith("_") and load_late():
            return getattr(cls, name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")


class TensorMethods(metaclass=LateMethods):
    """Methods of Tensor that come from the functions of ``microgradnn.functions``."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and load_late():
            return getattr(self, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    _array: Any


def function(f: F) -> F:
    """Enter a function into the namespace ``microgradnn``."""
    functions[f.__name__] = f
    return f


def method(f: F) -> F:
    """Make a function whose first argument is a Tensor a method of Tensor too."""
    setattr(TensorMethods, f.__name__, f)
    return f


def both(f: F) -> F:
    """`function` and `method`: ``mg.sum(x)`` is ``x.sum()``."""
    return method(function(f))
