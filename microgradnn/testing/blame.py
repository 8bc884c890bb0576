"""Which primitive is to blame for a wrong gradient: each is checked by itself, where it stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._primitive import Primitive
from .._tensor import Tensor
from ..grad_mode import record
from ..graph import Node, newest_first
from .convergence import Verdict, judge


def guilty_primitive(f: Callable[..., Any], arrays: Sequence[Any]) -> str:
    """Name the operation whose own derivative is wrong at the numbers it was given.

    Parameters
    ----------
    f : callable
        A function of Tensors.
    arrays : sequence of ndarray
        Its arguments.

    Returns
    -------
    str
        A line for the report; empty if every operation is right by itself.
    """
    xs = [Tensor._wrap(np.array(a)) for a in arrays]
    for x in xs:
        if x._array.dtype.kind == "f":
            x.requires_grad = True
    with record():
        y = f(*xs)
    if not isinstance(y, Tensor) or y._node is None:
        return ""
    unknown = []
    for node in reversed(newest_first([y._node])):  # in the order of the forward pass
        notes = getattr(node, "notes", None)
        if not isinstance(node, Node) or notes is None or not notes.operands:
            continue
        if not isinstance(node.prim, Primitive):  # an autograd.Function of the user
            unknown.append(node)
            continue
        wrong = _wrong_input(node, notes.operands)
        if wrong is not None:
            name, claimed, measured = wrong
            line = f" at {notes.line}" if notes.line else ""
            return (
                f"to blame: the rule of the primitive {node.prim.name!r} by {name!r}{line}: along "
                f"one direction it says {claimed:.6g}, differences {measured:.6g}"
            )
    if len({node.name() for node in unknown}) == 1:
        (node, *_) = unknown
        line = f" at {node.notes.line}" if node.notes and node.notes.line else ""
        return f"to blame: {node.name()}{line}; every other operation is right by itself"
    return ""


def _wrong_input(node: Node, operands: Sequence[Any]) -> tuple[str, float, float] | None:
    """The input of one operation by which its derivative is wrong, with both slopes."""
    prim, params = node.prim, node.params
    rng = np.random.default_rng(0)
    exact = [
        None if a is None else np.asarray(a, np.float64) if a.dtype.kind == "f" else a
        for a in operands
    ]
    *fixed, last = prim.inputs
    names = [*fixed, *[last] * (len(exact) - len(fixed))]

    def results(arrays: Sequence[Any]) -> list[Any]:
        out = prim.forward(*arrays, *params)
        return [out] if prim.single else list(out)

    for k, (name, x) in enumerate(zip(names, exact, strict=True)):
        if name not in prim.rules or x is None or x.dtype.kind != "f":
            continue
        tensors = [None if a is None else Tensor._wrap(np.array(a)) for a in exact]
        chosen = tensors[k]
        assert chosen is not None
        chosen.requires_grad = True
        made = prim.apply(*tensors, *params)
        outputs = [made] if prim.single else list(made)
        weights = [rng.standard_normal(o._array.shape) for o in outputs]
        terms = [
            (o * Tensor._wrap(w)).sum()
            for o, w in zip(outputs, weights, strict=True)
            if o._node is not None
        ]
        if not terms:
            continue
        sum(terms[1:], terms[0]).backward()
        v = rng.standard_normal(x.shape)
        g = chosen.grad
        claimed = 0.0 if g is None else float((g._array * v).sum())
        used = [j for j, o in enumerate(outputs) if o._node is not None]

        def phi(t: float, k: int = k, v: Any = v, w: Any = weights, used: Any = used) -> float:
            moved = list(exact)
            moved[k] = np.asarray(exact[k] + t * v)
            found = results(moved)
            return float(sum((np.asarray(found[j]) * w[j]).sum() for j in used))

        j = judge(phi, claimed, 1e-6, float(np.finfo(np.float64).eps))
        if j.verdict is Verdict.WRONG:
            return name, j.claimed, j.measured
    return None
