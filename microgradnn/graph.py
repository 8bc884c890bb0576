"""The graph and the chain rule: nodes, the walk over them, and the accumulation of cotangents.

Two kinds of node live in graphs: `Node`, made for an operation on Tensors, and ``Value``, which is
its own node. Both have ``prim``, ``inputs`` (an ordered tuple, so ``a + a`` has two edges),
``params``, ``seq`` (a creation number: inputs are always older than what is made of them) and
``notes``. `backpropagate` needs no more than that.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import numpy as np

from . import _mutation
from ._sums import column_sums
from .grad_mode import busy, is_anomaly_enabled, is_recording

sequence: Iterator[int] = _mutation.sequence
"""Creation numbers, shared by nodes and by stamps of mutation, so that they can be compared."""


class Freed:
    """Stands where a node's saved arrays were, after ``backward()`` has used and freed them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<freed by backward()>"


FREED = Freed()


class Notes:
    """What few nodes need: hooks, a retained gradient, and what pictures and derivations show.

    Attributes
    ----------
    hooks : dict of int to callable
        Run on the node's complete cotangent, in order of registration.
    retains : bool
        Whether the cotangent is kept in ``grad``, as for a leaf.
    grad : Tensor or None
    label : str
        The user's name for the result.
    value : ndarray or None
        The result, kept under ``record()``.
    operands : tuple of ndarray or None
        The inputs' arrays, constants included, kept under ``record()``.
    line : str
        ``file:line: source`` of the user's code, kept under ``record()``.
    calls : tuple of Call
        The modules that were running, outermost first, kept under ``record()``.
    """

    __slots__ = ("calls", "grad", "hooks", "label", "line", "operands", "retains", "value")

    def __init__(self) -> None:
        self.hooks: dict[int, Callable[[Any], Any]] = {}
        self.retains = False
        self.grad: Any = None
        self.label = ""
        self.value: Any = None
        self.operands: tuple[Any, ...] | None = None
        self.line = ""
        self.calls: tuple[Any, ...] = ()

    @property
    def module(self) -> str:
        """The path of the innermost module that was running (``fc1``)."""
        return self.calls[-1].path if self.calls else ""


class Node:
    """One application of a primitive to Tensors: what ``Tensor.grad_fn`` shows.

    Attributes
    ----------
    prim : Primitive
    inputs : tuple of Node or None
        The nodes of the inputs; None for an input that needs no gradient.
    saved : tuple
        What ``prim.saves`` names, None for what no wanted cotangent needs.
    params : tuple
        The values of ``prim.params``.
    shape, dtype
        Of the result (tuples of them where there are several outputs).
    seq : int
        The creation number.
    notes : Notes or None
    """

    __slots__ = (
        "__weakref__",
        "dtype",
        "inputs",
        "notes",
        "params",
        "prim",
        "saved",
        "seq",
        "shape",
    )

    prim: Any
    inputs: tuple[Node | None, ...]
    saved: Any
    params: tuple[Any, ...]
    shape: Any
    dtype: Any
    seq: int
    notes: Notes | None

    def __init__(
        self,
        prim: Any,
        inputs: tuple[Node | None, ...],
        saved: tuple[Any, ...],
        params: tuple[Any, ...],
        shape: Any,
        dtype: Any,
    ) -> None:
        self.prim = prim
        self.inputs = inputs
        self.saved = saved
        self.params = params
        self.shape = shape
        self.dtype = dtype
        self.seq = next(sequence)
        self.notes = None

    def name(self) -> str:
        """PyTorch's name for the node: ``MulBackward0``."""
        name: str = self.prim.node_name
        return name + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """PyTorch's view of ``inputs``: pairs of node and output number."""
        return tuple(
            (u.inputs[0], u.params[0]) if isinstance(u, Output) else (u, 0) for u in self.inputs
        )

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class Leaf(Node):
    """A Tensor that the user made and wants the gradient of; it owns that gradient."""

    __slots__ = ("grad",)

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        super().__init__(LEAF, (), (), (), shape, dtype)
        self.grad: Any = None

    def name(self) -> str:
        """PyTorch's name for it."""
        return "AccumulateGrad"


