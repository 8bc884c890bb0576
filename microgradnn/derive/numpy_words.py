"""How the table's words are said in NumPy: the only list of its kind, read by ``code.py``.

A word of ``mathematics`` that NumPy has under the same name is not in it.
"""

from __future__ import annotations

WORDS = {
    "max": "np.maximum({0}, {1})",
    "min": "np.minimum({0}, {1})",
    "clip": "np.clip({0}, {low}, {high})",
    "variance": "np.var({0}, axis={axis}, keepdims={keepdims}, ddof={correction})",
    "concatenate": "np.concatenate([{all}], axis={axis})",
    "stack": "np.stack([{all}], axis={axis})",
    "cat": "np.concatenate([{all}], axis={axis})",
    "asin": "np.arcsin({0})",
    "acos": "np.arccos({0})",
    "atan": "np.arctan({0})",
    "asinh": "np.arcsinh({0})",
    "acosh": "np.arccosh({0})",
    "atanh": "np.arctanh({0})",
    "atan2": "np.arctan2({0}, {1})",
    "flip": "np.flip({0}, {axis})",
    "roll": "np.roll({0}, {shifts}, {axis})",
    "reshape": "np.reshape({0}, {shape})",
    "broadcast_to": "np.broadcast_to({0}, {shape})",
    "transpose": "np.transpose({0}, {axes})",
    "pad": "np.pad({0}, {widths}, constant_values={value})",
    "tril": "np.tril({0}, {k})",
    "triu": "np.triu({0}, {k})",
    "running_sum": "np.cumsum({0}, axis={axis})",
    "running_product": "np.cumprod({0}, axis={axis})",
    "gather": "np.take_along_axis({0}, {1}, axis={axis})",
    "einsum": "np.einsum({equation}, {all})",
    "cast": "{0}.astype({dtype})",
    "inv": "np.linalg.inv({0})",
    "det": "np.linalg.det({0})",
    "solve": "np.linalg.solve({0}, {1})",
    "cross": "np.cross({0}, {1}, axis={axis})",
}
"""Templates over the operands (``{0}``, ``{all}``) and the parameters by name."""

PYTHON_WORDS = {
    "abs": "abs({0})",
    "max": "max({0}, {1})",
    "min": "min({0}, {1})",
    "where": "({1} if {0} else {2})",
    "sign": "(({0} > 0) - ({0} < 0))",
    "round": "round({0})",
}
"""The same on floats; other words are Python's ``math``."""

