"""A derivation as plain text: one factor per line, aligned at the equals signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..viz.number_text import MINUS
from ..viz.user_text import columns
from .expression import Expression, Symbol
from .number_text import six_digits
from .partials import Partial
from .rows import Block, Document, Row
from .text import TextPrinter

WIDTH = 88
_MATRIX_SIDE, _MATRIX_WIDTH = 6, 60


def text_document(doc: Document, shown: Mapping[str, str]) -> str:
    """The whole derivation."""
    return _Layout(shown).document(doc)


class _Layout:
    def __init__(self, shown: Mapping[str, str]) -> None:
        self.shown = shown
        self.names = DerivationText(shown=shown)
        self.numbers = DerivationText(shown=shown, numbers=True)

    def document(self, doc: Document) -> str:
        root = self.names.name(doc.root)
        heads = ", ".join(_bare(f"∂{root}/∂{self.names.name(w)}") for w in doc.wanted[:4])
        more = f" and {len(doc.wanted) - 4} more" if len(doc.wanted) > 4 else ""
        head = f"{heads}{more}    with  "
        if columns(head) > WIDTH // 3:
            parts = [head.rstrip(), *_indented(self._definitions(doc.definitions), "    ")]
        else:
            parts = _hanging(head, self._definitions(doc.definitions))
        lines = list(parts)
        for name, label in doc.legend.items():
            lines.append(f"{' ' * 4}{name} stands for {label}")
        adjoint = any(row.kind == "adjoint" for block in doc.body for row in block.rows)
        if adjoint and doc.body[0].values:
            lines.append(f"dA stands for ∂{root}/∂A and has the shape of A.")
        elif adjoint:
            lines.append(f"da stands for ∂{root}/∂a.")
        for block in doc.body:
            lines += ["", *self._block(block)]
        if doc.body and doc.body[-1].rows[-1].kind == "adjoint":
            lines.append("")
        lines += doc.remarks
        return "\n".join(line.rstrip() for line in lines)

    # Lines.

    def _definitions(self, block: Block) -> list[str]:
        lefts = [self.names.write(row.left) for row in block.rows if row.left is not None]
        width = max(map(columns, lefts), default=0)
        formulas = [
            "" if row.formula is None else self.names.write(row.formula) for row in block.rows
        ]
        room = max((columns(f) for f in formulas if columns(f) <= 48), default=0)
        lines = []
        for left, formula, row in zip(lefts, formulas, block.rows, strict=True):
            pieces = _broken(formula, WIDTH - width - 20)
            tail = self._tail(row)
            first = f"{_left(left, width)} = {_left(pieces[0], room if tail else 0)}"
            rest = [" " * (width + 3) + piece for piece in pieces[1:]]
            lines += [first, *rest]
            lines[-1] = lines[-1] + tail
        return lines

    def _tail(self, row: Row) -> str:
        if row.kind == "definition" and row.note:
            return f"   {row.note}"
        if row.shape:
            return f"   {row.shape}"
        if row.result is None:
            return ""
        return f"   = {six_digits(row.result)}"

    def _block(self, block: Block) -> list[str]:
        kind = block.rows[0].kind
        if kind == "chain":
            return self._chains(block)
        if kind == "adjoint" and any(row.shape is not None for row in block.rows):
            return self._adjoints(block)
        lefts = [self.names.write(row.left) for row in block.rows if row.left is not None]
        width = max(map(columns, lefts))
        texts = [
            (
                "" if row.formula is None or kind == "product" else self.names.write(row.formula),
                self.numbers.write(row.formula) if row.numbers and row.formula is not None else "",
            )
            for row in block.rows
        ]
        room = max((columns(t) for pair in texts for t in pair if columns(t) <= 40), default=0)
        signed = any(six_digits(row.result).startswith(MINUS) for row in block.rows)
        lines = []
        for left, (formula, numbers), row in zip(lefts, texts, block.rows, strict=True):
            lines += self._row(left, formula, numbers, row, (width, room, signed))
        return lines

    def _row(
        self, left: str, formula: str, numbers: str, row: Row, sizes: tuple[int, int, bool]
    ) -> list[str]:
        width, room, signed = sizes
        indent = " " * width
        result = six_digits(row.result)
        if signed and not result.startswith(MINUS):
            result = " " + result
        out: list[str] = []
        if formula:
            for piece in _broken(formula, WIDTH - width - 3):
                out.append(f"{indent} = {piece}" if not out else f"{indent}   {piece}")
            if row.note and len(out) == 1:
                out[0] = f"{_left(out[0], width + 3 + max(room, 28))}   {row.note}"
        if numbers and numbers != six_digits(row.result) and (numbers != formula or not formula):
            pieces = _broken(numbers, WIDTH - width - 20)
            lines = [f"{indent} = {pieces[0]}", *(f"{indent}   {p}" for p in pieces[1:])]
            lines[-1] = f"{_left(lines[-1], width + 3 + room)} = {result}"
            out += lines
        else:
            out.append(f"{indent} = {result.strip()}")
        out[0] = _left(left, width) + out[0][width:]
        return out

    def _chains(self, block: Block) -> list[str]:
        lines = []
        width = max(
            columns(self.names.write(row.left)) for row in block.rows if row.left is not None
        )
        for row in block.rows:
            assert row.left is not None
            assert row.formula is not None
            pieces = _broken(self.names.write(row.formula), WIDTH - width - 3)
            lines.append(f"{_left(self.names.write(row.left), width)} = {pieces[0]}")
            lines += [" " * (width + 3) + piece for piece in pieces[1:]]
        return lines

    def _adjoints(self, block: Block) -> list[str]:
        lefts = [self.names.write(row.left) for row in block.rows if row.left is not None]
        width = max(map(columns, lefts))
        formulas = [self.names.top_level(row.formula) for row in block.rows]
        room = max((columns(f) for f in formulas if columns(f) <= 44), default=0)
        shapes = [
            str(row.shape) if row.result is None else f"= {six_digits(row.result)}"
            for row in block.rows
        ]
        widest = max(map(len, shapes))
        lines = []
        for left, formula, shape, row in zip(lefts, formulas, shapes, block.rows, strict=True):
            pieces = _broken(formula, WIDTH - width - 6 - widest)
            lines.append(f"{_left(left, width)} = {_left(pieces[0], room)}")
            lines += [" " * (width + 3) + _left(piece, room) for piece in pieces[1:]]
            tail = f"   {_left(shape, widest)}   {row.note}"
            lines[-1] += tail if columns(lines[-1] + tail) <= WIDTH else f"   {shape}"
        return [*lines, "", *self._values(block)]

    def _values(self, block: Block) -> list[str]:
        lines: list[str] = []
        for symbol, array in block.values:
            shown = _matrix(array)
            head = f"{self.names.write(symbol)} = "
            lines += _hanging(head, shown)
        return lines


class DerivationText(TextPrinter):
    """Text with partial derivatives and adjoints in it."""

    def name(self, e: Symbol) -> str:
        """How a symbol is printed."""
        return self.shown.get(e.name, e.name)

    def _symbol(self, e: Symbol, level: int) -> str:
        if isinstance(e, Partial) and not self.numbers:
            return f"{e.sign}{self._bare(e.top.name)}/{e.sign}{self._bare(e.bottom.name)}"
        if e.name.startswith("d_") and not self.numbers:
            return f"d{self.shown.get(e.name[2:], e.name[2:])}"
        return super()._symbol(e, level)

    def _bare(self, name: str) -> str:
        shown = self.shown.get(name, name)
        plain = all(c.isalnum() or c in "_.̂²" for c in shown)
        return shown if plain else f"({shown})"

    def top_level(self, e: Expression | None) -> str:
        """A formula that is a line of its own: sums over rows are said in words."""
        from .expression import Apply

        if isinstance(e, Apply) and e.op == "sum" and e.args[0] is not None:
            inner, axis, keepdims = e.args[0], e.params[0], e.params[1]
            if inner.ndim == 2 and axis == 0 and not keepdims and isinstance(inner, Symbol):
                return f"{self.write(inner)} summed over rows"
        return str(self.write(e)) if e is not None else ""


def _bare(text: str) -> str:
    return text


def _left(text: str, width: int) -> str:
    return text + " " * max(width - columns(text), 0)


def _hanging(head: str, lines: list[str]) -> list[str]:
    indent = " " * columns(head)
    return [(head if k == 0 else indent) + line for k, line in enumerate(lines or [""])]


def _indented(lines: list[str], indent: str) -> list[str]:
    return [indent + line for line in lines]


def _broken(text: str, width: int) -> list[str]:
    """A long formula in pieces: at the signs of the outermost sum, else of the product."""
    if columns(text) <= width:
        return [text]
    for signs in ((" + ", " − "), (" * ", " · ", " @ ", " / ")):
        pieces = _split(text, signs)
        if len(pieces) > 1:
            lines = [pieces[0]]
            for piece in pieces[1:]:
                if columns(lines[-1]) + columns(piece) + 1 <= width:
                    lines[-1] += f" {piece}"
                else:
                    lines.append(piece)
            return lines
    return [text]


def _split(text: str, signs: tuple[str, ...]) -> list[str]:
    pieces, start, depth = [], 0, 0
    for k, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if depth <= (text.startswith("−(") and 1) and k > start and text[k : k + 3] in signs:
            pieces.append(text[start:k].strip())
            start = k
    return [*pieces, text[start:].strip()]


def _matrix(array: Any) -> list[str]:
    """A small matrix in full, of a large one the corners."""
    array = np.asarray(array, float)
    if array.ndim == 0:
        return [six_digits(array)]
    if array.ndim > 2:
        return [f"array of shape {array.shape}, {_range(array)}"]
    rows = array.reshape(1, -1) if array.ndim == 1 else array
    clipped = [list(row) for row in _corners(rows)]
    texts = [[_cell(x) for x in row] for row in clipped]
    widths = [max(len(row[k]) for row in texts) for k in range(len(texts[0]))] if texts else []
    lines = [
        "[" + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) + "]"
        for row in texts
    ]
    if max(map(len, lines), default=0) > _MATRIX_WIDTH:
        return [f"array of shape {array.shape}, {_range(array)}"]
    if array.ndim == 2:
        lines = [
            ("[" if k == 0 else " ") + line + ("]" if k == len(lines) - 1 else "")
            for k, line in enumerate(lines)
        ]
        if max(array.shape) > _MATRIX_SIDE:
            lines[-1] += f"   {array.shape}"
    return lines


def _corners(rows: Any) -> list[list[Any]]:
    side = _MATRIX_SIDE
    picked = [*range(min(side // 2, len(rows)))]
    picked += (
        [None, *range(len(rows) - side // 2, len(rows))]
        if len(rows) > side
        else [*range(side // 2, len(rows))]
    )
    out = []
    for k in picked:
        row = [None] * rows.shape[1] if k is None else list(rows[k])
        if len(row) > side:
            row = [*row[: side // 2], None, *row[-side // 2 :]]
        out.append(row)
    return out


def _cell(x: Any) -> str:
    if x is None:
        return "…"
    if x != 0 and (abs(x) < 1e-4 or abs(x) >= 1e5):
        from ..viz.number_text import format_number

        return format_number(x, 3)
    return f"{x:.4f}".replace("-", MINUS) if np.isfinite(x) else six_digits(x)


def _range(array: Any) -> str:
    if not array.size:
        return "empty"
    return f"from {six_digits(array.min())} to {six_digits(array.max())}"
