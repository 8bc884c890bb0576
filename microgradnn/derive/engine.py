"""What the engine says: the derivative of the root by everything, to compare formulas with."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import FREED, backpropagate, fit
from ..value import pull_numbers
from .expression import Apply, Expression, Number, walk
from .reading import Program

CLOSE = 1e-9
"""The largest difference, relative to the size of what is added up, that counts as rounding."""


def derivatives(program: Program, of: Any = None, by: Any = None) -> dict[Any, Any]:
    """The derivative of a node (the root by default) by each node it depends on.

    Parameters
    ----------
    program : Program
    of : Value or Node, optional
    by : node, optional
        Only what is on a path to it is computed.

    Returns
    -------
    dict of node to number or ndarray
    """
    root = program.root if of is None else of
    wanted = None if by is None else {by}
    if not program.is_array:
        return backpropagate({root: 1.0}, pull_numbers, wanted=wanted)
    seed = np.ones(root.shape, root.dtype)

    def pull(node: Any, g: Any, inputs: Any) -> Any:
        saved = _saved_again(program, node) if node.saved is FREED else node.saved
        pulled = node.prim.vjp(inputs, saved, node.params, g)
        return [
            None if u is None or c is None else c if c.shape == u.shape else fit(c, u)
            for u, c in zip(inputs, pulled, strict=True)
        ]

    return backpropagate({root: seed}, pull, wanted=wanted)


def _saved_again(program: Program, node: Any) -> tuple[Any, ...]:
    """What a node had saved before ``backward()`` freed it, from what was recorded."""
    prim, arrays, value = node.prim, node.notes.operands, node.notes.value
    fixed = len(prim.inputs) - prim.variadic
    known: dict[str, Any] = dict(zip(prim.inputs[:fixed], arrays, strict=False))
    known |= {f"{k}_shape": None if v is None else v.shape for k, v in known.items()}
    if prim.variadic:
        rest = prim.inputs[-1]
        known[rest] = list(arrays[fixed:])
        known[f"{rest}_shape"] = [a.shape for a in arrays[fixed:]]
    if prim.single:
        known["ans"] = value
    elif prim.outputs[0].startswith("*"):
        known[prim.outputs[0][1:]] = value
    else:
        known.update(zip(prim.outputs, value, strict=True))
    return tuple(known[name] for name in prim.saves)


def agrees(e: Expression, engine: Any) -> bool:
    """Whether a formula's value is the engine's, up to rounding.

    The measure is the size of what is added and subtracted in the formula: ``y · (1 − y)`` of a y
    near 1 has few digits, in the engine too.
    """
    with np.errstate(all="ignore"):
        difference = largest_difference(e, engine)
        if np.isnan(difference):
            return bool(np.isnan(e.value).any() and np.isnan(engine).any())
        scale = float(np.max(np.abs(engine), initial=0.0)) + _size(e)
        tolerance = 1e-3 if np.result_type(engine) == np.float32 else CLOSE
        return difference <= tolerance * scale or difference == 0


def largest_difference(e: Expression, engine: Any) -> float:
    """The largest absolute difference of any element."""
    with np.errstate(all="ignore"):
        value, engine = np.asarray(e.value, float), np.asarray(engine, float)
        same = (value == engine) | (np.isnan(value) & np.isnan(engine))
        return float(np.max(np.where(same, 0.0, np.abs(value - engine)), initial=0.0))


def _size(e: Expression) -> float:
    """The largest number that the formula adds up, with all signs made plus."""
    sizes: dict[int, float] = {}
    for part in walk(e):
        if isinstance(part, Number):
            sizes[id(part)] = abs(float(part.number))
        elif isinstance(part, Apply) and part.op in ("add", "sub", "mul", "neg", "matmul"):
            below = [sizes[id(a)] for a in part.args if a is not None]
            own = below[0]
            for other in below[1:]:
                own = own + other if part.op in ("add", "sub") else own * other
            if part.op == "matmul" and part.args[0] is not None:
                own *= part.args[0].shape[-1]
            sizes[id(part)] = own
        elif isinstance(part, Apply) and part.prim.kind == "linear" and len(part.args) == 1:
            inner = part.args[0]
            assert inner is not None
            added = inner.size / max(part.size, 1) if part.op == "sum" else 1.0
            sizes[id(part)] = sizes[id(inner)] * max(added, 1.0)
        elif isinstance(part, Apply) and part.op == "where":
            sizes[id(part)] = max(sizes[id(a)] for a in part.args[1:] if a is not None)
        else:
            array = np.asarray(part.value)
            finite = np.abs(array[np.isfinite(array)]) if array.dtype.kind in "fiub" else array
            sizes[id(part)] = float(np.max(finite.astype(float), initial=0.0))
    return sizes[id(e)]
