"""Names of cards: the user's first, unique, and short."""

import microgradnn as mg
from microgradnn.viz.explorer.recording import record_computation
from microgradnn.viz.explorer.symbols import LONGEST, name_entries
from microgradnn.viz.naming import Names
from microgradnn.viz.user_text import columns
from tests.viz.explorer.graphs import SEEDS, hostile


def names_of(root, **names):
    return name_entries(record_computation(root, Names(names), None, 10_000))


def test_products_of_named_things_are_called_so():
    w, x, b = (mg.Value(k, label=n) for k, n in ((2.0, "w1"), (3.0, "x1"), (1.0, "b")))
    assert names_of((w * x + b).tanh()) == ["w1", "x1", "b", "w1·x1", "sum1", "tanh1"]
    assert names_of(w * x / b) == ["w1", "x1", "b", "w1·x1", "div1"]
    assert names_of(w / x) == ["w1", "x1", "w1÷x1"]


def test_constants_are_called_by_their_number():
    x = mg.Value(3.0, label="x")
    assert names_of(2 * x + 2 * x) == ["x", "2", "2·x", "2\N{PRIME}2", "mul1", "sum1"]


def test_what_nobody_named_has_a_name_too():
    a, b = mg.Value(1.0), mg.Value(2.0)
    out = a * b + a
    assert names_of(out) == ["w1", "2", "w1·2", "sum1"]


def test_no_two_are_equal_and_none_is_long():
    for make in (*SEEDS.values(), hostile):
        root, options = make()
        found = names_of(root, **options.get("names", {}))
        assert len(set(found)) == len(found)
        assert max(map(columns, found)) <= LONGEST
        assert all(found)


def test_two_things_with_one_name_are_told_apart():
    a, b = mg.Value(1.0, label="x"), mg.Value(2.0, label="x")
    assert names_of(a * b)[:2] == ["x", "x\N{PRIME}2"]
