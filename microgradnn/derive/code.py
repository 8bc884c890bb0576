"""Formulas as Python: NumPy for arrays, ``math`` for numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._primitive import Primitive
from .expression import Apply, Expression, Number, Symbol, walk
from .indices import Rows, rows_first
from .numpy_words import HELPERS, NEEDS, PYTHON_WORDS, UNLESS, WORDS
from .printing import (
    ATOM,
    COMPARE,
    POWER,
    SIGN,
    SUM,
    Piece,
    Printer,
    is_kernel,
    is_one_hot,
    spelling,
    swaps_last_two,
)
from .tracing import NoFormula, trace_forward, trace_mathematics, trace_scalar


class CodePrinter(Printer):
    """Formulas as Python expressions.

    Parameters
    ----------
    arrays : bool
        NumPy; otherwise Python's ``math``.

    Attributes
    ----------
    helpers : dict of str to str
        The sources of functions that the printed code calls.
    imports : set of str
        Lines of imports that it needs.
    """

    def __init__(self, arrays: bool) -> None:
        self.arrays = arrays
        self.helpers: dict[str, str] = {}
        self.imports: set[str] = set()

    def _symbol(self, e: Symbol, level: int) -> str:
        return e.name

    def _number(self, number: Any, level: int) -> str:
        text = self.literal(number)
        return f"({text})" if text.startswith("-") and level > SIGN else text

    def literal(self, number: Any) -> str:
        """A number, a shape or an index as Python writes it."""
        if isinstance(number, Expression):
            return str(self.write(number, COMPARE))
        if isinstance(number, np.generic):
            number = number.item()
        if isinstance(number, float) and not math.isfinite(number):
            return f"float('{number}')"
        if isinstance(number, tuple | list):
            inner = ", ".join(self.literal(n) for n in number)
            if isinstance(number, list):
                return f"[{inner}]"
            return f"({inner},)" if len(number) == 1 else f"({inner})"
        if isinstance(number, np.ndarray):
            return f"np.array({number.tolist()})"
        if isinstance(number, np.dtype):
            return f"np.{number.name}"
        if isinstance(number, float) and number == int(number) and abs(number) < 1e15:
            return str(int(number))
        return repr(number)

    def _binary(self, sign: str, own: int, left: Piece, right: Piece, level: int, e: Apply) -> str:
        if own == COMPARE:
            text = f"{left(SUM if sign not in '&|^' else ATOM)} {sign} " + right(
                SUM if sign not in "&|^" else ATOM
            )
        elif sign == "**":
            text = f"{left(ATOM)} ** {right(SIGN)}"
        else:
            text = f"{left(own)} {sign} {right(own + 1)}"
        return f"({text})" if own < level or (own == POWER == level) else text

    def _negative(self, operand: Piece, level: int, e: Apply) -> str:
        text = f"-{operand(SIGN)}"
        return f"({text})" if level > SIGN else text

    def _transposed(self, operand: Piece, level: int) -> str:
        return f"{operand(ATOM)}.T"

    def _picked(self, operand: Piece, index: Any, level: int, e: Apply) -> str:
        return f"{operand(ATOM)}[{self._index(index)}]"

    def _index(self, index: Any) -> str:
        if isinstance(index, tuple):
            return ", ".join(self._index(part) for part in rows_first(index)) or "()"
        if isinstance(index, slice):
            parts = ["" if p is None else str(p) for p in (index.start, index.stop)]
            return ":".join(parts) + ("" if index.step is None else f":{index.step}")
        if isinstance(index, Rows):
            return f"np.arange({index.count})"
        return "..." if index is Ellipsis else self.literal(index)

    def _index_value(self, index: Any) -> str:
        """An index as an argument of a function."""
        if isinstance(index, tuple):
            inner = ", ".join(self._index_value(p) for p in rows_first(index))
            return f"({inner},)" if len(index) == 1 else f"({inner})"
        if isinstance(index, slice):
            return f"slice({index.start}, {index.stop}, {index.step})"
        if isinstance(index, Rows):
            return self._index(index)
        return "..." if index is Ellipsis else self.literal(index)

    def _write_transpose(self, e: Apply, level: int) -> str | None:
        x = e.args[0]
        if x is None or not swaps_last_two(e):
            return None
        if len(e.params[0]) == 2:
            return f"{self.write(x, ATOM)}.T"
        return f"np.swapaxes({self.write(x)}, -1, -2)"

    def _write_put(self, e: Apply, level: int) -> str | None:
        if is_one_hot(e):
            return f"np.eye({e.params[1][1]})[{self._index(e.params[0][1])}]"
        x = e.args[0]
        assert x is not None
        self._help("put")
        index, shape = self._index_value(e.params[0]), self.literal(e.params[1])
        return f"put({self.write(x)}, {index}, {shape})"

    def _write_expand(self, e: Apply, level: int) -> str | None:
        x = e.args[0]
        if isinstance(x, Number) and self.arrays:
            return f"np.full({self.literal(e.params[0])}, {float(x.number)!r})"
        return None

    def _write_setitem(self, e: Apply, level: int) -> str | None:
        x, y = e.args
        assert x is not None
        assert y is not None
        self._help("replace")
        return f"replace({self.write(x)}, {self._index_value(e.params[0])}, {self.write(y)})"

    def _write_cast(self, e: Apply, level: int) -> str | None:
        x = e.args[0]
        assert x is not None
        return f"{self.write(x, ATOM)}.astype({self.literal(np.dtype(e.params[0]))})"

    def _call(self, word: str, e: Apply, args: list[Expression], params: dict[str, Any]) -> str:
        inputs = [self.write(a) for a in args]
        if not self.arrays:
            return self._python_call(word, e, inputs)
        if word not in HELPERS and (word != e.op or spelling(e.prim) is not None or word in WORDS):
            template = WORDS.get(word)
            if template is not None:
                given = {k: self.literal(v) for k, v in params.items()}
                return template.format(*inputs, all=", ".join(inputs), **given)
            if hasattr(np, word):
                defaults = dict(e.prim.params)
                options = [
                    f"{k}={self.literal(v)}" for k, v in params.items() if v is not defaults[k]
                ]
                return f"np.{word}({', '.join([*inputs, *options])})"
        return self._helped(word, e, inputs, params)

    def _python_call(self, word: str, e: Apply, inputs: list[str]) -> str:
        if word in PYTHON_WORDS:
            return PYTHON_WORDS[word].format(*inputs)
        if (word != e.op or spelling(e.prim) is not None) and hasattr(math, word):
            return f"math.{word}({', '.join(inputs)})"
        self._define(e)
        return f"{e.op}({', '.join(inputs)})"

    def _helped(self, word: str, e: Apply, inputs: list[str], params: dict[str, Any]) -> str:
        """A call of a function that the code brings along, or of the table's."""
        all_inputs = ["None" if a is None else self.write(a) for a in e.args]
        arguments = [*all_inputs, *map(self.literal, params.values())]
        pick = "" if e.output is None else f"[{e.output}]"
        unless = UNLESS.get(word, ())
        if word in HELPERS and not any(params[p] for p in unless):
            self._help(word)
            return f"{word}({', '.join(arguments)}){pick}"
        if self._define(e):
            return f"{e.op}({', '.join(arguments)}){pick}"
        if is_kernel(e.prim):
            return self._rule_call(e)
        self.imports.add(
            "from microgradnn._primitive import table  # kernels that have no short NumPy form"
        )
        self.imports.add("import microgradnn.nn.functional  # defines the kernels of networks")
        return f"table[{e.op!r}].forward({', '.join(arguments)}){pick}"

    def _rule_call(self, e: Apply) -> str:
        """A derivative rule that loops over memory, called as it is."""
        prim, name, part = e.prim.doc.split(" ", 2)
        count = len(e.args)
        self.imports.add(
            "from microgradnn._primitive import table  # kernels that have no short NumPy form"
        )
        self.imports.add("import microgradnn.nn.functional  # defines the kernels of networks")
        self.imports.add("from microgradnn.derive.adjoints import run_rule")
        outputs = len(_table()[prim].outputs)
        texts = ["None" if a is None else self.write(a) for a in e.args]
        g, x, out = texts[:outputs], texts[outputs : count - outputs], texts[count - outputs :]
        lists = ", ".join(f"[{', '.join(group)}]" for group in (g, x, out))
        params = self.literal(tuple(e.params))
        return f"run_rule(table[{prim!r}], {name!r}, {part or None}, {lists}, {params})"

    def _help(self, word: str) -> None:
        for other in NEEDS.get(word, ()):
            self._help(other)
        if word not in self.helpers:
            self.helpers[word] = HELPERS[word].strip()
            if "math." in HELPERS[word]:
                self.imports.add("import math")

    def _define(self, e: Apply) -> bool:
        """Write a function for a primitive that goes by its name; whether there is one."""
        if e.op in self.helpers:
            return True
        if not e.prim.single or (e.prim.variadic and self.arrays):
            return False
        source = function_source(self, e.prim, e)
        if source:
            self.helpers[e.op] = source
        return bool(source)


