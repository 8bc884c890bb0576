"""What only one result needs: by hand on small graphs."""

import microgradnn as mg
from microgradnn.viz.cones import _Tree
from microgradnn.viz.folding import boxed
from microgradnn.viz.naming import Names
from microgradnn.viz.partition import Partition
from microgradnn.viz.reading import read_graph


def graph_of(root):
    return read_graph(root, Names(), None)


def two_branches():
    """``w`` is used by both branches of a product, ``v`` by one."""
    w, v = mg.Value(1.0, label="w"), mg.Value(2.0, label="v")
    left = (w * v).tanh()
    right = w.sigmoid()
    left.label, right.label = "left", "right"
    return left - right


def test_who_dominates_whom():
    graph = graph_of(two_branches())
    tree = _Tree(Partition(graph))
    names = [node.name or node.operation for node in graph.nodes]
    parent = {names[box]: names[above] for box, above in tree.parent.items()}
    assert parent == {"v": "mul", "mul": "left", "left": "sub", "right": "sub", "w": "sub"}
    sizes = {names[box]: size for box, size in tree.size.items()}
    assert sizes == {"w": 1, "v": 1, "mul": 2, "left": 3, "right": 1, "sub": 6}


def test_a_closed_cone_is_one_box_and_what_is_shared_stays_outside():
    graph = graph_of(two_branches())
    tree = _Tree(Partition(graph))
    folded = boxed(tree.partition({tree.root}))
    shown = {node.name or node.operation: node for node in folded.nodes}
    assert set(shown) == {"w", "left", "right", "sub"}
    assert shown["left"].kind == "group"
    assert shown["left"].operations == 2
    assert shown["left"].parameters == 1
    edges = [(folded.nodes[e.source].name, e.target) for e in folded.edges]
    assert len(edges) == 4
