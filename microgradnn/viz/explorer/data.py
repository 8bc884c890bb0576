"""What the page is given: one object of parallel arrays, and the arithmetic of its operations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...derive.tracing import NoFormula
from ..user_text import clean, one_line
from .folding import fold
from .formulas import array_formulas, scalar_formulas
from .javascript import backward_javascript, forward_javascript
from .placing import Box, badge_width, box_of, is_array, place, printed_symbol
from .recording import Entry
from .symbols import name_entries
from .thumbnails import LARGEST, summarise

FORMAT = 1
UNFOLDED = 150
"""The most cards that are shown at once; of more, groups and neighbourhoods are."""
_SAME = "="
"""Stands for a contribution that is all that arrives: the operand's gradient."""
_SMALL = 8
"""Cells along a side of heat maps in big graphs."""


@dataclass(frozen=True)
class PageData:
    """The page's own data.

    Attributes
    ----------
    object : dict
        For JSON; see ``page/graph.js`` for what reads it.
    arithmetic : str
        The JavaScript of the operations: an array of ``[forward, backward]`` or ``null``.
    symbols : list of str
        The short name of each node.
    """

    object: dict[str, Any]
    arithmetic: str
    symbols: list[str]


def collect(entries: Sequence[Entry], title: str, version: str, scalar: bool) -> PageData:
    """The data of a page.

    Parameters
    ----------
    entries : sequence of Entry
    title, version : str
    scalar : bool
        Whether this is a graph of Values, which the page can compute again.
    """
    symbols = name_entries(list(entries))
    ops, places, arithmetic = _operations(entries, scalar)
    known = [bool(arithmetic[k]) if k >= 0 else True for k in places]
    nodes = _nodes(entries, symbols, places, known)
    data: dict[str, Any] = {
        "v": FORMAT,
        "engine": version,
        "title": one_line(title),
        "root": next(k for k, entry in enumerate(entries) if entry.is_root),
        "scalar": scalar,
        "ops": ops,
        "nodes": nodes,
    }
    uses = Counter(k for entry in entries for k in entry.args)
    if len(entries) <= UNFOLDED:
        boxes = [
            box_of(e, s, uses[k]) for k, (e, s) in enumerate(zip(entries, symbols, strict=True))
        ]
        wires = [(source, k) for k, entry in enumerate(entries) for source in entry.args]
        placement = place(boxes, wires)
        data["bb"] = [placement.width, placement.height]
        nodes["box"] = placement.bodies
        data["paths"] = placement.paths
    else:
        data |= _folded(entries)
    lines = ",\n".join(f"[{a[0]},{a[1]}]" if a else "null" for a in arithmetic)
    return PageData(data, f"[{lines}]", symbols)


