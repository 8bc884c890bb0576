"""What a file may name when it is loaded: a table of names and of what we make of them.

Nothing is ever looked up in a module. A name that is called stands for a function of ours, which
looks at its arguments.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from .. import _dtypes
from .._device import device
from .._tensor import Tensor
from ..nn.parameter import Parameter
from .errors import LoadError
from .storages import parameter_of, set_attributes, size_of, storage_types, tensor_on


class Callee:
    """A function of ours, under the name that files have for it."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name, self._function = name, function

    def __call__(self, *args: Any) -> Any:
        """What is made of a file's arguments."""
        try:
            return self._function(*args)
        except LoadError:
            raise
        except Exception as error:
            raise LoadError(f"{self.name} was given arguments that it never has: {error}") from None

    def __repr__(self) -> str:
        return self.name


class Kind:
    """A class that files name to say what something is, and that is not called."""

    def __init__(self, cls: type) -> None:
        self.cls = cls


def _encode(text: str, encoding: str) -> bytes:
    """Bytes, in files of the protocols that had none."""
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise ValueError("bytes are written as latin1")
    return text.encode("latin1")


def _bytearray(data: Any = b"", encoding: str = "latin1") -> bytearray:
    return bytearray(
        _encode(data, encoding) if isinstance(data, str) else bytes(_only(bytes, data))
    )


def _only(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"a {kind.__name__} is expected, not a {type(value).__name__}")
    return value


def _defaultdict(factory: Any = None) -> Any:
    if factory is not None and not isinstance(factory, Kind):
        raise TypeError("only plain types make default values")
    return defaultdict(None if factory is None else factory.cls)


def _device(*args: Any) -> Any:
    if not args or not all(isinstance(x, str | int) for x in args):
        raise TypeError("a device has a name and perhaps a number")
    return device(*args)


def _of_type(rebuild: Any, kind: Any, args: Any, state: Any) -> Any:
    """A Tensor with attributes."""
    if not isinstance(rebuild, Callee) or not isinstance(kind, Kind):
        raise TypeError("only Tensors and Parameters are made")
    return set_attributes(rebuild(*_only(tuple, args)), state)


# --- NumPy's numbers and arrays -------------------------------------------------------------------


def _numpy_dtype(code: Any, *_: Any) -> Any:
    """A dtype of numbers: of its own, because its byte order is set afterwards."""
    if not re.fullmatch(r"[<>=|]?(b1|[iu][1248]|f[248]|c8|c16)", _only(str, code)):
        raise ValueError(f"{code!r} is no type of numbers")
    return np.dtype(code, copy=True)


def _numpy_scalar(dtype: Any, data: Any) -> Any:
    if not isinstance(dtype, np.dtype) or len(_only(bytes, data)) != dtype.itemsize:
        raise ValueError("a NumPy number has a dtype and as many bytes")
    return np.frombuffer(data, dtype)[0]


def _numpy_array(kind: Any, shape: Any, code: Any) -> Any:
    """An array without elements; its contents come next."""
    if not isinstance(kind, Kind) or kind.cls is not np.ndarray:
        raise TypeError("only NumPy's own arrays are made")
    return np.empty(0, np.uint8)


def _numpy_from(data: Any, dtype: Any, shape: Any, order: Any) -> Any:
    """An array of bytes, as protocol 5 has it."""
    if type(data) not in (bytes, bytearray) or not isinstance(dtype, np.dtype):
        raise TypeError("a NumPy array is one of numbers")
    return np.frombuffer(bytearray(data), dtype).reshape(_only(tuple, shape), order=order)


@lru_cache(1)
def allowed() -> dict[str, Any]:
    """All that a file may name, by full name."""
    rebuilds: dict[str, Callable[..., Any]] = {
        "torch._utils._rebuild_tensor": tensor_on,
        "torch._utils._rebuild_tensor_v2": tensor_on,
        "torch._utils._rebuild_parameter": parameter_of,
        "torch._utils._rebuild_parameter_with_state": parameter_of,
        "torch._tensor._rebuild_from_type_v2": _of_type,
        "torch.Size": size_of,
        "torch.device": _device,
        "collections.OrderedDict": lambda items=(): OrderedDict(_pairs(items)),
        "collections.Counter": lambda items: Counter(_only(dict, items)),
        "collections.defaultdict": _defaultdict,
        "builtins.set": lambda items=(): set(_items(items)),
        "builtins.frozenset": lambda items=(): frozenset(_items(items)),
        "builtins.bytes": lambda: b"",  # as protocol 2 writes it
        "builtins.bytearray": _bytearray,
        "builtins.complex": lambda re, im: complex(_only(float, re), _only(float, im)),
        "_codecs.encode": _encode,
        "numpy.dtype": _numpy_dtype,
    }
    for core in ("numpy._core", "numpy.core"):
        rebuilds[f"{core}.multiarray.scalar"] = _numpy_scalar
        rebuilds[f"{core}.multiarray._reconstruct"] = _numpy_array
        rebuilds[f"{core}.numeric._frombuffer"] = _numpy_from
    found: dict[str, Any] = {name: Callee(name, f) for name, f in rebuilds.items()}
    found |= {f"torch.{name}": d for name, d in _dtypes._by_name.items()}
    found |= storage_types()
    found |= {f"builtins.{c.__name__}": Kind(c) for c in (list, dict, tuple, int, float, bool, str)}
    found["torch.Tensor"] = found["torch._tensor.Tensor"] = Kind(Tensor)
    found["torch.nn.parameter.Parameter"] = Kind(Parameter)
    found["numpy.ndarray"] = Kind(np.ndarray)
    return found


def _items(items: Any) -> Any:
    if type(items) not in (list, tuple):
        raise TypeError("a set is made of a list")
    for item in items:
        check_key(item)
    return items


def _pairs(items: Any) -> Any:
    if type(items) not in (list, tuple):
        raise TypeError("a dictionary is made of a list of pairs")
    return [(check_key(key), value) for key, value in items]


def check_key(key: Any) -> Any:
    """Raise LoadError for tuples nested so deep that the hash of them would exhaust the stack."""
    level, depth = [key], 0
    while level := [part for t in level if isinstance(t, tuple) for part in t]:
        depth += 1
        if depth > 50:
            raise LoadError("a key is a tuple in a tuple in a tuple and so on, more than 50 deep")
    return key
