"""The words that the table's ``mathematics`` are written in, each as plainly as it can be said.

An oracle: loops over elements and Python's own ``math``, nothing of the package and as little of
NumPy as possible, so that an expression of the table evaluated here owes nothing to the rules.
"""

import builtins
import itertools
import math

import numpy as np

from tests.rules.plain_alignment import ALIGNMENT
from tests.rules.plain_convolution import CONVOLUTION
from tests.rules.plain_linear_algebra import LINEAR_ALGEBRA, norm
from tests.rules.plain_pooling import POOLING
from tests.rules.plain_recurrent import RECURRENT


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
    **POOLING,
}


# --- elementwise mathematics, special functions, integers ---------------------------------------


def steps(f):
    """A function of one number that is an integer, as a float."""
    return elementwise(lambda x: float(f(x)))


def integers(f):
    return np.vectorize(f, otypes=[np.int64])


def normal_quantile(p):
    """By halving: the number below which a standard normal variable lies with probability p."""
    low, high = -40.0, 40.0
    for _ in range(200):
        middle = (low + high) / 2
        below = math.erfc(-middle / math.sqrt(2)) / 2
        low, high = (middle, high) if below < p else (low, middle)
    return low


def erf_inverse(p):
    return normal_quantile((1 + p) / 2) / math.sqrt(2)


def power_sum(s, x):
    """The sum of (x + k) ** -s over k = 0, 1, ...: 40 terms, then Euler's and Maclaurin's tail."""
    n = 40
    y = x + n
    tail = y ** (1 - s) / (s - 1) + y**-s / 2 + s * y ** (-s - 1) / 12
    tail -= s * (s + 1) * (s + 2) * y ** (-s - 3) / 720
    tail += s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * y ** (-s - 5) / 30240
    return math.fsum([*((x + k) ** -s for k in range(n)), tail])


def polygamma(n, x):
    if n:
        return elementwise(lambda v: (-1) ** (n + 1) * math.factorial(n) * power_sum(n + 1, v))(x)

    def digamma(v):
        y = v + 40
        terms = [math.log(y), -1 / (2 * y), -1 / (12 * y**2), 1 / (120 * y**4), -1 / (252 * y**6)]
        return math.fsum([*terms, *(-1 / (v + k) for k in range(40))])

    return elementwise(digamma)(x)


def bessel(order):
    """The modified Bessel function, by its power series."""
    return elementwise(
        lambda x: math.fsum(
            (x / 2) ** (2 * k + order) / (math.factorial(k) * math.factorial(k + order))
            for k in range(40)
        )
    )


def igamma(a, y):
    """The lower incomplete gamma function over gamma, by its power series."""

    def series(s, x):
        terms, term = [], 1.0 / s
        for k in range(1, 200):
            terms.append(term)
            term *= x / (s + k)
        return math.fsum(terms) * x**s * math.exp(-x) / math.gamma(s)

    return elementwise(series)(a, y)


WORDS |= {
    **{
        f: elementwise(getattr(math, f))
        for f in (
            "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "atan2",
            "log2", "log10", "erf", "erfc", "lgamma",
        )
    },
    **{f: steps(getattr(math, f)) for f in ("floor", "ceil", "trunc")},
    "round": steps(builtins.round),
    "pi": math.pi,
    "inf": math.inf,
    "nextafter": elementwise(math.nextafter),
    "gcd": integers(math.gcd),
    "lcm": integers(math.lcm),
    "polygamma": polygamma,
    "erfinv": elementwise(erf_inverse),
    "ndtri": elementwise(normal_quantile),
    "i0": bessel(0),
    "i1": bessel(1),
    "igamma": igamma,
}  # fmt: skip


# Statistics, running results, sorting and scattering.


def lines(x, axis):
    """Each line along one axis: where its first element lies, and its elements in order."""
    shape = (*x.shape[:axis], *x.shape[axis + 1 :])
    for place in np.ndindex(shape):
        yield place, [x[(*place[:axis], k, *place[axis:])] for k in range(x.shape[axis])]


