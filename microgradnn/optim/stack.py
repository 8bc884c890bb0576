"""The Values of a parameter group as one vector, so that an update is written for arrays alone."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..value import Value


class Stack:
    """Values, and what an optimizer remembers of them.

    Parameters
    ----------
    values : list of Value
    state : mapping of Value to dict
        What is remembered of each so far.
    buffers : tuple of str
        The names of what has the parameter's shape; the rest counts steps, and is shared.

    Attributes
    ----------
    own : dict of str to Tensor
        As the state of a parameter of shape ``(len(values),)``. The state of a Value is made of
        views of it.
    """

    def __init__(
        self, values: list[Value], state: Mapping[Any, dict[str, Any]], buffers: tuple[str, ...]
    ) -> None:
        self.values = values
        self.own: dict[str, Any] = {}
        states = [state.get(value, {}) for value in values]
        for key, item in states[0].items():
            if key in buffers and all(key in own for own in states):
                item = Tensor._wrap(np.array([float(own[key]) for own in states]))
            self.own[key] = item
        self._shared = 0

    def holds(self, values: list[Value]) -> bool:
        """Whether these are the Values, in this order."""
        return len(values) == len(self.values) and all(map(is_, values, self.values))

    def read(self) -> tuple[dict[str, Any], Any, Any]:
        """The state, the numbers and the gradients."""
        p = np.array([value._data for value in self.values], np.float64)
        return self.own, p, np.array([value.grad for value in self.values], np.float64)

    def write(self, p: Any, state: dict[Any, dict[str, Any]]) -> None:
        """Give each Value its new number, and a view of what is remembered of it."""
        for value, number in zip(self.values, p.tolist(), strict=True):
            value.data = number
        if len(self.own) == self._shared:
            return
        self._shared = len(self.own)
        for key, item in self.own.items():
            whole = item._array
            for k, value in enumerate(self.values):
                state[value][key] = (
                    Tensor._wrap(whole[k : k + 1].reshape(())) if whole.ndim else item
                )
