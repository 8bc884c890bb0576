"""Indices as people write them: ``P[n, t]`` is the element t[n] of every row n."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Rows:
    """The index 0, 1, 2, ... beside another one: every row."""

    count: int


def rows_first(index: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index without what says nothing: an Ellipsis at the end, the numbers of all rows.

    Examples
    --------
    >>> rows_first((np.arange(3), np.array([2, 0, 1]), Ellipsis))
    (Rows(count=3), array([2, 0, 1]))
    """
    if len(index) > 1 and index[-1] is Ellipsis:
        index = index[:-1]
    if len(index) > 1 and counts_up(index[0]) and hasattr(index[1], "shape"):
        return (Rows(index[0].size), *index[1:])
    return index


def counts_up(index: Any) -> bool:
    """Whether an index is the array 0, 1, 2, ..."""
    if not isinstance(index, np.ndarray) or index.ndim != 1 or index.dtype.kind not in "iu":
        return False
    return index.size > 0 and bool((index == np.arange(index.size)).all())
