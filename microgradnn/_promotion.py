"""Which dtype comes out when operands differ: PyTorch's rules, on NumPy's dtypes.

Operands fall into three classes: tensors with dimensions, 0-d tensors, Python numbers. Within the
category (bool < integer < float) only the highest class counts, so a 0-d float64 does not turn a
float32 array into float64, and ``int_tensor * 2.0`` is of the default float type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

FLOATS = frozenset(map(np.dtype, (np.float16, np.float32, np.float64)))
"""The dtypes that can require a gradient."""

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}

default_float: list[Any] = [np.dtype(np.float32)]
"""What Python floats and promoted integers become, in a list so that readers see it change."""


def category(dtype: Any) -> int:
    """0 for bool, 1 for integers, 2 for floats; NotImplementedError for anything else."""
    try:
        return _CATEGORY[dtype.kind]
    except KeyError:
        raise unsupported(dtype) from None


def unsupported(dtype: Any) -> Exception:
    """The error for a dtype that no Tensor can have."""
    if dtype.kind == "c":
        return NotImplementedError(
            f"complex numbers ({dtype}) are not implemented; keep the real and the imaginary part "
            "in two tensors"
        )
    return TypeError(
        f"a Tensor holds numbers or truth values, not NumPy's {dtype}; convert the data first"
    )


def promote(a: Any, b: Any) -> Any:
    """The dtype two dtypes of equal rank promote to: a float beside an integer wins as it is."""
    if a is b:
        return a
    ca, cb = category(a), category(b)
    if ca != cb:
        return a if ca > cb else b
    return np.promote_types(a, b)


def result_type(arrays: Sequence[Any]) -> Any:
    """PyTorch's result type of some arrays."""
    dimensioned = zero = None
    for array in arrays:
        dtype = array.dtype
        if array.ndim:
            dimensioned = dtype if dimensioned is None else promote(dimensioned, dtype)
        else:
            zero = dtype if zero is None else promote(zero, dtype)
    if dimensioned is None or zero is None:
        return zero if dimensioned is None else dimensioned
    if category(zero) > category(dimensioned):
        return promote(dimensioned, zero)
    return dimensioned


def common(arrays: Sequence[Any]) -> tuple[Any, ...]:
    """The arrays, all of their common type."""
    dtype = result_type(arrays)
    return tuple([a if a.dtype is dtype else a.astype(dtype) for a in arrays])


def common_float(arrays: Sequence[Any]) -> tuple[Any, ...]:
    """The arrays, all of their common type, which is a float."""
    dtype = result_type(arrays)
    if dtype not in FLOATS:
        category(dtype)
        dtype = default_float[0]
    return tuple([a if a.dtype is dtype else a.astype(dtype) for a in arrays])


def to_float(array: Any) -> Any:
    """An array of integers or truth values in the default float type."""
    category(array.dtype)
    return array.astype(default_float[0])


def refuse_mixed(prim: Any, a: Any, b: Any) -> None:
    """Raise for a primitive that takes operands of one dtype only."""
    if a.dtype == b.dtype:
        return
    raise RuntimeError(
        f"{prim.name}: operands have dtypes {a.dtype} and {b.dtype} (shapes {tuple(a.shape)} and "
        f"{tuple(b.shape)}); convert one of them, for example with .to({max(a.dtype, b.dtype)})"
    )
