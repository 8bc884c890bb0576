"""Names for what functions and operators take: read by type checkers and editors only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from ._tensor import Tensor

Operand: TypeAlias = "Tensor | float | np.ndarray[Any, Any] | np.generic"
"""What stands beside a Tensor in an operation: a Tensor, a number, or an array."""
