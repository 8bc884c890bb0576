"""Formulas as plain text: ``w5 · y_pred · (1 − y_pred)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .expression import Apply, Expression, Symbol
from .indices import Rows, rows_first
from .number_text import constant, one_over_root, six_digits
from .printing import (
    ATOM,
    COMPARE,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    Printer,
    is_one_hot,
    swaps_last_two,
)

_SIGNS = {"-": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class TextPrinter(Printer):
    """Formulas on one line.

    Parameters
    ----------
    numbers : bool
        Whether symbols are replaced by their numbers.
    shown : mapping of str to str, optional
        How a symbol's name is printed.
    """

    def __init__(self, numbers: bool = False, shown: Mapping[str, str] | None = None) -> None:
        self.numbers = numbers
        self.shown = shown or {}
        self.tight = False  # a product inside a sum: w·x + b

    def _symbol(self, e: Symbol, level: int) -> str:
        if self.numbers and e._value is not None and np.ndim(e.value) == 0:
            return _signed(six_digits(e.value), level)
        name = self.shown.get(e.name, e.name)
        return name if level <= SUM or _is_plain(name) else f"({name})"

    def _number(self, number: Any, level: int) -> str:
        if number is None:
            return "none"
        text = constant(number)
        if level > SUM and (size := one_over_root(number)):
            text = f"(1/√{size})"
        return f"({text})" if text.startswith("−") and level > PRODUCT else text

    def _binary(self, sign: str, own: int, left: Piece, right: Piece, level: int, e: Apply) -> str:
        if sign == "**":
            return _power(left, right, level)
        sign = _SIGNS.get(sign, sign)
        if sign == "*":
            sign = "*" if _arrays(e) else "·"
        outer = self.tight
        self.tight = own == SUM or (own == PRODUCT and outer and level <= PRODUCT)
        tight = self.tight and sign == "·"
        first = left(own if own != COMPARE else SUM)
        second = right(own + (sign in "−/@") if own != COMPARE else SUM)
        self.tight = outer
        if second.startswith("−") and own != COMPARE:
            second = f"({second})"
        text = f"{first}·{second}" if tight else f"{first} {sign} {second}"
        return f"({text})" if own < level else text

    def _negative(self, operand: Piece, level: int, e: Apply) -> str:
        text = f"−{operand(SIGN)}"
        return f"({text})" if level > PRODUCT else text

    def _transposed(self, operand: Piece, level: int) -> str:
        return f"{operand(ATOM)}ᵀ"

    def _picked(self, operand: Piece, index: Any, level: int, e: Apply) -> str:
        return f"{operand(ATOM)}[{index_text(index, self)}]"

    def _call(self, word: str, e: Apply, args: list[Expression], params: dict[str, Any]) -> str:
        name = e.prim.symbol if word == e.op and e.prim.symbol == "σ" else word
        defaults = dict(e.prim.params)
        params = {k: v[0] if k == "axis" and _one(v) else v for k, v in params.items()}
        options = [
            f"{key}={value}" for key, value in params.items()
            if not _same(value, defaults[key]) and key not in ("keepdims", "shape", "index")
            and not (key == "axis" and value in (-1, args[0].ndim - 1) and word.endswith("max"))
        ]  # fmt: skip
        outer, self.tight = self.tight, False
        text = f"{name}({', '.join([*map(self.write, args), *options])})"
        self.tight = outer
        return text if e.output is None else f"{text}.{_output(e)}"

    def _write_transpose(self, e: Apply, level: int) -> str | None:
        if swaps_last_two(e) and e.args[0] is not None:
            inner = e.args[0]
            return self._transposed(lambda _: self.write(inner, ATOM), level)
        return None

    def _write_sum(self, e: Apply, level: int) -> str | None:
        x, axis, keepdims = e.args[0], e.params[0], e.params[1]
        assert x is not None
        if x.ndim == 2 and axis in (1, -1, (1,)) and keepdims:
            return f"rowsum({self.write(x)})"
        return None

    def _write_put(self, e: Apply, level: int) -> str | None:
        if is_one_hot(e):
            return f"one_hot({index_text(e.params[0][1], self)})"
        return None

    def _write_expand(self, e: Apply, level: int) -> str | None:
        assert e.args[0] is not None
        return str(self.write(e.args[0], level))  # repetition is a matter of shapes


def text_of(e: Expression, **options: Any) -> str:
    """A formula as text.

    Examples
    --------
    >>> from microgradnn.derive.expression import Symbol
    >>> w, h = Symbol("w"), Symbol("h")
    >>> text_of(-2.0 * (1.0 - h) * w ** 2)
    '−2 · (1 − h) · w²'
    """
    text: str = TextPrinter(**options).write(e)
    return text


def index_text(index: Any, printer: Printer) -> str:
    """What stands in square brackets."""
    if isinstance(index, tuple):
        return ", ".join(index_text(part, printer) for part in rows_first(index)) or "()"
    if isinstance(index, Rows):
        return "n"
    if isinstance(index, Expression):
        return str(printer.write(index))
    if isinstance(index, slice):
        parts = ["" if p is None else str(p) for p in (index.start, index.stop)]
        return ":".join(parts) + ("" if index.step is None else f":{index.step}")
    if index is Ellipsis:
        return "…"
    if isinstance(index, np.ndarray | list):
        array = np.asarray(index)
        return "…" if array.size > 8 else str(array.tolist())
    return str(index)


def _power(left: Piece, right: Piece, level: int) -> str:
    exponent = right(ATOM)
    digits = exponent.strip("()").replace("−", "-")
    if digits.lstrip("-").isdigit():
        exponent = digits.translate(_SUPERSCRIPTS)
        text = f"{left(ATOM)}{exponent}"
    else:
        text = f"{left(ATOM)}^{exponent}"
    return f"({text})" if level > POWER else text


def _signed(text: str, level: int) -> str:
    return f"({text})" if text.startswith("−") and level >= PRODUCT else text


def _is_plain(name: str) -> bool:
    return all(c.isalnum() or c in "_ᵀ̂²." for c in name)


def _arrays(e: Apply) -> bool:
    """Whether a product is one of two arrays, element by element."""
    return len(e.args) == 2 and all(a is not None and a.ndim > 0 for a in e.args)


def _one(axis: Any) -> bool:
    return isinstance(axis, tuple) and len(axis) == 1


def _same(x: Any, y: Any) -> bool:
    return isinstance(x, type(y)) and bool(np.all(x == y))


def _output(e: Apply) -> str:
    names = e.prim.outputs
    assert e.output is not None
    return names[0][1:] + f"[{e.output}]" if names[0].startswith("*") else names[e.output]
