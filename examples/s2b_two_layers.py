"""S2b: a 2-2-1 network feeds forward.

Three equal neurons, weights [0, 1] and bias 0. The two hidden neurons look at the input, the
output neuron looks at the two hidden ones::

    h1 = f(w1 x1 + w2 x2 + b1)
    h2 = f(w3 x1 + w4 x2 + b2)
    o  = f(w5 h1 + w6 h2 + b3)

A network is nothing but this: functions put into functions. So its derivative is nothing but the
chain rule: what a hidden neuron contributes is known once one knows what the *next* layer makes
of it. Gradients are therefore computed from the output backwards, each layer using the one
that comes after it, and the forward pass's values are used again. In the comments below every
partial is named before it is multiplied.
"""

from __future__ import annotations

import math

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone

import microgradnn as mg

PUBLISHED = 0.7216325609518421
INPUTS = np.array([2.0, 3.0])
HIDDEN, HIDDEN_BIAS = np.array([[0.0, 1.0], [0.0, 1.0]]), np.zeros(2)
OUTPUT, OUTPUT_BIAS = np.array([[0.0, 1.0]]), np.zeros(1)


def sigmoid(z: float) -> float:
    """Squash a number into (0, 1)."""
    return 1 / (1 + math.exp(-z))


def by_hand() -> tuple[float, dict[str, np.ndarray]]:
    """The output and its gradient by all nine parameters, written out."""
    x1, x2 = INPUTS
    (w1, w2), (w3, w4) = HIDDEN
    b1, b2 = HIDDEN_BIAS
    (w5, w6), (b3,) = OUTPUT[0], OUTPUT_BIAS

    h1 = sigmoid(w1 * x1 + w2 * x2 + b1)
    h2 = sigmoid(w3 * x1 + w4 * x2 + b2)
    o = sigmoid(w5 * h1 + w6 * h2 + b3)

    # The output neuron.
    do_dz3 = o * (1 - o)
    do_dw5, do_dw6, do_db3 = do_dz3 * h1, do_dz3 * h2, do_dz3
    # What it passes back to the layer before it.
    do_dh1, do_dh2 = do_dz3 * w5, do_dz3 * w6
    # The hidden neurons: each multiplies what it was handed by its own slope.
    do_dz1 = do_dh1 * h1 * (1 - h1)
    do_dz2 = do_dh2 * h2 * (1 - h2)
    return o, {
        "hidden_weight": np.array([[do_dz1 * x1, do_dz1 * x2], [do_dz2 * x1, do_dz2 * x2]]),
        "hidden_bias": np.array([do_dz1, do_dz2]),
        "output_weight": np.array([[do_dw5, do_dw6]]),
        "output_bias": np.array([do_db3]),
    }


def engine() -> tuple[float, dict[str, mg.Tensor]]:
    """The same network on arrays, a layer a line."""
    parameters = {
        "hidden_weight": mg.tensor(HIDDEN, requires_grad=True),
        "hidden_bias": mg.tensor(HIDDEN_BIAS, requires_grad=True),
        "output_weight": mg.tensor(OUTPUT, requires_grad=True),
        "output_bias": mg.tensor(OUTPUT_BIAS, requires_grad=True),
    }
    w, b, v, c = parameters.values()
    h = (w @ mg.tensor(INPUTS) + b).sigmoid()
    o = (v @ h + c).sigmoid()
    o.sum().backward()
    return o.item(), {name: parameter.grad for name, parameter in parameters.items()}


def run(setting: Setting) -> Result:
    """Feed forward and back once."""
    o, gradients = by_hand()
    output, engine_gradients = engine()
    lockstep = Lockstep()
    lockstep.gradients(**{name: (gradients[name], engine_gradients[name]) for name in gradients})
    return Result(
        [Figure.equal("output for [2, 3]", PUBLISHED, o, output, digits=16)],
        lockstep,
        story=[
            f"h1 = h2 = f(3) = {sigmoid(3.0):.6f}, output f(h2) = {output!r}",
            "The output's weight on h1 is 0, so nothing flows back into h1: its gradients are",
            f"{gradients['hidden_weight'][0].tolist()}, those of h2 "
            f"{np.round(gradients['hidden_weight'][1], 6).tolist()}.",
        ],
    )


NETWORKS = (SeedNetwork("S2b", "2-2-1 network, equal neurons", run),)

if __name__ == "__main__":
    run_alone(NETWORKS)
