"""Drawing a picture that has been laid out, as SVG.

One look whichever Graphviz placed the cards and whichever fonts it knew. Every attribute stands on
its element: style sheets and ids would meet those of other pictures on the same page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .cards import FONT_SIZE, LINE, ROOT_INSET, Card, Picture, Wire
from .geometry import STACKS, Frame, Rectangle, frame
from .geometry import coordinate as _n
from .layout import Layout, Point
from .palette import Palette, mixed
from .svg_thumbnails import draw_thumbnail
from .user_text import columns, escape_xml

FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
MARGIN = 14.0
_SLANT, _ROUND = 11.0, 20.0
_BAR_HEIGHT = 3.0


def draw_svg(picture: Picture, layout: Layout, palette: Palette | None = None) -> str:
    """The picture as a complete SVG document.

    Parameters
    ----------
    picture : Picture
    layout : Layout
    palette : Palette, optional
        Instead of the picture's own.
    """
    palette = palette or picture.palette
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    said = f"Computation graph with {len(picture.cards)} nodes and {len(picture.wires)} edges"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" role="group" aria-label="{said}" '
        f'font-family="{FONTS}" font-size="{_n(FONT_SIZE)}" fill="{palette.ink}">',
        f'<rect width="{_n(width)}" height="{_n(height)}" rx="6" fill="{palette.page}"/>',
        f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})">',
        '<g fill="none" stroke-width="1.3">',
    ]
    # What was asked for lies above what is not.
    order = sorted(range(len(picture.wires)), key=lambda k: picture.wires[k].mark == "path")
    for k in order:
        lines += _wire(picture, picture.wires[k], layout.paths[k], palette)
    lines.append("</g>")
    for card, centre in zip(picture.cards, layout.centres, strict=True):
        lines += _card(card, centre, frame(card, picture.direction), picture.direction, palette)
    lines += ["</g>", "</svg>"]
    return "\n".join(lines) + "\n"


_BACK = ' opacity="0.35"'
"""Of what is not on the path that was asked for."""


def _wire(picture: Picture, wire: Wire, path: list[Point], palette: Palette) -> Iterator[str]:
    """One edge; where gradients are shown alone, with an arrow to where they go."""
    color = palette.gradient if picture.backward else palette.line
    if wire.mark == "path":
        color = palette.ink
    look = f'stroke="{color}"'
    if picture.backward:
        look += ' stroke-dasharray="5 4"'
    if wire.mark:
        look += ' stroke-width="2.6"' if wire.mark == "path" else _BACK
    yield f'<path d="{_path(path)}" {look}>{_title(wire.tooltip)}</path>'
    if picture.backward and path:
        yield _arrow(picture, path[0], color, _BACK if wire.mark == "off" else "")


def _arrow(picture: Picture, tip: Point, color: str, back: str) -> str:
    """An arrow head at the beginning of an edge: the gradient arrives where the value left."""
    dx, dy = {"LR": (1, 0), "RL": (-1, 0), "TB": (0, 1), "BT": (0, -1)}[picture.direction]
    x, y = tip
    corners = (
        (x, y),
        (x + 8 * dx - 3.5 * dy, y + 8 * dy - 3.5 * dx),
        (x + 8 * dx + 3.5 * dy, y + 8 * dy + 3.5 * dx),
    )
    return f'<path d="M{"L".join(map(_pair, corners))}Z" fill="{color}" stroke="none"{back}/>'


def _card(
    card: Card, centre: Point, parts: Frame, direction: str, palette: Palette
) -> Iterator[str]:
    left, top = centre[0] - parts.width / 2, centre[1] - parts.height / 2
    body = parts.body.moved(left, top)
    yield f'<g role="img"{_BACK if card.mark == "off" else ""}>{_title(card.tooltip)}'
    for layer in range(card.layers, 0, -1):
        out = card.stack / card.layers * layer
        dx, dy = STACKS[direction]
        yield from _outline(card, body.moved(dx * out, dy * out), palette, behind=True)
    if parts.body != parts.badge:
        yield from _outline(card, body, palette)
    if card.flaw:
        yield _hatching(card, body, palette)
    if card.bar is not None:
        yield _bar(card, card.bar, body, palette)
    elif card.zero:
        yield _zero_bar(card, body, palette)
    yield from _text(card, body, parts, top + parts.text_top, palette)
    if parts.badge is not None:
        yield from _badge(card, parts.badge.moved(left, top), palette)
    yield "</g>"


def _outline(card: Card, body: Rectangle, palette: Palette, behind: bool = False) -> Iterator[str]:
    """Shape tells the kind; the root has a double line."""
    if card.kind == "parameter":
        fill, stroke, thick = palette.parameter, palette.ink, 1.8
    else:
        fill, stroke, thick = palette.card, palette.line, 1.3
    if card.is_root:
        stroke, thick = palette.ink, 1.8
    if card.mark == "path":
        stroke, thick = palette.ink, 2.6
    dash = ' stroke-dasharray="4 3"' if card.kind in ("constant", "more") else ""
    if behind:
        fill = mixed(palette.card, palette.line, 0.18)
    paint = f'fill="{fill}" stroke="{stroke}" stroke-width="{thick}"{dash}'
    yield _shape(card, body, paint)
    if card.is_root and not behind:
        yield _shape(card, _inset(body, ROOT_INSET), f'fill="none" stroke="{stroke}"')


def _inset(box: Rectangle, by: float) -> Rectangle:
    return Rectangle(box.x + by, box.y + by, box.width - 2 * by, box.height - 2 * by)


def _shape(card: Card, box: Rectangle, paint: str) -> str:
    if card.kind == "parameter":
        right, bottom, middle = box.x + box.width, box.y + box.height, box.y + box.height / 2
        corners = (
            (box.x + _SLANT, box.y), (right - _SLANT, box.y), (right, middle),
            (right - _SLANT, bottom), (box.x + _SLANT, bottom), (box.x, middle),
        )  # fmt: skip
        return f'<polygon points="{" ".join(map(_pair, corners))}" {paint}/>'
    radius = min(box.height / 2, _ROUND) if card.kind in ("input", "constant", "more") else 6.0
    return (
        f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
        f'height="{_n(box.height)}" rx="{_n(radius)}" {paint}/>'
    )


def _text(card: Card, body: Rectangle, parts: Frame, top: float, palette: Palette) -> Iterator[str]:
    """Names on the left, numbers on the right, where their ends can be compared."""
    color = {
        "name": palette.ink, "note": palette.muted, "shape": palette.muted,
        "value": palette.value, "gradient": palette.gradient,
    }  # fmt: skip
    inset = ROOT_INSET if card.is_root else 0.0
    left, right = body.x + inset + 14.0, body.x + body.width - inset - 11.0
    # A circle on the left or right edge takes some of the lines' room.
    if parts.badge is not None and parts.badge.x < parts.body.x:
        left += 6.0
    elif parts.badge is not None and parts.width > parts.body.width:
        right -= 9.0
    pictures = [thumb for thumb in card.thumbnails if thumb is not None]
    tall = max((thumb.height + 8.0 for thumb in pictures), default=0.0)
    used = 10.0 + LINE * len(card.lines) + tall
    free = body.height - (top - body.y if top > body.y else 0.0) - used
    y = max(top, body.y) + 5.0 + max(free, 0.0) / 2 + 11.5
    for k, line in enumerate(card.lines):
        if not line.text:
            continue
        place = f'y="{_n(y + k * LINE)}"'
        if card.kind == "more":
            place = f'x="{_n(body.x + body.width / 2)}" {place} text-anchor="middle"'
        elif line.role in ("name", "note", "shape"):
            place = f'x="{_n(left)}" {place}'
        else:
            place = f'x="{_n(right)}" {place} text-anchor="end"'
        weight = ' font-weight="bold"' if line.role == "name" else ""
        yield (
            f'<text {place} fill="{color[line.role]}"{weight} xml:space="preserve">'
            f"{escape_xml(line.text)}</text>"
        )

    yield from _pictures(card, left, right, y + LINE * len(card.lines) - 8.0, palette)


def _pictures(card: Card, left: float, right: float, top: float, palette: Palette) -> Iterator[str]:
    """The array on the left, its gradient on the right."""
    value, gradient = card.thumbnails
    if value is not None:
        x = left if gradient is not None else right - value.width
        yield from draw_thumbnail(value, x, top, palette.value, palette)
    if gradient is not None:
        yield from draw_thumbnail(gradient, right - gradient.width, top, palette.gradient, palette)


def _badge(card: Card, box: Rectangle, palette: Palette) -> Iterator[str]:
    """The operation's symbol; where there is nothing else to the card, it also shows the root."""
    alone = card.is_root and not card.lines
    stroke = palette.ink if alone else palette.line
    outlines = [box, _inset(box, 3.0)] if alone else [box]
    for outline in outlines:
        yield (
            f'<rect x="{_n(outline.x)}" y="{_n(outline.y)}" width="{_n(outline.width)}" '
            f'height="{_n(outline.height)}" rx="{_n(outline.height / 2)}" fill="{palette.card}" '
            f'stroke="{stroke}" stroke-width="1.3"/>'
        )
    size = ' font-size="14"' if columns(card.symbol) == 1 else ""
    yield (
        f'<text x="{_n(box.x + box.width / 2)}" y="{_n(box.y + box.height / 2 + 4.3)}" '
        f'text-anchor="middle" font-weight="bold"{size}>{escape_xml(card.symbol)}</text>'
    )


