"""The arrays of Tensors as they are, whatever is being traced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._tensor import Tensor

_SLOT: Any = Tensor.__dict__["_array"]

array_of: Callable[[Any], Any] = _SLOT.__get__
"""A Tensor's array."""

set_array_of: Callable[[Any, Any], None] = _SLOT.__set__
"""Give a Tensor an array."""
