"""Where methods are put that are defined elsewhere, once, as functions or as table entries.

``Tensor`` and ``Value`` inherit from the two classes below, which are empty here. Type checkers and
editors read the generated ``_methods.pyi`` beside this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ._late import LateNames
from ._numpy_names import with_numpy_names

F = TypeVar("F", bound=Callable[..., Any])

functions: dict[str, Callable[..., Any]] = {}
"""The functions of the namespace ``microgradnn``, by name: those marked `function` or `both`."""


class ValueMethods:
    """Methods of Value that come from the table of primitives."""

    __slots__ = ()


class TensorMethods(LateNames):
    """Methods of Tensor that come from the functions of ``microgradnn.functions``."""

    __slots__ = ()

    _array: Any


def function(f: F) -> F:
    """Enter a function into the namespace ``microgradnn``; it takes NumPy's names too."""
    f = with_numpy_names(f)
    functions[f.__name__] = f
    return f


def method(f: F) -> F:
    """Make a function whose first argument is a Tensor a method of Tensor too."""
    f = with_numpy_names(f)
    setattr(TensorMethods, f.__name__, f)
    return f


def both(f: F) -> F:
    """`function` and `method`: ``mg.sum(x)`` is ``x.sum()``."""
    return method(function(f))
