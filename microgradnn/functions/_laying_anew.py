"""A result whose order in memory was our choice may be laid out anew, as long as nobody can tell.

Convolution leaves its results batch last in memory, and what follows keeps that. PyTorch's programs
take views of such results, which exist for PyTorch's order only.
"""

from __future__ import annotations

import sys

import numpy as np

from .._tensor import Tensor


def lay_anew(x: Tensor) -> bool:
    """Give a Tensor a C-ordered copy of its array, if the old one's memory is seen by it alone.

    Views, bases of views, and what shares its memory with a NumPy array keep theirs. What nodes
    saved may stay behind: it has the same numbers, and no later change in place reaches it.
    """
    if x._base is not None:
        return False
    holders, owners = _references(x)
    saved = x._node.saved if x._node is not None else ()
    if isinstance(saved, tuple):
        holders -= sum(item is x._array for item in saved)
    if holders > _ALONE[0] or owners > _ALONE[1]:
        return False
    x._array = np.ascontiguousarray(x._array)
    return True


def _references(x: Tensor) -> tuple[int, int]:
    """How many references there are to a Tensor's array, and to the one that owns its memory."""
    array = x._array
    owner = array.base
    return sys.getrefcount(array), 0 if owner is None else sys.getrefcount(owner)


_ALONE = _references(Tensor._wrap(np.empty((2, 3)).T))
