"""S1: one neuron tells benign from malignant tumours.

569 tumours, 30 measurements each, 357 benign and 212 malignant. One sigmoid neuron without a bias
weighs the measurements; its answer near 1 means benign. Its error is 1/2 sum (y - o)^2 over the
tumours it is trained on (the 1/2 is there to cancel the 2 of the derivative), and by the chain
rule::

    dL/do = o - y       do/dz = o (1 - o)       dz/dw = x
    dL/dw = sum over the tumours of (o - y) o (1 - o) x

A third of the tumours is kept back: what counts is whether the neuron is right about those it
never saw. Ten first weights and ten splits show how much of the result is luck.

Three ways to begin, and only the first weights and the units differ:

* **raw, weights within 0.001.** Measurements go up to 4,254, so weights must be small, or z is
  in the hundreds, and the rate must be tiny (1e-7), because each gradient is multiplied by x.
* **raw, weights within 1.** z is in the hundreds, o is 0 or 1 to the last digit, and the slope
  o (1 - o) is 0: the neuron is certain, mostly wrong, and cannot learn. It stays near guessing.
* **standardised.** Each measurement minus its mean, divided by its spread: all inputs speak with
  the same voice, the rate can be 100,000 times larger, and the same neuron is right in 97 of
  100 cases or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p

import microgradnn as mg

INITIALISATIONS, EPOCHS, TRAINED = 10, 250, 0.7


@dataclass(frozen=True)
class Way:
    """One way to begin."""

    name: str
    largest_weight: float
    rate: float
    standardised: bool


WAYS = (
    Way("raw, weights within 0.001", 1e-3, 1e-7, standardised=False),
    Way("raw, weights within 1", 1.0, 1e-7, standardised=False),
    Way("standardised", 1e-3, 1e-2, standardised=True),
)


@dataclass
class Course:
    """What ten trainings of one way did: arrays of shape (initialisation, epoch, train/test)."""

    losses: np.ndarray  # the engine's, per tumour
    accuracies: np.ndarray  # the engine's, percent
    by_hand: np.ndarray  # the hand's last accuracies: (initialisation, test/total)
    engine: np.ndarray  # the engine's last
    slopes: np.ndarray  # o (1 - o) of every tumour before training


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash every number into (0, 1)."""
    with np.errstate(over="ignore"):  # e^-z of a saturated neuron: 1 / inf is its 0
        return 1 / (1 + np.exp(-z))


