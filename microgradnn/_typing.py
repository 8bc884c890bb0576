"""Names for what functions and operators take: read by type checkers and editors only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._dtypes import dtype
    from ._tensor import Tensor

Array: TypeAlias = "np.ndarray[Any, Any]"
"""A NumPy array of any shape and dtype."""

Operand: TypeAlias = "Tensor | float | Array | np.generic"
"""What stands beside a Tensor in an operation: a Tensor, a number, or an array."""

Dims: TypeAlias = "int | Sequence[int] | None"
"""One dimension, several, or all."""

Sizes: TypeAlias = "int | Sequence[int]"
"""One of the sizes of the dimensions, or all in one sequence."""

DType: TypeAlias = "dtype | np.dtype[Any] | type | str"
"""An element type: PyTorch's, NumPy's, Python's, or a name."""
