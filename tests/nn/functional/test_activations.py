"""Activations: known values, derivatives at the kinks, and PyTorch's."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

F = mg.nn.functional

# Name, arguments, and the function written with Python's math.
ELEMENTWISE = [
    ("sigmoid", {}, lambda x: 1 / (1 + math.exp(-x))),
    ("tanh", {}, math.tanh),
    ("relu", {}, lambda x: max(x, 0)),
    ("leaky_relu", {}, lambda x: x if x > 0 else 0.01 * x),
    ("leaky_relu", {"negative_slope": 0.3}, lambda x: x if x > 0 else 0.3 * x),
    ("elu", {}, lambda x: x if x > 0 else math.expm1(x)),
    ("elu", {"alpha": 0.5}, lambda x: x if x > 0 else 0.5 * math.expm1(x)),
    ("silu", {}, lambda x: x / (1 + math.exp(-x))),
    ("hardtanh", {}, lambda x: min(max(x, -1), 1)),
    ("hardtanh", {"min_val": -0.5, "max_val": 2.0}, lambda x: min(max(x, -0.5), 2)),
    ("relu6", {}, lambda x: min(max(x, 0), 6)),
    ("softplus", {}, lambda x: math.log1p(math.exp(x)) if x < 20 else x),
    ("softplus", {"beta": 2.0, "threshold": 3.0},
     lambda x: math.log1p(math.exp(2 * x)) / 2 if 2 * x <= 3 else x),
    ("logsigmoid", {}, lambda x: -math.log1p(math.exp(-x)) if x > -30 else x),
    ("softsign", {}, lambda x: x / (1 + abs(x))),
]  # fmt: skip
IN_PLACE = ("relu", "leaky_relu", "elu", "silu", "hardtanh", "relu6")
MODULES = {
    "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU",
    "silu": "SiLU", "hardtanh": "Hardtanh", "relu6": "ReLU6", "softplus": "Softplus",
    "logsigmoid": "LogSigmoid", "softsign": "Softsign",
}  # fmt: skip
POINTS = np.array([-700.0, -40.0, -3.0, -0.7, -1e-9, 0.3, 0.9, 1.7, 5.0, 30.0, 700.0])


@pytest.mark.parametrize(("name", "options", "formula"), ELEMENTWISE)
def test_values_and_slopes(name, options, formula):
    x = mg.tensor(POINTS, requires_grad=True)
    y = getattr(F, name)(x, **options)
    expected = [formula(p) for p in POINTS]
    np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-9, atol=1e-300)
    y.sum().backward()
    h = 1e-6
    slopes = [(formula(p + h) - formula(p - h)) / (2 * h) for p in POINTS]
    smooth = np.abs(POINTS) > 1e-6
    np.testing.assert_allclose(
        x.grad.numpy()[smooth], np.array(slopes)[smooth], rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize(("name", "options", "formula"), ELEMENTWISE)
def test_the_module_is_the_function(name, options, formula):
    x = mg.tensor(POINTS)
    module = getattr(mg.nn, MODULES[name])(**options)
    assert mg.equal(module(x), getattr(F, name)(x, **options))
    assert list(module.parameters()) == []


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name):
    x = mg.tensor(POINTS, requires_grad=True)
    expected = getattr(F, name)(x)
    y = x * 1
    result = getattr(F, name)(y, inplace=True)
    assert result is y
    assert mg.equal(y, expected)
    (g,) = mg.autograd.grad(y.sum(), x)
    (wanted,) = mg.autograd.grad(expected.sum(), x)
    assert mg.equal(g, wanted)
    with pytest.raises(RuntimeError, match=rf"{name}\(inplace=True\): a leaf Tensor"):
        getattr(F, name)(x, inplace=True)
    z = mg.tensor(POINTS)
    getattr(mg.nn, MODULES[name])(inplace=True)(z)
    assert mg.equal(z, expected.detach())


def test_elu_does_not_ask_for_large_exponentials():
    x = mg.tensor([1000.0], requires_grad=True)
    F.elu(x).backward()  # a warning would be an error
    assert x.grad.item() == 1


def test_softmax_and_log_softmax():
    x = mg.tensor(draw(2, 3, 4))
    p = F.softmax(x, dim=1)
    assert np.allclose(p.sum(1).numpy(), 1)
    assert mg.allclose(F.log_softmax(x, 1).exp(), p)
    assert mg.equal(mg.nn.Softmax(1)(x), p)
    assert mg.equal(mg.nn.LogSoftmax(dim=1)(x), F.log_softmax(x, 1))
    assert F.softmax(mg.tensor([1.0, 2.0]), 0, dtype=mg.float64).dtype is mg.float64
    with pytest.warns(UserWarning, match="takes dim=0 for 3 dimensions"):
        guessed = F.softmax(x)
    assert mg.equal(guessed, F.softmax(x, 0))
    with pytest.warns(UserWarning, match="takes dim=1 for 2 dimensions"):
        mg.nn.LogSoftmax()(x[0])


@pytest.mark.parametrize("name", sorted(MODULES))
def test_what_is_no_tensor(name):
    with pytest.raises(TypeError, match=f"{name} takes Tensors: input is a list"):
        getattr(F, name)([1.0])


def test_limits_in_order():
    with pytest.raises(ValueError, match="min_val must be below max_val, got 2 and 1"):
        mg.nn.Hardtanh(2, 1)


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize(("name", "options", "formula"), ELEMENTWISE)
def test_peer(torch, name, options, formula):
    points = np.concatenate([POINTS, [0.0, 1.0, -1.0, 6.0, -0.5, 2.0]])  # the kinks too
    same(torch, lambda m, x: getattr(m.nn.functional, name)(x, **options), points)
    same(torch, lambda m, x: getattr(m.nn, MODULES[name])(**options)(x), points)
    small = points.astype("f")
    same(torch, lambda m, x: getattr(m.nn.functional, name)(x, **options), small, tolerance=1e-6)


@pytest.mark.peers
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_peer_softmax(torch, name):
    for shape, dim in (((3,), 0), ((2, 3), 1), ((2, 3, 4), -2)):
        same(torch, lambda m, x, dim=dim: getattr(m.nn.functional, name)(x, dim=dim), draw(*shape))
