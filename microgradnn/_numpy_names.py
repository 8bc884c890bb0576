"""NumPy's names of two arguments, ``axis`` and ``keepdims``, beside PyTorch's ``dim``, ``keepdim``.

PyTorch takes both wherever it has a ``dim`` or ``keepdim``. So does every function that is entered
into the namespace or made a method: see `with_numpy_names`. The few that a program calls most often
have the two parameters written out, which costs a call without them less; they use `one_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}
"""NumPy's name of an argument -> PyTorch's."""

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "<absent>", "__slots__": ()})()
"""The default of a parameter that has another name, and of that other name: neither was given."""


def with_numpy_names(f: F) -> F:
    """A function that takes NumPy's names too, of those parameters that it has.

    Parameters
    ----------
    f : callable
        Returned as it is if it has neither ``dim`` nor ``keepdim``, or has NumPy's names itself.
    """
    code = getattr(f, "__code__", None)
    if code is None:
        return f
    own = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    names = tuple(new for new, old in NUMPY_NAMES.items() if old in own and new not in own)
    if not names or "axis" in own:
        return f

    def either(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            for new in names:
                if new in kwargs:
                    old = NUMPY_NAMES[new]
                    if old in kwargs or old in own[: len(args)]:
                        raise TypeError(_twice(f.__name__, old, new))
                    kwargs[old] = kwargs.pop(new)
        return f(*args, **kwargs)

    either.__module__, either.__name__, either.__qualname__ = (
        f.__module__,
        f.__name__,
        f.__qualname__,
    )
    either.__doc__ = f.__doc__
    # Where inspect looks for the signature, and what the stubs add to it.
    either.__dict__.update(__wrapped__=f, numpy_names=names)
    return either  # type: ignore[return-value]


def one_of(function: str, dim: Any, axis: Any, default: Any = ABSENT) -> Any:
    """What was given as ``dim`` or ``axis``.

    A ``dim`` that equals its default can't be told from one that was not given: ``axis`` counts.

    Parameters
    ----------
    function : str
        For the messages.
    dim, axis : object
        ``axis`` is `ABSENT` if it was not given.
    default : object
        What ``dim`` is if it was not given.

    Raises
    ------
    TypeError
        If both were given, or none.
    """
    if dim is not default and axis is not ABSENT:
        raise TypeError(_twice(function, "dim", "axis"))
    if dim is ABSENT and axis is ABSENT:
        raise TypeError(f"{function}() missing 1 required positional argument: 'dim'")
    return dim if axis is ABSENT else axis


def kept(function: str, keepdim: bool, keepdims: Any) -> bool:
    """What was given as ``keepdim`` or ``keepdims``; TypeError if both were."""
    if keepdims is ABSENT:
        return keepdim
    if keepdim:
        raise TypeError(_twice(function, "keepdim", "keepdims"))
    return bool(keepdims)


def _twice(function: str, old: str, new: str) -> str:
    return f"{function}() got {old!r} and {new!r}: two names of one argument, give one of them"
