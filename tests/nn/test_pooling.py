"""Pooling as modules; what they compute is tested in functional."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_module
from tests.nn.training_peer import same_training

nn = mg.nn

IMAGES = {1: (2, 3, 9), 2: (2, 3, 7, 6), 3: (1, 2, 5, 4, 6)}

LAYERS = [
    ("MaxPool1d", (2,), {}),
    ("MaxPool1d", (3, (2,), 1, 2), {"ceil_mode": True}),
    ("MaxPool2d", (3, 2, 1), {}),
    ("MaxPool2d", ((3, 2), None, (1, 0), 1, False, True), {}),
    ("MaxPool3d", (2, (1, 2, 1)), {}),
    ("AvgPool1d", (3,), {"stride": 2, "padding": 1}),
    ("AvgPool1d", (3, 1, 1, True, False), {}),
    ("AvgPool2d", ((3, 2),), {}),
    ("AvgPool2d", (3, 2, 1, True), {"count_include_pad": False}),
    ("AvgPool2d", (2,), {"divisor_override": 3}),
    ("AvgPool3d", (2, 2, 1, False, True, 5), {}),
    ("LPPool1d", (2, 3), {}),
    ("LPPool2d", (2, (2, 3), 2, True), {}),
    ("LPPool3d", (4.0, 2), {"stride": 1}),
]


@pytest.mark.parametrize(("name", "args", "options"), LAYERS)
def test_the_module_calls_the_function_of_its_name(name, args, options):
    layer = getattr(nn, name)(*args, **options)
    x = mg.tensor(draw(*IMAGES[int(name[-2])], low=0.1))
    assert mg.allclose(layer(x)[0], layer(x[0]))
    function = {"M": "max_pool", "A": "avg_pool", "L": "lp_pool"}[name[0]] + name[-2:]
    args = [layer.kernel_size, layer.stride]
    if name[0] == "L":
        want = getattr(nn.functional, function)(x, layer.norm_type, *args, layer.ceil_mode)
    elif name[0] == "M":
        args += [layer.padding, layer.dilation, layer.ceil_mode]
        want = getattr(nn.functional, function)(x, *args)
    else:
        args += [layer.padding, layer.ceil_mode, layer.count_include_pad]
        args += [layer.divisor_override] if name != "AvgPool1d" else []
        want = getattr(nn.functional, function)(x, *args)
    assert mg.equal(layer(x), want)


def test_how_they_print():
    assert repr(nn.MaxPool2d(2)) == (
        "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"
    )
    assert repr(nn.AvgPool1d(3)) == "AvgPool1d(kernel_size=(3,), stride=(3,), padding=(0,))"
    assert repr(nn.LPPool2d(2, 3)) == (
        "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)"
    )


def test_indices_on_demand():
    values, places = nn.MaxPool2d(2, return_indices=True)(mg.arange(4.0).reshape(1, 2, 2))
    assert (values.item(), places.item()) == (3, 3)


def test_a_kernel_of_the_wrong_length():
    with pytest.raises(RuntimeError, match=r"AvgPool1d: kernel_size is one integer or 1 of them"):
        nn.AvgPool1d((2, 3))


@pytest.mark.peers
@pytest.mark.parametrize(("name", "args", "options"), LAYERS)
def test_peer(name, args, options):
    import torch

    x = draw(*IMAGES[int(name[-2])], low=0.1)
    same_module(torch, lambda n: getattr(n, name)(*args, **options), x)
    same_module(torch, lambda n: getattr(n, name)(*args, **options), x[0])


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_peer_networks_of_all_of_them_learn_the_same(dtype):
    import torch

    def build(m):
        n = m.nn
        return n.Sequential(
            n.ReflectionPad2d(1), n.Conv2d(1, 4, 3), n.ReLU(), n.MaxPool2d(3, 2, 1),
            n.Upsample(scale_factor=1.5, mode="bilinear"), n.Conv2d(4, 8, 3), n.Tanh(),
            n.AvgPool2d(2, 1, ceil_mode=True), n.PixelShuffle(2), n.LPPool2d(2, 2),
            n.AdaptiveMaxPool2d(5), n.AdaptiveAvgPool2d((3, 2)), n.Flatten(), n.Linear(12, 2),
        )  # fmt: skip

    x = draw(6, 1, 12, 12).astype(dtype)
    same_training(torch, build, lambda m, net: net(m.tensor(x)), dtype)
