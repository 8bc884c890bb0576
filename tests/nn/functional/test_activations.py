"""Activations: known values, derivatives at the kinks, and PyTorch's."""

import inspect
import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same, same_twice

F = mg.nn.functional


def selu(x):
    return 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x))


# Name, arguments, and the function written with Python's math.
ELEMENTWISE = [
    ("sigmoid", {}, lambda x: 1 / (1 + math.exp(-x))),
    ("hardsigmoid", {}, lambda x: min(max(x + 3, 0), 6) / 6),
    ("tanh", {}, math.tanh),
    ("tanhshrink", {}, lambda x: x - math.tanh(x)),
    ("relu", {}, lambda x: max(x, 0)),
    ("leaky_relu", {}, lambda x: x if x > 0 else 0.01 * x),
    ("leaky_relu", {"negative_slope": 0.3}, lambda x: x if x > 0 else 0.3 * x),
    ("leaky_relu", {"negative_slope": -2.0}, lambda x: x if x > 0 else -2 * x),
    ("leaky_relu", {"negative_slope": 0.0}, lambda x: max(x, 0)),
    ("rrelu", {}, lambda x: x if x > 0 else 11 / 48 * x),
    ("rrelu", {"lower": 0.5, "upper": 1.0}, lambda x: x if x > 0 else 0.75 * x),
    ("elu", {}, lambda x: x if x > 0 else math.expm1(x)),
    ("elu", {"alpha": 0.5}, lambda x: x if x > 0 else 0.5 * math.expm1(x)),
    ("celu", {}, lambda x: x if x > 0 else math.expm1(x)),
    ("celu", {"alpha": 2.0}, lambda x: x if x > 0 else 2 * math.expm1(x / 2)),
    ("selu", {}, selu),
    ("silu", {}, lambda x: x / (1 + math.exp(-x))),
    ("gelu", {}, lambda x: x * math.erfc(-x / math.sqrt(2)) / 2),
    ("gelu", {"approximate": "tanh"},
     lambda x: x / (1 + math.exp(min(-2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3), 700)))),
    ("mish", {}, lambda x: x * math.tanh(math.log1p(math.exp(x)))),
    ("hardswish", {}, lambda x: x * min(max(x + 3, 0), 6) / 6),
    ("hardtanh", {}, lambda x: min(max(x, -1), 1)),
    ("hardtanh", {"min_val": -0.5, "max_val": 2.0}, lambda x: min(max(x, -0.5), 2)),
    ("relu6", {}, lambda x: min(max(x, 0), 6)),
    ("softplus", {}, lambda x: math.log1p(math.exp(x)) if x < 20 else x),
    ("softplus", {"beta": 2.0, "threshold": 3.0},
     lambda x: math.log1p(math.exp(2 * x)) / 2 if 2 * x <= 3 else x),
    ("logsigmoid", {}, lambda x: -math.log1p(math.exp(-x)) if x > -30 else x),
    ("softsign", {}, lambda x: x / (1 + abs(x))),
    ("softshrink", {}, lambda x: x - min(max(x, -0.5), 0.5)),
    ("softshrink", {"lambd": 1.0}, lambda x: x - min(max(x, -1), 1)),
    ("hardshrink", {}, lambda x: x if abs(x) > 0.5 else 0),
    ("hardshrink", {"lambd": 1.0}, lambda x: x if abs(x) > 1 else 0),
    ("threshold", {"threshold": 0.5, "value": -3.0}, lambda x: x if x > 0.5 else -3),
]  # fmt: skip
MODULES = {
    "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU",
    "silu": "SiLU", "hardtanh": "Hardtanh", "relu6": "ReLU6", "softplus": "Softplus",
    "logsigmoid": "LogSigmoid", "softsign": "Softsign", "hardsigmoid": "Hardsigmoid",
    "tanhshrink": "Tanhshrink", "rrelu": "RReLU", "celu": "CELU", "selu": "SELU", "gelu": "GELU",
    "mish": "Mish", "hardswish": "Hardswish", "softshrink": "Softshrink",
    "hardshrink": "Hardshrink", "threshold": "Threshold",
}  # fmt: skip
IN_PLACE = [
    (name, options)
    for name, options, _ in ELEMENTWISE
    if "inplace" in inspect.signature(getattr(F, name)).parameters
]
TRAILING = ("relu", "leaky_relu", "rrelu", "elu", "celu", "selu", "hardtanh", "threshold")
POINTS = np.array([-700.0, -40.0, -2.9, -0.7, -1e-9, 0.3, 0.9, 1.7, 5.0, 30.0, 700.0])


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
    module = getattr(mg.nn, MODULES[name])(**options).eval()
    assert mg.equal(module(x), getattr(F, name)(x, **options))
    assert list(module.parameters()) == []


