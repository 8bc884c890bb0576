"""A derivation in HTML: a table of formulas in MathML, which needs no script and no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..viz.user_text import escape_xml
from .mathml import MathmlPrinter, mathml_number
from .number_text import six_digits
from .rows import Document, Row

_STYLE = """
.mg-derivation{font:15px/1.5 system-ui,sans-serif;overflow-x:auto}
.mg-derivation table{border-collapse:collapse;margin:.3em 0 .9em}
.mg-derivation th,.mg-derivation td{border:0;padding:.2em .35em;text-align:left;font-weight:400;
background:none;vertical-align:middle;white-space:nowrap}
.mg-derivation math{font-size:17px}
.mg-derivation .note{color:#59616b;font-size:13px;padding-left:1.5em}
.mg-derivation .array td{font:12px/1.5 ui-monospace,monospace;text-align:right;padding:0 .5em}
@media (prefers-color-scheme:dark){.mg-derivation .note{color:#a6aeb8}}
"""
_MOST_CELLS = 6


def html_document(doc: Document, shown: Mapping[str, str]) -> str:
    """The whole derivation, to be put into a page."""
    names = MathmlPrinter(shown=shown)
    numbers = MathmlPrinter(numbers=True, shown=shown)
    parts = [f"<div class='mg-derivation'><style>{_STYLE}</style>"]
    for block in (doc.definitions, *doc.body):
        if block.rows:
            rows = "".join(_row(row, names, numbers) for row in block.rows)
            parts.append(f"<table>{rows}</table>")
        parts += [_array(names.write(symbol), array) for symbol, array in block.values]
    legend = [f"{name} stands for {label}" for name, label in doc.legend.items()]
    parts += [f"<p class='note'>{escape_xml(text)}</p>" for text in (*legend, *doc.remarks)]
    return "\n".join([*parts, "</div>"])


def _row(row: Row, names: MathmlPrinter, numbers: MathmlPrinter) -> str:
    assert row.left is not None
    pieces = []
    if row.formula is not None and row.kind != "product":
        pieces.append(names.write(row.formula))
    result = None if row.result is None else mathml_number(six_digits(row.result))
    if row.numbers and row.formula is not None:
        written = numbers.write(row.formula)
        if written != result and written not in pieces:
            pieces.append(written)
    if result is not None and result not in pieces:
        pieces.append(result)
    right = "<mo>=</mo>".join(pieces)
    shape = "" if row.shape is None or row.result is not None else str(row.shape)
    note = " ".join(filter(None, (shape, row.note)))
    return (
        f"<tr><th scope='row'>{_math(names.write(row.left))}</th>"
        f"<td>{_math('<mo>=</mo>' + right)}</td><td class='note'>{escape_xml(note)}</td></tr>"
    )


def _math(inner: str) -> str:
    return f"<math displaystyle='true'><mrow>{inner}</mrow></math>"


def _array(name: str, array: Any) -> str:
    """The numbers of a matrix; of a large one what they are between."""
    array = np.asarray(array, float)
    if array.ndim > 2 or max(array.shape, default=0) > _MOST_CELLS:
        low, high = (six_digits(f(array)) for f in (np.min, np.max)) if array.size else ("", "")
        text = f"{array.shape}, from {low} to {high}"
        return f"<p>{_math(name)} <span class='note'>{escape_xml(text)}</span></p>"
    rows = array.reshape(1, -1) if array.ndim < 2 else array
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape_xml(six_digits(x))}</td>" for x in row) + "</tr>"
        for row in rows
    )
    return f"<p>{_math(name + '<mo>=</mo>')}</p><table class='array'>{cells}</table>"
