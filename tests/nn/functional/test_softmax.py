"""Softmax and its relatives: sums of 1, guessed dimensions, random choices, PyTorch's numbers."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same, same_twice

F = mg.nn.functional


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


def test_softmin_is_the_softmax_of_the_negative():
    x = mg.tensor(draw(2, 3))
    assert mg.equal(F.softmin(x, 1), F.softmax(-x, 1))
    assert mg.equal(mg.nn.Softmin(1)(x), F.softmin(x, 1))


def test_the_warning_names_the_caller():
    for call in (lambda x: F.softmax(x), lambda x: mg.nn.Softmax()(x), lambda x: F.softmin(x)):
        with pytest.warns(UserWarning, match="was not told its dimension") as caught:
            call(mg.zeros(2))
        assert caught[0].filename == __file__


def test_softmax2d():
    x = mg.tensor(draw(2, 3, 4, 5))
    layer = mg.nn.Softmax2d()
    assert mg.equal(layer(x), F.softmax(x, 1))
    assert mg.equal(layer(x[0]), F.softmax(x[0], 0))
    with pytest.raises(ValueError, match=r"expected input to be 3D or 4D, got 2D"):
        layer(x[0, 0])


def test_gumbel_softmax_chooses_by_the_probabilities():
    mg.manual_seed(1)
    p = np.array([0.1, 0.2, 0.7])
    logits = mg.tensor(np.log(p)).expand(4000, 3)
    chosen = F.gumbel_softmax(logits, hard=True)
    assert set(np.unique(chosen.numpy())) == {0.0, 1.0}
    assert (chosen.sum(1) == 1).all()
    shares = chosen.mean(0).numpy()
    np.testing.assert_array_less(abs(shares - p), 4 * np.sqrt(p * (1 - p) / 4000))
    soft = F.gumbel_softmax(logits, tau=5.0, dim=0)
    assert mg.allclose(soft.sum(0), mg.ones(3).double())


def test_the_hard_choice_has_the_gradient_of_the_soft_one():
    x, w = mg.tensor(draw(4, 3), requires_grad=True), mg.tensor(draw(4, 3, seed=1))
    gradients = []
    for hard in (True, False):
        mg.manual_seed(3)
        gradients += mg.autograd.grad((F.gumbel_softmax(x, 0.5, hard) * w).sum(), x)
    assert mg.allclose(*gradients)
    with pytest.warns(UserWarning, match="`eps` parameter is deprecated"):
        F.gumbel_softmax(x, eps=1e-3)


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_peer_softmax(torch, name):
    for shape, dim in (((3,), 0), ((2, 3), 1), ((2, 3, 4), -2)):
        same(torch, lambda m, x, dim=dim: getattr(m.nn.functional, name)(x, dim=dim), draw(*shape))
        same_twice(
            torch, lambda m, x, dim=dim: getattr(m.nn.functional, name)(x, dim=dim), draw(*shape)
        )


@pytest.mark.peers
@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("dim", [0, -1])
def test_peer_gumbel_softmax(torch, hard, dim):
    from tests.test_random_peers import draws_by_itself

    results = []
    for m in (mg, torch):
        m.manual_seed(6)
        x = m.tensor(draw(5, 4), requires_grad=True)
        y = m.nn.functional.gumbel_softmax(x, 0.7, hard, dim=dim)
        (y * m.tensor(draw(5, 4, seed=1))).sum().backward()
        results.append((y.detach().numpy(), x.grad.numpy()))
    if draws_by_itself(torch):
        for a, b in zip(*results, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    else:
        np.testing.assert_allclose(results[0][0].sum(dim), results[1][0].sum(dim))
