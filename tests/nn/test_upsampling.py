"""Interpolation as modules; what they compute is tested in functional."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_module

nn = mg.nn

LAYERS = [
    ("Upsample", (7,), {}, (2, 3, 4)),
    ("Upsample", ((3, 7),), {"mode": "bicubic"}, (2, 3, 4, 5)),
    ("Upsample", (), {"scale_factor": 2}, (2, 3, 4, 5)),
    ("Upsample", (None, (2, 1.5), "bilinear", True), {}, (2, 3, 4, 5)),
    ("Upsample", (None, 1.7, "linear", False, True), {}, (2, 3, 5)),
    ("UpsamplingNearest2d", (), {"scale_factor": 2}, (2, 3, 4, 5)),
    ("UpsamplingBilinear2d", ((3, 9),), {}, (2, 3, 4, 5)),
]


@pytest.mark.parametrize(("name", "args", "options", "shape"), LAYERS)
def test_the_module_calls_interpolate(name, args, options, shape):
    layer = getattr(nn, name)(*args, **options)
    x = mg.tensor(draw(*shape))
    want = nn.functional.interpolate(
        x, layer.size, layer.scale_factor, layer.mode, layer.align_corners,
        layer.recompute_scale_factor,
    )  # fmt: skip
    assert mg.equal(layer(x), want)
    assert layer.name == name


def test_how_they_print():
    assert repr(nn.Upsample(3)) == "Upsample(size=3, mode='nearest')"
    assert repr(nn.Upsample(scale_factor=2)) == "Upsample(scale_factor=2.0, mode='nearest')"
    assert repr(nn.UpsamplingBilinear2d((3, 4))) == (
        "UpsamplingBilinear2d(size=(3, 4), mode='bilinear')"
    )


def test_nothing_to_go_by():
    with pytest.raises(ValueError, match="either size or scale_factor"):
        nn.Upsample()(mg.ones(1, 1, 2))


@pytest.mark.peers
@pytest.mark.parametrize(("name", "args", "options", "shape"), LAYERS)
def test_peer(name, args, options, shape):
    import torch

    same_module(torch, lambda n: getattr(n, name)(*args, **options), draw(*shape))
