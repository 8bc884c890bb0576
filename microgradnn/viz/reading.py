"""From a graph to plain records: what there is to draw, before anything is drawn.

The only file of ``viz`` that knows nodes, Values and Tensors. Nothing here names an operation: what
is shown of one comes from its record in the table.
"""

from __future__ import annotations

import reprlib
from collections import defaultdict
from operator import attrgetter
from typing import Any

from .._notes import notes_of
from .._tensor import Tensor
from ..graph import FREED, LEAF, Leaf, Node, Output, newest_first
from ..value import Value
from .naming import Names
from .records import EdgeRecord as EdgeRecord
from .records import GraphRecord as GraphRecord
from .records import Kind as Kind
from .records import NodeRecord as NodeRecord


def root_node(root: Any) -> Any:
    """The node of what was given to ``draw()``.

    Raises
    ------
    TypeError
        If it is neither a Value nor a Tensor.
    ValueError
        If it is a Tensor without a graph.
    """
    if isinstance(root, Value | Node):
        return root
    if not isinstance(root, Tensor):
        callable_hint = " (call it on an input, then draw the result)" if callable(root) else ""
        raise TypeError(
            f"draw() takes a Value or a Tensor: the result whose graph is to be drawn, got "
            f"{type(root).__name__}{callable_hint}"
        )
    if root._node is None:
        raise ValueError(
            f"this Tensor (shape {tuple(root._array.shape)}, {root.dtype}) has no graph to draw: "
            "nothing it was made of has requires_grad=True, or it was computed inside no_grad() "
            "or detached"
        )
    return root._node


def read_graph(
    root: Value | Tensor | Node,
    names: Names,
    parameters: set[Any] | None,
    max_nodes: int | None = None,
) -> GraphRecord:
    """Everything that the root was made of.

    Parameters
    ----------
    root : Value, Tensor or Node
    names : Names
        Names that modules are seen to have are added.
    parameters : set of nodes, or None
        The leaves to show as parameters; None for all that a gradient is wanted for.
    max_nodes : int or None

    Raises
    ------
    ValueError
        If there are more than ``max_nodes`` nodes.
    """
    return read_graph_and_places(root, names, parameters, max_nodes)[0]


def read_graph_and_places(
    root: Value | Tensor | Node,
    names: Names,
    parameters: set[Any] | None,
    max_nodes: int | None = None,
) -> tuple[GraphRecord, dict[Any, int]]:
    """`read_graph`, and for each of the engine's nodes its position among the records."""
    start = root_node(root)
    order = newest_first([start])
    order.reverse()
    if max_nodes is not None:
        refuse_too_many(len(order), max_nodes)
    kind = _ValueReader if isinstance(root, Value) else _TensorReader
    reader = kind(root, start, order, names, parameters)
    return reader.read(), reader.places


def refuse_too_many(count: int, max_nodes: int) -> None:
    """Raise if a picture of ``count`` nodes is more than was allowed."""
    if count > max_nodes:
        raise ValueError(
            f"the graph has {count:,} nodes, more than max_nodes={max_nodes:,}: nobody can read "
            "such a picture, and making it takes minutes. Draw a part of it (an inner result: "
            "draw(h)), or the same computation on fewer samples, neurons or steps; or allow it: "
            f"draw(root, max_nodes={count})"
        )


class _Reader:
    """What both engines share: one record per node, one edge per operand."""

    def __init__(
        self, root: Any, start: Any, order: list[Any], names: Names, parameters: set[Any] | None
    ) -> None:
        self.root = root
        self.start = start
        self.order = order
        self.names = names
        self.parameters = parameters
        self.graph = GraphRecord()
        self.places: dict[Any, int] = {}

    def leaf_kind(self, node: Any) -> Kind:
        """A leaf that a gradient is wanted for: which role it has."""
        return "parameter" if self.parameters is None or node in self.parameters else "input"

    def read(self) -> GraphRecord:
        """The records of the whole graph."""
        raise NotImplementedError

    def add(self, node: Any, record: NodeRecord) -> int:
        """Place the record of one node."""
        record.is_root, record.node = node is self.start, node
        self.places[node] = place = self.graph.add(record)
        return place


