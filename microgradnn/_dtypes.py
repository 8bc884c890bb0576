"""PyTorch's names for the element types: ``mg.float32``, ``mg.long``, ... on NumPy's dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._promotion import default_float, unsupported


class dtype:
    """The element type of a Tensor, as in PyTorch; NumPy accepts it wherever it takes a dtype.

    Attributes
    ----------
    numpy : numpy.dtype
    is_floating_point : bool
    is_complex : bool
    itemsize : int
        In bytes.

    Examples
    --------
    >>> mg.tensor([1.5]).dtype
    microgradnn.float32
    >>> mg.float64.itemsize
    8
    """

    __slots__ = ("_name", "numpy")

    def __init__(self, name: str, numpy: Any) -> None:
        self._name = name
        self.numpy = np.dtype(numpy)

    @property
    def __numpy_dtype__(self) -> Any:
        """What NumPy asks an object for that stands for a dtype."""
        return self.numpy

    @property
    def is_floating_point(self) -> bool:
        """Whether it can hold a gradient."""
        return bool(self.numpy.kind == "f")

    @property
    def is_complex(self) -> bool:
        """Always False: complex numbers are not implemented."""
        return False

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return int(self.numpy.itemsize)

    def __repr__(self) -> str:
        return f"microgradnn.{self._name}"

    def __reduce__(self) -> str:
        return self._name if self._name != "bool" else "bool_"


class _Absent(dtype):
    """The name of an element type that is not implemented: programs may compare and look it up."""

    __slots__ = ("_complex", "_size", "_why")

    def __init__(self, name: str, size: int, why: str) -> None:
        self._name, self._size, self._why = name, size, why

    @property
    def numpy(self) -> Any:
        """What would be computed with.

        Raises
        ------
        NotImplementedError
            Always.
        """
        raise NotImplementedError(f"{self!r} is not implemented: {self._why}")

    @property
    def is_floating_point(self) -> bool:
        return self._name == "bfloat16"

    @property
    def is_complex(self) -> bool:
        return self._name != "bfloat16"

    @property
    def itemsize(self) -> int:
        return self._size


_NO_BFLOAT = "NumPy has no such numbers; use float32"
_NO_COMPLEX = "keep the real and the imaginary part in two Tensors"
bfloat16 = _Absent("bfloat16", 2, _NO_BFLOAT)
complex64 = cfloat = _Absent("complex64", 8, _NO_COMPLEX)
complex128 = cdouble = _Absent("complex128", 16, _NO_COMPLEX)
float16 = half = dtype("float16", np.float16)
float32 = dtype("float32", np.float32)
float64 = double = dtype("float64", np.float64)
uint8 = dtype("uint8", np.uint8)
int8 = dtype("int8", np.int8)
int16 = short = dtype("int16", np.int16)
int32 = dtype("int32", np.int32)
int64 = long = dtype("int64", np.int64)
bool_ = dtype("bool", np.bool_)

builtin_names: dict[str, dtype] = {"float": float32, "int": int32, "bool": bool_}
"""Names of dtypes that are Python's builtins: not bound here, where the builtins are needed."""

_by_numpy: dict[Any, dtype] = {
    d.numpy: d for d in (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)
}
_by_name: dict[str, dtype] = {d._name: d for d in _by_numpy.values()}


def of(array: Any) -> dtype:
    """The dtype of a NumPy array."""
    found: dtype = _by_numpy[array.dtype]
    return found


def as_numpy(given: Any) -> Any:
    """The NumPy dtype for whatever stands for one: ours, NumPy's, Python's ``float``, a name.

    Raises
    ------
    NotImplementedError
        For complex types.
    TypeError
        For what is no type of numbers.
    """
    if isinstance(given, dtype):
        return given.numpy
    if given is float:
        return default_float[0]
    try:
        found = np.dtype(given)
    except TypeError:
        raise TypeError(
            f"{given!r} is no dtype; use one of {', '.join(map(repr, _by_numpy.values()))}"
        ) from None
    if found not in _by_numpy:
        if found.newbyteorder("=") in _by_numpy:
            return found.newbyteorder("=")
        raise unsupported(found)
    return found


def get_default_dtype() -> dtype:
    """The dtype of Tensors made from Python floats.

    Examples
    --------
    >>> mg.get_default_dtype()
    microgradnn.float32
    """
    return _by_numpy[default_float[0]]


def set_default_dtype(d: dtype) -> None:
    """Set the dtype of Tensors made from Python floats.

    Parameters
    ----------
    d : dtype
        A floating type.

    Raises
    ------
    TypeError
        If it is not a floating type.
    """
    found = as_numpy(d)
    if found.kind != "f":
        raise TypeError(f"the default dtype must be a floating type, got {d!r}")
    default_float[0] = found
