"""A graph as equations: which results get a name, and each one's formula in terms of others.

Named are what the user named, leaves, what is used more than once, what a derivative rule needs
again, and what would make a formula too long. All other results are written inside the formulas
that use them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

import numpy as np

from .._primitive import Primitive, rule_arguments
from .._tensor import Tensor
from ..graph import LEAF, Leaf, Output, newest_first
from ..value import Value
from .expression import Apply, Expression, Number, Symbol, applied
from .indices import Rows, rows_first

LONGEST_FORMULA = 12
LONGEST_OPERAND = 3
"""So many symbols a formula may have, and an operand that a rule writes again."""

Kind = Literal["leaf", "constant", "result", "count"]


@dataclass(eq=False)
class Variable:
    """Something with a name.

    Attributes
    ----------
    node : Value, Node, or None
        None for constants.
    kind : {"leaf", "constant", "result", "count"}
    value : number or ndarray
    label : str
        What the user calls it; empty if nothing.
    role : str
        What it may be called otherwise: a letter.
    symbol : Symbol
        Made when all names are known.
    formula : Expression or None
        Of a result.
    needed : bool
        Whether its derivative is asked for, or on the way.
    """

    node: Any
    kind: Kind
    value: Any
    label: str = ""
    role: str = ""
    symbol: Symbol = field(default_factory=lambda: Symbol("?"))
    formula: Expression | None = None
    needed: bool = False

    @property
    def name(self) -> str:
        """The name in formulas and in code."""
        return self.symbol.name


@dataclass(eq=False)
class Step:
    """One operation of the graph.

    Attributes
    ----------
    node : Value or Node
    prim : Primitive
    operands : list
        For each input a node, a `Variable` (a constant), a Number, or None.
    params : tuple
        Index arrays in them are Variables.
    value : number, ndarray, or a tuple of them
    """

    node: Any
    prim: Primitive
    operands: list[Any]
    params: Any
    value: Any


@dataclass(eq=False)
class Count:
    """How many numbers a mean is of, perhaps with a minus sign."""

    variable: Variable
    sign: int


class NotRecorded(ValueError):
    """A Tensor's graph was computed without ``mg.record()``."""