def _bar(card: Card, length: float, body: Rectangle, palette: Palette) -> str:
    """A bar at the foot, from the middle to the right for a positive gradient, else to the left."""
    room = body.width / 2 - (_ROUND if card.kind == "input" else 14.0)
    start = body.x + body.width / 2 + min(length, 0.0) * room
    foot = body.y + body.height - _BAR_HEIGHT - 1.5 - (ROOT_INSET if card.is_root else 0.0)
    return (
        f'<rect x="{_n(start)}" y="{_n(foot)}" '
        f'width="{_n(abs(length) * room)}" height="{_n(_BAR_HEIGHT)}" fill="{palette.gradient}" '
        'fill-opacity="0.7"/>'
    )


def _zero_bar(card: Card, body: Rectangle, palette: Palette) -> str:
    """An empty bar: there is a gradient, and it is zero."""
    room = body.width - 2 * (_ROUND if card.kind == "input" else 14.0)
    foot = body.y + body.height - _BAR_HEIGHT - 1.5 - (ROOT_INSET if card.is_root else 0.0)
    return (
        f'<rect x="{_n(body.x + (body.width - room) / 2)}" y="{_n(foot)}" width="{_n(room)}" '
        f'height="{_n(_BAR_HEIGHT)}" fill="none" stroke="{palette.gradient}" stroke-width="0.8" '
        'stroke-dasharray="3 2"/>'
    )


