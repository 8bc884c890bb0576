"""The words that the table's ``mathematics`` are written in, each as plainly as it can be said.

An oracle: loops over elements and Python's own ``math``, nothing of the package and as little of
NumPy as possible, so that an expression of the table evaluated here owes nothing to the rules.
"""

import builtins
import itertools
import math

import numpy as np


class Plain(np.ndarray):
    """An array whose matrix product is three loops."""

    def __matmul__(self, other):
        x, y = np.asarray(self), np.asarray(other)
        rows = x[None, :] if x.ndim == 1 else x
        columns = y[:, None] if y.ndim == 1 else y
        batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
        left = broadcast_to(rows, batch + rows.shape[-2:])
        right = broadcast_to(columns, batch + columns.shape[-2:])
        n, inner, m = rows.shape[-2], rows.shape[-1], columns.shape[-1]
        out = np.zeros((*batch, n, m))
        for b in np.ndindex(batch):
            for i, j in itertools.product(range(n), range(m)):
                out[(*b, i, j)] = math.fsum(
                    left[(*b, i, k)] * right[(*b, k, j)] for k in range(inner)
                )
        shape = out.shape
        if y.ndim == 1:
            shape = shape[:-1]
        if x.ndim == 1:
            shape = shape[: len(batch)] + shape[len(batch) + 1 :]
        return out.reshape(shape)


def plain(x):
    """An input as the oracle takes it."""
    return np.array(x).view(Plain)


def evaluate(mathematics, names):
    """The value of an expression of the table, and no package code in its scope."""
    return eval(mathematics, {**WORDS, "__builtins__": {"len": len}}, dict(names))


def elementwise(f):
    return np.vectorize(f, otypes=[np.float64])


def reduction(f, dtype=np.float64):
    """Over the elements of each group, in their order along the axes."""

    def reduced(x, axis=None, keepdims=False):
        x = np.asarray(x)
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        kept = tuple(1 if k in axes else n for k, n in enumerate(x.shape))
        groups = {place: [] for place in np.ndindex(kept)}
        for place in np.ndindex(x.shape):
            groups[tuple(0 if k in axes else i for k, i in enumerate(place))].append(x[place])
        out = np.empty(kept, dtype)
        for place, elements in groups.items():
            out[place] = f(elements)
        left = tuple(n for k, n in enumerate(x.shape) if k not in axes)
        return out if keepdims else out.reshape(left)

    return reduced


def reshape(x, shape):
    out = np.empty(shape)
    for place, element in zip(np.ndindex(shape), x.flat, strict=True):
        out[place] = element
    return out


def transpose(x, axes):
    out = np.empty([x.shape[a] for a in axes])
    for place in np.ndindex(x.shape):
        out[tuple(place[a] for a in axes)] = x[place]
    return out


def flip(x, axis):
    out = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        out[tuple(x.shape[k] - 1 - i if k in axis else i for k, i in enumerate(place))] = x[place]
    return out


def broadcast_to(x, shape):
    x = np.asarray(x)
    out = np.empty(shape)
    for place in np.ndindex(tuple(shape)):
        last = place[len(shape) - x.ndim :]
        out[place] = x[tuple(0 if x.shape[k] == 1 else i for k, i in enumerate(last))]
    return out


def concatenate(xs, axis):
    shape = list(xs[0].shape)
    shape[axis] = builtins.sum(x.shape[axis] for x in xs)
    out, start = np.empty(shape), 0
    for x in xs:
        for place in np.ndindex(x.shape):
            out[tuple(i + start if k == axis else i for k, i in enumerate(place))] = x[place]
        start += x.shape[axis]
    return out


def stack(xs, axis):
    shape = list(xs[0].shape)
    shape.insert(axis, len(xs))
    out = np.empty(shape)
    for n, x in enumerate(xs):
        for place in np.ndindex(x.shape):
            out[(*place[:axis], n, *place[axis:])] = x[place]
    return out


def split(x, sizes, axis):
    starts = [builtins.sum(sizes[:k]) for k in range(len(sizes))]
    parts = []
    for start, size in zip(starts, sizes, strict=True):
        shape = tuple(size if k == axis else n for k, n in enumerate(x.shape))
        part = np.empty(shape)
        for place in np.ndindex(shape):
            part[place] = x[tuple(i + start if k == axis else i for k, i in enumerate(place))]
        parts.append(part)
    return tuple(parts)


def _picked(index, shape):
    """The flat positions that an index picks out of a shape."""
    return np.arange(math.prod(shape)).reshape(shape)[index]


def put(x, index, shape):
    out = [0.0] * math.prod(shape)
    picked = _picked(index, shape)
    for place in np.ndindex(picked.shape):
        out[picked[place]] += float(x[place])
    return np.array(out).reshape(shape)


def replace(x, index, y):
    out = [float(element) for element in x.flat]
    picked = _picked(index, x.shape)
    new = broadcast_to(y, picked.shape)
    for place in np.ndindex(picked.shape):
        out[picked[place]] = float(new[place])
    return np.array(out).reshape(x.shape)


