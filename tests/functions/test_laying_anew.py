"""Views of results that lie in memory in an order of our own."""

import gc

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

conv2d = mg.nn.functional.conv2d


def result(requires_grad=True, then=lambda y: y):
    x = mg.tensor(draw(3, 1, 4, 4), requires_grad=requires_grad)
    return then(conv2d(x, mg.tensor(draw(2, 1, 2, 2, seed=1)), mg.tensor(draw(2, seed=2))))


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("then", [lambda y: y, mg.relu, mg.tanh], ids=["conv", "relu", "tanh"])
def test_a_result_has_every_view(requires_grad, then):
    y = result(requires_grad, then)
    before = y.detach().numpy().copy()
    assert not y.is_contiguous()
    flat = y.view(-1)
    assert flat._base is y
    assert np.array_equal(flat.detach().numpy(), before.reshape(-1))
    with mg.no_grad():
        flat[7] = 100.0
    assert y[0, 0, 2, 1].item() == 100.0
    assert tuple(y.view(6, 9).shape) == (6, 9)


@pytest.mark.peers
def test_peer_gradients_go_through_it():
    import torch

    def f(m, x, w):
        y = m.tanh(m.nn.functional.conv2d(x, w))
        return y.view(6, 9) * y.view(-1).view(6, 9)

    same(torch, f, draw(3, 1, 4, 4), draw(2, 1, 2, 2, seed=1))


def test_what_others_see_stays_where_it_is():
    y = result()
    row = y[0]
    with pytest.raises(RuntimeError, match="use reshape"):
        y.view(-1)
    del row
    gc.collect()
    array = y.detach().numpy()
    with pytest.raises(RuntimeError, match="use reshape"):
        y.view(-1)
    del array
    memory = np.zeros((2, 3))
    with pytest.raises(RuntimeError, match="use reshape"):
        mg.from_numpy(memory.T).view(-1)
    with pytest.raises(RuntimeError, match="use reshape"):
        mg.from_numpy(np.asfortranarray(memory)).mT.mT.view(-1)
    columns_first = np.asfortranarray(memory)
    with pytest.raises(RuntimeError, match="use reshape"):
        mg.from_numpy(columns_first).view(-1)
    with pytest.raises(RuntimeError, match="use reshape"):
        mg.zeros(2, 3).mT.view(-1)
