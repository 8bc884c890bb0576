"""The layout without Graphviz: nothing overlaps, wires go forward, from port to port."""

import itertools
import random
import time

import pytest

import microgradnn as mg
from microgradnn.viz import draw
from microgradnn.viz.geometry import frame
from microgradnn.viz.layered_layout import lay_out_in_layers
from microgradnn.viz.layout import lay_out

pytestmark = pytest.mark.usefixtures("no_wasm")


def random_graph(nodes, seed):
    generator = random.Random(seed)
    sizes = [
        (generator.choice((92.0, 117.0)), generator.choice((54.0, 104.0))) for _ in range(nodes)
    ]
    wires = [(generator.randrange(max(0, k - 12), k), k) for k in range(1, nodes) for _ in range(2)]
    return sizes, wires


def overlaps(sizes, centres):
    boxes = [
        (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        for (x, y), (w, h) in zip(centres, sizes, strict=True)
    ]
    return [
        (a, b)
        for (a, p), (b, q) in itertools.combinations(enumerate(boxes), 2)
        if p[0] < q[2] - 0.01 and q[0] < p[2] - 0.01 and p[1] < q[3] - 0.01 and q[1] < p[3] - 0.01
    ]


@pytest.mark.parametrize("seed", range(6))
def test_no_two_cards_overlap_and_all_lie_inside(seed):
    sizes, wires = random_graph(80, seed)
    width, height, centres, paths = lay_out_in_layers(sizes, wires, 30.0, 10.0)
    assert overlaps(sizes, centres) == []
    for (x, y), (w, h) in zip(centres, sizes, strict=True):
        assert w / 2 - 0.01 <= x <= width - w / 2 + 0.01
        assert h / 2 - 0.01 <= y <= height - h / 2 + 0.01
    for (source, target), path in zip(wires, paths, strict=True):
        (x, y), (x2, y2) = centres[source], centres[target]
        assert path[0] == pytest.approx((x + sizes[source][0] / 2, y))
        assert path[-1] == pytest.approx((x2 - sizes[target][0] / 2, y2))
        assert len(path) % 3 == 1
        assert all(a[0] <= b[0] + 1e-6 for a, b in itertools.pairwise(path)), "a wire turns back"


def test_a_tree_has_no_crossings():
    # A binary tree of 31 nodes given in the worst order.
    wires = [(k, (k - 1) // 2) for k in range(30, 0, -1)]
    *_, paths = lay_out_in_layers([(10.0, 10.0)] * 31, wires, 20.0, 5.0)
    ends = [((p[0][0], p[0][1]), (p[-1][0], p[-1][1])) for p in paths]
    for (a, b), (c, d) in itertools.combinations(ends, 2):
        if a[0] == c[0]:
            assert (a[1] - c[1]) * (b[1] - d[1]) >= 0


def test_a_leaf_stands_right_before_its_first_use():
    # 0 -> 1 -> 2 -> 3, and 4 is used by 3 only.
    centres = lay_out_in_layers([(10.0, 10.0)] * 5, [(0, 1), (1, 2), (2, 3), (4, 3)], 5.0, 5.0)[2]
    assert centres[4][0] == centres[2][0]


def test_nothing_and_one_card():
    assert lay_out_in_layers([], [], 5.0, 5.0) == (0.0, 0.0, [], [])
    assert lay_out_in_layers([(10.0, 6.0)], [], 5.0, 5.0) == (10.0, 6.0, [(5.0, 3.0)], [])


def test_wires_that_double_are_two_paths(s2d):
    a = mg.Value(2.0, label="a")
    assert len(lay_out(draw(a * a)._picture).paths) == 2


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_in_every_direction_wires_begin_and_end_on_cards(direction, s2d):
    picture = draw(s2d()[0], rankdir=direction)._picture
    layout = lay_out(picture)
    axis, sign = {"LR": (0, 1), "RL": (0, -1), "TB": (1, 1), "BT": (1, -1)}[direction]
    for wire, path in zip(picture.wires, layout.paths, strict=True):
        for place, end, way in ((wire.source, path[0], sign), (wire.target, path[-1], -sign)):
            box = frame(picture.cards[place], direction)
            port = list(layout.centres[place])
            port[axis] += way * (box.width, box.height)[axis] / 2
            assert end == pytest.approx(port)


def test_a_thousand_cards_take_no_minute():
    sizes, wires = random_graph(1000, 1)
    start = time.perf_counter()
    lay_out_in_layers(sizes, wires, 30.0, 10.0)
    took = time.perf_counter() - start
    print(f"1000 cards laid out in {took:.2f} s")
    assert took < 60
