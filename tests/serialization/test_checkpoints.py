"""Training goes on in the other library from a checkpoint of this one, with equal losses."""

import io

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.serialization import load_safetensors, save_safetensors

OPTIMIZERS = {
    "SGD": {"lr": 0.05},
    "SGD, momentum": {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01, "nesterov": True},
    "Adam": {"lr": 0.02},
    "Adam, amsgrad": {"lr": 0.02, "amsgrad": True},
    "AdamW": {"lr": 0.02, "weight_decay": 0.1},
    "Adagrad": {"lr": 0.05},
    "Adadelta": {"lr": 1.0},
    "Adamax": {"lr": 0.02},
    "NAdam": {"lr": 0.02},
    "RAdam": {"lr": 0.02},
    "RMSprop": {"lr": 0.01, "momentum": 0.5, "centered": True},
    "Rprop": {"lr": 0.01},
    "ASGD": {"lr": 0.05},
    "LBFGS": {"lr": 0.1, "max_iter": 3},
}


def start(m, name):
    """A net with parameters and buffers in two groups, its optimizer, and a schedule."""
    m.manual_seed(3)
    net = m.nn.Sequential(
        m.nn.Linear(4, 8), m.nn.BatchNorm1d(8), m.nn.Tanh(), m.nn.Linear(8, 1)
    ).double()
    kind = getattr(m.optim, name.split(",")[0])
    groups = net.parameters()
    if name != "LBFGS":
        groups = [{"params": net[:2].parameters()}, {"params": net[3].parameters(), "lr": 0.03}]
    optimizer = kind(groups, **OPTIMIZERS[name])
    return net, optimizer, m.optim.lr_scheduler.StepLR(optimizer, 3, 0.5)


def train(m, net, optimizer, schedule, steps):
    """The losses of some steps."""
    draw = np.random.default_rng(0)
    x, y = m.from_numpy(draw.normal(size=(16, 4))), m.from_numpy(draw.normal(size=(16, 1)))
    losses = []

    def closure():
        optimizer.zero_grad()
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        return loss

    for _ in range(steps):
        losses.append(optimizer.step(closure).item())
        schedule.step()
    return losses


def checkpoint(net, optimizer, schedule):
    return {
        "epoch": 5,
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }


def resume(m, name, file):
    """The three, as a checkpoint has them."""
    net, optimizer, schedule = start(m, name)
    with_noise = [p.detach().add_(0.1) for p in net.parameters()]
    assert with_noise
    file.seek(0)
    saved = m.load(file)
    assert saved["epoch"] == 5
    net.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    schedule.load_state_dict(saved["schedule"])
    return net, optimizer, schedule


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_as_if_it_had_not_stopped(name):
    running = start(mg, name)
    train(mg, *running, 5)
    file = io.BytesIO()
    mg.save(checkpoint(*running), file)
    expected = train(mg, *running, 8)
    # NAdam keeps a product in float32, which load_state_dict makes float64: PyTorch does both.
    tolerance = 1e-9 if name == "NAdam" else 0
    np.testing.assert_allclose(train(mg, *resume(mg, name, file), 8), expected, rtol=tolerance)


@pytest.mark.peers
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("ours_first", [True, False])
def test_training_goes_on_in_the_other_library(name, ours_first):
    import torch

    first, then = (mg, torch) if ours_first else (torch, mg)
    running = start(first, name)
    train(first, *running, 5)
    file = io.BytesIO()
    first.save(checkpoint(*running), file)
    expected = train(first, *running, 8)
    np.testing.assert_allclose(train(then, *resume(then, name, file), 8), expected, rtol=1e-10)


@pytest.mark.peers
def test_a_model_goes_to_pytorch_and_back_by_safetensors(tmp_path):
    import safetensors.torch
    import torch

    mg.manual_seed(0)
    net, theirs = mg.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    save_safetensors(net.state_dict(), tmp_path / "x.safetensors")
    theirs.load_state_dict(safetensors.torch.load_file(tmp_path / "x.safetensors"))
    assert theirs.weight.tolist() == net.weight.tolist()
    torch.nn.init.ones_(theirs.weight)
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "y.safetensors")
    net.load_state_dict(load_safetensors(tmp_path / "y.safetensors"))
    assert net.weight.tolist() == [[1.0] * 3] * 2


@pytest.mark.peers
def test_the_state_of_the_random_numbers_goes_along():
    import torch

    for first, then in [(mg, torch), (torch, mg)]:
        first.manual_seed(5)
        first.randn(7)
        file = io.BytesIO()
        first.save({"rng": first.get_rng_state()}, file)
        file.seek(0)
        then.set_rng_state(then.load(file)["rng"])
        np.testing.assert_allclose(then.randn(20).tolist(), first.randn(20).tolist(), rtol=1e-6)
