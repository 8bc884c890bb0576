"""Borders as modules."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_module

nn = mg.nn

WIDTHS = {1: [2, (1, 3), (-1, 2)], 2: [1, (1, 2, 0, 3), (0, -1, 2, 1)], 3: [1, (1, 0, 2, 1, 0, 1)]}
SHAPES = {1: (2, 3, 5), 2: (2, 3, 5, 4), 3: (1, 2, 4, 3, 4)}
NUMPY = {"Reflection": "reflect", "Replication": "edge", "Circular": "wrap", "Zero": "constant"}
CASES = [(kind, d, widths) for kind in NUMPY for d in WIDTHS for widths in WIDTHS[d]]


@pytest.mark.parametrize(("kind", "d", "widths"), CASES)
def test_they_are_those_of_numpy(kind, d, widths):
    x = draw(*SHAPES[d])
    layer = getattr(nn, f"{kind}Pad{d}d")(widths)
    assert layer.padding == ((widths,) * 2 * d if isinstance(widths, int) else widths)
    if min(layer.padding) >= 0:
        pairs = [layer.padding[k : k + 2] for k in range(0, 2 * d, 2)][::-1]
        want = np.pad(x, [(0, 0)] * 2 + pairs, NUMPY[kind])
        assert np.array_equal(layer(mg.tensor(x)).numpy(), want)
    else:
        assert layer(mg.tensor(x)).shape[-1] == x.shape[-1] + sum(layer.padding[:2])


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_border_of_one_number(d):
    y = getattr(nn, f"ConstantPad{d}d")(1, 7.5)(mg.zeros(1, *[1] * (d + 1)))
    assert y.numel() == 3**d
    assert y.sum().item() == 7.5 * (3**d - 1)


def test_they_keep_the_order_of_memory():
    x = mg.Tensor._wrap(draw(4, 4, 3, 2).transpose(3, 2, 0, 1))
    for layer in (nn.ZeroPad2d(1), nn.ConstantPad2d(1, 2.0)):
        assert layer(x).numpy().transpose(2, 3, 1, 0).flags.c_contiguous


def test_how_they_print():
    assert repr(nn.ReflectionPad1d(2)) == "ReflectionPad1d((2, 2))"
    assert repr(nn.ZeroPad2d((1, 2, 3, 4))) == "ZeroPad2d((1, 2, 3, 4))"
    assert repr(nn.ConstantPad1d(1, 2.5)) == "ConstantPad1d(padding=(1, 1), value=2.5)"


def test_bad_widths():
    with pytest.raises(RuntimeError, match="ZeroPad2d: padding is one integer or 4 of them"):
        nn.ZeroPad2d((1, 2))
    with pytest.raises(TypeError, match=r"padding is an integer or a tuple of 2, got 1\.5"):
        nn.CircularPad1d(1.5)
    with pytest.raises(RuntimeError, match="border of at most 4"):
        nn.ReflectionPad1d(5)(mg.zeros(1, 1, 5))


@pytest.mark.peers
@pytest.mark.parametrize(("kind", "d", "widths"), CASES)
def test_peer(kind, d, widths):
    import torch

    x = draw(*SHAPES[d])
    for array in (x, x[0]):
        same_module(torch, lambda n: getattr(n, f"{kind}Pad{d}d")(widths), array)


@pytest.mark.peers
@pytest.mark.parametrize("d", [1, 2, 3])
def test_peer_constant(d):
    import torch

    for widths in WIDTHS[d]:
        same_module(
            torch, lambda n, w=widths: getattr(n, f"ConstantPad{d}d")(w, 3), draw(*SHAPES[d])
        )
