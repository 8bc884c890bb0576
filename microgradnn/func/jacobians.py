"""All partial derivatives: `jacrev`, `jacfwd`, `jacobian`, `hessian`, and products with them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..value import Value
from .batching import LEAVE, hide, new_level, reveal
from .forward import jvp
from .pulling import pull, push
from .pytrees import unflatten
from .reverse import Argnums, Linearised, grad, linearise_at
from .tracing import hand_back, node_of


def jacrev(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False,
    chunk_size: int | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """The Jacobian by reverse mode: the function runs once, each row is a walk back.

    Parameters
    ----------
    func : callable
    argnums : int or sequence of int
        As for `grad`.
    has_aux : bool
        Whether ``func`` returns ``(output, aux)``.
    chunk_size : int, optional
        How many rows to compute at once; all by default.

    Returns
    -------
    callable
        With the arguments of ``func``. For an output of shape ``s`` and an argument of shape ``t``
        it returns shape ``s + t``; nested as the output, and inside that as the argument.

    Examples
    --------
    >>> mg.func.jacrev(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _jacobian(func, argnums, has_aux, chunk_size, "jacrev")


def jacfwd(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False,
    chunk_size: int | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """The Jacobian by forward mode: the function runs once, each column is a walk forward.

    Parameters
    ----------
    func, argnums, has_aux, chunk_size
        As for `jacrev`.

    Returns
    -------
    callable
        What `jacrev` returns.

    Examples
    --------
    >>> mg.func.jacfwd(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _jacobian(func, argnums, has_aux, chunk_size, "jacfwd")


def jacobian(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False,
    chunk_size: int | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """The Jacobian, by the mode that takes fewer walks through the graph.

    Forward if the outputs have more elements than the arguments, else reverse.

    Parameters
    ----------
    func, argnums, has_aux, chunk_size
        As for `jacrev`.

    Returns
    -------
    callable
        What `jacrev` returns.

    Examples
    --------
    >>> mg.func.jacobian(lambda x: np.outer(x, x))(np.ones(2)).shape
    (2, 2, 2)
    """
    return _jacobian(func, argnums, has_aux, chunk_size, "jacobian")


def _jacobian(
    func: Callable[..., Any], argnums: Argnums, has_aux: bool, chunk_size: int | None, name: str
) -> Callable[..., Any]:
    if not callable(func):
        raise TypeError(f"{name} takes a function, got a {type(func).__name__}")
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"{name}: chunk_size is at least 1, got {chunk_size}")

    @functools.wraps(func, updated=())
    def derivatives(*args: Any, **kwargs: Any) -> Any:
        at = linearise_at(func, args, kwargs, argnums, has_aux, name)
        inputs = [x for part in at.lifted for x in part.leaves]
        if any(isinstance(x, Value) for x in (*inputs, *at.outputs)):
            blocks = _of_values(at, inputs)
        else:
            rows = sum(y._array.size for y in at.outputs)
            columns = sum(x._array.size for x in inputs)
            forward = name == "jacfwd" or (name == "jacobian" and rows > columns)
            blocks = (_columns if forward else _rows)(at, inputs, chunk_size)
        nested = _nest(at, blocks, argnums)
        return (nested, at.aux_outside()) if has_aux else nested

    return derivatives


def _nest(at: Linearised, blocks: list[list[Any]], argnums: Argnums) -> Any:
    """Blocks, by output and input leaf, nested as the output, and in it as the arguments."""
    given = [x for part in at.lifted for x in part.given]
    outputs = []
    for row in blocks:
        leaves = [hand_back(block, x) for block, x in zip(row, given, strict=True)]
        parts, start = [], 0
        for part in at.lifted:
            count = part.structure.leaves
            parts.append(unflatten(part.structure, leaves[start : start + count]))
            start += count
        outputs.append(parts[0] if isinstance(argnums, int) else tuple(parts))
    return unflatten(at.structure, outputs)


def _of_values(at: Linearised, inputs: list[Any]) -> list[list[Any]]:
    """The Jacobian of Values: one walk back for each output."""
    blocks = []
    for y in at.outputs:
        node = node_of(y)
        seed = Value(1.0) if isinstance(y, Value) else Tensor._wrap(np.ones(()))
        found = {} if node is None else pull({node: seed}, at.inputs, True)
        blocks.append([found.get(node_of(x), Value(0.0)) for x in inputs])
    return blocks


def _basis(shapes: Sequence[tuple[int, ...]], dtypes: Sequence[Any], chunk: int | None) -> Any:
    """Unit vectors of several arrays together, in chunks: ``(count, one array for each)``."""
    sizes = [int(np.prod(tuple(shape), dtype=int)) for shape in shapes]
    total = sum(sizes)
    step = min(chunk or total, total) or 1
    for begin in range(0, total, step):
        end = min(begin + step, total)
        parts, offset = [], 0
        for shape, size, dtype in zip(shapes, sizes, dtypes, strict=True):
            unit = np.zeros((end - begin, size), dtype)
            first, last = max(begin, offset), min(end, offset + size)
            rows = np.arange(first, last)
            unit[rows - begin, rows - offset] = 1.0
            parts.append(unit.reshape((end - begin, *shape)))
            offset += size
        yield end - begin, parts


def _rows(at: Linearised, inputs: list[Any], chunk: int | None) -> list[list[Any]]:
    """Each output by each input, by pulling all unit cotangents back at once."""
    ys = at.outputs
    pieces: list[list[Any]] = []
    arrays = [y._array for y in ys]
    for count, units in _basis([a.shape for a in arrays], [a.dtype for a in arrays], chunk):
        with new_level() as level:
            seeds: dict[Any, Any] = {}
            for y, unit in zip(ys, units, strict=True):
                if y._node is None:
                    continue
                seed = hide(unit, level)
                seed = Tensor._wrap(seed) if at.watched else seed
                seeds[y._node] = seeds[y._node] + seed if y._node in seeds else seed
            found = pull(seeds, at.inputs, at.watched)
            pieces.append([_revealed(found.get(x._node), x, level, count) for x in inputs])
    if not pieces:
        return _nothing(at, inputs)
    columns = [_join(column) for column in zip(*pieces, strict=True)]
    blocks, start = [], 0
    for a in arrays:
        rows = [c[start : start + a.size] for c in columns]
        blocks.append(
            [r.reshape((*a.shape, *x._array.shape)) for r, x in zip(rows, inputs, strict=True)]
        )
        start += a.size
    return blocks


def _columns(at: Linearised, inputs: list[Any], chunk: int | None) -> list[list[Any]]:
    """Each output by each input, by pushing all unit tangents forward at once."""
    pieces: list[list[Any]] = []
    arrays = [x._array for x in inputs]
    for count, units in _basis([a.shape for a in arrays], [a.dtype for a in arrays], chunk):
        with new_level() as level:
            tangents = {}
            for x, unit in zip(inputs, units, strict=True):
                t = hide(unit, level)
                tangents[x._node] = Tensor._wrap(t) if at.watched else t
            found = push([y._node for y in at.outputs], tangents, at.watched)
            pieces.append([_revealed(found.get(y._node), y, level, count) for y in at.outputs])
    if not pieces:
        return _nothing(at, inputs)
    blocks = []
    for y, column in zip(at.outputs, zip(*pieces, strict=True), strict=True):
        whole, start, row = np.moveaxis(_join(column), 0, -1), 0, []
        for a in arrays:
            part = whole[..., start : start + a.size]
            row.append(part.reshape((*y._array.shape, *a.shape)))
            start += a.size
        blocks.append(row)
    return blocks


def _nothing(at: Linearised, inputs: list[Any]) -> list[list[Any]]:
    return [
        [Tensor._wrap(np.zeros((*y._array.shape, *x._array.shape))) for x in inputs]
        for y in at.outputs
    ]


def _revealed(found: Any, like: Any, level: int, count: int) -> Any:
    """What a walk has found as a Tensor with the unit vectors along axis 0."""
    if found is None:
        return Tensor._wrap(np.zeros((count, *like._array.shape), like._array.dtype))
    if isinstance(found, Tensor):
        return LEAVE.apply(found, level, count)
    return Tensor._wrap(reveal(found, level, count))


def _join(pieces: Sequence[Any]) -> Any:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """All second derivatives of a function: the Jacobian, forward, of the gradient, in reverse.

    Parameters
    ----------
    func, argnums
        As for `grad`; for outputs of any shape.

    Returns
    -------
    callable
        For an argument of shape ``t`` and a number as output it returns shape ``t + t``.

    Examples
    --------
    >>> mg.func.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def hvp(func: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian times a vector, without the Hessian: the tangent of the gradient.

    Costs a few times what the function does, whatever the number of its arguments' elements.

    Parameters
    ----------
    func : callable
        With one number as result.
    primals, tangents : sequence
        As for `jvp`.

    Returns
    -------
    product
        Nested as the single primal; a tuple with one for each primal if there are several.

    Examples
    --------
    >>> x, v = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    >>> mg.func.hvp(lambda x: x[0] ** 2 * x[1], (x,), (v,))
    array([4., 2.])
    """
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(func, argnums), primals, tangents)[1]
