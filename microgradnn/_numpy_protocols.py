"""NumPy's protocols: ``np.exp(tensor)``, ``array * tensor`` run primitives, keep the graph."""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from ._methods import method
from ._primitive import Primitive, answers

if TYPE_CHECKING:
    from ._tensor import Tensor


class _Traces(threading.local):
    """How many transforms of functions (`microgradnn.func`) this thread is inside of."""

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.depth -= 1


traces = _Traces()

_STORE = dis.opmap["STORE_SUBSCR"]


def refuse_to_lose(what: str) -> None:
    """Raise if a plain number is being made of what is traced, where that loses a gradient.

    ``array[0] = tensor`` asks the Tensor for a float, as ``float(tensor)`` does. The first is
    always a mistake; the second is one in a transform, where ``math.exp(tensor)`` does it.

    Parameters
    ----------
    what : str
        What it is, for the message.

    Raises
    ------
    TypeError
    """
    frame = sys._getframe(2)
    if frame.f_code.co_code[frame.f_lasti] == _STORE:
        raise TypeError(
            f"{what} can't become an element of a plain NumPy array (array[i] = x): its gradient "
            "would be lost silently. Collect the parts and join them with np.stack([...]) or "
            "np.concatenate([...]), make the array a Tensor (mg.zeros(...)), or assign "
            "x.detach() if no gradient is wanted."
        )
    if traces.depth:
        raise TypeError(
            f"{what} can't become a plain number while it is being differentiated: its gradient "
            "would be lost silently. Use NumPy's functions or mg's instead of math's "
            "(np.exp(x) for math.exp(x)); for a number outside the graph say x.item()."
        )


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
    if method == "__call__":
        prim = answers.get(ufunc)
        if prim is None:
            return find(ufunc, f"np.{ufunc.__name__}")(*inputs, **kwargs)
        return _apply(prim, inputs, kwargs)
    prim = answers.get((ufunc, method))
    name = f"np.{ufunc.__name__}.{method}"
    if prim is None:
        raise _missing(name)
    if method == "reduce":
        kwargs.setdefault("axis", 0 if self._array.ndim else None)  # as for an array
    return _apply(prim, inputs, kwargs)


@method
def __array_function__(self: Tensor, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """``np.where(condition, tensor, 0)``: NumPy's functions keep the graph."""
    return find(func, f"np.{func.__name__}")(*args, **kwargs)


compositions: dict[Any, Callable[..., Any]] = {}
"""NumPy function to what answers it with several primitives, or with NumPy's arguments.

Filled by ``numpy_functions``, which is imported when it is first needed.
"""


def find(function: Any, name: str) -> Callable[..., Any]:
    """What answers a function of NumPy.

    Raises
    ------
    NotImplementedError
        If nothing does.
    """
    found = compositions.get(function)
    if found is None:
        from . import numpy_functions  # noqa: F401  (fills the list)

        if "scipy.special" in sys.modules:
            from .numpy_functions import scipy_special  # noqa: F401

        found = compositions.get(function)
        if found is None:
            prim = answers.get(function)
            if prim is None:
                raise _missing(name, getattr(function, "__module__", ""))
            found = compositions[function] = partial(_call, prim)
    return found


def _call(prim: Primitive, *args: Any, **kwargs: Any) -> Any:
    return _apply(prim, args, kwargs)


_COMPLEX = frozenset({"numpy.fft"})
"""Modules of NumPy whose functions make complex numbers."""


def _missing(name: str, module: str = "") -> NotImplementedError:
    why = " (it makes complex numbers, which Tensors do not have yet)" * (module in _COMPLEX)
    return NotImplementedError(
        f"{name} is not implemented for Tensors{why}; for a result outside the graph use "
        f"{name}(tensor.detach().numpy())"
    )


def _apply(prim: Primitive, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a primitive with NumPy's arguments."""
    defaults = {"dtype": None, "where": True}
    params = {k: v for k, v in kwargs.items() if k not in defaults or v is not defaults[k]}
    n = len(inputs) if prim.variadic else min(len(prim.inputs), len(inputs))
    extra = dict(zip((p for p, _ in prim.params), inputs[n:], strict=False))
    return prim(*inputs[:n], **extra, **params)
