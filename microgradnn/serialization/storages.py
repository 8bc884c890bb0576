"""The memory of Tensors in a file, and Tensors made on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._size import Size
from .._tensor import Tensor
from ..nn.parameter import Parameter
from .archive import Archive
from .errors import LoadError
from .storage_types import BFLOAT16, OTHERS, STORAGES


class StorageType:
    """A class of storages, as a pickle names it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind = np.dtype(np.float32) if name == BFLOAT16 else STORAGES[name]
        """What it is in memory."""
        self.in_file = np.dtype(np.uint16) if name == BFLOAT16 else self.kind

    def decode(self, raw: Any, byteorder: str) -> Any:
        """The numbers of an array of bytes."""
        array = raw.view(self.in_file)
        if byteorder != ("little" if np.little_endian else "big"):
            array = array.byteswap()
        if self.name == BFLOAT16:
            return (array.astype(np.uint32) << np.uint32(16)).view(np.float32)
        return array


class Storage:
    """Memory of one dtype, of which Tensors are views."""

    def __init__(self, array: Any) -> None:
        self.array = array


def storage_types() -> dict[str, StorageType]:
    """The classes by their full names."""
    return {f"torch.{name}": StorageType(name) for name in (*STORAGES, BFLOAT16)}


REFUSED = {f"torch.{name}" for name in OTHERS} | {
    f"torch.storage.{name}" for name in ("UntypedStorage", "TypedStorage")
}
"""Names of storages that no Tensor here can lie in."""


class Location:
    """Where storages are to be loaded to: ``map_location``.

    Parameters
    ----------
    given : str, device, dict, callable or None
    """

    def __init__(self, given: Any) -> None:
        self._given = given

    def check(self, storage: Any, saved: str) -> None:
        """Raise RuntimeError unless what was saved at some place is to be loaded to the CPU."""
        given = self._given
        if isinstance(given, dict):
            place = given.get(saved, saved)
        elif callable(given):
            place = given(storage, saved)
            place = saved if place is None else place if isinstance(place, str) else "cpu"
        else:
            place = saved if given is None else given
        if str(place).split(":")[0] != "cpu":
            raise RuntimeError(
                f"Attempting to deserialize object on the device {place!s}: microgradnn computes "
                'on the CPU. Load with map_location="cpu"'
            )


def parts(pid: Any) -> tuple[StorageType, str, str, int]:
    """The class, key, place and length of a storage, from what stands for it in a pickle.

    Raises
    ------
    LoadError
        If it is not what `save` writes.
    """
    if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage":
        raise LoadError(f"a persistent id is of a storage, got {_short(pid)}")
    _, kind, key, location, numel = pid[:5]
    if not isinstance(kind, StorageType):
        raise LoadError(f"a storage has no such type: {_short(kind)}")
    if not isinstance(key, str) or not isinstance(location, str) or not _is_count(numel):
        raise LoadError(f"a storage has a key, a place and a length, got {_short(pid[2:])}")
    return kind, key, location, numel


class ArchiveStorages:
    """The storages of an archive, each loaded once, when it is first asked for."""

    def __init__(self, archive: Archive, location: Location) -> None:
        self._archive, self._location = archive, location
        self._loaded: dict[str, tuple[StorageType, Storage]] = {}

    def __call__(self, pid: Any) -> Storage:
        """The storage that something stands for."""
        kind, key, location, numel = parts(pid)
        found = self._loaded.get(key)
        if found is None:
            name, wanted = f"data/{key}", numel * kind.in_file.itemsize
            if self._archive.size(name) != wanted:
                raise LoadError(
                    f"the storage {key!r} has {self._archive.size(name)} bytes in the file, and is "
                    f"said to have {wanted}"
                )
            raw = self._archive.array(name)
            found = kind, Storage(kind.decode(raw, self._archive.byteorder))
            self._location.check(found[1], location)
            self._loaded[key] = found
        if found[0] is not kind or len(found[1].array) != numel:
            raise LoadError(f"the storage {key!r} is said to be of two types or lengths")
        return found[1]


# --- Tensors --------------------------------------------------------------------------------------


def tensor_on(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False,
    hooks: Any = None, metadata: Any = None,
) -> Tensor:  # fmt: skip
    """A Tensor on a storage: PyTorch's ``_rebuild_tensor`` and ``_rebuild_tensor_v2``.

    Raises
    ------
    LoadError
        If it does not lie inside the storage.
    """
    if not isinstance(storage, Storage):
        raise LoadError(f"a Tensor lies in a storage, not in {_short(storage)}")
    if isinstance(metadata, dict) and any(value is True for value in metadata.values()):
        raise LoadError(f"a Tensor with the properties {metadata} is not implemented")
    if not isinstance(size, tuple) or not isinstance(stride, tuple):
        raise LoadError(f"sizes and strides are tuples, got {_short(size)} and {_short(stride)}")
    shape, strides = tuple(size), tuple(stride)
    counts = (offset, *shape, *strides)
    if len(shape) != len(strides) or not all(_is_count(n) for n in counts):
        raise LoadError(f"no Tensor has offset {offset}, sizes {shape} and strides {strides}")
    array, item = storage.array, storage.array.itemsize
    last = offset + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    if math.prod(shape) and last >= array.size:
        raise LoadError(
            f"a Tensor of sizes {shape}, strides {strides} and offset {offset} goes beyond its "
            f"storage of {array.size} elements"
        )
    if not math.prod(shape):
        offset = 0
    steps = tuple([s * item if s < 2**48 else item for s in strides])
    result = Tensor._wrap(np.ndarray(shape, array.dtype, array, offset * item, steps))
    if requires_grad is True:
        result.requires_grad = True
    return result


def parameter_of(data: Any, requires_grad: Any, hooks: Any, state: Any = None) -> Parameter:
    """A Parameter on a Tensor's memory: ``_rebuild_parameter`` and ``.._with_state``."""
    if not isinstance(data, Tensor):
        raise LoadError(f"a Parameter is made of a Tensor, not of {_short(data)}")
    param = Parameter(data, requires_grad is True)
    set_attributes(param, state)
    return param


def set_attributes(tensor: Any, state: Any) -> Any:
    """The attributes that a Tensor was given by its user; others than that are not set."""
    if isinstance(state, tuple):
        state = state[0]
    if isinstance(state, dict):
        own = {k: v for k, v in state.items() if isinstance(k, str) and not k.startswith("_")}
        tensor.__dict__.update(own)
    return tensor


def size_of(sizes: Any = ()) -> Size:
    """A Size."""
    if type(sizes) is not tuple or not all(_is_count(n) for n in sizes):
        raise LoadError(f"a Size is a tuple of integers, got {_short(sizes)}")
    return Size(sizes)


def _is_count(number: Any) -> bool:
    return type(number) is int and 0 <= number < 2**63


def _short(thing: Any) -> str:
    text = repr(thing)
    return text if len(text) < 60 else f"{text[:57]}..."


Load = Callable[[Any], Storage]
"""From what stands for a storage in a pickle to the storage."""
