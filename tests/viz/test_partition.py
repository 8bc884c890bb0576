"""Boxes: what may be merged, and what must not be because it would need its own result."""

import pytest

import microgradnn as mg
from microgradnn.viz.naming import Names
from microgradnn.viz.partition import Partition
from microgradnn.viz.reading import read_graph


def partition_of(root):
    return Partition(read_graph(root, Names(), None))


def operations(partition):
    return {k for k, node in enumerate(partition.graph.nodes) if node.kind == "operation"}


def test_boxes_come_after_all_that_they_take_from():
    a = mg.Value(1.0, label="a")
    b = a.tanh()
    partition = partition_of(b * a + b)
    order = partition.order()
    at = {box: k for k, box in enumerate(order)}
    assert sorted(order) == sorted(set(partition.box))
    assert all(at[e.source] < at[e.target] for e in partition.graph.edges)


def test_a_cycle_of_boxes_is_refused():
    a = mg.Value(1.0, label="a")
    partition = partition_of(a.tanh().exp().tanh())  # a, tanh, exp, tanh
    partition.box = [0, 1, 2, 1]
    with pytest.raises(ValueError, match="need each other"):
        partition.order()


def test_a_run_with_something_in_between_is_not_merged():
    h = mg.Value(1.0, label="h")
    for _ in range(6):
        h = h * h.tanh()  # each product needs the one before, and so does the tanh between them
    partition = partition_of(h)
    partition.merge_runs(operations(partition))
    assert partition.count == {}
    assert partition.box == list(range(len(partition.box)))


def test_one_run_that_cannot_be_merged_does_not_keep_others_apart():
    h = mg.Value(1.0, label="h")
    for _ in range(5):
        h = h * h.tanh()
    for _ in range(7):
        h = h.sigmoid()
    partition = partition_of(h)
    partition.merge_runs(operations(partition))
    assert list(partition.count.values()) == [7]


def test_two_alike_stay_two():
    x = mg.Value(1.0, label="x")
    partition = partition_of(x.tanh().tanh().exp().exp().exp())
    partition.merge_runs(operations(partition))
    assert list(partition.count.values()) == [3]


def test_what_stands_beside_each_other_must_take_from_and_give_to_the_same():
    x, y = mg.Value(1.0, label="x"), mg.Value(2.0, label="y")
    three = [x.tanh() for _ in range(3)]
    other = y.tanh()
    partition = partition_of(mg.Value(0.0) * (three[0] + three[1] + three[2]) + other)
    partition.merge_parallel(operations(partition))
    assert partition.count == {}  # a sum of three is two additions: they have different users
    stacked = mg.stack([mg.ones(2, requires_grad=True).tanh() for _ in range(3)])
    separate = partition_of(stacked.sum())
    separate.merge_parallel(operations(separate))
    assert separate.count == {}  # each works on a leaf of its own
    leaf = mg.ones(2, requires_grad=True)
    same = partition_of(mg.stack([leaf.tanh() for _ in range(3)]).sum())
    same.merge_parallel(operations(same))
    assert list(same.count.values()) == [3]


def test_leaves_with_names_are_merged_only_when_they_are_many():
    def merged(count):
        leaves = [mg.ones(1, requires_grad=True) for _ in range(count)]
        partition = partition_of(mg.stack(leaves).sum())
        partition.merge_parallel(set(partition.box))
        return list(partition.count.values())

    assert merged(12) == []
    assert merged(13) == [13]
