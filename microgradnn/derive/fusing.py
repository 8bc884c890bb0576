"""Adjoint equations put together where that makes them shorter: softmax with cross-entropy.

A result without a name of the user's that has one use gives two equations, its own and one that
reads it. They are made one if the one is no longer than the second was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .adjoints import Equation
from .engine import agrees
from .expression import Apply, Expression, Symbol, substituted, symbols_of, walk
from .printing import is_one_hot
from .reading import Variable
from .simplify import simplify

if TYPE_CHECKING:
    from .equations import Equations


def fuse(system: Equations) -> None:
    """Make equations one where that is shorter, and name what people name (``P``, ``Y``)."""
    for equation in list(system.equations):
        variable = equation.variable
        if variable.kind == "result" and not variable.label and variable.node is not None:
            _try(system, equation)
    _name_parts(system)


def _try(system: Equations, equation: Equation) -> None:
    program = system.program
    variable = equation.variable
    if variable.node is program.root or not program.is_array or variable.formula is None:
        return
    if not isinstance(variable.formula, Apply) or not variable.formula.prim.single:
        return
    if len(program.uses[variable.node]) != 1 or variable.node in program.wanted:
        return
    readers = [
        e for e in system.equations
        if equation.symbol.name in symbols_of(e.formula)
    ]  # fmt: skip
    if len(readers) != 1 or readers[0].variable.kind == "leaf":
        return
    (reader,) = readers
    others = [
        e for e in system.equations
        if e is not reader and e is not equation and variable.name in symbols_of(e.formula)
    ]  # fmt: skip
    adjoint = {equation.symbol.key: equation.formula}
    gone = {**adjoint, variable.symbol.key: variable.formula}
    for mapping, disappears in ((gone, True), (adjoint, False)):
        if disappears and (others or variable.name in symbols_of(equation.formula)):
            continue
        conditions = dict(system.adjoints.conditions)
        formula = simplify(substituted(reader.formula, mapping), conditions, factor=True)
        if _length(formula) > _length(reader.formula):
            continue
        with np.errstate(all="ignore"):
            if not agrees(formula, reader.engine):
                continue
        system.adjoints.conditions.update(conditions)
        reader.formula = formula
        reader.rules = list(dict.fromkeys([*equation.rules, *reader.rules]))
        system.equations.remove(equation)
        if disappears:
            _inline(system, variable)
        return


def _inline(system: Equations, variable: Variable) -> None:
    """Write a variable's formula where it is used, and forget it."""
    assert variable.formula is not None
    program = system.program
    for other in program.variables.values():
        if other.formula is not None and other is not variable:
            other.formula = substituted(other.formula, {variable.symbol.key: variable.formula})
    program.variables = {k: v for k, v in program.variables.items() if v is not variable}


def _length(e: Expression) -> int:
    """How long a formula is to read; what will get a name counts as one."""
    count = 0
    inside: set[int] = set()
    for part in reversed(list(walk(e))):
        if id(part) in inside:
            inside.update(id(a) for a in part.args if a is not None)
            continue
        count += 1
        if _is_named(part):
            inside.update(id(a) for a in part.args if a is not None)
    return count


def _is_named(e: Expression) -> bool:
    return isinstance(e, Apply) and (e.op == "softmax" or (e.op == "put" and is_one_hot(e)))


def _name_parts(system: Equations) -> None:
    """Names for parts of adjoints that are computed forward already, or that people name."""
    program = system.program
    known: dict[object, Expression] = {
        v.formula.key: v.symbol for v in program.variables.values() if v.formula is not None
    }
    for equation in system.equations:
        equation.formula = substituted(equation.formula, known)
        for part in walk(equation.formula):
            if isinstance(part, Apply) and _is_named(part) and part.key not in known:
                role = "P" if part.op == "softmax" else "Y"
                variable = Variable(None, "result", part.value, role=role)
                variable.symbol = Symbol(system.book.unique(role), part.value)
                variable.formula = part
                program.variables[("part", part.key)] = variable
                known[part.key] = variable.symbol
        equation.formula = substituted(equation.formula, known)
