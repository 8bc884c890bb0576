"""Classes and functions that the user trusts, beside those that every file may name."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

_trusted: dict[str, Any] = {}

_NEVER = ("sys", "os", "posix", "nt")
"""Modules of which nothing is loaded, whatever the user says."""


def _named(given: Any) -> tuple[str, Any]:
    """The name in a pickle, and the object."""
    if not isinstance(given, tuple):
        return f"{given.__module__}.{given.__qualname__}", given
    if len(given) != 2:
        raise ValueError(
            f"a safe global is an object or a pair (object, full name), got {len(given)} items"
        )
    if not isinstance(given[1], str):
        raise TypeError(f"the full name of a safe global is a str, got {type(given[1]).__name__}")
    return given[1], given[0]


def add_safe_globals(safe_globals: Sequence[Any]) -> None:
    """Let `load` use classes and functions that a file names.

    What they do when they are called with a file's arguments is up to them: trust them as code.

    Parameters
    ----------
    safe_globals : list of class or function, or of (object, full name)
    """
    _trusted.update([_named(given) for given in safe_globals])


def get_safe_globals() -> list[Any]:
    """What has been added with `add_safe_globals`."""
    return list(_trusted.values())


def clear_safe_globals() -> None:
    """Trust nothing any more that was added with `add_safe_globals`."""
    _trusted.clear()


class safe_globals:
    """`add_safe_globals` for the length of a block.

    Parameters
    ----------
    safe_globals : list of class or function, or of (object, full name)

    Examples
    --------
    >>> from fractions import Fraction
    >>> with mg.serialization.safe_globals([Fraction]):
    ...     mg.serialization.get_safe_globals()
    [<class 'fractions.Fraction'>]
    """

    def __init__(self, safe_globals: Sequence[Any]) -> None:
        self._given = [_named(given) for given in safe_globals]

    def __enter__(self) -> None:
        self._before = dict(_trusted)
        _trusted.update(self._given)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _trusted.clear()
        _trusted.update(self._before)


def trusted(name: str) -> Any:
    """What the user trusts under a full name; None if it is nothing."""
    return None if name.split(".")[0] in _NEVER else _trusted.get(name)
