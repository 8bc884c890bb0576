"""Positions: inside the picture, y downwards, edges from port to port."""

import pytest

import microgradnn as mg
from microgradnn.viz import draw
from microgradnn.viz.geometry import frame
from microgradnn.viz.layout import lay_out


def picture(direction="LR"):
    a, b = mg.Value(2.0, label="a"), mg.Value(3.0, label="b")
    out = (a * b + a).tanh()
    out.label = "out"
    return draw(out, rankdir=direction)._picture


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_results_lie_in_the_direction_asked_for(direction):
    shown = picture(direction)
    layout = lay_out(shown)
    axis, sign = {"LR": (0, 1), "RL": (0, -1), "TB": (1, 1), "BT": (1, -1)}[direction]
    for wire in shown.wires:
        assert sign * layout.centres[wire.source][axis] < sign * layout.centres[wire.target][axis]


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_wires_begin_and_end_exactly_on_the_edges_of_cards(direction):
    shown = picture(direction)
    layout = lay_out(shown)
    axis, sign = {"LR": (0, 1), "RL": (0, -1), "TB": (1, 1), "BT": (1, -1)}[direction]
    for wire, path in zip(shown.wires, layout.paths, strict=True):
        for place, end, way in ((wire.source, path[0], sign), (wire.target, path[-1], -sign)):
            box = frame(shown.cards[place], direction)
            half = (box.width, box.height)[axis] / 2
            port = list(layout.centres[place])
            port[axis] += way * half
            assert end == pytest.approx(port)
        assert len(path) % 3 == 1  # a start, then cubic curves


def test_everything_lies_inside():
    shown = picture()
    layout = lay_out(shown)
    for card, (x, y) in zip(shown.cards, layout.centres, strict=True):
        box = frame(card, "LR")
        assert box.width / 2 - 0.6 <= x <= layout.width - box.width / 2 + 0.6
        assert box.height / 2 - 0.6 <= y <= layout.height - box.height / 2 + 0.6


def test_a_graph_of_one_node_has_a_layout():
    layout = lay_out(draw(mg.Value(1.0))._picture)
    assert len(layout.centres) == 1
    assert layout.paths == []
