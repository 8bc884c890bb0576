"""The two ways through a recorded graph: cotangents back to the inputs, tangents on to the outputs.

`pull` is the walk that ``backward()`` makes. `push` makes it from the oldest node to the newest;
a primitive's ``kind`` says how its tangent follows from the same record:

===============  ==================================================================
*linear*         run the operation itself on the tangents
*multilinear*    the sum over the inputs, each replaced by its tangent
*elementwise*    the rule, with the tangent in the place of ``g``
None             transpose the rule: it is linear in ``g``, so pull the tangent back
                 through the rule, from its result to ``g``
===============  ==================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import _mutation
from .._primitive import rule_arguments
from .._tensor import Tensor
from ..autograd.gradients import _lift, _observe, _pull_tensors
from ..grad_mode import enable_grad, no_grad
from ..graph import (
    FREED,
    LEAF,
    OUTPUT,
    Leaf,
    Node,
    Parts,
    already_freed,
    backpropagate,
    newest_first,
    pull_arrays,
    refuse_if_changed,
    unbroadcast,
)
from ..value import Value, pull_values
from .batching import run_forward, zeros


def pull(seeds: Mapping[Any, Any], wanted: Sequence[Any], graph: bool) -> dict[Any, Any]:
    """The cotangents of the wanted nodes, as Tensors, or as arrays where no graph is kept.

    Parameters
    ----------
    seeds : mapping of node to cotangent
        Tensors (Values at Values) if ``graph``, else arrays.
    wanted : sequence of nodes
    graph : bool
        Whether to record the walk itself, so that its results can be differentiated.
    """

    def step(node: Any, g: Any, inputs: tuple[Any, ...]) -> Iterable[Any]:
        if isinstance(node, Value):
            return list(pull_values(node, g, inputs))
        return _pull_tensors(node, g, inputs, True) if graph else pull_arrays(node, g, inputs)

    keep = set(wanted)
    with np.errstate(all="ignore"):
        if graph:
            with enable_grad():
                return backpropagate(seeds, step, keep.__contains__, keep, _observe)
        return backpropagate(seeds, step, keep.__contains__, keep, _observe)


def push(roots: Iterable[Any], tangents: Mapping[Any, Any], graph: bool) -> dict[Any, Any]:
    """The tangents of all nodes up to the roots that depend on those given.

    Parameters
    ----------
    roots : iterable of nodes
    tangents : mapping of node to tangent
        Tensors (Values at Values) if ``graph``, else arrays.
    graph : bool
        Whether to record the walk itself.
    """
    found = dict(tangents)
    with np.errstate(all="ignore"), enable_grad() if graph else no_grad():
        for node in reversed(newest_first(r for r in roots if r is not None)):
            if node in found:
                continue
            ins = [found.get(u) if u is not None else None for u in node.inputs]
            if any(t is not None for t in ins):
                t = _push_value(node, ins) if isinstance(node, Value) else _push(node, ins, graph)
                if t is not None:
                    found[node] = t
    return found


def _push_value(value: Value, ins: list[Any]) -> Any:
    """The chain rule for a number: the sum of partial derivative times tangent."""
    slopes = value.prim.value_vjp_graph(value, Value(1.0))
    terms = [s * t for s, t in zip(slopes, ins, strict=True) if t is not None and s is not None]
    return sum(terms[1:], start=terms[0]) if terms else None


def _push(node: Node, ins: list[Any], graph: bool) -> Any:
    """The tangent of one operation's result (a list of them for several results)."""
    prim: Any = node.prim
    if prim is OUTPUT:
        return ins[0][node.params[0]]
    saved = node.saved
    if saved is FREED:
        raise already_freed(node)
    if _mutation.latest[0] > node.seq:
        refuse_if_changed(node, saved, node.inputs)
    if graph:
        saved = tuple([_lift(node, k, item) for k, item in enumerate(saved)])
    by_kind: Callable[..., Any] | None = _BY_KIND.get(getattr(prim, "kind", None))
    tangent = None if by_kind is None else by_kind(node, ins, saved)
    if tangent is None:
        tangent = _transpose(node, ins, saved, graph)
    if prim.single if hasattr(prim, "single") else not isinstance(node.dtype, tuple):
        return tangent if tangent is None else _spread(tangent, node.shape)
    return tangent


def _spread(t: Any, shape: tuple[int, ...]) -> Any:
    """A tangent of the full shape, where broadcasting has repeated its input."""
    return t if tuple(t.shape) == tuple(shape) else np.broadcast_to(t, tuple(shape))


def _values(node: Node, saved: tuple[Any, ...]) -> dict[str, Any]:
    """What a node has saved, by name."""
    return dict(zip(node.prim.saves, saved, strict=True))