def as_json(data: Any) -> str:
    """JSON that can stand inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _operations(
    entries: Sequence[Entry], scalar: bool
) -> tuple[list[dict[str, Any]], list[int], list[tuple[str, str] | None]]:
    """The distinct operations, which of them each entry is (-1: none), their JavaScript."""
    ops: list[dict[str, Any]] = []
    arithmetic: list[tuple[str, str] | None] = []
    found: dict[Any, int] = {}
    places = []
    for entry in entries:
        operation = entry.operation
        if operation is None:
            places.append(-1)
            continue
        key = operation.key if scalar else id(entry)
        if key not in found:
            forward, locals_ = (
                scalar_formulas(operation) if scalar else array_formulas(entry, entries)
            )
            symbol = printed_symbol(operation.symbol)
            record = {
                "n": one_line(operation.prim.name),
                "s": symbol,
                "b": round(badge_width(symbol)),
                "f": forward,
                "l": locals_,
                "c": int(operation.links > 1),
            }
            source = _javascript(entry) if scalar else None
            if not scalar and record in ops:
                found[key] = ops.index(record)
            else:
                found[key] = len(ops)
                ops.append(record)
                arithmetic.append(source)
        places.append(found[key])
    return ops, places, arithmetic


def _javascript(entry: Entry) -> tuple[str, str] | None:
    """Forward and backward; None if the page can't compute this operation.

    A card that stands for several applications in a row has the source of one.
    """
    operation = entry.operation
    assert operation is not None
    arity = 2 if operation.links > 1 else operation.arity
    try:
        return (
            forward_javascript(operation.prim, operation.params, arity),
            backward_javascript(operation.prim, operation.params, arity),
        )
    except NoFormula:
        return None


def _nodes(
    entries: Sequence[Entry], symbols: Sequence[str], places: Sequence[int], known: Sequence[bool]
) -> dict[str, Any]:
    """One array per property; those that few nodes have are mappings by position."""
    largest = LARGEST if len(entries) <= UNFOLDED else _SMALL
    letters = {"parameter": "p", "input": "i", "constant": "c", "operation": "o", "output": "r"}
    nodes: dict[str, Any] = {
        "kind": "".join(letters[entry.kind] for entry in entries),
        "op": list(places),
        "args": [list(entry.args) for entry in entries],
        "sym": list(symbols),
        "v": [None if isinstance(e.value, tuple) else _known(e.value, largest) for e in entries],
        "g": [_known(entry.gradient, largest) for entry in entries],
    }
    full = {
        k: clean(entry.name)
        for k, (entry, symbol) in enumerate(zip(entries, symbols, strict=True))
        if entry.name and entry.name != symbol
    }
    about = {k: text for k, entry in enumerate(entries) if (text := _about(entry))}
    uses = Counter(a for entry in entries for a in entry.args)
    given = {
        k: [
            _SAME if c is not None and uses[a] == 1 and is_array(entries[a]) else _known(c, largest)
            for a, c in zip(entry.args, entry.contributions, strict=True)
        ]
        for k, entry in enumerate(entries)
        if entry.contributions is not None and not known[k]
    }
    sums = _partial_sums(entries, largest) if any(map(is_array, entries)) else {}
    unwanted = [
        k for k, entry in enumerate(entries) if not entry.wants_gradient and entry.kind != "output"
    ]
    slots = {
        k: list(e.slots) for k, e in enumerate(entries) if e.slots != tuple(range(len(e.args)))
    }
    extra = {
        "name": full, "about": about, "given": given, "sums": sums, "quiet": unwanted,
        "slots": slots, "named": "".join("01"[bool(entry.name)] for entry in entries),
    }  # fmt: skip
    nodes |= {name: value for name, value in extra.items() if value}
    return nodes


def _known(value: Any, largest: int) -> Any:
    return None if value is None else summarise(value, largest)


def _about(entry: Entry) -> str:
    """What else there is to say: settings, module, the user's line (its file's name only)."""
    line = entry.line.rpartition("/")[2].rpartition("\\")[2] if entry.line else ""
    if entry.line and ": " in entry.line:
        path, _, source = entry.line.partition(": ")
        line = path.replace("\\", "/").rpartition("/")[2] + ": " + source
    said = [entry.settings, f"in module {entry.module}" if entry.module else "", line]
    return one_line("; ".join(part for part in said if part))


def _partial_sums(entries: Sequence[Entry], largest: int) -> dict[int, list[Any]]:
    """For arrays where paths meet: the gradient after each contribution, in the page's order."""
    arrived: dict[int, list[Any]] = {}
    for entry in reversed(entries):
        for place_, c in zip(entry.args, entry.contributions or (), strict=False):
            if c is not None:
                before = arrived.setdefault(place_, [])
                before.append(c if not before else before[-1] + c)
    return {
        place_: [summarise(total, largest) for total in totals]
        for place_, totals in arrived.items()
        if len(totals) > 1
    }


def _folded(entries: Sequence[Entry]) -> dict[str, Any]:
    """Groups, placed, with the edges between them."""
    groups = fold(entries)
    group_of = {k: j for j, group in enumerate(groups) for k in group.members}
    wires = sorted(
        {
            (group_of[source], group_of[k])
            for k, entry in enumerate(entries)
            for source in entry.args
            if group_of[source] != group_of[k] and not _is_aside(entries[source])
        }
    )
    placement = place([Box(150.0, 50.0) for _ in groups], wires)
    return {
        "bb": [placement.width, placement.height],
        "groups": [one_line(group.name) for group in groups],
        "group": [group_of[k] for k in range(len(entries))],
        "gbox": placement.bodies,
        "wires": [list(wire) for wire in wires],
        "paths": placement.paths,
    }


def _is_aside(entry: Entry) -> bool:
    """Whether this is a number or array that nobody named or differentiates by.

    A mask that all blocks share would tie the first to each.
    """
    return not (entry.args or entry.name or entry.wants_gradient)
