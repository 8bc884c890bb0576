"""``names=`` and ``parameters=``: what is found in them, and what is refused."""

import pytest

import microgradnn as mg
from microgradnn.viz.naming import Names, nodes_of


def test_values_and_tensors_are_found_in_a_namespace():
    a, w, x = mg.Value(1.0), mg.tensor([1.0], requires_grad=True), mg.tensor([2.0])
    y = w * x
    names = Names({"a": a, "w": w, "x": x, "y": y, "n": 3, "text": "w", "f": print})
    assert names.of_node == {a: "a", w._node: "w", y._node: "y"}
    assert names.of_array[id(x._array)] == "x"
    assert names.arrays[w._node] is w._array


def test_the_first_name_of_a_thing_is_kept():
    a = mg.Value(1.0)
    assert Names({"a": a, "again": a}).of_node == {a: "a"}


def test_what_a_notebook_keeps_is_no_name():
    assert Names({"_": mg.Value(1.0), "_3": mg.Value(2.0)}).of_node == {}


def test_lists_and_dicts_are_looked_into():
    a, b, c = mg.Value(1.0), mg.Value(2.0), mg.Value(3.0)
    names = Names({"W": [[a], (b,)], "more": {"c": c}})
    assert names.of_node == {a: "W[0][0]", b: "W[1][0]", c: "more['c']"}


def test_data_sets_are_not_looked_into():
    a = mg.Value(1.0)
    endless = [a]
    endless.append(endless)
    assert Names({"data": [1.0, a], "big": [a] * 10_001}).of_node == {}
    assert Names({"endless": endless}).of_node == {a: "endless[0]"}


def test_parameters_of_a_module_have_their_paths():
    class Model:
        def __init__(self):
            self.weight = mg.tensor([1.0], requires_grad=True)

        def named_parameters(self):
            yield "fc.weight", self.weight

    model = Model()
    found = Names({"model": model, "Model": Model}).of_node
    assert found == {model.weight._node: "model.fc.weight"}


def test_names_the_wrong_way_round_are_refused():
    a = mg.Value(1.0)
    with pytest.raises(TypeError, match=r"names has a key of type Value.*names=\{'w': w\}"):
        Names({a: "a"})
    with pytest.raises(TypeError, match=r"names is a list; it must map names to Values"):
        Names([("a", a)])


def test_parameters_may_be_things_a_mapping_or_a_module():
    a, w = mg.Value(1.0), mg.tensor([1.0], requires_grad=True)

    class Model:
        def parameters(self):
            return [a]

    assert nodes_of(None) is None
    assert nodes_of([a, w]) == {a, w._node}
    assert nodes_of({"w": w}) == {w._node}
    assert nodes_of(a) == {a}
    assert nodes_of(Model()) == {a}


@pytest.mark.parametrize("wrong", [["w"], 3, [None], "w"])
def test_other_parameters_are_refused(wrong):
    with pytest.raises(TypeError, match=r"parameters holds a \w+; it takes Values or Tensors"):
        nodes_of(wrong)
