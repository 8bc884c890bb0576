"""Making a batch of samples: Tensors stacked, numbers made Tensors, structures kept."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from .. import _dtypes
from .._tensor import Tensor
from ..functions.creation import as_tensor, tensor
from ..functions.joining import stack

Collate = Callable[..., Any]

_NO_NUMBERS = "SUO"
"""The kinds of NumPy arrays of which no Tensor can be made: strings and objects."""


def default_convert(data: Any) -> Any:
    """NumPy arrays and numbers made Tensors, wherever they are in a structure; the rest as it is.

    A `DataLoader` that makes no batches (``batch_size=None``) calls it for each sample.

    Parameters
    ----------
    data : any
        Mappings, named tuples and sequences are gone through; tuples come out as lists.

    Examples
    --------
    >>> mg.utils.data.default_convert({"x": np.array([1, 2]), "name": "a"})
    {'x': tensor([1, 2]), 'name': 'a'}
    """
    if isinstance(data, Tensor | str | bytes):
        return data
    if isinstance(data, np.ndarray | np.generic):
        return data if data.dtype.kind in _NO_NUMBERS else as_tensor(data)
    if isinstance(data, Mapping):
        return _mapping_like(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple):
        return _tuple_like(data, [default_convert(part) for part in data])
    if isinstance(data, Sequence):
        return _sequence_like(data, [default_convert(part) for part in data])
    return data


def collate(batch: Any, *, collate_fn_map: Mapping[Any, Collate] | None = None) -> Any:
    """One structure of batches, of a batch of structures; see `default_collate`.

    Parameters
    ----------
    batch : sequence
    collate_fn_map : mapping, optional
        From a type, or a tuple of types, to a function that makes a batch of its instances. It is
        called with the samples, and ``collate_fn_map`` as a keyword.

    Raises
    ------
    RuntimeError
        If sequences differ in length.
    TypeError
        If samples are of a type that it knows nothing of.
    """
    first = batch[0]
    kind = type(first)
    known = collate_fn_map or {}
    for of in [kind] if kind in known else [of for of in known if isinstance(first, of)]:
        return known[of](batch, collate_fn_map=collate_fn_map)

    def together(parts: Iterable[Any]) -> Any:
        return collate(parts, collate_fn_map=collate_fn_map)

    if isinstance(first, Mapping):
        return _mapping_like(first, {k: together([sample[k] for sample in batch]) for k in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return _tuple_like(first, [together(parts) for parts in zip(*batch, strict=False)])
    if isinstance(first, Sequence):
        lengths = [len(sample) for sample in batch]
        if len(set(lengths)) > 1:
            raise RuntimeError(
                "each element in list of batch should be of equal size; the samples have the "
                f"lengths {lengths}. A collate_fn of your own can pad them"
            )
        parts = [together(part) for part in zip(*batch, strict=True)]
        return _tuple_like(first, parts) if isinstance(first, tuple) else (
            _sequence_like(first, parts)
        )  # fmt: skip
    raise _unknown(kind)


def _unknown(kind: Any) -> TypeError:
    return TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{kind}. For others give the DataLoader a collate_fn"
    )


def _mapping_like(old: Any, items: dict[Any, Any]) -> Any:
    try:
        if isinstance(old, MutableMapping):
            new = copy.copy(old)  # has whatever else an instance of a subclass holds
            new.update(items)
            return new
        return type(old)(items)
    except TypeError:
        return items


def _tuple_like(old: Any, parts: list[Any]) -> Any:
    return type(old)(*parts) if hasattr(old, "_fields") else parts


def _sequence_like(old: Any, parts: list[Any]) -> Any:
    try:
        if isinstance(old, MutableSequence):
            new = copy.copy(old)
            for i, part in enumerate(parts):
                new[i] = part
            return new
        return type(old)(parts)
    except TypeError:
        return parts


def collate_tensor_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Tensors of one shape, stacked."""
    return stack(batch, 0)


def collate_numpy_array_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Arrays of one shape, stacked to a Tensor."""
    if batch[0].dtype.kind in _NO_NUMBERS:
        raise _unknown(batch[0].dtype)
    return collate([as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """A Tensor of NumPy's numbers."""
    return as_tensor(np.asarray(batch))


def collate_float_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """A Tensor of Python floats: of float64."""
    return tensor(batch, dtype=_dtypes.float64)


def collate_int_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """A Tensor of integers, or of truth values."""
    return tensor(batch)


def collate_str_fn(batch: Any, *, collate_fn_map: Any = None) -> Any:
    """Strings: as they are."""
    return batch


default_collate_fn_map: dict[Any, Collate] = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
"""How `default_collate` makes batches of leaves; entries may be added."""


def default_collate(batch: Any) -> Any:
    """Make a batch of samples: what a `DataLoader` calls unless it is given a ``collate_fn``.

    Parameters
    ----------
    batch : sequence of samples
        Tensors or arrays of one shape are stacked to a Tensor with one dimension more, in front;
        numbers become a Tensor (floats: of float64); strings stay a list. Dictionaries, named
        tuples, tuples and lists of these become one such structure of batches (tuples a list).

    Raises
    ------
    RuntimeError
        If Tensors differ in shape, or sequences in length.
    TypeError
        If there is something else in a sample.

    Examples
    --------
    >>> mg.utils.data.default_collate([{"x": 1, "y": "a"}, {"x": 2, "y": "b"}])
    {'x': tensor([1, 2]), 'y': ['a', 'b']}
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