def along_each_line(f, *dtypes):
    """An operation that makes of each line along an axis one line, or several, of its length."""

    def whole(x, axis, *rest):
        x = np.asarray(x)
        results = [np.empty(x.shape, dtype) for dtype in dtypes]
        for place, line in lines(x, axis):
            made = f(line, *rest)
            for out, new in zip(results, made if len(dtypes) > 1 else [made], strict=True):
                for k, element in enumerate(new):
                    out[(*place[:axis], k, *place[axis:])] = element
        return tuple(results) if len(dtypes) > 1 else results[0]

    return whole


def variance(x, axis, keepdims, correction):
    def one(elements):
        mean = math.fsum(elements) / len(elements)
        return math.fsum((e - mean) ** 2 for e in elements) / (len(elements) - correction)

    return reduction(one)(x, axis, keepdims)


def running(f):
    return along_each_line(lambda line: [f(line[: k + 1]) for k in range(len(line))], np.float64)


def running_extreme(x, axis, sign):
    def one(line):
        places = []
        for k, element in enumerate(line):
            better = not places or sign * element >= sign * line[places[-1]]
            places.append(k if better else places[-1])
        return [line[k] for k in places], places

    return along_each_line(one, np.float64, np.int64)(x, axis)


def recurrence(x, factor, axis):
    out = np.array(x, np.float64)
    for (place, line), (_, factors) in zip(lines(x, axis), lines(factor, axis), strict=True):
        y = 0.0
        for k in range(len(line)):
            y = line[k] + factors[k] * y
            out[(*place[:axis], k, *place[axis:])] = y
    return out


def sort(x, axis, descending):
    def one(line):
        sign = -1 if descending else 1
        places = builtins.sorted(range(len(line)), key=lambda k: sign * line[k])
        return [line[k] for k in places], places

    return along_each_line(one, np.float64, np.int64)(x, axis)


def scatter_extreme(x, index, src, axis, include_self, sign):
    reached = {place: [float(x[place])] if include_self else [] for place in np.ndindex(x.shape)}
    for place in np.ndindex(index.shape):
        reached[(*place[:axis], index[place], *place[axis + 1 :])].append(float(src[place]))
    out = np.array(x, np.float64)
    for place, elements in reached.items():
        if elements:
            out[place] = builtins.max(elements) if sign > 0 else builtins.min(elements)
    return out


WORDS.update(
    {
        "variance": variance,
        "running_sum": running(math.fsum),
        "running_product": running(math.prod),
        "running_extreme": running_extreme,
        "delay": lambda x, axis, first: along_each_line(
            lambda line: [first, *line][: len(line)], np.float64
        )(x, axis),
        "recurrence": recurrence,
        "prod": reduction(math.prod),
        "sort": sort,
        "scatter_extreme": scatter_extreme,
    }
)

WORDS.update(
    {
        **ALIGNMENT,
        **CONVOLUTION,
        **LINEAR_ALGEBRA,
        **RECURRENT,
        "norm": lambda x, ord, axis, keepdims: reduction(lambda elements: norm(elements, ord))(
            x, axis, keepdims
        ),
    }
)


# Shapes: shifting, padding, diagonals, windows.


def moved(x, shape, where):
    """Every element of x added to zeros at ``where(its place)``, unless that is outside."""
    out = np.zeros(shape)
    for place in np.ndindex(x.shape):
        to = where(place)
        if builtins.all(0 <= i < n for i, n in zip(to, shape, strict=True)):
            out[to] += x[place]
    return out


def roll(x, shifts, axis):
    total = [
        builtins.sum(s for s, a in zip(shifts, axis, strict=True) if a == k) for k in range(x.ndim)
    ]
    return moved(
        x,
        x.shape,
        lambda at: tuple((i + s) % n for i, s, n in zip(at, total, x.shape, strict=True)),
    )


def pad(x, widths, value):
    shape = tuple(n + before + after for n, (before, after) in zip(x.shape, widths, strict=True))
    out = np.full(shape, value)
    for place in np.ndindex(shape):
        source = tuple(i - before for i, (before, _) in zip(place, widths, strict=True))
        if builtins.all(0 <= i < n for i, n in zip(source, x.shape, strict=True)):
            out[place] = x[source]
    return out


