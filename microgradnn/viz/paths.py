"""The ways from some nodes to the root, marked: what the rest of the picture steps back for."""

from __future__ import annotations

from collections.abc import Collection

from .records import GraphRecord


def mark_paths(graph: GraphRecord, starts: Collection[int]) -> None:
    """Mark the nodes and edges on any path from one of ``starts`` to the root, and the others.

    Parameters
    ----------
    graph : GraphRecord
        Everything in it leads to the root; its edges are in the order of their targets.
    starts : collection of int
        Places of nodes.
    """
    on_path = set(starts)
    for edge in graph.edges:
        edge.mark = "path" if edge.source in on_path else "off"
        if edge.mark == "path":
            on_path.add(edge.target)
    for place, node in enumerate(graph.nodes):
        node.mark = "path" if place in on_path else "off"
