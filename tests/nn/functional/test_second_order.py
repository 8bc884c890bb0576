"""What networks are made of can be differentiated twice."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw

F = mg.nn.functional
CLASSES = mg.tensor([0, 2, 1])
DENSITY = mg.tensor(np.random.default_rng(5).dirichlet(np.ones(3), 3))
SHARES = mg.tensor(draw(3, 3, seed=6, low=0.1, high=0.9))


def conv(x):
    weight = mg.tensor(draw(2, 1, 2, 2, seed=7), requires_grad=True)
    return F.conv2d(x.reshape(1, 1, 3, 3), weight * x[0, 0], x[1, :2], padding="same")


@pytest.mark.parametrize(
    "f",
    [
        lambda x: F.linear(x, x * 2, x[0]), conv,
        lambda x: F.max_pool2d(x.reshape(1, 3, 3), 2) ** 2,
        F.sigmoid, F.tanh, F.silu, F.softplus, F.logsigmoid, F.softsign,
        lambda x: F.elu(x) * x, lambda x: F.leaky_relu(x) * x, lambda x: F.relu(x) * x,
        lambda x: F.softmax(x, 1), lambda x: F.log_softmax(x, 0),
        lambda x: F.mse_loss(x, SHARES), lambda x: F.l1_loss(x, SHARES) * x,
        lambda x: F.cross_entropy(x, CLASSES, SHARES[0], label_smoothing=0.1),
        lambda x: F.cross_entropy(x.reshape(1, 3, 3), CLASSES.reshape(1, 3)),
        lambda x: F.cross_entropy(x, DENSITY), lambda x: F.nll_loss(F.log_softmax(x, 1), CLASSES),
        lambda x: F.binary_cross_entropy(F.sigmoid(x), SHARES),
        lambda x: F.binary_cross_entropy_with_logits(x, SHARES),
        lambda x: F.binary_cross_entropy_with_logits(x, SHARES, pos_weight=SHARES[1]),
    ],
)  # fmt: skip
def test_twice(f):
    x = mg.tensor(draw(3, 3, seed=8), requires_grad=True)
    gradcheck(f, [x])
    gradgradcheck(f, [x])


def test_a_network_twice_in_its_parameters():
    net = mg.nn.MLP(2, [3, 1], activation="tanh", dtype=mg.float64)
    loss = (net(mg.tensor(draw(4, 2))) ** 2).sum()
    parameters = list(net.parameters())
    gradients = mg.autograd.grad(loss, parameters, create_graph=True)
    size = sum((g * g).sum() for g in gradients)
    size.backward()
    # A step against the gradient of that size makes it smaller, by the square of its gradient.
    step = 1e-6
    expected = size.item() - step * sum((p.grad**2).sum().item() for p in parameters)
    with mg.no_grad():
        for p in parameters:
            p -= step * p.grad
    loss = (net(mg.tensor(draw(4, 2))) ** 2).sum()
    after = sum((g * g).sum() for g in mg.autograd.grad(loss, parameters)).item()
    assert after - size.item() == pytest.approx(expected - size.item(), rel=1e-3)
