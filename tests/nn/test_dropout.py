"""Dropout layers: modes, printing, what they refuse."""

import pytest

import microgradnn as mg

nn = mg.nn
LAYERS = ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"]


@pytest.mark.parametrize("name", LAYERS)
def test_modes(name):
    layer = getattr(nn, name)(0.5)
    x = mg.ones(*(2, 30, 2, 2)[: 3 if name == "Dropout1d" else 4])
    mg.manual_seed(0)
    assert not mg.equal(layer(x), x)
    assert layer.eval()(x) is x
    assert repr(layer) == f"{name}(p=0.5, inplace=False)"
    with pytest.raises(ValueError, match="between 0 and 1, but got -1"):
        getattr(nn, name)(-1)


def test_in_place():
    x = mg.ones(2, 30)
    assert nn.Dropout(0.5, inplace=True)(x) is x
    assert not (x == 1).any()
    assert nn.AlphaDropout(0.5, inplace=True)(x) is not x  # never in place, as in PyTorch