class _ValueReader(_Reader):
    """Reads graphs of Values."""

    def read(self) -> GraphRecord:
        """The records of the whole graph."""
        literals = self._literals()
        # Before the first backward() every grad is 0. That 0 is no gradient and is not shown.
        done = bool(self.start.grad)
        for node in self.order:
            record = NodeRecord(
                "operation" if node.inputs or node.prim is not LEAF else self.leaf_kind(node),
                name=node.label or self.names.of_node.get(node, ""),
                value=node.data,
                gradient=node.grad if done or node.grad else None,
                expects_gradient=True,
            )
            if node in literals:
                record.kind, record.gradient, record.expects_gradient = "constant", None, False
            if record.kind == "operation":
                _describe_operation(record, node)
            target = self.add(node, record)
            for k, source in enumerate(node.inputs):
                operand = _operand_name(node.prim, k)
                self.graph.edges.append(EdgeRecord(self.places[source], target, operand))
        return self.graph

    def _literals(self) -> set[Any]:
        """The numbers written into expressions: ``2`` in ``2 * x``.

        Such a leaf has no name, is used once, and was made right before the operation on it.
        """
        uses: dict[Any, int] = defaultdict(int)
        literals = set()
        for node in self.order:
            made = node.seq
            for source in sorted(node.inputs, key=attrgetter("seq"), reverse=True):
                uses[source] += 1
                named = source.label or source in self.names.of_node
                if source.prim is LEAF and source.seq == made - 1 and not named:
                    literals.add(source)
                    made -= 1
        wanted = self.parameters or ()
        return {x for x in literals if uses[x] == 1 and x not in wanted}


