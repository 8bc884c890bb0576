r"""Formulas in LaTeX, in commands that KaTeX, MathJax and matplotlib's mathtext know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .expression import Apply, Expression, Symbol
from .indices import Rows, rows_first
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

_SIGNS = {"<=": r"\leq", ">=": r"\geq", "==": "=", "!=": r"\neq", "&": r"\wedge", "|": r"\vee"}
_FUNCTIONS = {
    "exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "max", "min", "det", "arcsin",
    "arccos", "arctan",
}  # fmt: skip
GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
_SPECIAL = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "^": r"\wedge ", "_": r"\_", "~": r"\sim ", "%": r"\%",
}  # fmt: skip
_ESCAPED = str.maketrans(_SPECIAL)
_SHOWN = {"x̂": r"\hat{x}", "X̂": r"\hat{X}", "μ": r"\mu", "σ²": r"\sigma^2"}


class LatexPrinter(Printer):
    """Formulas as LaTeX.

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
        """A variable's name: Greek by name, digits and what follows ``_`` as an index."""
        return latex_name(self.shown.get(name, name))

    def _symbol(self, e: Symbol, level: int) -> str:
        if self.numbers and e._value is not None and np.ndim(e._value) == 0:
            text = latex_number(six_digits(e.value))
            return _bracketed(text) if text.startswith("-") and level >= PRODUCT else text
        if isinstance(e, Partial):
            sign = r"\partial " if e.sign == "∂" else "d"
            top, bottom = self.name(e.top.name), self.name(e.bottom.name)
            return rf"\frac{{{sign}{_held(top)}}}{{{sign}{_held(bottom)}}}"
        if e.name.startswith("d_"):
            return f"d{self.name(e.name[2:])}"
        return self.name(e.name)

    def _number(self, number: Any, level: int) -> str:
        size = one_over_root(number)
        if size:
            return rf"\frac{{1}}{{\sqrt{{{size}}}}}"
        text = latex_number(constant(number)) if number is not None else r"\varnothing"
        return _bracketed(text) if text.startswith("-") and level > PRODUCT else text

    def _binary(self, sign: str, own: int, left: Piece, right: Piece, level: int, e: Apply) -> str:
        if sign == "/":
            text = rf"\frac{{{left(COMPARE)}}}{{{right(COMPARE)}}}"
            return _bracketed(text) if level > SIGN else text
        if sign == "**":
            text = f"{based(left(ATOM), '^')}^{{{right(COMPARE)}}}"
            return _bracketed(text) if level > POWER else text
        first = left(own if own != COMPARE else SUM)
        second = right(own + (sign == "-") if own != COMPARE else SUM)
        if second.startswith("-"):
            second = _bracketed(second)
        if sign == "*":
            arrays = all(a is not None and a.ndim for a in e.args) and len(e.args) == 2
            sign = r"\odot" if arrays else r"\cdot"
        elif sign == "@":
            sign = r"\,"
        text = f"{first} {_SIGNS.get(sign, sign)} {second}"
        return _bracketed(text) if own < level else text

    def _negative(self, operand: Piece, level: int, e: Apply) -> str:
        text = f"-{operand(SIGN)}"
        return _bracketed(text) if level > PRODUCT else text

    def _transposed(self, operand: Piece, level: int) -> str:
        return rf"{based(operand(ATOM), '^')}^{{\mathsf{{T}}}}"

    def _picked(self, operand: Piece, index: Any, level: int, e: Apply) -> str:
        return f"{based(operand(ATOM), '_')}_{{{self._index(index)}}}"

    def _index(self, index: Any) -> str:
        if isinstance(index, tuple):
            return ", ".join(self._index(p) for p in rows_first(index)) or r"\cdot"
        if isinstance(index, Rows):
            return "n"
        if isinstance(index, Expression):
            return str(self.write(index))
        if isinstance(index, slice):
            start, stop = ("" if p is None else p for p in (index.start, index.stop))
            return f"{start}:{stop}" + ("" if index.step is None else f":{index.step}")
        if index is Ellipsis or isinstance(index, np.ndarray | list):
            return r"\ldots"
        return ":" if index is None else str(index)

    def _call(self, word: str, e: Apply, args: list[Expression], params: dict[str, Any]) -> str:
        if word == e.op and e.prim.symbol == "σ":
            name = r"\sigma"
        elif word in _FUNCTIONS:
            name = rf"\{word}"
        else:
            name = rf"\mathrm{{{word.translate(_ESCAPED)}}}"
        inside = ", ".join(map(self.write, args))
        axis = params.get("axis")
        axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
        index = f"_{{{self._index(axis)}}}" if isinstance(axis, int) and axis >= 0 else ""
        return f"{name}{index}{_bracketed(inside)}"

    def _write_sqrt(self, e: Apply, level: int) -> str | None:
        return rf"\sqrt{{{self.write(_only(e))}}}"

    def _write_abs(self, e: Apply, level: int) -> str | None:
        return rf"\left|{self.write(_only(e))}\right|"

    def _write_sum(self, e: Apply, level: int) -> str | None:
        axis = e.params[0]
        which = "" if axis is None else f"_{{{self._axes(axis)}}}"
        text = rf"\sum{which} {self.write(_only(e), PRODUCT)}"
        return _bracketed(text) if level > SUM and level != SIGN else text

    def _axes(self, axis: Any) -> str:
        axes = (axis,) if isinstance(axis, int) else axis
        return r"\mathrm{axis}\," + ",".join(str(k) for k in axes)

    def _write_transpose(self, e: Apply, level: int) -> str | None:
        if swaps_last_two(e):
            return self._transposed(lambda _: self.write(_only(e), ATOM), level)
        return None

    def _write_put(self, e: Apply, level: int) -> str | None:
        if is_one_hot(e):
            return rf"\mathrm{{onehot}}({self._index(e.params[0][1])})"
        return None

    def _write_expand(self, e: Apply, level: int) -> str | None:
        return str(self.write(_only(e), level))


