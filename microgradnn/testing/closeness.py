"""``assert_close``: Tensors, numbers and containers of them, equal up to rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .._tensor import Tensor

_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
_EXACT = (0.0, 0.0)


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None,
    atol: float | None = None, equal_nan: bool = False, check_device: bool = True,
    check_dtype: bool = True, check_layout: bool = True, check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:  # fmt: skip
    """Raise AssertionError unless ``|actual - expected| <= atol + rtol * |expected|`` everywhere.

    Parameters
    ----------
    actual, expected : Tensor, array, number, or sequences or mappings of them
        Of equal structure, shapes and, unless said otherwise, dtypes.
    allow_subclasses : bool
        Whether one may be of a subclass of the other's type.
    rtol, atol : float, optional
        Both or none. Default, by dtype: float16 1e-3 and 1e-5, float32 1.3e-6 and 1e-5, float64
        1e-7 and 1e-7, others 0; of two dtypes, the larger.
    equal_nan : bool
        Whether NaN equals NaN.
    check_device, check_layout : bool
        Accepted: there is one device and one layout.
    check_dtype, check_stride : bool
    msg : str or callable, optional
        The message, or what makes it of the usual one.

    Raises
    ------
    AssertionError
        With the number of elements that differ, and where and by how much most.
    ValueError
        If only one of rtol and atol is given.
    TypeError
        For objects that cannot be compared.

    Examples
    --------
    >>> mg.testing.assert_close(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 2.0 + 1e-6]))
    """
    if (rtol is None) != (atol is None):
        raise ValueError(f"rtol and atol are given both or not at all, got {rtol} and {atol}")
    options = (rtol, atol, equal_nan, check_dtype, check_stride, allow_subclasses)
    difference = _difference(actual, expected, options, "")
    if difference is not None:
        if callable(msg):
            difference = msg(difference)
        raise AssertionError(difference if msg is None or callable(msg) else msg)


def assert_allclose(
    actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None,
    equal_nan: bool = True, msg: str = "",
) -> None:  # fmt: skip
    """`assert_close` as it was once called: NaN equals NaN, and dtypes may differ.

    Examples
    --------
    >>> mg.testing.assert_allclose(mg.tensor([1.0]), [1.0])
    """
    if not isinstance(actual, Tensor):
        actual = Tensor._wrap(np.asarray(actual))
    if not isinstance(expected, Tensor):
        expected = Tensor._wrap(np.asarray(expected, actual._array.dtype))
    assert_close(
        actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False,
        msg=msg or None,
    )  # fmt: skip


def _difference(a: Any, b: Any, options: Any, at: str) -> str | None:
    """What differs first, None if nothing does; ``at`` says where in the containers."""
    where = f"\n\nThe failure occurred for item {at}" if at else ""
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return None if a == b else f"{a!r} is not {b!r}{where}"
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if set(a) != set(b):
            extra, absent = (sorted(map(repr, x.keys() - y.keys())) for x, y in ((a, b), (b, a)))
            return (
                f"The keys of the mappings do not match: only in actual: {', '.join(extra)}; only "
                f"in expected: {', '.join(absent)}{where}"
            )
        pairs = [(a[key], b[key], f"{at}[{key!r}]") for key in b]
    elif isinstance(a, Sequence) and isinstance(b, Sequence):
        if len(a) != len(b):
            return f"The length of the sequences mismatch: {len(a)} != {len(b)}{where}"
        pairs = [(x, y, f"{at}[{k}]") for k, (x, y) in enumerate(zip(a, b, strict=True))]
    else:
        found = _numbers_differ(a, b, options)
        return None if found is None else found + where
    for x, y, place in pairs:
        found = _difference(x, y, options, place)
        if found is not None:
            return found
    return None


def _array(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x._array
    if isinstance(x, np.ndarray | np.generic | bool | int | float):
        return np.asarray(x)
    raise TypeError(f"assert_close compares Tensors, arrays and numbers, got {type(x).__name__}")


def _is_python_number(x: Any) -> bool:
    return isinstance(x, bool | int | float) and not isinstance(x, np.generic)


def _numbers_differ(actual: Any, expected: Any, options: Any) -> str | None:
    rtol, atol, equal_nan, check_dtype, check_stride, subclasses = options
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    if not subclasses and type(actual) is not type(expected) and related:
        return f"The types do not match: {type(actual).__name__} and {type(expected).__name__}"
    a, b = _array(actual), _array(expected)
    is_tensor = isinstance(actual, Tensor)
    if is_tensor != isinstance(expected, Tensor):
        raise TypeError(
            f"assert_close compares like with like, got {type(actual).__name__} and "
            f"{type(expected).__name__}"
        )
    plain = _is_python_number(actual) and _is_python_number(expected)
    if check_dtype and plain and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    if a.shape != b.shape:
        return f"The values for attribute 'shape' do not match: {a.shape} != {b.shape}."
    if check_dtype and a.dtype != b.dtype and (a.ndim or is_tensor):
        return f"The values for attribute 'dtype' do not match: {a.dtype} != {b.dtype}."
    if check_stride and a.strides != b.strides:
        return f"The values for attribute 'stride()' do not match: {a.strides} != {b.strides}."
    if rtol is None:
        both = [_TOLERANCES.get(x.dtype.name, _EXACT) for x in (a, b)]
        rtol, atol = (max(pair) for pair in zip(*both, strict=True))
    wide = np.float64 if "f" in a.dtype.kind + b.dtype.kind else np.int64
    x, y = a.astype(wide), b.astype(wide)
    with np.errstate(all="ignore"):
        apart = np.abs(x - y)
        equal = (x == y) | (apart <= atol + rtol * np.abs(y)) & np.isfinite(x) & np.isfinite(y)
        if equal_nan:
            equal |= np.isnan(x) & np.isnan(y)
        if equal.all():
            return None
        if not x.ndim and not is_tensor:
            return f"Scalars are not close: expected {b} but got {a} ({_worst(apart, atol)})"
        relative = apart / np.abs(y)
    apart, relative = np.where(equal, 0, apart), np.where(equal, 0, relative)
    wrong = int(equal.size - equal.sum())
    return (
        f"Tensor-likes are not close!\n\nMismatched elements: {wrong} / {equal.size} "
        f"({wrong / equal.size:.1%})\nGreatest absolute difference: {_worst(apart, atol)}\n"
        f"Greatest relative difference: {_worst(relative, rtol)}"
    )


def _worst(apart: Any, allowed: float) -> str:
    k = int(np.argmax(apart))  # a NaN counts as the largest
    index = tuple(int(i) for i in np.unravel_index(k, apart.shape))
    at = f" at index {index}" if index else ""
    return f"{apart.ravel()[k]}{at} (up to {allowed} allowed)"
