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
    # h[k] goes into layer k, with its row of ones below; values[k + 1] comes out of it.
    h, values = zip(*(with_ones(m, batch) for m in sizes), strict=True)
    # d[k] is the gradient of what comes out of layer k.
    d = [np.empty((m, batch), np.float32) for m in sizes[1:]]
    spare = [np.empty((m, batch), np.float32) for m in sizes[1:]]
    layers = [
        layer(w, gw, h[k], values[k], values[k + 1], d[k], d[k - 1] if k else None)
        for k, (w, gw) in enumerate(zip(weights, grads, strict=True))
    ]
    last = d[-1]
    loss = (
        mean_square(last, np.ascontiguousarray(task.y.T), task.lr)
        if task.loss == "mse"
        else cross_entropy(last, task.y, task.lr)
    )
    forwards = [(lay[0], values[k + 1], task.activated[k]) for k, lay in enumerate(layers)]
    backwards = [
        (lay[1], d[k], values[k + 1], spare[k], task.activated[k]) for k, lay in enumerate(layers)
    ][::-1]
    x, given = values[0], task.x.T
    speeds, momentum = np.zeros_like(p), number(task.momentum)

    def step() -> Any:
        np.copyto(x, given)
        for forward, above, activated in forwards:
            forward()
            if activated:
                activate(above)
        np.copyto(last, above)
        mean = loss()
        for backward, dz, above, free, activated in backwards:
            if activated:
                activate_backward(dz, above, free)
            backward()
        if task.momentum:
            np.multiply(speeds, momentum, speeds)
            np.add(speeds, g, speeds)
            np.subtract(p, speeds, p)
        else:
            np.subtract(p, g, p)
        return mean

    return Program(step, lambda: [part for lay in layers for part in lay[2]])


WIDE = 128
"""From this many inputs on, a layer keeps its bias apart."""


def layer(w: Any, gw: Any, h: Any, x: Any, z: Any, dz: Any, dx: Any) -> tuple[Step, Step, Any]:
    """Forward and backward of ``z = w @ h``, and its weight and bias.

    Rows of 1,025 numbers lie badly in the caches when read across; a bias of its own, whose
    calls cost little beside such products, leaves 1,024.
    """
    m, n = len(w), len(x)
    if n < WIDE:
        h_t, w_t = h.T, w[:, :-1].T

        def forward() -> None:
            np.dot(w, h, z)

        def backward() -> None:
            np.dot(dz, h_t, gw)
            if dx is not None:
                np.dot(w_t, dz, dx)

        return forward, backward, (w[:, :-1], w[:, -1])

    start = w[:, :-1].copy(), w[:, -1].copy()
    (weight, bias), (g_weight, g_bias) = (
        (flat[: m * n].reshape(m, n), flat[m * n :]) for flat in (w.reshape(-1), gw.reshape(-1))
    )
    weight[:], bias[:] = start
    x_t, weight_t, column = x.T, weight.T, bias[:, None]

    def forward_apart() -> None:
        np.dot(weight, x, z)
        np.add(z, column, z)

    def backward_apart() -> None:
        np.dot(dz, x_t, g_weight)
        np.add.reduce(dz, 1, None, g_bias)
        if dx is not None:
            np.dot(weight_t, dz, dx)

    return forward_apart, backward_apart, (weight, bias)
