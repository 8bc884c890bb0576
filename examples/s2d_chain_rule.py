"""S2d: one partial derivative as a product of three factors.

Alice weighs 2 pounds less than the reference and is an inch shorter: input [-2, -1], answer
wanted 1. The network is 2-2-1, all weights 1, all biases 0. How would the loss change if only
the very first weight changed? Not at one glance; but in three steps one can see::

    dL/dw1  =  dL/dy_pred  *  dy_pred/dh1  *  dh1/dw1

    dL/dy_pred  = -2 (1 - y_pred)           how the loss feels the answer
    dy_pred/dh1 = w5 f'(w5 h1 + w6 h2 + b3) how the answer feels the hidden neuron
    dh1/dw1     = x1 f'(w1 x1 + w2 x2 + b1) how the hidden neuron feels its weight

The product is positive: a larger w1 makes the loss larger, so w1 has to become smaller. That is
the whole of backpropagation; the rest is doing it for every weight without doing work twice.
"""

from __future__ import annotations

import math

from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet.extras import GRAPHS

import microgradnn as mg

X1, X2, WANTED = -2.0, -1.0, 1.0
NAMES = ("w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3")
START = dict(zip(NAMES, (1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0), strict=True))


def sigmoid(z: float) -> float:
    """Squash a number into (0, 1)."""
    return 1 / (1 + math.exp(-z))


def by_hand() -> tuple[dict[str, float], dict[str, float]]:
    """The published factors, and the gradient by all nine parameters."""
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = START.values()
    h1 = sigmoid(w1 * X1 + w2 * X2 + b1)
    h2 = sigmoid(w3 * X1 + w4 * X2 + b2)
    y_pred = sigmoid(w5 * h1 + w6 * h2 + b3)

    dl_dy = -2 * (WANTED - y_pred)

    slope_3 = y_pred * (1 - y_pred)  # f' of the output neuron
    dy_dw5, dy_dw6, dy_db3 = h1 * slope_3, h2 * slope_3, slope_3
    dy_dh1, dy_dh2 = w5 * slope_3, w6 * slope_3

    slope_1 = h1 * (1 - h1)
    dh1_dw1, dh1_dw2, dh1_db1 = X1 * slope_1, X2 * slope_1, slope_1
    slope_2 = h2 * (1 - h2)
    dh2_dw3, dh2_dw4, dh2_db2 = X1 * slope_2, X2 * slope_2, slope_2

    factors = {
        "h1": h1,
        "y_pred": y_pred,
        "dL/dy_pred": dl_dy,
        "dy_pred/dh1": dy_dh1,
        "dh1/dw1": dh1_dw1,
        "dL/dw1": dl_dy * dy_dh1 * dh1_dw1,
    }
    gradient = {
        "w1": dl_dy * dy_dh1 * dh1_dw1,
        "w2": dl_dy * dy_dh1 * dh1_dw2,
        "b1": dl_dy * dy_dh1 * dh1_db1,
        "w3": dl_dy * dy_dh2 * dh2_dw3,
        "w4": dl_dy * dy_dh2 * dh2_dw4,
        "b2": dl_dy * dy_dh2 * dh2_db2,
        "w5": dl_dy * dy_dw5,
        "w6": dl_dy * dy_dw6,
        "b3": dl_dy * dy_db3,
    }
    return factors, gradient


def engine() -> tuple[mg.Value, dict[str, float], dict[str, mg.Value]]:
    """The same from Values: the loss (with its graph), the factors, the weights."""
    weights = {name: mg.Value(data, label=name) for name, data in START.items()}
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = weights.values()
    x1, x2 = mg.Value(X1, label="x1"), mg.Value(X2, label="x2")

    h1 = (w1 * x1 + w2 * x2 + b1).sigmoid()
    h2 = (w3 * x1 + w4 * x2 + b2).sigmoid()
    y_pred = (w5 * h1 + w6 * h2 + b3).sigmoid()
    loss = (WANTED - y_pred) ** 2
    h1.label, h2.label, y_pred.label, loss.label = "h1", "h2", "y_pred", "L"

    # Each factor is a derivative of its own: the engine is asked for it between two inner nodes.
    (dl_dy,) = mg.autograd.grad(loss, [y_pred], retain_graph=True)
    (dy_dh1,) = mg.autograd.grad(y_pred, [h1], retain_graph=True)
    (dh1_dw1,) = mg.autograd.grad(h1, [w1], retain_graph=True)
    loss.backward()
    factors = {
        "h1": h1.data,
        "y_pred": y_pred.data,
        "dL/dy_pred": dl_dy,
        "dy_pred/dh1": dy_dh1,
        "dh1/dw1": dh1_dw1,
        "dL/dw1": w1.grad,
    }
    return loss, factors, weights


PUBLISHED = {
    "h1": (0.04742587317756678, 17),
    "y_pred": (0.5236951740839997, 16),
    "dL/dy_pred": (-0.95260965, 8),
    "dy_pred/dh1": (0.24943854, 8),
    "dh1/dw1": (-0.09035332, 8),
    "dL/dw1": (0.02146953526581111, 17),
}


def run(setting: Setting) -> Result:
    """One backward pass, and the picture of it."""
    factors, gradient = by_hand()
    loss, engine_factors, weights = engine()
    lockstep = Lockstep()
    lockstep.gradients(**{name: (gradient[name], weights[name].grad) for name in NAMES})
    for name in ("dL/dy_pred", "dy_pred/dh1", "dh1/dw1"):
        lockstep.gradients(**{name: (factors[name], engine_factors[name])})

    result = Result(
        [
            Figure.equal(name, published, factors[name], engine_factors[name], digits=digits)
            for name, (published, digits) in PUBLISHED.items()
        ],
        lockstep,
        story=[
            "dL/dw1 = dL/dy_pred * dy_pred/dh1 * dh1/dw1",
            "       = "
            + " * ".join(
                f"({engine_factors[name]:.8f})" for name in ("dL/dy_pred", "dy_pred/dh1", "dh1/dw1")
            ),
            f"       = {engine_factors['dL/dw1']!r}",
            "It is positive: a larger w1 means a larger loss, so training will make w1 smaller.",
        ],
    )
    picture = mg.viz.draw(loss, parameters=weights.values())
    result.files.append(setting.save(picture, "s2d-chain-rule.svg"))
    return result


NETWORKS = (SeedNetwork("S2d", "2-2-1 network: the chain rule", run, needs=(GRAPHS,)),)

if __name__ == "__main__":
    run_alone(NETWORKS)
