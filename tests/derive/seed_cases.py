"""Each seed network as something to derive and to train: its weights, batches and loss."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import s1_breast_cancer_neuron as s1
import s2a_one_neuron as s2a
import s2c_always_zero as s2c
import s2d_chain_rule as s2d
import s2e_alice_and_bob as s2e
import s3_one_weight as s3
import s4_celsius_to_fahrenheit as s4
import s5a_three_inputs as s5a
import s5c_threshold_as_weight as s5c
import s5d_convolution as s5d
import s5e_autoencoder as s5e
import s5f_dropout as s5f
import s5g_cost_of_training as s5g
import xor_task
from digit_images import digits

import microgradnn as mg


@dataclass
class Case:
    """One network: how it is trained, and by what its graph is named.

    Attributes
    ----------
    weights : dict of str to Tensor or Value
    batches : callable
        ``batches(step)``: what is given at a step, by name: arrays, or numbers for Values.
    loss : callable
        ``loss(**given)``: the engine's loss of a batch.
    rate, momentum, steps
    """

    weights: dict
    batches: Callable
    loss: Callable
    rate: float = 0.1
    momentum: float = 0.0
    steps: int = 20
    names: dict = field(default_factory=dict)


def tensors(**arrays):
    return {k: mg.tensor(np.array(v, float), requires_grad=True) for k, v in arrays.items()}


def values(**numbers):
    return {k: mg.Value(v, label=k) for k, v in numbers.items()}


def always(**given):
    return lambda step: given


def sigmoid_network(weights):
    """The 2-2-1 network of Values, and how its results are called."""
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = (weights[name] for name in s2d.NAMES)

    def answer(x1, x2):
        h1 = (w1 * x1 + w2 * x2 + b1).sigmoid()
        h2 = (w3 * x1 + w4 * x2 + b2).sigmoid()
        y_pred = (w5 * h1 + w6 * h2 + b3).sigmoid()
        h1.label, h2.label, y_pred.label = "h1", "h2", "y_pred"
        return y_pred

    return answer


def case_s1():
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    x, y = (x[:398] - x[:398].mean(axis=0)) / x[:398].std(axis=0), y[:398].astype(float)
    w = np.random.default_rng(0).uniform(-1e-3, 1e-3, 30)
    neuron = mg.nn.Neuron(weights=w, activation="sigmoid", bias=False)
    (weight,) = neuron.parameters()

    def loss(x, y):
        return 0.5 * ((y - neuron(x)) ** 2).sum()

    rate = s1.WAYS[2].rate
    return Case({"w": weight}, always(x=x, y=y), loss, rate=rate, steps=60)


def case_s2a():
    w = values(w1=s2a.WEIGHTS[0], w2=s2a.WEIGHTS[1], b=s2a.BIAS)

    def loss(x1, x2):
        return (w["w1"] * x1 + w["w2"] * x2 + w["b"]).sigmoid()

    return Case(w, always(x1=s2a.INPUTS[0], x2=s2a.INPUTS[1]), loss)


def case_s2b():
    start = {name: float(name in ("w2", "w4", "w6")) for name in s2d.NAMES}
    w = values(**start)
    return Case(w, always(x1=2.0, x2=3.0), sigmoid_network(w))


def case_s2c():
    w = tensors(answers=s2c.ALWAYS_ZERO)

    def loss(true):
        return mg.nn.MSELoss()(w["answers"], true)

    return Case(w, always(true=s2c.TRUE), loss)


def case_s2d():
    w = values(**s2d.START)
    answer = sigmoid_network(w)

    def loss(x1, x2, target):
        return (target - answer(x1, x2)) ** 2

    return Case(w, always(x1=s2d.X1, x2=s2d.X2, target=s2d.WANTED), loss, steps=100)


def case_s2e():
    net = s2e.network(np.random.RandomState(0).normal(size=9).tolist())

    def batches(step):
        k = step % len(s2e.PEOPLE)
        return {"x": s2e.PEOPLE[k], "wanted": s2e.IS_WOMAN[k : k + 1]}

    def loss(x, wanted):
        return ((wanted - net(x)) ** 2).sum()

    return Case(dict(net.named_parameters()), batches, loss, rate=s2e.RATE, steps=2000)


def one_weight(x, goal, rate, steps):
    w = values(w=0.0)

    def loss(x, goal):
        return 0.5 * (x * w["w"] - goal) ** 2

    return Case(w, always(x=x, goal=goal), loss, rate=rate, steps=steps)


def case_s4():
    start = np.random.default_rng(0).normal(size=2)
    neuron = mg.nn.Neuron(weights=start[:1], bias=start[1], activation=None)
    weight, bias = neuron.parameters()

    def loss(c, f):
        return mg.nn.MSELoss()(neuron(c), f)

    given = always(c=s4.CELSIUS[:, None], f=s4.FAHRENHEIT)
    return Case({"w": weight, "b": bias}, given, loss, rate=s4.RATE, steps=2000)


def case_s5a():
    w = tensors(w=2 * np.random.RandomState(1).random_sample((3, 1)) - 1)

    def loss(x, y):
        return 0.5 * ((y - (x @ w["w"]).sigmoid()) ** 2).sum()

    return Case(w, always(x=s5a.X, y=s5a.Y), loss, rate=1.0, steps=2000)


def case_s5b():
    random = np.random.RandomState(1)
    w = tensors(
        hidden=2 * random.random_sample((3, 4)) - 1, output=2 * random.random_sample((4, 1)) - 1
    )

    def loss(x, y):
        return 0.5 * ((y - ((x @ w["hidden"]).sigmoid() @ w["output"]).sigmoid()) ** 2).sum()

    return Case(w, always(x=xor_task.X, y=xor_task.Y), loss, rate=1.0, steps=2000)


def case_s5c():
    start = np.random.default_rng(0).normal(size=(3, 1))
    w = tensors(b=start[0], w=start[1:], extended=start)

    def loss(x, with_one, y):
        as_bias = 0.5 * ((y - (x @ w["w"] + w["b"]).sigmoid()) ** 2).sum()
        return as_bias + 0.5 * ((y - (with_one @ w["extended"]).sigmoid()) ** 2).sum()

    given = always(x=s5c.X, with_one=s5c.WITH_ONE, y=s5c.Y)
    return Case(w, given, loss, rate=s5c.RATE, steps=s5c.STEPS)


def case_s5d():
    split = digits(seed=1, train=320)
    weights = s5d.hand.first_weights(np.random.default_rng(0), 8)
    filters, s5d.FILTERS = s5d.FILTERS, 8
    net = s5d.network(weights)
    s5d.FILTERS = filters

    def batches(step):
        rows = slice(32 * (step % 10), 32 * (step % 10) + 32)
        return {"images": split.train_images[rows], "t": split.train_answers[rows]}

    def loss(images, t):
        return mg.nn.CrossEntropyLoss()(net(images), t)

    own = dict(net.named_parameters())
    return Case(own, batches, loss, rate=s5d.RATE, momentum=s5d.MOMENTUM, steps=20)


def case_s5e():
    images = digits(seed=1).train_images.reshape(-1, 64)
    encoder, decoder = s5e.network(s5e.first_weights(np.random.default_rng(0)))

    def batches(step):
        return {"x": images[32 * step : 32 * step + 32]}

    def loss(x):
        return mg.nn.MSELoss()(decoder(encoder(x)), x)

    own = {f"encoder.{k}": p for k, p in encoder.named_parameters()}
    own |= {f"decoder.{k}": p for k, p in decoder.named_parameters()}
    return Case(own, batches, loss, rate=s5e.RATE, momentum=s5e.MOMENTUM, steps=39)


def case_s5f():
    split = digits(seed=1)
    images = split.train_images.reshape(-1, 64)
    random = np.random.default_rng(0)
    start = []
    for inputs, outputs in ((64, s5f.HIDDEN), (s5f.HIDDEN, s5f.HIDDEN), (s5f.HIDDEN, 10)):
        start += [random.uniform(-0.1, 0.1, (outputs, inputs)), np.zeros(outputs)]
    net = s5f.network(start, s5f.DROP)

    def batches(step):
        rows = slice(25 * step, 25 * step + 25)
        first, second = s5f.masks_of(net, 25, seed=step)
        given = {"x": images[rows], "t": split.train_answers[rows]}
        return {**given, "M1": first, "M2": second, "seed": step}

    def loss(x, t, M1, M2, seed):
        mg.manual_seed(seed)
        return mg.nn.CrossEntropyLoss()(net(x), t)

    own = dict(net.named_parameters())
    return Case(own, batches, loss, rate=s5f.RATE, momentum=s5f.MOMENTUM, steps=30)


def case_s5g():
    subject = s5g.Subject(3, 32, seed=0)

    def loss(x, y):
        return ((subject.net(x) - y) ** 2).mean()

    own = dict(subject.net.named_parameters())
    return Case(own, always(x=subject.x, y=subject.y), loss, rate=s5g.RATE, steps=50)


CASES = {
    "S1": case_s1, "S2a": case_s2a, "S2b": case_s2b, "S2c": case_s2c, "S2d": case_s2d,
    "S2e": case_s2e, "S3a": lambda: one_weight(1.0, 1.0, 1.0, 1),
    "S3b": lambda: one_weight(2.0, 2.0, 1.0, 10), "S3c": lambda: one_weight(2.0, 2.0, 0.1, 18),
    "S4": case_s4, "S5a": case_s5a, "S5b": case_s5b, "S5c": case_s5c, "S5d": case_s5d,
    "S5e": case_s5e, "S5f": case_s5f, "S5g": case_s5g,
}  # fmt: skip

assert s3.NETWORKS  # the three cases of one weight are those of that file
