"""Pickling as PyTorch does: the structure in a pickle, the memory of Tensors beside it.

A pickle names functions and classes that are called when it is read. Here those are PyTorch's, so
that PyTorch reads the file; they are written as names, because PyTorch need not be installed.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import Any, ClassVar

import numpy as np
from numpy.lib import array_utils

from .. import _dtypes
from .._device import device
from .._size import Size
from .._tensor import Tensor
from ..nn._state import State
from ..nn.parameter import Buffer, Parameter
from .storage_types import NAMES


class Name:
    """A class or function of another library, by its name."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *_: Any) -> Any:
        """Pickle wants what it writes a call of to be callable."""
        raise TypeError(f"{self.module}.{self.name} is a name, to be written into a pickle")


class StorageOf:
    """The memory that Tensors lie in, with a number in the file."""

    def __init__(self, array: Any, key: int) -> None:
        self.array, self.key = array, key


_names: dict[tuple[str, str], Name] = {}


def _name(module: str, name: str) -> Name:
    """One object per name, so that a pickle says it once."""
    return _names.setdefault((module, name), Name(module, name))


_PickleInPython: Any = pickle._Pickler
"""The one in C cannot write names of what is not there."""


class Pickler(_PickleInPython):  # type: ignore[misc]
    """Writes Tensors as PyTorch's functions make them again, and gathers their memory.

    Attributes
    ----------
    storages : list of numpy.ndarray
    """

    dispatch: ClassVar[dict[type, Any]] = _PickleInPython.dispatch.copy()
    """How instances of a class are written, subclasses not included."""

    def __init__(self, file: io.BytesIO, protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: list[Any] = []
        self._by_owner: dict[int, StorageOf] = {}
        self._owners: list[Any] = []
        """Kept, so that no address is used twice."""

    def _save_name(self, name: Name) -> None:
        """Name a function or a class, in a way that all protocols have."""
        self.write(f"c{name.module}\n{name.name}\n".encode())
        self.memoize(name)

    def _save_storage(self, storage: StorageOf) -> None:
        kind = _name("torch", NAMES[storage.array.dtype])
        self.save_pers(("storage", kind, str(storage.key), "cpu", storage.array.size))

    def _save_dtype(self, dtype: _dtypes.dtype) -> None:
        self.save(_name("torch", dtype._name))

    def _save_size(self, size: Size) -> None:
        self.save_reduce(_name("torch", "Size"), (tuple(size),), obj=size)

    def _save_device(self, place: device) -> None:
        args = (place.type,) if place.index is None else (place.type, place.index)
        self.save_reduce(_name("torch", "device"), args, obj=place)

    def _save_state(self, state: State) -> None:
        self.save_reduce(OrderedDict, (), vars(state), None, iter(state.items()), obj=state)

    def _save_parameter(self, param: Parameter) -> None:
        hooks: OrderedDict[Any, Any] = OrderedDict()
        args = Tensor._wrap(param._array), param.requires_grad, hooks
        self.save_reduce(_name("torch._utils", "_rebuild_parameter"), args, obj=param)

    def _save_tensor(self, tensor: Tensor) -> None:
        array = tensor._array
        storage, offset, strides = self._place(array)
        hooks: OrderedDict[Any, Any] = OrderedDict()
        args = storage, offset, tuple(map(int, array.shape)), strides, tensor.requires_grad, hooks
        self.save_reduce(_name("torch._utils", "_rebuild_tensor_v2"), args, obj=tensor)

    dispatch[Name] = _save_name
    dispatch[StorageOf] = _save_storage
    dispatch[_dtypes.dtype] = _save_dtype
    dispatch[Size] = _save_size
    dispatch[device] = _save_device
    dispatch[State] = _save_state
    dispatch[Parameter] = _save_parameter
    dispatch[Tensor] = dispatch[Buffer] = _save_tensor

    def _place(self, array: Any) -> tuple[StorageOf, int, tuple[int, ...]]:
        """The storage that an array lies in, where it begins there, and its strides, in elements.

        Raises
        ------
        RuntimeError
            If another Tensor of another dtype has the same memory.
        """
        owner, item = array, array.itemsize
        while (base := _base(owner)) is not None:
            owner = base
        memory = _memory(owner)
        begin = array.__array_interface__["data"][0] - array_utils.byte_bounds(owner)[0]
        fits = memory is not None and memory.size % item == 0
        if not fits or not array.size or any(s < 0 or s % item for s in (*array.strides, begin)):
            # Nothing that another Tensor could share, or an order that PyTorch's do not have.
            owner, begin = array, 0
            array = np.ascontiguousarray(array)
            memory = array.reshape(-1).view(np.uint8)
        storage = self._by_owner.get(id(owner))
        if storage is None:
            storage = StorageOf(memory.view(array.dtype), len(self.storages))
            self._by_owner[id(owner)] = storage
            self._owners.append(owner)
            self.storages.append(storage.array)
        elif storage.array.dtype != array.dtype:
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as different "
                f"types: {storage.array.dtype} and {array.dtype}; clone() one of them"
            )
        return storage, begin // item, tuple([s // item for s in array.strides])


def _base(array: Any) -> Any:
    """The array that an array is a view of, if it is one."""
    base = array.base
    if base is not None and not isinstance(base, np.ndarray):
        base = getattr(base, "base", None)  # as_strided puts an object of its own in between
    return base if isinstance(base, np.ndarray) else None


def _memory(owner: Any) -> Any:
    """The memory of an array in the order in which it lies there, as uint8; None if it has gaps."""
    ordered = owner.transpose(np.argsort([-abs(s) for s in owner.strides], kind="stable"))
    ordered = ordered[tuple([slice(None, None, -1 if s < 0 else 1) for s in ordered.strides])]
    return ordered.reshape(-1).view(np.uint8) if ordered.flags.c_contiguous else None


def dumps(obj: Any, protocol: int) -> tuple[bytes, list[Any]]:
    """The pickle of an object, and the storages of the Tensors in it.

    Raises
    ------
    TypeError, AttributeError, pickle.PicklingError
        If something in it cannot be pickled.
    """
    out = io.BytesIO()
    pickler = Pickler(out, protocol)
    pickler.dump(obj)
    return out.getvalue(), pickler.storages
