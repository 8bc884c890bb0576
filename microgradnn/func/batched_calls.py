"""NumPy's functions on `Batched` arrays: each moved one axis to the right, past the hidden one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .batching import Batched, NotBatchableError, each, newest

Handler = Callable[..., Any]
_handlers: dict[Any, Handler] = {}


def run_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """A ufunc, or its ``reduce`` or ``accumulate``, on arrays of which some are Batched."""
    if kwargs.pop("out", None) is not None:
        raise NotBatchableError("a result written into an array")
    level = newest(inputs)
    if method == "__call__":
        if "where" in kwargs and kwargs["where"] is not True:
            raise NotBatchableError("where=")
        if ufunc is np.matmul:
            return _matmul(level, *inputs)
        return _wrap(ufunc(*_aligned(inputs, level), **kwargs), level)
    if method not in ("reduce", "accumulate"):
        raise NotBatchableError(f"{ufunc.__name__}.{method}")
    if any(type(v) is Batched for v in kwargs.values()):
        raise NotBatchableError("where= or initial= that differs between examples")
    x, *rest = inputs
    axis = rest.pop(0) if rest else kwargs.pop("axis", 0)
    if len(rest) == 3:  # dtype, out, keepdims by position
        kwargs.update(dtype=rest[0], keepdims=rest[2])
    elif rest:
        raise NotBatchableError("arguments by position")
    return Batched(getattr(ufunc, method)(x.raw, axis=_moved(axis, x.ndim), **kwargs), level)


def run_function(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """A function of NumPy on arrays of which some are Batched.

    Raises
    ------
    NotBatchableError
        If it is none of those below.
    """
    handler = _handlers.get(func)
    if handler is None:
        raise NotBatchableError(f"np.{func.__name__}")
    return handler(*args, **kwargs)


def _wrap(out: Any, level: int) -> Any:
    return (
        tuple([Batched(o, level) for o in out]) if isinstance(out, tuple) else Batched(out, level)
    )


def _rank(x: Any) -> int:
    return x.ndim if isinstance(x, np.ndarray) else np.ndim(x)


def _aligned(inputs: Sequence[Any], level: int, rank: int = 0) -> list[Any]:
    """Raw arrays that broadcast: the hidden axis first, then as many axes for each as one has."""
    rank = max(rank, *(_rank(x) for x in inputs))
    return [
        x.raw.reshape((x.raw.shape[0], *(1,) * (rank - x.ndim), *x.shape))
        if type(x) is Batched and x.level == level
        else x
        for x in inputs
    ]


def _moved(axis: Any, ndim: int) -> Any:
    """Axes of an example as axes of all of them; None is every axis of an example."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    if isinstance(axis, tuple | list):
        return tuple([_moved(a, ndim) for a in axis])
    if not -ndim <= axis < ndim and not (ndim == 0 and axis in (0, -1)):
        raise np.exceptions.AxisError(axis, ndim)
    if ndim == 0:
        return ()
    return int(axis) % ndim + 1


def _matmul(level: int, x: Any, y: Any) -> Any:
    vector = (_rank(x) == 1, _rank(y) == 1)
    if 0 in (_rank(x), _rank(y)):
        raise ValueError("matmul of a number")
    x = x.reshape((1, *x.shape)) if vector[0] else x
    y = y.reshape((*y.shape, 1)) if vector[1] else y
    out = np.matmul(*_aligned((x, y), level))
    shape = list(out.shape)
    if vector[1]:
        del shape[-1]
    if vector[0]:
        del shape[-1 - (not vector[1])]
    return Batched(out.reshape(tuple(shape)), level)


def _on(*functions: Any) -> Callable[[Handler], Handler]:
    """Let a handler answer for functions of NumPy."""

    def register(handler: Handler) -> Handler:
        for function in functions:
            _handlers[function] = handler
        return handler

    return register


