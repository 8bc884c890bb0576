"""The file itself: a template filled with the page's style, scripts and data."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from ..number_text import format_exactly, format_number
from ..user_text import escape_xml
from .data import PageData, as_json
from .recording import Entry
from .squeezing import squeeze_script, squeeze_style

SCRIPTS = (
    "graph.js", "numbers.js", "steps.js", "formulas.js", "heatmap.js", "cards.js", "scenes.js",
    "camera.js", "panel.js", "tracing.js", "sliders.js", "controls.js", "main.js",
)  # fmt: skip
"""In this order: each uses what is above it."""
_ROWS = 300
"""Rows of the table that is there without JavaScript."""


def fill(entries: Sequence[Entry], data: PageData, theme: str) -> str:
    """The page as HTML.

    Parameters
    ----------
    entries : sequence of Entry
    data : PageData
    theme : {"auto", "light", "dark"}
    """
    script = (
        f'(function(){{"use strict";\nconst ARITHMETIC={data.arithmetic};\n{_program()}\n}})();'
    )
    style = squeeze_style(_read("page.css"))
    parts = {
        "title": escape_xml(data.object["title"]),
        "policy": f"default-src 'none'; img-src data:; style-src {_hash(style)}; "
        f"script-src {_hash(script)}",
        "theme": theme,
        "style": style,
        "table": _table(entries, data.symbols),
        "data": as_json(data.object),
        "script": script,
    }
    # One pass: what is put in is not searched for further markers.
    return re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], _read("page.html").replace("\n<", "<"))


def framed(page: str, height: int = 760) -> str:
    """The page inside a notebook: a window of its own, so that two do not share keys."""
    return (
        f'<iframe srcdoc="{html.escape(page)}" sandbox="allow-scripts allow-modals" '
        f'title="Computation graph, step by step" style="width:100%;height:{height}px;border:0">'
        "</iframe>"
    )


def _read(name: str) -> str:
    return (resources.files(__package__) / "page" / name).read_text(encoding="utf-8")


@cache
def _program() -> str:
    """All scripts in one."""
    return squeeze_script("\n".join(map(_read, SCRIPTS)))


def _hash(text: str) -> str:
    """How a content security policy allows one script and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _table(entries: Sequence[Entry], symbols: Sequence[str]) -> str:
    """Every node with its rule, value and gradient, for readers without scripts."""
    rows: list[str] = []
    for entry, symbol in zip(entries, symbols, strict=True):
        if len(entries) > _ROWS and not entry.name and not entry.is_root:
            continue
        if len(rows) >= _ROWS:
            break
        rule: str = entry.kind
        if entry.operation is not None:
            operands = ", ".join(symbols[a] for a in entry.args)
            rule = f"{entry.operation.prim.name}({operands})"
        cells = [symbol, rule, _cell(entry.value), _cell(entry.gradient)]
        rows.append("<tr><td>" + "<td>".join(map(escape_xml, cells)))
    return "\n".join(rows)


def _cell(value: object) -> str:
    if value is None or isinstance(value, tuple):
        return ""
    size = getattr(value, "size", 1)
    if size == 1:
        return format_exactly(value.item() if hasattr(value, "item") else value)
    shape = tuple(getattr(value, "shape", ()))
    if size == 0:
        return f"{shape}"
    low, high = value.min().item(), value.max().item()  # type: ignore[attr-defined]
    return f"{shape}, {format_number(low)} … {format_number(high)}"