class Output(Node):
    """One result of a primitive that has several: its only input is the node that made it."""

    __slots__ = ()

    def __init__(self, source: Node, index: int) -> None:
        super().__init__(OUTPUT, (source,), (), (index,), source.shape[index], source.dtype[index])
        if source.notes is not None and source.notes.value is not None:  # under record()
            self.notes = Notes()
            self.notes.retains = is_recording()
            self.notes.value = source.notes.value[index]

    def name(self) -> str:
        """The name of the operation that made it, as PyTorch shows it."""
        source = self.inputs[0]
        assert source is not None
        return source.name()


class Parts:
    """The cotangent of a primitive with several outputs: one part for each output that had any."""

    __slots__ = ("dtype", "parts", "shape")

    def __init__(self, source: Node, parts: dict[int, Any]) -> None:
        self.shape = source.shape
        self.dtype = source.dtype
        self.parts = parts

    def __add__(self, other: Parts) -> Parts:
        for k, part in other.parts.items():
            self.parts[k] = self.parts[k] + part if k in self.parts else part
        return self

    def dense(self) -> list[Any]:
        """One cotangent per output: zeros where nothing arrived, None for integer outputs."""
        return [
            self.parts[k]
            if k in self.parts
            else (np.zeros(shape, dtype) if dtype.kind == "f" else None)
            for k, (shape, dtype) in enumerate(zip(self.shape, self.dtype, strict=True))
        ]


class _StructuralPrimitive:
    """What the graph is made of beside operations: leaves, and the picking of one output."""

    differentiable = True
    saves: tuple[str, ...] = ()
    params: tuple[tuple[str, Any], ...] = ()
    symbol = ""

    def __init__(self, name: str) -> None:
        self.name = name

    def vjp(self, inputs: Any, saved: Any, params: Any, g: Any) -> tuple[Any, ...]:
        return (Parts(inputs[0], {params[0]: g}),)

    def format_symbol(self, params: Iterable[Any]) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{self.name}>"


LEAF = _StructuralPrimitive("leaf")
OUTPUT = _StructuralPrimitive("output")


def newest_first(roots: Iterable[Any]) -> list[Any]:
    """All nodes reachable from the roots, each once, newest first: a topological order.

    Iterative, so that a chain of a million nodes is walked like any other graph.
    """
    seen = {None, *roots}
    nodes = [node for node in seen if node is not None]
    for node in nodes:  # grows while it is walked
        for source in node.inputs:
            if source not in seen:
                seen.add(source)
                nodes.append(source)
    nodes.sort(key=attrgetter("seq"), reverse=True)
    return nodes


def backpropagate(
    seeds: Mapping[Any, Any],
    pull: Callable[[Any, Any, tuple[Any, ...]], Iterable[Any]],
    keep: Callable[[Any], bool] | None = None,
    wanted: Collection[Any] | None = None,
    observe: Callable[[Any, Any], Any] | None = None,
) -> dict[Any, Any]:
    """Apply the chain rule in reverse from the seeds to the leaves.

    Parameters
    ----------
    seeds : mapping of node to cotangent
        Where to begin: usually ``{loss: 1}``.
    pull : callable
        ``pull(node, g, inputs)``: the cotangents of the node's inputs, None where ``inputs`` is.
    keep : callable, optional
        Whether a node's cotangent is part of the answer (others are dropped once used); all of
        them by default.
    wanted : collection of nodes, optional
        Only what lies on a path to one of these is computed.
    observe : callable, optional
        ``observe(node, g)`` for each node with notes, once its cotangent is complete; returns the
        cotangent to go on with (hooks, retained gradients).

    Returns
    -------
    dict of node to cotangent
    """
    if busy.watching and is_anomaly_enabled():
        from .autograd.anomaly import watched

        pull = watched(pull, seeds)
    order = newest_first(seeds)
    useful = None if wanted is None else _on_paths_to(wanted, order)
    cotangents = dict(seeds)
    kept = {} if keep is not None else cotangents
    take = cotangents.pop if keep is not None else cotangents.get
    for node in order:
        g = take(node, None)
        if g is None:
            continue
        if observe is not None and node.notes is not None:
            g = observe(node, g)
        if keep is not None and keep(node):
            kept[node] = g
        inputs = node.inputs
        if not inputs:
            continue
        if useful is not None:
            inputs = tuple(u if u in useful else None for u in inputs)
            if not any(inputs):
                continue
        for u, c in zip(inputs, pull(node, g, inputs), strict=True):
            if c is not None:
                other = cotangents.get(u)
                cotangents[u] = c if other is None else other + c
    return kept


