"""The chain rule on symbols: adjoint equations for a graph, local derivatives for Values.

An *adjoint* ``d_a`` is the derivative of the root by ``a``. It is the sum, over all that ``a`` is
used for, of what the derivative rules make of the adjoints there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._primitive import Primitive, cotangent_names, rule_arguments
from ..graph import Output
from .algebra import total as total_of
from .engine import agrees, derivatives
from .expression import Apply, Expression, Number, Symbol, applied, substituted, walk
from .naming import NameBook, output_role
from .reading import Count, Program, Step, Variable, averages
from .simplify import simplify
from .tracing import NoFormula, trace_rule


@dataclass(eq=False)
class Equation:
    """The derivative of the root by one variable.

    Attributes
    ----------
    variable : Variable
    formula : Expression
        In adjoints and variables.
    raw : Expression
        As the rules were written, nothing simplified.
    engine : number or ndarray
    rules : list of str
        The operations whose rules are in it.
    agrees : bool
        Whether the formula that is shown has the engine's value.
    """

    variable: Variable
    formula: Expression
    raw: Expression
    engine: Any
    rules: list[str] = field(default_factory=list)
    agrees: bool = True

    @property
    def symbol(self) -> Symbol:
        """``d_a``."""
        return Symbol(f"d_{self.variable.name}", self.engine)


def pulled(
    program: Program,
    book: NameBook,
    step: Step,
    cotangents: list[Expression | None],
    in_path_order: bool = False,
) -> list[tuple[Variable, Expression, list[str]]]:
    """What the rules make of an operation's cotangents, down to the next variables.

    Parameters
    ----------
    program : Program
    book : NameBook
    step : Step
    cotangents : list of Expression or None
        One per result.
    in_path_order : bool
        For Values: whether factors are put in the order of the path, those nearest to the variable
        first.

    Returns
    -------
    list of (variable, cotangent, names of rules)
    """  # fmt: skip
    out = []
    stack: list[tuple[Step, list[Expression | None], list[str]]] = [(step, cotangents, [])]
    while stack:
        step, cotangents, rules = stack.pop(0)
        wanted = [
            x is not None and not isinstance(x, Number | Variable | Count) and x in program.useful
            for x in step.operands
        ]
        inputs = [program.formula(x) for x in step.operands]
        results = _results(program, book, step)
        seeds: list[Expression | None] = [Number(1.0)] if in_path_order else cotangents
        traced = _traced(step, inputs, program, results, seeds, wanted)
        for operand, c in zip(step.operands, traced, strict=True):
            if c is None:
                continue
            if in_path_order:
                assert cotangents[0] is not None
                c = c * cotangents[0]
            c = fitted(c, np.shape(program._value(operand)))
            path = [*rules, word_for(step)]
            variable = program.variables.get(operand)
            if variable is not None:
                out.append((variable, c, path))
            else:
                stack.append((program.by_node[operand], [c], path))
    return out


def _results(program: Program, book: NameBook, step: Step) -> list[Expression]:
    if step.prim.single:
        found = program.formula(step.node)
        assert found is not None
        return [found]
    return [output_variable(program, book, step, k).symbol for k in range(len(step.value))]


def output_variable(program: Program, book: NameBook, step: Step, index: int) -> Variable:
    """The variable of one of several results; made if nothing in the graph uses it."""
    for node, variable in program.variables.items():
        if isinstance(node, Output) and node.inputs[0] is step.node and node.params[0] == index:
            return variable
    key = (step.node, index)
    if key not in program.variables:
        variable = Variable(None, "result", step.value[index], role=output_role(step, index))
        variable.symbol = Symbol(book.unique(variable.role), variable.value)
        variable.formula = program.output(step, index)
        program.variables[key] = variable
    return program.variables[key]


def _traced(
    step: Step, inputs: list[Expression | None], program: Program, results: list[Expression],
    cotangents: list[Expression | None], wanted: list[bool],
) -> list[Expression | None]:  # fmt: skip
    params = program.symbolic(step.params)
    try:
        traced = trace_rule(step.prim, inputs, params, results, cotangents, wanted)
        return [None if c is None else _with_count(c, step, program) for c in traced]
    except NoFormula:
        return [
            _kernel(step, k, inputs, params, results, cotangents) if wanted[k] else None
            for k in range(len(inputs))
        ]


def _with_count(c: Expression, step: Step, program: Program) -> Expression:
    """``g / N`` for the rule of a mean over everything, which says ``g / 12``."""
    if not averages(step.prim) or np.ndim(step.value) or not program.is_array:
        return c
    count = step.node.notes.operands[0].size
    numbers = [p for p in walk(c) if isinstance(p, Number) and p.number == count]
    if count < 2 or len(numbers) != 1:
        return c
    return substituted(c, {numbers[0].key: program.counted(count).symbol})


def _kernel(
    step: Step, k: int, inputs: list[Expression | None], params: Any,
    results: list[Expression], cotangents: list[Expression | None],
) -> Expression:  # fmt: skip
    """A rule that loops over memory, as one operation with a name: ``lstm_xs(...)``."""
    prim = step.prim
    fixed = len(prim.inputs) - prim.variadic
    name = prim.inputs[min(k, fixed)] if prim.variadic else prim.inputs[k]
    part = k - fixed if prim.variadic and k >= fixed else None
    seeds = [
        c if c is not None else applied("expand", Number(0.0), params=(r.shape,))
        for c, r in zip(cotangents, results, strict=True)
    ]
    count = len(seeds), len(inputs)

    def forward(*arrays: Any) -> Any:
        values = arrays[: len(arrays) - len(params)]
        g, x, out = values[: count[0]], values[count[0] : sum(count)], values[sum(count) :]
        return run_rule(prim, name, part, g, x, out, arrays[len(values) :])

    kernel = Primitive(
        name=f"{prim.name}_{name}" + ("" if part is None else f"_{part}"),
        inputs=tuple(f"i{j}" for j in range(sum(count) + len(results))),
        forward=forward, rules={}, mathematics="kernel()", samples=list, params=prim.params,
        optional=frozenset(f"i{j}" for j in range(sum(count) + len(results))), variadic=True,
        doc=f"{prim.name} {name} {'' if part is None else part}",
    )  # fmt: skip
    return Apply(kernel, [*seeds, *inputs, *results], params)


def run_rule(
    prim: Primitive, name: str, part: int | None, g: Any, x: Any, out: Any, params: Any
) -> Any:
    """One derivative rule on arrays: what a kernel in generated code calls."""
    fixed = len(prim.inputs) - prim.variadic
    known: dict[str, Any] = dict(zip(cotangent_names(prim), g, strict=True))
    known.update(zip(prim.inputs[:fixed], x, strict=False))
    known |= {f"{k}_shape": np.shape(v) for k, v in zip(prim.inputs[:fixed], x, strict=False)}
    if prim.variadic:
        rest = prim.inputs[-1]
        known[rest] = list(x[fixed:])
        known[f"{rest}_shape"] = [np.shape(a) for a in x[fixed:]]
        known["needs"] = [True] * len(x[fixed:])
    known.update(zip(prim.outputs, out, strict=True))
    known["arrived"] = list(prim.outputs)
    known.update(zip((p for p, _ in prim.params), params, strict=True))
    rule = prim.rules[name]
    result = rule(*(known[a] for a in rule_arguments(rule)))
    return result if part is None else result[part]


def fitted(c: Expression, shape: tuple[int, ...]) -> Expression:
    """A cotangent summed over the axes that broadcasting has repeated."""
    have = c.shape
    if have == shape:
        return c
    extra = len(have) - len(shape)
    if extra < 0:
        return applied("reshape", c, params=(shape,))
    if extra:
        axes = tuple(range(extra))
        c = applied("sum", c, params=(axes[0] if extra == 1 else axes, False))
    axes = tuple(k for k, n in enumerate(shape) if n == 1 != c.shape[k])
    if axes:
        c = applied("sum", c, params=(axes[0] if len(axes) == 1 else axes, True))
    return c


_WORDS = {
    "getitem": "picking",
    "matmul": "matrix product",
    "mul": "times",
    "sub": "minus",
    "neg": "minus",
    "div": "quotient",
    "affine": "times",
}


def word_for(step: Step) -> str:
    """What a reader calls the rule; nothing for a sum, whose derivative is 1."""
    if step.prim.name == "power":
        return "square" if step.params[0] == 2 else "power"
    if step.prim.operator == "add":
        return ""
    return _WORDS.get(step.prim.name, step.prim.name.replace("_", " "))


class Adjoints:
    """All adjoint equations of a program, in backward order.

    Attributes
    ----------
    equations : list of Equation
    conditions : dict
        What was cancelled on the way, and must not be 0.
    """

    def __init__(self, program: Program, book: NameBook, simplified: bool) -> None:
        self.program = program
        self.book = book
        self.simplified = simplified
        self.conditions: dict[Any, Expression] = {}
        self.engine = derivatives(program)
        self.equations: list[Equation] = []
        self._run()

    def _run(self) -> None:
        program = self.program
        arrived: dict[int, list[Expression]] = defaultdict(list)
        rules: dict[int, list[str]] = defaultdict(list)
        cotangents: dict[Any, list[Expression | None]] = {}
        for node in reversed(program.order):
            variable = program.variables.get(node)
            if variable is not None and variable.needed:
                self._finish(variable, node, arrived[id(variable)], rules[id(variable)])
                one = node is program.root
                seed: Expression = Number(1.0) if one else self.equations[-1].symbol
                if one and np.shape(variable.value):
                    seed = applied("expand", seed, params=(np.shape(variable.value),))
                if isinstance(node, Output):
                    source, index = node.inputs[0], node.params[0]
                    parts = cotangents.setdefault(
                        source, [None] * len(program.by_node[source].value)
                    )
                    other = parts[index]
                    parts[index] = seed if other is None else other + seed
                else:
                    cotangents[node] = [seed]
            step = program.by_node.get(node)
            if step is None or node not in cotangents:
                continue
            for target, c, path in pulled(program, self.book, step, cotangents[node]):
                arrived[id(target)].append(c)
                rules[id(target)] += [word for word in path if word]

    def _finish(
        self, variable: Variable, node: Any, parts: list[Expression], rules: list[str]
    ) -> None:
        if node is self.program.root:
            total: Expression = Number(1.0)
        elif parts:
            total = total_of(parts)
        else:
            total = applied("expand", Number(0.0), params=(np.shape(variable.value),))
        engine = self.engine.get(node)
        if engine is None:
            engine = np.zeros(np.shape(variable.value))  # not 0 times it: a mask holds −inf
        equation = Equation(variable, total, total, engine, list(dict.fromkeys(rules)))
        if self.simplified:
            equation.formula = simplify(total, self.conditions, factor=self.program.is_array)
        self.check(equation)
        self.equations.append(equation)

    def check(self, equation: Equation) -> None:
        """Compare with the engine; if the short formula is wrong, show the long one."""
        with np.errstate(all="ignore"):
            equation.agrees = agrees(equation.formula, equation.engine)
            if not equation.agrees:
                equation.formula = equation.raw