def _hatching(card: Card, body: Rectangle, palette: Palette) -> str:
    """Slanted lines over a card with a number that is none; corners that are cut off stay free."""
    corner = {"parameter": _SLANT, "input": 7.0, "constant": 7.0}.get(card.kind, 3.0)
    box = Rectangle(body.x + corner, body.y + 3.0, body.width - 2 * corner, body.height - 6.0)
    strokes = []
    reach = 8.0
    while reach < box.width + box.height:
        x0, y0 = min(reach, box.width), max(reach - box.width, 0.0)
        x1, y1 = max(reach - box.height, 0.0), min(reach, box.height)
        strokes.append(f"M{_n(box.x + x0)} {_n(box.y + y0)}L{_n(box.x + x1)} {_n(box.y + y1)}")
        reach += 8.0
    return f'<path d="{"".join(strokes)}" stroke="{palette.line}" stroke-opacity="0.45"/>'


def _path(points: Sequence[Point]) -> str:
    if not points:
        return ""
    curves = _pairs(points[1:])
    return f"M{_pair(points[0])}C{curves}" if curves else f"M{_pair(points[0])}"


def _pairs(points: Iterable[Point]) -> str:
    return " ".join(map(_pair, points))


def _pair(point: Point) -> str:
    return f"{_n(point[0])},{_n(point[1])}"


def _title(text: str) -> str:
    """A tooltip, which is also what a screen reader says."""
    return f"<title>{escape_xml(text)}</title>"
