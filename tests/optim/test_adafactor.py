"""Adafactor: by hand and beside PyTorch."""

import copy

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from tests.optim.cases import flat, from_torch, start, step

OPTIONS = [
    {}, {"maximize": True}, {"weight_decay": 0.05}, {"lr": 0.5, "d": 2.0},
    {"beta2_decay": -0.5, "eps": (1e-3, 1e-2)},
]  # fmt: skip


@pytest.mark.peers
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_peer_fifty_steps_and_a_state_of_theirs(options):
    import torch

    ours, theirs = (start(m) for m in (mg, torch))
    mine, other = (
        m.optim.Adafactor([{"params": p[:2]}, {"params": p[2:], "lr": 0.05}], **options)
        for m, p in ((mg, ours), (torch, theirs))
    )
    for k in range(50):
        step(mg, mine, ours, k)
        step(torch, other, theirs, k)
        np.testing.assert_allclose(flat(ours), flat(theirs), rtol=1e-10, atol=1e-13)
        if k == 20:
            mine.load_state_dict(from_torch(other.state_dict()))
    a, b = mine.state_dict(), other.state_dict()
    assert a["param_groups"] == b["param_groups"]
    for number, state in b["state"].items():
        assert list(a["state"][number]) == list(state)
        for key, item in state.items():
            np.testing.assert_allclose(a["state"][number][key].numpy(), item.numpy(), rtol=1e-10)


def test_a_step_by_hand():
    # g = 2w = [[2, 4], [6, 8]]: squares 4, 16, 36, 64, by row 10, 50, by column 20, 40.
    w = mg.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=mg.float64, requires_grad=True)
    optimizer = mg.optim.Adafactor([w], lr=0.1)
    (w * w).sum().backward()
    optimizer.step()
    v = np.outer([10, 50], [20, 40]) / 30
    u = np.array([[2, 4], [6, 8]]) / np.sqrt(v)
    u = u / max(1, np.linalg.norm(u) / 2)
    expected = np.array([[1, 2], [3, 4]]) - np.sqrt(30) / 2 * 0.1 * u
    np.testing.assert_allclose(w.detach().numpy(), expected, rtol=1e-12)


def test_steps_from_zero():
    w = mg.zeros(2, 2, dtype=mg.float64, requires_grad=True)
    w.grad = mg.ones(2, 2, dtype=mg.float64)
    mg.optim.Adafactor([w], lr=0.1).step()
    np.testing.assert_allclose(w.detach().numpy(), -1e-4)


def test_training_goes_on_from_a_state():
    def run(save_at):
        params = start(mg)
        optimizer = mg.optim.Adafactor(params)
        for k in range(6):
            if k == save_at:
                state = copy.deepcopy(optimizer.state_dict())
                optimizer = mg.optim.Adafactor(params, lr=5.0)
                optimizer.load_state_dict(state)
            step(mg, optimizer, params, k)
        return flat(params).tolist()

    assert run(3) == run(None)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"beta2_decay": 0.5}, ValueError, "beta2_decay should be <= 0 but is: 0.5"),
        ({"eps": (-1, 1e-3)}, ValueError, r"Invalid eps\[0\] value: -1"),
        ({"eps": (None, -1)}, ValueError, r"Invalid eps\[1\] value: -1"),
        ({"d": 0.5}, ValueError, "Invalid clipping threshold d value: 0.5; .* at least 1.0"),
        ({"lr": -1}, ValueError, "Invalid learning rate"),
    ],
)
def test_bad_options(options, error, message):
    with pytest.raises(error, match=message):
        mg.optim.Adafactor([mg.ones(1)], **options)


def test_values_are_refused():
    with pytest.raises(TypeError, match="not Values"):
        mg.optim.Adafactor([Value(1.0)])


def test_there_is_no_sparse_adam():
    with pytest.raises(NotImplementedError, match="all Tensors are dense here: use Adam"):
        mg.optim.SparseAdam([mg.ones(1)])
