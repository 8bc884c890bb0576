"""Formulas in MathML, which browsers draw without any library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..viz.user_text import escape_xml
from .expression import Apply, Expression, Symbol
from .indices import Rows, rows_first
from .latex import GREEK
from .number_text import constant, one_over_root, six_digits
from .partials import Partial
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
)  # fmt: skip

_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "-": "−", "@": "", "*": "·"}
_GREEK_LETTERS = dict(
    zip(
        ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
         "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
        "αβγδεζηθικλμνξπρστφχψω",
        strict=True,
    )
)  # fmt: skip
_SHOWN = {
    "x̂": "<mover><mi>x</mi><mo>^</mo></mover>", "X̂": "<mover><mi>X</mi><mo>^</mo></mover>",
    "σ²": "<msup><mi>σ</mi><mn>2</mn></msup>",
}  # fmt: skip


class MathmlPrinter(Printer):
    """Formulas as MathML; every name and number is escaped.

    Parameters
    ----------
    numbers : bool
        Whether symbols are replaced by their numbers.
    shown : mapping of str to str
        How a symbol's name is printed.
    """

    def __init__(self, numbers: bool = False, shown: Mapping[str, str] | None = None) -> None:
        self.numbers = numbers
        self.shown = shown or {}

    def name(self, name: str) -> str:
        """A variable's name."""
        return mathml_name(self.shown.get(name, name))

    def _symbol(self, e: Symbol, level: int) -> str:
        if self.numbers and e._value is not None and np.ndim(e._value) == 0:
            text = six_digits(e.value)
            written = mathml_number(text)
            return _bracketed(written) if text.startswith("−") and level >= PRODUCT else written
        if isinstance(e, Partial):
            sign = f"<mo>{e.sign}</mo>"
            top, bottom = self.name(e.top.name), self.name(e.bottom.name)
            return f"<mfrac><mrow>{sign}{top}</mrow><mrow>{sign}{bottom}</mrow></mfrac>"
        if e.name.startswith("d_"):
            return f"<mrow><mi>d</mi>{self.name(e.name[2:])}</mrow>"
        return self.name(e.name)

    def _number(self, number: Any, level: int) -> str:
        text = "none" if number is None else constant(number)
        size = one_over_root(number)
        if size:
            root = f"<msqrt><mn>{size}</mn></msqrt>"
            return f"<mfrac><mn>1</mn>{root}</mfrac>"
        written = mathml_number(text)
        return _bracketed(written) if text.startswith("−") and level > PRODUCT else written

    def _binary(self, sign: str, own: int, left: Piece, right: Piece, level: int, e: Apply) -> str:
        if sign == "/":
            text = f"<mfrac>{_row(left(COMPARE))}{_row(right(COMPARE))}</mfrac>"
            return _bracketed(text) if level > SIGN else text
        if sign == "**":
            text = f"<msup>{_row(left(ATOM))}{_row(right(COMPARE))}</msup>"
            return _bracketed(text) if level > POWER else text
        first = left(own if own != COMPARE else SUM)
        second = right(own + (sign == "-") if own != COMPARE else SUM)
        if second.startswith(("<mrow><mo>−", "<mn>−")):
            second = _bracketed(second)
        arrays = all(a is not None and a.ndim for a in e.args) and len(e.args) == 2
        shown = "⊙" if sign == "*" and arrays else _SIGNS.get(sign, escape_xml(sign))
        middle = f"<mo>{shown}</mo>" if shown else "<mspace width='0.2em'></mspace>"
        text = f"{first}{middle}{second}"
        return _bracketed(text) if own < level else _row(text)

    def _negative(self, operand: Piece, level: int, e: Apply) -> str:
        text = f"<mrow><mo>−</mo>{operand(SIGN)}</mrow>"
        return _bracketed(text) if level > PRODUCT else text

    def _transposed(self, operand: Piece, level: int) -> str:
        return f"<msup>{_row(operand(ATOM))}<mi mathvariant='normal'>T</mi></msup>"

    def _picked(self, operand: Piece, index: Any, level: int, e: Apply) -> str:
        return f"<msub>{_row(operand(ATOM))}<mrow>{self._index(index)}</mrow></msub>"

    def _index(self, index: Any) -> str:
        if isinstance(index, tuple):
            return "<mo>,</mo>".join(self._index(p) for p in rows_first(index)) or "<mo>·</mo>"
        if isinstance(index, Rows):
            return "<mi>n</mi>"
        if isinstance(index, Expression):
            return str(self.write(index))
        if isinstance(index, slice):
            parts = ("" if p is None else str(p) for p in (index.start, index.stop))
            return f"<mtext>{':'.join(parts)}</mtext>"
        if index is Ellipsis or isinstance(index, np.ndarray | list):
            return "<mo>…</mo>"
        return f"<mn>{escape_xml(str(index))}</mn>"

    def _call(self, word: str, e: Apply, args: list[Expression], params: dict[str, Any]) -> str:
        name = "σ" if word == e.op and e.prim.symbol == "σ" else word.replace("_", " ")
        inside = "<mo>,</mo>".join(map(self.write, args))
        head = f"<mi>{escape_xml(name)}</mi>"
        axis = params.get("axis")
        axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
        if isinstance(axis, int) and axis >= 0:
            head = f"<msub>{head}<mn>{axis}</mn></msub>"
        return f"<mrow>{head}{_bracketed(inside)}</mrow>"

    def _write_sqrt(self, e: Apply, level: int) -> str | None:
        return f"<msqrt>{self.write(_only(e))}</msqrt>"

    def _write_abs(self, e: Apply, level: int) -> str | None:
        return f"<mrow><mo>|</mo>{self.write(_only(e))}<mo>|</mo></mrow>"

    def _write_sum(self, e: Apply, level: int) -> str | None:
        axis = e.params[0]
        axes = (axis,) if isinstance(axis, int) else axis
        below = "" if axes is None else ",".join(map(str, axes))
        sign = "<mo>∑</mo>"
        if below:
            sign = f"<munder>{sign}<mtext>axis {below}</mtext></munder>"
        text = f"<mrow>{sign}{self.write(_only(e), PRODUCT)}</mrow>"
        return _bracketed(text) if level > SUM and level != SIGN else text

    def _write_transpose(self, e: Apply, level: int) -> str | None:
        if swaps_last_two(e):
            return self._transposed(lambda _: self.write(_only(e), ATOM), level)
        return None

    def _write_put(self, e: Apply, level: int) -> str | None:
        if is_one_hot(e):
            inside = _bracketed(self._index(e.params[0][1]))
            return f"<mrow><mi>onehot</mi>{inside}</mrow>"
        return None

    def _write_expand(self, e: Apply, level: int) -> str | None:
        return str(self.write(_only(e), level))


