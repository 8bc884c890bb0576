"""micrograd's demo network, made of scalars: forward, backward and update over 100 points.

2-16-16-1 with ReLU, the max-margin loss with L2 regularisation, a rate that falls. micrograd and
our `Value`s run one program; the arrays' programs begin with the weights that Python's `random`
gives both.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..workload import Program, Workload, one


def points() -> list[tuple[float, float, int]]:
    """A disc of one class in a ring of the other; leaves `random` in one and the same state."""
    random.seed(1337)
    out = []
    for k in range(100):
        radius = (0.5 if k % 2 else 1.5) + random.gauss(0, 0.1)
        angle = random.uniform(0, 2 * math.pi)
        out.append((radius * math.cos(angle), radius * math.sin(angle), 1 if k % 2 else -1))
    return out


def rate(k: int) -> float:
    """The learning rate of step k."""
    return max(0.1, 1.0 - 0.9 * k / 100)


def with_values(value: Any, mlp: Any) -> Mapping[str, Program]:
    """The program of the demo, for any scalar engine of micrograd's surface."""

    def build(collector: bool) -> Program:
        data = points()
        model = mlp(2, [16, 16, 1])
        done = 0

        def step() -> Any:
            nonlocal done
            scores = [model([value(a), value(b)]) for a, b, _ in data]
            margins = [(1 + -y * score).relu() for score, (_, _, y) in zip(scores, data)]  # noqa: B905
            loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(
                p * p for p in model.parameters()
            )
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= rate(done) * p.grad
            done += 1
            return loss.data

        def state() -> list[Any]:
            return [np.array([p.data for p in model.parameters()])]

        return Program(step, state, collector=collector)

    return {"collector on": build(True), "collector off": build(False)}


def micrograd() -> Mapping[str, Program]:
    """Its own classes."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return with_values(Value, MLP)


def values() -> Mapping[str, Program]:
    """Ours of the same names."""
    from microgradnn import Value
    from microgradnn.nn.scalar import MLP

    return with_values(Value, MLP)


def weights() -> tuple[Any, Any, list[Any]]:
    """Inputs, targets, and the weights and biases of the layers."""
    data = np.array(points())
    out = []
    for n, m in ((2, 16), (16, 16), (16, 1)):
        # As micrograd draws them: neuron by neuron.
        out += [np.array([[random.uniform(-1, 1) for _ in range(n)] for _ in range(m)])]
        out += [np.zeros(m)]
    return data[:, :2].copy(), data[:, 2].copy(), out


def flattened(parameters: list[Any]) -> list[Any]:
    """In micrograd's order: each neuron's weights, then its bias."""
    pairs = zip(parameters[::2], parameters[1::2], strict=True)
    return [np.concatenate([np.hstack([w, b[:, None]]).ravel() for w, b in pairs])]


def eager(torch: Any) -> Program:
    """All points at once on arrays of float64, for PyTorch or for microgradnn."""
    x, y, start = weights()
    x, y = torch.tensor(x), torch.tensor(y)
    parameters = [torch.tensor(array, requires_grad=True) for array in start]
    done = 0

    def step() -> Any:
        nonlocal done
        h = x
        for k in (0, 2, 4):
            h = h @ parameters[k].T + parameters[k + 1]
            if k < 4:
                h = h.relu()
        loss = (1 - y * h.reshape(-1)).relu().mean()
        loss = loss + 1e-4 * sum((p * p).sum() for p in parameters)
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= rate(done) * p.grad
        done += 1
        return loss

    return Program(step, lambda: flattened([p.detach().numpy() for p in parameters]))


def microgradnn() -> Mapping[str, Program]:
    """Arrays, which have a program for the collector's default only."""
    import microgradnn as mg

    return {"collector on": eager(mg)}


def pytorch() -> Mapping[str, Program]:
    """Arrays."""
    import torch

    return {"collector on": eager(torch)}


def numpy_by_hand() -> Program:
    """Arrays, buffers kept, weights and biases in one flat buffer."""
    x, y, start = weights()
    layers = list(zip(start[::2], start[1::2], strict=True))
    p = np.concatenate([np.hstack([w, b[:, None]]).ravel() for w, b in layers])
    g, decay = np.empty_like(p), np.empty_like(p)
    ends = np.cumsum([w.size + b.size for w, b in layers])[:-1]
    w, gw = (
        [part.reshape(len(b), -1) for part, (_, b) in zip(np.split(x, ends), layers, strict=True)]
        for x in (p, g)
    )
    h = [np.ones((n + 1, 100)) for n in (2, 16, 16)]
    h[0][:-1] = x.T
    d = [np.empty((16, 100)), np.empty((16, 100)), np.empty((1, 100))]
    masks = [np.empty((16, 100), bool), np.empty((16, 100), bool), np.empty((1, 100), bool)]
    score, margin = np.empty((1, 100)), np.empty((1, 100))
    minus = (-y / 100)[None]
    done = 0

    def step() -> Any:
        nonlocal done
        for k in (0, 1):
            above = h[k + 1][:-1]
            np.dot(w[k], h[k], above)
            np.maximum(above, 0.0, above)
        np.dot(w[2], h[2], score)
        np.multiply(score, y, margin)
        np.subtract(1.0, margin, margin)
        np.maximum(margin, 0.0, margin)
        loss = float(np.add.reduce(margin, None)) / 100 + 1e-4 * float(np.dot(p, p))
        np.greater(margin, 0.0, masks[2])
        np.multiply(minus, masks[2], d[2])
        for k in (2, 1, 0):
            np.dot(d[k], h[k].T, gw[k])
            if k:
                np.dot(w[k][:, :-1].T, d[k], d[k - 1])
                np.greater(h[k][:-1], 0.0, masks[k - 1])
                np.multiply(d[k - 1], masks[k - 1], d[k - 1])
        np.multiply(p, 2e-4, decay)
        np.add(g, decay, g)
        np.multiply(g, rate(done), g)
        np.subtract(p, g, p)
        done += 1
        return loss

    return Program(step, lambda: [p])


WORKLOADS = [
    Workload(
        "w1.scalar-demo",
        "micrograd's demo, 2-16-16-1 on 100 points: one step",
        {
            "micrograd": micrograd,
            "microgradnn-values": values,
            "pytorch": pytorch,
            "microgradnn": microgradnn,
            "numpy": lambda: {"collector on": one(numpy_by_hand)()["step"]},
        },
        checked_steps=2,
        tolerance=1e-9,
        seconds=0.3,
    )
]
