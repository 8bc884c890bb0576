"""Folding: which boxes there are, what they hold, and that they can be opened again."""

import time

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import nn
from microgradnn.viz import draw
from microgradnn.viz.folding import fold
from microgradnn.viz.naming import Names
from microgradnn.viz.reading import read_graph

from .networks import gpt, samples, unrolled


def folded(root, depth=None, expand=(), max_cards=150, names=None):
    return fold(read_graph(root, Names(names), None), depth, expand, max_cards)


def called(node):
    return " | ".join(filter(None, (node.name or node.operation, node.note)))


def structure(graph):
    """Every edge of a folded graph, by what its ends are called."""
    names = [called(node) for node in graph.nodes]
    return [(names[e.source], names[e.target]) for e in graph.edges]


def test_a_gpt_of_twelve_blocks_is_a_handful_of_boxes():
    loss = gpt(12)
    graph = folded(loss)
    assert structure(graph)[:8] == [
        ("wte.weight", "wte"),
        ("wte", "add"),
        ("wpe | Embedding", "add"),
        ("add", "blocks.0 … blocks.11 | Block × 12"),
        ("blocks.0 … blocks.11 | Block × 12", "ln_f | LayerNorm"),
        ("ln_f | LayerNorm", "lm_head"),
        ("wte.weight", "lm_head"),
        ("lm_head", "reshape"),
    ]
    blocks = next(node for node in graph.nodes if node.count == 12)
    one = 8 * 24 + 24 + 8 * 8 + 8 + 8 * 32 + 32 + 32 * 8 + 8 + 4 * 8  # by hand
    assert blocks.parameters == 12 * one
    assert blocks.kind == "group"
    whole = read_graph(loss, Names(), None)
    inside = [node for node in whole.nodes if node.kind == "operation" and "blocks" in node.module]
    assert blocks.operations == len(inside)
    # Its value is what comes out of the last one.
    np.testing.assert_array_equal(blocks.value, inside[-1].value)


def test_no_node_is_lost_or_counted_twice():
    for root in (gpt(3), unrolled(9), samples(30)):
        whole = read_graph(root, Names(), None)
        operations = sum(node.kind == "operation" for node in whole.nodes)
        for options in ({}, {"depth": 0}, {"depth": 1}, {"depth": 9}):
            if options and not any(node.calls for node in whole.nodes):
                continue
            graph = folded(root, **options, max_cards=60)
            held = [n.operations or n.kind == "operation" for n in graph.nodes]
            assert sum(held) == operations