def _only(e: Apply) -> Expression:
    x = e.args[0]
    assert x is not None
    return x


def mathml_name(name: str) -> str:
    """A name: Greek by name, digits and what follows ``_`` as an index.

    Examples
    --------
    >>> mathml_name("w1"), mathml_name("mu"), mathml_name("<b>")
    ('<msub><mi>w</mi><mn>1</mn></msub>', '<mi>μ</mi>', '<mi>&lt;b&gt;</mi>')
    """
    if name in _SHOWN:
        return _SHOWN[name]
    found = re.fullmatch(r"([A-Za-z]+?)(\d*)(?:_(\w+))?", name)
    if not found:
        return f"<mi>{escape_xml(name)}</mi>"
    base, digits, rest = found.groups()
    letter = f"<mi>{_GREEK_LETTERS[base] if base in GREEK else base}</mi>"
    index = (f"<mn>{digits}</mn>" if digits else "") + (
        f"<mi mathvariant='normal'>{escape_xml(rest)}</mi>" if rest else ""
    )
    if not index:
        return letter
    return f"<msub>{letter}{index if index.count('<m') == 1 else f'<mrow>{index}</mrow>'}</msub>"


def mathml_number(text: str) -> str:
    """A printed number, an exponent as a power of ten."""
    if "e" in text and text[-1].isdigit():
        digits, power = text.split("e")
        tens = f"<msup><mn>10</mn><mn>{power}</mn></msup>"
        return f"<mrow><mn>{digits}</mn><mo>·</mo>{tens}</mrow>"
    return f"<mn>{escape_xml(text)}</mn>"


def _row(text: str) -> str:
    return f"<mrow>{text}</mrow>"


def _bracketed(text: str) -> str:
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"
