"""What an operation says when its inputs do not fit: the operation, the shapes, and the remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np


class LinAlgError(RuntimeError, np.linalg.LinAlgError):
    """A matrix has not the property that is needed: as in PyTorch and in NumPy at once."""


class ShapeError(RuntimeError, ValueError):
    """Shapes that do not fit: a RuntimeError as in PyTorch, a ValueError as in NumPy."""


class DtypeError(RuntimeError, TypeError):
    """A dtype that an operation does not take: as in PyTorch and in NumPy at once."""


class PositionError(IndexError, RuntimeError):
    """An index beyond a dimension: PyTorch's indexing raises the one, its gather the other."""


def describe(array: Any) -> str:
    """Shape and dtype of one operand, for messages."""
    if array is None:
        return "None"
    return f"{tuple(array.shape)} {array.dtype}"


def rescue(error: Exception, prim: Any, arrays: Sequence[Any], params: Sequence[Any]) -> Any:
    """Explain why a primitive failed, unless there is another way to run it.

    One that is being traced is then taken as a whole; an array that stands for several (in
    ``func.vmap``) has them run one by one.

    Raises
    ------
    Exception
        What `explain` makes of the error.
    """
    if getattr(error, "is_final", False):
        raise error
    for array in arrays:
        another_way = getattr(array, "_recover", None)
        if another_way is not None:
            try:
                return another_way(prim, arrays, params)
            except Exception as other:
                error = other
                break
    raise explain(error, prim, arrays, params) from error


def explain(error: Exception, prim: Any, arrays: Sequence[Any], params: Sequence[Any]) -> Exception:
    """An error of the same meaning that names the operation and what it was given."""
    operands = ", ".join(
        f"{name} of shape {tuple(a.shape)}" for name, a in _named(prim, arrays) if a is not None
    )
    given = ", ".join(
        f"{name}={_given(name, value)}"
        for (name, _), value in zip(prim.params, params, strict=True)
    )
    what = f"{prim.name}: {operands}" + (f" with {given}" if given else "")
    remedy = ""
    shapes = [tuple(a.shape) for a in arrays if a is not None]
    if prim.name in ("matmul", "linear") and isinstance(error, ValueError):
        x, y = shapes[0], shapes[1]
        if not (x and y):
            return ShapeError(
                f"{what} cannot be multiplied: one has no dimension, matmul needs one; "
                "use * for a single number"
            )
        rows = y[-1] if prim.name == "linear" else y[-2 if len(y) > 1 else -1] if y else "none"
        which = "last" if prim.name == "linear" else "last but one" if len(y) > 1 else "only"
        remedy = (
            " cannot be multiplied: the last size of the left operand is "
            f"{x[-1] if x else 'none'}, the {which} size of the right one is {rows}; they must be "
            "equal (a transpose, .mT, may be missing)"
        )
        return ShapeError(what + remedy)
    if prim.name in ("getitem", "setitem") and isinstance(error, IndexError):
        return IndexError(f"{what}: {_index_text(str(error))}")
    if prim.name == "setitem" and isinstance(error, ValueError):
        picked = arrays[0][params[0]].shape
        return ShapeError(
            f"{what}: the index picks the shape {picked}, to which y of shape {shapes[1]} does not "
            f"broadcast: {_mismatch([picked, shapes[1]])}"
        )
    if prim.name == "reshape" and isinstance(error, ValueError):
        return ShapeError(f"{what}: {_reshape_text(shapes[0], params[0])}")
    if isinstance(error, TypeError) and prim.name in _OF_TRUTH_VALUES:
        return DtypeError(f"{what}, dtype bool: {_OF_TRUTH_VALUES[prim.name]}")
    if "broadcast" in str(error) and len(shapes) > 1:
        return ShapeError(what + " do not broadcast: " + _mismatch(shapes))
    if isinstance(error, LinAlgError):
        return LinAlgError(f"{what}: {error}")
    kind = ShapeError if isinstance(error, ValueError) else type(error)
    try:
        return kind(f"{what}: {error}")
    except TypeError:  # an error class with another signature
        return RuntimeError(f"{what}: {error}")