class Program:
    """The equations of a graph, before they have names.

    Attributes
    ----------
    is_array : bool
    steps : list of Step
        Oldest first.
    variables : dict
        Of nodes, of ``(node, k)`` for the k-th of several results, and of ``id(array)`` for
        constants.
    root : Value or Node
    wanted : list of nodes
    useful : set of nodes
        On a path from the root to what is wanted.
    """

    def __init__(self, root: Value | Tensor, wanted: list[Any], names: Any) -> None:
        self.is_array = isinstance(root, Tensor)
        self.root: Any = root if isinstance(root, Value) else root._node
        self.names = names
        self.order = newest_first([self.root])[::-1]
        self.variables: dict[Any, Variable] = {}
        self.steps: list[Step] = []
        self.by_node: dict[Any, Step] = {}
        self.uses: dict[Any, list[Step]] = defaultdict(list)
        self.values: dict[Any, Any] = dict(names.arrays)
        self.counts: dict[int, Variable] = {}
        self.literals = set() if self.is_array else _literals(self.order, names)
        if self.is_array:
            self.values[self.root] = root._array  # type: ignore[union-attr]
            self._note_values()
        self.wanted = wanted or self._all_leaves()
        self.useful = self._on_paths()
        for node in self.order:
            self._read(node)
        self._choose()

    # Reading.

    def _note_values(self) -> None:
        for node in self.order:
            if isinstance(node, Output | Leaf):
                continue
            if node.notes is None or node.notes.operands is None:
                raise NotRecorded(
                    f"the numbers of this graph were not kept ({node.name()} at least): compute "
                    "the loss inside `with mg.record():`, then derive it"
                )
            self.values[node] = node.notes.value
            for source, array in zip(node.inputs, node.notes.operands, strict=True):
                if source is not None:
                    self.values.setdefault(source, array)
        for node in self.order:
            if isinstance(node, Output):
                self.values[node] = self.values[node.inputs[0]][node.params[0]]

    def _all_leaves(self) -> list[Any]:
        leaves = [n for n in self.order if n.prim is LEAF and n not in self.literals]
        return leaves or [self.root]

    def _on_paths(self) -> set[Any]:
        useful = set(self.wanted)
        for node in self.order:
            if node not in useful and not useful.isdisjoint(node.inputs):
                useful.add(node)
        return useful

    def _value(self, node: Any) -> Any:
        return self.values.get(node) if self.is_array else node.data

    def _label(self, node: Any) -> str:
        notes = getattr(node, "notes", None)
        own = node.label if isinstance(node, Value) else notes.label if notes is not None else ""
        return own or self.names.of_node.get(node, "")

    def _read(self, node: Any) -> None:
        if node.prim is LEAF:
            if node not in self.literals:
                self.variables[node] = Variable(
                    node, "leaf", self._value(node), self._label(node), needed=node in self.useful
                )
            return
        if isinstance(node, Output):
            self.variables[node] = Variable(
                node, "result", self._value(node), self._label(node), needed=node in self.useful
            )
            self.uses[node.inputs[0]].append(self.by_node[node.inputs[0]])
            return
        arrays = node.notes.operands if self.is_array else (None,) * len(node.inputs)
        operands = [
            self._constant(a) if source is None else self._operand(source)
            for source, a in zip(node.inputs, arrays, strict=True)
        ]
        self._count(node, operands)
        params = self._lifted(node.params)
        step = Step(node, node.prim, operands, params, self._value(node))
        self.steps.append(step)
        self.by_node[node] = step
        for operand in operands:
            if operand is not None and not isinstance(operand, Number | Variable | Count):
                self.uses[operand].append(step)

    def _count(self, node: Any, operands: list[Any]) -> None:
        """Name the number that a sum is divided by, if it is how many numbers were added."""
        if self.is_array and averages(node.prim) and np.ndim(node.notes.value) == 0:
            size = node.notes.operands[0].size
            if size > 1:
                self.counted(size)
        if node.prim.operator != "truediv" or not isinstance(operands[-1], Number):
            return
        above = self.by_node.get(operands[0])
        if above is not None and above.prim.symbol == "Σ" and np.ndim(above.value) == 0:
            count = above.node.notes.operands[0].size
            if abs(operands[1].number) == count > 1:
                operands[1] = Count(self.counted(count), int(operands[1].number) // count)

    def counted(self, count: int) -> Variable:
        """The variable that stands for a number of elements."""
        if count not in self.counts:
            variable = Variable(None, "count", count, role="N", formula=Number(count))
            self.counts[count] = self.variables["count", count] = variable
        return self.counts[count]

    def _operand(self, node: Any) -> Any:
        return Number(node.data) if node in self.literals else node

    def _constant(self, array: Any) -> Any:
        if array is None:
            return None
        name = self.names.of_array.get(id(array), "")
        if np.ndim(array) == 0 and not name:
            return Number(array.item())
        known = self.variables.get(id(array))
        if known is None:
            known = self.variables[id(array)] = Variable(None, "constant", array, name)
        return known

    def _lifted(self, params: Any) -> Any:
        """Parameters whose index arrays have become constants with names."""
        if isinstance(params, tuple):
            if len(params) > 1 and isinstance(rows_first(params)[0], Rows):
                return (params[0], *(self._lifted(p) for p in params[1:]))
            return tuple(self._lifted(p) for p in params)
        if isinstance(params, np.ndarray) and params.ndim:
            return self._constant(params)
        return params

    # Choosing.

    def _choose(self) -> None:
        """Which results get a name."""
        sizes: dict[Any, int] = {}
        for step in self.steps:
            node = step.node
            if not step.prim.single:
                continue
            size = sum(self._size(operand, sizes) for operand in step.operands)
            sizes[node] = size
            if self._is_named(step, size):
                self.variables[node] = Variable(
                    node, "result", step.value, self._label(node), needed=node in self.useful
                )
                continue
            (use,) = self.uses[node]
            if self._is_too_much(step, size, use):
                self.variables[node] = Variable(
                    node, "result", step.value, needed=node in self.useful
                )

    def _size(self, operand: Any, sizes: dict[Any, int]) -> int:
        if (
            operand is None
            or isinstance(operand, Number | Variable | Count)
            or operand in self.variables
        ):
            return 1
        return sizes.get(operand, 1)

    def _is_named(self, step: Step, size: int) -> bool:
        node = step.node
        if node is self.root or self._label(node) or len(self.uses[node]) != 1:
            return True
        if node in self.wanted:
            return True
        return node in self.useful and "ans" in self._needs(step)

    def _needs(self, step: Step) -> set[str]:
        """What the derivative rules that will run read."""
        names: set[str] = set()
        prim = step.prim
        fixed = len(prim.inputs) - prim.variadic
        for k, operand in enumerate(step.operands):
            name = prim.inputs[min(k, fixed)] if prim.variadic else prim.inputs[k]
            given = operand is None or isinstance(operand, Number | Variable | Count)
            if name in prim.rules and not given and operand in self.useful:
                names.update(rule_arguments(prim.rules[name]))
        return names

    def _is_too_much(self, step: Step, size: int, use: Step) -> bool:
        """Whether a result that is used once is too long to be written where it is used."""
        if size > LONGEST_FORMULA or not use.prim.single:
            return True
        place = next(k for k, x in enumerate(use.operands) if x is step.node)
        inputs = use.prim.inputs
        read = inputs[min(place, len(inputs) - 1)] in self._needs(use)
        if not self.is_array:
            return read and size > LONGEST_OPERAND
        mixes = self._mixes(step)
        if read and (size > LONGEST_OPERAND or mixes):
            return True
        # z before an activation: what mixes elements, in front of what is not linear.
        linear = use.prim.kind in ("linear", "multilinear") and len(inputs) <= 2
        return mixes and (not linear or is_contraction(use.prim))

    def _mixes(self, step: Step) -> bool:
        """Whether the formula of a result has a matrix product or the like in it."""
        stack = [step]
        while stack:
            one = stack.pop()
            if is_contraction(one.prim):
                return True
            for x in one.operands:
                given = x is None or isinstance(x, Number | Variable | Count)
                if not given and x not in self.variables and x in self.by_node:
                    stack.append(self.by_node[x])
        return False

    # Formulas, once the variables have symbols.

    def formula(self, operand: Any) -> Expression | None:
        """What an operand is in formulas: a symbol, a number, or the operation itself."""
        if operand is None or isinstance(operand, Number):
            return operand
        if isinstance(operand, Variable):
            return operand.symbol
        if isinstance(operand, Count):
            return operand.variable.symbol if operand.sign > 0 else -operand.variable.symbol
        variable = self.variables.get(operand)
        return variable.symbol if variable is not None else self.written_out(operand)

    def written_out(self, node: Any) -> Expression:
        """The operation that made a node, applied to what its operands are in formulas."""
        if isinstance(node, Output):
            return self.output(self.by_node[node.inputs[0]], node.params[0])
        return self.output(self.by_node[node], None)

    def output(self, step: Step, index: int | None) -> Apply:
        """One result of an operation as a formula."""
        args = [self.formula(operand) for operand in step.operands]
        last = step.operands[-1]
        if isinstance(last, Count) and last.sign < 0:  # -x / N, where the engine has x / -N
            args = [applied("neg", args[0]), last.variable.symbol]
        out = Apply(step.prim, args, self.symbolic(step.params), index)
        out._value = step.value if index is None else step.value[index]
        return out

    def symbolic(self, params: Any) -> Any:
        """Parameters with symbols for the constants in them."""
        if isinstance(params, Variable):
            return params.symbol
        if isinstance(params, tuple):
            return tuple(self.symbolic(p) for p in params)
        return params


def averages(prim: Primitive) -> bool:
    """Whether a primitive is a mean: linear, of one input, to fewer numbers, and not their sum."""
    names = {name for name, _ in prim.params}
    return prim.kind == "linear" and names == {"axis", "keepdims"} and not prim.symbol


def is_contraction(prim: Primitive) -> bool:
    """Whether an operation mixes the elements of two arrays: a product of matrices, for example."""
    return len(prim.inputs) - len(prim.optional) > 1 and (
        prim.kind is None or (prim.kind == "multilinear" and prim.name != "mul")
    )


def _literals(order: list[Any], names: Any) -> set[Any]:
    """The numbers written into expressions of Values: ``2`` in ``2 * x``.

    Such a leaf has no name, is used once, and was made right before the operation on it.
    """
    uses: dict[Any, int] = defaultdict(int)
    literals = set()
    for node in order:
        made = node.seq
        for source in sorted(node.inputs, key=attrgetter("seq"), reverse=True):
            uses[source] += 1
            named = source.label or source in names.of_node
            if source.prim is LEAF and source.seq == made - 1 and not named:
                literals.add(source)
                made -= 1
    return {x for x in literals if uses[x] == 1}
