"""S5c: a threshold is a weight on an input that is always 1.

A switch fires when its weighted sum passes a threshold: ``w . x > t``. Move t to the other side:
``w . x - t > 0``; write -t as w0 and give it an input x0 that is always 1: ``w0 x0 + w . x > 0``.
So a threshold (with its sign changed: a bias) needs no rule of its own. It is learned like any
weight, and its gradient is a weight's gradient, with the input 1::

    dL/db = sum delta * 1       dL/dw0 = sum delta * x0, x0 = 1

Here a neuron learns "both" (logical AND) from two inputs in the two forms at once. A neuron
*without* either cannot learn it: it answers 1/2 to [0, 0], whatever its weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet.extras import GRAPHS
from seednet.lockstep import relative_difference

import microgradnn as mg

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
WITH_ONE = np.hstack([np.ones((4, 1)), X])
Y = np.array([[0.0], [0.0], [0.0], [1.0]])
STEPS, RATE = 2_000, 2.0


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash every number into (0, 1)."""
    return 1 / (1 + np.exp(-z))


def by_hand_bias(w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of 1/2 sum (y - o)^2 by weights (2, 1) and bias (1,)."""
    o = sigmoid(X @ w + b)
    delta = (o - Y) * o * (1 - o)  # dL/dz
    dz_dw, dz_db = X, np.ones(4)
    return dz_dw.T @ delta, dz_db @ delta


def by_hand_weight(w: np.ndarray) -> np.ndarray:
    """The same of three weights (3, 1), the first on an input that is always 1."""
    o = sigmoid(WITH_ONE @ w)
    delta = (o - Y) * o * (1 - o)
    dz_dw = WITH_ONE
    return dz_dw.T @ delta


def run(setting: Setting) -> Result:
    """Train both forms, both ways, and compare the gradients of the two forms at every step."""
    start = np.random.default_rng(setting.seed).normal(size=(3, 1))
    b, w = start[0], start[1:]
    extended = start
    bias, weights, all_weights = (
        mg.tensor(values, requires_grad=True) for values in (b, w, extended)
    )
    optimizer = mg.optim.SGD([bias, weights, all_weights], lr=RATE)
    x, with_one, y = mg.tensor(X), mg.tensor(WITH_ONE), mg.tensor(Y)

    lockstep = Lockstep()
    forms_hand, forms_engine = [], []
    for _ in setting.steps(STEPS, "S5c  threshold as a weight"):
        dw, db = by_hand_bias(w, b)
        d_extended = by_hand_weight(extended)
        w, b, extended = w - RATE * dw, b - RATE * db, extended - RATE * d_extended

        loss_bias = 0.5 * ((y - (x @ weights + bias).sigmoid()) ** 2).sum()
        loss_weight = 0.5 * ((y - (with_one @ all_weights).sigmoid()) ** 2).sum()
        optimizer.zero_grad()
        (loss_bias + loss_weight).backward()
        forms_hand.append((np.vstack([db, dw]), d_extended))
        forms_engine.append(
            (
                np.vstack([bias.grad.numpy(), weights.grad.numpy()]),
                all_weights.grad.numpy().copy(),
            )
        )
        dw, db = by_hand_bias(weights.detach().numpy(), bias.detach().numpy())
        d_extended = by_hand_weight(all_weights.detach().numpy())
        lockstep.gradients(
            weights=(dw, weights.grad),
            bias=(db, bias.grad),
            extended=(d_extended, all_weights.grad),
        )
        optimizer.step()
        lockstep.weights(weights=(w, weights), bias=(b, bias), extended=(extended, all_weights))

    hand, engine = (
        float(relative_difference(*map(np.stack, zip(*forms, strict=True))).max())
        for forms in (forms_hand, forms_engine)
    )
    with mg.no_grad():
        answers = (with_one @ all_weights).sigmoid().numpy().ravel()
    result = Result(
        [
            Figure.within(
                "bias and w0 differ by", "0 (equal)", hand, engine, high=1e-10, shown="{:.0e}"
            )
        ],
        lockstep,
        story=[
            f"As a bias: {bias.item():.6f}; as a weight on the constant 1: {extended[0, 0]:.6f}.",
            f"Both forms answer {np.round(answers, 3).tolist()} to {X.astype(int).tolist()}.",
        ],
    )
    result.files.append(setting.save(_picture(), "s5c-threshold-as-weight.svg"))
    return result


def _picture() -> Any:
    """The graph of one neuron with both: z = w0 * 1 + w1 * x1 + b."""
    w0, one, w1, x1, b = (
        mg.Value(data, label=label)
        for data, label in ((-1.5, "w0"), (1.0, "1"), (1.0, "w1"), (1.0, "x1"), (-1.5, "b"))
    )
    as_weight = w0 * one + w1 * x1
    as_weight.label = "threshold as weight"
    as_bias = w1 * x1 + b
    as_bias.label = "threshold as bias"
    both = as_weight.sigmoid() + as_bias.sigmoid()
    both.backward()
    return mg.viz.draw(both, parameters=[w0, w1, b])


NETWORKS = (SeedNetwork("S5c", "a threshold is a weight", run, needs=(GRAPHS,)),)

if __name__ == "__main__":
    run_alone(NETWORKS)
