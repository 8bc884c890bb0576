"""The ways from a parameter to the loss."""

import pytest

import microgradnn as mg
from microgradnn.viz import draw

from .networks import model_and_loss


def marked(drawing):
    return [card.lines[0].text for card in drawing._picture.cards if card.mark == "path"]


def test_the_path_of_one_weight_is_the_chain_of_the_derivation(s2d):
    loss, weights = s2d()
    drawing = draw(loss, path_from=weights[0])
    # w1 -> w1 x1 -> sums -> h1 -> w5 h1 -> sums -> y_pred -> error -> L
    assert len(marked(drawing)) == 11
    assert {"w1", "h1", "y_pred", "L"} <= set(marked(drawing))
    assert "h2" not in marked(drawing)
    wires = [wire for wire in drawing._picture.wires if wire.mark == "path"]
    assert len(wires) == 10
    assert all(wire.mark for wire in drawing._picture.wires)


def test_all_paths_are_marked_where_there_are_several():
    x = mg.Value(3.0, label="x")
    out = x * x + x.tanh()
    assert {wire.mark for wire in draw(out, path_from=x)._picture.wires} == {"path"}


def test_several_starts_and_a_node_that_is_not_there(s2d):
    loss, weights = s2d()
    both = marked(draw(loss, path_from=[weights[0], weights[3]]))
    assert {"w1", "w3", "h1", "h2"} <= set(both)
    with pytest.raises(ValueError, match="not in its graph"):
        draw(loss, path_from=mg.Value(1.0))


def test_nothing_is_marked_unless_asked(s2d):
    assert marked(draw(s2d()[0])) == []
    svg = draw(s2d()[0]).pipe("svg", encoding="utf-8")
    assert 'opacity="0.35"' not in svg
    loss, weights = s2d()
    shown = draw(loss, path_from=weights[0]).pipe("svg", encoding="utf-8")
    # 18 of 29 cards and 20 of 30 edges step back.
    assert shown.count('opacity="0.35"') == 38


def test_the_path_goes_through_boxes():
    model, loss = model_and_loss(4)
    drawing = draw(loss, depth=1, path_from=model.blocks[1].attn.qkv.weight)
    assert "blocks.0 … blocks.3" in marked(drawing)
    assert "lm_head" in marked(drawing)
    assert "wpe" not in marked(drawing)
