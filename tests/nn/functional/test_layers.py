"""Linear maps and dropout as functions."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

F = mg.nn.functional


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


# --- linear --------------------------------------------------------------------------------------


def test_linear_by_hand():
    x, w, b = tensor([[1.0, 2.0]]), tensor([[3.0, 4.0], [5.0, 6.0]]), tensor([0.5, -0.5])
    assert F.linear(x, w, b).tolist() == [[11.5, 16.5]]
    assert F.linear(x, w).tolist() == [[11, 17]]
    assert F.linear(x[0], w[0]).item() == 11
    assert F.linear(x, w[0], b[0]).tolist() == [11.5]


def test_linear_says_what_does_not_fit():
    with pytest.raises(
        RuntimeError, match=r"linear: x of shape \(2, 3\), weight of shape \(5, 4\)"
    ):
        F.linear(mg.zeros(2, 3), mg.zeros(5, 4))
    with pytest.raises(RuntimeError, match="float32 and float64"):
        F.linear(mg.zeros(2, 3), mg.zeros(5, 3).double())
    with pytest.raises(TypeError, match="linear takes Tensors: input is a ndarray"):
        F.linear(np.zeros((2, 3)), mg.zeros(5, 3))
    with pytest.raises(TypeError, match="bias is a list"):
        F.linear(mg.zeros(2, 3), mg.zeros(5, 3), [1.0])


# --- dropout -------------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_and_scales_what_stays():
    mg.manual_seed(1)
    x = mg.ones(100, 100, dtype=mg.float64, requires_grad=True)
    y = F.dropout(x, 0.2)
    assert set(np.unique(y.detach().numpy())) == {0.0, 1.25}
    assert y.mean().item() == pytest.approx(1, abs=5 * 0.5 / 100)  # deviation of one element: 0.5
    y.sum().backward()
    assert mg.equal(x.grad, y.detach())  # the same mask
    mg.manual_seed(1)
    assert mg.equal(F.dropout(x, 0.2), y)


def test_dropout_at_its_ends():
    x = mg.ones(4)
    assert F.dropout(x, 0.5, training=False) is x
    assert F.dropout(x, 0.0) is x
    assert F.dropout(x, 1.0).tolist() == [0, 0, 0, 0]
    y = mg.ones(1000)
    assert F.dropout(y, 0.5, inplace=True) is y
    assert set(y.tolist()) == {0.0, 2.0}
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=f"between 0 and 1, but got {p}"):
            F.dropout(x, p)
        with pytest.raises(ValueError, match=f"between 0 and 1, but got {p}"):
            mg.nn.Dropout(p)


def test_the_dropout_module_works_in_training_mode_only():
    layer = mg.nn.Sequential(mg.nn.Dropout(0.5))
    x = mg.ones(1000)
    assert set(layer(x).tolist()) == {0.0, 2.0}
    assert layer.eval()(x) is x
    assert layer.train()(x) is not x


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
def test_peer_linear(torch):
    for x in ((2, 3), (3,), (2, 5, 3)):
        w, b = draw(4, 3, seed=1), draw(4, seed=2)
        same(torch, lambda m, x, w, b: m.nn.functional.linear(x, w, b), draw(*x), w, b)
    same(torch, lambda m, x, w: m.nn.functional.linear(x, w), draw(2, 3), draw(3, seed=1))


@pytest.mark.peers
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_peer_dropout_after_the_same_seed(torch, p, dtype):
    from tests.test_random_peers import draws_by_itself

    x = draw(20, 7).astype(dtype)
    for transposed in (False, True):
        results = []
        for m in (mg, torch):
            m.manual_seed(5)
            t = m.tensor(x)
            results.append(m.nn.functional.dropout(t.T if transposed else t, p).numpy())
        if draws_by_itself(torch):
            assert np.array_equal(*results)
        else:
            assert np.unique(results[0] != 0).size == np.unique(results[1] != 0).size


def test_a_batch_of_no_images():
    x = mg.zeros(0, 2, 4, 4, requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    assert x.grad.shape == x.shape
