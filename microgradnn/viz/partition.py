"""Which nodes share a box: a partition of a graph, and the finding of boxes that are alike.

No box may hide a cycle: what goes out of a box and comes back into it would make the picture say
that a computation needs its own result. Every merging is checked for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

from .records import GraphRecord

FEWEST = 3
"""So many alike become one box; two are shown side by side."""
_FEWEST_LEAVES = 13
"""The same for leaves, which have names that the user gave them."""

_CHECKS = 40
"""So often cycles are looked for: beyond it, what might be merged stays apart."""


class Partition:
    """Each node's box, by number.

    Attributes
    ----------
    graph : GraphRecord
    box : list of int
        Of each node. At first every node is alone in the box of its own number.
    count : dict of int to int
        How many alike a box holds, where that is more than one.
    closed : set of int
        The boxes that are shown as such; the others have one node and are shown as that node.
    calls : dict of int to tuple of Call
        The calls of modules that a box stands for.
    """

    def __init__(self, graph: GraphRecord) -> None:
        self.graph = graph
        self.box = list(range(len(graph.nodes)))
        self.count: dict[int, int] = {}
        self.closed: set[int] = set()
        self.calls: dict[int, tuple[Any, ...]] = {}
        self.sources: list[list[int]] = [[] for _ in graph.nodes]
        self.targets: list[list[int]] = [[] for _ in graph.nodes]
        for edge in graph.edges:
            self.sources[edge.target].append(edge.source)
            self.targets[edge.source].append(edge.target)

    def members(self) -> dict[int, list[int]]:
        """The nodes of each box, oldest first."""
        members: dict[int, list[int]] = defaultdict(list)
        for place, box in enumerate(self.box):
            members[box].append(place)
        return members

    def neighbours(self) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
        """The boxes that each box takes from, and those that take from it."""
        before: dict[int, set[int]] = {box: set() for box in self.box}
        after: dict[int, set[int]] = {box: set() for box in self.box}
        for edge in self.graph.edges:
            a, b = self.box[edge.source], self.box[edge.target]
            if a != b:
                before[b].add(a)
                after[a].add(b)
        return before, after

    def order(self) -> list[int]:
        """The boxes, each after all that it takes from.

        Raises
        ------
        ValueError
            If there is a cycle.
        """
        before, after = self.neighbours()
        missing = {box: len(sources) for box, sources in before.items()}
        # By age, so that a picture keeps the order in which the user computed.
        last = {box: place for place, box in enumerate(self.box)}
        ready = sorted((box for box, n in missing.items() if not n), key=last.__getitem__)
        order = []
        for box in ready:  # grows while it is walked
            order.append(box)
            for target in sorted(after[box], key=last.__getitem__):
                missing[target] -= 1
                if not missing[target]:
                    ready.append(target)
        if len(order) < len(missing):
            raise ValueError("boxes need each other's results")
        return order

    def fold_private_leaves(self) -> None:
        """Parameters and constants that one closed box alone uses go into it.

        So do arrays that a module made itself (masks, positions), and all that has no name and
        goes into one of many alike: those are not the same array.
        """
        for place, node in enumerate(self.graph.nodes):
            users = {self.box[t] for t in self.targets[place]}
            if self.sources[place] or len(users) != 1 or node.kind in ("operation", "group"):
                continue
            (user,) = users
            if user in self.closed and (node.kind != "input" or self._is_made_in(user, place)):
                self.box[place] = user

    def _is_made_in(self, box: int, place: int) -> bool:
        """Whether an array without a name is nothing that a module was given.

        What many alike are given is theirs too, if no module around them was given it.
        """
        node, calls = self.graph.nodes[place], self.calls.get(box, ())
        if node.name or not calls:
            return False
        numbers = {call.number for call in calls}
        given = False
        for call in self.graph.nodes[self.targets[place][0]].calls:
            is_own = call.number in numbers
            if not (is_own and box in self.count):
                given = given or id(node.node) in call.given
            if is_own:
                break
        return not given

    # --- what is alike ------------------------------------------------------------------------

    def signatures(self) -> dict[int, Hashable]:
        """What each box computes: the same operations on the same shapes, wired in the same way."""
        signatures: dict[int, Hashable] = {}
        for box, members in self.members().items():
            here = {place: k for k, place in enumerate(members)}
            signatures[box] = (
                self.count.get(box, 1),
                box in self.closed,
                tuple(
                    (
                        node.kind,
                        node.operation,
                        node.settings,
                        node.note,
                        node.shape,
                        tuple(here.get(source, -1) for source in self.sources[place]),
                    )
                    for place in members
                    for node in (self.graph.nodes[place],)
                ),
            )
        return signatures

    def merge_runs(self, allowed: set[int]) -> None:
        """Boxes that are alike and each works on the one before become one."""
        signatures = self.signatures()
        _, after = self.neighbours()
        following: dict[int, int] = {}
        preceded: dict[int, int] = defaultdict(int)
        for box in allowed:
            alike = [b for b in after[box] if b in allowed and signatures[b] == signatures[box]]
            if len(alike) == 1:
                following[box] = alike[0]
                preceded[alike[0]] += 1
        starts = [box for box in following if preceded[box] != 1]
        runs = []
        for start in starts:
            run = [start]
            while run[-1] in following and preceded[following[run[-1]]] == 1:
                run.append(following[run[-1]])
            runs.append(run)
        self._merge(runs)

    def merge_parallel(self, allowed: set[int]) -> None:
        """Boxes that are alike, take from the same and give to the same become one."""
        signatures = self.signatures()
        before, after = self.neighbours()
        alike: dict[Hashable, list[int]] = defaultdict(list)
        for box in self.order():
            if box in allowed:
                key = signatures[box], frozenset(before[box]), frozenset(after[box])
                alike[key].append(box)
        self._merge(list(alike.values()))

    def _merge(self, sets: list[list[int]]) -> None:
        """Merge each set of boxes: all at once if that makes no cycle, else those that can be."""
        pending = [[boxes for boxes in sets if len(boxes) >= self._fewest(boxes[0])]]
        for _ in range(_CHECKS):
            if not pending:
                return
            some = pending.pop()
            if not some:
                continue
            before = list(self.box), dict(self.count), set(self.closed), dict(self.calls)
            self._merge_unchecked(some)
            try:
                self.order()
            except ValueError:
                self.box, self.count, self.closed, self.calls = before
                half = len(some) // 2
                pending += [some[half:], some[:half]] if half else []

    def _fewest(self, box: int) -> int:
        is_leaf = box not in self.closed and not self.sources[box]
        return _FEWEST_LEAVES if is_leaf else FEWEST

    def _merge_unchecked(self, sets: list[list[int]]) -> None:
        into = {box: boxes[-1] for boxes in sets for box in boxes}
        self.box = [into.get(box, box) for box in self.box]
        for boxes in sets:
            self.count[boxes[-1]] = sum(self.count.pop(box, 1) for box in boxes)
            self.calls[boxes[-1]] = sum((self.calls.pop(box, ()) for box in boxes), ())
        self.closed -= into.keys()
        self.closed |= set(into.values())
