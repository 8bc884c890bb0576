"""How a Tensor prints."""
from __future__ import annotations
from typing import TYPE_CHECKING
import numpy as np
if TYPE_CHECKING:
    from ._tensor import Tensor


def format_tensor(t: Tensor) -> str:
    """PyTorch's ``tensor(...)``."""
    return f"tensor({np.array2string(t._array, separator=', ')})"