def _table() -> Any:
    from .._primitive import table

    return table


def function_source(printer: CodePrinter, prim: Primitive, e: Apply) -> str:
    """``def sigmoid(x): ...`` from the table's record; empty if it has no formula."""
    fixed = len(prim.inputs) - prim.variadic
    names = [*prim.inputs[:fixed]]
    if prim.variadic:
        names += [f"{prim.inputs[-1]}_{k}" for k in range(len(e.args) - fixed)]
    params = [Symbol(name, value) for (name, _), value in zip(prim.params, e.params, strict=True)]
    if printer.arrays:
        small = [
            None if a is None else Symbol(n, _small(a.value))
            for n, a in zip(names, e.args, strict=True)
        ]
        attempts: Sequence[Any] = (trace_forward, trace_mathematics)
    else:
        small = [Symbol(n) for n in names]
        attempts = (trace_scalar, trace_mathematics)
    for attempt in attempts:
        try:
            formula = attempt(prim, small, params)
            if not isinstance(formula, Apply) or formula.op == prim.name:
                continue
            if printer.arrays and not _right(formula, prim, small, e.params):
                continue
            arguments = ", ".join([*names, *(name for name, _ in prim.params)])
            return _function(printer, prim.name, arguments, formula)
        except NoFormula:
            continue
    return ""


