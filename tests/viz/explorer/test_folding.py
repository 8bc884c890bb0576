"""Folding: every node in one group, groups without loops, few enough to see."""

import pytest

import microgradnn as mg
from microgradnn.viz.explorer.data import collect
from microgradnn.viz.explorer.folding import MOST, fold
from microgradnn.viz.explorer.recording import record_computation
from microgradnn.viz.naming import Names
from tests.viz.explorer.graphs import SEEDS, thousand


def chain():
    x = mg.Value(0.5, label="x")
    for _ in range(700):
        x = (x * 0.9).tanh()
    return x, {}


def transformer():
    mg.manual_seed(0)
    net = mg.nn.Sequential(*[mg.nn.Sequential(mg.nn.Linear(4, 4), mg.nn.Tanh()) for _ in range(60)])
    with mg.record():
        loss = net(mg.rand(2, 4)).sum()
    return loss, {"names": {"net": net}}


@pytest.mark.parametrize("make", [thousand, chain, transformer, SEEDS["S2d"], SEEDS["S5d"]])
def test_groups_hold_each_node_once_and_depend_on_each_other_without_loops(make):
    root, options = make()
    entries = record_computation(root, Names(options.get("names")), None, 10_000)
    groups = fold(entries)
    assert sorted(k for group in groups for k in group.members) == list(range(len(entries)))
    assert all(group.name for group in groups)
    operations = [g for g in groups if any(entries[k].args for k in g.members)]
    assert len(operations) <= MOST
    home = {k: j for j, group in enumerate(groups) for k in group.members}
    uses = {j: set() for j in range(len(groups))}
    for k, entry in enumerate(entries):
        uses[home[k]] |= {home[a] for a in entry.args} - {home[k]}
    done = set()
    while len(done) < len(groups):
        ready = {j for j, needed in uses.items() if j not in done and needed <= done}
        assert ready, "groups depend on each other in a circle"
        done |= ready


def test_neurons_of_a_layer_are_one_group():
    root, options = thousand()
    entries = record_computation(root, Names(options.get("names")), None, 10_000)
    sizes = {group.name: len(group.members) for group in fold(entries) if "tanh" in group.name}
    assert max(sizes.values()) == 16 * 12


class Looking(mg.nn.Module):
    """A layer and causal attention, whose mask is one array for all that attend."""

    def __init__(self):
        super().__init__()
        self.linear = mg.nn.Linear(2, 2)

    def forward(self, x):
        x = self.linear(x)
        return mg.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)


def test_a_mask_that_all_blocks_share_does_not_tie_the_first_to_each():
    net, x = mg.nn.Sequential(*[Looking() for _ in range(20)]), mg.rand(2, 2)
    with mg.record():
        loss = net(x).sum()
    entries = record_computation(loss, Names(None), None, 10_000)
    data = collect(entries, "", "", False).object
    sources = [source for source, _ in data["wires"]]
    assert len(sources) >= 20
    assert max(map(sources.count, sources)) == 1
