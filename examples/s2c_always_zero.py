"""S2c: the loss of a network that always answers 0.

Before one can make a network better one must say how bad it is. The mean squared error does::

    L = 1/n sum (y_true - y_pred)^2

Four people, two of them women (1) and two men (0), and a network that answers 0 to everything:
it is wrong by 1 in two cases of four, so its loss is (1 + 0 + 0 + 1) / 4 = 0.5.

The gradient says what would help, answer by answer: dL/dy_pred_i = -2/n (y_true_i - y_pred_i).
It is -1/2 where the answer should have been 1 (answer more!) and 0 where it was right.
"""

from __future__ import annotations

import numpy as np
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone

import microgradnn as mg

TRUE, ALWAYS_ZERO = np.array([1.0, 0.0, 0.0, 1.0]), np.zeros(4)


def by_hand() -> tuple[float, np.ndarray]:
    """The loss, and its gradient by the answers."""
    n = len(TRUE)
    error = TRUE - ALWAYS_ZERO
    loss = (error**2).sum() / n
    dloss_derror = 2 * error / n
    derror_danswer = -1.0
    return float(loss), dloss_derror * derror_danswer


def run(setting: Setting) -> Result:
    """Compute loss and gradient once."""
    loss, gradient = by_hand()
    answers = mg.tensor(ALWAYS_ZERO, requires_grad=True)
    engine_loss = mg.nn.MSELoss()(answers, mg.tensor(TRUE))
    engine_loss.backward()

    lockstep = Lockstep()
    lockstep.gradients(answers=(gradient, answers.grad))
    return Result(
        [Figure.equal("loss of answering 0", 0.5, loss, engine_loss.item(), digits=1, within=0)],
        lockstep,
        story=[
            f"Always answering 0 to {TRUE.tolist()} costs {engine_loss.item()}.",
            f"dL/dy_pred = {gradient.tolist()}: answer more where 1 was wanted, keep the rest.",
        ],
    )


NETWORKS = (SeedNetwork("S2c", "mean squared error of 0, 0, 0, 0", run),)

if __name__ == "__main__":
    run_alone(NETWORKS)