class _TensorReader(_Reader):
    """Reads graphs of Tensors: values and constants are there if they were recorded."""

    def read(self) -> GraphRecord:
        """The records of the whole graph."""
        self.names.add_modules(node.notes.calls for node in self.order if node.notes is not None)
        self.outputs = self._reachable_outputs()
        self.known = self._known_values()
        self.constants: dict[int, int] = {}
        for node in self.order:
            if type(node) is Output:
                self._read_output(node)
            else:
                self._read_node(node)
        return self.graph

    def _reachable_outputs(self) -> dict[Any, dict[int, list[Any]]]:
        """For each node with several results: its Output nodes by number."""
        outputs: dict[Any, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for node in self.order:
            if type(node) is Output:
                outputs[node.inputs[0]][node.params[0]].append(node)
        return outputs

    def _known_values(self) -> dict[Any, Any]:
        """The arrays of nodes, as far as anything alive holds them."""
        known = dict(self.names.arrays)
        for node in self.order:
            notes = node.notes
            if notes is None:
                continue
            if notes.value is not None:
                known.setdefault(node, notes.value)
            for source, array in zip(node.inputs, notes.operands or (), strict=False):
                if source is not None and array is not None and array.shape == source.shape:
                    known.setdefault(source, array)
        if self.root is not self.start:
            known[self.start] = self.root._array
        return known

    def _read_node(self, node: Any) -> None:
        if type(node) is Leaf:
            record = NodeRecord(
                self.leaf_kind(node), gradient=_array(node.grad), expects_gradient=True
            )
        else:
            record = NodeRecord("operation")
            _describe_operation(record, node)
        results = self.outputs.get(node)
        shown: Any = node
        if not results:
            self._describe_result(record, node)
        elif len(results) == 1:  # one card for the operation and the only result that is used
            ((index, found),) = results.items()
            shown = self._describe_output(record, found, index)
        constants = self._read_constants(node)
        target = self.add(node, record)
        if shown is not node:
            record.is_root, record.node = shown is self.start, shown
        for k, source in enumerate(node.inputs):
            place = constants.get(k) if source is None else self.places[source]
            if place is not None:
                self.graph.edges.append(EdgeRecord(place, target, _operand_name(node.prim, k)))

    def _read_output(self, node: Output) -> None:
        source, index = node.inputs[0], node.params[0]
        results = self.outputs[source]
        twins = results[index]
        if len(results) == 1:
            self.places[node] = self.places[source]
        elif node is twins[0]:
            record = NodeRecord("output")
            shown = self._describe_output(record, twins, index)
            place = self.add(node, record)
            record.is_root = shown is self.start
            record.calls = self.graph.nodes[self.places[source]].calls
            self.graph.edges.append(EdgeRecord(self.places[source], place, ""))
        else:  # the same result, picked a second time
            self.places[node] = self.places[twins[0]]

    def _describe_output(self, record: NodeRecord, twins: list[Any], index: int) -> Any:
        """Fill in one of several results; the Output node that stands for it."""
        node = next((t for t in twins if t is self.start), twins[0])
        source = node.inputs[0]
        for twin in twins:
            self._describe_result(record, twin)
        values = source.notes.value if source.notes is not None else None
        if record.value is None and isinstance(values, tuple):
            record.value = values[index]
        record.name = record.name or _output_name(source.prim, index)
        return node

    def _describe_result(self, record: NodeRecord, node: Any) -> None:
        """Name, value, gradient, shape and dtype, as far as they are not known already."""
        notes = node.notes
        label = notes.label if notes is not None else ""
        record.name = record.name or label or self.names.of_node.get(node, "")
        if record.value is None:
            record.value = self.known.get(node)
        if notes is not None and notes.retains:
            record.expects_gradient = True
            if record.gradient is None:
                record.gradient = _array(notes.grad)
        record.shape, record.dtype = tuple(node.shape), str(node.dtype)

    def _read_constants(self, node: Any) -> dict[int, int]:
        """Nodes for recorded operands that need no gradient: operand number to place."""
        operands = node.notes.operands if node.notes is not None else None
        places: dict[int, int] = {}
        for k, array in enumerate(operands or ()):
            if array is None or node.inputs[k] is not None:
                continue
            name = self.names.of_array.get(id(array), "")
            # One array that feeds several operations is one node; a number is a new one each time.
            shared = array.ndim > 0 or bool(name)
            place = self.constants.get(id(array)) if shared else None
            if place is None:
                given = shared and id(array) not in self.names.buffers
                record = NodeRecord("input" if given else "constant", name=name, value=array)
                record.shape, record.dtype = tuple(array.shape), str(array.dtype)
                record.node = array
                place = self.graph.add(record)
            self.constants[id(array)] = places[k] = place
        return places


def _describe_operation(record: NodeRecord, node: Any) -> None:
    """What the table says of the operation, and what was noted of its call."""
    prim = node.prim
    record.operation = prim.name
    record.symbol = prim.format_symbol(node.params)
    record.mathematics = getattr(prim, "mathematics", "")
    record.settings = ", ".join(
        f"{name}={reprlib.repr(value)}"
        for (name, _), value in zip(prim.params, node.params, strict=False)
    )
    record.saved = _saved(node)
    notes = notes_of(node)
    if notes is not None:
        record.line, record.module, record.calls = notes.line, notes.module, notes.calls


def _saved(node: Any) -> tuple[str, ...]:
    """What the backward pass reads of one application: names of operands, or of the result."""
    saved: Any = getattr(node, "saved", None)  # a Value reads its operands where they are
    known = saved is not None and saved is not FREED
    names = [
        name
        for k, name in enumerate(node.prim.saves)
        if not (known and (k >= len(saved) or saved[k] is None)) and not name.endswith("_shape")
    ]
    operands = getattr(node.prim, "inputs", ())
    names.sort(key=lambda name: operands.index(name) if name in operands else len(operands))
    return tuple("result" if name == "ans" else str(name) for name in names)


def _operand_name(prim: Any, k: int) -> str:
    names = getattr(prim, "inputs", ())
    if k < len(names) - prim.variadic:
        return str(names[k])
    return f"{names[-1]}[{k - len(names) + 1}]" if names else f"argument {k}"


def _output_name(prim: Any, index: int) -> str:
    names = prim.outputs
    if index < len(names) and not names[index].startswith("*"):
        return str(names[index])
    return f"{names[-1].lstrip('*')}[{index}]"


def _array(tensor: Any) -> Any:
    return None if tensor is None else tensor._array
