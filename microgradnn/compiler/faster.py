"""What makes a step faster by computing sums in another order, or factors in another grouping.

Results then equal the eager ones up to rounding: ``compile(..., options={"reorder": False})``
leaves all of this out.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from .passes import Trace, drop_unread
from .record import Instruction, Ref, Storage

MOST = 4096
"""Sums of more numbers stay pairwise, which is more exact."""

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def make_faster(trace: Trace) -> None:
    """All of it."""
    use_dot(trace)
    let_overflow(trace)
    join_factors(trace)
    sum_by_dot(trace)
    drop_unread(trace)


# --- products of matrices -------------------------------------------------------------------------


def use_dot(trace: Trace) -> None:
    """``x.dot(y, out)`` for ``np.matmul(x, y, out)``, which takes twice as long to get going."""
    for i in trace.instructions:
        if i.operation != "ufunc" or i.fn is not np.matmul or i.kwargs:
            continue
        refs = [*i.args, *i.out]
        if (
            all(r.__class__ is Ref and len(r.shape) == 2 and r.size for r in refs)
            and len({r.dtype for r in refs}) == 1
            and refs[0].dtype in _FLOATS
            and i.out[0].c_contiguous
        ):
            i.operation, i.fn = "dot", np.dot


# --- sums -----------------------------------------------------------------------------------------


def sum_by_dot(trace: Trace) -> None:
    """Sums of rows, columns and all, and of squares, as products with a vector of ones."""
    uses = Counter(ref.storage for i in trace.instructions for ref in i.reads())
    squares: dict[Storage, Instruction] = {}
    moving = _moving(trace)
    for i in trace.instructions:
        if i.operation == "ufunc" and i.fn is np.square and i.fresh and not i.kwargs:
            squares[i.out[0].storage] = i
        if i.operation != "reduce" or i.fn is not np.add or not set(i.kwargs) <= _PLAIN:
            continue
        x, out = i.args[0], i.out[0]
        if (
            x.__class__ is not Ref
            or x.dtype not in _FLOATS
            or out.dtype is not x.dtype
            or i.kwargs.get("dtype") not in (None, x.dtype)
            or not x.size
        ):
            continue
        sources = (x, out)
        axes = _axes(i.kwargs.get("axis", 0), len(x.shape))
        if len(axes) == len(x.shape):
            square = squares.get(x.storage)
            if (
                square is not None
                and uses[x.storage] == 1
                and x == square.out[0]
                and x.storage not in trace.kept
                and not _changed_between(trace, square.args[0].storage, square, i)
            ):
                sources = (square.args[0], out)
            flat = _flat(sources[0], moving)
            if flat is None or flat.size > MOST:
                continue
            left = flat if sources[0] is not x else _ones(trace, flat.size, x.dtype)
            _become_dot(i, left, flat, out._replace(shape=(), strides=()))
        elif len(x.shape) == 2 and out.storage not in moving:
            (axis,) = axes
            n, m = x.shape[axis], x.shape[1 - axis]
            if n > MOST or not out.c_contiguous:
                continue
            row = out._replace(shape=(m,), strides=(x.dtype.itemsize,))
            ones = _ones(trace, n, x.dtype)
            if axis == 0:
                _become_dot(i, ones, x, row)
            else:
                _become_dot(i, x, ones, row)


_PLAIN = {"axis", "dtype", "keepdims"}


def _become_dot(i: Instruction, x: Ref, y: Ref, out: Ref) -> None:
    i.operation, i.fn = "dot", np.dot
    i.args, i.kwargs, i.out = (x, y), {}, [out]


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))


def _flat(x: Ref, moving: set[Storage]) -> Ref | None:
    """All numbers of an array as a vector, in the order of memory."""
    if len(x.shape) == 1 and x.storage in moving:
        return x
    if x.storage in moving:
        return None
    order = sorted(range(len(x.shape)), key=lambda k: -x.strides[k])
    turned = x._replace(
        shape=tuple(x.shape[k] for k in order), strides=tuple(x.strides[k] for k in order)
    )
    if not turned.c_contiguous:
        return None
    return x._replace(shape=(x.size,), strides=(x.dtype.itemsize,))


def _moving(trace: Trace) -> set[Storage]:
    """What has no fixed place, so that no new views of it can be made beforehand."""
    found = {
        ref.storage
        for i in trace.instructions
        if i.operation == "call" and i.fresh
        for ref in i.out
    }
    found |= {
        ref.storage
        for i in trace.instructions
        for ref in i.reads()
        if ref.storage.kind == "argument"
    }
    return found


def _changed_between(trace: Trace, source: Storage, first: Any, last: Any) -> bool:
    """Whether memory is changed after one instruction and before another."""
    running = False
    for i in trace.instructions:
        if i is last:
            return False
        if running and source in i.written():
            return True
        running = running or i is first
    return True


def _ones(trace: Trace, n: int, dtype: Any) -> Ref:
    """A vector of ones."""
    found = trace.ones.get((n, dtype))
    if found is None:
        array = np.ones(n, dtype)
        storage = Storage(-1 - len(trace.ones), "constant", array, 0, array.nbytes)
        storage.name = f"ones_{n}"
        found = trace.ones[(n, dtype)] = Ref(storage, 0, array.shape, array.strides, array.dtype)
        trace.arrays[found] = array
    return found


# --- sigmoids -------------------------------------------------------------------------------------


def let_overflow(trace: Trace) -> None:
    """``1 / (1 + exp(x))`` for ``1 / (1 + exp(min(x, cap)))``: where exp overflows, it is 0.

    The cap keeps NumPy from warning, and the result from being 0 instead of less than 1e-37.
    """
    readers: dict[Storage, list[Instruction]] = {}
    for i in trace.instructions:
        for ref in i.reads():
            readers.setdefault(ref.storage, []).append(i)

    def only_reader(i: Instruction, fn: Any) -> Instruction | None:
        found = readers.get(i.out[0].storage, [])
        if len(found) != 1 or i.out[0].storage in trace.kept:
            return None
        (reader,) = found
        fits = reader.operation == "ufunc" and reader.fn is fn and reader.fresh
        return reader if fits else None

    for i in trace.instructions:
        if i.operation != "ufunc" or i.fn is not np.minimum or not i.fresh or i.kwargs:
            continue
        x, cap = i.args
        exp = only_reader(i, np.exp)
        plus = exp and only_reader(exp, np.add)
        over = plus and only_reader(plus, np.divide)
        if (
            exp is not None
            and plus is not None
            and over is not None
            and cap.__class__ is Ref
            and cap.shape == ()
            and cap.storage.kind == "constant"
            and trace.arrays[cap] in (88.0, 709.0)
            and x.__class__ is Ref
            and not _changed_between(trace, x.storage, i, exp)
            and all(_is_one(trace, operand.args[0]) for operand in (plus, over))
        ):
            exp.args = (x,)


def _is_one(trace: Trace, x: Any) -> bool:
    """Whether an operand is the number 1."""
    if x.__class__ is Ref:
        return x.storage.kind == "constant" and x.shape == () and bool(trace.arrays[x] == 1)
    return bool(x == 1)


# --- factors --------------------------------------------------------------------------------------


def join_factors(trace: Trace) -> None:
    """``a * (b * x)`` as ``(a * b) * x`` where a and b are constants."""
    uses = Counter(ref.storage for i in trace.instructions for ref in i.reads())
    made: dict[Storage, tuple[Any, Any, Instruction]] = {}
    gone: set[int] = set()
    for i in trace.instructions:
        for s in i.written():
            made.pop(s, None)
        if i.operation != "ufunc" or i.fn is not np.multiply or not i.fresh or i.kwargs:
            continue
        split = _factor_of(trace, i)
        if split is None:
            continue
        factor, x = split
        inner = made.get(x.storage)
        if inner is not None and uses[x.storage] == 1 and x == inner[2].out[0]:
            other, deepest, before = inner
            if (
                not _changed_between(trace, deepest.storage, before, i)
                and before.out[0][2:] == i.out[0][2:]
                and x.storage not in trace.kept
            ):
                factor, x = factor * other, deepest
                gone.add(id(before))
                i.args = (float(factor), x)
        made[i.out[0].storage] = (factor, x, i)
    trace.instructions = [i for i in trace.instructions if id(i) not in gone]


def _factor_of(trace: Trace, i: Instruction) -> tuple[float, Ref] | None:
    """The number and the array of a product with one number."""
    dtype = i.out[0].dtype
    if dtype not in _FLOATS:
        return None
    for a, b in (i.args, i.args[::-1]):
        if b.__class__ is not Ref or b.dtype != dtype or b.shape != i.out[0].shape:
            continue
        if a.__class__ in (int, float):
            return float(a), b
        if a.__class__ is Ref and a.storage.kind == "constant" and not a.storage.shared:
            values = trace.arrays.get(a)
            if a.storage.before is None and values is not None and values.size:
                number = values.flat[0]
                if a.dtype == dtype and (values == number).all():
                    return float(number), b
    return None
