"""Pooling to a given size, as modules; what they compute is tested in functional."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_module

nn = mg.nn

IMAGES = {1: (2, 3, 9), 2: (2, 3, 7, 6), 3: (1, 2, 5, 4, 6)}
SIZES = [(1, 4), (1, (3,)), (2, 1), (2, (3, None)), (2, (4, 5)), (3, 2), (3, (None, 3, 1))]


@pytest.mark.parametrize(("d", "size"), SIZES)
def test_the_module_calls_the_function_of_its_name(d, size):
    x = mg.tensor(draw(*IMAGES[d]))
    F = nn.functional
    average = getattr(nn, f"AdaptiveAvgPool{d}d")(size)(x)
    assert mg.equal(average, getattr(F, f"adaptive_avg_pool{d}d")(x, size))
    values, places = getattr(nn, f"AdaptiveMaxPool{d}d")(size, return_indices=True)(x)
    want, where = getattr(F, f"adaptive_max_pool{d}d")(x, size, return_indices=True)
    assert mg.equal(values, want)
    assert mg.equal(places, where)


def test_how_they_print():
    assert repr(nn.AdaptiveAvgPool2d((3, None))) == "AdaptiveAvgPool2d(output_size=(3, None))"
    assert repr(nn.AdaptiveMaxPool1d(5, True)) == "AdaptiveMaxPool1d(output_size=5)"
    assert repr(nn.FractionalMaxPool2d(3, 5)) == "FractionalMaxPool2d()"


def test_fractional_pooling():
    x = mg.tensor(draw(2, 3, 9, 8))
    layer = nn.FractionalMaxPool2d(2, output_ratio=0.5)
    assert layer.output_ratio == (0.5, 0.5)
    assert layer.state_dict() == {}
    mg.manual_seed(1)
    y = layer(x)
    mg.manual_seed(1)
    assert mg.equal(y, nn.functional.fractional_max_pool2d(x, 2, output_ratio=0.5))
    samples = mg.rand(2, 3, 2, dtype=mg.float64)
    layer = nn.FractionalMaxPool2d(2, 5, return_indices=True, _random_samples=samples)
    assert mg.equal(layer(x)[1], layer(x)[1])
    with pytest.raises(ValueError, match="one of output_size and output_ratio"):
        nn.FractionalMaxPool3d(2)
    with pytest.raises(ValueError, match="between 0 and 1, got 2"):
        nn.FractionalMaxPool3d(2, output_ratio=2)


@pytest.mark.peers
@pytest.mark.parametrize(("d", "size"), SIZES)
@pytest.mark.parametrize("word", ["Avg", "Max"])
def test_peer(d, size, word):
    import torch

    for x in (draw(*IMAGES[d]), draw(*IMAGES[d][1:])):
        same_module(torch, lambda n: getattr(n, f"Adaptive{word}Pool{d}d")(size), x)


@pytest.mark.peers
@pytest.mark.parametrize("d", [2, 3])
def test_peer_fractional_pooling(d):
    import torch

    def make(n):
        (mg if n is nn else torch).manual_seed(3)
        return getattr(n, f"FractionalMaxPool{d}d")(2, output_ratio=0.5)

    same_module(torch, make, draw(2, 3, *[7] * d))
