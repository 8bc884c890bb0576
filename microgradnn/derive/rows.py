"""A derivation as lines: what the printers for text, LaTeX and HTML lay out, each in its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from .adjoints import Equation
from .engine import largest_difference
from .equations import Equations
from .expression import Apply, Expression, Number, Symbol, applied, substituted, symbols_of, walk
from .partials import Chain, Factor, Partial, partials_of
from .reading import Variable
from .simplify import simplify

Kind = Literal["definition", "chain", "factor", "product", "adjoint", "remark"]


@dataclass
class Row:
    """One line: ``left = formula = numbers = result``, and a note.

    Attributes
    ----------
    kind : str
    left : Expression or None
        None for remarks.
    formula : Expression or None
    numbers : bool
        Whether the formula is also written with numbers in place of names.
    result : number, ndarray or None
    note : str
    shape : tuple of int or None
        Of arrays.
    """

    kind: Kind
    left: Symbol | None
    formula: Expression | None = None
    numbers: bool = False
    result: Any = None
    note: str = ""
    shape: tuple[int, ...] | None = None


@dataclass
class Block:
    """Lines that belong together.

    Attributes
    ----------
    rows : list of Row
    values : list of (Symbol, ndarray)
        Arrays to print below.
    """

    rows: list[Row] = field(default_factory=list)
    values: list[tuple[Symbol, Any]] = field(default_factory=list)


@dataclass
class Document:
    """A whole derivation.

    Attributes
    ----------
    root : Symbol
    wanted : list of Symbol
    definitions : Block
    body : list of Block
    remarks : list of str
    """

    root: Symbol
    wanted: list[Symbol]
    definitions: Block
    body: list[Block]
    remarks: list[str]
    legend: dict[str, str]


def document(system: Equations) -> Document:
    """The lines of a derivation."""
    wanted = [system.of(node).variable for node in system.program.wanted]
    chains = None
    if not system.program.is_array:
        partials = partials_of(system)
        found = [partials.chain(v) for v in wanted]
        if all(chain is not None for chain in found):
            chains = [chain for chain in found if chain is not None]
    if chains is not None:
        path = {id(v) for chain in chains for v in chain.path}
        definitions = _definitions(system, [v for v in system.definitions if id(v) in path])
        body = _of_chains(chains)
        remarks = _engine_of_chains(chains)
    else:
        definitions = _definitions(system, system.definitions)
        body = [_of_adjoints(system)]
        remarks = _engine_of_adjoints(system)
    remarks += _conditions(system) + _conventions(system)
    return Document(
        system.root.symbol, [v.symbol for v in wanted], definitions, body, remarks,
        _legend(system),
    )  # fmt: skip


def _legend(system: Equations) -> dict[str, str]:
    used = {v.name for v in (*system.definitions, *system.arguments)}
    return {n: label for n, label in system.book.legend.items() if n in used}


def _definitions(system: Equations, variables: list[Variable]) -> Block:
    """What each result is: the root first, as one reads a derivation."""
    block = Block()
    # log P where P = softmax(Z) is there already: what log_softmax computes, without overflow.
    logs = {
        applied("log_softmax", v.formula.args[0], params=v.formula.params).key: applied(
            "log", v.symbol
        )
        for v in variables
        if isinstance(v.formula, Apply) and v.formula.op == "softmax"
    }
    for v in reversed(variables):
        formula = v.formula
        if formula is not None and system.simplified:
            formula = substituted(simplify(formula), logs)
            formula = substituted(formula, {p.key: q for p, q in _picked_logs(formula)})
        if v.kind == "count":
            note = "numbers in the mean"
            block.rows.append(Row("definition", v.symbol, formula, note=note))
            continue
        shape = np.shape(v.value) if system.program.is_array else None
        result = v.value if np.ndim(v.value) == 0 else None
        block.rows.append(Row("definition", v.symbol, formula, result=result, shape=shape))
    if system.program.is_array:
        block.rows.sort(key=lambda row: row.left is not system.root.symbol)
        block.rows.append(block.rows.pop(0))
        block.rows[:-1] = block.rows[:-1][::-1]
    return block


def _picked_logs(e: Expression) -> list[tuple[Expression, Expression]]:
    """``log(P[n, t])`` for ``log(P)[n, t]``."""
    found: list[tuple[Expression, Expression]] = []
    for part in walk(e):
        if isinstance(part, Apply) and part.op == "getitem":
            inner = part.args[0]
            if isinstance(inner, Apply) and inner.op == "log":
                picked = applied(part.prim, *inner.args, params=part.params)
                found.append((part, applied("log", picked)))
    return found


def _of_chains(chains: list[Chain]) -> list[Block]:
    several = [c for c in chains if len(c.factors) > 1]
    blocks = [Block([Row("chain", c.symbol, c.product) for c in several])] if several else []
    factors: dict[int, Factor] = {id(f): f for c in chains for f in c.factors.values()}
    rows = [
        Row("factor", f.symbol, f.formula, numbers=True, result=f.engine, note=", ".join(f.rules))
        for f in factors.values()
    ]
    if rows:
        blocks.append(Block(rows))
    products = [
        Row("product", c.symbol, c.product, numbers=True, result=c.symbol.value)
        for c in (several if rows else chains)
    ]
    return [*blocks, Block(products)] if products else blocks


def _of_adjoints(system: Equations) -> Block:
    block = Block()
    read = {n for e in system.equations for n in symbols_of(e.formula)}
    wanted = set(map(id, (system.of(n).variable for n in system.program.wanted)))
    for e in system.equations:
        if (
            e.variable is system.root
            and isinstance(e.formula, Number)
            and id(e.variable) not in wanted
        ):
            continue
        if e.symbol.name not in read and id(e.variable) not in wanted:
            continue
        is_array = system.program.is_array
        shape = np.shape(e.engine) if is_array else None
        scalar = np.ndim(e.engine) == 0
        block.rows.append(
            Row(
                "adjoint",
                e.symbol,
                e.formula,
                numbers=scalar and not is_array,
                result=e.engine if scalar else None,
                note=", ".join(e.rules),
                shape=shape,
            )
        )
        if not scalar:
            block.values.append((e.symbol, np.asarray(e.engine)))
    return block


def _engine_of_chains(chains: list[Chain]) -> list[str]:
    out = []
    for c in chains:
        right = abs(float(c.product.value) - float(c.symbol.value)) <= 1e-9 * max(
            abs(float(c.symbol.value)), _largest_term(c)
        ) and all(f.agrees for f in c.factors.values())
        name = "" if len(chains) == 1 else f"∂{c.symbol.top.name}/∂{c.symbol.bottom.name} = "
        verdict = "agrees" if right else "DIFFERS"
        out.append(f"Engine: {name}{_exactly(c.symbol.value)} ({verdict}).")
    said = "Rounded for print, multiplied in full precision."
    if len(out) == 1:
        return [f"{out[0]} {said}"]
    out.append(said)
    return out


def _largest_term(c: Chain) -> float:
    from .engine import _size

    with np.errstate(all="ignore"):
        return _size(c.product)


def _exactly(number: Any) -> str:
    from ..viz.number_text import format_exactly

    return format_exactly(float(number))


def _engine_of_adjoints(system: Equations) -> list[str]:
    wrong = [e.symbol.name for e in system.equations if not e.agrees]
    if wrong:
        return [f"Engine: DIFFERS in {', '.join(wrong)}; shown as its rules are written."]
    worst = max((largest_difference(e.formula, e.engine) for e in system.equations), default=0.0)
    if worst == 0:
        return ["Engine: agrees, to the last bit."]
    return [f"Engine: agrees, largest difference {_short(worst)}."]


def _short(number: float) -> str:
    from .number_text import constant

    return constant(float(f"{number:.1e}"))


def _conditions(system: Equations) -> list[str]:
    """What was divided by and cancelled."""
    conditions = list(system.adjoints.conditions.values())
    if not conditions:
        return []
    from .text import text_of

    shown = ", ".join(f"{text_of(e, shown=system.book.shown)} ≠ 0" for e in conditions)
    return [f"Cancelled, which needs {shown}."]


def _conventions(system: Equations) -> list[str]:
    """What the engine does at kinks, said by the table."""
    said = {}
    for step in system.program.steps:
        useful = step.node in system.program.useful
        doc = step.prim.doc
        if useful and ("kink" in doc or "equal" in doc.lower() or "limits" in doc):
            said[step.prim.name] = doc
    return [f"{name.replace('_', ' ')}: {doc}" for name, doc in said.items()]


def all_agree(system: Equations) -> bool:
    """Whether every formula has the engine's value, local derivatives included."""
    if not all(e.agrees for e in system.equations):
        return False
    if system.program.is_array:
        return True
    return all(f.agrees for f in partials_of(system).factors.values())


__all__ = ["Block", "Document", "Equation", "Partial", "Row", "all_agree", "document"]
