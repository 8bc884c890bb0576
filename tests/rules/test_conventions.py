"""Where mathematics leaves a choice (kinks, ties, the ends of the number line): PyTorch's."""

import itertools
import warnings

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 1e-300, 1e300, -1e300, 800.0, -800.0]
ENDS = [float("inf"), float("-inf"), float("nan")]

UNARY = [
    "exp", "log", "sqrt", "sin", "cos", "tanh", "log1p", "expm1", "sign", "abs", "sigmoid",
    "relu", "neg", "square", "reciprocal", "tan", "acos", "asin", "atan", "acosh", "asinh",
    "atanh", "cosh", "sinh", "exp2", "log2", "log10", "rsqrt", "sinc", "deg2rad", "rad2deg",
    "floor", "ceil", "trunc", "round", "frac", "erf", "erfc", "erfinv", "lgamma", "i0",
    "nan_to_num", "angle",
]  # fmt: skip
BINARY = [
    "add", "sub", "mul", "div", "pow", "maximum", "minimum", "atan2", "hypot", "logaddexp", "fmax",
    "fmin", "nextafter", "ldexp",
]  # fmt: skip
POWERS = [0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, 2.0, 0.0]


def in_both(f, *columns, dtype=np.float64):
    """Value and gradients of an elementwise function, ours and PyTorch's."""
    import torch

    found = []
    for library, make in ((mg, mg.tensor), (torch, torch.tensor)):
        inputs = [make(np.array(c, dtype), requires_grad=True) for c in columns]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            y = f(library, *inputs)
            y.backward(make(np.ones(y.shape, dtype)))
        found.append([y.detach().numpy(), *(x.grad.numpy() for x in inputs)])
    return found


def assert_same(ours, theirs, columns, atol=0.0):
    for what, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert a.dtype == b.dtype
        same = np.isclose(a, b, rtol=1e-12, atol=atol, equal_nan=True)
        # Below the smallest normal number precision runs out.
        same |= (np.abs(a) < 1e-290) & (np.abs(b) < 1e-290)
        wrong = [
            (*(c[k] for c in columns), float(a[k]), float(b[k])) for k in np.flatnonzero(~same)
        ]
        assert not wrong, f"{'gradient' if what else 'value'} at (inputs, ours, theirs): {wrong}"


# What is left out is said here: for NaN PyTorch's sign is 0, and its gradients of sign, abs, relu,
# maximum and minimum are 0 or 1 where ours are NaN or 0; its x**0.5 is its square root, which
# differs from C's pow at -0 and -inf.
NUMBERS = SPECIAL + ENDS[:2]
PASS_ON_NAN = set(UNARY + BINARY) - {"sign", "abs", "relu", "maximum", "minimum"}


@pytest.mark.peers
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number(name):
    columns = [NUMBERS + ENDS[2:] if name in PASS_ON_NAN else NUMBERS]
    assert_same(*in_both(lambda library, x: getattr(library, name)(x), *columns), columns)


@pytest.mark.peers
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_numbers(name):
    numbers = NUMBERS + ENDS[2:] if name in PASS_ON_NAN - {"pow"} else NUMBERS
    columns = list(zip(*itertools.product(numbers, repeat=2), strict=True))
    assert_same(*in_both(lambda library, x, y: getattr(library, name)(x, y), *columns), columns)


@pytest.mark.peers
@pytest.mark.parametrize("exponent", POWERS)
def test_constant_powers(exponent):
    columns = [NUMBERS if exponent % 1 == 0 else [x for x in NUMBERS if x > 0 or str(x) == "0.0"]]
    assert_same(*in_both(lambda library, x: x**exponent, *columns), columns)


@pytest.mark.peers
@pytest.mark.parametrize("limits", [(-1.0, 1.0), (None, 1.0), (-1.0, None), (0.0, 0.0)])
def test_clamp_on_its_limits(limits):
    columns = [SPECIAL + ENDS]
    assert_same(*in_both(lambda library, x: x.clamp(*limits), *columns), columns)


@pytest.mark.peers
@pytest.mark.parametrize(
    "name", ["amax", "amin", "max", "min", "softmax", "log_softmax", "logsumexp"]
)
@pytest.mark.parametrize(
    "row",
    [
        [1.0, 3.0, 3.0],
        [1.0, 1.0, 1.0],
        [0.0, -0.0, 0.0],
        [1000.0, 1000.0, -1000.0],
        [float("inf"), 0.0, 1.0],
        [float("-inf"), 0.0, 1.0],
        [float("-inf")] * 3,
        [float("nan"), 0.0, 1.0],
    ],
    ids=str,
)
def test_ties_and_ends_in_a_row(name, row):
    def f(library, x):
        y = getattr(x, name)(0)
        return y[0] if isinstance(y, tuple) else y

    assert_same(*in_both(f, row), [row], atol=1e-15)


@pytest.mark.peers
@pytest.mark.parametrize("name", ["max", "min"])
def test_ties_of_the_whole_tensor_share(name):
    row = [3.0, 1.0, 3.0, 1.0]
    assert_same(*in_both(lambda library, x: getattr(x, name)(), row), [row])


@pytest.mark.parametrize(
    ("name", "at", "slope"),
    [("relu", 0.0, 0.0), ("abs", 0.0, 0.0), ("sign", 0.0, 0.0), ("relu", -0.0, 0.0)],
)
def test_kinks_of_tensors_and_values(name, at, slope):
    x = mg.tensor([at], requires_grad=True)
    getattr(x, name)().backward()
    assert x.grad.item() == slope
    v = Value(at)
    getattr(v, name)().backward()
    assert v.grad == slope


