"""NumPy arrays of what users give as data and as indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _dtypes, _promotion
from ._methods import TensorMethods


def to_array(data: Any, dtype: Any = None) -> Any:
    """A NumPy array of nested sequences, numbers, arrays or Tensors, with a type Tensors can have.

    Parameters
    ----------
    data : array_like
    dtype : numpy.dtype, optional
        The type wanted: to be said here, because Python floats have more digits than the default
        float type keeps.

    Raises
    ------
    NotImplementedError
        For complex numbers.
    TypeError, ValueError
        For what is no rectangular array of numbers.
    """
    if isinstance(data, TensorMethods):
        return data._array if dtype is None else data._array.astype(dtype, copy=False)
    first = data
    while isinstance(first, list | tuple) and first:
        first = first[0]
    if isinstance(first, TensorMethods):
        data = _plain(data)
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"the data is not rectangular: {error}") from None
    except (TypeError, RuntimeError):  # Tensors among numbers, of which the first is none
        array = np.asarray(_plain(data))
    if array.dtype.kind == "f":
        if dtype is None and not isinstance(data, np.ndarray | np.generic):
            array = array.astype(_promotion.default_float[0])
    elif array.dtype.kind not in "biu":
        raise _promotion.unsupported(array.dtype)
    if dtype is not None:
        return array.astype(dtype, copy=False)
    if array.dtype not in _dtypes._by_numpy:
        array = array.astype(_dtypes.as_numpy(array.dtype))
    return array


def _plain(data: Any) -> Any:
    """Nested sequences with Tensors of one element, or arrays, made plain."""
    if isinstance(data, list | tuple):
        return [_plain(item) for item in data]
    if isinstance(data, TensorMethods):
        return data._array.item() if data._array.ndim == 0 else data._array.tolist()
    return data


def as_index(index: Any) -> Any:
    """An index as NumPy takes it: Tensors made arrays, and an Ellipsis so that 0-d is a view."""
    if index.__class__ is int:
        return (index, Ellipsis)
    if index.__class__ is slice:
        return index
    if isinstance(index, tuple):
        parts = tuple([_index_part(part) for part in index])
        return parts if any(part is Ellipsis for part in parts) else (*parts, Ellipsis)
    part = _index_part(index)
    return part if part is None or part is Ellipsis else (part, Ellipsis)


def in_two_steps(index: Any) -> tuple[Any, Any] | None:
    """An index that picks by integers and by arrays apart, as two: the integers first.

    Between integers and arrays that stand apart (``x[0, :, [1, 2]]``) NumPy makes no difference and
    puts the picked dimension in front. For PyTorch ``x[0]`` is done first. None for other indices.
    """
    if index.__class__ is not tuple or len(index) < 3 or any(isinstance(k, bool) for k in index):
        return None
    picks = [k for k, part in enumerate(index) if isinstance(part, int | np.integer | np.ndarray)]
    arrays = [k for k in picks if isinstance(index[k], np.ndarray)]
    if not arrays or len(arrays) == len(picks) or picks[-1] - picks[0] == len(picks) - 1:
        return None
    first: list[Any] = []
    for part in index:
        whole = isinstance(part, np.ndarray)
        # A mask stands for as many dimensions as it has.
        times = part.ndim if whole and part.dtype.kind == "b" else 1
        first += [slice(None)] * times if whole else [part]
    rest = [
        slice(None) if part is None or isinstance(part, slice) else part
        for k, part in enumerate(index)
        if k in arrays or k not in picks
    ]
    return tuple(first), tuple(rest)


def _index_part(part: Any) -> Any:
    if isinstance(part, TensorMethods):
        part = part._array
    elif isinstance(part, list | range):
        part = np.asarray(_plain(list(part)))
        if part.size == 0:
            part = part.astype(np.intp)
    elif isinstance(part, float):
        raise IndexError(f"{part} is no index: integers, slices, masks, None and ... are")
    if isinstance(part, np.ndarray):
        if part.dtype.kind not in "iub":
            raise IndexError(
                f"a Tensor of dtype {part.dtype} is no index: integers and truth values are"
            )
        if part.ndim == 0 and part.dtype.kind in "iu":
            return int(part)
    return part
