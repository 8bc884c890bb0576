"""Muon: steps are nearly orthogonal; and beside PyTorch, as closely as bfloat16 allows."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value

SHAPES = ((8, 5), (5, 8), (6, 6))


def run(m, steps=10, **options):
    rng = np.random.default_rng(6)
    params = [m.tensor(rng.normal(size=s).astype("f")).requires_grad_() for s in SHAPES]
    optimizer = m.optim.Muon(params, lr=0.05, **options)
    for _ in range(steps):
        for p in params:
            p.grad = m.tensor(rng.normal(size=tuple(p.shape)).astype("f"))
        optimizer.step()
    return params, optimizer


@pytest.mark.peers
@pytest.mark.parametrize(
    "options",
    [
        {}, {"nesterov": False, "momentum": 0.5}, {"adjust_lr_fn": "match_rms_adamw"},
        {"weight_decay": 0.0, "ns_steps": 3, "adjust_lr_fn": "original"},
    ],
    ids=str,
)  # fmt: skip
def test_peer_ten_steps(options):
    import torch

    (ours, a), (theirs, b) = (run(m, **options) for m in (mg, torch))
    for p, q in zip(ours, theirs, strict=True):
        # Ten steps of 0.05 and more, each to about one part in a hundred.
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), atol=6e-3)
        np.testing.assert_allclose(
            a.state[p]["momentum_buffer"].numpy(), b.state[q]["momentum_buffer"].numpy(), rtol=1e-5
        )
    assert repr(a) == repr(b)


@pytest.mark.peers
def test_peer_signature():
    import inspect

    import torch

    assert inspect.signature(mg.optim.Muon).parameters.keys() == (
        inspect.signature(torch.optim.Muon).parameters.keys()
    )


def test_steps_are_orthogonal():
    rng = np.random.default_rng(6)
    for shape in SHAPES:
        w = mg.tensor(rng.normal(size=shape), requires_grad=True)
        g = rng.normal(size=shape)
        w.grad = mg.tensor(g)
        before = w.detach().numpy().copy()
        mg.optim.Muon([w], lr=1.0, weight_decay=0.0).step()
        step = (before - w.detach().numpy()) / np.sqrt(max(1, shape[0] / shape[1]))
        left, _, right = np.linalg.svd(g, full_matrices=False)
        # The iteration brings singular values between 0.5 and 1.5, and leaves directions alone.
        inside = left.T @ step @ right.T
        assert np.all(np.abs(np.diag(inside) - 1) < 0.5)
        assert np.abs(inside - np.diag(np.diag(inside))).max() < 0.05


def test_wrong_uses():
    for params, options, message in (
        ([mg.ones(3)], {}, r"only supports 2D parameters .* with size: \(3,\)"),
        ([Value(1.0)], {}, r"with size: \(\)"),
        ([mg.ones(1, 1)], {"adjust_lr_fn": "x"}, "function x is not supported"),
        ([mg.ones(1, 1)], {"ns_steps": 100}, "less than 100, got 100"),
        ([mg.ones(1, 1)], {"ns_coefficients": (1, 2)}, "exactly 3 values"),
        ([mg.ones(1, 1)], {"momentum": -1}, "Invalid momentum value"),
    ):
        with pytest.raises(ValueError, match=message):
            mg.optim.Muon(params, **options)