@pytest.mark.parametrize(("name", "options"), IN_PLACE)
def test_in_place(name, options):
    x = mg.tensor(POINTS, requires_grad=True)
    expected = getattr(F, name)(x, **options)
    y = x * 1
    result = getattr(F, name)(y, **options, inplace=True)
    assert result is y
    assert mg.equal(y, expected)
    (g,) = mg.autograd.grad(y.sum(), x)
    (wanted,) = mg.autograd.grad(expected.sum(), x)
    assert mg.equal(g, wanted)
    with pytest.raises(RuntimeError, match=rf"{name}\(inplace=True\): a leaf Tensor"):
        getattr(F, name)(x, **options, inplace=True)
    z = mg.tensor(POINTS)
    getattr(mg.nn, MODULES[name])(**options, inplace=True).eval()(z)
    assert mg.equal(z, expected.detach())


def test_in_place_is_all_that_can_be():
    assert len({name for name, _ in IN_PLACE}) == 13


@pytest.mark.parametrize("name", TRAILING)
def test_the_form_with_an_underscore(name):
    options = next(options for n, options, _ in ELEMENTWISE if n == name)
    x = mg.tensor(POINTS)
    expected = getattr(F, name)(x, **options)
    assert getattr(F, name + "_")(x, *options.values()) is x
    assert mg.equal(x, expected)


@pytest.mark.parametrize("name", ["celu", "hardshrink", "prelu", "rrelu", "selu", "threshold"])
def test_what_is_beside_the_tensors_too_is_the_same(name):
    arguments = {"prelu": (mg.tensor(0.3),), "threshold": (0.1, 2.0)}.get(name, ())
    x = mg.tensor([-1.0, 0.2, 3.0])
    assert mg.equal(getattr(mg, name)(x, *arguments), getattr(F, name)(x, *arguments))


@pytest.mark.parametrize("name", ["celu_", "relu_", "rrelu_", "selu_", "threshold_"])
def test_in_place_forms_are_one_function(name):
    assert getattr(mg, name) is getattr(F, name)


def test_elu_does_not_ask_for_large_exponentials():
    x = mg.tensor([1000.0], requires_grad=True)
    F.elu(x).backward()  # a warning would be an error
    assert x.grad.item() == 1


@pytest.mark.parametrize(
    "name", sorted(set(MODULES) - {"hardshrink", "threshold"})
)  # those two are the functions of the namespace, or need numbers
def test_what_is_no_tensor(name):
    with pytest.raises(TypeError, match=f"{name} takes Tensors: input is a list"):
        getattr(F, name)([1.0])


def test_bad_options():
    with pytest.raises(AssertionError, match=r"max_val \(1\) must be greater than min_val \(2\)"):
        mg.nn.Hardtanh(2, 1)
    x = mg.ones(3)
    with pytest.raises(ValueError, match="min_val cannot be greater than max_val, got 2 and 1"):
        F.hardtanh(x, 2, 1)
    with pytest.raises(ZeroDivisionError, match="alpha cannot be 0 for CELU"):
        F.celu(x, 0)
    with pytest.raises(RuntimeError, match="greater or equal to 0, but found to be -1"):
        F.softshrink(x, -1)
    with pytest.raises(RuntimeError, match="must be either none or tanh, got 'sigmoid'"):
        F.gelu(x, approximate="sigmoid")
    with pytest.raises(RuntimeError, match=r"lower=0\.5 and upper=0\.1"):
        F.rrelu(x, 0.5, 0.1)


def test_former_names_of_hardtanh():
    with pytest.warns(FutureWarning, match="`min_value` is deprecated and renamed to `min_val`"):
        layer = mg.nn.Hardtanh(min_value=-2.0)
    assert (layer.min_val, layer.max_val) == (-2.0, 1.0)
    assert isinstance(mg.nn.ReLU6(), mg.nn.Hardtanh)


# --- Gates and slopes ---------------------------------------------------------------------------


def test_glu():
    x = mg.tensor(draw(3, 4), requires_grad=True)
    a, b = x[:, :2], x[:, 2:]
    assert mg.allclose(F.glu(x), a * b.sigmoid())
    assert mg.equal(mg.nn.GLU(1)(x), F.glu(x))
    assert F.glu(mg.zeros(2, 3), 0).shape == (1, 3)
    with pytest.raises(
        RuntimeError, match=r"must be even, but dimension -1 of.*\(2, 3\) is size 3"
    ):
        F.glu(mg.zeros(2, 3))
    with pytest.raises(RuntimeError, match="does not support scalars"):
        F.glu(mg.tensor(1.0))
    with pytest.raises(IndexError):
        F.glu(mg.zeros(2), 1)


