"""Random numbers against published ones, moments and properties; PyTorch's are in the next file."""

import copy
import math
import pickle

import numpy as np
import pytest

import microgradnn as mg

FLOATS = (mg.float32, mg.float64)


def bits(t):
    """The bytes of a Tensor, so that equal means equal bit for bit."""
    return t.numpy().tobytes()


# --- Generator ---------------------------------------------------------------------------------


def test_the_twister_is_the_one_of_the_c_plus_plus_standard():
    # [rand.predef]: the 10,000th output of mt19937, whose default seed is 5489.
    assert mg.Generator().manual_seed(5489)._words(10_000)[-1] == 4123659995


def test_numbers_that_pytorch_tutorials_print():
    mg.manual_seed(0)
    assert mg.rand(4).tolist() == pytest.approx([0.4963, 0.7682, 0.0885, 0.1320], abs=5e-5)
    mg.manual_seed(42)
    assert mg.randn(3).tolist() == pytest.approx([0.3367, 0.1288, 0.2345], abs=5e-5)
    mg.manual_seed(1337)
    assert mg.randn(4).tolist() == pytest.approx([-2.0260, -2.0655, -1.2054, -0.9122], abs=5e-5)


def test_seed_range_and_names():
    g = mg.manual_seed(-1)
    assert isinstance(g, mg.Generator)
    assert mg.initial_seed() == g.initial_seed() == 2**64 - 1
    first = mg.rand(3)
    mg.manual_seed(2**64 - 1)
    assert mg.equal(first, mg.rand(3))
    with pytest.raises(ValueError, match="18446744073709551616 is no seed"):
        mg.manual_seed(2**64)
    assert mg.initial_seed() == 2**64 - 1
    assert mg.Generator().initial_seed() == 67280421310721
    assert mg.Generator().seed() != mg.Generator().seed()
    with pytest.raises(RuntimeError, match="'cuda' is not available"):
        mg.Generator("cuda")


def test_a_generator_of_its_own_leaves_the_default_one_alone():
    mg.manual_seed(3)
    expected = mg.rand(4)
    mg.manual_seed(3)
    g = mg.Generator().manual_seed(3)
    assert mg.equal(mg.rand(4, generator=g), expected)
    assert mg.equal(mg.rand(4), expected)
    with pytest.raises(TypeError, match=r"generator must be a microgradnn\.Generator, got int"):
        mg.rand(2, generator=5)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_state_is_saved_with_the_spare_normal_number(copied):
    g = mg.Generator().manual_seed(8)
    mg.randn(3, generator=g)
    twin, state = copied(g), g.get_state()
    assert state.dtype is mg.uint8
    assert state.shape == (5056,)
    expected = mg.randn(5, generator=g), mg.rand(700, generator=g), mg.randn(20, generator=g)
    other = mg.Generator()
    other.set_state(state)
    assert other.initial_seed() == 8
    for source in (twin, other):
        again = (
            mg.randn(5, generator=source),
            mg.rand(700, generator=source),
            mg.randn(20, generator=source),
        )
        assert [bits(t) for t in again] == [bits(t) for t in expected]


def test_a_bad_state_is_refused_and_changes_nothing():
    g = mg.Generator().manual_seed(8)
    before = g.get_state()
    with pytest.raises(TypeError, match=r"Tensor of uint8, got microgradnn\.int64"):
        g.set_state(mg.zeros(5056, dtype=mg.int64))
    with pytest.raises(TypeError, match="Tensor of uint8, got list"):
        g.set_state([1])
    with pytest.raises(RuntimeError, match=r"shape \(5056,\), got \(3,\)"):
        g.set_state(mg.zeros(3, dtype=mg.uint8))
    with pytest.raises(RuntimeError, match="no state of a Mersenne Twister"):
        g.set_state(mg.zeros(5056, dtype=mg.uint8))
    assert mg.equal(before, g.get_state())


def test_fork_rng_and_the_default_state():
    mg.manual_seed(1)
    mg.randn(1)
    state = mg.get_rng_state()
    with mg.random.fork_rng():
        inside = mg.randn(3)
    assert mg.equal(inside, mg.randn(3))
    mg.set_rng_state(state)
    assert mg.equal(inside, mg.randn(3))


