"""Sizes as users give them: several integers, or one sequence of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._tensor import Tensor


def sizes(given: tuple[Any, ...], name: str) -> tuple[int, ...]:
    """Plain integers; TypeError that names the function for what is none."""
    for n in given:
        if n.__class__ is not int:
            break
    else:
        return given
    if len(given) == 1 and isinstance(given[0], tuple | list):
        given = tuple(given[0])
    return tuple([n if n.__class__ is int else _integer(n, name) for n in given])


def _integer(n: Any, name: str) -> int:
    if isinstance(n, int | np.integer) or (isinstance(n, Tensor) and n._array.size == 1):
        return int(n)
    raise TypeError(f"{name} takes integers, or one sequence of them, got a {type(n).__name__}")
