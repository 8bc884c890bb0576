"""PyTorch's files: a zip archive whose entries are not compressed, each at a multiple of 64 bytes.

``archive/data.pkl`` is a pickle of everything but the numbers; ``archive/data/0`` and so on are the
memory of the Tensors.
"""

from __future__ import annotations

import struct
import sys
import zipfile
import zlib
from typing import Any, BinaryIO

import numpy as np

from .errors import LoadError

ALIGNMENT = 64
_PADDING = 0x4246
"""The tag of an extra field that holds nothing."""
_ZIP64_LIMIT = 2**31 - 1


# --- writing --------------------------------------------------------------------------------------


def write_archive(file: Any, pickled: bytes, storages: list[Any]) -> None:
    """Write an archive.

    Parameters
    ----------
    file : binary file
    pickled : bytes
    storages : list of numpy.ndarray
        One-dimensional and contiguous.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        _write(archive, "data.pkl", pickled)
        _write(archive, ".format_version", b"1")
        _write(archive, ".storage_alignment", str(ALIGNMENT).encode())
        _write(archive, "byteorder", sys.byteorder.encode())
        for key, storage in enumerate(storages):
            _write(archive, f"data/{key}", memoryview(storage.view(np.uint8)))
        _write(archive, "version", b"3\n")


def _write(archive: zipfile.ZipFile, name: str, data: bytes | memoryview) -> None:
    """Write one entry, with an extra field as long as it takes for the data to be aligned."""
    entry = zipfile.ZipInfo(f"archive/{name}")  # dated 1980: equal contents make equal files
    size = len(data)
    large = size > _ZIP64_LIMIT
    assert archive.fp is not None
    start = archive.fp.tell() + 30 + len(entry.filename) + (20 if large else 0) + 4
    entry.extra = struct.pack("<HH", _PADDING, -start % ALIGNMENT) + bytes(-start % ALIGNMENT)
    entry.file_size = size
    with archive.open(entry, "w", force_zip64=large) as out:
        out.write(data)


# --- reading --------------------------------------------------------------------------------------


class Archive:
    """An archive that is read; its entries are found by name, and nothing is ever extracted.

    Parameters
    ----------
    file : binary file
    mapped : buffer, optional
        The whole file as memory, of which arrays are to be views.

    Raises
    ------
    LoadError
        If it is no such archive, or is damaged.
    """

    def __init__(self, file: BinaryIO, mapped: Any = None) -> None:
        self._file = file
        self._mapped = mapped
        size = file.seek(0, 2)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise LoadError(f"the file is damaged or cut off: {error}") from None
        names = [entry.filename for entry in entries]
        pickles = [name for name in names if name.count("/") == 1 and name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise LoadError(
                "this is a zip archive, but none that save() wrote: it has no data.pkl"
                + (
                    ". load_npz() reads .npz files"
                    if any(n.endswith(".npy") for n in names)
                    else ""
                )
            )
        self._root = pickles[0].removesuffix("data.pkl")
        if self._root + "constants.pkl" in names:
            raise LoadError("this is a TorchScript archive, a program; save a state_dict() instead")
        if len(set(names)) < len(names):
            raise LoadError("the archive has two entries of one name")
        packed = [e.filename for e in entries if e.compress_type != zipfile.ZIP_STORED]
        if packed or any(entry.flag_bits & 1 for entry in entries):
            raise LoadError(f"an archive of save() is neither compressed nor encrypted: {packed}")
        # What is not compressed and does not overlap is no larger than the file.
        if sum(entry.file_size for entry in entries) > size:
            raise LoadError("the archive's entries are larger than the file")
        self._entries = dict(zip(names, entries, strict=True))
        order = self.read("byteorder") if self._root + "byteorder" in names else b"little"
        if order not in (b"little", b"big"):
            raise LoadError(f"the byte order is little or big, not {order!r}")
        self.byteorder = order.decode()

    def size(self, name: str) -> int:
        """The size of an entry in bytes."""
        return int(self._entry(name).file_size)

    def read(self, name: str) -> bytes:
        """An entry as bytes."""
        return bytes(self._bytes(self._entry(name)))

    def array(self, name: str) -> Any:
        """An entry as an array of uint8: in memory of its own, or a view of the mapped file."""
        entry = self._entry(name)
        if self._mapped is None:
            return self._bytes(entry)
        return np.frombuffer(self._mapped, np.uint8, entry.file_size, self._start(entry))

    def _entry(self, name: str) -> zipfile.ZipInfo:
        found = self._entries.get(self._root + name)
        if found is None:
            raise LoadError(f"the file has no entry {name!r}")
        return found

    def _start(self, entry: zipfile.ZipInfo) -> int:
        """Where the data of an entry begins: after its header, a name and an extra field."""
        if entry.header_offset < 0:
            raise LoadError(f"the file is damaged: {entry.filename!r} begins before it")
        self._file.seek(entry.header_offset)
        header = self._file.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise LoadError(f"the file is damaged: no header at {entry.filename!r}")
        return int(entry.header_offset + 30 + sum(struct.unpack("<HH", header[26:30])))

    def _bytes(self, entry: zipfile.ZipInfo) -> Any:
        self._file.seek(self._start(entry))
        out: Any = np.empty(entry.file_size, np.uint8)
        view, done = memoryview(out), 0
        while done < len(view):
            part = self._file.read(min(len(view) - done, 2**24))
            if not part:
                raise LoadError(f"the file is cut off inside {entry.filename!r}")
            view[done : done + len(part)] = part
            done += len(part)
        if zlib.crc32(out) != entry.CRC:
            raise LoadError(f"the file is damaged: the checksum of {entry.filename!r} is wrong")
        return out
