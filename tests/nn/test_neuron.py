"""Neuron and MLP on arrays."""

import math

import numpy as np
import pytest

import microgradnn as mg

nn = mg.nn


def test_a_neuron_of_given_numbers():
    neuron = nn.Neuron(weights=[0, 1], bias=4, dtype=mg.float64)
    assert neuron(mg.tensor([2.0, 3.0], dtype=mg.float64)).item() == 0.9990889488055994
    assert neuron([2, 3]).item() == 0.9990889488055994
    batch = neuron(mg.tensor([[2.0, 3.0], [0.0, -4.0]], dtype=mg.float64))
    assert batch.tolist() == [0.9990889488055994, 0.5]
    assert [tuple(p.shape) for p in neuron.parameters()] == [(2,), ()]


def test_the_dtype_is_that_of_an_array_of_weights():
    assert nn.Neuron(weights=np.array([0.5])).weight.dtype is mg.float64
    assert nn.Neuron(weights=[0.5]).weight.dtype is mg.float32
    assert nn.Neuron(weights=mg.ones(2, dtype=mg.float64), bias=3).bias.dtype is mg.float64
    assert nn.Neuron(3, dtype=mg.float64).bias.dtype is mg.float64


def test_given_weights_are_copied():
    w = np.ones(2)
    neuron = nn.Neuron(weights=w, bias=False)
    w[0] = 5
    assert neuron.weight.tolist() == [1, 1]
    assert neuron.bias is None
    assert len(list(neuron.parameters())) == 1
    assert nn.Neuron(weights=w).bias.item() == 0


@pytest.mark.parametrize(
    ("activation", "f"),
    [
        ("sigmoid", lambda z: 1 / (1 + math.exp(-z))), ("tanh", math.tanh), (None, lambda z: z),
        ("relu", lambda z: max(z, 0)), ("identity", lambda z: z), (nn.Tanh(), math.tanh),
        (nn.Tanh, math.tanh), (mg.tanh, math.tanh), (lambda t: t * 2, lambda z: 2 * z),
    ],
)  # fmt: skip
def test_activations(activation, f):
    neuron = nn.Neuron(weights=[0.5, -1.0], bias=0.25, activation=activation, dtype=mg.float64)
    assert neuron([1, 2]).item() == pytest.approx(f(-1.25), rel=1e-12)


def test_gradients_of_a_neuron():
    neuron = nn.Neuron(weights=np.array([0.5, -1.0]), bias=0.25)
    x = mg.tensor([[1.0, 2.0], [0.3, 0.1]], dtype=mg.float64, requires_grad=True)
    neuron(x).sum().backward()
    z = np.array([0.5 * 1 - 2 + 0.25, 0.15 - 0.1 + 0.25])
    slope = np.exp(-z) / (1 + np.exp(-z)) ** 2
    np.testing.assert_allclose(neuron.weight.grad.numpy(), slope @ x.detach().numpy(), rtol=1e-12)
    assert neuron.bias.grad.item() == pytest.approx(slope.sum(), rel=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), slope[:, None] * [0.5, -1.0], rtol=1e-12)


def test_a_drawn_neuron():
    mg.manual_seed(2)
    neuron = nn.Neuron(100)
    assert abs(neuron.weight.detach()).max().item() <= 0.1
    assert neuron.activation.__class__ is nn.Sigmoid
    mg.manual_seed(2)
    layer = nn.Linear(100, 1)  # begins with the same numbers
    assert mg.equal(layer.weight[0].detach(), neuron.weight.detach())
    assert layer.bias.item() == neuron.bias.item()
    assert repr(neuron) == "Neuron(\n  nin=100, bias=True\n  (activation): Sigmoid()\n)"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.Neuron(), TypeError, "number of inputs or its weights: one of the two"),
        (lambda: nn.Neuron(2, weights=[1, 2]), TypeError, "one of the two"),
        (
            lambda: nn.Neuron(weights=[[1, 2]]),
            ValueError,
            r"one row of numbers, got shape \(1, 2\)",
        ),
        (lambda: nn.Neuron(weights=[1], bias=[1, 2]), ValueError, r"is one number, got \[1, 2\]"),
        (lambda: nn.Neuron(2, activation="sigmoyd"), ValueError, "'sigmoyd'; there are identity, "),
        (lambda: nn.Neuron(2, activation=3), TypeError, "a name, a module or a function, got int"),
        (lambda: nn.Neuron(2)([1, 2, 3]), ValueError, r"takes 2 inputs.*got shape \(3,\)"),
        (lambda: nn.Neuron(2)(mg.tensor(1.0)), ValueError, r"takes 2 inputs.*got shape \(\)"),
        (lambda: nn.Neuron(weights=["a"]), TypeError, "holds numbers"),
        (lambda: nn.MLP(2, []), ValueError, "a positive number of inputs"),
        (lambda: nn.MLP(2, [3, 0]), ValueError, r"got 2 and \[3, 0\]"),
        (lambda: nn.MLP(2, [3.5]), ValueError, r"got 2 and \[3.5\]"),
        (lambda: nn.MLP(2, [3], output_activation="x"), ValueError, "'x'; there are"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_an_mlp_is_a_row_of_layers():
    net = nn.MLP(2, [4, 3, 1], activation="tanh", output_activation="sigmoid")
    assert [type(m).__name__ for m in net] == [
        "Linear",
        "Tanh",
        "Linear",
        "Tanh",
        "Linear",
        "Sigmoid",
    ]
    assert net(mg.zeros(5, 2)).shape == (5, 1)
    assert [name for name, _ in net.named_parameters()][:3] == ["0.weight", "0.bias", "2.weight"]
    assert net[0] is not net[2]
    assert isinstance(net[:2], nn.Sequential)
    assert (
        repr(nn.MLP(2, [1])) == "MLP(\n  (0): Linear(in_features=2, out_features=1, bias=True)\n)"
    )
    plain = nn.MLP(2, [3, 1])
    assert [type(m).__name__ for m in plain] == ["Linear", "ReLU", "Linear"]
    assert all(m.bias is None for m in nn.MLP(2, [3, 1], bias=False) if isinstance(m, nn.Linear))
    assert nn.MLP(2, [3], dtype=mg.float64)[0].weight.dtype is mg.float64
    assert len(nn.MLP(2, (3, 1), activation=None)) == 2
    assert len(nn.MLP(2, 1)) == 1


def test_an_mlp_learns_exclusive_or():
    mg.manual_seed(3)
    net = nn.MLP(2, [8, 1], activation="tanh", output_activation="sigmoid")
    x = mg.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = mg.tensor([[0.0], [1], [1], [0]])
    optimizer = mg.optim.SGD(net.parameters(), lr=1.0, momentum=0.9)
    loss_of = nn.BCELoss()
    for _ in range(300):
        loss = loss_of(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert ((net(x) > 0.5) == (y > 0.5)).all()


@pytest.mark.peers
def test_peer_begins_with_the_same_bits():
    import torch

    mg.manual_seed(5), torch.manual_seed(5)
    ours = nn.MLP(3, [16, 16, 1])
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 16), torch.nn.ReLU(), torch.nn.Linear(16, 16), torch.nn.ReLU(),
        torch.nn.Linear(16, 1),
    )  # fmt: skip
    state = theirs.state_dict()
    assert list(state) == list(ours.state_dict())
    for name, t in ours.state_dict().items():
        assert t.numpy().tobytes() == state[name].numpy().tobytes()
