"""The second room: the seed networks, each at the weights it starts with."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

import microgradnn as mg
from exhibits.exhibit import Exhibit, Subject, labelled


def one_neuron() -> Subject:
    """S2a: two inputs, two weights, a bias, a sigmoid."""
    values = labelled(w1=0.0, w2=1.0, b=4.0, x1=2.0, x2=3.0)
    w1, w2, b, x1, x2 = values.values()
    y = (w1 * x1 + w2 * x2 + b).sigmoid()
    y.label = "y"
    return Subject(y, parameters=[w1, w2, b], wrt=[w1, w2, b])


def two_two_one(start: dict[str, float], x1: float, x2: float, target: float | None) -> Subject:
    """The network of S2 on one person: its squared error, or its answer if nothing is wanted."""
    weights, inputs = labelled(**start), labelled(x1=x1, x2=x2)
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = weights.values()
    h1 = (w1 * inputs["x1"] + w2 * inputs["x2"] + b1).sigmoid()
    h2 = (w3 * inputs["x1"] + w4 * inputs["x2"] + b2).sigmoid()
    y_pred = (w5 * h1 + w6 * h2 + b3).sigmoid()
    h1.label, h2.label, y_pred.label = "h1", "h2", "y_pred"
    own = list(weights.values())
    if target is None:
        return Subject(y_pred, parameters=own, wrt=own)
    loss = (labelled(target=target)["target"] - y_pred) ** 2
    loss.label = "L"
    return Subject(loss, parameters=own, wrt=own)


def two_layers() -> Subject:
    """S2b: neurons that look at their second input alone."""
    names = _module("s2d_chain_rule").NAMES
    start = {name: float(name in ("w2", "w4", "w6")) for name in names}
    return two_two_one(start, 2.0, 3.0, None)


def always_zero() -> Subject:
    """S2c: the mean squared error of answering 0."""
    s2c = _module("s2c_always_zero")
    answers, true = mg.tensor(s2c.ALWAYS_ZERO, requires_grad=True), mg.tensor(s2c.TRUE)
    with mg.record():
        loss = ((true - answers) ** 2).mean()
    return Subject(loss, {"y_pred": answers, "y_true": true}, [answers])


def chain_rule() -> Subject:
    """S2d: all weights 1, all biases 0; by the very first weight."""
    s2d = _module("s2d_chain_rule")
    subject = two_two_one(s2d.START, s2d.X1, s2d.X2, s2d.WANTED)
    subject.wrt = subject.parameters[:1]
    return subject


def alice_and_bob() -> Subject:
    """S2e: the same network on four people at once, as matrices."""
    s2e = _module("s2e_alice_and_bob")
    start = np.random.RandomState(0).normal(size=9)
    first, second = start[:4].reshape(2, 2).T, start[6:8].reshape(2, 1)
    w, b, v, c = (_trained(a) for a in (first, start[4:6], second, start[8:]))
    x, y = mg.tensor(s2e.PEOPLE), mg.tensor(s2e.IS_WOMAN[:, None])
    with mg.record():
        h = (x @ w + b).sigmoid()
        o = (h @ v + c).sigmoid()
        loss = ((y - o) ** 2).mean()
    names = {"X": x, "W": w, "b": b, "H": h, "V": v, "c": c, "O": o, "Y": y}
    return Subject(loss, names, [w, b, v, c])


def one_weight() -> Subject:
    """S3: 2 is wished for 2, and the weight starts at 0."""
    w, x, goal = labelled(w=0.0, x=2.0, goal=2.0).values()
    y = x * w
    loss = 0.5 * (y - goal) ** 2
    y.label, loss.label = "y", "L"
    return Subject(loss, parameters=[w], wrt=[w])


def celsius() -> Subject:
    """S4: every tenth of the hundred temperatures."""
    s4 = _module("s4_celsius_to_fahrenheit")
    w, b = (_trained(np.array(a)) for a in (0.5, 0.0))
    c, f = mg.tensor(s4.CELSIUS[::10]), mg.tensor(s4.FAHRENHEIT[::10])
    with mg.record():
        y = c * w + b
        loss = ((y - f) ** 2).mean()
    return Subject(loss, {"c": c, "w": w, "b": b, "y": y, "f": f}, [w, b])


def three_inputs() -> Subject:
    """S5a: one neuron on a whole table."""
    s5a = _module("s5a_three_inputs")
    w = _trained(2 * np.random.RandomState(1).random_sample((3, 1)) - 1)
    x, y = mg.tensor(s5a.X), mg.tensor(s5a.Y)
    with mg.record():
        o = (x @ w).sigmoid()
        loss = 0.5 * ((y - o) ** 2).sum()
    return Subject(loss, {"X": x, "W": w, "O": o, "Y": y}, [w])


def exclusive_or() -> Subject:
    """S5b: 3-4-1."""
    task, random = _module("xor_task"), np.random.RandomState(1)
    w = _trained(2 * random.random_sample((3, 4)) - 1)
    v = _trained(2 * random.random_sample((4, 1)) - 1)
    x, y = mg.tensor(task.X), mg.tensor(task.Y)
    with mg.record():
        h = (x @ w).sigmoid()
        o = (h @ v).sigmoid()
        loss = 0.5 * ((y - o) ** 2).sum()
    return Subject(loss, {"X": x, "W": w, "H": h, "V": v, "O": o, "Y": y}, [w, v])


def threshold() -> Subject:
    """S5c: a bias, and a weight on an input that is always 1."""
    w0, one, w1, x1, b = labelled(w0=-1.5, one=1.0, w1=1.0, x1=1.0, b=-1.5).values()
    as_weight, as_bias = (w0 * one + w1 * x1).sigmoid(), (w1 * x1 + b).sigmoid()
    both = as_weight + as_bias
    as_weight.label, as_bias.label, both.label = "as weight", "as bias", "both"
    return Subject(both, parameters=[w0, w1, b], wrt=[w0, b])


def convolution() -> Subject:
    """S5d, in small: two filters, pooling, a linear layer and cross-entropy."""
    mg.manual_seed(0)
    images = mg.randn(2, 1, 6, 6)
    layers = mg.nn.Sequential(
        mg.nn.Conv2d(1, 2, 3), mg.nn.ReLU(), mg.nn.MaxPool2d(2), mg.nn.Flatten(),
        mg.nn.Linear(8, 3),
    )  # fmt: skip
    answers = mg.tensor([1, 0])
    with mg.record():
        loss = mg.nn.functional.cross_entropy(layers(images), answers)
    k, b1, w, b2 = layers.parameters()
    return Subject(loss, {"X": images, "K": k, "b1": b1, "W": w, "b2": b2, "t": answers}, layers)


def autoencoder() -> Subject:
    """S5e, in small: five numbers through a bottleneck of two."""
    mg.manual_seed(0)
    x = mg.rand(4, 5)
    w, v = (mg.randn(*shape).requires_grad_() for shape in ((5, 2), (2, 5)))
    b, c = mg.zeros(2, requires_grad=True), mg.zeros(5, requires_grad=True)
    with mg.record():
        code = (x @ w + b).sigmoid()
        back = (code @ v + c).sigmoid()
        loss = ((back - x) ** 2).mean()
    names = {"X": x, "W": w, "b": b, "H": code, "V": v, "c": c, "R": back}
    return Subject(loss, names, [w, b, v, c])


def dropout() -> Subject:
    """S5f, in small: half of the hidden neurons are switched off."""
    mg.manual_seed(2)
    x, t = mg.rand(2, 3), mg.tensor([0, 1])
    w, v = (mg.randn(*shape).requires_grad_() for shape in ((3, 6), (6, 2)))
    with mg.record():
        h = (x @ w).relu()
        kept = mg.nn.functional.dropout(h, 0.5)
        loss = mg.nn.functional.cross_entropy(kept @ v, t)
    return Subject(loss, {"X": x, "W": w, "H": h, "D": kept, "V": v, "t": t}, [w, v])


def _module(name: str) -> Any:
    """A seed network's file, which is imported when its exhibit is made."""
    return importlib.import_module(name)