def _run(prim: Any, inputs: Sequence[Any], params: tuple[Any, ...]) -> Any:
    """Apply a primitive to Tensors or arrays."""
    if not any(isinstance(x, Tensor) for x in inputs):
        return run_forward(prim, inputs, params)
    tensors = [x if isinstance(x, Tensor) or x is None else Tensor._wrap(x) for x in inputs]
    return prim.apply(*tensors, *params)


def _push_linear(node: Node, ins: list[Any], saved: tuple[Any, ...]) -> Any:
    prim = node.prim
    if prim.operator:  # add, sub, neg: the rule says which sign, and a missing tangent is no term
        return _push_elementwise(node, ins, saved)
    values = _values(node, saved)
    operands = []
    for k, t in enumerate(ins):
        name = prim.inputs[min(k, len(prim.inputs) - 1)]
        operand = t if name in prim.rules else values.get(name)
        if operand is None:
            return None
        operands.append(operand)
    if prim.name == "cast" and not isinstance(operands[0], Tensor):
        return operands[0].astype(node.params[0])
    return _run(prim, operands, node.params)


def _push_multilinear(node: Node, ins: list[Any], saved: tuple[Any, ...]) -> Any:
    prim = node.prim
    values = _values(node, saved)
    operands: list[Any] = []
    for name in prim.inputs:
        if prim.variadic and name == prim.inputs[-1]:
            operands += values.get(name) or [None] * (len(ins) - len(operands))
        else:
            operands.append(values.get(name))
    total = None
    for k, t in enumerate(ins):
        if t is None:
            continue
        replaced = [*operands[:k], t, *operands[k + 1 :]]
        if any(x is None for x in replaced):
            return None
        term = _run(prim, replaced, node.params)
        total = term if total is None else total + term
    return total


def _push_elementwise(node: Node, ins: list[Any], saved: tuple[Any, ...]) -> Any:
    prim = node.prim
    known = {
        **_values(node, saved),
        **dict(zip((name for name, _ in prim.params), node.params, strict=True)),
        "needs": [t is not None for t in ins],
    }
    total = None
    for name, t in zip(prim.inputs, ins, strict=True):
        if t is None:
            continue
        g = _spread(t, node.shape)
        rule = prim.rules[name]
        term = rule(*[g if a == "g" else known[a] for a in rule_arguments(rule)])
        total = term if total is None else total + term
    return total


_BY_KIND: dict[Any, Callable[..., Any]] = {
    "linear": _push_linear,
    "multilinear": _push_multilinear,
    "elementwise": _push_elementwise,
}


def _transpose(node: Node, ins: list[Any], saved: tuple[Any, ...], graph: bool) -> Any:
    """The tangent by the rule alone: the rule is linear in ``g``, and this is its transpose."""
    many = isinstance(node.dtype, tuple)
    shapes, dtypes = (node.shape, node.dtype) if many else ((node.shape,), (node.dtype,))
    blanks = [
        Tensor._wrap(zeros(s, d), Leaf(s, d)) if d.kind == "f" else None
        for s, d in zip(shapes, dtypes, strict=True)
    ]
    with enable_grad():
        if not graph:
            saved = tuple([_as_tensors(item) for item in saved])
        g: Any = blanks[0]
        if many:
            g = Parts(node, {k: u for k, u in enumerate(blanks) if u is not None})
        inputs = tuple(u if t is not None else None for u, t in zip(node.inputs, ins, strict=True))
        pulled = node.prim.vjp(inputs, saved, node.params, g)
    seeds: dict[Any, Any] = {}
    for c, t, u in zip(pulled, ins, inputs, strict=True):
        if t is None or u is None or not isinstance(c, Tensor) or c._node is None:
            continue
        if c._array.shape != u.shape:
            with enable_grad():
                c = unbroadcast(c, u.shape)
        seed = t if graph or not isinstance(t, Tensor) else t._array
        if c._array.dtype is not u.dtype:
            seed = seed.astype(c._array.dtype) if not graph else seed.to(c._array.dtype)
        seeds[c._node] = seeds[c._node] + seed if c._node in seeds else seed
    nodes = [None if u is None else u._node for u in blanks]
    found = pull(seeds, [n for n in nodes if n is not None], graph) if seeds else {}
    tangents = [None if n is None else found.get(n) for n in nodes]
    for k, (n, t) in enumerate(zip(nodes, tangents, strict=True)):
        if n is not None and t is None:
            blank = zeros(n.shape, n.dtype)
            tangents[k] = Tensor._wrap(blank) if graph else blank
    return tangents if many else tangents[0]


def _as_tensors(item: Any) -> Any:
    """A saved array as a constant Tensor; lists of them, and shapes, as they are otherwise."""
    if isinstance(item, np.ndarray):
        return Tensor._wrap(item)
    if isinstance(item, list):
        return [_as_tensors(x) for x in item]
    return item


__all__ = ["LEAF", "pull", "push"]