def test_prelu():
    x = mg.tensor([[-1.0, 2.0], [3.0, -4.0]], requires_grad=True)
    w = mg.tensor([0.5, 0.25], requires_grad=True)
    y = F.prelu(x, w)
    y.sum().backward()
    assert y.tolist() == [[-0.5, 2], [3, -1]]
    assert x.grad.tolist() == [[0.5, 1], [1, 0.25]]
    assert w.grad.tolist() == [-1, -4]
    layer = mg.nn.PReLU(3, 0.1)
    assert layer.weight.tolist() == pytest.approx([0.1] * 3)
    assert repr(layer) == "PReLU(num_parameters=3)"
    with pytest.raises(RuntimeError, match=r"weight has shape \(3,\).* has 2 channels"):
        layer(x)
    with pytest.raises(RuntimeError, match="float64"):
        F.prelu(x, w.double())


def test_rrelu_draws_between_its_limits():
    generator = mg.manual_seed(2)
    x = mg.full((1000,), -1.0, dtype=mg.float64, requires_grad=True)
    y = F.rrelu(x, 0.1, 0.5, training=True)
    assert 0.1 <= (-y).min().item() < 0.11
    assert 0.49 < (-y).max().item() <= 0.5
    y.sum().backward()
    assert mg.equal(x.grad, -y.detach())  # each its own slope
    layer = mg.nn.RReLU(0.1, 0.5)
    generator.manual_seed(2)
    assert mg.equal(layer(x), y)
    assert mg.allclose(layer.eval()(x), 0.3 * x)


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize(("name", "options", "formula"), ELEMENTWISE)
def test_peer(torch, name, options, formula):
    points = np.concatenate([POINTS, [0.0, 1.0, -1.0, 6.0, -0.5, 2.0, 3.0, -3.0]])  # the kinks too
    # PyTorch multiplies by a sixth of float32 in the derivative of hardsigmoid.
    tolerance = 1e-7 if name == "hardsigmoid" else 1e-12
    same(
        torch, lambda m, x: getattr(m.nn.functional, name)(x, **options), points,
        tolerance=tolerance,
    )  # fmt: skip
    same(
        torch, lambda m, x: getattr(m.nn, MODULES[name])(**options).eval()(x), points,
        tolerance=tolerance,
    )  # fmt: skip
    small = points.astype("f")
    same(torch, lambda m, x: getattr(m.nn.functional, name)(x, **options), small, tolerance=1e-6)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "options", "formula"), [entry for entry in ELEMENTWISE if entry[0] != "hardsigmoid"]
)  # of which PyTorch has no second derivative
def test_peer_to_second_order(torch, name, options, formula):
    points = draw(40, seed=11, low=-5, high=5)
    same_twice(torch, lambda m, x: getattr(m.nn.functional, name)(x, **options), points)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("x", "w"), [((3, 4), (1,)), ((3, 4), (4,)), ((2, 4, 3), (4,)), ((5,), (1,)), ((), ()),
                 ((2, 3, 2, 2), (3,)), ((3, 4), ())],
)  # fmt: skip
def test_peer_prelu(torch, x, w):
    same_twice(torch, lambda m, x, w: m.nn.functional.prelu(x, w), draw(*x), draw(*w, seed=1))


@pytest.mark.peers
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_peer_glu(torch, dim):
    same_twice(torch, lambda m, x: m.nn.functional.glu(x, dim), draw(2, 4, 6))


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_peer_rrelu_draws_the_same_slopes(torch, dtype):
    x = draw(7, 5).astype(dtype)
    results = []
    for m in (mg, torch):
        m.manual_seed(5)
        t = m.tensor(x)
        both = [m.rrelu(t, 0.2, 0.7, True), m.nn.RReLU(inplace=True)(t.T.clone())]
        results.append([t.numpy() for t in both] + [m.rand(1).numpy()])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6 if dtype == "float32" else 1e-15)


@pytest.mark.peers
@pytest.mark.parametrize(("name", "options", "formula"), ELEMENTWISE)
def test_peer_module(torch, name, options, formula):
    for more in ({}, {"inplace": True}):
        if more and "inplace" not in inspect.signature(getattr(mg.nn, MODULES[name])).parameters:
            continue
        ours, theirs = (getattr(m.nn, MODULES[name])(**options, **more) for m in (mg, torch))
        assert repr(ours) == repr(theirs)
        for option in options:
            assert getattr(ours, option) == getattr(theirs, option)