def by_hand(w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of 1/2 sum (y - o)^2 by the 30 weights."""
    o = sigmoid(x @ w)
    dl_do = o - y
    do_dz = o * (1 - o)
    dz_dw = x
    return (dl_do * do_dz) @ dz_dw


def train(way: Way, setting: Setting, lockstep: Lockstep) -> Course:
    """Ten trainings of one way, by hand and on the engine in lockstep."""
    from sklearn.datasets import load_breast_cancer

    measurements, benign = load_breast_cancer(return_X_y=True)
    benign = benign.astype(np.float64)
    count = int(TRAINED * len(benign))
    random = np.random.default_rng(setting.seed)
    course = Course(
        *np.empty((2, INITIALISATIONS, EPOCHS + 1, 2)),
        *np.empty((2, INITIALISATIONS, 2)),
        np.empty((INITIALISATIONS, len(benign))),
    )
    for run in setting.steps(INITIALISATIONS, f"S1   {way.name}"):
        order = random.permutation(len(benign))
        seen, y = measurements[order], benign[order]
        if way.standardised:  # by what is known of the training part only
            seen = (seen - seen[:count].mean(axis=0)) / seen[:count].std(axis=0)
        x_train, y_train = seen[:count], y[:count]
        w = random.uniform(-way.largest_weight, way.largest_weight, 30)

        neuron = mg.nn.Neuron(weights=w, activation="sigmoid", bias=False)
        (weight,) = neuron.parameters()
        optimizer = mg.optim.SGD([weight], lr=way.rate)
        everyone, x, wanted = mg.tensor(seen), mg.tensor(x_train), mg.tensor(y_train)
        course.slopes[run] = (o := sigmoid(seen @ w)) * (1 - o)
        for epoch in range(EPOCHS + 1):
            with mg.no_grad():
                o = neuron(everyone).numpy()
            _note(course, (run, epoch), o, y, count)
            if epoch == EPOCHS:
                break
            w = w - way.rate * by_hand(w, x_train, y_train)

            loss = 0.5 * ((wanted - neuron(x)) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            expected = by_hand(weight.detach().numpy(), x_train, y_train)
            lockstep.gradients(w=(expected, weight.grad))
            optimizer.step()
            lockstep.weights(w=(w, weight))
        for last, answers in ((course.by_hand, sigmoid(seen @ w)), (course.engine, o)):
            right = 100 * ((answers > 0.5) == y)
            last[run] = right[count:].mean(), right.mean()
    return course


def _note(course: Course, at: tuple[int, int], o: np.ndarray, y: np.ndarray, count: int) -> None:
    error, right = 0.5 * (y - o) ** 2, 100 * ((o > 0.5) == y)
    course.losses[at] = error[:count].mean(), error[count:].mean()
    course.accuracies[at] = right[:count].mean(), right[count:].mean()


def run(setting: Setting) -> Result:
    """All three ways; loss and accuracy of training and test tumours over the epochs."""
    lockstep = Lockstep()
    small, saturated, standardised = courses = [train(way, setting, lockstep) for way in WAYS]

    def mean_and_spread(course: Course, column: int) -> tuple[tuple[float, float], str]:
        means = course.by_hand[:, column].mean(), course.engine[:, column].mean()
        return means, f"{{:.2f}} ± {course.engine[:, column].std(ddof=1):.2f}"

    test, test_shown = mean_and_spread(small, 0)
    total, total_shown = mean_and_spread(small, 1)
    # The article's s, and what our own mean of ten can still be off by.
    room = 0.304 + float(small.engine[:, 1].std(ddof=1)) / np.sqrt(INITIALISATIONS)
    result = Result(
        [
            Figure.within(
                "test accuracy (%)",
                "90.49 ± 2.40",
                *test,
                low=90.49 - 2.40,
                high=90.49 + 2.40,
                shown=test_shown,
            ),
            Figure.within(
                "total accuracy (%)",
                "90.33 ± 0.30",
                *total,
                low=90.33 - room,
                high=90.33 + room,
                shown=total_shown,
            ),
            Figure.within(
                "total, weights within 1",
                "near 55",
                *mean_and_spread(saturated, 1)[0],
                low=35.0,
                high=75.0,
                shown=mean_and_spread(saturated, 1)[1],
            ),
            Figure.within(
                "test, standardised",
                "at least 97",
                *mean_and_spread(standardised, 0)[0],
                low=97.0,
                shown=mean_and_spread(standardised, 0)[1],
            ),
        ],
        lockstep,
        story=[
            line
            for way, course in zip(WAYS, courses, strict=True)
            for line in (
                f"{way.name} (rate {way.rate:g}, {EPOCHS} epochs, {INITIALISATIONS} runs):",
                f"  test {course.engine[:, 0].mean():.2f} % ± "
                f"{course.engine[:, 0].std(ddof=1):.2f}, all tumours "
                f"{course.engine[:, 1].mean():.2f} % ± {course.engine[:, 1].std(ddof=1):.2f}",
                f"  slope o (1 - o) before training: {np.median(course.slopes):.1e} in the middle, "
                f"below 0.0001 for {100 * (course.slopes < 1e-4).mean():.0f} % of the tumours",
            )
        ],
    )
    result.files.append(_plot(setting, courses))
    return result


def _plot(setting: Setting, courses: list[Course]) -> Path:
    epochs = np.arange(EPOCHS + 1)
    with p.panels(
        2,
        3,
        "One neuron and 569 tumours: mean of ten runs, bands from the worst to the best",
        size=(13, 7),
        sharex=True,
        sharey="row",
    ) as (figure, axes):
        for column, (way, course) in enumerate(zip(WAYS, courses, strict=True)):
            for row, values in enumerate((course.losses, course.accuracies)):
                axis = axes[row, column]
                for part, (name, color, style) in enumerate(
                    (("train", p.BLUE, "-"), ("test", p.VERMILION, "--"))
                ):
                    runs = values[:, :, part]
                    axis.fill_between(
                        epochs, runs.min(axis=0), runs.max(axis=0), color=color, alpha=0.18, lw=0
                    )
                    axis.plot(epochs, runs.mean(axis=0), style, color=color, lw=1.4, label=name)
            axes[0, column].set_title(way.name[0].upper() + way.name[1:])
            axes[1, column].set_xlabel("epoch")
        axes[0, 0].set_ylabel("loss per tumour, ½ (y - o)²")
        axes[1, 0].set_ylabel("sorted rightly (%)")
        axes[1, 0].legend(loc="lower right")
        return setting.save(figure, "s1-tumours.png")


NETWORKS = (
    SeedNetwork("S1", "one neuron, 30 inputs: tumours", run, needs=("sklearn", "matplotlib")),
)

if __name__ == "__main__":
    run_alone(NETWORKS)
