"""The hand derivations of S1 to S5 on random numbers, each beside its graph."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

import microgradnn as mg

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

import digit_network_by_hand as digit_network
import s1_breast_cancer_neuron as s1
import s2a_one_neuron as s2a
import s2b_two_layers as s2b
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


@dataclass
class HandDerivation:
    """One derivation: its source, and how it is run.

    Attributes
    ----------
    name : str
    module : module
        Where it is written.
    functions : tuple of str
        Which of its functions are the chain rule.
    forward : frozenset of str
        Variables that belong to the forward pass, or to the update after the backward pass.
    setup : callable
        ``setup(random)``: the loss (of a recorded graph), names of what is in it, numbers that
        stand for the module's constants, and ``run(functions) -> gradients by name``.
    """

    name: str
    module: Any
    functions: tuple[str, ...]
    forward: frozenset[str]
    setup: Callable[[np.random.Generator], Problem]

    def source(self) -> ast.Module:
        """The functions' source."""
        body: list[ast.stmt] = []
        for path in self.functions:
            thing = self.module
            for part in path.split("."):
                thing = getattr(thing, part)
            body += ast.parse(textwrap.dedent(inspect.getsource(thing))).body
        return ast.Module(body, [])

    def gradients(self, source: ast.Module, problem: Problem, **helpers: Any) -> dict[str, Any]:
        """What the source, mutated or not, gives."""
        scope = {**vars(self.module), **problem.constants, **helpers}
        exec(compile(source, f"<{self.name}>", "exec"), scope)
        return problem.run(SimpleNamespace(**{f.split(".")[-1]: None for f in self.functions}
                                           | {f.split(".")[-1]: scope[f.split(".")[-1]]
                                              for f in self.functions}))  # fmt: skip


@dataclass
class Problem:
    """A graph and the numbers that the hand derivation is run on."""

    loss: Any
    names: dict[str, Any]
    run: Callable[[Any], dict[str, Any]]
    constants: dict[str, Any] = field(default_factory=dict)


def _leaf(array: Any) -> mg.Tensor:
    return mg.tensor(np.array(array, float), requires_grad=True)


def _parameters(*modules: Any) -> list[mg.Tensor]:
    return [p for module in modules for p in module.parameters()]


def _named(keys: list[str], values: Any) -> dict[str, Any]:
    return dict(zip(keys, values, strict=True))


def _s1(random: np.random.Generator) -> Problem:
    x, w = random.normal(size=(20, 6)), random.normal(size=6)
    y = (random.random(20) < 0.5).astype(float)
    leaf = _leaf(w)
    with mg.record():
        tx, ty = mg.tensor(x), mg.tensor(y)
        loss = 0.5 * ((ty - (tx @ leaf).sigmoid()) ** 2).sum()
    return Problem(loss, {"w": leaf, "x": tx, "y": ty}, lambda f: {"w": f.by_hand(w, x, y)})


def _s2a(random: np.random.Generator) -> Problem:
    numbers = random.normal(size=5)
    names = ["w1", "w2", "b", "x1", "x2"]
    values = {n: mg.Value(v, label=n) for n, v in zip(names, numbers, strict=True)}
    w1, w2, b, x1, x2 = values.values()
    f = (w1 * x1 + w2 * x2 + b).sigmoid()
    constants = {
        "WEIGHTS": numbers[:2].tolist(), "BIAS": float(numbers[2]), "INPUTS": numbers[3:].tolist()
    }  # fmt: skip
    return Problem(f, values, lambda f: f.by_hand()[1], constants)


