"""Folding by modules: each call of a module under ``record()`` can be one box.

Calls, not modules: a cell that runs once per time step is as many boxes, and none of them seems to
need its own result.
"""

from __future__ import annotations

from collections.abc import Sequence

from .partition import Partition
from .records import GraphRecord

COMFORTABLE = 60
"""So many cards are read at one look: without a depth given, folding goes no deeper."""


def fold_modules(
    graph: GraphRecord, depth: int | None, expand: Sequence[str], max_cards: int
) -> Partition:
    """The partition that shows modules down to ``depth``.

    Parameters
    ----------
    graph : GraphRecord
    depth : int or None
        0 for one box per outermost module, 1 for what is called in its ``forward``; None for as
        deep as can be read.
    expand : sequence of str
        Paths of modules that are opened, whatever the depth and however many are alike.
    max_cards : int

    Raises
    ------
    ValueError
        If a path in ``expand`` is that of no module that ran.
    """
    fold = _Fold(graph, expand)
    if depth is not None:
        return fold.down_to(depth)
    best = fold.down_to(0)
    # Nobody has asked to see what a single layer is made of.
    fold.openable &= fold.inner
    for deeper in range(1, max((len(node.calls) for node in graph.nodes), default=0) + 1):
        partition = fold.down_to(deeper)
        if len(set(partition.box)) > min(COMFORTABLE, max_cards):
            break
        best = partition
    return best


class _Fold:
    """Folding one graph: which calls are open, from the outermost inwards.

    A call is known by its number, a box by the first node in it.
    """

    def __init__(self, graph: GraphRecord, expand: Sequence[str]) -> None:
        self.graph = graph
        calls = {call.number: call for node in graph.nodes for call in node.calls}
        paths = {call.path for call in calls.values()}
        self.level = {
            call.number: level for node in graph.nodes for level, call in enumerate(node.calls)
        }
        self.openable = set(calls)
        for wanted in expand:
            if wanted not in paths and not any(path.startswith(f"{wanted}.") for path in paths):
                raise ValueError(
                    f"expand has {wanted!r}, the path of no module that ran under record(); there "
                    f"are {', '.join(sorted(map(repr, paths))) or 'none: no call was recorded'}"
                )
        self.inner = {call.number for node in graph.nodes for call in node.calls[:-1]}
        """The calls in which other modules are called: what is a layer is not among them."""
        self.expanded = {
            number for number, call in calls.items() if _is_named(call.path, expand, paths)
        }

    def down_to(self, depth: int) -> Partition:
        """Open ``depth`` levels, but not what repeats, and all that was asked for."""
        opened: set[int] = set()
        for level in range(depth):
            partition = self._boxes(opened)
            # A step that differs from those that repeat, as the first one often does, stays too.
            repeats = {
                call.module for box in partition.count for call in partition.calls.get(box, ())
            }
            opened |= self.openable & {
                calls[0].number
                for box, calls in partition.calls.items()
                if box not in partition.count
                and calls[0].module not in repeats
                and self.level[calls[0].number] == level
            }
        return self._boxes(opened)

    def _boxes(self, opened: set[int]) -> Partition:
        """The partition in which these calls are open, and what is alike is merged."""
        opened = opened | self.expanded
        partition = Partition(self.graph)
        box_of: dict[int, int] = {}
        for place, node in enumerate(self.graph.nodes):
            call = next((call for call in node.calls if call.number not in opened), None)
            if call is not None:
                box = partition.box[place] = box_of.setdefault(call.number, place)
                partition.calls[box] = (call,)
        partition.closed = set(box_of.values())
        partition.fold_private_leaves()
        alike = set(partition.closed)
        partition.merge_runs(alike)
        partition.merge_parallel(alike & partition.closed)
        partition.fold_private_leaves()
        return partition


def _is_named(path: str, expand: Sequence[str], paths: set[str]) -> bool:
    """Whether a call is opened because of ``expand``: itself, what it holds, or what holds it."""
    for wanted in expand:
        if path == wanted or not path or wanted.startswith(f"{path}."):
            return True
        # A list of modules is never called: naming it opens the modules in it.
        if wanted not in paths and path.startswith(f"{wanted}."):
            between = path[len(wanted) + 1 :].split(".")
            if not any(
                f"{wanted}.{'.'.join(between[:k])}" in paths for k in range(1, len(between))
            ):
                return True
    return False
