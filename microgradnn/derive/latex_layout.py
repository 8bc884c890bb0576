r"""A derivation in LaTeX: one ``aligned`` environment, for notebooks inside ``$$``."""

from __future__ import annotations

from collections.abc import Mapping

from .expression import Apply, Expression, Symbol
from .latex import LatexPrinter, based, latex_number
from .number_text import six_digits
from .rows import Document, Row


def latex_document(doc: Document, shown: Mapping[str, str]) -> str:
    """The whole derivation, without the dollar signs."""
    names = LatexPrinter(shown=shown)
    numbers = LatexPrinter(numbers=True, shown=shown)
    blocks = [doc.definitions, *doc.body]
    parts = [" \\\\\n".join(_row(row, names, numbers) for row in b.rows) for b in blocks if b.rows]
    return "\\begin{aligned}\n" + " \\\\[6pt]\n".join(parts) + "\n\\end{aligned}\n"


def _row(row: Row, names: LatexPrinter, numbers: LatexPrinter) -> str:
    assert row.left is not None
    pieces = []
    if row.formula is not None and row.kind != "product":
        pieces.append(_top_level(row.formula, names))
    result = None if row.result is None else latex_number(six_digits(row.result))
    if row.numbers and row.formula is not None:
        written = numbers.write(row.formula)
        if written != result and written not in pieces:
            pieces.append(written)
    if result is not None and result not in pieces:
        pieces.append(result)
    text = f"{names.write(row.left)} &= " + " = ".join(pieces)
    if row.shape is not None and row.result is None:
        sizes = r" \times ".join(map(str, row.shape))
        text += rf" && ({sizes})"
    return text


def _top_level(e: Expression, names: LatexPrinter) -> str:
    """A sum over rows as people write it."""
    if isinstance(e, Apply) and e.op == "sum":
        inner, axis, keepdims = e.args[0], e.params[0], e.params[1]
        if isinstance(inner, Symbol) and inner.ndim == 2 and axis == 0 and not keepdims:
            return rf"\sum_{{n}} {based(names.write(inner), '_')}_{{n,:}}"
    return str(names.write(e))
