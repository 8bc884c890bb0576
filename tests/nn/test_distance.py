"""Distances and similarities as modules."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw


def test_they_are_the_functions():
    x, y = mg.tensor(draw(3, 4)), mg.tensor(draw(3, 4, seed=1))
    layer = mg.nn.PairwiseDistance(1.0, 0.0, keepdim=True)
    assert mg.allclose(layer(x, y), abs(x - y).sum(1, keepdim=True))
    assert (layer.norm, layer.eps, layer.keepdim) == (1.0, 0.0, True)
    assert mg.equal(mg.nn.CosineSimilarity(0)(x, y), mg.cosine_similarity(x, y, 0))
    assert mg.nn.CosineSimilarity()(x, 3 * x).tolist() == pytest.approx([1, 1, 1])
    assert repr(layer) == "PairwiseDistance()"
