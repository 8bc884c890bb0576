"""NumPy arrays of what users give as data and as indices."""

from __future__ import annotations

import warnings
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
        raise ValueError(f"the data is not rectangular: {_ragged(data) or error}") from None
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


class Steps(tuple[Any, Any]):
    """Two indices to be applied one after the other."""

    __slots__ = ()


def as_index(index: Any) -> Any:
    """An index as NumPy takes it: Tensors made arrays, and an Ellipsis so that 0-d is a view.

    Two of them, `Steps`, where NumPy would count an integer among the arrays of an index and put
    what they pick in front, as in ``x[0, :, [1, 2]]``: PyTorch picks by the integers first.
    """
    if index.__class__ is int:
        return (index, Ellipsis)
    if index.__class__ is slice:
        return index
    if isinstance(index, tuple):
        for part in index:
            if part.__class__ is not int and part.__class__ is not slice and part is not None:
                break
        else:
            return (*index, Ellipsis)
        parts = tuple([_index_part(part) for part in index])
        if not any(part is Ellipsis for part in parts):
            parts = (*parts, Ellipsis)
        return _in_steps(parts) if len(parts) > 2 else parts
    part = _index_part(index)
    return part if part is None or part is Ellipsis else (part, Ellipsis)


def _in_steps(parts: tuple[Any, ...]) -> Any:
    integer = [isinstance(p, int | np.integer) and not isinstance(p, bool) for p in parts]
    array = [isinstance(p, np.ndarray | bool) for p in parts]
    picking = [k for k in range(len(parts)) if integer[k] or array[k]]
    if not (any(integer) and any(array)) or picking[-1] - picking[0] < len(picking):
        return parts
    first: list[Any] = []
    for part, is_integer in zip(parts, integer, strict=True):
        if is_integer or part is Ellipsis:
            first.append(part)
        elif isinstance(part, np.ndarray) and part.dtype.kind == "b":
            first += [slice(None)] * part.ndim
        elif part is not None and not isinstance(part, bool):
            first.append(slice(None))
    return Steps((tuple(first), tuple(p for p, i in zip(parts, integer, strict=True) if not i)))


def _index_part(part: Any) -> Any:
    if isinstance(part, TensorMethods):
        part = part._array
        if part.dtype == np.uint8:
            warnings.warn(
                "a Tensor of uint8 as an index is a mask, as it once was in PyTorch; use dtype "
                "bool for a mask, int64 for positions",
                UserWarning,
                stacklevel=4,
            )
            part = part.astype(bool)
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


def _ragged(data: Any) -> str:
    """Where nested sequences first differ in length, and how to mend it; "" if they do not."""
    level = [("", data)]
    for dim in range(64):
        lists = [(place, x) for place, x in level if isinstance(x, list | tuple)]
        if not lists:
            return ""
        mend = "pad the shorter ones, or keep a list of Tensors"
        if len(lists) < len(level):
            place = next(place for place, x in level if not isinstance(x, list | tuple))
            return f"data{place} is no sequence, data{lists[0][0]} is one; {mend}"
        first, n = lists[0][0], len(lists[0][1])
        for place, x in lists:
            if len(x) != n:
                return (
                    f"at dimension {dim}, data{first} has length {n}, data{place} has length "
                    f"{len(x)}; {mend}"
                )
        level = [(f"{place}[{k}]", y) for place, x in lists for k, y in enumerate(x)]
    return ""
