"""Every optimizer that treats numbers one by one, beside PyTorch."""

import inspect

import numpy as np
import pytest

import microgradnn as mg
from tests.optim.cases import LR, every_case, every_optimizer, flat, from_torch, start, step

pytestmark = pytest.mark.peers


@every_case
def test_peer_fifty_steps(name, options):
    import torch

    paths, states = [], []
    for m in (mg, torch):
        params = start(m)
        make = getattr(m.optim, name)
        groups = [{"params": params[:2]}, {"params": params[2:], "lr": 0.05}]
        optimizer = make(groups, lr=LR, foreach=False, **options)
        path = []
        for k in range(50):
            step(m, optimizer, params, k)
            path.append(flat(params))
        paths.append(np.array(path))
        states.append(optimizer.state_dict())
    np.testing.assert_allclose(*paths, rtol=1e-10, atol=1e-13)
    ours, theirs = states
    assert ours["param_groups"] == theirs["param_groups"]
    assert list(ours["state"]) == list(theirs["state"])
    for number, state in theirs["state"].items():
        assert set(ours["state"][number]) == set(state)
        for key, item in state.items():
            our = ours["state"][number][key]
            assert str(our.dtype) == str(item.dtype).replace("torch.", "microgradnn.")
            assert tuple(our.shape) == tuple(item.shape)
            np.testing.assert_allclose(our.numpy(), item.numpy(), rtol=1e-9, atol=1e-13)


@every_optimizer
def test_peer_single_precision_and_tensor_lr(name):
    import torch

    paths = []
    for m in (mg, torch):
        params = start(m, "float32")
        optimizer = getattr(m.optim, name)(params, lr=m.tensor(LR), foreach=False)
        for k in range(20):
            step(m, optimizer, params, k)
        paths.append(flat(params))
    assert paths[0].dtype == np.float32
    np.testing.assert_allclose(*paths, rtol=1e-4, atol=1e-5)


@every_case
def test_peer_training_goes_on_from_a_state_of_theirs(name, options):
    import torch

    theirs = start(torch)
    optimizer = getattr(torch.optim, name)(theirs, lr=LR, foreach=False, **options)
    for k in range(15):
        step(torch, optimizer, theirs, k)
    saved = from_torch(optimizer.state_dict())
    ours = [mg.tensor(p.detach().numpy()).requires_grad_() for p in theirs]
    follower = getattr(mg.optim, name)(ours, lr=1.0)
    follower.load_state_dict(saved)
    for k in range(15, 30):
        step(torch, optimizer, theirs, k)
        step(mg, follower, ours, k)
    np.testing.assert_allclose(flat(ours), flat(theirs), rtol=1e-9, atol=1e-12)


@every_optimizer
def test_peer_signatures_and_printing(name):
    import torch

    texts, signatures = [], []
    for m in (mg, torch):
        make = getattr(m.optim, name)
        texts.append(repr(make([m.ones(2, requires_grad=True)])))
        parameters = inspect.signature(make).parameters.values()
        signatures.append([(p.name, p.kind, p.default) for p in parameters])
    assert texts[0] == texts[1]
    assert signatures[0] == signatures[1]