def _s2b(random: np.random.Generator) -> Problem:
    arrays = {
        "hidden_weight": random.normal(size=(2, 2)), "hidden_bias": random.normal(size=2),
        "output_weight": random.normal(size=(1, 2)), "output_bias": random.normal(size=1),
    }  # fmt: skip
    inputs = random.normal(size=2)
    leaves = {n: _leaf(a) for n, a in arrays.items()}
    w, b, v, c = leaves.values()
    with mg.record():
        x = mg.tensor(inputs)
        loss = (v @ (w @ x + b).sigmoid() + c).sigmoid().sum()
    constants = _named(["HIDDEN", "HIDDEN_BIAS", "OUTPUT", "OUTPUT_BIAS"], arrays.values())
    names = {**leaves, "x": x}
    return Problem(loss, names, lambda f: f.by_hand()[1], {**constants, "INPUTS": inputs})


def _s2c(random: np.random.Generator) -> Problem:
    true, answers = random.normal(size=(2, 5))
    leaf = _leaf(answers)
    with mg.record():
        wanted = mg.tensor(true)
        loss = mg.nn.MSELoss()(leaf, wanted)
    names = {"answers": leaf, "true": wanted}
    constants = {"TRUE": true, "ALWAYS_ZERO": answers}
    return Problem(loss, names, lambda f: {"answers": f.by_hand()[1]}, constants)


def _s2d(random: np.random.Generator) -> Problem:
    start = _named(list(s2d.NAMES), random.normal(size=9).tolist())
    x1, x2, wanted = random.normal(size=3).tolist()
    values = {n: mg.Value(v, label=n) for n, v in start.items()}
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = values.values()
    a, b = mg.Value(x1, label="x1"), mg.Value(x2, label="x2")
    h1 = (w1 * a + w2 * b + b1).sigmoid()
    h2 = (w3 * a + w4 * b + b2).sigmoid()
    y = (w5 * h1 + w6 * h2 + b3).sigmoid()
    h1.label, h2.label, y.label = "h1", "h2", "y_pred"
    constants = {"START": start, "X1": x1, "X2": x2, "WANTED": wanted}
    names = {**values, "h1": h1, "h2": h2, "y_pred": y}
    return Problem((wanted - y) ** 2, names, lambda f: f.by_hand()[1], constants)


def _s2e(random: np.random.Generator) -> Problem:
    parameters = random.normal(size=9).tolist()
    x1, x2, wanted = random.normal(size=3).tolist()
    order = ["w1", "w2", "w3", "w4", "b1", "b2", "w5", "w6", "b3"]
    values = {n: mg.Value(v, label=n) for n, v in zip(order, parameters, strict=True)}
    w1, w2, w3, w4, b1, b2, w5, w6, b3 = values.values()
    a, b = mg.Value(x1, label="x1"), mg.Value(x2, label="x2")
    h1 = (w1 * a + w2 * b + b1).sigmoid()
    h2 = (w3 * a + w4 * b + b2).sigmoid()
    y = (w5 * h1 + w6 * h2 + b3).sigmoid()
    names = {**values, "h1": h1, "h2": h2, "y": y}
    return Problem(
        (wanted - y) ** 2, names, lambda f: _named(order, f.by_hand(parameters, x1, x2, wanted))
    )


def _s3(random: np.random.Generator) -> Problem:
    w, x, goal = random.normal(size=3).tolist()
    a, b, c = mg.Value(w, label="w"), mg.Value(x, label="x"), mg.Value(goal, label="goal")
    y = b * a
    names = {"w": a, "x": b, "goal": c, "y": y}
    return Problem(0.5 * (y - c) ** 2, names, lambda f: {"w": f.by_hand(w, x, goal)})


def _s4(random: np.random.Generator) -> Problem:
    celsius = random.normal(size=12)
    wanted = 2 * celsius + random.normal(size=12)
    w, b = random.normal(size=2)
    neuron = mg.nn.Neuron(weights=np.array([w]), bias=b, activation=None)
    weight, bias = neuron.parameters()
    with mg.record():
        c, f = mg.tensor(celsius[:, None]), mg.tensor(wanted)
        loss = mg.nn.MSELoss()(neuron(c), f)
    constants = {"CELSIUS": celsius, "FAHRENHEIT": wanted}
    names = {"w": weight, "b": bias, "c": c, "f": f}
    return Problem(loss, names, lambda f: _named(["w", "b"], f.by_hand(w, b, 1 / 12)), constants)


