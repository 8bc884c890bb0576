"""Whole programs, written once and run on both libraries from one seed: the same losses."""

import numpy as np
import pytest

import microgradnn as mg
from tests.test_random_peers import draws_by_itself

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


def images(m, dtype):
    """Noisy 8x8 images of three classes."""
    m.manual_seed(1)
    labels = m.randint(3, (120,))
    stripes = np.zeros((120, 1, 8, 8))
    for image, label in zip(stripes, labels.tolist(), strict=True):
        image[0, 2 * label : 2 * label + 2] = 1
    return 0.5 * m.randn(120, 1, 8, 8, dtype=dtype) + m.tensor(stripes).to(dtype), labels


def convolutional(m, dtype, drop):
    nn = m.nn
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding="same", dtype=dtype), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1, bias=False, dtype=dtype), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32, 16, dtype=dtype), nn.ELU(), nn.Dropout(drop),
        nn.Linear(16, 3, dtype=dtype),
    )  # fmt: skip


def classify(m, dtype, drop):
    x, labels = images(m, dtype)
    m.manual_seed(1337)
    net = convolutional(m, dtype, drop)
    m.nn.init.xavier_normal_(net[7].weight)
    net[9].p = drop
    weight = m.tensor([1.0, 2.0, 0.5], dtype=dtype)
    loss_of = m.nn.CrossEntropyLoss(weight, label_smoothing=0.05)
    optimizer = m.optim.SGD(
        [{"params": net[:7].parameters(), "weight_decay": 1e-3}, {"params": net[7:].parameters()}],
        lr=0.05, momentum=0.9, nesterov=True,
    )  # fmt: skip
    losses = []
    for _ in range(12):
        for batch in m.randperm(120).split(24):
            loss = loss_of(net(x[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        optimizer.param_groups[1]["lr"] *= 0.8
    net.eval()
    with m.no_grad():
        right = (net(x).argmax(1) == labels).float().mean().item()
    return np.array(losses), right, list(net.state_dict()), m.rand(1).item()


@pytest.mark.parametrize("drop", [0.0, 0.3])
def test_a_convolutional_network_in_float64(torch, drop):
    if drop and not draws_by_itself(torch):
        drop = 0.0  # dropout's numbers are MKL's there
    ours, theirs = (classify(m, m.float64, drop) for m in (mg, torch))
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)
    assert ours[1:] == theirs[1:]
    assert ours[1] > 0.9


def test_a_convolutional_network_in_float32(torch):
    ours, theirs = (classify(m, m.float32, 0.0) for m in (mg, torch))
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-5)
    assert ours[2:] == theirs[2:]


def regress(m):
    """Tied weights, a frozen layer, a module of its own, a second loss."""

    class Net(m.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = m.nn.Linear(3, 5)
            self.second = m.nn.Linear(5, 5)
            self.third = m.nn.Linear(5, 5)
            self.third.weight = self.second.weight
            self.scale = m.nn.Parameter(m.ones(()))
            self.register_buffer("shift", m.full((1,), 0.1))

        def forward(self, x):
            h = m.nn.functional.softplus(self.first(x))
            return self.third(self.second(h).sigmoid()) * self.scale + self.shift

    m.manual_seed(3)
    net = Net().double()
    net.first.requires_grad_(False)
    x, y = m.randn(20, 3).double(), m.rand(20, 5).double()
    optimizer = m.optim.SGD(net.parameters(), lr=0.1, momentum=0.5, dampening=0.1)
    losses = []
    for _ in range(50):
        out = net(x)
        loss = m.nn.MSELoss()(out, y) + 0.1 * m.nn.BCEWithLogitsLoss()(out, y)
        net.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, {k: v.numpy() for k, v in net.state_dict().items()}


def test_a_module_with_ties_and_frozen_parts(torch):
    (ours, state), (theirs, their_state) = regress(mg), regress(torch)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert list(state) == list(their_state)
    for name, array in state.items():
        np.testing.assert_allclose(array, their_state[name], rtol=1e-11, atol=1e-12)