def test_equal_operands_of_maximum_share_half_and_half():
    for f in (mg.maximum, mg.minimum):
        x = mg.tensor([2.0], requires_grad=True)
        y = mg.tensor([2.0], requires_grad=True)
        f(x, y).backward()
        assert (x.grad.item(), y.grad.item()) == (0.5, 0.5)


def test_equal_values_share_half_and_half_in_a_graph_too():
    # Value's == is identity, so a rule that used it would give neither of them anything.
    for f in (np.maximum, np.minimum):
        a, b = Value(2.0), Value(2.0)
        first = mg.autograd.grad(f(a, b), [a, b], create_graph=True)
        assert [d.data for d in first] == [0.5, 0.5]
        assert mg.autograd.grad(f(a, b), [a, b]) == (0.5, 0.5)


def test_small_powers_are_products():
    # To the bit, as in PyTorch; powf rounds a third of these in another way.
    x = mg.tensor(np.random.default_rng(0).standard_normal(1000).astype(np.float32))
    for exponent in (3, 3.0):
        assert mg.equal(x**exponent, x * x * x)
    assert mg.equal(x**-2, 1 / (x * x))
    assert mg.equal(x**4, (x * x) * (x * x))
    assert (mg.tensor([2, -3]) ** 3).tolist() == [8, -27]
    assert (mg.tensor([2, -3]) ** 3.0).dtype is mg.float32


@pytest.mark.parametrize("make", [lambda x: mg.tensor(x, requires_grad=True), Value])
def test_zero_to_a_power_that_is_an_operand(make):
    x, y = make(0.0), make(2.0)
    first = mg.autograd.grad(x**y, [x, y], create_graph=True)
    assert [float(d) for d in first] == [0.0, 0.0]
    x, y = make(0.0), make(0.0)
    assert [float(d) for d in mg.autograd.grad(x**y, [x, y], create_graph=True)] == [0.0, 0.0]


def test_relu_of_the_ends_of_the_number_line():
    numbers = [float("-inf"), -3.0, 5.0, float("inf")]
    assert mg.tensor(numbers).relu().tolist() == [0.0, 0.0, 5.0, float("inf")]
    assert [repr(Value(x).relu().data) for x in numbers] == ["0.0", "0.0", "5.0", "inf"]
    assert np.isnan(Value(float("nan")).relu().data)


def test_powers_at_zero():
    x = mg.tensor([0.0], requires_grad=True)
    (first,) = mg.autograd.grad(x**2, x, create_graph=True)
    (second,) = mg.autograd.grad(first, x, create_graph=True)
    assert (first.item(), second.item()) == (0.0, 2.0)
    (first,) = mg.autograd.grad(x**1, x)
    assert first.item() == 1.0
    (first,) = mg.autograd.grad(x**0, x)
    assert first.item() == 0.0
    v = Value(0.0)
    (first,) = mg.autograd.grad(v**2, v, create_graph=True)
    assert (first.data, *mg.autograd.grad(first, v)) == (0.0, 2.0)


def test_the_unselected_branch_of_where_gets_an_exact_zero():
    x = mg.tensor([4.0, -1.0], requires_grad=True)
    mg.where(x > 0, x * 3, x * 5).sum().backward()
    assert x.grad.tolist() == [3.0, 5.0]


@pytest.mark.parametrize("dtype", [mg.float32, mg.float64])
def test_sigmoid_and_softmax_neither_overflow_nor_warn(dtype):
    x = mg.tensor([-1e4, -100.0, 0.0, 100.0, 1e4], dtype=dtype, requires_grad=True)
    y = x.sigmoid()
    y.sum().backward()
    assert y.tolist()[2:] == [0.5, 1.0, 1.0]
    assert np.isfinite(x.grad.numpy()).all()
    assert np.isfinite(x.softmax(0).detach().numpy()).all()
    assert x.log_softmax(0).tolist()[4] == 0.0


@pytest.mark.parametrize(
    "f",
    [
        mg.relu,
        lambda x: mg.clamp(x, min=0.0),
        lambda x: mg.where(x > 0, x, 0.0),
        lambda x: mg.where(x <= 0, mg.zeros(3), x),
        lambda x: mg.where((x > 0).to(mg.int64) * 2, x, 0.0),
        lambda x: mg.maximum(x, mg.zeros(3)),
        lambda x: mg.maximum(mg.zeros(3), x),
        lambda x: -mg.minimum(-x, mg.zeros(3)),
        lambda x: -mg.minimum(mg.zeros(3), -x),
    ],
)
def test_what_is_switched_off_gets_no_share_of_an_infinite_cotangent(f):
    x = mg.tensor([4.0, -1.0, -2.0], requires_grad=True)
    (g,) = mg.autograd.grad(f(x).sqrt().sum(), x)
    assert g.tolist() == [0.25, 0.0, 0.0]
    (recorded,) = mg.autograd.grad(f(x).sqrt().sum(), x, create_graph=True)
    assert recorded.tolist() == [0.25, 0.0, 0.0]
    (h,) = mg.autograd.grad(recorded[0], x)
    assert h[0].item() == -1 / 32


@pytest.mark.parametrize("dtype", [mg.float16, mg.float32, mg.float64])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3)])
def test_relu_keeps_dtype_and_shape_of_the_gradient(dtype, shape):
    x = mg.full(shape, 2.0, dtype=dtype, requires_grad=True)
    x.relu().sum().backward()
    assert (x.grad.dtype, tuple(x.grad.shape)) == (dtype, shape)
    assert (x.grad == 1).all()


def test_a_value_switched_off_gets_no_share_of_an_infinite_derivative():
    v = Value(-2.0)
    (v.relu() + 1e-320).log().backward()
    assert v.grad == 0
