"""Folding without modules: everything that only one result needs goes into that result's box.

The nodes from which every way to the root leads through a node ``v`` are what ``v`` dominates. They
can be one box: nothing comes out of it but ``v``. The loss of 45 samples is a sum of 45 such boxes,
which are alike and become one, "x 45", with the weights that they share beside it.
"""

from __future__ import annotations

from .partition import Partition
from .records import GraphRecord

COMFORTABLE = 60
_ROUNDS = 12
_TELLING = 4


def fold_cones(graph: GraphRecord, max_cards: int) -> Partition:
    """The partition with the most cards that can still be read.

    Parameters
    ----------
    graph : GraphRecord
    max_cards : int
    """
    chains = Partition(graph)
    operations = {k for k, node in enumerate(graph.nodes) if node.kind in ("operation", "group")}
    chains.merge_runs(operations)
    tree = _Tree(chains)
    opened = {tree.root}
    best = tree.partition(opened)
    for _ in range(_ROUNDS):
        partition = tree.partition(opened)
        cards = len(set(partition.box))
        if cards > min(COMFORTABLE, max_cards):
            # Where the next step is a tangle, a part of that says more than next to nothing.
            if not _TELLING <= len(set(best.box)) <= cards:
                best = partition
            break
        best = partition
        candidates = {box: tree.size[box] for box in tree.closed_in(partition, opened)}
        if not candidates:
            break
        largest = max(candidates.values())
        opened = opened | {box for box, size in candidates.items() if 2 * size > largest}
    return best


class _Tree:
    """Who dominates whom among the boxes of a partition."""

    def __init__(self, chains: Partition) -> None:
        self.chains = chains
        order = chains.order()
        _, after = chains.neighbours()
        self.root = order[-1]
        depth = {self.root: 0}
        self.parent: dict[int, int] = {}
        self.newest_first = order[::-1]
        for box in self.newest_first[1:]:
            users = iter(after[box])
            common = next(users)
            for user in users:
                while common != user:
                    if depth[common] >= depth[user]:
                        common = self.parent[common]
                    else:
                        user = self.parent[user]
            self.parent[box] = common
            depth[box] = depth[common] + 1
        self.size = dict.fromkeys(order, 0)
        for box in chains.box:
            self.size[box] += 1
        self.has_children = set(self.parent.values())
        for box in order[:-1]:  # the dominated come before those who dominate them
            self.size[self.parent[box]] += self.size[box]

    def partition(self, opened: set[int]) -> Partition:
        """Every cone that is not open is one box; what is alike beside each other is merged."""
        graph = self.chains.graph
        shown: dict[int, int] = {}
        for box in self.newest_first:
            above = self.parent.get(box)
            if above is None or (above in opened and shown[above] == above):
                shown[box] = box
            else:
                shown[box] = shown[above]
        partition = Partition(graph)
        partition.box = [shown[box] for box in self.chains.box]
        partition.closed = {
            box
            for box in shown.values()
            if (box in self.has_children and box not in opened) or box in self.chains.closed
        }
        partition.count = {
            box: count
            for box, count in self.chains.count.items()
            if shown[box] == box and (box in opened or box not in self.has_children)
        }
        partition.merge_parallel(set(partition.box))
        return partition

    def closed_in(self, partition: Partition, opened: set[int]) -> set[int]:
        """The cones that could be opened: boxes that stand for themselves only."""
        return {
            box
            for box in partition.closed
            if box not in partition.count and box in self.has_children and box not in opened
        }
