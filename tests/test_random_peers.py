"""Random numbers equal PyTorch's bit for bit, and the two generators stay in step."""

import numpy as np
import pytest

import microgradnn as mg

pytestmark = pytest.mark.peers

FLOATS = ("float16", "float32", "float64")
DTYPES = (*FLOATS, "uint8", "int8", "int16", "int32", "int64", "bool")
SIZES = (0, 1, 2, 7, 15, 16, 17, 31, 32, 100, 1600, 5003)
P = np.random.default_rng(1).random((7, 9))


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.fixture
def same(torch):
    """``same(f)``: ``f(library, generator)`` gives equal bits in both libraries, twice running."""

    def check(f, seed=1337):
        g, h = mg.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
        for _ in range(2):
            a, b = f(mg, g), f(torch, h)
            assert a.shape == tuple(b.shape)
            assert a.numpy().tobytes() == b.contiguous().numpy().tobytes(), (a, b)
        assert mg.rand(1, generator=g).item() == torch.rand(1, generator=h).item()

    return check


def tensor(m, array, dtype):
    return m.tensor(array).to(getattr(m, dtype))


def draws_by_itself(torch):
    """Whether PyTorch draws Bernoulli numbers from its own generator here, not from MKL's.

    MKL's are seeded by one output of the generator, however many are drawn.
    """
    g, h = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    torch.empty(100).bernoulli_(0.5, generator=g)
    torch.rand(100, dtype=torch.float64, generator=h)
    return torch.equal(g.get_state(), h.get_state())


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", FLOATS)
class TestOfManySizes:
    def test_rand(self, same, n, dtype):
        same(lambda m, g: m.rand(n, generator=g, dtype=getattr(m, dtype)), seed=0)

    def test_randn(self, same, n, dtype):
        same(lambda m, g: m.randn(n, generator=g, dtype=getattr(m, dtype)), seed=0)

    @pytest.mark.parametrize(("low", "high"), [(-0.3, 0.71), (-1 / 3, 1 / 3), (2.0, 2.0)])
    def test_uniform_(self, same, n, dtype, low, high):
        same(lambda m, g: m.empty(n, dtype=getattr(m, dtype)).uniform_(low, high, generator=g))

    @pytest.mark.parametrize(("mean", "std"), [(1.3, 2.7), (0.0, 0.02), (5.0, 0.0)])
    def test_normal_(self, same, n, dtype, mean, std):
        same(lambda m, g: m.empty(n, dtype=getattr(m, dtype)).normal_(mean, std, generator=g))


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_million_normal_numbers(same, dtype):
    same(lambda m, g: m.randn(1_000_000, generator=g, dtype=getattr(m, dtype)))


@pytest.mark.parametrize("dtype", FLOATS[1:])
@pytest.mark.parametrize("fill", ["normal_", "uniform_", "random_"])
def test_scattered_memory(same, fill, dtype):
    def permuted(m, g):
        x = m.empty(4, 3, 5, dtype=getattr(m, dtype)).permute(2, 0, 1)
        return getattr(x, fill)(generator=g)

    def strided(m, g):
        return getattr(m.empty(4, 6, dtype=getattr(m, dtype))[:, ::2], fill)(generator=g)

    same(permuted)
    same(strided)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 2), (0, 27), (-5, 5), (0, 2**28 - 1), (0, 2**28), (-(2**40), 2**50)]
)
def test_randint(same, low, high):
    same(lambda m, g: m.randint(low, high, (5, 10), generator=g))
    same(lambda m, g: m.empty(50, dtype=m.int64).random_(low, high, generator=g))


def test_randint_from_zero_and_like(same):
    same(lambda m, g: m.randint(9, (3, 4), generator=g))
    same(lambda m, g: m.empty(30).random_(9, generator=g))


@pytest.mark.parametrize("dtype", DTYPES)
def test_random_over_the_whole_range(same, dtype):
    same(lambda m, g: m.empty(40, dtype=getattr(m, dtype)).random_(generator=g))


