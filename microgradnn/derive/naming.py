"""What the variables of a derivation are called: in formulas, in code, and by the user."""

from __future__ import annotations

import keyword
import re
from typing import Any

import numpy as np

from .._primitive import table
from .expression import Number, Symbol
from .numpy_words import HELPERS, WORDS
from .reading import Program, Step, Variable, is_contraction

LONGEST_NAME = 12
_TAKEN = {"np", "math", "table", "run_rule", "d", *keyword.kwlist, *keyword.softkwlist}
_SHOWN_HATS = {"x_hat": "x̂", "X_hat": "X̂", "mu": "μ", "sigma2": "σ²"}
_ROLES_OF_OUTPUTS = {"standard": "x_hat", "mean": "mu", "variance": "sigma2"}


class NameBook:
    """Gives each variable of a program a symbol.

    Attributes
    ----------
    shown : dict of str to str
        How a name is printed, where that is not the name itself.
    legend : dict of str to str
        The user's name of what has a shorter one here.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.taken: set[str] = {*_TAKEN, *table, *WORDS, *HELPERS}
        self.shown: dict[str, str] = {}
        self.legend: dict[str, str] = {}
        _find_roles(program)
        own = [v for v in self.in_order() if v.label and short_name(v.label)]
        others = [v for v in self.in_order() if v not in set(own)]
        for variable in own:
            self._name_by_label(variable)
        counts: dict[str, int] = {}
        for variable in others:
            counts[variable.role] = counts.get(variable.role, 0) + 1
        for variable in others:
            self._name_by_role(variable, counts[variable.role] > 1)
            if variable.label:
                self.legend[variable.name] = variable.label

    def in_order(self) -> list[Variable]:
        """Constants and leaves where they are first used, results as they are computed."""
        seen: dict[int, Variable] = {}
        variables = self.program.variables
        for step in self.program.steps:
            for operand in [*step.operands, *_flat(step.params)]:
                found = operand if isinstance(operand, Variable) else None
                if found is None and operand is not None and not isinstance(operand, Number):
                    found = variables.get(operand) if _hashable(operand) else None
                if found is not None and found.kind != "result":
                    seen.setdefault(id(found), found)
            if step.node in variables:
                seen.setdefault(id(variables[step.node]), variables[step.node])
        for variable in variables.values():
            seen.setdefault(id(variable), variable)
        return list(seen.values())

    def _name_by_label(self, variable: Variable) -> None:
        short = short_name(variable.label)
        name = self.unique(re.sub(r"\W+", "_", short).strip("_") or variable.role)
        variable.symbol = Symbol(name, variable.value)
        twins = short in self.shown.values()
        if name != short:
            self.shown[name] = name if twins else short
        else:
            self.shown[name] = short
        if short != variable.label:
            self.legend[name] = variable.label

    def _name_by_role(self, variable: Variable, numbered: bool) -> None:
        role = variable.role or "v"
        name = self.unique(role, numbered)
        variable.symbol = Symbol(name, variable.value)
        for hat, shown in _SHOWN_HATS.items():
            if role == hat:
                self.shown[name] = shown + name[len(role) :]

    def unique(self, name: str, numbered: bool = False) -> str:
        """The name, or with a number behind it if it is taken."""
        if not name or name[0].isdigit():
            name = f"v{name}"
        k, found = 1, f"{name}1" if numbered else name
        joint = "_" if name[-1:].isdigit() else ""
        while found in self.taken or f"d_{found}" in self.taken:
            k += 1
            found = f"{name}{joint}{k}"
        self.taken |= {found, f"d_{found}"}
        return found


def short_name(label: str) -> str:
    """A name that fits a formula: ``W_fc1`` for ``fc1.weight``; empty if none is short enough.

    Examples
    --------
    >>> short_name("fc1.weight"), short_name("h1"), short_name("the hidden neuron's answer")
    ('W_fc1', 'h1', '')
    """
    found = re.fullmatch(r"(?:.*\.)?(\w+)\.(weight|bias)", label)
    if found:
        label = ("W_" if found[2] == "weight" else "b_") + found[1]
    return label if len(label) <= LONGEST_NAME and label.strip() else ""


def _flat(params: Any) -> list[Any]:
    if isinstance(params, tuple):
        return [x for p in params for x in _flat(p)]
    return [params] if isinstance(params, Variable) else []


def _hashable(x: Any) -> bool:
    return not isinstance(x, np.ndarray | list | slice)


def _find_roles(program: Program) -> None:
    """What each variable is for, from the operations it takes part in."""
    variables = program.variables
    for step in program.steps:
        for k, operand in enumerate(step.operands):
            variable = operand if isinstance(operand, Variable) else None
            if variable is None and operand is not None and not isinstance(operand, Number):
                variable = variables.get(operand)
            if variable is not None and variable.kind != "result" and not variable.role:
                variable.role = _role_of_operand(step, k, variable)
        for operand in _flat(step.params):
            operand.role = operand.role or "t"
        if step.node in variables:
            variables[step.node].role = _role_of_result(program, step)
    for node, variable in variables.items():
        if variable.kind == "result" and not variable.role:
            source = getattr(node, "inputs", [None])[0]
            step = program.by_node[source]
            variable.role = output_role(step, node.params[0])
    if program.root in variables:
        variables[program.root].role = "L"
    for variable in variables.values():
        letter = variable.role or "v"
        if np.ndim(variable.value) >= 2 and len(letter.split("_")[0]) == 1:
            letter = letter[0].upper() + letter[1:]
        variable.role = letter


def output_role(step: Step, index: int) -> str:
    """A name for one of several results."""
    names = step.prim.outputs
    if names[0].startswith("*"):
        return "part"
    name = names[index]
    if index == 0 and name not in _ROLES_OF_OUTPUTS:
        return "a"
    return _ROLES_OF_OUTPUTS.get(name, name)


def _role_of_operand(step: Step, k: int, variable: Variable) -> str:
    names = step.prim.inputs
    name = names[min(k, len(names) - 1)]
    if name in ("weight", "bias"):
        return "w" if name == "weight" else "b"
    if step.prim.variadic and name == "terms":
        return "w" if k - 1 < (len(step.operands) - 1) // 2 else "x"
    if is_contraction(step.prim):
        return "x" if k == 0 else "w"
    if variable.kind == "leaf":
        if np.ndim(variable.value) == 1 and step.prim.operator in ("add", "mul"):
            return "b" if step.prim.operator == "add" else "w"
        return "x"
    return {"add": "c", "sub": "y", "mul": "m"}.get(step.prim.operator, "c")


def _role_of_result(program: Program, step: Step) -> str:
    prim = step.prim
    if program._mixes(step) and prim.kind != "elementwise":
        return "z"
    if prim.name == "softmax":
        return "P"
    if (prim.kind == "elementwise" and len(prim.inputs) == 1) or prim.kind is None:
        return "a"
    return {"mul": "p", "add": "s", "sub": "s"}.get(prim.operator, "v")
