"""S2a: one neuron feeds forward.

A neuron weighs its inputs, adds its bias, and squashes the sum into the open interval (0, 1)::

    z = w . x + b        f(z) = 1 / (1 + e^-z)

With weights [0, 1], bias 4 and input [2, 3] the sum is 0*2 + 1*3 + 4 = 7, and f(7) = 0.999089.

Why squash with this curve? The first artificial neuron was a switch: it fires when the sum
passes a threshold and is silent below. A switch cannot learn by small corrections, because its
slope is 0 wherever it has one. The sigmoid is that switch smoothed: f(k z) with a large k is the
step again, and with k = 1 it has a slope everywhere::

    f'(z) = f(z) (1 - f(z))

The slope is 1/4 at most, in the middle, and nearly nothing where f is near 0 or 1: a neuron that
is sure of itself (rightly or not) learns in very small steps. Both are in the plot.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p
from seednet.extras import GRAPHS

import microgradnn as mg

WEIGHTS, BIAS, INPUTS = [0.0, 1.0], 4.0, [2.0, 3.0]
PUBLISHED = 0.9990889488055994


def by_hand() -> tuple[float, dict[str, float]]:
    """The output, and its partial derivative by everything that goes in."""
    (w1, w2), (x1, x2) = WEIGHTS, INPUTS
    z = w1 * x1 + w2 * x2 + BIAS
    f = 1 / (1 + math.exp(-z))

    df_dz = f * (1 - f)
    # z is a sum of products: its partial by one factor is the other factor, by the bias 1.
    dz_dw1, dz_dw2, dz_db = x1, x2, 1.0
    dz_dx1, dz_dx2 = w1, w2
    return f, {
        "w1": df_dz * dz_dw1,
        "w2": df_dz * dz_dw2,
        "b": df_dz * dz_db,
        "x1": df_dz * dz_dx1,
        "x2": df_dz * dz_dx2,
    }


def engine() -> tuple[mg.Value, dict[str, mg.Value]]:
    """The same expression made of Values: they remember how they were made."""
    leaves = {
        name: mg.Value(data, label=name)
        for name, data in zip(["w1", "w2", "b", "x1", "x2"], [*WEIGHTS, BIAS, *INPUTS], strict=True)
    }
    w1, w2, b, x1, x2 = leaves.values()
    f = (w1 * x1 + w2 * x2 + b).sigmoid()
    f.label = "f"
    f.backward()
    return f, leaves


def run(setting: Setting) -> Result:
    """Feed forward and back once, draw the graph and the curves."""
    f, partials = by_hand()
    output, leaves = engine()
    # The neuron of the nn module is the same function, on arrays.
    neuron = mg.nn.Neuron(weights=np.array(WEIGHTS), bias=BIAS)
    as_array = neuron(mg.tensor(np.array(INPUTS))).item()

    lockstep = Lockstep()
    lockstep.gradients(**{name: (partials[name], leaf.grad) for name, leaf in leaves.items()})

    result = Result(
        [
            Figure.equal("output for [2, 3]", PUBLISHED, f, output.data, digits=16),
            Figure.equal("the same by nn.Neuron", PUBLISHED, f, as_array, digits=16),
        ],
        lockstep,
        story=[
            "z = 0*2 + 1*3 + 4 = 7, and the neuron answers f(7) = " + repr(output.data),
            f"Its slope there is f (1 - f) = {f * (1 - f):.6f}; in the middle it would be 0.25.",
            f"df/dw1 = slope * x1 = {leaves['w1'].grad:.6f}, "
            f"df/dw2 = slope * x2 = {leaves['w2'].grad:.6f}: the larger input, the larger share.",
        ],
    )
    result.files.append(setting.save(mg.viz.draw(output), "s2a-neuron.svg"))
    result.files.append(_plot(setting))
    return result


def _plot(setting: Setting) -> Path:
    z = np.linspace(-8, 8, 801)
    with p.panels(1, 2, "From the switch to the sigmoid", size=(10.5, 4.2), sharex=True) as (
        figure,
        (left, right),
    ):
        left.step(z, z > 0, color=p.BLACK, where="mid", linestyle=":", label="switch")
        for steepness, color, style in (
            (8, p.VERMILION, "--"),
            (2, p.ORANGE, "-."),
            (1, p.BLUE, "-"),
        ):
            # tanh, because e^-z overflows for steep curves: f(z) = (1 + tanh(z / 2)) / 2
            curve = (1 + np.tanh(steepness * z / 2)) / 2
            left.plot(
                z,
                curve,
                color=color,
                linestyle=style,
                label=f"f({steepness} z)" if steepness > 1 else "f(z)",
            )
        left.set(title="A steep sigmoid is a switch", xlabel="z = w · x + b", ylabel="output")
        left.legend(loc="upper left")

        f = (1 + np.tanh(z / 2)) / 2
        right.plot(z, f * (1 - f), color=p.BLUE)
        right.fill_between(z, f * (1 - f), where=(f < 0.05) | (f > 0.95), color=p.ORANGE, alpha=0.6)
        right.annotate(
            "f near 0 or 1:\nsmall steps",
            xy=(4.0, 0.018),
            xytext=(3.6, 0.12),
            arrowprops={"arrowstyle": "->", "color": p.GREY},
        )
        right.plot([7], [PUBLISHED * (1 - PUBLISHED)], "o", color=p.BLACK)
        right.annotate(
            "S2a's neuron", (7, 0.006), xytext=(0, 6), textcoords="offset points", ha="center"
        )
        right.set(
            title="Its slope: f (1 - f), 1/4 at most", xlabel="z = w · x + b", ylabel="df / dz"
        )
        return setting.save(figure, "s2a-sigmoid.png")


NETWORKS = (SeedNetwork("S2a", "one neuron", run, needs=("matplotlib", GRAPHS)),)

if __name__ == "__main__":
    run_alone(NETWORKS)
