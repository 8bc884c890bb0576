"""What a card says: numbers and arrays in one line, and everything in full in the tooltip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from .number_text import MINUS, format_exactly, format_number
from .records import NodeRecord
from .user_text import one_line

_LISTED, _LIST_COLUMNS = 4, 24
"""One-dimensional arrays up to this length are shown element by element, if they fit."""
_IN_TOOLTIP = 64


@dataclass(frozen=True)
class Style:
    """The user's choices of what cards show."""

    show_values: bool = True
    show_grads: bool = True
    precision: int = 4
    show_saved: bool = False
    show_arrays: bool = True


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape, as NumPy prints it."""
    return str(shape) if len(shape) > 1 else f"({shape[0]},)" if shape else "()"


def summarise(data: Any, digits: int) -> str:
    """One line that says most about a number or an array."""
    if not isinstance(data, np.ndarray):
        return format_number(data, digits)
    if data.size == 1:
        return format_number(data.item(), digits)
    if data.size == 0:
        return "no elements"
    if data.dtype.kind == "b":
        return f"{int(data.sum())} of {data.size} true"
    if data.ndim == 1 and data.size <= _LISTED:
        listed = "[" + ", ".join(format_number(x.item(), digits) for x in data) + "]"
        if len(listed) <= _LIST_COLUMNS:
            return listed
    counts = int(np.isnan(data).sum()), int(np.isinf(data).sum())
    broken = [f"{n} {word}" for n, word in zip(counts, ("NaN", "Inf"), strict=True) if n]
    if len(broken) == 1:
        return f"{sum(counts)} of {data.size} {broken[0].split()[1]}"
    if broken:
        return f"{', '.join(broken)} of {data.size}"
    low, high = format_number(data.min().item(), digits), format_number(data.max().item(), digits)
    return f"all {low}" if low == high else f"{low} … {high}"


def is_listed(data: Any, digits: int) -> bool:
    """Whether `summarise` has every number in it."""
    return summarise(data, digits).startswith("[")


def flaw(node: NodeRecord, style: Style) -> str:
    """What is no number on the card: ``NaN``, else ``Inf``, else nothing."""
    shown = (node.value if style.show_values else None, node.gradient if style.show_grads else None)
    flaws = [_flaw_in(data) for data in shown if data is not None]
    return "NaN" if "NaN" in flaws else "Inf" if "Inf" in flaws else ""


def _flaw_in(data: Any) -> str:
    """``NaN`` or ``Inf`` if there is one."""
    if isinstance(data, int):  # of any size: NumPy would refuse 10**400
        return ""
    if np.isnan(data).any():
        return "NaN"
    return "Inf" if np.isinf(data).any() else ""


def short_count(number: int) -> str:
    """A number of parameters.

    Examples
    --------
    >>> short_count(17), short_count(7_087_872)
    ('17', '7.09M')
    """
    for limit, unit in ((1e9, "G"), (1e6, "M")):
        if number >= limit:
            return f"{number / limit:.3g}{unit}"
    return f"{number:,}"


def called(node: NodeRecord) -> str:
    """What to call a node in a sentence."""
    return one_line(node.name) or node.operation or node.kind


def tooltip(node: NodeRecord, style: Style) -> str:
    """Everything about a node, in full."""
    name = one_line(node.name)
    lines = [name] if name else []
    if node.operation:
        formula = f": {node.mathematics}" if node.mathematics else ""
        lines.append(one_line(f"{node.operation}{formula}"))
        if node.settings:
            lines.append(one_line(node.settings))
    elif node.kind != "more":
        lines.append(node.note or node.kind)
    if node.kind == "group":
        lines.append(f"{node.operations:,} operations, {node.parameters:,} parameters inside")
    if node.shape is not None:
        lines.append(f"shape {shape_text(node.shape)}, {node.dtype}")
    if style.show_values and node.value is not None:
        lines.append("value " + _in_full(node.value))
    if style.show_grads and node.gradient is not None:
        lines.append("gradient " + _in_full(node.gradient))
    if node.saved:
        lines.append(f"the backward pass reads {', '.join(node.saved)}")
    if node.module:
        lines.append(one_line(f"in module {node.module}"))
    if node.line:
        # Only the file's name: pictures are shown to people whom folders do not concern.
        lines.append(one_line("at " + re.sub(r"^.*[/\\](?=[^/\\]*:\d+: )", "", node.line)))
    return "\n".join(lines)


def _in_full(data: Any) -> str:
    """A number with all its digits; a small array element by element, a big one by statistics."""
    if not isinstance(data, np.ndarray):
        return format_exactly(data)
    if data.size == 1:
        return format_exactly(data.reshape(())[()])
    if data.size <= _IN_TOOLTIP:
        text = np.array2string(data, precision=8, separator=", ", max_line_width=72)
        return text.replace("-", MINUS)
    if data.dtype.kind == "b" or not np.isfinite(data).all():
        return summarise(data, 8)
    names = ("smallest", data.min()), ("largest", data.max()), ("mean", data.mean(dtype=float))
    return ", ".join(f"{name} {format_number(x, 6)}" for name, x in names)
