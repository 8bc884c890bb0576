"""Networks of Values: micrograd's, and the same as those of arrays."""

import math
import random

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn.nn import scalar


def test_a_neuron_by_hand():
    neuron = scalar.Neuron(2, activation="tanh")
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -1.0, 0.25
    x = [Value(2.0), Value(0.5)]
    out = neuron(x)
    z = 0.5 * 2 - 1.0 * 0.5 + 0.25
    assert out.data == math.tanh(z)
    assert [node.op for node in (out, out.inputs[0])] == ["tanh", "affine"]
    out.backward()
    slope = 1 - math.tanh(z) ** 2
    assert [w.grad for w in neuron.w] == pytest.approx([2 * slope, 0.5 * slope])
    assert neuron.b.grad == pytest.approx(slope)
    assert [v.grad for v in x] == pytest.approx([0.5 * slope, -slope])
    neuron.zero_grad()
    assert all(p.grad == 0 for p in neuron.parameters())


def test_weights_come_from_pythons_random():
    random.seed(1337)
    net = scalar.MLP(2, [3, 1])
    random.seed(1337)
    for layer in net.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in neuron.w]
            assert neuron.b.data == 0


def test_signatures_and_printing():
    assert repr(scalar.Neuron(2)) == "ReLUNeuron(2)"
    assert (
        repr(scalar.Neuron(2, nonlin=False)) == repr(scalar.Neuron(2, False)) == "LinearNeuron(2)"
    )
    assert repr(scalar.Neuron(2, activation="sigmoid")) == "SigmoidNeuron(2)"
    assert repr(scalar.Layer(1, 2)) == "Layer of [ReLUNeuron(1), ReLUNeuron(1)]"
    assert (
        repr(scalar.MLP(1, [1, 1]))
        == "MLP of [Layer of [ReLUNeuron(1)], Layer of [LinearNeuron(1)]]"
    )
    assert len(scalar.MLP(3, [4, 4, 1]).parameters()) == 41
    assert scalar.Module().parameters() == []
    assert isinstance(scalar.Layer(2, 1)([1, 2]), Value)
    assert len(scalar.Layer(2, 3)([1, 2.5])) == 3
    assert isinstance(scalar.MLP(2, [1, 1])([1, 2]), Value)  # a hidden layer of one neuron
    assert len(scalar.MLP(2, [3, 2])(np.array([1.0, 2.0]))) == 2


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"ReLUNeuron\(2\) takes 2 inputs, got 3"):
        scalar.MLP(2, [1, 1])([1, 2, 3])
    state = random.getstate()
    for name in ("nothing", "add", "softmax", "__class__"):
        with pytest.raises(ValueError, match=f"no activation of Values is called '{name}'"):
            scalar.Neuron(2, activation=name)
    assert random.getstate() == state


NETWORKS = [
    (2, [1], {}),
    (2, [4, 3, 2], {"activation": "tanh"}),
    (3, [5, 1], {"activation": "sigmoid", "output_activation": "sigmoid"}),
    (2, [16, 16, 1], {"activation": "relu"}),
    (2, [3, 1], {"activation": "tanh", "bias": False}),
    (2, [3, 2], {"activation": None, "output_activation": "tanh"}),
]


def agree(arrays, values, seed):
    """Outputs and the gradients of all parameters and inputs agree to 1e-12."""
    rng = np.random.default_rng(seed)
    batch, wanted = rng.normal(size=(5, arrays[0].in_features)), rng.normal(size=5)
    x = mg.tensor(batch, requires_grad=True)
    out = arrays(x)
    arrays.zero_grad()
    ((out[:, 0] - mg.tensor(wanted)) ** 2).sum().backward()

    inputs = [[Value(v) for v in row] for row in batch]
    answers = [values(row) for row in inputs]
    answers = [answer if isinstance(answer, list) else [answer] for answer in answers]
    values.zero_grad()
    sum((answer[0] - y) ** 2 for answer, y in zip(answers, wanted, strict=True)).backward()

    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(
        [[v.data for v in a] for a in answers], out.detach().numpy(), **close
    )
    np.testing.assert_allclose([[v.grad for v in row] for row in inputs], x.grad.numpy(), **close)
    linears = [m for m in arrays if isinstance(m, mg.nn.Linear)]
    for linear, layer in zip(linears, values.layers, strict=True):
        weights = [[w.grad for w in neuron.w] for neuron in layer.neurons]
        np.testing.assert_allclose(weights, linear.weight.grad.numpy(), **close)
        if linear.bias is not None:
            biases = [neuron.b.grad for neuron in layer.neurons]
            np.testing.assert_allclose(biases, linear.bias.grad.numpy(), **close)


