"""Random indices of every kind that NumPy knows, for arrays of a given shape."""

import hypothesis.extra.numpy as npst
import numpy as np
from hypothesis import strategies as st

SHAPES = npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@st.composite
def slices(draw, n):
    """Any slice of an axis, in either direction, also beyond its ends."""
    ends = st.none() | st.integers(-n - 2, n + 2)
    step = draw(st.sampled_from([None, 1, 2, 3, -1, -2]))
    return slice(draw(ends), draw(ends), step)


@st.composite
def integer_arrays(draw, n, shape):
    """Positions along an axis, repeated ones among them, counted from either end."""
    size = int(np.prod(shape))
    return np.array(draw(st.lists(st.integers(-n, n - 1), min_size=size, max_size=size))).reshape(
        shape
    )


@st.composite
def indices(draw, shape):
    """One index: a tuple of integers, slices, None, an Ellipsis, masks and arrays, or a part."""
    parts, axis = [], 0
    arrays_of = draw(st.sampled_from([(), (1,), (2,), (3,), (2, 1)]))  # they must broadcast
    stop = draw(st.integers(0, len(shape)))
    while axis < stop:
        n = shape[axis]
        kinds = ["slice", "slice", "none"]
        if n:
            kinds += ["integer", "array", "array"]
        kind = draw(st.sampled_from(kinds))
        if kind == "none":
            parts.append(None)
            continue
        if kind == "slice":
            parts.append(draw(slices(n)))
        elif kind == "integer":
            parts.append(draw(st.integers(-n, n - 1)))
        else:
            parts.append(draw(integer_arrays(n, arrays_of)))
        axis += 1
    if draw(st.booleans()):
        parts.append(Ellipsis)
    elif not parts:
        return ()
    if len(parts) == 1 and draw(st.booleans()):
        return parts[0]
    return tuple(parts)


@st.composite
def masks(draw, shape):
    """Truth values over the first axes of a shape."""
    k = draw(st.integers(0, len(shape)))
    return draw(npst.arrays(np.bool_, shape[:k]))


@st.composite
def shapes_and_indices(draw):
    """A shape, and an index that fits it."""
    shape = draw(SHAPES)
    return shape, draw(indices(shape) | masks(shape))


def as_given(index, kind):
    """The same index as a user may write it: arrays as arrays, as lists, or as Tensors."""
    import microgradnn as mg

    def part(x):
        if not isinstance(x, np.ndarray) or kind == "array":
            return x
        if kind == "list" and not (x.ndim and x.size):
            return x  # a list would not say its shape
        return x.tolist() if kind == "list" else mg.tensor(x)

    return tuple(map(part, index)) if isinstance(index, tuple) else part(index)
