"""What all windows share: their points, their dtype, how they are finished."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _dtypes
from ..._promotion import default_float
from ..._tensor import Tensor
from ..._typing import DType
from ...functions.creation import check_place, finish


def points(M: int, dtype: DType | None, layout: Any, device: Any, name: str) -> Any:
    """The floating dtype of a window; errors for what is no number of points."""
    check_place(device, layout)
    kind = default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
    if kind.kind != "f":
        raise ValueError(f"{name}: a window is of a floating type, got {dtype}")
    if M < 0:
        raise ValueError(f"{name}: the number of points can't be negative, got {M}")
    return kind


def centred(M: int, sym: bool) -> Any:
    """Distances of the points from the middle of the window."""
    n = M if sym else M + 1
    return np.arange(M) - (n - 1) / 2


def made(weights: Any, M: int, kind: Any, requires_grad: bool) -> Tensor:
    """The window as a Tensor; of one point it is 1."""
    return finish((weights if M > 1 else np.ones(M)).astype(kind), requires_grad)