def _on_paths_to(wanted: Collection[Any], order: list[Any]) -> set[Any]:
    """The nodes from which a wanted node can be reached, themselves included."""
    useful = set(wanted)
    for node in reversed(order):
        if node not in useful and not useful.isdisjoint(node.inputs):
            useful.add(node)
    return useful


def pull_arrays(node: Node, g: Any, inputs: tuple[Node | None, ...]) -> list[Any]:
    """Cotangents of a node's inputs as plain arrays."""
    saved = node.saved
    if saved is FREED:
        raise already_freed(node)
    if _mutation.latest[0] > node.seq:
        refuse_if_changed(node, saved, inputs)
    try:
        pulled = node.prim.vjp(inputs, saved, node.params, g)
    except Exception:
        pulled = _pull_another_way(node, saved, g, inputs)
    return [
        None
        if u is None or c is None
        else c
        if c.shape == u.shape and c.dtype is u.dtype
        else fit(c, u)
        for u, c in zip(inputs, pulled, strict=True)
    ]


def _pull_another_way(node: Node, saved: Any, g: Any, inputs: Any) -> Any:
    """Cotangents where an array stands in for several (`func.vmap`); the error again otherwise."""
    for x in (*(g.parts.values() if isinstance(g, Parts) else (g,)), *saved):
        another_way = getattr(x, "_pull", None)
        if another_way is not None:
            return another_way(node, saved, g, inputs)
    raise  # within the except of pull_arrays


def pull_arrays_once(node: Node, g: Any, inputs: tuple[Node | None, ...]) -> list[Any]:
    """`pull_arrays`, after which what the node saved is freed."""
    pulled = pull_arrays(node, g, inputs)
    if node.saved and node.prim.saves_arrays:
        node.saved = FREED
    return pulled


def fit(c: Any, u: Node) -> Any:
    """Give an array cotangent the shape and dtype of the node it belongs to."""
    if c.shape != u.shape:
        c = unbroadcast(c, u.shape)
    if c.dtype is not u.dtype:
        c = c.astype(u.dtype)
    return c


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes that broadcasting has repeated: the adjoint of broadcasting.

    Written in calls that dispatch, so that it is recorded when ``g`` is a Tensor.
    """
    collapse = getattr(getattr(g, "_array", g), "_collapse", None)
    if collapse is not None:  # a stand-in for several arrays (`func.vmap`)
        g = collapse(g, shape)
    extra = g.ndim - len(shape)
    if extra < 0:  # x[:] = y, where y has more dimensions: all of size 1, and in front
        return unbroadcast(g, shape[-extra:]).reshape(shape)
    axes = (
        *range(extra),
        *(extra + k for k, n in enumerate(shape) if n == 1 != g.shape[extra + k]),
    )
    if axes:
        g = column_sums(g, axes)
    return g.reshape(shape)


def already_freed(node: Node) -> RuntimeError:
    """The error for a second walk through a graph that has been freed."""
    return RuntimeError(
        f"Trying to backward through the graph a second time: what {node.name()} saved was freed "
        "by the first backward(). Say backward(retain_graph=True) (or grad(..., "
        "retain_graph=True)) the first time if the graph is needed again, or run the forward "
        "computation again."
    )


def refuse_if_changed(node: Node, saved: tuple[Any, ...], inputs: tuple[Node | None, ...]) -> None:
    """Raise if an array that a rule is about to read was changed in place after it was saved."""
    flat = itertools.chain.from_iterable(
        item if isinstance(item, list) else (item,) for item in saved
    )
    names = node.prim.saves
    for position, array in enumerate(flat):
        change = _mutation.change_since(array, node.seq)
        if change is not None:
            name = names[position] if len(names) > position else ""
            what = {"": "what it saved", "ans": "its result"}.get(name, f"its operand {name!r}")
            raise RuntimeError(
                f"{node.name()} needs {what} (shape {tuple(array.shape)}, {array.dtype}) for the "
                f"gradient, but {change} changed it in place after it was used. "
                "Use the out-of-place form (x = x + 1 instead of x += 1), or change a clone()."
            )
