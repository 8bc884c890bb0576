"""Notices when an array that was saved for backward is changed in place.

There are no version counters on tensors. An in-place operation *stamps* the array that owns the
memory with the next creation number; backward compares the latest stamp of all with the node's own
number, and looks closer only if something was changed after the node was made. So the forward
pass pays nothing, and a change through any view of the memory is seen. Changes through NumPy alone
(``t.numpy()[0] = 1``) are not.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

sequence: Iterator[int] = itertools.count(1)
"""Creation numbers of nodes and of stamps."""

latest: list[int] = [0]
"""The number of the latest stamp, in a list so that readers see it change."""

_stamps: dict[int, tuple[weakref.ref[Any], int, str]] = {}


def owner(array: Any) -> Any:
    """The array (or other object) that owns the memory ``array`` looks at."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def stamp(array: Any, operation: str) -> None:
    """Note that ``operation`` has changed the memory of ``array`` just now."""
    array = owner(array)
    key = id(array)
    known = _stamps.get(key)
    number = latest[0] = next(sequence)
    if known is not None and known[0]() is array:
        _stamps[key] = (known[0], number, operation)
    else:

        def forget(_: object) -> None:
            _stamps.pop(key, None)

        _stamps[key] = (weakref.ref(array, forget), number, operation)


def change_since(array: Any, number: int) -> str | None:
    """The operation that changed ``array`` after creation number ``number``, if any did."""
    if not isinstance(array, np.ndarray):
        return None
    array = owner(array)
    known = _stamps.get(id(array))
    if known is None or known[1] < number or known[0]() is not array:
        return None
    return known[2]


_ACCUMULATION = "the accumulation of gradients"


def accumulate(grad: Any) -> None:
    """Note that ``backward()`` has added to a gradient just now, in place.

    A gradient that an optimizer has used has the creation number of that step as ``_used``; it is
    negative once ``backward()`` has added to it, if nothing had set it to zero.
    """
    array = grad._array
    used = grad.__dict__.get("_used")
    if used is not None:
        before = change_since(array, abs(used))
        if before != _ACCUMULATION:  # the first time since the step, or since it was set to zero
            grad._used = -abs(used) if before is None else abs(used)
    stamp(array, _ACCUMULATION)
