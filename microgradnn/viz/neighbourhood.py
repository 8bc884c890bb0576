"""A part of a graph: what is around a node, and how much is left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .records import EdgeRecord, GraphRecord, NodeRecord

FAN = 7
"""So many neighbours of one node are shown on each side, then "and 18 more"."""


def neighbourhood(
    graph: GraphRecord, centre: int, radius: int | None, max_cards: int
) -> GraphRecord:
    """The nodes near one node, with cards that say how many neighbours each has beside them.

    Parameters
    ----------
    graph : GraphRecord
    centre : int
        The place of the node in the middle.
    radius : int or None
        How many edges away a node may be; None for what fits.
    max_cards : int
    """
    sources: list[list[int]] = [[] for _ in graph.nodes]
    targets: list[list[int]] = [[] for _ in graph.nodes]
    for edge in graph.edges:
        sources[edge.target].append(edge.source)
        targets[edge.source].append(edge.target)
    kept = {centre}
    ring = [centre]
    distance = 0
    while ring and (radius is None or distance < radius):
        following = []
        for place in ring:
            for near in (sources[place], targets[place]):
                for other in list(dict.fromkeys(near))[:FAN]:
                    if other not in kept and len(kept) < max_cards:
                        kept.add(other)
                        following.append(other)
        ring = following
        distance += 1
    return _cut_out(graph, kept, sources, targets)


def _cut_out(
    graph: GraphRecord, kept: set[int], sources: list[list[int]], targets: list[list[int]]
) -> GraphRecord:
    part = GraphRecord()
    place_of: dict[int, int] = {}
    tail: list[EdgeRecord] = []
    for place in sorted(kept):
        hidden = _hidden(sources[place], kept)
        if hidden:
            stub = part.add(_more(len(hidden)))
        place_of[place] = part.add(graph.nodes[place])
        if hidden:
            tail.append(EdgeRecord(stub, place_of[place], ""))
    for edge in graph.edges:
        if edge.source in kept and edge.target in kept:
            tail.append(
                EdgeRecord(place_of[edge.source], place_of[edge.target], edge.operand, edge.mark)
            )
    for place in sorted(kept):
        hidden = _hidden(targets[place], kept)
        if hidden:
            tail.append(EdgeRecord(place_of[place], part.add(_more(len(hidden))), ""))
    part.edges = sorted(tail, key=lambda edge: edge.target)
    return part


def _hidden(near: Iterable[int], kept: set[int]) -> set[int]:
    return set(near) - kept


def _more(count: int) -> NodeRecord:
    return NodeRecord("more", name=f"and {count:,} more", count=count)


def place_of(graph: GraphRecord, wanted: Any) -> int:
    """Where the node of a Value or Tensor is.

    Raises
    ------
    ValueError
        If it is not in the graph.
    """
    for place, record in enumerate(graph.nodes):
        if record.node is wanted:
            return place
    raise ValueError(
        "around= and path_from= take a Value, a Tensor or a node that the root was made of; this "
        "one is not in its graph"
    )