def _diagonal_places(shape, offset, axis1, axis2):
    """Pairs of places: on the diagonal, in the array."""
    for place in np.ndindex(tuple(shape)):
        if place[axis2] - place[axis1] == offset:
            rest = tuple(i for k, i in enumerate(place) if k not in (axis1, axis2))
            yield (*rest, builtins.min(place[axis1], place[axis2])), place


def diagonal(x, offset, axis1, axis2):
    pairs = list(_diagonal_places(x.shape, offset, axis1, axis2))
    rest = tuple(n for k, n in enumerate(x.shape) if k not in (axis1, axis2))
    out = np.zeros((*rest, len({short[-1] for short, _ in pairs})))
    for short, place in pairs:
        out[short] = x[place]
    return out


def from_diagonal(x, shape, offset, axis1, axis2):
    out = np.zeros(shape)
    for short, place in _diagonal_places(shape, offset, axis1, axis2):
        out[place] = x[short]
    return out


def triangle(keep):
    def picked(x, k):
        out = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            if keep(place[-1] - place[-2], k):
                out[place] = x[place]
        return out

    return picked


def unfold(x, axis, size, step):
    starts = [k for k in range(0, x.shape[axis], step) if k + size <= x.shape[axis]]
    windows = [
        concatenate([x[(slice(None),) * axis + (slice(s, s + size),)]], axis) for s in starts
    ]
    axes = [k for k in range(x.ndim) if k != axis]
    return stack([transpose(w, [*axes, axis]) for w in windows], axis)


def unfold_adjoint(x, shape, axis, size, step):
    def where(place):
        *most, k = place
        most[axis] = most[axis] * step + k
        return tuple(most)

    return moved(x, shape, where)


def as_strided(x, shape, strides, offset):
    out = np.empty(shape)
    for place in np.ndindex(tuple(shape)):
        out[place] = x[offset + int(dot(place, strides))]
    return out


def as_strided_adjoint(x, length, shape, strides, offset):
    return moved(x, (length,), lambda at: (offset + int(dot(at, strides)),))


def _image_places(shape, kernel, stride, padding, dilation):
    """Pairs of places: in the columns, in the image."""
    n, channels, h, w = shape
    rows = _starts(h, kernel[0], stride[0], padding[0], dilation[0])
    columns = _starts(w, kernel[1], stride[1], padding[1], dilation[1])
    windows = list(itertools.product(rows, columns))
    offsets = list(itertools.product(range(kernel[0]), range(kernel[1])))
    for b, c in itertools.product(range(n), range(channels)):
        for (o, (i, j)), (k, (r, q)) in itertools.product(enumerate(offsets), enumerate(windows)):
            y, z = r + i * dilation[0], q + j * dilation[1]
            yield (b, c * len(offsets) + o, k), (b, c, y, z), 0 <= y < h and 0 <= z < w


def im2col(x, kernel, stride, padding, dilation):
    places = list(_image_places(x.shape, kernel, stride, padding, dilation))
    last = places[-1][0]
    out = np.zeros(tuple(k + 1 for k in last))
    for column, pixel, inside in places:
        if inside:
            out[column] = x[pixel]
    return out


def col2im(x, shape, kernel, stride, padding, dilation):
    out = np.zeros((x.shape[0], x.shape[1] // math.prod(kernel), *shape))
    for column, pixel, inside in _image_places(out.shape, kernel, stride, padding, dilation):
        if inside:
            out[pixel] += x[column]
    return out


WORDS.update(
    {
        "unbind": lambda x, axis: tuple(
            x[(slice(None),) * axis + (k,)] for k in range(x.shape[axis])
        ),
        "roll": roll,
        "pad": pad,
        "tril": triangle(lambda above, k: above <= k),
        "triu": triangle(lambda above, k: above >= k),
        "diagonal": diagonal,
        "from_diagonal": from_diagonal,
        "unfold": unfold,
        "unfold_adjoint": unfold_adjoint,
        "as_strided": as_strided,
        "as_strided_adjoint": as_strided_adjoint,
        "im2col": im2col,
        "col2im": col2im,
    }
)
