"""`vmap`: a function of one example made a function of many."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..grad_mode import is_grad_enabled
from ..value import Value
from .batching import ENTER, LEAVE, NotBatchableError, new_level
from .pytrees import Structure, flatten, unflatten
from .tracing import hand_back, likeness

Dims = int | None | tuple[Any, ...] | list[Any] | dict[Any, Any]


class OneByOneWarning(UserWarning):
    """A function that `vmap` could only run example by example."""


def vmap(
    func: Callable[..., Any], in_dims: Dims = 0, out_dims: Any = 0, *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """Map a function over a dimension of its arguments, all examples at once.

    The function is written for one example and called once; inside it, arrays have the shape of an
    example. It may use transforms, and may be transformed: ``vmap(grad(f))`` makes a gradient per
    example. Tensors from outside that need gradients get the sum over the examples.

    What needs the examples one by one (``if x > 0``, ``x.item()``, a mask as an index, a write in
    place) makes the function run once per example, with a warning. Random
    numbers drawn inside are the same for all examples.

    Parameters
    ----------
    func : callable
        Of Tensors, arrays, and dicts, lists, tuples of them.
    in_dims : int, None, or nested like the arguments
        Which dimension of each argument to map over; None for one that all examples share.
    out_dims : int, or nested like the output
        Where that dimension is put in the output.
    chunk_size : int, optional
        How many examples to compute at once; all by default.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        When called: if there is nothing to map over, sizes differ, or dimensions do not exist.

    Examples
    --------
    >>> a, b = np.arange(6.0).reshape(2, 3), np.ones(3)
    >>> mg.func.vmap(np.dot, in_dims=(0, None))(a, b)
    array([ 3., 12.])
    >>> mg.func.vmap(mg.func.grad(lambda x: (x * x).sum()))(a)
    array([[ 0.,  2.,  4.],
           [ 6.,  8., 10.]])
    """
    if not callable(func):
        raise TypeError(f"vmap takes a function, got a {type(func).__name__}")
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"vmap: chunk_size is at least 1, got {chunk_size}")

    @functools.wraps(func, updated=())
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = flatten(args)
        dims = _dims_of(in_dims, args, structure)
        leaves = [
            _checked(x, dim, k) if dim is not None else x
            for k, (x, dim) in enumerate(zip(leaves, dims, strict=True))
        ]
        sizes = {x._array.shape[0] for x, dim in zip(leaves, dims, strict=True) if dim is not None}
        if not sizes:
            raise ValueError("vmap: in_dims maps over no argument; one at least is needed")
        if len(sizes) > 1:
            raise ValueError(
                f"vmap: the sizes of the dimensions mapped over differ: {sorted(sizes)}"
            )
        (size,) = sizes
        mapping = _Mapping(func, structure, dims, kwargs)
        step = min(chunk_size or size, size) or 1
        if step == size or not size:
            outputs, out_structure = mapping.run(leaves, size)
        else:
            pieces = []
            for start in range(0, size, step):
                part = [
                    x if dim is None else x[start : start + step]
                    for x, dim in zip(leaves, dims, strict=True)
                ]
                found, out_structure = mapping.run(part, min(step, size - start))
                pieces.append(found)
            outputs = [np.concatenate(column) for column in zip(*pieces, strict=True)]
        plain = likeness(args)
        where = _dims_for_output(out_dims, out_structure)
        results = [
            _outside(y if dim == 0 else np.moveaxis(y, 0, dim), plain)
            for y, dim in zip(outputs, where, strict=True)
        ]
        return unflatten(out_structure, results)

    return mapped


class _Mapping:
    """One call of a mapped function: all examples at once, or one by one."""

    def __init__(
        self, func: Callable[..., Any], structure: Structure, dims: list[Any], kwargs: Any
    ) -> None:
        self.func, self.structure, self.dims, self.kwargs = func, structure, dims, kwargs

    def run(self, leaves: list[Any], size: int) -> tuple[list[Any], Structure]:
        try:
            return self.at_once(leaves, size)
        except Exception as error:
            why = error if isinstance(error, NotBatchableError) else error.__cause__
            if not isinstance(why, NotBatchableError) or not size:
                raise
            warnings.warn(
                f"vmap runs {getattr(self.func, '__name__', 'the function')} example by example, "
                f"because of {why}",
                OneByOneWarning,
                stacklevel=4,
            )
        return self.one_by_one(leaves, size)

    def at_once(self, leaves: list[Any], size: int) -> tuple[list[Any], Structure]:
        with new_level() as level:
            inside = [
                x if dim is None else ENTER.apply(x, level, size)
                for x, dim in zip(leaves, self.dims, strict=True)
            ]
            result = self.func(*unflatten(self.structure, inside), **self.kwargs)
            found, structure = flatten(result)
            return [LEAVE.apply(_as_tensor(y), level, size) for y in found], structure

    def one_by_one(self, leaves: list[Any], size: int) -> tuple[list[Any], Structure]:
        rows = []
        for k in range(size):
            inside = [x if dim is None else x[k] for x, dim in zip(leaves, self.dims, strict=True)]
            found, structure = flatten(self.func(*unflatten(self.structure, inside), **self.kwargs))
            rows.append([_as_tensor(y) for y in found])
        return [np.stack(column) for column in zip(*rows, strict=True)], structure


def _as_tensor(y: Any) -> Tensor:
    if isinstance(y, Tensor):
        return y
    if isinstance(y, Value):
        raise TypeError("vmap is for Tensors and arrays; a Value is one number")
    array = np.asarray(y)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"vmap: the function returned a {type(y).__name__}, no Tensor or array")
    return Tensor._wrap(array)


def _outside(y: Tensor, plain: Any) -> Any:
    if y._node is not None and not is_grad_enabled():
        y = Tensor._wrap(y._array)
    return hand_back(y, plain)


def _checked(x: Any, dim: Any, k: int) -> Tensor:
    """An argument as a Tensor with the dimension that is mapped over in front."""
    if not isinstance(x, Tensor | np.ndarray):
        raise ValueError(
            f"vmap: in_dims maps over part {k} of the arguments, a {type(x).__name__}, which has "
            "no dimensions; say None for it"
        )
    t = x if isinstance(x, Tensor) else Tensor._wrap(x)
    ndim = t._array.ndim
    if isinstance(dim, bool) or not isinstance(dim, int) or not -ndim <= dim < ndim:
        raise ValueError(
            f"vmap: in_dims says dimension {dim!r} of part {k} of the arguments, which has shape "
            f"{tuple(t._array.shape)}"
        )
    if dim % ndim:
        moved: Any = np.moveaxis
        t = moved(t, dim, 0)
    return t


def _dims_of(in_dims: Any, args: tuple[Any, ...], structure: Structure) -> list[Any]:
    """One dimension, or None, for each leaf of the arguments."""
    if isinstance(in_dims, tuple | list) and len(in_dims) != len(args):
        raise ValueError(
            f"vmap: in_dims has {len(in_dims)} entries for {len(args)} positional arguments"
        )
    return _repeated(in_dims, structure, "in_dims")


def _dims_for_output(out_dims: Any, structure: Structure) -> list[Any]:
    return _repeated(out_dims, structure, "out_dims")


def _repeated(dims: Any, structure: Structure, what: str) -> list[Any]:
    """Dimensions for all leaves; one that stands for a container stands for all in it."""
    if dims is None or isinstance(dims, int):
        return [dims] * structure.leaves
    values = list(dims.values()) if isinstance(dims, dict) else list(dims)
    if structure.build is None or len(values) != len(structure.children):
        raise ValueError(f"vmap: {what}={dims!r} does not fit what is nested as {structure}")
    return [
        found
        for part, child in zip(values, structure.children, strict=True)
        for found in _repeated(part, child, what)
    ]
