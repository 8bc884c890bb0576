"""Numbers at equal distances."""

from __future__ import annotations

import numpy as np

from .. import _dtypes
from .._methods import function
from .._tensor import Tensor
from .._typing import DType
from .creation import _dtype, finish


@function
def arange(
    start: Tensor | float,
    end: Tensor | float | None = None,
    step: Tensor | float = 1,
    *,
    dtype: DType | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` (default 0) up to, not including, ``end``.

    Parameters
    ----------
    start, end, step : int or float
    dtype : dtype, optional
        Default: int64 if all three are integers, else the default float type.
    requires_grad : bool

    Returns
    -------
    Tensor
        Of shape ``(ceil((end - start) / step),)``.

    Examples
    --------
    >>> mg.arange(3)
    tensor([0, 1, 2])
    >>> mg.arange(0, 1, 0.25)
    tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """
    if end is None:
        start, end = 0, start
    numbers = [x.item() if isinstance(x, Tensor) else x for x in (start, end, step)]
    if numbers[2] == 0 or (numbers[1] - numbers[0]) / numbers[2] < 0:
        raise RuntimeError(
            f"arange({numbers[0]}, {numbers[1]}, {numbers[2]}): the step must lead from start to "
            "end"
        )
    if dtype is None:
        kind = _dtype(None) if any(isinstance(x, float) for x in numbers) else np.dtype(np.int64)
    else:
        kind = _dtypes.as_numpy(dtype)
    return finish(np.arange(*numbers).astype(kind), requires_grad)


@function
def linspace(
    start: Tensor | float,
    end: Tensor | float,
    steps: int,
    *,
    dtype: DType | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end``, both included, at equal distances.

    Examples
    --------
    >>> mg.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    return finish(np.linspace(float(start), float(end), steps).astype(_dtype(dtype)), requires_grad)
