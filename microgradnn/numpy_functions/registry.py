"""The list of NumPy functions that are compositions of primitives, and what all of them need.

A function of NumPy that *is* a primitive is named in that primitive's record (``numpy=``). All
others are here, each defined once, with NumPy's arguments and NumPy's results.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .._arrays import to_array
from .._numpy_protocols import compositions
from .._tensor import Tensor

detached: set[Any] = set()
"""The functions that are no differentiable ones: their results are outside the graph."""


def answers(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function answer for functions of NumPy when they are given a Tensor."""

    def register(answer: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            if function is not None:
                compositions[function] = answer
        return answer

    return register


def named(*names: str) -> list[Any]:
    """Functions of NumPy by name: those that this version of NumPy has."""
    found = []
    for name in names:
        where: Any = np
        for part in name.split("."):
            where = getattr(where, part, None)
        if where is not None:
            found.append(where)
    return found


def outside_the_graph(*functions: Any) -> None:
    """Let functions run on the plain arrays: their results have no derivative."""
    for function in functions:

        def run(*args: Any, _function: Any = function, **kwargs: Any) -> Any:
            return wrapped(_function(*plain(args), **plain(kwargs)))

        run.__doc__ = "Not differentiable: computed outside the graph."
        compositions[function] = run
        detached.add(function)


def plain(x: Any) -> Any:
    """Arrays for Tensors, in nested arguments."""
    if isinstance(x, Tensor):
        return x._array
    if type(x) in (list, tuple):
        return type(x)(map(plain, x))
    return {k: plain(v) for k, v in x.items()} if isinstance(x, dict) else x


def wrapped(x: Any) -> Any:
    """Tensors for arrays and NumPy's numbers, in nested results."""
    if isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "fiub":
        return Tensor._wrap(np.asarray(x))
    if type(x) in (list, tuple):
        return type(x)(map(wrapped, x))
    return x


def tensor(x: Any, like: Any = None) -> Any:
    """A Tensor of what NumPy takes for an array; lists of Tensors are stacked.

    A number takes the dtype of ``like`` if that is a Tensor of floats.
    """
    if isinstance(x, Tensor):
        return x
    if isinstance(x, list | tuple) and any(isinstance(leaf, Tensor) for leaf in _leaves(x)):
        parts = [tensor(item) for item in x]
        stacked: Any = np.stack(parts)
        return stacked
    if isinstance(x, int | float) and isinstance(like, Tensor) and like._array.dtype.kind == "f":
        return Tensor._wrap(np.asarray(x, like._array.dtype))
    return Tensor._wrap(to_array(np.asarray(x)))


def _leaves(x: Any) -> Any:
    for item in x:
        if isinstance(item, list | tuple):
            yield from _leaves(item)
        else:
            yield item


def refuse(name: str, **options: Any) -> None:
    """Raise for arguments that are not implemented, unless they have their usual values.

    Raises
    ------
    NotImplementedError
    """
    for option, (given, usual) in options.items():
        if given is not usual and not (isinstance(given, str) and given == usual):
            if option == "out":
                raise TypeError(
                    f"np.{name} can't write a Tensor's result into a plain array (out=): the "
                    "gradient would be lost"
                )
            raise NotImplementedError(
                f"np.{name}({option}={given!r}) is not implemented for Tensors"
            )


def axis_in(axis: Any, ndim: int) -> int:
    """An axis counted from the front, checked.

    Raises
    ------
    numpy.exceptions.AxisError
    """
    k = int(axis)
    if not -ndim <= k < ndim:
        raise np.exceptions.AxisError(k, ndim)
    return k % ndim


def axes_in(axis: Any, ndim: int) -> tuple[int, ...]:
    """Axes counted from the front; None is all of them."""
    if axis is None:
        return tuple(range(ndim))
    return tuple([axis_in(a, ndim) for a in (axis if isinstance(axis, tuple | list) else (axis,))])


def signature(answer: Any) -> str:
    """The arguments of an answer, as text."""
    return str(inspect.signature(answer))


No = np._NoValue
"""What NumPy's functions have where an argument was not given."""