def gather(x, index, axis):
    out = np.empty(index.shape)
    for place in np.ndindex(index.shape):
        out[place] = x[(*place[:axis], index[place], *place[axis + 1 :])]
    return out


def put_along(x, index, axis, shape):
    out = np.zeros(shape)
    for place in np.ndindex(index.shape):
        out[(*place[:axis], index[place], *place[axis + 1 :])] += x[place]
    return out


def dot(xs, ys):
    return builtins.sum((x * y for x, y in zip(xs, ys, strict=True)), 0.0)


def _starts(n, kernel, stride, padding, dilation, ceil=False):
    """Where windows begin along one axis, in the coordinates of the unpadded image."""
    span = dilation * (kernel - 1) + 1
    starts, position = [], 0
    while position + span <= n + 2 * padding:
        starts.append(position - padding)
        position += stride
    covered = starts[-1] + padding + span if starts else 0
    if ceil and covered < n + 2 * padding and position < n + padding:
        starts.append(position - padding)
    return starts


def _terms(x_shape, w_shape, stride, padding, dilation, groups):
    """Every product of a convolution: the places in its result, its image and its weight."""
    n, _channels, h, w = x_shape
    out, depth, kh, kw = w_shape
    rows = _starts(h, kh, stride[0], padding[0], dilation[0])
    columns = _starts(w, kw, stride[1], padding[1], dilation[1])
    per_group = out // groups
    for b, o, r, q, c, i, j in itertools.product(
        *map(range, (n, out, len(rows), len(columns), depth, kh, kw))
    ):
        y, x = rows[r] + i * dilation[0], columns[q] + j * dilation[1]
        if 0 <= y < h and 0 <= x < w:
            yield (b, o, r, q), (b, o // per_group * depth + c, y, x), (o, c, i, j)


def correlate(x, weight, stride, padding, dilation, groups):
    (h, w), (kh, kw) = x.shape[2:], weight.shape[2:]
    rows = len(_starts(h, kh, stride[0], padding[0], dilation[0]))
    columns = len(_starts(w, kw, stride[1], padding[1], dilation[1]))
    out = np.zeros((x.shape[0], weight.shape[0], rows, columns))
    for y_at, x_at, w_at in _terms(x.shape, weight.shape, stride, padding, dilation, groups):
        out[y_at] += x[x_at] * weight[w_at]
    return out


def correlate_adjoint(y, weight, shape, stride, padding, dilation, groups):
    out = np.zeros(shape)
    for y_at, x_at, w_at in _terms(shape, weight.shape, stride, padding, dilation, groups):
        out[x_at] += y[y_at] * weight[w_at]
    return out


def correlate_weight(y, x, shape, stride, padding, dilation, groups):
    out = np.zeros(shape)
    for y_at, x_at, w_at in _terms(x.shape, shape, stride, padding, dilation, groups):
        out[w_at] += y[y_at] * x[x_at]
    return out


def max_pool(x, kernel, stride, padding, dilation, ceil):
    n, c, h, w = x.shape
    rows = _starts(h, kernel[0], stride[0], padding[0], dilation[0], ceil)
    columns = _starts(w, kernel[1], stride[1], padding[1], dilation[1], ceil)
    values = np.empty((n, c, len(rows), len(columns)))
    indices = np.empty(values.shape, np.int64)
    for b, k, r, q in np.ndindex(values.shape):
        inside = []
        for i, j in itertools.product(range(kernel[0]), range(kernel[1])):
            y, z = rows[r] + i * dilation[0], columns[q] + j * dilation[1]
            if 0 <= y < h and 0 <= z < w:
                inside.append((float(x[b, k, y, z]), y * w + z))
        values[b, k, r, q], indices[b, k, r, q] = builtins.max(inside, key=lambda pair: pair[0])
    return values, indices


WORDS = {
    **{f: elementwise(getattr(math, f)) for f in ("exp", "log", "sqrt", "sin", "cos", "tanh")},
    "abs": elementwise(math.fabs),
    "sign": elementwise(lambda x: (x > 0) - (x < 0)),
    "max": elementwise(lambda x, y: x if x > y else y),
    "min": elementwise(lambda x, y: x if x < y else y),
    "where": elementwise(lambda condition, x, y: x if condition else y),
    "clip": lambda x, low, high: elementwise(
        lambda v: (
            low if low is not None and v < low else high if high is not None and v > high else v
        )
    )(x),
    "sum": reduction(math.fsum),
    "mean": reduction(lambda elements: math.fsum(elements) / len(elements)),
    "amax": reduction(builtins.max),
    "amin": reduction(builtins.min),
    "argmax": reduction(lambda elements: elements.index(builtins.max(elements)), np.int64),
    "argmin": reduction(lambda elements: elements.index(builtins.min(elements)), np.int64),
    "reshape": reshape,
    "transpose": transpose,
    "flip": flip,
    "broadcast_to": broadcast_to,
    "concatenate": concatenate,
    "stack": stack,
    "split": split,
    "put": put,
    "replace": replace,
    "gather": gather,
    "put_along": put_along,
    "dot": dot,
    "correlate": correlate,
    "correlate_adjoint": correlate_adjoint,
    "correlate_weight": correlate_weight,
    "max_pool": max_pool,
}
