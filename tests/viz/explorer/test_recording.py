"""What is told of a computation: the engine's gradients, contributions that add up to them."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.viz.explorer.recording import record_computation
from microgradnn.viz.naming import Names
from tests.viz.explorer.graphs import SEEDS, diamond, s2d, thousand


def record(root, names=None):
    return record_computation(root, Names(names), None, 100_000)


def arriving(entries):
    """For each entry the sum of all contributions to it."""
    sums = {}
    for entry in entries:
        for place, c in zip(entry.args, entry.contributions or (), strict=False):
            if c is not None:
                sums[place] = sums.get(place, 0) + c
    return sums


@pytest.mark.parametrize("name", SEEDS)
def test_contributions_add_up_to_gradients(name):
    root, options = SEEDS[name]()
    entries = record(root, options.get("names"))
    sums = arriving(entries)
    checked = 0
    for k, entry in enumerate(entries):
        if entry.wants_gradient and not entry.is_root and k in sums:
            np.testing.assert_allclose(sums[k], entry.gradient, rtol=1e-5, atol=1e-7)
            checked += 1
    assert checked >= 3
    root_entry = next(entry for entry in entries if entry.is_root)
    assert root_entry.gradient == 1


def test_gradients_are_those_of_backward_and_nothing_is_changed():
    loss, options = s2d()
    entries = record(loss)
    assert all(w.grad == 0 for w in options["parameters"])
    loss.backward()
    told = {entry.name: entry.gradient for entry in entries}
    for w in options["parameters"]:
        assert told[w.label] == w.grad
    assert told["w1"] == pytest.approx(0.02146953526581111, rel=1e-15)


def test_tensor_gradients_are_the_same_before_and_after_backward():
    root, options = SEEDS["S5b"]()
    before = {e.name: e.gradient for e in record(root, options["names"])}
    root.backward()
    after = {e.name: e.gradient for e in record(root, options["names"])}
    for name in ("w1", "w2", "hidden"):
        np.testing.assert_array_equal(before[name], after[name])
    np.testing.assert_array_equal(after["w1"], options["names"]["w1"].grad._array)


def test_sums_are_one_card_unless_somebody_named_a_part():
    a, b, c = (mg.Value(float(k), label=x) for k, x in enumerate("abc", 1))
    whole = record(a + b + c)
    assert [len(e.args) for e in whole if e.args] == [3]
    assert whole[-1].value == 6.0
    assert whole[-1].contributions == [1, 1, 1]
    part = a + b
    part.label = "part"
    assert [len(e.args) for e in record(part + c) if e.args] == [2, 2]
    shared = a + b
    assert [len(e.args) for e in record((shared + c) * shared) if e.args] == [2, 2, 2]


def test_a_second_operand_is_not_merged_because_sums_would_round_otherwise():
    a, b, c = (mg.Value(0.1 * k, label=x) for k, x in enumerate("abc", 1))
    assert [len(e.args) for e in record(a + (b + c)) if e.args] == [2, 2]


def test_one_node_in_two_slots_is_two_contributions():
    entries = record(diamond()[0])
    square = next(e for e in entries if len(e.args) == 2 and e.args[0] == e.args[1])
    assert square.contributions[0] == square.contributions[1]


def test_several_results_of_one_operation():
    x = mg.tensor([[3.0, 1.0], [2.0, 5.0]], requires_grad=True)
    with mg.record():
        values, _ = x.max(dim=1)
        loss = (values * values).sum()
    entries = record(loss, {"x": x})
    np.testing.assert_array_equal(
        next(e for e in entries if e.name == "x").gradient, [[6.0, 0.0], [0.0, 10.0]]
    )


def test_a_graph_that_was_not_recorded_says_how_to():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"with mg\.record\(\):"):
        record((w * 2).sum())
    with mg.record():
        many = w * 2
    with pytest.raises(ValueError, match=r"one number.*\(2,\)"):
        record(many)


def test_a_thousand_nodes_and_a_leaf_alone():
    assert len(record(thousand()[0])) >= 1000
    (alone,) = record(mg.Value(2.0, label="x"))
    assert (alone.value, alone.gradient, alone.args) == (2.0, 1.0, ())
    (leaf,) = record(mg.tensor(2.0, requires_grad=True))
    assert leaf.gradient == 1.0