def _only(e: Apply) -> Expression:
    x = e.args[0]
    assert x is not None
    return x


def latex_of(e: Expression, **options: Any) -> str:
    r"""A formula as LaTeX.

    Examples
    --------
    >>> from microgradnn.derive.expression import Symbol
    >>> w, h = Symbol("w_1"), Symbol("h2")
    >>> print(latex_of(-2.0 * (1.0 - h) / w ** 2))
    \frac{-2 \cdot \left(1 - h_{2}\right)}{w_{\mathrm{1}}^{2}}
    """
    text: str = LatexPrinter(**options).write(e)
    return text


def latex_name(name: str) -> str:
    r"""A name in LaTeX; whatever is special there is escaped.

    Examples
    --------
    >>> latex_name("w1"), latex_name("y_pred"), latex_name("sigma2")
    ('w_{1}', 'y_{\\mathrm{pred}}', '\\sigma_{2}')
    """
    if name in _SHOWN:
        return _SHOWN[name]
    found = re.fullmatch(r"([A-Za-z]+?)(\d*)(?:_(\w+))?", name)
    if not found:
        return rf"\mathrm{{{_plain(name)}}}"
    base, digits, rest = found.groups()
    if base in GREEK:
        base = rf"\{base}"
    elif len(base) > 1:
        base = rf"\mathrm{{{base}}}"
    index = [digits] if digits else []
    if rest:
        index.append(rf"\mathrm{{{rest.translate(_ESCAPED)}}}")
    return base + (f"_{{{','.join(index)}}}" if index else "")


def _plain(name: str) -> str:
    """A name of any characters: letters of other scripts stay, what has no look is dropped."""
    shown = "".join(c for c in name if c.isprintable())
    return shown.translate(_ESCAPED).replace(" ", r"\ ")


def latex_number(text: str) -> str:
    r"""A printed number in LaTeX.

    Examples
    --------
    >>> latex_number("−1.5e−5"), latex_number("NaN")
    ('-1.5 \\cdot 10^{-5}', '\\mathrm{NaN}')
    """
    text = text.replace("−", "-")
    if "e" in text:
        digits, power = text.split("e")
        text = rf"{digits} \cdot 10^{{{power}}}" if digits[-1].isdigit() else text
    if "Inf" in text:
        return text.replace("Inf", r"\infty")
    return rf"\mathrm{{{text}}}" if text[-1].isalpha() else text


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def based(text: str, script: str) -> str:
    """What gets an index or an exponent: in braces if it has one already."""
    return f"{{{text}}}" if script in text and not text.endswith(r"\right)") else text


def _held(name: str) -> str:
    return name if re.fullmatch(r"[\\\w{}, ^]+", name) else _bracketed(name)
