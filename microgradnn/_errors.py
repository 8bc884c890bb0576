"""What an operation says when its inputs do not fit: the operation, the shapes, and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class LinAlgError(RuntimeError, np.linalg.LinAlgError):
    """A matrix has not the property that is needed: as in PyTorch and in NumPy at once."""


class ShapeError(RuntimeError, ValueError):
    """Shapes that do not fit: a RuntimeError as in PyTorch, a ValueError as in NumPy."""


def describe(array: Any) -> str:
    """Shape and dtype of one operand, for messages."""
    if array is None:
        return "None"
    return f"{tuple(array.shape)} {array.dtype}"


def explain(error: Exception, prim: Any, arrays: Sequence[Any], params: Sequence[Any]) -> Exception:
    """An error of the same meaning that names the operation and what it was given."""
    operands = ", ".join(
        f"{name} of shape {tuple(a.shape)}" for name, a in _named(prim, arrays) if a is not None
    )
    given = ", ".join(
        f"{name}={value!r}" for (name, _), value in zip(prim.params, params, strict=True)
    )
    what = f"{prim.name}: {operands}" + (f" with {given}" if given else "")
    remedy = ""
    shapes = [tuple(a.shape) for a in arrays if a is not None]
    if prim.name in ("matmul", "linear") and isinstance(error, ValueError):
        x, y = shapes[0], shapes[1]
        rows = y[-1] if prim.name == "linear" else y[-2 if len(y) > 1 else -1] if y else "none"
        which = "last" if prim.name == "linear" else "last but one" if len(y) > 1 else "only"
        remedy = (
            " cannot be multiplied: the last size of the left operand is "
            f"{x[-1] if x else 'none'}, the {which} size of the right one is {rows}; they must be "
            "equal (a transpose, .mT, may be missing)"
        )
        return ShapeError(what + remedy)
    if "broadcast" in str(error) and len(shapes) > 1:
        return ShapeError(what + " do not broadcast: " + _mismatch(shapes))
    if isinstance(error, LinAlgError):
        return LinAlgError(f"{what}: {error}")
    kind = ShapeError if isinstance(error, ValueError) else type(error)
    try:
        return kind(f"{what}: {error}")
    except TypeError:  # an error class with another signature
        return RuntimeError(f"{what}: {error}")


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
