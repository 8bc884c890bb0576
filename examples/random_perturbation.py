"""Training by shaking: random changes of the weights, kept if they help, beside backpropagation.

One need not know a single derivative to train a network: change all weights a little at random,
keep the change if the loss fell, else take it back. Cost is counted in forward passes: a try is
one; a step of backpropagation is one forward pass and a backward pass of about twice its work,
three in all.

* On exclusive or (S5b, 16 weights) shaking does well: there are few directions to miss, and a
  lucky jump crosses a plateau on which the gradient creeps.
* On handwritten digits (1,184 weights) it falls behind: among so many directions a random one is
  nearly at right angles to the steepest, so an accepted try brings little. Backpropagation has the
  steepest direction every time, at the same price whatever the number of weights.

That is what the chain rule buys: not that it works, but that its cost does not grow with the
number of weights it is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from seednet import Setting
from seednet import plots as p
from xor_task import X, Y, forward

import microgradnn as mg

PASSES_OF_A_STEP = 3  # forward once, backward about twice the work of forward

Weights = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Task:
    """Something to learn: two layers of weights to start from, a loss, and what to try."""

    name: str
    start: Weights
    loss: Callable[[np.ndarray, np.ndarray], float]
    engine_loss: Callable[[mg.Tensor, mg.Tensor], mg.Tensor]
    rate: float
    sizes: Sequence[float]
    passes: int
    goal: float


@dataclass(frozen=True)
class Course:
    """The loss over the forward passes spent, and how many tries or steps made it smaller."""

    label: str
    passes: np.ndarray
    losses: np.ndarray
    improvements: int

    def reached(self, goal: float) -> int | None:
        """Passes spent until the loss was below ``goal``; None if it never was."""
        below = self.losses < goal
        return int(self.passes[below.argmax()]) if below.any() else None


def exclusive_or() -> Task:
    """S5b's task from S5b's first weights."""
    random = np.random.RandomState(1)
    start = 2 * random.random_sample((3, 4)) - 1, 2 * random.random_sample((4, 1)) - 1
    x, y = mg.tensor(X), mg.tensor(Y)

    def loss(w: np.ndarray, v: np.ndarray) -> float:
        with np.errstate(over="ignore"):  # e^-z of a very sure neuron: 1 / inf is its 0
            return float(0.5 * ((Y - forward(w, v)[1]) ** 2).sum())

    def engine_loss(w: mg.Tensor, v: mg.Tensor) -> mg.Tensor:
        return 0.5 * ((y - ((x @ w).sigmoid() @ v).sigmoid()) ** 2).sum()

    return Task("exclusive or", start, loss, engine_loss, 1.0, (0.03, 0.1, 0.3), 9_000, 0.01)


def digits(seed: int) -> Task:
    """300 handwritten digits, 16 hidden neurons, softmax and cross-entropy."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images, wanted = data.data[:300] / 16, data.target[:300]
    random = np.random.default_rng(seed)
    start = random.normal(size=(64, 16)) / 8, random.normal(size=(16, 10)) / 4
    x, y, rows = mg.tensor(images), mg.tensor(wanted), np.arange(300)
    cross_entropy = mg.nn.CrossEntropyLoss()

    def loss(w: np.ndarray, v: np.ndarray) -> float:
        z = np.tanh(images @ w) @ v
        z -= z.max(axis=1, keepdims=True)
        return float((np.log(np.exp(z).sum(axis=1)) - z[rows, wanted]).mean())

    def engine_loss(w: mg.Tensor, v: mg.Tensor) -> mg.Tensor:
        return cross_entropy((x @ w).tanh() @ v, y)

    return Task("digits", start, loss, engine_loss, 0.5, (0.003, 0.01, 0.03), 6_000, 0.1)


def shaken(task: Task, size: float, setting: Setting) -> Course:
    """Random changes of standard deviation ``size``, kept when they help."""
    random = np.random.default_rng([setting.seed, int(size * 1e6)])
    w, v = task.start
    loss, improvements, losses = task.loss(w, v), 0, np.empty(task.passes)
    for i in setting.steps(task.passes, f"S5b  {task.name}, shaken by {size:g}"):
        tried_w = w + size * random.standard_normal(w.shape)
        tried_v = v + size * random.standard_normal(v.shape)
        tried = task.loss(tried_w, tried_v)
        if tried < loss:
            w, v, loss = tried_w, tried_v, tried
            improvements += 1
        losses[i] = loss
    return Course(f"shaken by {size:g}", np.arange(1, task.passes + 1), losses, improvements)


def backpropagated(task: Task) -> Course:
    """The same number of forward passes spent on gradient steps."""
    w, v = (mg.tensor(layer, requires_grad=True) for layer in task.start)
    optimizer = mg.optim.SGD([w, v], lr=task.rate)
    losses = [task.loss(*task.start)]
    for _ in range(task.passes // PASSES_OF_A_STEP):
        loss = task.engine_loss(w, v)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(task.loss(w.detach().numpy(), v.detach().numpy()))
    return Course(
        "backpropagation",
        np.arange(1, len(losses)) * PASSES_OF_A_STEP,
        np.array(losses[1:]),
        int((np.diff(losses) < 0).sum()),
    )


def study(setting: Setting) -> tuple[list[str], Path]:
    """Both ways at the same cost, on both tasks: the story and the plot."""
    story, drawn = [], []
    for task in (exclusive_or(), digits(setting.seed)):
        courses = [
            backpropagated(task),
            *(shaken(task, size, setting) for size in task.sizes),
        ]
        drawn.append((task, courses))
        weights = sum(layer.size for layer in task.start)
        story += [
            f"What an improvement costs: {task.name}, {weights:,} weights, {task.passes:,} forward "
            f"passes (a gradient step counts {PASSES_OF_A_STEP})",
            f"  {'':<16}  passes per improvement   last loss   passes until loss < {task.goal:g}",
        ]
        for course in courses:
            each = task.passes / max(course.improvements, 1)
            reached = course.reached(task.goal)
            story.append(
                f"  {course.label:<16}  {each:>22.1f}  {course.losses[-1]:>10.5f}  "
                f"{f'{reached:,}' if reached else 'never':>21}"
            )
    return story, _plot(setting, drawn)


def _plot(setting: Setting, drawn: list[tuple[Task, list[Course]]]) -> Path:
    looks = ((p.BLUE, "-"), (p.ORANGE, ":"), (p.VERMILION, "--"), (p.BLACK, "-."))
    with p.panels(1, 2, "What the chain rule is worth", size=(11.5, 4.6)) as (figure, axes):
        for axis, (task, courses) in zip(axes, drawn, strict=True):
            for course, (color, style) in zip(courses, looks, strict=True):
                axis.loglog(
                    course.passes,
                    course.losses,
                    linestyle=style,
                    color=color,
                    label=course.label,
                )
            weights = sum(layer.size for layer in task.start)
            axis.set(
                title=f"{task.name.capitalize()}: {weights:,} weights",
                xlabel="cost: forward passes (a gradient step counts as 3)",
                ylabel="loss",
                ylim=(max(task.goal / 1e3, min(course.losses[-1] for course in courses) / 2), 4),
            )
            axis.legend(loc="lower left")
        return setting.save(figure, "s5b-random-perturbation.png")
