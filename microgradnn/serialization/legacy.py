"""PyTorch's format before 1.6: pickles one after the other, and then the memory of the Tensors."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from .errors import LoadError
from .storages import Location, Storage, StorageType, parts
from .unpickling import Unpickler

MAGIC = b"\x80\x02\x8a\x0a" + (0x1950A86A20F9469CFC6C).to_bytes(10, "little") + b"."
"""The first pickle: a number that nothing else begins with."""
_VERSION = 1001


class _Storages:
    """Storages that are made when they are named, and filled when the file comes to them."""

    def __init__(self, limit: int, location: Location) -> None:
        self._limit, self._location = limit, location
        self.made: dict[str, tuple[StorageType, Storage]] = {}

    def __call__(self, pid: Any) -> Storage:
        """The storage that something stands for."""
        kind, key, location, numel = parts(pid)
        if len(pid) > 5 and pid[5] is not None:
            raise LoadError(f"the storage {key!r} is a view of another, which is not implemented")
        found = self.made.get(key)
        if found is None:
            self._limit -= numel * kind.in_file.itemsize
            if self._limit < 0:
                raise LoadError(f"the storage {key!r} is larger than the file")
            found = kind, Storage(np.empty(numel, kind.kind))
            self._location.check(found[1], location)
            self.made[key] = found
        if found[0] is not kind or len(found[1].array) != numel:
            raise LoadError(f"the storage {key!r} is said to be of two types or lengths")
        return found[1]


def load_legacy(data: bytes, location: Location) -> Any:
    """The object in such a file.

    Raises
    ------
    LoadError
        If it is damaged, or names what it may not.
    """
    storages = _Storages(len(data), location)
    reader = Unpickler(data, storages)
    _, version, system = reader.load(), reader.load(), reader.load()
    if version != _VERSION:
        raise LoadError(
            f"a file of the version {version!r} of PyTorch's old format, not {_VERSION}"
        )
    little = not isinstance(system, dict) or system.get("little_endian", True)
    result, keys = reader.load(), reader.load()
    if not isinstance(keys, list) or set(keys) != set(storages.made):
        raise LoadError("the file has other storages than its Tensors lie in")
    position = reader.position
    for key in keys:
        kind, storage = storages.made[key]
        size = storage.array.size * kind.in_file.itemsize
        if len(data) < position + 8 + size:
            raise LoadError(f"the file is cut off in the storage {key!r}")
        (count,) = struct.unpack_from("<q" if little else ">q", data, position)
        if count != storage.array.size:
            raise LoadError(f"the storage {key!r} has {count} elements, not {storage.array.size}")
        raw = np.frombuffer(data, np.uint8, size, position + 8)
        storage.array[...] = kind.decode(raw, "little" if little else "big")
        position += 8 + size
    return result