# --- Distributions, judged by their moments ----------------------------------------------------


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("scattered", [False, True])
def test_moments(dtype, scattered):
    n, g = 40_000, mg.Generator().manual_seed(11)

    def fresh():
        x = mg.empty(n // 100, 100, dtype=dtype)
        return x.T if scattered else x

    def check(x, mean, std):
        # Five standard errors of the mean, and of the deviation (kurtosis at most 9).
        assert x.mean().item() == pytest.approx(mean, abs=5 * std / math.sqrt(n))
        assert x.std().item() == pytest.approx(std, abs=5 * std * math.sqrt(2 / n))

    check(fresh().uniform_(-1, 3, generator=g), 1, 4 / math.sqrt(12))
    check(fresh().normal_(-2, 0.5, generator=g), -2, 0.5)
    check(fresh().exponential_(4, generator=g), 0.25, 0.25)
    check(fresh().bernoulli_(0.2, generator=g), 0.2, 0.4)
    check(fresh().bernoulli_(mg.full((1,), 0.2, dtype=dtype), generator=g), 0.2, 0.4)
    check(fresh().random_(1, 7, generator=g), 3.5, math.sqrt(35 / 12))


def test_uniform_numbers_stay_below_their_upper_end():
    x = mg.empty(200_000, dtype=mg.float16).uniform_(0, 1, generator=mg.Generator().manual_seed(2))
    assert x.max().item() < 1
    y = mg.empty(10_000).uniform_(1, 1 + 2**-22, generator=mg.Generator().manual_seed(2))
    assert set(y.tolist()) <= {1 + k * 2**-23 for k in range(2)}


@pytest.mark.parametrize("n", [0, 1, 2, 17, 4095, 4096, 10_000])
def test_randperm_is_a_permutation(n):
    p = mg.randperm(n, generator=mg.Generator().manual_seed(n))
    assert sorted(p.tolist()) == list(range(n))
    assert n < 17 or p.tolist() != list(range(n))


def test_shuffling_by_rounds_is_shuffling_in_order():
    from microgradnn._generator import _swap_by_rounds, _swap_in_order

    rng = np.random.default_rng(5)
    for n in (1, 2, 3, 10, 257, 3000):
        partners = rng.integers(np.arange(n - 1), n) if n > 1 else np.zeros(0, np.int64)
        assert _swap_by_rounds(partners, n).tolist() == _swap_in_order(partners, n).tolist()
    chain = np.minimum(np.arange(99) + 1, 99)  # every swap waits for the one before
    assert _swap_by_rounds(chain, 100).tolist() == [*range(1, 100), 0]


def test_shapes_dtypes_and_requires_grad():
    assert mg.rand(2, 3).shape == mg.rand((2, 3)).shape == mg.rand([2, 3]).shape == (2, 3)
    assert mg.randn(2, dtype=mg.float64, requires_grad=True).requires_grad
    assert mg.randint(3, (2,)).dtype is mg.int64
    assert mg.randint(3, (2,), dtype=mg.float32).dtype is mg.float32
    assert mg.randint(low=3, high=4, size=(2,)).tolist() == [3, 3]
    assert mg.randperm(3, dtype=mg.int32).dtype is mg.int32
    like = mg.zeros(2, 3, dtype=mg.float64)
    for t in (mg.rand_like(like), mg.randn_like(like), mg.randint_like(like, 5)):
        assert t.dtype is mg.float64
        assert t.shape == (2, 3)
    assert mg.normal(0.0, 1.0, (2, 3)).shape == (2, 3)
    assert mg.normal(mg.zeros(3, 1), mg.ones(2)).shape == (3, 2)
    assert mg.rand(()).shape == ()


def test_in_place_methods_respect_the_graph():
    w = mg.ones(3, requires_grad=True)
    state = mg.get_rng_state()
    with pytest.raises(RuntimeError, match="normal_: a leaf Tensor that requires grad"):
        w.normal_()
    assert mg.equal(state, mg.get_rng_state())
    with mg.no_grad():
        w.normal_()
    assert w.tolist() != [1, 1, 1]
    y = w * w
    with mg.no_grad():
        w.uniform_()
    with pytest.raises(RuntimeError, match="uniform_ changed it in place"):
        y.sum().backward()
    base = mg.zeros(2, 3)
    base[1].uniform_(1, 2)
    assert base[0].tolist() == [0, 0, 0]
    assert min(base[1].tolist()) >= 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: mg.rand(2, dtype=mg.int64),
            NotImplementedError,
            "floating point numbers, not int64",
        ),
        (lambda: mg.randn(-2), RuntimeError, "must not be negative"),
        (lambda: mg.randint(5, 5, (2,)), RuntimeError, "low is 5 and high is 5"),
        (
            lambda: mg.randint(0, 300, (2,), dtype=mg.uint8),
            RuntimeError,
            "do not all fit into uint8",
        ),
        (lambda: mg.randint(2.5, (2,)), TypeError, "must be integers"),
        (lambda: mg.randint(2), TypeError, r"\(high, size\) or \(low, high, size\)"),
        (lambda: mg.randperm(-1), RuntimeError, "must not be negative"),
        (lambda: mg.zeros(2).uniform_(2, 1), RuntimeError, "from is 2 and to is 1"),
        (lambda: mg.zeros(2).normal_(0, -1), RuntimeError, "not negative, got -1"),
        (lambda: mg.zeros(2).bernoulli_(1.5), RuntimeError, r"\[0, 1\], got 1.5"),
        (lambda: mg.bernoulli(mg.tensor([-0.5])), RuntimeError, r"\[0, 1\], got \[-0.5\]"),
        (lambda: mg.bernoulli(mg.tensor([1])), NotImplementedError, "not int64"),
        (lambda: mg.zeros(2).exponential_(0), RuntimeError, "positive, got 0"),
        (lambda: mg.normal(0.0, 1.0), TypeError, "or two numbers and size"),
        (lambda: mg.normal(mg.zeros(2), 1.0, (2,)), TypeError, "or two numbers and size"),
        (lambda: mg.normal(mg.zeros(2), mg.tensor([1.0, -1.0])), RuntimeError, "not negative"),
        (lambda: mg.zeros(2, dtype=mg.int64).normal_(), NotImplementedError, "not int64"),
        (lambda: mg.rand_like([1.0]), TypeError, "takes a Tensor, got list"),
        (
            lambda: mg.multinomial(mg.tensor([0.5, 0.5]), 3),
            RuntimeError,
            "3 different positions out of 2",
        ),
        (lambda: mg.multinomial(mg.tensor([-1.0, 2.0]), 1), RuntimeError, "not negative"),
        (lambda: mg.multinomial(mg.tensor([[1.0], [0.0]]), 1), RuntimeError, "not all zero"),
        (lambda: mg.multinomial(mg.ones(1, 1, 1), 1), RuntimeError, r"shape \(1, 1, 1\)"),
    ],
)
def test_bad_input_says_what_is_wrong_and_draws_nothing(call, error, message):
    state = mg.get_rng_state()
    with pytest.raises(error, match=message):
        call()
    assert mg.equal(state, mg.get_rng_state())