HELPERS = {
    "put": '''
def put(x, index, shape):
    """Zeros with x added at an index: the adjoint of picking."""
    out = np.zeros(shape, np.result_type(x))
    np.add.at(out, index, x)
    return out
''',
    "put_along": '''
def put_along(x, index, axis, shape):
    """Zeros with x added along an axis: the adjoint of np.take_along_axis."""
    places = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    places[axis] = index
    return put(x, tuple(places), shape)
''',
    "replace": '''
def replace(x, index, y):
    """x with y at an index."""
    out = np.array(x)
    out[index] = y
    return out
''',
    "split": '''
def split(x, sizes, axis):
    """Pieces of the given sizes along an axis."""
    return np.split(x, np.cumsum(sizes)[:-1], axis)
''',
    "unbind": '''
def unbind(x, axis):
    """The slices along an axis."""
    return list(np.moveaxis(x, axis, 0))
''',
    "erf": '''
def erf(x):
    """The error function of each element."""
    return np.vectorize(math.erf, otypes=[float])(x)
''',
    "windows": '''
def windows(x, kernel, stride, dilation):
    """All windows over the last axes of x: (..., places, kernel)."""
    axes = tuple(range(x.ndim - len(kernel), x.ndim))
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation))
    view = np.lib.stride_tricks.sliding_window_view(x, reach, axes)
    steps = tuple(slice(None, None, s) for s in stride)
    return view[(..., *steps, *(slice(None, None, d) for d in dilation))]
''',
    "correlate": '''
def correlate(x, weight, bias, stride, padding, dilation, groups):
    """Convolution of networks: every window of x times every filter."""
    n = len(stride)
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    view = windows(x, weight.shape[2:], stride, dilation)
    view = view.reshape(len(x), groups, -1, *view.shape[2:])
    filters = weight.reshape(groups, -1, *weight.shape[1:])
    place, kernel = "xyz"[:n], "uvw"[:n]
    out = np.einsum(f"ngc{place}{kernel},goc{kernel}->ngo{place}", view, filters, optimize=True)
    out = out.reshape(len(x), -1, *out.shape[3:])
    return out if bias is None else out + bias.reshape(-1, *[1] * n)
''',
    "correlate_weight": '''
def correlate_weight(y, x, shape, stride, padding, dilation, groups):
    """What each filter gets: its windows, each times the gradient there, summed."""
    n = len(stride)
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    view = windows(x, shape[2:], stride, dilation)
    view = view[(..., *(slice(k) for k in y.shape[2:]), *[slice(None)] * n)]
    view = view.reshape(len(x), groups, -1, *view.shape[2:])
    y = y.reshape(len(y), groups, -1, *y.shape[2:])
    place, kernel = "xyz"[:n], "uvw"[:n]
    out = np.einsum(f"ngc{place}{kernel},ngo{place}->goc{kernel}", view, y, optimize=True)
    return out.reshape(shape)
''',
    "correlate_adjoint": '''
def correlate_adjoint(y, weight, shape, stride, padding, dilation, groups):
    """What each input gets: every filter, times the gradient where it was, added in place."""
    n = len(stride)
    y = y.reshape(len(y), groups, -1, *y.shape[2:])
    filters = weight.reshape(groups, -1, *weight.shape[1:])
    place, kernel = "xyz"[:n], "uvw"[:n]
    parts = np.einsum(f"ngo{place},goc{kernel}->ngc{place}{kernel}", y, filters, optimize=True)
    parts = parts.reshape(shape[0], shape[1], *parts.shape[3:])
    out = np.zeros((*shape[:2], *(k + 2 * p for k, p in zip(shape[2:], padding))))
    for k in np.ndindex(weight.shape[2:]):
        here = tuple(slice(d * j, d * j + s * (m - 1) + 1, s)
                     for j, d, s, m in zip(k, dilation, stride, y.shape[3:]))
        out[(..., *here)] += parts[(..., *k)]
    return out[(..., *(slice(p, p + m) for p, m in zip(padding, shape[2:])))]
''',
    "max_pool": '''
def max_pool(x, kernel, stride, padding, dilation, ceil):
    """The largest number of each window, and which of the window's it was."""
    n = len(kernel)
    x = np.pad(x, [(0, 0)] * (x.ndim - n) + [(p, p) for p in padding], constant_values=-np.inf)
    view = windows(x, kernel, stride, dilation)
    flat = view.reshape(*view.shape[: view.ndim - n], -1)
    places = flat.argmax(-1)
    return np.take_along_axis(flat, places[..., None], -1)[..., 0], places
''',
    "max_pool_spread": '''
def max_pool_spread(x, places, shape, kernel, stride, padding, dilation):
    """Each number goes to the place in its window that had won; nothing to the others."""
    n = len(kernel)
    lead = shape[: len(shape) - n]
    reach = [d * (k - 1) + s * (m - 1) + 1
             for k, d, s, m in zip(kernel, dilation, stride, x.shape[-n:])]
    room = [max(r, m + 2 * p) for r, m, p in zip(reach, shape[-n:], padding)]
    out = np.zeros((*lead, *room), x.dtype)
    for k, place in enumerate(np.ndindex(*kernel)):
        here = tuple(slice(d * j, d * j + s * (m - 1) + 1, s)
                     for j, d, s, m in zip(place, dilation, stride, x.shape[-n:]))
        out[(..., *here)] += x * (places == k)
    return out[(..., *(slice(p, p + m) for p, m in zip(padding, shape[-n:])))]
''',
}
"""Functions that generated code brings along, by word: plain NumPy, in source."""

NEEDS = {
    "put_along": ("put",),
    "correlate": ("windows",),
    "correlate_weight": ("windows",),
    "max_pool": ("windows",),
}
"""Which other functions they call."""

UNLESS = {"max_pool": ("ceil",)}
"""Parameters that must be off for a helper to be right."""
