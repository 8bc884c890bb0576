"""`Parameter`: a Tensor that a module learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._arrays import to_array
from .._promotion import default_float
from .._tensor import Tensor


class Parameter(Tensor):
    """A Tensor that becomes a parameter of the `Module` it is assigned to.

    Parameters
    ----------
    data : Tensor or array_like, optional
        The memory of a Tensor or an array is shared. Default: an empty Tensor.
    requires_grad : bool
        Whether ``backward()`` computes its gradient.

    Raises
    ------
    RuntimeError
        If it requires grad and is not of a floating dtype.

    Examples
    --------
    >>> mg.nn.Parameter(mg.tensor([1.0, 2.0]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        self._array = np.empty(0, default_float[0]) if data is None else to_array(data)
        self._base = None
        self._node = None
        if requires_grad:
            self.requires_grad = True

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
