"""S3: one weight learns one number, and what the learning rate is for.

The smallest network there is: ``y = x w``, no bias, w starts at 0. Its error on a wish ``goal``
is (y - goal)^2, and the weight is corrected by::

    delta = (y - goal) x        w <- w - alpha delta

delta is half the gradient of (y - goal)^2: the 2 is left out, since alpha scales the step anyway.
So the loss whose gradient is exactly delta is 1/2 (y - goal)^2, and that is what the engine is
given.

* **S3a**, wish 1 for 1, alpha 1: after one step w = 1, and 2 is then answered with 2. Perfect,
  and an accident: with x = 1 the error and the step are the same size.
* **S3b**, wish 2 for 2, alpha 1: now delta is (2w - 2) 2 = 4 (w - 1), and the step jumps over the
  goal to three times the distance on the other side: 4, -8, 28, ... away and away.
* **S3c**, the same with alpha 0.1: the step is 0.4 of the way to the goal, every time, and
  18 passes come within 0.0002 of it.

The input has got into the correction twice, once through the error and once through delta, so it
is out of proportion to the weight: that is what the learning rate mends. It is one factor for all
weights, so that the steps keep the proportions the gradient gives them among each other, and only
their common length is chosen. For a parabola of curvature x^2, alpha below 2 / x^2 converges,
above it diverges, and 1 / x^2 arrives in one step: 1 for x = 1 (S3a); for x = 2, 0.25 would.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p

import microgradnn as mg


def by_hand(w: float, x: float, goal: float) -> float:
    """The delta rule: the gradient of 1/2 (y - goal)^2 by w."""
    y = x * w
    dl_dy = y - goal  # of 1/2 (y - goal)^2
    dy_dw = x
    return dl_dy * dy_dw


def train(
    x: float, goal: float, alpha: float, passes: int
) -> tuple[Lockstep, list[float], list[float]]:
    """The weight before the first and after every pass: by hand and by the engine."""
    lockstep = Lockstep()
    hand, engine = [0.0], [0.0]
    w = mg.Value(0.0, label="w")
    optimizer = mg.optim.SGD([w], lr=alpha)
    for _ in range(passes):
        hand.append(hand[-1] - alpha * by_hand(hand[-1], x, goal))

        loss = 0.5 * (x * w - goal) ** 2
        optimizer.zero_grad()
        loss.backward()
        lockstep.gradients(w=(by_hand(w.data, x, goal), w.grad))
        optimizer.step()
        engine.append(w.data)
        lockstep.weights(w=(hand[-1], w.data))
    return lockstep, hand, engine


def s3a(setting: Setting) -> Result:
    """One step is enough where x = 1 and alpha = 1."""
    lockstep, hand, engine = train(x=1, goal=1, alpha=1, passes=1)
    return Result(
        [
            Figure.equal("w after one step", 1, hand[-1], engine[-1], digits=1, within=0),
            Figure.equal("answer to 2", 2, hand[-1] * 2, engine[-1] * 2, digits=1, within=0),
        ],
        lockstep,
        story=[f"w = {engine[-1]:g} after one step; asked 2 it answers {engine[-1] * 2:g}."],
    )


def s3b(setting: Setting) -> Result:
    """The same rate diverges where x = 2."""
    lockstep, hand, engine = train(x=2, goal=2, alpha=1, passes=10)
    return Result(
        [
            Figure.equal(
                f"w after step {step}", published, hand[step], engine[step], digits=0, within=0
            )
            for step, published in ((1, 4), (2, -8), (3, 28))
        ],
        lockstep,
        story=[
            "w: " + ", ".join(f"{w:g}" for w in engine),
            f"Tested on 1, where 1 is wanted, it answers {engine[-1]:g}.",
            "Each step lands three times as far beyond the goal as it started before it.",
        ],
    )


def s3c(setting: Setting) -> Result:
    """A tenth of the rate arrives."""
    lockstep, hand, engine = train(x=2, goal=2, alpha=0.1, passes=18)
    result = Result(
        [
            Figure.equal(
                f"w after pass {n}", published, hand[n], engine[n], digits=digits, within=within
            )
            for n, published, digits, within in (
                (1, 0.4, 1, 1e-15),
                (2, 0.64, 2, 1e-15),
                (3, 0.784, 3, 1e-15),
                (18, 0.99989844, 8, 0.5e-8),
            )
        ],
        lockstep,
        story=[
            f"pass {n:2d}  w {w:.8f}  error {(2 * w - 2) ** 2:.2e}"
            for n, w in enumerate(engine)
            if n > 0
        ],
    )
    result.files.append(_plot(setting))
    return result


def _plot(setting: Setting) -> Path:
    cases = (
        ("S3a: x = 1, alpha = 1", (1, 1, 1, 1), (-0.6, 2.6), p.GREEN),
        ("S3b: x = 2, alpha = 1", (2, 2, 1, 3), (-12, 32), p.VERMILION),
        ("S3c: x = 2, alpha = 0.1", (2, 2, 0.1, 18), (-0.6, 2.6), p.BLUE),
    )
    with p.panels(1, 3, "One weight going down its error", size=(12, 4)) as (figure, axes):
        for axis, (title, (x, goal, alpha, passes), span, color) in zip(axes, cases, strict=True):
            _, _, path = train(x, goal, alpha, passes)
            error: Callable[..., np.ndarray] = lambda w, x=x, goal=goal: (  # noqa: E731
                (x * np.asarray(w) - goal) ** 2
            )
            w = np.linspace(*span, 400)
            axis.plot(w, error(w), color=p.GREY, linewidth=1.5)
            axis.plot(path, error(path), "o-", color=color, linewidth=1.2, markersize=5)
            for step in range(min(4, len(path))):
                axis.annotate(
                    f"{step}",
                    (path[step], float(error(path[step]))),
                    xytext=(5, 5),
                    textcoords="offset points",
                )
            axis.set(title=title, xlabel="weight w", xlim=span)
        axes[0].set_ylabel("error (x w - goal)²")
        return setting.save(figure, "s3-learning-rate.png")


NETWORKS = (
    SeedNetwork("S3a", "one weight, 1 -> 1, alpha 1", s3a),
    SeedNetwork("S3b", "one weight, 2 -> 2, alpha 1", s3b),
    SeedNetwork("S3c", "one weight, 2 -> 2, alpha 0.1", s3c, needs=("matplotlib",)),
)

if __name__ == "__main__":
    run_alone(NETWORKS)
