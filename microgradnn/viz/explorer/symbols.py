"""Short, unique names for every card: the user's where there are any, else made from formulas."""

from __future__ import annotations

import re
from collections import Counter

from ..cards import typeset
from ..number_text import format_number
from ..user_text import columns, one_line, shorten
from .recording import Entry

LONGEST = 12
"""Columns of a name in cards and formulas; longer ones are shortened, the tooltip has them."""

_JOINING = ("*", "/", "-")
_PRIME = "\N{PRIME}"
"""Tells apart what would have the same name."""


def name_entries(entries: list[Entry]) -> list[str]:
    """One symbol for each entry; no two are equal."""
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    chosen: list[str] = []
    for entry in entries:  # names of the user's come first
        name = stem = _short(one_line(entry.name), LONGEST)
        while name in taken:
            counts[stem] += 1
            name = _short(one_line(entry.name), LONGEST - 3) + f"{_PRIME}{counts[stem] + 1}"
        chosen.append(name)
        taken.add(name or " ")
    for k, entry in enumerate(entries):
        if not chosen[k]:
            chosen[k] = _unique(_stem(entry, chosen), counts, taken)
            taken.add(chosen[k])
    return chosen


def _short(name: str, width: int) -> str:
    """A name that fits; of a path, ``encoder.0.weight``, as much of the end as fits.

    Examples
    --------
    >>> _short("encoder.0.weight", 12), _short("y_predicted_again", 12)
    ('0.weight', 'y_pred…again')
    """
    while columns(name) > width and "." in name[:-1]:
        name = name.partition(".")[2]
    return shorten(name, width)


def _unique(stem: str, counts: Counter[str], taken: set[str]) -> str:
    """``sum`` becomes ``sum1``, ``sum2``; a formula stays as it is the first time."""
    is_word = re.fullmatch(r"[^\W\d]\w*", stem) is not None
    if not is_word and stem not in taken:
        return stem
    while True:
        counts[stem] += 1
        mark = "" if is_word else _PRIME
        name = f"{stem}{mark}{counts[stem] + (mark != '')}"
        if name not in taken:
            return name


def _stem(entry: Entry, chosen: list[str]) -> str:
    if entry.kind == "constant":
        return _number(entry)
    if entry.operation is None:
        return "w" if entry.kind == "parameter" else "x"
    operation = entry.operation
    symbol = operation.symbol
    if operation.links > 1 or symbol == "+":
        return "sum"
    if symbol in _JOINING and len(entry.args) == 2:
        parts = [chosen[k] for k in entry.args]
        joint = f"{parts[0]}{'·' if symbol == '*' else typeset(symbol)}{parts[1]}"
        if all(map(_is_atom, parts)) and columns(joint) <= 8:
            return joint
    return re.sub(r"\W", "", str(operation.prim.name)) or "step"


def _is_atom(name: str) -> bool:
    """Whether a name reads as one thing inside a product."""
    return re.fullmatch(r"\w+|\d+\.\d+", name) is not None


def _number(entry: Entry) -> str:
    """A constant is called by its number."""
    value = entry.value
    if value is None or getattr(value, "size", 1) != 1:
        return "const"
    return format_number(value.item() if hasattr(value, "item") else value)
