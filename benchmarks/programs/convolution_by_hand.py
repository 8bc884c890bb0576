"""The convolutional network's step with all that NumPy can give; read `by_hand.py` first.

Images lie (channels, height, width, batch) in memory, so every shifted window of an image is a few
long runs. A convolution is one product of its weights with the windows, copied as columns; the
same columns give its weights' gradient. Pooling comes before relu, on a quarter of the numbers:
both orders give the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..workload import Program
from . import convolution_task as task
from .by_hand import ZERO, cross_entropy, flat_parameters, with_ones

Both = tuple[Callable[[], Any], Callable[[], Any]]


def convolution(image: Any, w: Any, gw: Any, size: int, image_gradient: Any = None) -> Any:
    """Forward and backward over a padded image (channels, height, width, batch).

    Returns the result's buffer (out, size, size, batch), its gradient's, and the two functions.
    """
    channels, _, _, batch = image.shape
    kernel, out = 5, len(w)
    columns, windows = with_ones(channels * kernel * kernel, size * size * batch)
    windows = windows.reshape(channels, kernel, kernel, size, size, batch)
    shifted = np.lib.stride_tricks.sliding_window_view(image, (size, size), (1, 2))
    shifted = shifted.transpose(0, 1, 2, 4, 5, 3)
    z, dz = (np.empty((out, size * size * batch), np.float32) for _ in range(2))

    def forward() -> None:
        np.copyto(windows, shifted)
        np.dot(w, columns, z)

    columns_t, wt = columns.T, w[:, :-1].T
    # The windows are not needed once the weights' gradient is there: theirs goes over them.
    columns_gradient = columns[:-1]
    pairs = []
    if image_gradient is not None:
        for i in range(kernel):
            for j in range(kernel):
                pairs.append((image_gradient[:, i : i + size, j : j + size], windows[:, i, j]))

    def backward() -> None:
        np.dot(dz, columns_t, gw)
        if image_gradient is None:
            return
        np.dot(wt, dz, columns_gradient)
        image_gradient.fill(0)
        for target, part in pairs:
            np.add(target, part, target)

    shape = (out, size, size, batch)
    return z.reshape(shape), dz.reshape(shape), forward, backward


def pooling(z: Any, dz: Any, out: Any, g: Any) -> Both:
    """Max pooling 2 x 2 and relu of z into out; g, the gradient of out, spread over dz.

    Of equal numbers the first in reading order gets the gradient, as in PyTorch.
    """
    a, b, c, d = (z[:, i::2, j::2] for i in (0, 1) for j in (0, 1))
    da, db, dc, dd = (dz[:, i::2, j::2] for i in (0, 1) for j in (0, 1))
    top, bottom = np.empty(out.shape, np.float32), np.empty(out.shape, np.float32)
    mask = np.empty(out.shape, bool)

    def forward() -> None:
        np.maximum(a, b, top)
        np.maximum(c, d, bottom)
        np.maximum(top, bottom, out)
        np.maximum(out, ZERO, out)

    def backward() -> None:
        np.greater(out, ZERO, mask)
        np.multiply(g, mask, g)
        np.greater_equal(top, bottom, mask)
        np.multiply(g, mask, top)
        np.subtract(g, top, bottom)
        for half, left, right, to_left, to_right in ((top, a, b, da, db), (bottom, c, d, dc, dd)):
            np.greater_equal(left, right, mask)
            np.multiply(half, mask, to_left)
            np.subtract(half, to_left, to_right)

    return forward, backward


def numpy_by_hand() -> Program:
    """All of the step."""
    start, n = task.weights(), task.BATCH
    p, g, w, gw = flat_parameters(start)
    given = task.images()[:, 0].transpose(1, 2, 0)
    image = np.zeros((1, 32, 32, n), np.float32)
    inside = image[0, 2:30, 2:30]

    middle, middle_gradient = (np.empty((6, 14, 14, n), np.float32) for _ in range(2))
    z1, dz1, forward1, backward1 = convolution(image, w[0], gw[0], 28)
    pool1, unpool1 = pooling(z1, dz1, middle, middle_gradient)
    z2, dz2, forward2, backward2 = convolution(middle, w[1], gw[1], 10, middle_gradient)

    # The dense layers' values, each with its row of ones; the first are what pooling leaves.
    (h0, v0), (h1, v1), (h2, v2) = (with_ones(m, n) for m in (400, 120, 84))
    d0, d1, d2 = (np.empty((m, n), np.float32) for m in (400, 120, 84))
    scores = np.empty((10, n), np.float32)
    loss = cross_entropy(scores, task.labels(), task.LR)
    pool2, unpool2 = pooling(z2, dz2, v0.reshape(16, 5, 5, n), d0.reshape(16, 5, 5, n))
    mask1, mask2 = np.empty(v1.shape, bool), np.empty(v2.shape, bool)
    transposed = [x[:, :-1].T for x in w]

    def step() -> Any:
        np.copyto(inside, given)
        forward1()
        pool1()
        forward2()
        pool2()
        np.dot(w[2], h0, v1)
        np.maximum(v1, ZERO, v1)
        np.dot(w[3], h1, v2)
        np.maximum(v2, ZERO, v2)
        np.dot(w[4], h2, scores)
        mean = loss()
        np.dot(scores, h2.T, gw[4])
        np.dot(transposed[4], scores, d2)
        np.greater(v2, ZERO, mask2)
        np.multiply(d2, mask2, d2)
        np.dot(d2, h1.T, gw[3])
        np.dot(transposed[3], d2, d1)
        np.greater(v1, ZERO, mask1)
        np.multiply(d1, mask1, d1)
        np.dot(d1, h0.T, gw[2])
        np.dot(transposed[2], d1, d0)
        unpool2()
        backward2()
        unpool1()
        backward1()
        np.subtract(p, g, p)
        return mean

    def state() -> list[Any]:
        out = []
        for x, like in zip(w, start[::2], strict=True):
            out += [x[:, :-1].reshape(like.shape), x[:, -1]]
        return out

    return Program(step, state)
