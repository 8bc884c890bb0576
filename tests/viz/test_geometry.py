"""Where the parts of a card lie."""

import pytest

from microgradnn.viz.cards import BADGE, Style, make_cards
from microgradnn.viz.geometry import STACKS, frame
from microgradnn.viz.reading import GraphRecord, NodeRecord


def card(symbol, value=1.0):
    node = NodeRecord("operation", name="h", operation="op", symbol=symbol, value=value)
    return make_cards(GraphRecord([node]), Style())[0]


@pytest.mark.parametrize("symbol", ["+", "log_softmax"])
@pytest.mark.parametrize(
    ("direction", "middle_of_edge"),
    [
        ("LR", lambda b: (b.x, b.y + b.height / 2)),
        ("RL", lambda b: (b.x + b.width, b.y + b.height / 2)),
        ("TB", lambda b: (b.x + b.width / 2, b.y)),
        ("BT", lambda b: (b.x + b.width / 2, b.y + b.height)),
    ],
)
def test_the_symbol_sits_on_the_edge_where_operands_arrive(direction, middle_of_edge, symbol):
    parts = frame(card(symbol), direction)
    x, y = middle_of_edge(parts.body)
    badge = parts.badge
    assert badge.x <= x <= badge.x + badge.width
    assert badge.y <= y <= badge.y + badge.height
    # Half a circle lies on the body, whatever the symbol's length; the rest is outside.
    box = (0.0, 0.0, parts.width, parts.height)
    for part in (parts.body, badge):
        assert part.x >= box[0]
        assert part.y >= box[1]
        assert part.x + part.width <= box[2] + 1e-9
        assert part.y + part.height <= box[3] + 1e-9
    if direction == "LR":
        assert badge.x + badge.width - parts.body.x == BADGE / 2
    if direction == "TB":
        assert badge.y + badge.height - parts.body.y == BADGE / 2


def test_a_card_without_a_symbol_is_its_body():
    (leaf,) = make_cards(GraphRecord([NodeRecord("input", name="x", value=1.0)]), Style())
    parts = frame(leaf, "LR")
    assert parts.badge is None
    assert (parts.width, parts.height) == (leaf.width, leaf.height)


def test_a_bare_symbol_is_its_circle():
    (bare,) = make_cards(GraphRecord([NodeRecord("operation", symbol="+")]), Style(False, False))
    parts = frame(bare, "LR")
    assert parts.body == parts.badge
    assert (parts.width, parts.height) == (BADGE, BADGE)


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_boxes_have_even_sizes(direction):
    # With odd ones Graphviz is slower by a factor that grows with the graph.
    for symbol in ("", "+", "tanh", "log_softmax"):
        for value in (1.0, -123.456, None):
            for is_root in (True, False):
                node = NodeRecord("operation", is_root, symbol=symbol, value=value, name="h" * 9)
                (drawn,) = make_cards(GraphRecord([node]), Style())
                box = frame(drawn, direction)
                assert (box.width % 2, box.height % 2) == (0, 0)


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_a_stack_has_room_behind_it_and_its_ports_in_the_middle(direction):
    plain, stacked = make_cards(
        GraphRecord(
            [
                NodeRecord("group", name="name", symbol="+"),
                NodeRecord("group", name="name", symbol="+", count=12),
            ]
        ),
        Style(),
    )
    assert (plain.layers, stacked.layers) == (1, 2)
    parts = frame(stacked, direction)
    dx, dy = STACKS[direction]
    behind = parts.body.moved(dx * stacked.stack, dy * stacked.stack)
    assert behind.x >= 0
    assert behind.y >= 0
    assert behind.x + behind.width <= parts.width
    assert behind.y + behind.height <= parts.height
    badge = parts.badge
    if direction in ("LR", "RL"):
        assert badge.y + badge.height / 2 == parts.height / 2
    else:
        assert badge.x + badge.width / 2 == parts.width / 2
