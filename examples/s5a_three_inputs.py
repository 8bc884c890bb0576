"""S5a: one sigmoid neuron finds out which of three inputs matters.

    ==========  ======
    input       answer
    ==========  ======
    0, 0, 1     0
    1, 1, 1     1
    1, 0, 1     1
    0, 1, 1     0
    ==========  ======

The answer is the first input. The neuron does not know that; it has three weights, no bias, and
10,000 looks at the table. All four rows are one matrix X, so a step is a line of NumPy::

    w += X.T @ ((y - o) * o * (1 - o))

Read from the right: the error, times the slope of the sigmoid (large where the neuron is unsure,
nearly nothing where it is sure), handed to each weight in proportion to its input and summed over
the rows. It is minus the gradient of 1/2 sum (y - o)^2, with a learning rate of 1.

In the end w1 is large, w2 nearly 0, and w3 (its input is always 1, so it is a bias in disguise,
see S5c) lies in the middle between "w1 or not".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p

import microgradnn as mg

X = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
STEPS = 10_000
PUBLISHED = (9.67299303, -0.2078435, -4.62963669)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash every number into (0, 1)."""
    return 1 / (1 + np.exp(-z))


def by_hand(w: np.ndarray) -> np.ndarray:
    """The gradient of 1/2 sum (y - o)^2 by the three weights, shape (3, 1)."""
    o = sigmoid(X @ w)
    dl_do = o - Y
    do_dz = o * (1 - o)
    dz_dw = X  # z = X w
    return dz_dw.T @ (dl_do * do_dz)


def train(setting: Setting) -> tuple[Lockstep, np.ndarray, np.ndarray]:
    """Both trainings in lockstep: the hand's last weights, the engine's after every step."""
    # The published weights come from NumPy's legacy generator with seed 1, whatever --seed says.
    w = 2 * np.random.RandomState(1).random_sample((3, 1)) - 1
    weights = mg.tensor(w, requires_grad=True)
    optimizer = mg.optim.SGD([weights], lr=1.0)
    x, y = mg.tensor(X), mg.tensor(Y)

    lockstep, path = Lockstep(), np.empty((STEPS + 1, 3))
    path[0] = w[:, 0]
    for step in setting.steps(STEPS, "S5a  three inputs"):
        w = w - by_hand(w)

        loss = 0.5 * ((y - (x @ weights).sigmoid()) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        lockstep.gradients(w=(by_hand(weights.detach().numpy()), weights.grad))
        optimizer.step()
        lockstep.weights(w=(w, weights))
        path[step + 1] = weights.detach().numpy()[:, 0]
    return lockstep, w[:, 0], path


def run(setting: Setting) -> Result:
    """Train, ask about a row that was not in the table, draw the weights."""
    lockstep, w, path = train(setting)
    asked = np.array([1.0, 0.0, 0.0])
    result = Result(
        [
            *(
                Figure.equal(f"w{i + 1}", PUBLISHED[i], w[i], path[-1, i], digits=digits)
                for i, digits in enumerate((8, 7, 8))
            ),
            Figure.equal(
                "answer to [1, 0, 0]",
                0.99993704,
                float(sigmoid(asked @ w)),
                float(sigmoid(asked @ path[-1])),
                digits=8,
            ),
        ],
        lockstep,
        story=[
            f"after {step:6,d} steps  w = {np.round(path[step], 4).tolist()}  answers "
            f"{np.round(sigmoid(X @ path[step]), 3).tolist()}"
            for step in (0, 10, 100, 1_000, 10_000)
        ],
    )
    result.files.append(_plot(setting, path))
    return result


def _plot(setting: Setting, path: np.ndarray) -> Path:
    answers = sigmoid(path @ X.T)
    steps = np.arange(1, len(path))
    with p.panels(1, 2, "Which of three inputs matters?", size=(11, 4.2)) as (
        figure,
        (left, right),
    ):
        for i, (color, style) in enumerate(((p.BLUE, "-"), (p.ORANGE, "--"), (p.GREEN, "-."))):
            left.semilogx(steps, path[1:, i], style, color=color, label=f"w{i + 1}")
        left.set(title="The weights", xlabel="step", ylabel="weight")
        left.legend()
        for row, (color, style) in enumerate(
            ((p.VERMILION, ":"), (p.BLUE, "-"), (p.SKY, "--"), (p.BLACK, "-."))
        ):
            inputs = ", ".join(f"{value:.0f}" for value in X[row])
            right.semilogx(
                steps,
                answers[1:, row],
                style,
                color=color,
                label=f"[{inputs}], wanted {Y[row, 0]:.0f}",
            )
        right.set(title="The answers", xlabel="step", ylabel="answer", ylim=(-0.02, 1.02))
        right.legend(loc="center right")
        return setting.save(figure, "s5a-three-inputs.png")


NETWORKS = (SeedNetwork("S5a", "one neuron, three inputs", run, needs=("matplotlib",)),)

if __name__ == "__main__":
    run_alone(NETWORKS)
