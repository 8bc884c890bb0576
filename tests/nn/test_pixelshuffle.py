"""Channels traded for pixels, and interleaved, as modules."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_module

nn = mg.nn


def test_there_and_back():
    x = mg.tensor(draw(2, 8, 3, 5))
    y = nn.PixelShuffle(2)(x)
    assert y.shape == (2, 2, 6, 10)
    assert y[1, 1, 3, 4].item() == x[1, 4 + 2, 1, 2].item()
    assert mg.equal(nn.PixelUnshuffle(2)(y), x)
    assert mg.equal(nn.ChannelShuffle(4)(nn.ChannelShuffle(2)(x)), x)


def test_how_they_print():
    layers = nn.PixelShuffle(2), nn.PixelUnshuffle(3), nn.ChannelShuffle(4)
    assert [repr(layer) for layer in layers] == [
        "PixelShuffle(upscale_factor=2)", "PixelUnshuffle(downscale_factor=3)",
        "ChannelShuffle(groups=4)",
    ]  # fmt: skip


def test_what_does_not_divide():
    with pytest.raises(RuntimeError, match="multiple of 4"):
        nn.PixelShuffle(2)(mg.zeros(1, 6, 2, 2))


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "factor", "shape"),
    [
        ("PixelShuffle", 2, (2, 8, 3, 5)),
        ("PixelShuffle", 3, (9, 2, 2)),
        ("PixelUnshuffle", 2, (2, 3, 4, 6)),
        ("ChannelShuffle", 2, (2, 6, 3)),
        ("ChannelShuffle", 3, (2, 6, 2, 2)),
    ],
)
def test_peer(name, factor, shape):
    import torch

    same_module(torch, lambda n: getattr(n, name)(factor), draw(*shape))
