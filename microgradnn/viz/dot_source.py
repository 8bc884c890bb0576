"""Cards written in DOT: a complete picture for any Graphviz, or only boxes to be placed.

Both forms have the same nodes, edges and sizes. The complete one is what ``.source`` gives and
``.save()`` writes, with plain labels (HTML labels are missing from some builds of Graphviz, record
labels turn with the direction). The bare one carries no text of the user's: our own drawing is put
onto its layout.
"""

from __future__ import annotations

from collections.abc import Iterator

from .cards import Card, Picture
from .geometry import ENTERS, LEAVES, frame
from .palette import LIGHT
from .user_text import quote_dot

_SHAPES = {
    "parameter": "shape=hexagon style=filled penwidth=1.8 fontsize=10",
    "input": 'shape=box style="rounded,filled"',
    "constant": 'shape=box style="rounded,filled,dashed"',
    "operation": 'shape=box style="filled"',
    "output": 'shape=box style="filled"',
    "group": 'shape=box3d style="filled"',
    "more": 'shape=plaintext style=""',
}


def graph_attributes(picture: Picture) -> dict[str, str]:
    """What holds for the whole graph."""
    across = picture.direction in ("LR", "RL")
    attributes = {
        "rankdir": picture.direction,
        "nodesep": "0.15" if across else "0.25",
        "ranksep": f"{picture.rank_gap:g}",
    }
    if picture.palette is not LIGHT:
        attributes["bgcolor"] = picture.palette.page
    if picture.hurry:
        # Bounds Graphviz's search for short edges and few crossings, which else takes minutes.
        attributes |= {"nslimit": "0.1", "mclimit": "0.1"}
    return attributes


def node_attributes(picture: Picture) -> dict[str, str]:
    """What holds for every node."""
    palette = picture.palette
    return {
        "fixedsize": "true",
        "fontname": "monospace",
        "fontsize": "12",
        "fontcolor": palette.ink,
        "color": palette.line,
        "fillcolor": palette.card,
    }


def edge_attributes(picture: Picture) -> dict[str, str]:
    """What holds for every edge."""
    color = picture.palette.gradient if picture.backward else picture.palette.line
    attributes = _ports(picture) | {"color": color, "arrowsize": "0.6"}
    return attributes | ({"dir": "back", "style": "dashed"} if picture.backward else {})


def _ports(picture: Picture) -> dict[str, str]:
    return {"tailport": LEAVES[picture.direction], "headport": ENTERS[picture.direction]}


def complete_body(picture: Picture) -> list[str]:
    """The statements of the complete picture, one a line."""
    body, palette = [], picture.palette
    for k, card in enumerate(picture.cards):
        lines = [line.text for line in card.lines]
        if card.symbol:
            lines[:1] = [" ".join((f"({card.symbol})", *lines[:1]))]
        look = _SHAPES[card.kind]
        if card.kind == "parameter":
            look += f' color="{palette.ink}" fillcolor="{palette.parameter}"'
        if card.mark == "path":
            look += f' color="{palette.ink}" penwidth=2.4'
        if card.is_root:
            look += f' color="{palette.ink}" peripheries=2'
        body.append(
            f"\tn{k} [label={quote_dot(chr(10).join(lines))} tooltip={quote_dot(card.tooltip)} "
            f"{_size(card, picture.direction)} {look}]\n"
        )
    return body + [
        f"\tn{wire.source} -> n{wire.target} [tooltip={quote_dot(wire.tooltip)}]\n"
        for wire in picture.wires
    ]


def bare_source(picture: Picture) -> str:
    """A DOT graph of empty boxes, with the number of each edge in its attribute ``k``."""
    return "".join(_bare_lines(picture))


def _bare_lines(picture: Picture) -> Iterator[str]:
    yield "digraph {\n"
    yield f"\tgraph [{_list(graph_attributes(picture))}]\n"
    yield '\tnode [shape=box fixedsize=true label=""]\n'
    yield f"\tedge [{_list(_ports(picture))} arrowhead=none]\n"
    for k, card in enumerate(picture.cards):
        yield f"\tn{k} [{_size(card, picture.direction)}]\n"
    for k, wire in enumerate(picture.wires):
        yield f"\tn{wire.source} -> n{wire.target} [k={k}]\n"
    yield "}\n"


def _size(card: Card, direction: str) -> str:
    box = frame(card, direction)
    return f"width={box.width / 72:.4f} height={box.height / 72:.4f}"


def _list(attributes: dict[str, str]) -> str:
    return " ".join(f"{name}={quote_dot(value)}" for name, value in attributes.items())