def _s5a(random: np.random.Generator) -> Problem:
    x, y, w = random.normal(size=(6, 3)), random.normal(size=(6, 1)), random.normal(size=(3, 1))
    leaf = _leaf(w)
    with mg.record():
        tx, ty = mg.tensor(x), mg.tensor(y)
        loss = 0.5 * ((ty - (tx @ leaf).sigmoid()) ** 2).sum()
    names = {"w": leaf, "X": tx, "Y": ty}
    return Problem(loss, names, lambda f: {"w": f.by_hand(w)}, {"X": x, "Y": y})


def _s5b(random: np.random.Generator) -> Problem:
    x, y = random.normal(size=(7, 3)), random.normal(size=(7, 1))
    w, v = random.normal(size=(3, 4)), random.normal(size=(4, 1))
    first, second = _leaf(w), _leaf(v)
    with mg.record():
        tx, ty = mg.tensor(x), mg.tensor(y)
        h = (tx @ first).sigmoid()
        loss = 0.5 * ((ty - (h @ second).sigmoid()) ** 2).sum()
    names = {"w": first, "v": second, "X": tx, "Y": ty}
    constants = {"X": x, "Y": y, "forward": lambda w, v: xor_task.forward(w, v, x)}
    return Problem(loss, names, lambda f: _named(["w", "v"], f.by_hand(w, v)), constants)


def _s5c(random: np.random.Generator) -> Problem:
    x, y = random.normal(size=(4, 2)), random.normal(size=(4, 1))
    w, b = random.normal(size=(2, 1)), random.normal(size=1)
    weight, bias = _leaf(w), _leaf(b)
    with mg.record():
        tx, ty = mg.tensor(x), mg.tensor(y)
        loss = 0.5 * ((ty - (tx @ weight + bias).sigmoid()) ** 2).sum()
    names = {"w": weight, "b": bias, "X": tx, "Y": ty}
    constants = {"X": x, "Y": y}
    return Problem(loss, names, lambda f: _named(["w", "b"], f.by_hand_bias(w, b)), constants)


def _s5c_extended(random: np.random.Generator) -> Problem:
    x, y, w = random.normal(size=(4, 3)), random.normal(size=(4, 1)), random.normal(size=(3, 1))
    weight = _leaf(w)
    with mg.record():
        tx, ty = mg.tensor(x), mg.tensor(y)
        loss = 0.5 * ((ty - (tx @ weight).sigmoid()) ** 2).sum()
    names = {"w": weight, "X": tx, "Y": ty}
    constants = {"WITH_ONE": x, "Y": y}
    return Problem(loss, names, lambda f: {"w": f.by_hand_weight(w)}, constants)


def _s5d(random: np.random.Generator) -> Problem:
    images, answers = random.normal(size=(6, 1, 8, 8)), random.integers(0, 10, 6)
    weights = digit_network.first_weights(random, 4)
    filters, s5d.FILTERS = s5d.FILTERS, 4
    net = s5d.network(weights)
    s5d.FILTERS = filters
    with mg.record():
        loss = mg.nn.CrossEntropyLoss()(net(mg.tensor(images)), mg.tensor(answers))
    names = _named(list(weights._fields), net.parameters())
    return Problem(loss, names, lambda f: f.gradient(weights, images, answers)._asdict())


def _s5e(random: np.random.Generator) -> Problem:
    images = random.random((8, 64))
    weights = [w + 0.1 * random.normal(size=w.shape) for w in s5e.first_weights(random)]
    encoder, decoder = s5e.network(weights)
    with mg.record():
        x = mg.tensor(images)
        loss = mg.nn.MSELoss()(decoder(encoder(x)), x)
    keys = [f"{kind}{k}" for k in (1, 2, 3, 4) for kind in "wb"]
    names = _named(keys, _parameters(encoder, decoder))
    names["x"] = x
    return Problem(loss, names, lambda f: _named(keys, f.gradient(weights, images)))