def _trained(array: np.ndarray) -> mg.Tensor:
    return mg.tensor(array, requires_grad=True)


_ROOM: tuple[tuple[str, str, str, Callable[[], Subject]], ...] = (
    ("s2a", "S2a: one neuron", "Weighted inputs, a sum, a sigmoid. The input is so far from 0 that "
     "the sigmoid is flat: hardly any gradient gets through.", one_neuron),
    ("s2b", "S2b: two layers", "The output does not listen to `h1`, its weight `w5` being 0, so "
     "`h1`'s own weights have gradient 0.", two_layers),
    ("s2c", "S2c: always zero", "The loss of a network that always answers 0, and what would help "
     "it.", always_zero),
    ("s2d", "S2d: the chain rule", "One partial derivative as a product of three factors: "
     "−0.9526 · 0.2494 · −0.0904 = 0.0215.", chain_rule),
    ("s2e", "S2e: Alice and Bob", "The same network on four people at once. With matrices there "
     "are no factors; there is one adjoint for each array.", alice_and_bob),
    ("s3", "S3: one weight", "The smallest network. Try `w` = 1 on the explorer's slider.",
     one_weight),
    ("s4", "S4: Celsius to Fahrenheit", "The gradient by `w` is 37 times that by `b`: each "
     "error is multiplied by a temperature. That is why inputs are standardised.", celsius),
    ("s5a", "S5a: three inputs", "One neuron on a whole table: `Xᵀ` hands each error to the "
     "weights that it came from.", three_inputs),
    ("s5b", "S5b: exclusive or", "A hidden layer: `dO @ Vᵀ` is the whole secret, the blame handed "
     "to those that were listened to.", exclusive_or),
    ("s5c", "S5c: a threshold is a weight", "`w0`, on an input that is always 1, has the "
     "gradient of the bias `b`.", threshold),
    ("s5d", "S5d: convolution", "A filter's gradient is a convolution too; pooling hands its "
     "gradient to the winners.", convolution),
    ("s5e", "S5e: autoencoder", "Five numbers through a bottleneck of two and back.",
     autoencoder),
    ("s5f", "S5f: dropout", "Neurons switched off forward are switched off backward.", dropout),
)  # fmt: skip

SEED_NETWORKS = tuple(Exhibit(*exhibit) for exhibit in _ROOM)