def _along_axis(function: Any) -> None:
    """A function with an ``axis``: None means all axes, or the flattened array."""
    default = inspect.signature(function).parameters["axis"].default
    flattens = function not in _OVER_ALL

    def handler(x: Any, axis: Any = default, *args: Any, **kwargs: Any) -> Any:
        if type(x) is not Batched or args or any(type(v) is Batched for v in kwargs.values()):
            raise NotBatchableError(function.__name__)
        if kwargs.get("out") is not None:
            raise NotBatchableError("a result written into an array")
        if axis is None and flattens:
            x, axis = x.reshape(-1), 0
        if axis == () or (x.ndim == 0 and function not in _OVER_ALL):
            raise NotBatchableError("no axis")
        return Batched(function(x.raw, axis=_moved(axis, x.ndim), **kwargs), x.level)

    _handlers[function] = handler


_OVER_ALL: set[Any] = {
    np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.any, np.all, np.flip,
    np.squeeze, np.count_nonzero, np.nansum, np.median,
}  # fmt: skip
_reducing: list[Any] = [
    np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.any, np.all, np.argmax, np.argmin,
    np.cumsum, np.cumprod, np.sort, np.argsort, np.flip, np.squeeze, np.median,
]  # fmt: skip
for _function in _reducing:
    _along_axis(_function)


@_on(np.where)
def _where(condition: Any, x: Any, y: Any) -> Any:
    level = newest((condition, x, y))
    return Batched(np.where(*_aligned((condition, x, y), level)), level)


@_on(np.clip)
def _clip(x: Any, low: Any = None, high: Any = None) -> Any:
    if type(low) is Batched or type(high) is Batched:
        raise NotBatchableError("bounds that differ between examples")
    return Batched(np.clip(x.raw, low, high), x.level)


@_on(np.broadcast_to)
def _broadcast_to(x: Any, shape: Any, subok: bool = False) -> Any:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if x.ndim > len(sizes):
        raise ValueError("input operand has more dimensions than allowed")
    (raw,) = _aligned((x,), x.level, len(sizes))
    return Batched(np.broadcast_to(raw, (raw.shape[0], *sizes)), x.level)


def _all_batched(arrays: Sequence[Any]) -> tuple[list[Any], int]:
    """The raw arrays, those that are the same for all examples repeated."""
    level = newest(arrays)
    size = next(x.raw.shape[0] for x in arrays if type(x) is Batched and x.level == level)
    return [
        x.raw
        if type(x) is Batched and x.level == level
        else np.broadcast_to(x, (size, *np.shape(x)))
        for x in arrays
    ], level


@_on(np.concatenate)
def _concatenate(arrays: Sequence[Any], axis: Any = 0, out: Any = None) -> Any:
    if axis is None or out is not None:
        raise NotBatchableError("concatenate")
    raws, level = _all_batched(arrays)
    return Batched(np.concatenate(raws, axis=_moved(axis, raws[0].ndim - 1)), level)


@_on(np.stack)
def _stack(arrays: Sequence[Any], axis: int = 0, out: Any = None) -> Any:
    raws, level = _all_batched(arrays)
    return Batched(np.stack(raws, axis=_moved(axis, raws[0].ndim)), level)


@_on(np.moveaxis)
def _moveaxis(x: Any, source: Any, destination: Any) -> Any:
    raw = np.moveaxis(x.raw, _moved(source, x.ndim), _moved(destination, x.ndim))
    return Batched(raw, x.level)


@_on(np.swapaxes)
def _swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    return Batched(np.swapaxes(x.raw, _moved(axis1, x.ndim), _moved(axis2, x.ndim)), x.level)


@_on(np.transpose)
def _transpose(x: Any, axes: Any = None) -> Any:
    return x.transpose(axes)


@_on(np.reshape)
def _reshape(x: Any, shape: Any, *args: Any, **kwargs: Any) -> Any:
    if args or kwargs:
        raise NotBatchableError("reshape in another order")
    return x.reshape(shape)


@_on(np.ravel)
def _ravel(x: Any, order: str = "C") -> Any:
    if order != "C":
        raise NotBatchableError("ravel in another order")
    return x.reshape(-1)


