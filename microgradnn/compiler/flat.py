"""Small parameters of an optimizer in one piece of memory, so that they are updated in one go.

A call of NumPy for a parameter of ten numbers costs as much as for one of a thousand. So before a
step is traced, the small parameters of a group, and what the optimizer remembers of them, move
together, where nobody else holds their arrays. Each stays an array of its own, of memory that
belongs to no array: for the engine they have nothing in common.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..graph import Leaf
from ..optim.elementwise import Elementwise
from ..optim.optimizer import Optimizer
from ..optim.sgd import SGD
from .arrays import array_of, set_array_of

SMALL = 1 << 14
"""Parameters of more numbers stay where they are."""
MOST = 1 << 15
"""How many numbers lie side by side: an update reads and writes them several times over."""

_flats: weakref.WeakKeyDictionary[Optimizer, list[Flat]] = weakref.WeakKeyDictionary()


class Flat:
    """Parameters that lie side by side.

    Attributes
    ----------
    params : list of Tensor
    p : ndarray
        All of their numbers.
    state : dict of str to ndarray
        All that is remembered of them, by name.
    starts : list of int
    """

    def __init__(self, params: list[Any], owns: list[dict[str, Any]], keys: list[str]) -> None:
        self.params = params
        sizes = [array_of(p).size for p in params]
        self.starts = [sum(sizes[:k]) for k in range(len(sizes) + 1)]
        self.p = self._move(params)
        self.state = {key: self._move([own[key] for own in owns]) for key in keys}
        # Weak, so that a Flat that is no longer in use does not look like a user of the arrays.
        self._arrays = [weakref.ref(array_of(t)) for t in self._tensors(owns)]

    def _tensors(self, owns: list[dict[str, Any]]) -> list[Any]:
        return [*self.params, *[own.get(key) for own in owns for key in self.state]]

    def _move(self, tensors: list[Any]) -> Any:
        """Copy the arrays of Tensors into one, and give them parts of it."""
        dtype = array_of(tensors[0]).dtype
        memory = bytearray(self.starts[-1] * dtype.itemsize)
        for t, start in zip(tensors, self.starts, strict=False):
            old = array_of(t)
            new = np.ndarray(old.shape, dtype, memory, start * dtype.itemsize)
            new[...] = old
            set_array_of(t, new)
        return np.ndarray((self.starts[-1],), dtype, memory)

    def intact(self, optimizer: Any) -> bool:
        """Whether parameters and state still have these arrays."""
        owns = [optimizer.state.get(p, {}) for p in self.params]
        return all(
            t is not None and array_of(t) is a()
            for t, a in zip(self._tensors(owns), self._arrays, strict=True)
        )

    def parts(self, array: Any) -> list[Any]:
        """The parameters' parts of a flat array, in their shapes."""
        return [
            array[a:b].reshape(array_of(p).shape)
            for a, b, p in zip(self.starts[:-1], self.starts[1:], self.params, strict=True)
        ]


def flats_of(optimizer: Any) -> list[Flat]:
    """The flat parameters of an optimizer: those that are, and those that can be made so."""
    if not isinstance(optimizer, SGD | Elementwise):
        return []
    known = [f for f in _flats.get(optimizer, []) if f.intact(optimizer)]
    have = {id(p) for f in known for p in f.params}
    for group in optimizer.param_groups:
        by_kind: dict[Any, list[Any]] = {}
        for p in group["params"]:
            own = optimizer.state.get(p, {})
            keys = tuple(k for k in optimizer._buffers if k in own)
            others = [own[k] for k in keys]
            if id(p) not in have and all(_movable(t) for t in (p, *others)) and _leaf(p):
                by_kind.setdefault((array_of(p).dtype, keys), []).append(p)
        for (_, keys), params in by_kind.items():
            for run in _runs(params):
                if len(run) > 1:
                    owns = [optimizer.state.get(p, {}) for p in run]
                    known.append(Flat(run, owns, list(keys)))
    _flats[optimizer] = known
    return known


def _runs(params: list[Any]) -> Iterator[list[Any]]:
    """Neighbours that together stay in the processor's cache."""
    run: list[Any] = []
    size = 0
    for p in params:
        if run and size + array_of(p).size > MOST:
            yield run
            run, size = [], 0
        run.append(p)
        size += array_of(p).size
    yield run


def _leaf(p: Any) -> bool:
    return isinstance(p, Tensor) and type(p._node) is Leaf


def _movable(t: Any) -> bool:
    """Whether a Tensor's array can be exchanged unseen: nobody else holds it."""
    if not isinstance(t, Tensor) or t._base is not None or getattr(t, "_views", None):
        return False
    array = array_of(t)
    return bool(
        (array.base is None or isinstance(array.base, bytearray))
        and 0 < array.size <= SMALL
        and array.flags.c_contiguous
        and array.flags.writeable
        and sys.getrefcount(array) <= _ALONE
    )


def _count_alone() -> int:
    """The references to an array that only a Tensor holds, as `_movable` counts them."""
    t = Tensor._wrap(np.zeros(1))
    array = array_of(t)
    return sys.getrefcount(array)


_ALONE = _count_alone()
