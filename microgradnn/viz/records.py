"""What there is to draw, as plain records: nodes, and the edges between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["parameter", "input", "constant", "operation", "output", "group", "more"]
"""What a node is to the person who looks.

*parameter*: a leaf that a gradient is wanted for. *input*: a leaf that is given. *constant*: a
number or array inside the computation. *operation*: a result. *output*: one of an operation's
several results. *group*: many of these in one box. *more*: what a picture leaves out.
"""

Mark = Literal["", "path", "off"]
"""Whether a path that the user asked for goes through; nothing if none was asked for."""


@dataclass
class NodeRecord:
    """One node, with everything that a picture may show of it.

    Attributes
    ----------
    kind : Kind
    is_root : bool
    name : str
        The user's, or the name of the output; empty if there is none.
    operation, symbol, mathematics : str
        Of the primitive, empty for leaves.
    settings : str
        Its parameters, ``axis=0``.
    value, gradient : number, ndarray or None
        None for what is not known, or not yet.
    expects_gradient : bool
        Whether ``backward()`` leaves one here.
    shape : tuple of int or None
        None for a Value.
    dtype, line, module : str
    saved : tuple of str
        What the rules of the operation read in the backward pass.
    calls : tuple of Call
        The modules that were running, outermost first.
    node
        Where it was read from.
    mark : Mark
    note : str
        Of a group: what it is (``Linear``, ``Block x 12``).
    count : int
        Of a group: how many alike it holds.
    operations, parameters : int
        Of a group: the number of operations inside, and of elements of its parameters.
    """

    kind: Kind
    is_root: bool = False
    name: str = ""
    operation: str = ""
    symbol: str = ""
    mathematics: str = ""
    settings: str = ""
    value: Any = None
    gradient: Any = None
    expects_gradient: bool = False
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    line: str = ""
    module: str = ""
    saved: tuple[str, ...] = ()
    calls: tuple[Any, ...] = ()
    node: Any = None
    mark: Mark = ""
    note: str = ""
    count: int = 1
    operations: int = 0
    parameters: int = 0


@dataclass
class EdgeRecord:
    """One use of a result: ``a + a`` has two.

    Attributes
    ----------
    source, target : int
        Positions in `GraphRecord.nodes`.
    operand : str
        What the operation calls it.
    mark : Mark
    """

    source: int
    target: int
    operand: str
    mark: Mark = ""


@dataclass
class GraphRecord:
    """The nodes, oldest first, and the edges between them, in the order of operands."""

    nodes: list[NodeRecord] = field(default_factory=list)
    edges: list[EdgeRecord] = field(default_factory=list)

    def add(self, node: NodeRecord) -> int:
        """Append a node; its position."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def ranks_crossed(self) -> int:
        """How many ranks all edges cross together: what a layered layout's time depends on."""
        ranks = [0] * len(self.nodes)
        leaves = [True] * len(self.nodes)
        for edge in self.edges:  # in the order of their targets
            ranks[edge.target] = max(ranks[edge.target], ranks[edge.source] + 1)
            leaves[edge.target] = False
        # A leaf has no reason to stand far from its first use.
        first_use: dict[int, int] = {}
        for edge in self.edges:
            if leaves[edge.source]:
                use = first_use.get(edge.source, ranks[edge.target])
                first_use[edge.source] = min(use, ranks[edge.target])
        for leaf, use in first_use.items():
            ranks[leaf] = use - 1
        return sum(ranks[edge.target] - ranks[edge.source] for edge in self.edges)
