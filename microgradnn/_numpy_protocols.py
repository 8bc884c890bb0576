"""NumPy's protocols: ``np.exp(tensor)``, ``array * tensor`` run primitives, keep the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._methods import method
from ._primitive import answers

if TYPE_CHECKING:
    from ._tensor import Tensor


@method
def __array__(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    if self._node is not None:
        raise RuntimeError(
            "a Tensor that requires grad can't become a plain NumPy array: its gradient would "
            "be lost silently. Use tensor.detach().numpy(), or keep computing with the Tensor."
        )
    return np.array(self._array, dtype=dtype, copy=copy)


@method
def __array_ufunc__(self: Tensor, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """``np.exp(tensor)``, ``array * tensor``: NumPy's functions keep the graph."""
    if kwargs.pop("out", None) is not None:
        raise TypeError(
            f"np.{ufunc.__name__} can't write a Tensor's result into a plain array (out=, or "
            "array += tensor): the gradient would be lost. Make the array a Tensor."
        )
    key = ufunc if method == "__call__" else (ufunc, method)
    if method == "reduce":
        kwargs.setdefault("axis", 0 if self._array.ndim else None)  # as for an array
    return _answer(key, f"np.{ufunc.__name__}", inputs, kwargs)


@method
def __array_function__(self: Tensor, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """``np.where(condition, tensor, 0)``: NumPy's functions keep the graph."""
    return _answer(func, f"np.{func.__name__}", args, kwargs)


def _answer(key: Any, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run the primitive that answers a NumPy function."""
    prim = answers.get(key)
    if prim is None:
        raise NotImplementedError(
            f"{name} is not implemented for Tensors; for a result outside the graph use "
            f"{name}(tensor.detach().numpy())"
        )
    defaults = {"dtype": None, "where": True}
    params = {k: v for k, v in kwargs.items() if k not in defaults or v is not defaults[k]}
    n = len(inputs) if prim.variadic else min(len(prim.inputs), len(inputs))
    extra = dict(zip((p for p, _ in prim.params), inputs[n:], strict=False))
    return prim(*inputs[:n], **extra, **params)