def _s5f(random: np.random.Generator) -> Problem:
    hidden, s5f.HIDDEN = s5f.HIDDEN, 12
    images, answers = random.normal(size=(10, 64)), random.integers(0, 10, 10)
    shapes = ((12, 64), (12,), (12, 12), (12,), (10, 12), (10,))
    weights = [random.normal(size=shape) / 4 for shape in shapes]
    net, seed = s5f.network(weights, 0.5), int(random.integers(1000))
    masks = s5f.masks_of(net, 10, seed)
    s5f.HIDDEN = hidden
    mg.manual_seed(seed)
    with mg.record():
        loss = mg.nn.CrossEntropyLoss()(net(mg.tensor(images)), mg.tensor(answers))
    keys = [f"{kind}{k}" for k in (1, 2, 3) for kind in "wb"]
    names = _named(keys, net.parameters())
    return Problem(loss, names, lambda f: _named(keys, f.gradient(weights, images, answers, masks)))


def _s5g(random: np.random.Generator) -> Problem:
    x, y = random.normal(size=(2, 9, 5))
    weights = [random.normal(size=(5, 5)) for _ in range(3)]
    leaves = [_leaf(w) for w in weights]
    with mg.record():
        tx, ty = mg.tensor(x), mg.tensor(y)
        h = tx
        for leaf in leaves:
            h = (h @ leaf.T).relu()
        loss = ((h - ty) ** 2).mean()
    keys = ["w1", "w2", "w3"]

    def run(f: Any) -> dict[str, Any]:
        subject = SimpleNamespace(x=x, y=y, weights=[w.copy() for w in weights], gradients=[])
        f.step_by_hand(subject)
        return _named(keys, subject.gradients)

    return Problem(loss, {**_named(keys, leaves), "x": tx, "y": ty}, run)


def _of(name: str, module: Any, functions: str, forward: str, setup: Any) -> HandDerivation:
    return HandDerivation(name, module, tuple(functions.split()), frozenset(forward.split()), setup)


_SCALARS = "x1 x2 w1 w2 w3 w4 w5 w6 b1 b2 b3 h1 h2 y_pred o f z y n loss _"
DERIVATIONS = [
    _of("S1", s1, "by_hand", "o", _s1),
    _of("S2a", s2a, "by_hand", _SCALARS, _s2a),
    _of("S2b", s2b, "by_hand", _SCALARS, _s2b),
    _of("S2c", s2c, "by_hand", "n error loss", _s2c),
    _of("S2d", s2d, "by_hand", _SCALARS, _s2d),
    _of("S2e", s2e, "by_hand", _SCALARS, _s2e),
    _of("S3", s3, "by_hand", "y", _s3),
    _of("S4", s4, "by_hand", "y", _s4),
    _of("S5a", s5a, "by_hand", "o", _s5a),
    _of("S5b", xor_task, "by_hand", "h o", _s5b),
    _of("S5c", s5c, "by_hand_bias", "o", _s5c),
    _of("S5c, extended", s5c, "by_hand_weight", "o", _s5c_extended),
    _of(
        "S5d", digit_network, "gradient convolve_back pool_back",
        "n replies patches lit pooled_once winner_once pooled winner features scores filters "
        "channels height width", _s5d,
    ),
    _of("S5e", s5e, "gradient", "w2 w3 w4 _ h1 code h2 y", _s5e),
    _of("S5f", s5f, "gradient", "w2 w3 _ h1 kept1 h2 kept2 scores powers", _s5f),
    _of("S5g", s5g, "Subject.step_by_hand", "layers w", _s5g),
]  # fmt: skip
