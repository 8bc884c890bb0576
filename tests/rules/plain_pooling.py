"""Pooling and resampling as they are defined: loops over windows and over their elements."""

import itertools

import numpy as np


def starts(n, kernel, stride, padding, dilation, ceil):
    """Where windows begin along one axis, in the coordinates of the unpadded array."""
    span = dilation * (kernel - 1) + 1
    found, position = [], 0
    while position + span <= n + 2 * padding:
        found.append(position - padding)
        position += stride
    covered = found[-1] + padding + span if found else 0
    if ceil and covered < n + 2 * padding and position < n + padding:
        found.append(position - padding)
    return found


def window_starts(image, kernel, stride, padding, dilation, ceil):
    axes = zip(image, kernel, stride, padding, dilation, strict=True)
    return [starts(*axis, ceil) for axis in axes]


def inside(place, image):
    return all(0 <= p < n for p, n in zip(place, image, strict=True))


def elements(first, kernel, dilation):
    """The places in the array of the elements of the window that begins at ``first``, in order."""
    for offset in itertools.product(*map(range, kernel)):
        yield tuple(f + d * o for f, d, o in zip(first, dilation, offset, strict=True))


def pooled(x, begins, one):
    """``one(plane, first)`` for each window of each plane, as an array for each of its results."""
    lead = x.shape[: x.ndim - len(begins)]
    size = tuple(map(len, begins))
    found = {}
    for at in np.ndindex(*lead, *size):
        window = at[len(lead) :]
        first = tuple(b[k] for b, k in zip(begins, window, strict=True))
        found[at] = one(x[at[: len(lead)]], first)
    return [
        np.array([found[at][k] for at in np.ndindex(*lead, *size)]).reshape(*lead, *size)
        for k in range(len(next(iter(found.values()))))
    ]


def max_pool(x, kernel, stride, padding, dilation, ceil):
    image = x.shape[x.ndim - len(kernel) :]

    def one(plane, first):
        there = [
            (float(plane[place]), number)
            for number, place in enumerate(elements(first, kernel, dilation))
            if inside(place, image)
        ]
        return max(there, key=lambda pair: pair[0])

    begins = window_starts(image, kernel, stride, padding, dilation, ceil)
    values, places = pooled(x, begins, one)
    return values, places


def _chosen(shape, size, places, kernel, stride, padding, dilation):
    """Pairs of places: of each window, and of the element chosen in it, if it is in the array."""
    d = len(kernel)
    image = shape[len(shape) - d :]
    for at in np.ndindex(*shape[: len(shape) - d], *size):
        first = [k * s - p for k, s, p in zip(at[-d:], stride, padding, strict=True)]
        place = list(elements(first, kernel, dilation))[places[at]]
        if inside(place, image):
            yield at, (*at[:-d], *place)


def max_pool_spread(x, places, shape, kernel, stride, padding, dilation):
    out = np.zeros(shape)
    size = x.shape[x.ndim - len(kernel) :]
    for at, place in _chosen(shape, size, places, kernel, stride, padding, dilation):
        out[place] += x[at]
    return out


def max_pool_pick(x, places, kernel, stride, padding, dilation):
    out = np.zeros(places.shape)
    size = places.shape[x.ndim - len(kernel) :]
    for at, place in _chosen(x.shape, size, places, kernel, stride, padding, dilation):
        out[at] = x[place]
    return out


def average_terms(image, kernel, stride, padding, ceil, include_pad, divisor):
    """For each window: its number along each axis, its elements in the array, its divisor."""
    ones = (1,) * len(kernel)
    begins = window_starts(image, kernel, stride, padding, ones, ceil)
    for numbers in itertools.product(*(range(len(b)) for b in begins)):
        first = [b[k] for b, k in zip(begins, numbers, strict=True)]
        every = list(elements(first, kernel, ones))
        within = [place for place in every if inside(place, image)]
        padded = [
            place
            for place in every
            if all(-p <= i < n + p for i, p, n in zip(place, padding, image, strict=True))
        ]
        yield numbers, within, divisor or len(padded if include_pad else within)


def avg_pool(x, kernel, stride, padding, ceil, include_pad, divisor):
    d = len(kernel)
    terms = list(average_terms(
        x.shape[x.ndim - d :], kernel, stride, padding, ceil, include_pad, divisor
    ))  # fmt: skip
    size = tuple(k + 1 for k in terms[-1][0])
    out = np.zeros((*x.shape[: x.ndim - d], *size))
    for lead in np.ndindex(*x.shape[: x.ndim - d]):
        for numbers, within, count in terms:
            out[(*lead, *numbers)] = sum(x[(*lead, *place)] for place in within) / count
    return out


def avg_pool_adjoint(y, shape, kernel, stride, padding, ceil, include_pad, divisor):
    d = len(kernel)
    out = np.zeros(shape)
    for lead in np.ndindex(*shape[: len(shape) - d]):
        for numbers, within, count in average_terms(
            shape[len(shape) - d :], kernel, stride, padding, ceil, include_pad, divisor
        ):
            for place in within:
                out[(*lead, *place)] += y[(*lead, *numbers)] / count
    return out


def _row_terms(places, weights):
    for t, k in np.ndindex(places.shape):
        yield k, int(places[t, k]), 1.0 if weights is None else float(weights[t, k])


def resample(x, axis, places, weights):
    x = np.moveaxis(np.asarray(x), axis, 0)
    out = np.zeros((places.shape[1], *x.shape[1:]))
    for new, old, weight in _row_terms(places, weights):
        out[new] += weight * x[old]
    return np.moveaxis(out, 0, axis)


def resample_adjoint(y, length, axis, places, weights):
    y = np.moveaxis(np.asarray(y), axis, 0)
    out = np.zeros((length, *y.shape[1:]))
    for new, old, weight in _row_terms(places, weights):
        out[old] += weight * y[new]
    return np.moveaxis(out, 0, axis)


POOLING = {
    "max_pool": max_pool,
    "max_pool_spread": max_pool_spread,
    "max_pool_pick": max_pool_pick,
    "avg_pool": avg_pool,
    "avg_pool_adjoint": avg_pool_adjoint,
    "resample": resample,
    "resample_adjoint": resample_adjoint,
}
