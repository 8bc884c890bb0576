"""Conv2d, MaxPool2d, Flatten, Unflatten as modules; what they compute is tested in functional."""

import math

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

nn = mg.nn

LAYERS = [
    ((1, 4, 3), {"padding": 1}),
    ((4, 6, (3, 2)), {"stride": 2, "padding": (1, 0), "groups": 2}),
    ((2, 2, 3), {"padding": "same", "dilation": 2, "bias": False}),
    ((2, 4, 2), {"padding": "valid", "groups": 2}),
]


@pytest.mark.parametrize(("args", "options"), LAYERS)
def test_shapes_names_and_learning(args, options):
    layer = nn.Conv2d(*args, **options)
    x = mg.randn(2, args[0], 7, 6)
    y = layer(x)
    assert mg.equal(layer(x[0]), y[0])
    expected = ["weight"] if options.get("bias") is False else ["weight", "bias"]
    assert list(layer.state_dict()) == expected
    assert layer.weight.shape == (args[1], args[0] // layer.groups, *layer.kernel_size)
    y.sum().backward()
    assert all(p.grad is not None for p in layer.parameters())
    bound = 1 / math.sqrt(math.prod(layer.weight.shape[1:]))
    assert abs(layer.weight.detach()).max().item() <= bound


@pytest.mark.parametrize(
    ("args", "options", "error", "message"),
    [
        ((3, 4, 3), {"groups": 2}, ValueError, "divide both channels, got groups=2, in_channels=3"),
        ((3, 4, 3), {"padding_mode": "circular"}, NotImplementedError, "'circular' is not"),
        ((3, 4, 3), {"padding": "full"}, ValueError, "'same', 'valid' or numbers"),
        ((3, 4, 3), {"padding": "same", "stride": 2}, ValueError, "needs stride 1"),
        ((3, 4, 3.5), {}, TypeError, "kernel_size is an integer or a pair of them, got 3.5"),
    ],
)  # fmt: skip
def test_bad_arguments(args, options, error, message):
    with pytest.raises(error, match=message):
        nn.Conv2d(*args, **options)


def test_pooling_and_flattening():
    x = mg.randn(2, 3, 6, 4)
    assert mg.equal(nn.MaxPool2d(2)(x), nn.functional.max_pool2d(x, 2))
    values, where = nn.MaxPool2d(3, stride=1, return_indices=True)(x)
    assert values.shape == where.shape == (2, 3, 4, 2)
    assert nn.Flatten()(x).shape == (2, 72)
    assert nn.Flatten(0)(x).shape == (144,)
    assert nn.Flatten(1, 2)(x).shape == (2, 18, 4)
    assert nn.Unflatten(1, (3, -1))(mg.zeros(2, 12)).shape == (2, 3, 4)
    assert nn.Unflatten(-1, (3, 4))(mg.zeros(2, 12)).shape == (2, 3, 4)


@pytest.mark.peers
@pytest.mark.parametrize(("args", "options"), LAYERS)
def test_peer_begins_with_the_same_bits_and_computes_the_same(args, options):
    import torch

    weights = []
    for m in (mg, torch):
        m.manual_seed(3)
        layer = m.nn.Conv2d(*args, **options)
        weights.append([p.detach().numpy().tobytes() for p in layer.parameters()])
    assert weights[0] == weights[1]

    def f(m, x):
        m.manual_seed(3)
        return m.nn.Conv2d(*args, **options, dtype=m.float64)(x)

    same(torch, f, draw(2, args[0], 7, 6))
    same(torch, f, draw(args[0], 7, 6))