_OF_TRUTH_VALUES = {
    "sub": "truth values are not subtracted; use ^ (logical_xor), or numbers: x.int() - y.int()",
    "neg": "a truth value has no negative; ~ (logical_not) inverts a mask, .int() makes numbers",
}

# What NumPy says of an index, and the same in the words of Tensors.
_INDEX_TEXTS = (
    (
        r"index (-?\d+) is out of bounds for axis (\d+) with size 0",
        r"index \1 is out of bounds for dimension \2 with size 0: it has no elements",
    ),
    (
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        r"index \1 is out of bounds for dimension \2 with size \3: expected -\3 to \3 - 1",
    ),
    (
        r"too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        r"too many indices: dimensions of the Tensor: \1, of the index: \2",
    ),
    (
        r"boolean index did not match indexed array along axis (\d+); size of axis is (\d+) but "
        r"size of corresponding boolean axis is (\d+)",
        r"a boolean index did not match: at dimension \1 the mask has size \3, the Tensor \2; they "
        "must be equal",
    ),
    (
        r"shape mismatch: indexing arrays could not be broadcast together with shapes (.*\)) *",
        r"the index Tensors, of shapes \1, do not broadcast: counted from the last dimension, "
        "sizes must be equal, or one of them 1",
    ),
)


def _index_text(text: str) -> str:
    for numpy, ours in _INDEX_TEXTS:
        found = re.fullmatch(numpy, text)
        if found:
            said = found.expand(ours)
            return re.sub(r"(\d+) - 1$", lambda size: str(int(size[1]) - 1), said)
    return text


def _given(name: str, value: Any) -> str:
    """A parameter as the user gave it: Tensors for arrays, no Ellipsis appended to an index."""
    if name != "index":
        return repr(value)
    if not isinstance(value, tuple):
        return _part(value)
    parts = value[:-1] if len(value) > 1 and value[-1] is Ellipsis else value
    if len(parts) == 1:
        return _part(parts[0])
    return f"({', '.join(map(_part, parts))})"


def _part(part: Any) -> str:
    if not isinstance(part, np.ndarray):
        return repr(part)
    if part.size > 10:
        return f"a Tensor of shape {part.shape}"
    return f"tensor({part.tolist()})"


def _reshape_text(old: tuple[int, ...], new: Sequence[int]) -> str:
    size, wanted = math.prod(old), math.prod(n for n in new if n != -1)
    if min(new, default=0) < -1:
        return "sizes must not be negative, except one -1, which is inferred"
    if list(new).count(-1) > 1:
        return "only one dimension can be inferred: give all sizes but one, -1 stands for that one"
    if -1 in new:
        return f"-1 can't be inferred: {size} elements are no multiple of the other sizes' {wanted}"
    return (
        f"the Tensor has {size} elements, the shape {tuple(new)} has {wanted}; they must be equal"
    )


def _named(prim: Any, arrays: Sequence[Any]) -> list[tuple[str, Any]]:
    names = list(prim.inputs)
    if prim.variadic:
        last = names.pop()
        names += [f"{last}[{k}]" for k in range(len(arrays) - len(names))]
    return list(zip(names, arrays, strict=True))


def _mismatch(shapes: Sequence[tuple[int, ...]]) -> str:
    """Which axis is to blame, counted from the end as broadcasting does."""
    for k in range(1, max(map(len, shapes)) + 1):
        sizes = {shape[-k] for shape in shapes if len(shape) >= k} - {1}
        if len(sizes) > 1:
            return (
                f"the sizes at dimension -{k} are {' and '.join(map(str, sorted(sizes)))}. Counted "
                "from the last dimension, sizes must be equal, or one of them 1, or missing"
            )
    return "counted from the last dimension, sizes must be equal, or one of them 1, or missing"
