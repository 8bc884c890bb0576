"""Convolutions as modules; what they compute is tested in functional."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

nn = mg.nn

CONVOLUTIONS = [
    ("Conv2d", (1, 4, 3), {"padding": 1}),
    ("Conv2d", (4, 6, (3, 2)), {"stride": 2, "padding": (1, 0), "groups": 2}),
    ("Conv2d", (2, 2, 3), {"padding": "same", "dilation": 2, "bias": False}),
    ("Conv2d", (2, 4, 2), {"padding": "valid", "groups": 2}),
    ("Conv2d", (2, 3, (4, 3)), {"padding": "same", "padding_mode": "reflect"}),
    ("Conv2d", (2, 3, 3), {"padding": (2, 1), "padding_mode": "circular", "stride": 2}),
    ("Conv2d", (2, 3, 3), {"padding": (2, 1), "padding_mode": "replicate", "dilation": (1, 2)}),
    ("Conv2d", (2, 3, 2), {"padding": "valid", "padding_mode": "reflect"}),
    ("Conv1d", (3, 4, 3), {"padding": 2, "padding_mode": "reflect"}),
    ("Conv1d", (3, 6, 2), {"groups": 3, "stride": (2,), "bias": False}),
    ("Conv1d", (2, 2, 4), {"padding": "same", "padding_mode": "circular"}),
    ("Conv3d", (2, 3, 2), {"padding": (1, 0, 1), "dilation": 2}),
    ("Conv3d", (2, 4, (2, 1, 3)), {"padding": 1, "padding_mode": "replicate", "groups": 2}),
]

TRANSPOSED = [
    ("ConvTranspose1d", (4, 6, 3), {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}),
    ("ConvTranspose2d", (2, 3, 3), {}),
    ("ConvTranspose2d", (2, 4, (2, 3)), {"stride": (2, 1), "groups": 2, "bias": False}),
    ("ConvTranspose2d", (2, 1, 2), {"dilation": 2, "output_padding": 1, "padding": (0, 1)}),
    ("ConvTranspose3d", (2, 4, 2), {"stride": 2, "output_padding": (1, 0, 1), "groups": 2}),
]

LAYERS = CONVOLUTIONS + TRANSPOSED


def image(name):
    return (5, 7, 6)[: int(name[-2])]


@pytest.mark.parametrize(("name", "args", "options"), LAYERS)
def test_shapes_names_and_learning(name, args, options):
    layer = getattr(nn, name)(*args, **options)
    x = mg.randn(2, args[0], *image(name))
    y = layer(x)
    assert mg.allclose(layer(x[0]), y[0], atol=1e-6)
    expected = ["weight"] if options.get("bias") is False else ["weight", "bias"]
    assert list(layer.state_dict()) == expected
    ends = args[:2] if "Transpose" in name else args[1::-1]
    assert layer.weight.shape == (ends[0], ends[1] // layer.groups, *layer.kernel_size)
    y.sum().backward()
    assert all(p.grad is not None for p in layer.parameters())
    bound = 1 / math.sqrt(math.prod(layer.weight.shape[1:]))
    assert abs(layer.weight.detach()).max().item() <= bound


@pytest.mark.parametrize(
    ("args", "options", "error", "message"),
    [
        ((3, 4, 3), {"groups": 2}, ValueError, "divide both channels, got groups=2, in_channels=3"),
        ((3, 4, 3), {"padding_mode": "round"}, ValueError, "'circular'.*, got 'round'"),
        ((3, 4, 3), {"padding": "full"}, ValueError, "'same', 'valid' or numbers"),
        ((3, 4, 3), {"padding": "same", "stride": 2}, ValueError, "needs stride 1"),
        ((3, 4, 3.5), {}, TypeError, "kernel_size is an integer or 2 of them, got 3.5"),
    ],
)  # fmt: skip
def test_bad_arguments(args, options, error, message):
    with pytest.raises(error, match=message):
        nn.Conv2d(*args, **options)


def test_bad_arguments_of_transposed_convolution():
    with pytest.raises(ValueError, match="its padding_mode is 'zeros', got 'reflect'"):
        nn.ConvTranspose1d(1, 1, 2, padding_mode="reflect")
    with pytest.raises(TypeError, match="padding is an integer or 2 of them, got 'same'"):
        nn.ConvTranspose2d(1, 1, 2, padding="same")


def test_padding_by_hand():
    x = mg.tensor([[1.0, 2.0, 3.0]])
    expected = {"zeros": [2, 4, 2], "reflect": [4, 4, 4], "replicate": [3, 4, 5],
                "circular": [5, 4, 3]}  # fmt: skip
    for mode, sums in expected.items():
        layer = nn.Conv1d(1, 1, 3, padding=1, padding_mode=mode, bias=False)
        nn.init.ones_(layer.weight)
        with mg.no_grad():
            layer.weight[0, 0, 1] = 0.0
        assert layer(x).tolist() == [sums]


def test_output_size():
    layer = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)
    x = mg.zeros(2, 1, 4, 5)
    assert tuple(layer(x).shape) == (2, 1, 7, 9)
    assert tuple(layer(x, output_size=(8, 9)).shape) == (2, 1, 8, 9)
    assert tuple(layer(x, output_size=mg.zeros(2, 1, 7, 10).shape).shape) == (2, 1, 7, 10)
    assert tuple(layer(x[0], output_size=[1, 8, 10]).shape) == (1, 8, 10)
    with pytest.raises(ValueError, match=r"\(9, 9\) is out of range: sizes from \(7, 9\) to \(8, "):
        layer(x, output_size=(9, 9))
    with pytest.raises(ValueError, match=r"has 2 or 4 numbers for an input of shape \(2, 1, 4, 5"):
        layer(x, output_size=(8, 9, 1))


# --- PyTorch ------------------------------------------------------------------------------------


@pytest.mark.peers
@pytest.mark.parametrize(("name", "args", "options"), LAYERS)
@pytest.mark.filterwarnings("ignore:Using padding='same'")  # PyTorch's, for even kernels
def test_peer_begins_with_the_same_bits_and_computes_the_same(name, args, options):
    import torch

    weights, words = [], []
    for m in (mg, torch):
        m.manual_seed(3)
        layer = getattr(m.nn, name)(*args, **options)
        weights.append([p.detach().numpy().tobytes() for p in layer.parameters()])
        words.append((repr(layer), list(layer.state_dict())))
    assert weights[0] == weights[1]
    assert words[0] == words[1]

    def f(m, x):
        m.manual_seed(3)
        return getattr(m.nn, name)(*args, **options, dtype=m.float64)(x)

    same(torch, f, draw(2, args[0], *image(name)))
    if options.get("padding_mode", "zeros") == "zeros":
        same(torch, f, draw(args[0], *image(name)))


@pytest.mark.peers
@pytest.mark.parametrize("size", [(9, 12), (10, 11)])
def test_peer_output_size(size):
    import torch

    def f(m, x):
        m.manual_seed(3)
        layer = m.nn.ConvTranspose2d(2, 3, 3, stride=2, dilation=(1, 2), dtype=m.float64)
        return layer(x, output_size=size)

    same(torch, f, draw(2, 2, 4, 4))


@pytest.mark.peers
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 2e-5)])
def test_peer_twenty_steps_of_training(dtype, tolerance):
    """An autoencoder: down by convolutions, up again by transposed ones."""
    import torch

    x = draw(6, 2, 8, 8).astype(dtype)
    results = []
    for m in (mg, torch):
        m.manual_seed(1)
        kind = {"dtype": getattr(m, dtype)}
        net = m.nn.Sequential(
            m.nn.Conv2d(2, 4, 3, stride=2, padding=1, padding_mode="reflect", **kind), m.nn.Tanh(),
            m.nn.Conv2d(4, 8, 3, padding="same", groups=2, **kind), m.nn.Tanh(),
            m.nn.ConvTranspose2d(8, 2, 4, stride=2, padding=1, **kind),
        )  # fmt: skip
        optimizer = m.optim.SGD(net.parameters(), lr=0.1)
        data, losses = m.tensor(x), []
        for _ in range(20):
            optimizer.zero_grad()
            loss = ((net(data) - data) ** 2).mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        results.append([np.array(losses), *(p.detach().numpy() for p in net.parameters())])
    assert results[0][0][-1] < results[0][0][0]
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
