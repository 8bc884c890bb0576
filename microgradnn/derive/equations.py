"""The whole derivation as data: definitions, adjoint equations, all with names, in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..viz.naming import Names
from .adjoints import Adjoints, Equation
from .expression import Apply, Symbol, substituted, symbols_of
from .naming import NameBook, output_role
from .reading import Program, Step, Variable
from .tracing import NoFormula, trace_mathematics


class Equations:
    """What is printed, in whatever form.

    Attributes
    ----------
    program : Program
    book : NameBook
    adjoints : Adjoints
    equations : list of Equation
        In backward order; each leaf's as soon as all that it needs is there.
    definitions : list of Variable
        What is computed forward, in an order in which that is possible.
    arguments : list of Variable
        Leaves and constants: what is given.
    """

    def __init__(self, root: Any, wanted: list[Any], names: Names, simplified: bool) -> None:
        self.program = program = Program(root, wanted, names)
        self.simplified = simplified
        self.partials: Any = None
        traced = _outputs_with_formulas(program)
        self.book = NameBook(program)
        for variable in program.variables.values():
            if variable.kind == "result" and variable.node is not None:
                variable.formula = program.written_out(variable.node)
        for step in traced:
            _write_outputs(program, step)
        self.adjoints = Adjoints(program, self.book, simplified)
        self.equations = self.adjoints.equations
        if simplified:
            from .fusing import fuse

            fuse(self)
        self.equations = _ordered(self.equations)
        self.by_name = {v.name: v for v in program.variables.values()}
        self.definitions = self._definitions()
        used = {n for v in self.definitions if v.formula is not None for n in symbols_of(v.formula)}
        used |= {n for e in self.equations for n in symbols_of(e.formula)}
        self.arguments = [
            v for v in self.book.in_order()
            if v.kind in ("leaf", "constant") and (v.name in used or v.needed)
        ]  # fmt: skip
        self.arguments.sort(key=lambda v: (v.kind != "leaf", v.node.seq if v.node else 0))

    @property
    def root(self) -> Variable:
        """The variable of the root."""
        return self.program.variables[self.program.root]

    def of(self, node: Any) -> Equation:
        """The adjoint equation of a node."""
        return next(e for e in self.equations if e.variable.node is node)

    def _definitions(self) -> list[Variable]:
        """What the root and the adjoints are computed from, what is needed first first."""
        needed = [*(n for e in self.equations for n in symbols_of(e.formula))]
        order: dict[str, Variable] = {}
        wanted = dict.fromkeys([*(n for n in needed if n in self.by_name), self.root.name])
        places = {v.name: k for k, v in enumerate(self.by_name.values())}
        first = {n: k for k, n in enumerate(wanted)}  # among equals the one that is read first
        by_time = sorted(wanted, key=lambda n: (self._time(n), first[n]), reverse=True)
        stack = [(n, False) for n in by_time]
        while stack:
            name, done = stack.pop()
            variable = self.by_name[name]
            if name in order or variable.formula is None:
                continue
            if done:
                order[name] = variable
                continue
            stack.append((name, True))
            below = [n for n in symbols_of(variable.formula) if n in places and n not in order]
            stack.extend((n, False) for n in sorted(below, key=self._time, reverse=True))
        return list(order.values())

    def _time(self, name: str) -> int:
        """When a variable is computed; parts that have been named, where they are needed."""
        node = self.by_name[name].node
        if node is None and self.by_name[name].kind == "result":
            return int(self.program.root.seq) - 1
        return node.seq if node is not None else 0


def _ordered(equations: list[Equation]) -> list[Equation]:
    """Backward order, but each leaf right behind the last adjoint that it needs."""
    inner = [e for e in equations if e.variable.kind != "leaf"]
    leaves = [e for e in equations if e.variable.kind == "leaf"]
    leaves.reverse()
    own = {e.symbol.name: e for e in inner}
    place = {id(e): k for k, e in enumerate(inner)}
    out: list[tuple[int, int, Equation]] = [(k, 0, e) for k, e in enumerate(inner)]
    for k, e in enumerate(leaves):
        needs = [place[id(own[n])] for n in symbols_of(e.formula) if n in own]
        out.append((max(needs, default=0), k + 1, e))
    return [e for _, _, e in sorted(out, key=lambda item: item[:2])]


def _outputs_with_formulas(program: Program) -> list[Step]:
    """Operations with several results whose mathematics is one formula for each of them.

    All their results become variables: ``μ``, ``σ²`` and ``x̂`` of a normalisation.
    """
    found = []
    for step in program.steps:
        if step.prim.single or step.prim.outputs[0].startswith("*"):
            continue
        args = [None if x is None else Symbol(f"{k}") for k, x in enumerate(step.operands)]
        try:
            traced = trace_mathematics(step.prim, args, step.params)
        except NoFormula:
            continue
        if not isinstance(traced, tuple) or len(traced) != len(step.prim.outputs):
            continue
        if not all(isinstance(e, Apply) and e.prim is not step.prim for e in traced):
            continue
        found.append(step)
        known = {
            node.params[0] for node in program.variables
            if getattr(node, "inputs", None) == (step.node,) and program.variables[node].kind
            == "result" and node not in program.by_node
        }  # fmt: skip
        for k, value in enumerate(step.value):
            if k not in known:
                variable = Variable(None, "result", value, role=output_role(step, k))
                if np.ndim(value) >= 2 and len(variable.role) == 1:
                    variable.role = variable.role.upper()
                program.variables[(step.node, k)] = variable
    return found


def _write_outputs(program: Program, step: Step) -> None:
    """Give each of several results its formula, in terms of the others where they occur in it."""
    args = [program.formula(x) for x in step.operands]
    traced = trace_mathematics(step.prim, args, program.symbolic(step.params))
    variables = outputs_of(program, step)
    symbols = {e.key: v.symbol for e, v in zip(traced, variables.values(), strict=True)}
    for e, variable in zip(traced, variables.values(), strict=True):
        others = {key: s for key, s in symbols.items() if key != e.key}
        variable.formula = substituted(e, others)


def outputs_of(program: Program, step: Step) -> dict[int, Variable]:
    """The variables of several results, by number; the first of each."""
    found: dict[int, Variable] = {}
    for key, variable in program.variables.items():
        if isinstance(key, tuple) and key[0] is step.node:
            found.setdefault(key[1], variable)
        elif getattr(key, "inputs", None) == (step.node,) and key not in program.by_node:
            found.setdefault(key.params[0], variable)
    return dict(sorted(found.items()))