def test_depth_0_is_one_box_and_each_level_shows_more():
    loss = gpt(2)
    # cross_entropy is computed outside of the model
    boxes = [called(node) for node in folded(loss, 0).nodes]
    assert boxes[0] == "GPT"
    sizes = [len(folded(loss, depth).nodes) for depth in range(5)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 3
    deepest = folded(loss, 9)
    assert not any(node.kind == "group" for node in deepest.nodes)
    assert len(deepest.nodes) == len(read_graph(loss, Names(), None).nodes)


def test_folding_can_be_undone_module_by_module():
    loss = gpt(5)
    closed = {called(node) for node in folded(loss, 1).nodes}
    assert "blocks.0 … blocks.4 | Block × 5" in closed
    opened = {called(node) for node in folded(loss, 1, ["blocks.0"]).nodes}
    assert {"blocks.1 … blocks.4 | Block × 4", "blocks.0.attn | Attention"} <= opened
    deeper = {called(n) for n in folded(loss, 1, ["blocks.0", "blocks.0.attn"]).nodes}
    assert "blocks.0.attn | Attention" not in deeper
    assert "blocks.0.attn.qkv | Linear" in deeper
    # A list of modules is never called itself: naming it opens those in it.
    every = {called(node) for node in folded(loss, 1, ["blocks"]).nodes}
    assert {f"blocks.{k}.attn | Attention" for k in range(5)} <= every
    assert "ln_f | LayerNorm" in every
    with pytest.raises(ValueError, match=r"expand has 'blocks\.9', the path of no module"):
        folded(loss, 1, ["blocks.9"])
    assert len(draw(loss, depth=1, expand="blocks.0")._picture.cards) == len(opened) + 2


def test_a_cell_that_runs_many_times_is_many_boxes_and_no_loop():
    graph = folded(unrolled(20))
    assert [called(node) for node in graph.nodes if node.kind in ("group", "operation")] == [
        "cell | RNNCell × 20", "head | Linear", "power", "mean",
    ]  # fmt: skip
    three = folded(unrolled(2), 1)
    assert sum(node.name == "cell" for node in three.nodes) == 2
    assert ("cell | RNNCell", "cell | RNNCell") in structure(three)


def test_a_first_step_that_differs_stays_closed_like_those_that_repeat():
    class Cell(nn.Module):
        def __init__(self):
            super().__init__()
            self.of_x, self.of_h = nn.Linear(3, 4), nn.Linear(4, 4)

        def forward(self, x, h=None):
            return (self.of_x(x) if h is None else self.of_x(x) + self.of_h(h)).tanh()

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = Cell()

        def forward(self, x):
            h = None
            for step in range(x.shape[1]):
                h = self.cell(x[:, step], h)
            return h

    with mg.record():
        loss = Network()(mg.ones(2, 10, 3)).sum()
    boxes = [called(node) for node in folded(loss, 3).nodes if node.kind == "group"]
    assert boxes == ["cell | Cell", "cell | Cell × 9"]


def test_heads_beside_each_other_become_one_box():
    heads = nn.ModuleList([nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(4)])

    class Many(nn.Module):
        def __init__(self):
            super().__init__()
            self.heads = heads

        def forward(self, x):
            return mg.stack([head(x) for head in self.heads]).sum()

    x = mg.ones(1, 2)
    with mg.record():
        loss = Many()(x)
    assert structure(folded(loss, 1, names={"x": x})) == [
        ("x", "heads.0 … heads.3 | Sequential × 4"),
        ("heads.0 … heads.3 | Sequential × 4", "stack"),
        ("stack", "sum"),
    ]


def test_what_differs_is_not_merged():
    widths = (2, 3, 4, 5, 6)
    net = nn.Sequential(*[nn.Sequential(nn.Linear(a, a + 1), nn.Tanh()) for a in widths])
    with mg.record():
        loss = net(mg.ones(1, 2)).sum()
    assert all(node.count == 1 for node in folded(loss, 1).nodes)


def test_two_models_keep_apart():
    one, other = (nn.Sequential(nn.Linear(2, 2), nn.ReLU()) for _ in range(2))
    with mg.record():
        loss = nn.MSELoss()(other(one(mg.ones(1, 2))), mg.zeros(1, 2))
    boxes = [called(node) for node in folded(loss, 0).nodes if node.kind != "input"]
    assert boxes == ["Sequential", "Sequential", "MSELoss"]
    names = {node.name for node in read_graph(loss, Names(), None).nodes}
    assert "Sequential.0.weight" in names


def test_a_box_shows_what_it_was_given_and_hides_what_it_made():
    loss = gpt(3)
    kinds = [node.kind for node in folded(loss, 1).nodes]
    assert kinds.count("input") == 0  # the masks are inside
    net = nn.Sequential(*[nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(4)])
    with mg.record():
        loss = net(mg.ones(1, 2)).sum()
    assert [called(n) or n.kind for n in folded(loss, 1).nodes] == [
        "input", "0 … 3 | Sequential × 4", "sum",
    ]  # fmt: skip


def test_samples_of_values_become_one_box():
    # mul, mul, mul, add, add, tanh, sub, power: eight for each sample, and its square is added
    assert set(structure(folded(samples(400)))) == {
        *((name, "8 operations × 400") for name in "bvw"),
        ("8 operations × 400", "loss | add × 400"),
        ("start", "loss | add × 400"),
    }


def test_ten_thousand_values_fold_in_time():
    loss = samples(1_000)
    start = time.perf_counter()
    drawing = draw(loss)
    drawing.pipe("svg")
    assert time.perf_counter() - start < 10
    assert len(drawing._picture.cards) < 20


def test_what_cannot_be_folded_is_shown_in_part():
    rng = np.random.default_rng(0)
    values = [mg.Value(float(x)) for x in rng.random(20)]
    for _ in range(1_500):
        a, b = rng.integers(max(0, len(values) - 40), len(values), 2)
        values.append(values[a] * values[b])
    cards = draw(values[-1])._picture.cards
    assert len(cards) <= 150
    assert any(card.is_root for card in cards)
    more = [card.lines[0].text for card in cards if card.kind == "more"]
    assert more
    assert all(text.startswith("and ") and text.endswith(" more") for text in more)


def test_modules_cannot_be_shown_where_none_was_recorded():
    net = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=r"no call of a module was recorded: compute inside"):
        draw(net(mg.ones(1, 2)).sum(), depth=1)


def test_small_graphs_are_not_folded_unless_asked(mlp):
    loss, names = mlp()
    assert all(card.kind != "group" for card in draw(loss, names=names)._picture.cards)