@pytest.mark.parametrize(("nin", "nouts", "options"), NETWORKS)
def test_from_arrays_and_back(nin, nouts, options):
    mg.manual_seed(11)
    arrays = mg.nn.MLP(nin, nouts, **options, dtype=mg.float64)
    state = random.getstate()
    values = scalar.MLP.from_arrays(arrays)
    assert random.getstate() == state
    agree(arrays, values, seed=1)
    assert len(values.parameters()) == sum(p.numel() for p in arrays.parameters())
    back = values.to_arrays()
    assert repr(back) == repr(arrays)
    for a, b in zip(arrays.parameters(), back.parameters(), strict=True):
        assert mg.equal(a, b)


@pytest.mark.parametrize(("nin", "nouts", "options"), NETWORKS)
def test_to_arrays_and_back(nin, nouts, options):
    random.seed(12)
    options = {"activation": "relu", **options}
    values = scalar.MLP(nin, nouts, **options)
    for p in values.parameters():
        p.data += 0.125  # biases that are not 0
    state = mg.get_rng_state()
    arrays = values.to_arrays()
    assert mg.equal(mg.get_rng_state(), state)
    assert arrays[0].weight.dtype is mg.float64
    agree(arrays, values, seed=2)
    back = scalar.MLP.from_arrays(arrays)
    assert repr(back) == repr(values)
    assert [p.data for p in back.parameters()] == [p.data for p in values.parameters()]
    assert values.to_arrays(dtype=mg.float32)[0].weight.dtype is mg.float32


def test_a_sequential_can_be_made_of_values():
    net = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.Sigmoid(), mg.nn.Linear(3, 1)).double()
    agree(net, scalar.MLP.from_arrays(net), seed=3)


def test_what_cannot_be_converted():
    nn = mg.nn
    for network, message in (
        (nn.Sequential(nn.Linear(2, 2), nn.Dropout()), "no Value has the activation Dropout"),
        (nn.Sequential(nn.Flatten(), nn.Linear(2, 2)), "Flatten stands where it can't"),
        (nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh()), "Tanh stands where it can't"),
    ):
        with pytest.raises(ValueError, match=message):
            scalar.MLP.from_arrays(network)
    mixed = scalar.MLP(2, [2, 1])
    mixed.layers[0].neurons[0] = scalar.Neuron(2, activation="tanh")
    with pytest.raises(ValueError, match="one activation in its hidden layers"):
        mixed.to_arrays()


# --- micrograd -----------------------------------------------------------------------------------


@pytest.mark.peers
def test_peer_micrograd_demo_network():
    import micrograd.nn
    from micrograd.engine import Value as TheirValue

    rng = random.Random(7)
    points = []
    for k in range(20):
        radius, angle = (0.5 if k % 2 else 1.5) + rng.gauss(0, 0.1), rng.uniform(0, 2 * math.pi)
        points.append(([radius * math.cos(angle), radius * math.sin(angle)], 1 if k % 2 else -1))

    def train(nn, value, steps=6):
        random.seed(1337)
        model = nn.MLP(2, [16, 16, 1])
        seen = [repr(model), [p.data for p in model.parameters()]]
        losses, gradients = [], []
        for k in range(steps):
            scores = [model(list(map(value, x))) for x, _ in points]
            margins = [(1 + -y * s).relu() for s, (_, y) in zip(scores, points, strict=True)]
            data_loss = sum(margins) * (1.0 / len(margins))
            loss = data_loss + 1e-4 * sum(p * p for p in model.parameters())
            model.zero_grad()
            loss.backward()
            losses.append((loss.data, [s.data for s in scores]))
            gradients.append([p.grad for p in model.parameters()])
            for p in model.parameters():
                p.data -= (1.0 - 0.9 * k / 100) * p.grad
        return seen, losses, gradients

    ours, theirs = train(scalar, Value), train(micrograd.nn, TheirValue)
    assert ours[0] == theirs[0]
    assert ours[1][0] == theirs[1][0]  # the first forward pass, bit for bit
    for (a, answers), (b, their_answers) in zip(ours[1], theirs[1], strict=True):
        assert a == pytest.approx(b, rel=1e-12)
        assert answers == pytest.approx(their_answers, rel=1e-10)
    for a, b in zip(ours[2], theirs[2], strict=True):
        assert a == pytest.approx(b, rel=1e-9, abs=1e-12)