@_on(np.expand_dims)
def _expand_dims(x: Any, axis: Any) -> Any:
    axes = axis if isinstance(axis, tuple) else (axis,)
    ndim = x.ndim + len(axes)
    return Batched(np.expand_dims(x.raw, tuple([a % ndim + 1 for a in axes])), x.level)


@_on(np.roll)
def _roll(x: Any, shift: Any, axis: Any = None) -> Any:
    if axis is None:
        return _roll(x.reshape(-1), shift, 0).reshape(x.shape)
    return Batched(np.roll(x.raw, shift, _moved(axis, x.ndim)), x.level)


@_on(np.diagonal)
def _diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    axes = _moved(axis1, x.ndim), _moved(axis2, x.ndim)
    return Batched(np.diagonal(x.raw, offset, *axes), x.level)


@_on(np.take_along_axis)
def _take_along_axis(x: Any, indices: Any, axis: Any = -1) -> Any:
    if axis is None:
        raise NotBatchableError("axis=None")
    (x, indices), level = _all_batched((x, indices))
    return Batched(np.take_along_axis(x, indices, _moved(axis, x.ndim - 1)), level)


@_on(np.zeros_like, np.ones_like, np.full_like)
def _like(x: Any, *args: Any, **kwargs: Any) -> Any:
    raise NotBatchableError("an array to be filled")


@_on(np.einsum)
def _einsum(equation: Any, *operands: Any, **kwargs: Any) -> Any:
    if not isinstance(equation, str) or "->" not in equation or kwargs.get("out") is not None:
        raise NotBatchableError("this form of einsum")
    level = newest(operands)
    letter = next(c for c in map(chr, range(65, 123)) if c.isalpha() and c not in equation)
    left, _, right = equation.replace(" ", "").partition("->")
    words, arrays = [], []
    for word, x in zip(left.split(","), operands, strict=True):
        hidden = type(x) is Batched and x.level == level
        words.append(letter * hidden + word)
        arrays.append(x.raw if hidden else x)
    return Batched(np.einsum(f"{','.join(words)}->{letter}{right}", *arrays, **kwargs), level)


@_on(np.dot)
def _dot(x: Any, y: Any) -> Any:
    if min(_rank(x), _rank(y)) == 0:
        return x * y
    if _rank(y) > 2:
        raise NotBatchableError("dot of many dimensions")
    return _matmul(newest((x, y)), x, y)


def _of_matrices(function: Any) -> None:
    """A function of matrices that lets dimensions in front stand for many of them."""

    def handler(x: Any, *args: Any, **kwargs: Any) -> Any:
        out = function(x.raw, *args, **kwargs)
        if not isinstance(out, tuple):
            return Batched(out, x.level)
        return tuple([Batched(o, x.level) for o in out])

    _handlers[function] = handler


_matrices: list[Any] = [
    np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.cholesky, np.linalg.eigh,
    np.linalg.eigvalsh, np.linalg.svd, np.linalg.qr, np.linalg.svdvals, np.tril, np.triu,
]  # fmt: skip
for _function in _matrices:
    _of_matrices(_function)


@_on(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    level = newest((a, b))
    if b.ndim == 1:
        return _solve(a, b.reshape((-1, 1))).reshape((-1,))
    rank = max(a.ndim, b.ndim)
    return Batched(np.linalg.solve(*_aligned((a, b), level, rank)), level)


@_on(np.result_type)
def _result_type(*arrays: Any) -> Any:
    return np.result_type(*[x.dtype if isinstance(x, np.ndarray) else x for x in arrays])


@_on(np.shape)
def _shape(x: Any) -> Any:
    return tuple(x.shape)


@_on(np.ndim)
def _ndim(x: Any) -> int:
    return len(x.shape)


@_on(np.may_share_memory, np.shares_memory)
def _share(*arrays: Any, **kwargs: Any) -> bool:
    return False  # nothing is written into a Batched array


__all__ = ["each", "run_function", "run_ufunc"]
