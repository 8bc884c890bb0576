"""A part of a graph: what is near, and how many more there are."""

import pytest

import microgradnn as mg
from microgradnn.viz import draw


def cards(drawing):
    return [card.lines[0].text for card in drawing._picture.cards]


def chain(length):
    values = [mg.Value(1.0, label="v0")]
    for k in range(1, length):
        values.append(values[-1].tanh())
        values[-1].label = f"v{k}"
    return values


def test_around_shows_so_many_steps_and_counts_the_rest():
    values = chain(9)
    assert cards(draw(values[-1], around=values[4], radius=1)) == [
        "and 1 more", "v3", "v4", "v5", "and 1 more",
    ]  # fmt: skip
    assert cards(draw(values[-1], around=values[0], radius=2)) == ["v0", "v1", "v2", "and 1 more"]
    assert cards(draw(values[-1], around=values[8], radius=0)) == ["and 1 more", "v8"]
    assert len(cards(draw(values[-1], around=values[4], radius=99))) == 9


def test_seven_neighbours_on_each_side_then_a_number():
    w = mg.Value(2.0, label="w")
    products = [w * mg.Value(float(k), label=f"x{k}") for k in range(25)]
    loss = products[0]
    for p in products[1:]:
        loss = loss + p
    texts = cards(draw(loss, around=w, radius=1))
    assert texts.count("w") == 1
    assert "and 18 more" in texts
    assert len(draw(loss, around=w, radius=1)._picture.wires) == 7 + 1 + 7 + 7


def test_a_tensor_a_node_and_a_given_array_can_be_the_centre():
    x, w = mg.ones(2), mg.ones(2, requires_grad=True)
    with mg.record():
        h = w * x
        loss = (h.tanh() ** 2).sum()
    names = {"x": x, "w": w, "h": h}
    assert cards(draw(loss, around=h, radius=1, names=names))[:3] == ["w", "x", "h"]
    by_node = draw(loss, around=h.grad_fn, radius=1, names=names)
    assert cards(by_node) == cards(draw(loss, around=h, radius=1, names=names))
    assert "x" in cards(draw(loss, around=x, radius=1, names=names))
    # The root can be a node as well: it is all that a backward pass has at hand.
    assert len(draw(loss.grad_fn)._picture.cards) == len(draw(loss)._picture.cards)


def test_what_is_not_in_the_graph_is_refused():
    values = chain(3)
    with pytest.raises(ValueError, match="not in its graph"):
        draw(values[-1], around=mg.Value(1.0))
    with pytest.raises(TypeError, match=r"around= and path_from= take a Value.*got float"):
        draw(values[-1], around=1.0)
    with pytest.raises(TypeError, match="radius is an integer, got float"):
        draw(values[-1], around=values[0], radius=1.5)
