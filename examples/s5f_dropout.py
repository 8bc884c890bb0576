"""S5f: dropout, or learning not to rely on anybody.

At each training step every hidden neuron is switched off with probability 1/2. Those that remain
must manage without it, so no neuron can hide behind one particular other. In use, all of them are
on again: the *full* network, a kind of average over all the *dropped* ones. A neuron that is on
counts double in training (1 / (1 - 1/2)), so that sums are as large on average as they will be
in use.

The derivative of a product with a mask is the mask: what was switched off gets no gradient and
learns nothing at this step.

The same masks on both sides: the engine's ``nn.Dropout`` draws from a seeded generator. Seed it,
send ones through it, and what comes out *is* the mask it will use when seeded so again: the hand
derivation is given that.

300 images are few for 26,000 weights, which is when dropout helps. Three test accuracies are
compared: of the network trained with dropout, full and still dropped, and of one trained without.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from digit_images import Split, digits
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p
from seednet.lockstep import Pairs

import microgradnn as mg

HIDDEN, DROP, TRAIN_IMAGES = 128, 0.5, 300
STEPS, BATCH, RATE, MOMENTUM = 800, 50, 0.05, 0.9
DROPPED_NETWORKS = 20

# Weights (out, in) and biases (out,) of the three layers, alternating.
Weights = list[np.ndarray]
Masks = tuple[np.ndarray, np.ndarray]


def forward(weights: Weights, x: np.ndarray, masks: Masks) -> list[np.ndarray]:
    """Hidden layers before and after their masks, and the ten scores."""
    w1, b1, w2, b2, w3, b3 = weights
    h1 = np.maximum(x @ w1.T + b1, 0)
    kept1 = h1 * masks[0]
    h2 = np.maximum(kept1 @ w2.T + b2, 0)
    kept2 = h2 * masks[1]
    return [h1, kept1, h2, kept2, kept2 @ w3.T + b3]


def gradient(weights: Weights, x: np.ndarray, answers: np.ndarray, masks: Masks) -> Weights:
    """The gradient of the mean cross-entropy of a dropped network."""
    _, _, w2, _, w3, _ = weights
    h1, kept1, h2, kept2, scores = forward(weights, x, masks)

    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    d3 = powers / powers.sum(axis=1, keepdims=True)  # probability ...
    d3[np.arange(len(x)), answers] -= 1  # ... minus wanted (see S5d)
    d3 /= len(x)
    dw3, db3 = d3.T @ kept2, d3.sum(axis=0)
    dl_dkept2 = d3 @ w3

    dl_dh2 = dl_dkept2 * masks[1]  # switched off: no gradient
    d2 = dl_dh2 * (h2 > 0)
    dw2, db2 = d2.T @ kept1, d2.sum(axis=0)
    dl_dkept1 = d2 @ w2

    dl_dh1 = dl_dkept1 * masks[0]
    d1 = dl_dh1 * (h1 > 0)
    dw1, db1 = d1.T @ x, d1.sum(axis=0)
    return [dw1, db1, dw2, db2, dw3, db3]


def network(start: Weights, drop: float) -> mg.nn.Sequential:
    """The engine's network with dropout behind each hidden layer."""
    net = mg.nn.Sequential(
        mg.nn.Linear(64, HIDDEN),
        mg.nn.ReLU(),
        mg.nn.Dropout(drop),
        mg.nn.Linear(HIDDEN, HIDDEN),
        mg.nn.ReLU(),
        mg.nn.Dropout(drop),
        mg.nn.Linear(HIDDEN, 10),
    ).double()
    with mg.no_grad():
        for parameter, values in zip(net.parameters(), start, strict=True):
            parameter.copy_(mg.tensor(values))
    return net


def masks_of(net: mg.nn.Sequential, rows: int, seed: int) -> Masks:
    """The masks the network will draw when seeded with ``seed``: what its dropout makes of ones."""
    ones = mg.ones(rows, HIDDEN, dtype=mg.float64)
    mg.manual_seed(seed)
    with mg.no_grad():
        first, second = (layer(ones).numpy() for layer in net if isinstance(layer, mg.nn.Dropout))
    return first, second


@dataclass
class Trained:
    """A network trained twice, and the accuracies (percent) on the test images."""

    lockstep: Lockstep
    full_by_hand: float
    full: float
    dropped_by_hand: float
    dropped: float
    curve: list[tuple[int, float]]


def _pairs(by_hand: Weights, engine: list[mg.Tensor]) -> Pairs:
    names = [f"{kind} {layer}" for layer in (1, 2, 3) for kind in ("weight", "bias")]
    return dict(zip(names, zip(by_hand, engine, strict=True), strict=True))


