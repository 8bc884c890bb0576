"""What the page tells of: every node with its value, its gradient, and who contributed what to it.

Gradients are computed here, by the engine's own walk and rules, whether or not ``backward()`` has
been called; nothing of the user's is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..._primitive import Primitive
from ..._tensor import Tensor
from ...graph import Output, backpropagate, fit, pull_arrays
from ...value import Value, pull_numbers
from ..naming import Names
from ..reading import Kind, NodeRecord, read_graph_and_places


@dataclass(frozen=True)
class Operation:
    """One way of applying a primitive: cards with equal ones share their formulas.

    Attributes
    ----------
    prim : Primitive
        Or what stands for one: a function of the user's own.
    params : tuple
    arity : int
        How many inputs it has.
    links : int
        How many applications in a row are one card: 2 for ``(a + b) + c``.
    """

    prim: Any
    params: tuple[Any, ...]
    arity: int
    links: int = 1

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for operations that are the same; parameters may be lists or arrays."""
        return id(self.prim), repr(self.params), self.arity, self.links

    @property
    def symbol(self) -> str:
        """What the card shows in its circle."""
        return "Σ" if self.links > 1 else str(self.prim.format_symbol(self.params))


@dataclass
class Entry:
    """One card of the page.

    Attributes
    ----------
    kind : Kind
    is_root : bool
    name : str
        The user's, or empty.
    operation : Operation or None
        None for leaves, and for one of an operation's several results.
    args : tuple of int
        Positions of the operands, by slot: ``a * a`` has one twice.
    slots : tuple of int
        Which operands of the operation these are: some of a Tensor's operations are not recorded.
    value, gradient : number, ndarray or None
    contributions : list of number, ndarray or None
        What the backward step through this card sends to each of ``args``.
    wants_gradient : bool
    shape : tuple of int or None
        None for a Value.
    dtype, settings, module, line : str
    """

    kind: Kind
    is_root: bool
    name: str
    operation: Operation | None
    args: tuple[int, ...]
    slots: tuple[int, ...]
    value: Any
    gradient: Any = None
    contributions: list[Any] | None = None
    wants_gradient: bool = True
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    settings: str = ""
    module: str = ""
    line: str = ""


def record_computation(
    root: Value | Tensor, names: Names, parameters: set[Any] | None, max_nodes: int
) -> list[Entry]:
    """Everything that the root was made of, oldest first: each after its operands.

    Raises
    ------
    ValueError
        If there are more than ``max_nodes`` nodes, or the root is a Tensor of several numbers, or
        was not computed under ``record()``.
    """
    graph, places = read_graph_and_places(root, names, parameters, max_nodes)
    entries = [_entry(record) for record in graph.nodes]
    operands: dict[int, list[int]] = defaultdict(list)
    for edge in graph.edges:  # in the order of operands
        operands[edge.target].append(edge.source)
    for place, sources in operands.items():
        entries[place].args, entries[place].slots = tuple(sources), tuple(range(len(sources)))
    if isinstance(root, Value):
        _follow_numbers(root, entries, places)
        return _with_sums_merged(entries)
    _follow_arrays(root, entries, places)
    return entries


def _entry(record: NodeRecord) -> Entry:
    return Entry(
        kind=record.kind, is_root=record.is_root, name=record.name, operation=None, args=(),
        slots=(), value=record.value, shape=record.shape, dtype=record.dtype,
        settings=record.settings, module=record.module, line=record.line,
    )  # fmt: skip


def _follow_numbers(root: Value, entries: list[Entry], places: dict[Any, int]) -> None:
    """Fill in operations, gradients and contributions of a graph of Values."""
    given: dict[Any, list[Any]] = {}

    def pull(value: Value, g: Any, inputs: tuple[Any, ...]) -> Any:
        given[value] = list(pull_numbers(value, g, inputs))
        return given[value]

    gradients = backpropagate({root: 1.0}, pull)
    for node, place in places.items():
        entry = entries[place]
        entry.wants_gradient = entry.kind != "constant"
        entry.gradient = gradients.get(node) if entry.wants_gradient else None
        entry.contributions = given.get(node)
        if node.inputs:
            entry.operation = Operation(node.prim, tuple(node.params), len(node.inputs))