def _small(array: Any) -> Any:
    """A few of the numbers, so that what depends on sizes is written for few."""
    array = np.asarray(array)
    return array[tuple(slice(0, 3) for _ in array.shape)]


def _right(formula: Expression, prim: Primitive, inputs: Sequence[Any], params: Any) -> bool:
    try:
        with np.errstate(all="ignore"):
            expected = prim.forward(*[None if x is None else x.value for x in inputs], *params)
            return bool(np.allclose(formula.value, expected, rtol=1e-12, atol=0, equal_nan=True))
    except Exception:
        return False


def _function(printer: CodePrinter, name: str, arguments: str, formula: Expression) -> str:
    """A function's source; what occurs twice in the formula is computed once."""
    counts: dict[Any, int] = {}
    for part in walk(formula):
        for a in part.args:
            if isinstance(a, Apply):
                counts[a.key] = counts.get(a.key, 0) + 1
    lines: list[str] = []
    known: dict[Any, Expression] = {}

    def shared(e: Expression) -> Expression:
        if not isinstance(e, Apply):
            return e
        if e.key in known:
            return known[e.key]
        out: Expression = Apply(
            e.prim, [None if a is None else shared(a) for a in e.args], e.params, e.output
        )
        out._value = e._value
        if counts.get(e.key, 0) > 1 and len(list(walk(e))) > 3:
            local = Symbol(f"e{len(known) + 1}" if known else "e", e._value)
            lines.append(f"    {local.name} = {printer.write(out)}")
            known[e.key] = out = local
        return out

    body = printer.write(shared(formula))
    if body.startswith("(") and " if " in body and not printer.arrays:
        body = body[1:-1]
    return "\n".join([f"def {name}({arguments}):", *lines, f"    return {body}"])