def train(setting: Setting, split: Split, drop: float) -> Trained:
    """Both trainings in lockstep, with the same batches and the same masks."""
    random = np.random.default_rng(setting.seed)
    weights: Weights = []
    for inputs, outputs in ((64, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 10)):
        largest = np.sqrt(3 / inputs)
        weights += [random.uniform(-largest, largest, (outputs, inputs)), np.zeros(outputs)]
    velocity = [np.zeros_like(w) for w in weights]
    net = network(weights, drop)
    optimizer = mg.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    cross_entropy = mg.nn.CrossEntropyLoss()
    own = list(net.parameters())
    images = split.train_images.reshape(-1, 64)
    test = split.test_images.reshape(-1, 64)

    lockstep, curve = Lockstep(), []
    for step in setting.steps(STEPS, f"S5f  dropout {drop:g}"):
        chosen = random.choice(len(images), BATCH, replace=False)
        x, answers = images[chosen], split.train_answers[chosen]

        masks = masks_of(net, BATCH, seed=step)
        by_hand = gradient(weights, x, answers, masks)
        velocity = [MOMENTUM * v + g for v, g in zip(velocity, by_hand, strict=True)]
        weights = [w - RATE * v for w, v in zip(weights, velocity, strict=True)]

        mg.manual_seed(step)
        loss = cross_entropy(net(mg.tensor(x)), mg.tensor(answers))
        optimizer.zero_grad()
        loss.backward()
        at_engine = [parameter.detach().numpy() for parameter in own]
        expected = gradient(at_engine, x, answers, masks)
        lockstep.gradients(**_pairs(expected, [parameter.grad for parameter in own]))
        optimizer.step()
        lockstep.weights(**_pairs(weights, own))
        if step % 10 == 0:
            full = np.ones((1, HIDDEN)), np.ones((1, HIDDEN))
            curve.append((step, _right(forward(weights, test, full)[-1], split)))
    return Trained(lockstep, *_tested(weights, net, test, split), curve)


def _tested(
    weights: Weights, net: mg.nn.Sequential, test: np.ndarray, split: Split
) -> tuple[float, float, float, float]:
    """Accuracies: full by hand and by the engine, dropped by hand and by the engine."""
    everyone = np.ones((1, HIDDEN)), np.ones((1, HIDDEN))
    full_by_hand = _right(forward(weights, test, everyone)[-1], split)
    by_hand, engine = [], []
    with mg.no_grad():
        for seed in range(DROPPED_NETWORKS):
            masks = masks_of(net, len(test), seed)
            by_hand.append(_right(forward(weights, test, masks)[-1], split))
            mg.manual_seed(seed)
            engine.append(_right(net(mg.tensor(test)).numpy(), split))
        net.eval()
        full = _right(net(mg.tensor(test)).numpy(), split)
    return full_by_hand, full, float(np.mean(by_hand)), float(np.mean(engine))


def _right(scores: np.ndarray, split: Split) -> float:
    return 100 * float((scores.argmax(axis=1) == split.test_answers).mean())


def run(setting: Setting) -> Result:
    """Train with and without dropout; compare dropped and full networks."""
    split = digits(setting.seed, train=TRAIN_IMAGES)
    with_dropout = train(setting, split, DROP)
    without = train(setting, split, 0.0)
    result = Result(
        [
            Figure.within(
                "full - dropped (points)",
                "above 0",
                with_dropout.full_by_hand - with_dropout.dropped_by_hand,
                with_dropout.full - with_dropout.dropped,
                low=0.0,
                shown="{:+.1f}",
            )
        ],
        with_dropout.lockstep,
        story=[
            f"Test accuracy on {len(split.test_answers):,} images, trained on {TRAIN_IMAGES}:",
            f"  trained with dropout     full {with_dropout.full:.1f} %, dropped "
            f"{with_dropout.dropped:.1f} % (mean of {DROPPED_NETWORKS} masks)",
            f"  trained without dropout  full {without.full:.1f} %",
        ],
    )
    result.files.append(_plot(setting, with_dropout, without))
    return result


def _plot(setting: Setting, with_dropout: Trained, without: Trained) -> Path:
    with p.panels(1, 2, "Dropout", size=(11, 4.2)) as (figure, (left, right)):
        for trained, label, color, style in (
            (with_dropout, "with dropout", p.BLUE, "-"),
            (without, "without", p.VERMILION, "--"),
        ):
            steps, accuracy = zip(*trained.curve, strict=True)
            left.plot(steps, accuracy, style, color=color, label=f"trained {label}")
        left.set(
            title="The full network while it learns",
            xlabel="step",
            ylabel="test accuracy (%)",
            ylim=(80, 98),
        )
        left.legend(loc="lower right")
        # Points, not bars: the axis does not begin at 0.
        for place, (accuracy, color) in enumerate(
            (
                (with_dropout.full, p.BLUE),
                (with_dropout.dropped, p.SKY),
                (without.full, p.VERMILION),
            )
        ):
            right.plot([place], [accuracy], "o", color=color, markersize=13)
            right.annotate(
                f"{accuracy:.1f} %", (place, accuracy), xytext=(13, -4), textcoords="offset points"
            )
        right.set_xticks(
            range(3),
            labels=["trained with,\nfull", "trained with,\ndropped", "trained without,\nfull"],
        )
        right.set(title="In the end", ylabel="test accuracy (%)", xlim=(-0.5, 2.7), ylim=(88, 98))
        return setting.save(figure, "s5f-dropout.png")


NETWORKS = (SeedNetwork("S5f", "dropout on digits", run, needs=("sklearn", "matplotlib")),)

if __name__ == "__main__":
    run_alone(NETWORKS)
