"""Big graphs made readable: which nodes share a box, and the graph of the boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from .cones import fold_cones
from .module_boxes import fold_modules
from .partition import Partition
from .records import EdgeRecord, GraphRecord, NodeRecord


def fold(
    graph: GraphRecord, depth: int | None, expand: Sequence[str], max_cards: int
) -> GraphRecord:
    """The graph with boxes in it: those of modules where calls were recorded, else cones.

    Parameters
    ----------
    graph : GraphRecord
    depth : int or None
    expand : sequence of str
    max_cards : int

    Raises
    ------
    ValueError
        If modules are asked for and none was recorded, or not this one.
    """
    if any(node.calls for node in graph.nodes):
        folded = boxed(fold_modules(graph, depth, expand, max_cards))
        # What is computed outside of modules may be too much by itself.
        return folded if len(folded.nodes) <= max_cards else boxed(fold_cones(folded, max_cards))
    if depth is not None or expand:
        raise ValueError(
            "depth= and expand= fold by modules, and no call of a module was recorded: compute "
            "inside `with mg.record():` to have them noted"
        )
    return boxed(fold_cones(graph, max_cards))


def boxed(partition: Partition) -> GraphRecord:
    """One node for each box: the node itself, or a group.

    Parameters
    ----------
    partition : Partition
    """
    members = partition.members()
    folded = GraphRecord()
    place_of = {box: folded.add(_node(partition, box, members[box])) for box in partition.order()}
    seen = set()
    for edge in sorted(partition.graph.edges, key=lambda e: place_of[partition.box[e.target]]):
        source, target = partition.box[edge.source], partition.box[edge.target]
        is_box = target in partition.closed and len(members[target]) > 1
        is_many = is_box or source in partition.count
        if source == target or (is_many and (source, target) in seen):
            continue
        seen.add((source, target))
        operand = "" if is_many else edge.operand
        folded.edges.append(EdgeRecord(place_of[source], place_of[target], operand, edge.mark))
    return folded


def _node(partition: Partition, box: int, members: list[int]) -> NodeRecord:
    nodes = [partition.graph.nodes[k] for k in members]
    if len(members) == 1:
        return _named(nodes[0], partition, box)
    operations = [node for node in nodes if node.kind in ("operation", "group")]
    calls, count = partition.calls.get(box, ()), partition.count.get(box, 1)
    marks = {node.mark for node in nodes}
    group = NodeRecord(
        "group" if operations else nodes[0].kind,
        is_root=any(node.is_root for node in nodes),
        name=_joined([call.path or call.kind for call in calls]),
        count=count,
        operations=sum(node.operations or 1 for node in operations),
        parameters=sum(
            prod(node.shape or ()) if node.kind == "parameter" else node.parameters
            for node in nodes
        ),
        calls=operations[0].calls if operations else (),
        module=calls[0].path if calls else "",
        mark="path" if "path" in marks else "off" if "off" in marks else "",
    )
    exits = [
        node
        for k, node in zip(members, nodes, strict=True)
        if node.is_root or any(partition.box[t] != box for t in partition.targets[k])
    ]
    if len(exits) == 1:
        (result,) = exits
        group.value, group.gradient, group.node = result.value, result.gradient, result.node
        group.expects_gradient = result.expects_gradient
        group.name = group.name or result.name
    if len({(node.shape, node.dtype) for node in exits}) == 1:
        group.shape, group.dtype = exits[0].shape, exits[0].dtype
    symbols = {node.symbol for node in operations}
    if len(symbols) == 1:
        group.symbol = symbols.pop()
    if not operations:
        group.name = _joined([node.name for node in nodes if node.name])
    group.note = _note(group, calls, operations)
    return group


def _named(node: NodeRecord, partition: Partition, box: int) -> NodeRecord:
    """A module that is one operation is drawn as that operation, under the module's name."""
    calls = partition.calls.get(box, ())
    return replace(node, name=node.name or (calls[0].path or calls[0].kind)) if calls else node


def _joined(names: list[str]) -> str:
    """The first and the last of many names."""
    if len(set(names)) < 2:
        return names[0] if names else ""
    return f"{names[0]} … {names[-1]}"


def _note(group: NodeRecord, calls: Sequence[object], operations: list[NodeRecord]) -> str:
    """What a group is: the module's class, or how many operations."""
    each = group.operations // group.count
    if calls:
        kind = str(getattr(calls[0], "kind", ""))
        note = "" if kind == group.name else kind
    elif not operations:
        note = group.kind
    elif each == 1:
        note = operations[0].operation or operations[0].note
    else:
        note = f"{each:,} operations"
    return f"{note} × {group.count:,}".strip() if group.count > 1 else note
