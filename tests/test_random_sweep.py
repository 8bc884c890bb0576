"""Two hundred seeds, every call, every kind of size: PyTorch's numbers, bit for bit.

Each seed begins a chain: all calls follow one another on one generator, so that a call which draws
one number too many or too few spoils all after it.
"""

import itertools

import numpy as np
import pytest

import microgradnn as mg

pytestmark = pytest.mark.peers

SEEDS = (*range(150), *(2**k - 1 for k in range(8, 48)), *range(10**9, 10**9 + 10))
# Under 16 numbers, multiples of 16, the others: PyTorch's normal numbers are made in three ways.
SIZES = (1, 5, 15, 16, 17, 32, 50, 64, 131)
FLOATS = ("float32", "float64")
# Half the table of weights is of one sign, so that rounding in a sum would show.
WEIGHTS = np.linspace(0.1, 0.9, 131)


def probabilities(m, count, dtype):
    return m.tensor(WEIGHTS[:count].copy()).to(getattr(m, dtype))


CALLS = {
    "rand": lambda m, count, dtype, g: m.rand(count, dtype=getattr(m, dtype), generator=g),
    "randn": lambda m, count, dtype, g: m.randn(count, dtype=getattr(m, dtype), generator=g),
    "randint": lambda m, count, dtype, g: m.randint(-7, 1000, (count,), generator=g),
    "randperm": lambda m, count, dtype, g: m.randperm(count, generator=g),
    "normal": lambda m, count, dtype, g: m.normal(
        m.zeros(count, dtype=getattr(m, dtype)), probabilities(m, count, dtype), generator=g
    ),
    "bernoulli": lambda m, count, dtype, g: m.bernoulli(
        probabilities(m, count, dtype), generator=g
    ),
    "multinomial": lambda m, count, dtype, g: m.multinomial(
        probabilities(m, count, dtype), 4, replacement=True, generator=g
    ),
    "multinomial without replacement": lambda m, count, dtype, g: m.multinomial(
        probabilities(m, count, dtype), count, generator=g
    ),
    "uniform_": lambda m, count, dtype, g: m.empty(count, dtype=getattr(m, dtype)).uniform_(
        -0.3, 0.7, generator=g
    ),
    "normal_": lambda m, count, dtype, g: m.empty(count, dtype=getattr(m, dtype)).normal_(
        0.5, 0.02, generator=g
    ),
    "random_": lambda m, count, dtype, g: m.empty(count, dtype=getattr(m, dtype)).random_(
        generator=g
    ),
    "random_ below": lambda m, count, dtype, g: m.empty(count, dtype=m.int64).random_(
        3, 90, generator=g
    ),
    "exponential_": lambda m, count, dtype, g: m.empty(count, dtype=getattr(m, dtype)).exponential_(
        1.5, generator=g
    ),
    "bernoulli_": lambda m, count, dtype, g: m.empty(count, dtype=getattr(m, dtype)).bernoulli_(
        0.3, generator=g
    ),
    "rand by rand": lambda m, count, dtype, g: m.rand(
        3, count, dtype=getattr(m, dtype), generator=g
    ),
}
INITS = {
    "uniform_": (-0.2, 0.4), "normal_": (0.1, 2.0), "xavier_uniform_": (2.0,),
    "xavier_normal_": (0.5,), "kaiming_uniform_": (0.2,), "kaiming_normal_": (0.0, "fan_out"),
    "trunc_normal_": (0.0, 1.0, -1.5, 2.0), "orthogonal_": (1.3,), "sparse_": (0.4,),
}  # fmt: skip
MODULES = {
    "Linear": lambda nn: nn.Linear(7, 5),
    "Conv2d": lambda nn: nn.Conv2d(2, 3, 3),
    "network": lambda nn: nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3, bias=False)),
}


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


def equal(ours, theirs, *where):
    assert ours.numpy().tobytes() == theirs.detach().contiguous().numpy().tobytes(), where


@pytest.mark.parametrize("dtype", FLOATS)
def test_chained_calls(torch, dtype):
    compared = 0
    for seed in SEEDS:
        g, h = mg.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
        for count, (name, call) in itertools.product(SIZES, CALLS.items()):
            equal(call(mg, count, dtype, g), call(torch, count, dtype, h), seed, count, name)
            compared += 1
        assert np.array_equal(g.get_state().numpy(), h.get_state().numpy()), seed
    assert compared == len(SEEDS) * len(SIZES) * len(CALLS) == 27_000


@pytest.mark.parametrize("name", INITS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_initial_values(torch, name, dtype):
    for seed in SEEDS:
        mg.manual_seed(seed), torch.manual_seed(seed)
        for shape in ((3, 5), (4, 8), (17, 2)):
            ours, theirs = (m.empty(shape, dtype=getattr(m, dtype)) for m in (mg, torch))
            getattr(mg.nn.init, name)(ours, *INITS[name])
            getattr(torch.nn.init, name)(theirs, *INITS[name])
            if name == "orthogonal_":  # the numbers drawn are equal, LAPACK's QR rounds its own way
                tolerance = 1e-5 if dtype == "float32" else 1e-12
                np.testing.assert_allclose(ours.numpy(), theirs.numpy(), 0, tolerance)
            else:
                equal(ours, theirs, seed, name, shape)
        equal(mg.rand(3), torch.rand(3), seed, name, "after it")


@pytest.mark.parametrize("name", MODULES)
def test_new_modules(torch, name):
    for seed in SEEDS:
        mg.manual_seed(seed), torch.manual_seed(seed)
        ours, theirs = MODULES[name](mg.nn), MODULES[name](torch.nn)
        for (key, a), b in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            equal(a.detach(), b, seed, name, key)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_dropout(torch, p):
    for seed in SEEDS:
        mg.manual_seed(seed), torch.manual_seed(seed)
        for count in SIZES:
            ours = mg.nn.functional.dropout(mg.ones(count), p)
            equal(ours, torch.nn.functional.dropout(torch.ones(count), p), seed, count)