def _follow_arrays(root: Tensor, entries: list[Entry], places: dict[Any, int]) -> None:
    """Fill in operations, gradients and contributions of a graph of Tensors."""
    if root.numel() != 1:
        raise ValueError(
            f"explore() follows the gradient of one number, and this Tensor has the shape "
            f"{tuple(root.shape)}: explore its loss, or (y.sum()) what stands for one"
        )
    start: Any = root._node
    if start.prim.params is not None and start.inputs and start.notes is None:
        raise ValueError(
            "explore() shows every intermediate array, and a graph of Tensors keeps them only if "
            "it is told to:\n    with mg.record():\n        loss = ...\n    viz.explore(loss)"
        )
    given: dict[Any, list[Any]] = {}

    def pull(node: Any, g: Any, inputs: tuple[Any, ...]) -> Any:
        given[node] = pulled = _pull_again(node, g, inputs)
        return pulled

    gradients = backpropagate({start: np.ones_like(root._array)}, pull)
    for node, place in places.items():
        entry = entries[place]
        gradient = gradients.get(node)
        if isinstance(gradient, np.ndarray | np.generic):
            entry.gradient = np.asarray(gradient)
        if type(node) is Output or not node.inputs:
            continue
        entry.operation = Operation(node.prim, tuple(node.params), len(node.inputs))
        kept = [k for k, u in enumerate(node.inputs) if u is not None or _was_kept(node, k)]
        entry.slots = tuple(kept)
        contributions = given.get(node)
        if contributions is not None:
            entry.contributions = [contributions[k] for k in kept]
    for entry in entries:
        entry.wants_gradient = entry.gradient is not None


def _was_kept(node: Any, slot: int) -> bool:
    """Whether an operand that needs no gradient was recorded, and so has a card."""
    operands = node.notes.operands if node.notes is not None else None
    return operands is not None and operands[slot] is not None


def _pull_again(node: Any, g: Any, inputs: tuple[Any, ...]) -> list[Any]:
    """Cotangents of a node's inputs, from what ``record()`` kept: ``backward()`` may be over."""
    prim, notes = node.prim, node.notes
    if type(node) is Output:
        return list(prim.vjp(inputs, (), node.params, g))
    if not isinstance(prim, Primitive) or notes is None or notes.operands is None:
        return pull_arrays(node, g, inputs)
    saved = tuple(_saved(prim, name, notes) for name in prim.saves)
    with np.errstate(all="ignore"):
        pulled = prim.vjp(inputs, saved, node.params, g)
    return [
        None if u is None or c is None else fit(np.asarray(c), u)
        for u, c in zip(inputs, pulled, strict=True)
    ]


def _saved(prim: Primitive, name: str, notes: Any) -> Any:
    """One of the things that a rule asks for, found among operands and results."""
    if name == "ans" and prim.single:
        return notes.value
    outputs = [output.lstrip("*") for output in prim.outputs]
    if name in outputs:
        many = prim.outputs[0].startswith("*")
        return notes.value if many else notes.value[outputs.index(name)]
    wanted = name if name in prim.inputs else name.removesuffix("_shape")
    k = prim.inputs.index(wanted)
    if prim.variadic and k == len(prim.inputs) - 1:
        arrays = list(notes.operands[k:])
        return arrays if name == wanted else [a.shape for a in arrays]
    array = notes.operands[k]
    return array if name == wanted or array is None else array.shape


def _with_sums_merged(entries: list[Entry]) -> list[Entry]:
    """``(a + b) + c`` as one card with three operands, where nobody named ``a + b``.

    Only first operands are merged, so that the page adds in the engine's order.
    """
    uses: dict[int, int] = defaultdict(int)
    for entry in entries:
        for place in entry.args:
            uses[place] += 1
    merged: set[int] = set()
    for entry in entries:
        first = entry.args[0] if entry.args else -1
        if first < 0 or not _is_sum(entry) or not _is_sum(entries[first]):
            continue
        inner = entries[first]
        if inner.name or uses[first] > 1 or inner.operation is None or entry.operation is None:
            continue
        merged.add(first)
        entry.args = (*inner.args, *entry.args[1:])
        entry.slots = tuple(range(len(entry.args)))
        if entry.contributions is not None and inner.contributions is not None:
            entry.contributions = [*inner.contributions, *entry.contributions[1:]]
        links = inner.operation.links + 1
        entry.operation = replace(entry.operation, arity=links + 1, links=links)
    return _without(entries, merged)


def _is_sum(entry: Entry) -> bool:
    operation = entry.operation
    return operation is not None and getattr(operation.prim, "operator", "") == "add"


def _without(entries: list[Entry], dropped: Iterable[int]) -> list[Entry]:
    """The entries that stay, with their operands counted anew."""
    gone = set(dropped)
    kept = [k for k in range(len(entries)) if k not in gone]
    position = {k: new for new, k in enumerate(kept)}
    for k in kept:
        entries[k].args = tuple(position[place] for place in entries[k].args)
    return [entries[k] for k in kept]
