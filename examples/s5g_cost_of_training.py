"""S5g: what a training step costs: linear in depth, quadratic in width.

A layer that turns n numbers into n has n^2 weights, and each takes part in three products for every
sample: once forwards, once for its own gradient, once to hand the gradient on. So a step of a
network of L such layers costs about 6 L n^2 additions and multiplications a sample: twice the
layers, twice the work; twice the width, four times the work.

Measured here, in seconds, on layers large enough that arithmetic is what takes the time (small ones
cost their fixed overhead and nothing else). Straight lines are fitted to the logarithms; their
slopes are the exponents. Each time is the shortest of several runs: whatever else the machine does
can only make a run longer. One thread does the arithmetic, and its own time is what is counted.

It is why larger networks are a matter of larger machines, and why convolutions (S5d), which have
few weights and use each many times, were such a relief. Other next steps: other activations, other
optimizers than plain descent, and recurrent networks, which use one layer again and again in time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p

import microgradnn as mg

DEPTHS, WIDTH = (2, 4, 8, 16), 256
WIDTHS, DEPTH = (256, 384, 576, 864), 2
BATCH, RATE = 128, 1e-3
RUNS, STEPS, ATTEMPTS = 2, 4, 3
DEPTH_EXPONENT, WIDTH_EXPONENT = (0.8, 1.2), (1.7, 2.3)

# Processor time, so that other programs on the machine do not count. Windows counts it in
# sixtieths of a second, which is too coarse.
clock = time.perf_counter if sys.platform == "win32" else time.process_time


class Subject:
    """One network of ``depth`` layers of ``width`` relu neurons, by hand and on the engine."""

    def __init__(self, depth: int, width: int, seed: int) -> None:
        random = np.random.default_rng([seed, depth, width])
        self.x, self.y = random.standard_normal((2, BATCH, width))
        self.weights = [
            random.standard_normal((width, width)) * np.sqrt(2 / width) for _ in range(depth)
        ]
        self.gradients: list[np.ndarray] = []
        self.net = mg.nn.MLP(
            width, [width] * depth, activation="relu", output_activation="relu", bias=False
        ).double()
        with mg.no_grad():
            for parameter, values in zip(self.net.parameters(), self.weights, strict=True):
                parameter.copy_(mg.tensor(values))
        self.optimizer = mg.optim.SGD(self.net.parameters(), lr=RATE)
        self.engine_x, self.engine_y = mg.tensor(self.x), mg.tensor(self.y)
        self.seconds = {"by hand": np.inf, "engine": np.inf}

    def step_by_hand(self) -> None:
        """Forward, backward, update."""
        layers = [self.x]
        for w in self.weights:
            layers.append(np.maximum(layers[-1] @ w.T, 0))
        d = 2 * (layers[-1] - self.y) / self.y.size
        self.gradients = []
        for depth in reversed(range(len(self.weights))):
            d = d * (layers[depth + 1] > 0)
            self.gradients.insert(0, d.T @ layers[depth])
            if depth > 0:
                d = d @ self.weights[depth]
        for w, gradient in zip(self.weights, self.gradients, strict=True):
            w -= RATE * gradient

    def step_on_engine(self) -> None:
        """The same in the engine's words."""
        loss = ((self.net(self.engine_x) - self.engine_y) ** 2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def measure(self, lockstep: Lockstep) -> None:
        """Time a few steps of each, keep the shortest so far, and compare the gradients."""
        own = list(self.net.parameters())
        gradients: dict[str, list[np.ndarray]] = {"by hand": [], "engine": []}
        for name, step in (("by hand", self.step_by_hand), ("engine", self.step_on_engine)):
            for _ in range(STEPS):  # one after the other: the first finds the caches cold
                start = clock()
                step()
                self.seconds[name] = min(self.seconds[name], clock() - start)
                gradients[name] += (
                    self.gradients
                    if name == "by hand"
                    else [parameter.grad.numpy().copy() for parameter in own]
                )
        # Under one name for each shape: they are compared a block at a time.
        shape = f"width {self.x.shape[1]}"
        for pair in zip(gradients["by hand"], gradients["engine"], strict=True):
            lockstep.gradients(**{shape: pair})
        for pair in zip(self.weights, own, strict=True):
            lockstep.weights(**{shape: pair})


def exponent(sizes: tuple[int, ...], subjects: list[Subject], name: str) -> float:
    """The slope of log time over log size."""
    times = [subject.seconds[name] for subject in subjects]
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def run(setting: Setting) -> Result:
    """Measure both series, fit both exponents, draw the lines."""
    lockstep = Lockstep()
    deep = [Subject(depth, WIDTH, setting.seed) for depth in DEPTHS]
    wide = [Subject(DEPTH, width, setting.seed) for width in WIDTHS]

    def exponents() -> dict[str, tuple[float, float]]:
        return {
            name: (exponent(DEPTHS, deep, name), exponent(WIDTHS, wide, name))
            for name in ("by hand", "engine")
        }

    # A busy machine spoils a measurement; more runs only bring the shortest nearer to the truth.
    for _ in range(ATTEMPTS):
        for _ in setting.steps(RUNS, "S5g  cost of training"):
            for subject in (*deep, *wide):
                subject.measure(lockstep)
        found = exponents()
        if all(
            DEPTH_EXPONENT[0] <= depth <= DEPTH_EXPONENT[1]
            and WIDTH_EXPONENT[0] <= width <= WIDTH_EXPONENT[1]
            for depth, width in found.values()
        ):
            break

    (depth_hand, width_hand), (depth, width) = found["by hand"], found["engine"]
    result = Result(
        [
            Figure.within(
                "exponent of depth",
                "1 (linear)",
                depth_hand,
                depth,
                low=DEPTH_EXPONENT[0],
                high=DEPTH_EXPONENT[1],
                shown="{:.2f}",
            ),
            Figure.within(
                "exponent of width",
                "2 (quadratic)",
                width_hand,
                width,
                low=WIDTH_EXPONENT[0],
                high=WIDTH_EXPONENT[1],
                shown="{:.2f}",
            ),
        ],
        lockstep,
        story=[
            f"{'layers':>7} {'width':>6} {'by hand':>10} {'engine':>10}  arithmetic",
            *(
                f"{len(s.weights):>7} {s.x.shape[1]:>6} {1e3 * s.seconds['by hand']:>7.2f} ms "
                f"{1e3 * s.seconds['engine']:>7.2f} ms  "
                f"{6e-9 * len(s.weights) * BATCH * s.x.shape[1] ** 2:.2f} billion operations"
                for s in (*deep, *wide)
            ),
            f"A step costs depth^{depth:.2f} and width^{width:.2f} on the engine, "
            f"depth^{depth_hand:.2f} and width^{width_hand:.2f} by hand.",
        ],
    )
    result.files.append(_plot(setting, deep, wide, found))
    return result


def _plot(
    setting: Setting,
    deep: list[Subject],
    wide: list[Subject],
    found: dict[str, tuple[float, float]],
) -> Path:
    looks = {"by hand": (p.ORANGE, "s", "--"), "engine": (p.BLUE, "o", "-")}
    with p.panels(1, 2, "What a training step costs", size=(11, 4.4)) as (figure, axes):
        for side, (axis, sizes, subjects, what) in enumerate(
            zip(axes, (DEPTHS, WIDTHS), (deep, wide), ("layers", "width"), strict=True)
        ):
            for name, (color, marker, style) in looks.items():
                times = 1e3 * np.array([subject.seconds[name] for subject in subjects])
                slope = found[name][side]
                fitted = np.exp(
                    np.mean(np.log(times)) + slope * (np.log(sizes) - np.mean(np.log(sizes)))
                )
                axis.loglog(sizes, times, marker, color=color, markersize=8)
                axis.loglog(
                    sizes, fitted, style, color=color, label=f"{name}: {what}$^{{{slope:.2f}}}$"
                )
            axis.set(
                title="Linear in depth" if side == 0 else "Quadratic in width",
                xlabel=what,
                ylabel="milliseconds a step (one thread)",
            )
            axis.set_xticks(sizes, labels=[str(size) for size in sizes])
            lowest, highest = (
                np.floor(np.log2(min(axis.get_ylim()))),
                np.ceil(np.log2(max(axis.get_ylim()))),
            )
            ticks = 2.0 ** np.arange(lowest, highest + 1)
            axis.set_yticks(ticks, labels=[f"{tick:g}" for tick in ticks])
            axis.minorticks_off()
            axis.legend()
        return setting.save(figure, "s5g-cost.png")


NETWORKS = (
    SeedNetwork("S5g", "cost: depth and width", run, needs=("matplotlib", "threadpoolctl")),
)

if __name__ == "__main__":
    run_alone(NETWORKS)
