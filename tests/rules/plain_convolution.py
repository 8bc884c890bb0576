"""Convolution in the table's ``mathematics``, as plainly as it can be said: product by product."""

import itertools

import numpy as np


def _starts(shape, kernel, stride, padding, dilation):
    """For each axis, where windows begin, in the coordinates of the unpadded image."""
    out = []
    for n, size, step, border, gap in zip(shape, kernel, stride, padding, dilation, strict=True):
        last = n + border - gap * (size - 1) - 1
        out.append(list(range(-border, last + 1, step)))
    return out


def _terms(x_shape, w_shape, stride, padding, dilation, groups):
    """Every product of a convolution: the places in its result, its image and its weight."""
    starts = _starts(x_shape[2:], w_shape[2:], stride, padding, dilation)
    per_group = w_shape[0] // groups
    outputs = itertools.product(range(x_shape[0]), range(w_shape[0]), *map(enumerate, starts))
    for b, o, *window in outputs:
        for c, *at in itertools.product(*map(range, w_shape[1:])):
            pixel = [
                start + gap * k for (_, start), gap, k in zip(window, dilation, at, strict=True)
            ]
            if all(0 <= p < n for p, n in zip(pixel, x_shape[2:], strict=True)):
                channel = o // per_group * w_shape[1] + c
                yield (b, o, *(k for k, _ in window)), (b, channel, *pixel), (o, c, *at)


def correlate(x, weight, bias, stride, padding, dilation, groups):
    starts = _starts(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    out = np.zeros((x.shape[0], weight.shape[0], *map(len, starts)))
    for y_at, x_at, w_at in _terms(x.shape, weight.shape, stride, padding, dilation, groups):
        out[y_at] += x[x_at] * weight[w_at]
    if np.ndim(bias):
        for place in np.ndindex(out.shape):
            out[place] += bias[place[1]]
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


CONVOLUTION = {
    "correlate": correlate,
    "correlate_adjoint": correlate_adjoint,
    "correlate_weight": correlate_weight,
}
