"""Averages and power averages of windows."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same
from tests.rules import plain_pooling

F = mg.nn.functional

AVERAGES = [
    (2, (2, 3, 6, 4), {"kernel_size": 2}),
    (2, (2, 3, 6, 5), {"kernel_size": (3, 2), "stride": 1}),
    (2, (1, 1, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1}),
    (2, (1, 1, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}),
    (2, (1, 1, 6, 5), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    (2, (1, 2, 5, 5), {"kernel_size": 2, "ceil_mode": True, "count_include_pad": False}),
    (2, (1, 2, 5, 5), {"kernel_size": 2, "ceil_mode": True, "divisor_override": 3}),
    (2, (3, 7, 4), {"kernel_size": (2, 1), "stride": [3], "divisor_override": -2}),
    (1, (2, 3, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
    (1, (3, 9), {"kernel_size": (4,), "count_include_pad": False, "padding": 2}),
    (3, (1, 2, 4, 5, 6), {"kernel_size": 2, "ceil_mode": True}),
    (3, (2, 4, 5, 6), {"kernel_size": (1, 2, 3), "stride": 2, "padding": (0, 1, 1)}),
]
POWERS = [
    (1, (2, 3, 9), 2, {"kernel_size": 3, "stride": 2}),
    (1, (3, 9), 3.0, {"kernel_size": 2, "ceil_mode": True}),
    (2, (2, 3, 6, 5), 2, {"kernel_size": (3, 2), "stride": 1}),
    (2, (3, 5, 5), 1, {"kernel_size": 2, "ceil_mode": True}),
    (2, (2, 1, 5, 5), 4.0, {"kernel_size": 2}),
    (3, (1, 2, 4, 4, 4), 2.0, {"kernel_size": 2, "stride": 1}),
]


def plain(d, x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
          divisor_override=None):  # fmt: skip
    def spread(value):
        value = tuple(value) if isinstance(value, tuple | list) else (value,)
        return value * d if len(value) == 1 else value

    kernel = spread(kernel_size)
    return plain_pooling.avg_pool(
        x, kernel, kernel if stride is None else spread(stride), spread(padding), ceil_mode,
        count_include_pad, divisor_override,
    )  # fmt: skip


@pytest.mark.parametrize(("d", "shape", "options"), AVERAGES)
def test_averages_are_their_definition(d, shape, options):
    x = draw(*shape)
    f = getattr(F, f"avg_pool{d}d")
    np.testing.assert_allclose(f(mg.tensor(x), **options).numpy(), plain(d, x, **options), 1e-13)
    x = mg.tensor(x, requires_grad=True)
    gradcheck(lambda t: f(t, **options), [x])
    gradgradcheck(lambda t: f(t, **options) ** 2, [x])


@pytest.mark.parametrize(("d", "shape", "power", "options"), POWERS)
def test_power_averages_are_their_definition(d, shape, power, options):
    x = draw(*shape, low=0.3)
    f = getattr(F, f"lp_pool{d}d")
    size = int(np.prod(np.broadcast_to(options["kernel_size"], (d,))))
    want = (plain(d, x**power, **options) * size) ** (1 / power)
    np.testing.assert_allclose(f(mg.tensor(x), power, **options).numpy(), want, 1e-12)
    gradcheck(lambda t: f(t, power, **options), [mg.tensor(x, requires_grad=True)])


def test_by_hand():
    x = mg.tensor([[[1.0, 2.0, 3.0]]])
    assert F.avg_pool1d(x, 3, 1, 1).tolist() == [[[1.0, 2.0, pytest.approx(5 / 3)]]]
    assert F.avg_pool1d(x, 3, 1, 1, count_include_pad=False).tolist() == [[[1.5, 2.0, 2.5]]]
    assert F.avg_pool2d(mg.ones(1, 1, 2, 2), 2, divisor_override=8).item() == 0.5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: F.avg_pool2d(x, 2, padding=2), RuntimeError, "at most half of the window"),
        (lambda x: F.avg_pool2d(x, 5), RuntimeError, "window of size 5 does not fit"),
        (lambda x: F.avg_pool2d(x, 2, divisor_override=0), RuntimeError, "must be not zero"),
        (lambda x: F.avg_pool2d(x.long(), 2), RuntimeError, r"dtype .*int64.*\.float\(\)"),
        (lambda x: F.avg_pool3d(x[0], 2), RuntimeError, r"depth, height, width.*got \(1, 4, 4\)"),
        (lambda x: F.avg_pool1d(x.tolist(), 2), TypeError, "input is a list"),
        (lambda x: F.lp_pool2d(x, 2, 5), RuntimeError, "window of size 5 does not fit"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.zeros(1, 1, 4, 4))


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("d", "shape", "options"), AVERAGES)
def test_peer_averages(torch, d, shape, options, dtype):
    same(
        torch,
        lambda m, x: getattr(m.nn.functional, f"avg_pool{d}d")(x, **options),
        draw(*shape).astype(dtype),
        tolerance=1e-13 if dtype == "float64" else 1e-6,
    )


@pytest.mark.peers
@pytest.mark.parametrize(("d", "shape", "power", "options"), POWERS)
def test_peer_power_averages(torch, d, shape, power, options):
    def f(m, x):
        return getattr(m.nn.functional, f"lp_pool{d}d")(x, power, **options)

    same(torch, f, draw(*shape, low=0.3))
    if power % 2 == 0:
        same(torch, f, draw(*shape))