@pytest.mark.parametrize("n", [0, 1, 5, 1000, 4095, 4096, 60_000])
def test_randperm(same, n):
    same(lambda m, g: m.randperm(n, generator=g))


@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_bernoulli_of_many_probabilities(same, dtype):
    same(lambda m, g: m.bernoulli(tensor(m, P, dtype), generator=g))
    same(lambda m, g: m.bernoulli(tensor(m, P, dtype).T, generator=g))
    same(
        lambda m, g: m.empty(9, 7, dtype=m.float32).T.bernoulli_(
            tensor(m, P[:, :1], dtype), generator=g
        )
    )


@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_multinomial_with_replacement(same, dtype):
    same(lambda m, g: m.multinomial(tensor(m, P, dtype), 20, True, generator=g))
    same(lambda m, g: m.multinomial(tensor(m, P[0], dtype), 20, True, generator=g))


@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_what_intel_has_its_own_numbers_for(torch, same, dtype):
    if draws_by_itself(torch):
        for f in (
            lambda m, g: m.empty(9, 11, dtype=getattr(m, dtype)).bernoulli_(0.1, generator=g),
            lambda m, g: m.empty(9, 11, dtype=getattr(m, dtype)).T.bernoulli_(0.9, generator=g),
            lambda m, g: m.bernoulli(tensor(m, P, dtype), 0.5, generator=g),
            lambda m, g: m.empty(999, dtype=getattr(m, dtype)).exponential_(1.0, generator=g),
            lambda m, g: m.empty(9, 11, dtype=getattr(m, dtype)).T.exponential_(2.5, generator=g),
            lambda m, g: m.multinomial(tensor(m, P, dtype), 1, generator=g),
            lambda m, g: m.multinomial(tensor(m, P, dtype), 4, generator=g),
        ):
            same(f)
    else:  # other numbers, the same distribution
        ours = mg.zeros(100_000).bernoulli_(0.3, generator=mg.Generator()).mean().item()
        theirs = torch.zeros(100_000).bernoulli_(0.3, generator=torch.Generator()).mean().item()
        assert ours == pytest.approx(theirs, abs=0.01)


@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_normal_with_parameters(same, dtype):
    same(lambda m, g: m.normal(tensor(m, P, dtype), tensor(m, P, dtype), generator=g))
    same(lambda m, g: m.normal(tensor(m, P, dtype), 2.5, generator=g))
    same(lambda m, g: m.normal(-1.5, tensor(m, P, dtype), generator=g))
    same(lambda m, g: m.normal(1.5, 2.5, (7, 9), generator=g, dtype=getattr(m, dtype)))


@pytest.mark.parametrize("name", ["rand_like", "randn_like"])
@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_like_scattered_memory(torch, name, dtype):
    # PyTorch's take no generator: the default one.
    mg.manual_seed(4), torch.manual_seed(4)
    ours = getattr(mg, name)(tensor(mg, P, dtype).T)
    theirs = getattr(torch, name)(tensor(torch, P, dtype).T)
    assert ours.numpy().tobytes() == theirs.contiguous().numpy().tobytes()


@pytest.mark.parametrize("drawn", [0, 1, 3, 16, 623, 624, 625, 2000])
def test_states_are_interchangeable(torch, drawn):
    h = torch.Generator().manual_seed(9)
    torch.rand(drawn, generator=h)
    torch.randn(3, generator=h)  # leaves a spare number
    g, back = mg.Generator(), torch.Generator()
    g.set_state(mg.tensor(h.get_state().numpy()))
    back.set_state(torch.tensor(g.get_state().numpy()))
    for n in (5, 700, 20):
        expected = torch.randn(n, generator=h).numpy().tobytes()
        assert mg.randn(n, generator=g).numpy().tobytes() == expected
        assert torch.randn(n, generator=back).numpy().tobytes() == expected
