"""Copying and pickling of Tensors: of leaves, whose whole state is theirs."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from ._methods import method
from ._tensor import Tensor


@method
def __deepcopy__(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if not self.is_leaf:
        raise RuntimeError(
            "only leaf Tensors can be deep-copied; use clone() or detach() for a result"
        )
    new = object.__new__(type(self))
    memo[id(self)] = new
    new._array, new._base, new._node = self._array.copy(), None, None
    grad = self.grad
    own = {k: v for k, v in self.__dict__.items() if k not in ("_frozen", "_grad")}
    new.__dict__.update(deepcopy(own, memo))
    new.requires_grad = self.requires_grad
    if grad is not None:
        new.grad = deepcopy(grad, memo)
    return new


@method
def __reduce__(self: Tensor) -> Any:
    if not self.is_leaf:
        raise RuntimeError("only leaf Tensors can be pickled; detach() the result first")
    own = {k: v for k, v in self.__dict__.items() if k not in ("_frozen", "_grad")}
    return _rebuild, (type(self), np.asarray(self._array, order="C"), self.requires_grad, own)


def _rebuild(cls: type[Tensor], array: Any, requires_grad: bool, own: dict[str, Any]) -> Tensor:
    new = object.__new__(cls)
    new._array, new._base, new._node = array, None, None
    new.__dict__.update(own)
    new.requires_grad = requires_grad
    return new
