"""The words of recurrent layers in the table's ``mathematics``: one number at a time.

Each sequence of the batch is followed by itself, with the gates in PyTorch's order.
"""

import math

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


def times(matrix, vector):
    return [math.fsum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix]


def follow(sizes, reverse, states, step):
    """Run ``step(row, states)`` along each sequence: what it gives per row, and the last states.

    ``step`` returns the new states and what it shows.
    """
    starts = [sum(sizes[:t]) for t in range(len(sizes))]
    shown, last = [None] * sum(sizes), []
    for b in range(sizes[0]):
        now = tuple(list(map(float, state[b])) for state in states)
        rows = [starts[t] + b for t in range(len(sizes)) if b < sizes[t]]
        for row in reversed(rows) if reverse else rows:
            now, shown[row] = step(row, now)
        last.append(now)
    return [np.array(part) for part in zip(*shown, strict=True)], [
        np.array(part) for part in zip(*last, strict=True)
    ]


def entering(x, weight, bias):
    """What each row of the input adds to the sums."""
    return [
        [a + b for a, b in zip(times(weight, row), bias or [0.0] * len(weight), strict=True)]
        for row in x
    ]


def rnn(xs, sizes, reverse, relu):
    x, h0, weight_ih, weight, *bias = (np.asarray(a).tolist() for a in xs)
    x = entering(x, weight_ih, *bias or [None])

    def step(row, states):
        (h,) = states
        sums = [a + b for a, b in zip(x[row], times(weight, h), strict=True)]
        h = [max(a, 0.0) if relu else math.tanh(a) for a in sums]
        return (h,), (h,)

    (hs,), (h,) = follow(sizes, reverse, [h0], step)
    return hs, h


def lstm(xs, sizes, reverse):
    x, h0, c0, weight_ih, weight, *more = (np.asarray(a).tolist() for a in xs)
    projection = [w for w in more if isinstance(w[0], list)]
    x = entering(x, weight_ih, *[w for w in more if w not in projection] or [None])
    width = len(c0[0])

    def step(row, states):
        h, c = states
        sums = [a + b for a, b in zip(x[row], times(weight, h), strict=True)]
        i, f, o = (
            [sigmoid(a) for a in sums[k * width : (k + 1) * width]] for k in (0, 1, 3)
        )  # fmt: skip
        g = [math.tanh(a) for a in sums[2 * width : 3 * width]]
        c = [f[k] * c[k] + i[k] * g[k] for k in range(width)]
        h = [o[k] * math.tanh(c[k]) for k in range(width)]
        if projection:
            h = times(projection[0], h)
        return (h, c), (h, c, i + f + g + o)

    (hs, cs, gates), (h, c) = follow(sizes, reverse, [h0, c0], step)
    return hs, h, c, cs, gates


def gru(xs, sizes, reverse):
    x, h0, weight_ih, weight, *bias = (np.asarray(a).tolist() for a in xs)
    x = entering(x, weight_ih, *bias[:1] or [None])
    width = len(h0[0])

    def step(row, states):
        (h,) = states
        sums = times(weight, h)
        if bias:
            sums = [a + b for a, b in zip(sums, bias[1], strict=True)]
        r, z = (
            [sigmoid(x[row][k] + sums[k]) for k in range(s * width, (s + 1) * width)]
            for s in (0, 1)
        )
        fed = sums[2 * width :]
        n = [math.tanh(x[row][2 * width + k] + r[k] * fed[k]) for k in range(width)]
        h = [(1.0 - z[k]) * n[k] + z[k] * h[k] for k in range(width)]
        return (h,), (h, fed, r + z + n)

    (hs, fed, gates), (h,) = follow(sizes, reverse, [h0], step)
    return hs, h, fed, gates


RECURRENT = {"rnn": rnn, "lstm": lstm, "gru": gru}
