"""Element types: their limits, what two of them promote to, and constructors named after them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _dtypes, _promotion
from .._methods import both, function, functions
from .._tensor import Tensor
from .._typing import DType


@both
def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating type.

    Examples
    --------
    >>> mg.is_floating_point(mg.zeros(1))
    True
    """
    return bool(input._array.dtype.kind == "f")


@both
def is_signed(input: Tensor) -> bool:
    """Whether the dtype has negative numbers.

    Examples
    --------
    >>> mg.is_signed(mg.tensor([1], dtype=mg.uint8))
    False
    """
    return bool(input._array.dtype.kind in "if")


@both
def is_conj(input: Tensor) -> bool:
    """False: conjugation of real numbers changes nothing.

    Examples
    --------
    >>> mg.is_conj(mg.zeros(1))
    False
    """
    return False


@function
def promote_types(type1: DType, type2: DType) -> _dtypes.dtype:
    """The smallest dtype that holds what Tensors of two dtypes hold.

    Examples
    --------
    >>> mg.promote_types(mg.int32, mg.float32)
    microgradnn.float32
    """
    kinds = [np.zeros(1, _dtypes.as_numpy(kind)) for kind in (type1, type2)]
    return _dtypes._by_numpy[_promotion.result_type(kinds)]


@function
def can_cast(from_: DType, to: DType) -> bool:
    """Whether a dtype may become another without losing its kind: floats may not become integers.

    Examples
    --------
    >>> mg.can_cast(mg.float64, mg.float32), mg.can_cast(mg.float32, mg.int64)
    (True, False)
    """
    order = "biuf"
    a, b = _dtypes.as_numpy(from_).kind, _dtypes.as_numpy(to).kind
    return order.index(a.replace("u", "i")) <= order.index(b.replace("u", "i"))


@function
def typename(obj: Any) -> str:
    """The name of a Tensor's type, as ``x.type()`` says it, or of another object's.

    Examples
    --------
    >>> mg.typename(mg.zeros(1)), mg.typename(3)
    ('microgradnn.FloatTensor', 'int')
    """
    if isinstance(obj, Tensor):
        name: str = obj.type()
        return name
    kind = type(obj)
    module = "" if kind.__module__ in ("builtins", None) else f"{kind.__module__}."
    return module + kind.__qualname__


class _Limits:
    """What NumPy knows of a dtype, under PyTorch's names."""

    _of: Any
    _kinds: str
    _fields: tuple[str, ...]
    resolution: float

    def __init__(self, type: DType | None = None) -> None:
        kind = _promotion.default_float[0] if type is None else _dtypes.as_numpy(type)
        if kind.kind not in self._kinds:
            other = "iinfo" if kind.kind in "iu" else "finfo"
            raise TypeError(
                f"{self.__class__.__name__} of {kind}: use {other}"
                if kind.kind in "iuf"
                else f"truth values have no {self.__class__.__name__}"
            )
        found = self._of(kind)
        convert = float if kind.kind == "f" else int
        self.bits = int(found.bits)
        self.dtype = kind.name
        for name in self._fields:
            setattr(self, name, convert(getattr(found, name)))
        if kind.kind == "f":
            self.resolution = 10.0**-found.precision

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)}" for name in self._fields)
        return f"{self.__class__.__name__}({fields}, dtype={self.dtype})"


class finfo(_Limits):
    """Limits of a floating type.

    Parameters
    ----------
    type : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    bits : int
    eps : float
        From 1 to the next larger number.
    max, min : float
        The largest and the smallest number.
    tiny, smallest_normal : float
        The smallest positive number of full precision.
    resolution : float
    dtype : str

    Raises
    ------
    TypeError
        If it is no floating type.

    Examples
    --------
    >>> mg.finfo(mg.float64).eps
    2.220446049250313e-16
    """

    _of, _kinds = np.finfo, "f"
    _fields = ("min", "max", "eps", "smallest_normal", "tiny")
    eps: float
    max: float
    min: float
    tiny: float
    smallest_normal: float


class iinfo(_Limits):
    """Limits of an integer type.

    Attributes
    ----------
    bits : int
    max, min : int
    dtype : str

    Raises
    ------
    TypeError
        If it is no integer type.

    Examples
    --------
    >>> mg.iinfo(mg.int8).max
    127
    """

    _of, _kinds = np.iinfo, "iu"
    _fields = ("min", "max")
    max: int
    min: int

    def __init__(self, type: DType) -> None:
        super().__init__(type)


class _Typed(type):
    """The class of ``FloatTensor`` and its like: makers of Tensors, and questions after a dtype."""

    dtype: _dtypes.dtype

    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, Tensor) and x._array.dtype == cls.dtype.numpy

    def __call__(cls, *data: Any, device: Any = None) -> Any:
        from .creation import check_device

        check_device(device)
        return Tensor(*data, dtype=cls.dtype)


@function
class HalfTensor(metaclass=_Typed):
    """``HalfTensor(data)`` or ``HalfTensor(*sizes)``: a Tensor of float16."""

    dtype = _dtypes.float16


@function
class FloatTensor(metaclass=_Typed):
    """``FloatTensor(data)`` or ``FloatTensor(*sizes)``: a Tensor of float32."""

    dtype = _dtypes.float32


@function
class DoubleTensor(metaclass=_Typed):
    """``DoubleTensor(data)`` or ``DoubleTensor(*sizes)``: a Tensor of float64."""

    dtype = _dtypes.float64


@function
class ByteTensor(metaclass=_Typed):
    """``ByteTensor(data)`` or ``ByteTensor(*sizes)``: a Tensor of uint8."""

    dtype = _dtypes.uint8


@function
class CharTensor(metaclass=_Typed):
    """``CharTensor(data)`` or ``CharTensor(*sizes)``: a Tensor of int8."""

    dtype = _dtypes.int8


@function
class ShortTensor(metaclass=_Typed):
    """``ShortTensor(data)`` or ``ShortTensor(*sizes)``: a Tensor of int16."""

    dtype = _dtypes.int16


@function
class IntTensor(metaclass=_Typed):
    """``IntTensor(data)`` or ``IntTensor(*sizes)``: a Tensor of int32."""

    dtype = _dtypes.int32


@function
class LongTensor(metaclass=_Typed):
    """``LongTensor(data)`` or ``LongTensor(*sizes)``: a Tensor of int64."""

    dtype = _dtypes.int64


@function
class BoolTensor(metaclass=_Typed):
    """``BoolTensor(data)`` or ``BoolTensor(*sizes)``: a Tensor of bool."""

    dtype = _dtypes.bool_


functions["finfo"], functions["iinfo"] = finfo, iinfo


@function
def set_default_tensor_type(t: Any) -> None:
    """Set the dtype of Tensors made from Python floats, by the name of a constructor.

    Parameters
    ----------
    t : str or type
        ``"FloatTensor"``, with or without a prefix, or ``mg.FloatTensor``.

    Raises
    ------
    TypeError
        If it names no type, or one that is not floating.
    """
    found = functions.get(t.rpartition(".")[2]) if isinstance(t, str) else t
    if not isinstance(found, _Typed):
        raise TypeError(f"invalid type {t!r}; name a constructor such as 'FloatTensor'")
    _dtypes.set_default_dtype(found.dtype)
