"""Graphs as records: which nodes and edges there are, and what is known of each."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.viz.naming import Names, nodes_of
from microgradnn.viz.reading import read_graph


def read(root, names=None, parameters=None, max_nodes=2000):
    return read_graph(root, Names(names), nodes_of(parameters), max_nodes)


def by_name(graph):
    return {node.name: node for node in graph.nodes if node.name}


def uses(graph):
    """Edges as (source, target, operand), by name or else by operation."""
    called = [node.name or node.operation or node.kind for node in graph.nodes]
    return [(called[e.source], called[e.target], e.operand) for e in graph.edges]


def test_a_value_graph_has_one_node_for_each_value_and_one_edge_for_each_operand(s2d):
    loss, _ = s2d()
    graph = read(loss)
    # 12 leaves; 6 products, 6 sums, 3 sigmoids, 1 difference, 1 square: by hand
    assert len(graph.nodes) == 29
    assert len(graph.edges) == 6 * 2 + 6 * 2 + 3 + 2 + 1
    assert [node.name for node in graph.nodes if node.is_root] == ["L"]


def test_an_operand_used_twice_has_two_edges():
    a = mg.Value(3.0, label="a")
    b = a + a
    b.label = "b"
    assert uses(read(b)) == [("a", "b", "x"), ("a", "b", "y")]
    w = mg.tensor([3.0], requires_grad=True)
    assert uses(read(w * w, {"w": w})) == [("w", "mul", "x"), ("w", "mul", "y")]


def test_operands_come_in_order():
    a, b = mg.Value(3.0, label="a"), mg.Value(4.0, label="b")
    assert uses(read(b - a)) == [("b", "sub", "x"), ("a", "sub", "y")]


def test_values_and_gradients_are_the_engines(s2d):
    loss, weights = s2d()
    nodes = by_name(read(loss))
    assert nodes["w1"].gradient == weights[0].grad == 0.02146953526581111
    assert nodes["h1"].value == 0.04742587317756678
    assert nodes["L"].gradient == 1


def test_not_yet_is_not_zero(s2d):
    loss, weights = s2d(backward=False)
    assert all(node.gradient is None for node in read(loss).nodes)
    weights[0].grad = 0.5  # from an earlier graph
    assert by_name(read(loss))["w1"].gradient == 0.5


def test_a_gradient_that_is_zero_after_backward_is_known():
    a = mg.Value(-1.0, label="a")
    out = a.relu()
    out.backward()
    assert by_name(read(out))["a"].gradient == 0


def test_leaves_are_parameters_unless_told_otherwise(s2d):
    loss, weights = s2d()
    assert {node.kind for node in read(loss).nodes if not node.operation} == {"parameter"}
    kinds = {name: node.kind for name, node in by_name(read(loss, parameters=weights)).items()}
    assert (kinds["w1"], kinds["b3"], kinds["x1"], kinds["h1"]) == (
        "parameter", "parameter", "input", "operation",
    )  # fmt: skip


def test_numbers_in_an_expression_are_constants():
    a = mg.Value(3.0, label="a")
    graph = read(2 * a + 1)
    assert [(n.kind, n.value, n.gradient) for n in graph.nodes if n.kind == "constant"] == [
        ("constant", 2, None), ("constant", 1, None),
    ]  # fmt: skip


def test_an_old_or_shared_leaf_without_a_name_is_no_constant():
    shared, old = mg.Value(3.0), mg.Value(4.0)
    out = (mg.Value(1.0, label="a") * old) + shared * shared
    assert {n.value: n.kind for n in read(out).nodes if not n.operation} == {
        3.0: "parameter", 4.0: "parameter", 1.0: "parameter",
    }  # fmt: skip
    a = mg.Value(1.0, label="a")
    fresh = mg.Value(2.0)
    out = a * fresh * fresh
    assert [n.kind for n in read(out).nodes if n.value == 2.0 and not n.operation] == ["parameter"]


def test_labels_come_before_names():
    a, b = mg.Value(3.0, label="a"), mg.Value(4.0)
    assert uses(read(a * b, {"left": a, "right": b}))[:2] == [
        ("a", "mul", "x"), ("right", "mul", "y"),
    ]  # fmt: skip


def test_a_recorded_tensor_graph_shows_constants_values_and_gradients(mlp):
    loss, names = mlp()
    graph = read(loss, names)
    nodes = by_name(graph)
    assert len(graph.nodes) == 4 + 2 + 9  # parameters, X and t, operations: by hand
    assert len(graph.edges) == 2 + 2 + 1 + 2 + 2 + 1 + 2 + 1 + 1
    assert (nodes["X"].kind, nodes["W1"].kind, nodes["loss"].kind) == (
        "input", "parameter", "operation",
    )  # fmt: skip
    np.testing.assert_array_equal(nodes["X"].value, names["X"].numpy())
    np.testing.assert_array_equal(nodes["h"].value, names["h"].detach().numpy())
    np.testing.assert_array_equal(nodes["W2"].gradient, names["W2"].grad.numpy())
    np.testing.assert_array_equal(nodes["h"].gradient, names["h"].grad.numpy())
    assert (nodes["h"].shape, nodes["h"].dtype) == ((4, 3), "float32")
    assert nodes["h"].line.endswith("h = (X @ W1 + b1).tanh()")


def test_places_for_gradients_are_the_same_before_and_after_backward(s2d, mlp):
    for make in (s2d, mlp):
        (before, _), (after, _) = make(backward=False), make()
        before, after = read(before).nodes, read(after).nodes
        assert [n.expects_gradient for n in before] == [n.expects_gradient for n in after]
        assert [n.gradient is not None for n in after] == [n.expects_gradient for n in after]
        assert all(n.gradient is None for n in before)


def test_without_record_there_are_shapes_and_what_the_names_hold():
    x, w = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0], requires_grad=True)
    h = w * x
    loss = h.sum()
    loss.backward()
    graph = read(loss, {"w": w, "x": x})
    assert [n.operation for n in graph.nodes] == ["", "mul", "sum"]
    w_node, h_node, root = graph.nodes
    np.testing.assert_array_equal(w_node.value, [3.0, 4.0])
    np.testing.assert_array_equal(w_node.gradient, [1.0, 2.0])
    assert (h_node.value, h_node.gradient, h_node.shape) == (None, None, (2,))
    assert root.value == 11.0


def test_one_array_is_one_input_and_each_number_its_own_constant():
    x, w = mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0], requires_grad=True)
    with mg.record():
        out = ((w * x) * 2.0 + x) * 2.0
    kinds = [n.kind for n in read(out).nodes]
    assert (kinds.count("input"), kinds.count("constant")) == (1, 2)


def test_settings_of_an_operation_are_told():
    w = mg.zeros(2, 3, requires_grad=True)
    node = read(w.sum(dim=1)).nodes[-1]
    assert node.operation == "sum"
    assert "axis=" in node.settings
    assert node.symbol == "Σ"


def test_the_only_result_in_use_shares_the_operations_card():
    x = mg.tensor([[3.0, 1.0], [2.0, 5.0]], requires_grad=True)
    with mg.record():
        values, _ = x.max(dim=1)
        out = values.sum()
    out.backward()
    graph = read(out)
    assert [n.name or n.operation or n.kind for n in graph.nodes] == ["parameter", "values", "sum"]
    node = graph.nodes[1]
    assert (node.kind, node.shape) == ("operation", (2,))
    np.testing.assert_array_equal(node.value, [3.0, 5.0])
    np.testing.assert_array_equal(node.gradient, [1.0, 1.0])
    assert read(values).nodes[-1].is_root


def test_several_results_have_a_card_each():
    x = mg.tensor([[3.0], [1.0], [2.0]], requires_grad=True)
    with mg.record():
        first, rest = x.split([1, 2])
        out = first.sum() * rest.sum()
    graph = read(out, {"first": first})
    names = [n.name or n.operation or n.kind for n in graph.nodes]
    outputs = [n for n in graph.nodes if n.kind == "output"]
    assert len(outputs) == 2
    assert {n.name for n in outputs} == {"first", outputs[1].name}
    assert outputs[1].name
    assert [n.shape for n in outputs] == [(1, 1), (2, 1)]
    assert uses(graph).count(("split", "first", "")) == 1
    assert names.count("split") == 1
    assert sum(n.is_root for n in graph.nodes) == 1


def test_a_users_function_is_drawn_like_any_operation():
    class Double(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2.0

        @staticmethod
        def backward(ctx, g):
            return g * 2.0

    w = mg.tensor([1.0], requires_grad=True)
    graph = read(Double.apply(w), {"w": w})
    assert [n.symbol for n in graph.nodes] == ["", "Double"]
    assert len(graph.edges) == 1


def test_a_leaf_is_a_graph_of_one():
    (node,) = read(mg.Value(2.0, label="a")).nodes
    assert (node.name, node.is_root) == ("a", True)
    (node,) = read(mg.tensor([2.0], requires_grad=True)).nodes
    assert (node.kind, node.is_root, node.value.tolist()) == ("parameter", True, [2.0])


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (3.0, r"draw\(\) takes a Value or a Tensor: .* got float$"),
        ([mg.Value(1.0)], r"got list$"),
        (print, r"got builtin_function_or_method \(call it on an input, then draw the result\)$"),
    ],
)
def test_other_things_have_no_graph(thing, message):
    with pytest.raises(TypeError, match=message):
        read(thing)


def test_a_tensor_without_a_graph_says_why():
    with pytest.raises(ValueError, match=r"shape \(2, 3\).*no graph to draw.*no_grad\(\)"):
        read(mg.zeros(2, 3))


def test_ranks_crossed_are_counted_from_the_nearest_place():
    a = mg.Value(1.0, label="a")
    b = mg.Value(1.0, label="b")
    out = a
    for _ in range(4):
        out = out * 2.0
    # a -> 4 products in a row (4 ranks), each with its 2.0 beside it (4); b next to the sum (1);
    # the last product -> sum (1)
    assert read(out + b).ranks_crossed() == 4 + 4 + 1 + 1
    # used again at the end, over 5 ranks
    assert read(out + a).ranks_crossed() == 4 + 4 + 5 + 1
