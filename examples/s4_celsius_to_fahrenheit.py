"""S4: a linear neuron finds out how Celsius becomes Fahrenheit.

One weight, one bias, no squashing: ``f = w c + b``. It is shown 100 temperatures from -50 to 49
degrees and should find w = 9/5 and b = 32 by going downhill on the mean squared error::

    L = 1/n sum (y - f)^2      dL/dw = 2/n sum (y - f) c      dL/db = 2/n sum (y - f)

Two lessons besides the line itself.

*Mean or sum.* The summed error has a gradient n times as large: the same direction, only longer.
With the learning rate divided by n the steps are the same and so is the line. The learning rate is
the factor that keeps such proportions; what it cannot do is change the proportion between w and
b, because it multiplies both alike.

*Proportions between parameters.* c is around 25 in size, so w feels each error some 25 times as
strongly as b (squared: 800 times in curvature). w is settled after a few steps, b creeps: the
rate must be small enough for w. That is why inputs are standardised elsewhere (S1).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p

import microgradnn as mg

CELSIUS = np.arange(-50.0, 50.0)
FAHRENHEIT = 9 / 5 * CELSIUS + 32
RATE, ITERATIONS = 1e-3, 10_000


def by_hand(w: float, b: float, scale: float) -> tuple[float, float]:
    """The gradient of ``scale * sum (y - f)^2`` by weight and bias."""
    y = CELSIUS * w + b
    dl_dy = scale * 2 * (y - FAHRENHEIT)
    dy_dw, dy_db = CELSIUS, 1.0
    return float((dl_dy * dy_dw).sum()), float((dl_dy * dy_db).sum())


def train(
    setting: Setting, reduction: str, lockstep: Lockstep
) -> tuple[tuple[float, float], np.ndarray]:
    """Both trainings in lockstep: the hand's last line, the engine's after every step."""
    n = len(CELSIUS)
    scale, rate = (1 / n, RATE) if reduction == "mean" else (1.0, RATE / n)
    start = np.random.default_rng(setting.seed).normal(size=2)

    w, b = start.tolist()
    neuron = mg.nn.Neuron(weights=start[:1], bias=b, activation=None)
    optimizer = mg.optim.SGD(neuron.parameters(), lr=rate)
    loss_of = mg.nn.MSELoss(reduction=reduction)
    c, f = mg.tensor(CELSIUS[:, None]), mg.tensor(FAHRENHEIT)

    path = [(w, b)]
    weight, bias = neuron.parameters()
    for _ in setting.steps(ITERATIONS, f"S4   Celsius, {reduction} of the errors"):
        dw, db = by_hand(w, b, scale)
        w, b = w - rate * dw, b - rate * db

        loss = loss_of(neuron(c), f)
        optimizer.zero_grad()
        loss.backward()
        dw, db = by_hand(weight.item(), bias.item(), scale)
        lockstep.gradients(w=([dw], weight.grad), b=(db, bias.grad))
        optimizer.step()
        lockstep.weights(w=([w], weight), b=(b, bias))
        path.append((weight.item(), bias.item()))
    return (w, b), np.array(path)


def run(setting: Setting) -> Result:
    """Train on the mean and on the sum of the errors; draw the lines."""
    lockstep = Lockstep()
    (w, b), path = train(setting, "mean", lockstep)
    (w_sum, b_sum), path_sum = train(setting, "sum", lockstep)
    before, after = path[0], path[-1]
    apart = float(np.abs(path - path_sum).max())

    first_dw, first_db = by_hand(*before, 1 / len(CELSIUS))
    settled = [int(np.argmax(np.abs(path[:, i] - path[-1, i]) < 0.01)) for i in (0, 1)]
    result = Result(
        [
            Figure.equal("w", 1.8, w, after[0], digits=7, within=1e-7),
            Figure.equal("b", 32.0, b, after[1], digits=7, within=1e-7),
            Figure.equal("w, summed gradient", 1.8, w_sum, path_sum[-1][0], digits=7, within=1e-7),
            Figure.equal("b, summed gradient", 32.0, b_sum, path_sum[-1][1], digits=7, within=1e-7),
        ],
        lockstep,
        story=[
            f"before: f = {before[0]:.4f} c + {before[1]:.4f}",
            f"after:  f = {after[0]:.7f} c + {after[1]:.7f}",
            f"first gradient: dL/dw {first_dw:.1f}, dL/db {first_db:.1f}; the learning rate "
            f"shortens both alike and keeps their ratio, {first_dw / first_db:.1f}.",
            f"w is within 0.01 of its end after {settled[0]} steps, b after {settled[1]}.",
            f"Summed errors with the rate divided by {len(CELSIUS)}: the same line, never more "
            f"than {apart:.0e} apart on the way.",
        ],
    )
    result.files.append(_plot(setting, path))
    return result


def _plot(setting: Setting, path: np.ndarray) -> Path:
    (w0, b0), (w1, b1) = path[0], path[-1]
    with p.panels(1, 2, "From Celsius to Fahrenheit", size=(11, 4.4)) as (figure, (left, right)):
        left.plot(CELSIUS, FAHRENHEIT, color=p.BLUE, linewidth=7, alpha=0.45, label="true")
        left.plot(CELSIUS, w0 * CELSIUS + b0, "--", color=p.VERMILION, label="before training")
        left.plot(CELSIUS, w1 * CELSIUS + b1, color=p.GREEN, label="after training")
        left.set(title="The line", xlabel="degrees Celsius", ylabel="degrees Fahrenheit")
        left.legend()

        steps = np.arange(len(path))
        right.loglog(steps[1:], np.abs(path[1:, 1] - 32), color=p.BLUE, label="bias: |b - 32|")
        right.loglog(
            steps[1:],
            np.maximum(np.abs(path[1:, 0] - 1.8), 1e-16),
            "--",
            color=p.ORANGE,
            label="weight: |w - 9/5|",
        )
        right.set(
            title="w runs ahead, b creeps", xlabel="step", ylabel="distance from the true value"
        )
        right.legend(loc="lower left")
        return setting.save(figure, "s4-celsius.png")


NETWORKS = (SeedNetwork("S4", "linear neuron: Celsius to Fahrenheit", run, needs=("matplotlib",)),)

if __name__ == "__main__":
    run_alone(NETWORKS)
