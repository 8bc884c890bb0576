"""A dense network's training step as someone would write it who wants all that NumPy can give.

Everything is allocated once. Batches lie last in memory, so a layer is ``W @ h`` with contiguous
rows. A row of ones under each layer's values makes the bias a column of the weights: one product
gives ``W h + b``, and one gives the gradients of both. All weights are one flat buffer, as are all
gradients and all speeds, updated in one go. The learning rate is multiplied into the loss's
gradient, which is small, rather than into the weights', which are many. Numbers are 0-d arrays,
which NumPy takes more quickly than Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..workload import Program
from .task import Task

Step = Callable[[], Any]


def number(x: float) -> Any:
    """A float32 of no dimensions."""
    return np.array(x, np.float32)


def flat_parameters(weights: list[Any]) -> tuple[Any, Any, list[Any], list[Any]]:
    """One buffer of weights, one of gradients, and their views (out, in + 1), the bias last."""
    shapes = [(w.shape[0], w[0].size + 1) for w in weights[::2]]
    total = sum(m * n for m, n in shapes)
    p, g = np.zeros(total, np.float32), np.zeros(total, np.float32)
    starts = np.cumsum([0] + [m * n for m, n in shapes])
    views = [
        [buffer[a : a + m * n].reshape(m, n) for a, (m, n) in zip(starts, shapes, strict=False)]
        for buffer in (p, g)
    ]
    for view, weight, bias in zip(views[0], weights[::2], weights[1::2], strict=True):
        view[:, :-1], view[:, -1] = weight.reshape(len(weight), -1), bias
    return p, g, views[0], views[1]


def with_ones(rows: int, batch: int) -> tuple[Any, Any]:
    """A buffer whose last row is ones, and what is above them."""
    buffer = np.ones((rows + 1, batch), np.float32)
    return buffer, buffer[:-1]


def sigmoid(z: Any) -> None:
    """In place."""
    np.negative(z, z)
    np.exp(z, z)
    np.add(z, ONE, z)
    np.reciprocal(z, z)


def sigmoid_backward(g: Any, ans: Any, spare: Any) -> None:
    """``g *= ans * (1 - ans)``."""
    np.subtract(ONE, ans, spare)
    np.multiply(spare, ans, spare)
    np.multiply(g, spare, g)


def tanh_backward(g: Any, ans: Any, spare: Any) -> None:
    """``g *= 1 - ans * ans``."""
    np.multiply(ans, ans, spare)
    np.subtract(ONE, spare, spare)
    np.multiply(g, spare, g)


def relu_backward(g: Any, ans: Any, spare: Any) -> None:
    """``g *= ans > 0``; a mask of bytes is read more quickly than one of floats."""
    mask = spare.view(np.bool_).reshape(-1)[: ans.size].reshape(ans.shape)
    np.greater(ans, ZERO, mask)
    np.multiply(g, mask, g)


ZERO, ONE = number(0), number(1)
ACTIVATIONS: dict[str, tuple[Any, Any]] = {
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (lambda z: np.tanh(z, z), tanh_backward),
    "relu": (lambda z: np.maximum(z, ZERO, z), relu_backward),
}


def cross_entropy(z: Any, y: Any, rate: float) -> Step:
    """The mean loss of scores ``z`` (classes, batch), which become ``rate`` times its gradient."""
    classes, batch = z.shape
    labels = np.arange(classes, dtype=y.dtype)[:, None]
    right = np.empty(z.shape, np.float32)
    row, logs = np.empty((1, batch), np.float32), np.empty((1, batch), np.float32)
    scale, ones = number(rate / batch), np.ones(batch, np.float32)

    def loss() -> float:
        np.equal(labels, y, right)
        np.maximum.reduce(z, 0, None, row, True)
        np.subtract(z, row, z)
        picked = np.vdot(right, z)
        np.exp(z, z)
        np.add.reduce(z, 0, None, row, True)
        np.log(row, logs)
        np.divide(z, row, z)
        np.subtract(z, right, z)
        np.multiply(z, scale, z)
        return (float(logs[0].dot(ones)) - float(picked)) / batch

    return loss


def mean_square(z: Any, y: Any, rate: float) -> Step:
    """The same for the mean square error; ``y`` has shape (outputs, batch)."""
    scale = number(2 * rate / z.size)

    def loss() -> float:
        np.subtract(z, y, z)
        mean = float(np.vdot(z, z)) / z.size
        np.multiply(z, scale, z)
        return mean

    return loss


def numpy_by_hand(task: Task) -> Program:
    """All of the step, over buffers that live as long as the program."""
    p, g, weights, grads = flat_parameters(task.weights)
    batch, sizes = task.batch, task.sizes
    activate, activate_backward = ACTIVATIONS[task.activation]
    inputs, x = with_ones(sizes[0], batch)
    # h[k] goes into layer k, with its row of ones; z[k] comes out of it: h[k + 1] without the row.
    h, z = [inputs], []
    for m in sizes[1:]:
        buffer, view = with_ones(m, batch)
        h.append(buffer)
        z.append(view)
    # d[k] is the gradient of z[k]; the last one is made in a buffer of its own, for the loss.
    d = [np.empty((m, batch), np.float32) for m in sizes[1:]]
    spare = [np.empty((m, batch), np.float32) for m in sizes[1:]]
    last = d[-1]
    loss = (
        mean_square(last, np.ascontiguousarray(task.y.T), task.lr)
        if task.loss == "mse"
        else cross_entropy(last, task.y, task.lr)
    )
    xt = task.x.T
    layers = list(zip(weights, h[:-1], z, task.activated, strict=True))
    layers_back = [
        (k, d[k], h[k].T, grads[k], weights[k][:, :-1].T, z[k], spare[k], task.activated[k])
        for k in reversed(range(len(weights)))
    ]
    speeds, momentum = np.zeros_like(p), number(task.momentum)

    def step() -> Any:
        np.copyto(x, xt)
        for w, below, above, activated in layers:
            np.dot(w, below, above)
            if activated:
                activate(above)
        np.copyto(last, above)
        mean = loss()
        for k, dz, below_t, gw, wt, above, free, activated in layers_back:
            if activated:
                activate_backward(dz, above, free)
            np.dot(dz, below_t, gw)
            if k:
                np.dot(wt, dz, d[k - 1])
        if task.momentum:
            np.multiply(speeds, momentum, speeds)
            np.add(speeds, g, speeds)
            np.subtract(p, speeds, p)
        else:
            np.subtract(p, g, p)
        return mean

    return Program(step, lambda: [part for w in weights for part in (w[:, :-1], w[:, -1])])
