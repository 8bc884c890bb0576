"""``draw``: options, limits, and programs written for micrograd's lecture."""

import time

import graphviz
import pytest

import microgradnn as mg
from microgradnn import viz
from microgradnn.viz import draw


def test_draw_is_reachable_as_users_write_it():
    assert mg.viz.draw is draw is viz.draw


def names_of(drawing):
    return [card.lines[0].text for card in drawing._picture.cards if card.lines]


def test_a_chain_of_ten_thousand_folds_and_does_not_hang():
    x = mg.Value(1.0, label="x")
    for _ in range(9_999):
        x = x.tanh()
    start = time.perf_counter()
    drawing = draw(x)
    drawing.pipe("svg")
    assert time.perf_counter() - start < 5
    assert names_of(drawing) == ["x", "tanh × 9,999"]


def test_a_long_chain_of_tensors_folds_too():
    x = mg.tensor([1.0], requires_grad=True)
    for _ in range(2_000):
        x = x.tanh()
    assert "tanh × 2,000" in names_of(draw(x))


def test_the_limit_can_be_moved():
    a = mg.Value(1.0)
    assert len(draw(a.tanh().exp(), max_nodes=1)._picture.cards) == 2  # and "and 1 more"
    x = mg.Value(1.0)
    for _ in range(2_500):
        x = x.tanh()
    assert len(draw(x, max_nodes=2_501)._picture.cards) == 2_501


def test_edges_that_cross_everything_are_folded_too():
    w = h = mg.Value(1.0, label="w")
    for _ in range(400):
        h = h * w  # Graphviz does not finish this one in half a minute
    assert names_of(draw(h, max_nodes=2_000)) == ["w", "mul × 400"]


def test_a_graph_near_that_limit_is_laid_out_in_time():
    w = h = mg.Value(1.0, label="w")
    for _ in range(180):
        h = h * w
    picture = draw(h, max_nodes=200)
    start = time.perf_counter()
    picture.pipe("svg")
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"rankdir": "XY"}, ValueError, r"rankdir='XY'; there are 'LR', 'TB', 'RL' and 'BT'"),
        ({"precision": 0}, ValueError, r"precision=0: at least 1, at most 17"),
        ({"precision": 18}, ValueError, r"precision=18: at least 1, at most 17"),
        ({"precision": 2.5}, TypeError, r"precision is an integer, got float"),
        ({"max_nodes": 0}, ValueError, r"max_nodes=0: at least 1$"),
        ({"max_nodes": True}, TypeError, r"max_nodes is an integer, got bool"),
        ({"format": 3}, TypeError, r"format is a string such as 'svg', got int"),
    ],
)
def test_wrong_options_are_named(options, error, message):
    with pytest.raises(error, match=message):
        draw(mg.Value(1.0), **options)


def test_names_may_be_a_whole_namespace(cards_of):
    a = mg.Value(2.0)
    weights = [mg.Value(3.0), mg.Value(4.0)]
    total = weights[0] * a + weights[1]
    shown = [texts[0] for _, texts in cards_of(draw(total, names=locals()).pipe("svg"))]
    assert shown == ["a", "weights[0]", "weights[1]", "6", "total"]


def test_format_and_direction_stand_where_the_lectures_draw_dot_has_them():
    drawing = draw(mg.Value(1.0).tanh(), "png", "TB")
    assert drawing.format == "png"
    assert "rankdir=TB" in drawing.source


def test_the_lectures_own_drawing_code_runs_on_our_values():
    a, b = mg.Value(2.0, label="a"), mg.Value(-3.0, label="b")
    out = a * b + a
    out.backward()

    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(out)
    dot = graphviz.Digraph(format="svg", graph_attr={"rankdir": "LR"})
    for n in nodes:
        label = f"{{ {n.label} | data {n.data:.4f} | grad {n.grad:.4f} }}"
        dot.node(name=str(id(n)), label=label, shape="record")
        if n._op:
            dot.node(name=str(id(n)) + n._op, label=n._op)
            dot.edge(str(id(n)) + n._op, str(id(n)))
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)
    assert "{ a | data 2.0000 | grad -2.0000 }" in dot.source
    assert (len(nodes), len(edges)) == (4, 4)
