"""Files that hold Tensors by name and nothing else: safetensors and ``.npz``."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import _dtypes
from .._tensor import Tensor
from .atomic_file import writing
from .errors import LoadError

Path = str | os.PathLike[str]


def _arrays(tensors: Any, name: str) -> dict[str, Any]:
    """The arrays by name.

    Raises
    ------
    TypeError
        If it is no mapping of names to Tensors.
    """
    if not isinstance(tensors, Mapping):
        raise TypeError(f"{name} takes Tensors by name, got {type(tensors).__name__}")
    for key, value in tensors.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise TypeError(
                f"{name} takes Tensors by name; at {key!r} is a {type(value).__name__}. save() "
                "writes other things too"
            )
    return {key: np.ascontiguousarray(value._array) for key, value in tensors.items()}


def save_npz(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Save Tensors by name to a ``.npz`` file, which ``numpy.load`` reads.

    Parameters
    ----------
    tensors : mapping of str to Tensor
        Such as a ``state_dict()``.
    path : path
        Replaced by the new file at once, as by `save`; no suffix is added.

    Raises
    ------
    TypeError
        If it is no mapping of names to Tensors.
    """
    arrays = _arrays(tensors, "save_npz")
    with writing(path) as file, zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for key, array in arrays.items():  # not numpy.savez, which cannot take the name "file"
            with archive.open(f"{key}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array.reshape(np.shape(tensors[key]._array)))


def load_npz(path: Path) -> dict[str, Tensor]:
    """Load Tensors by name from a ``.npz`` file. Nothing in it is run.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict of str to Tensor

    Raises
    ------
    LoadError
        If it is no such file, or holds arrays of something else than numbers.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as found:
            arrays = {key: found[key] for key in found}
    except (ValueError, zipfile.BadZipFile, EOFError, AttributeError, TypeError) as error:
        raise LoadError(f"{os.fspath(path)} is no .npz file of numbers: {error}") from None
    return {key: _tensor(key, array) for key, array in arrays.items()}


def _tensor(key: str, array: Any) -> Tensor:
    try:
        return Tensor._wrap(array.astype(_dtypes.as_numpy(array.dtype), copy=False))
    except (TypeError, NotImplementedError):
        raise LoadError(f"{key!r} is of dtype {array.dtype}, which no Tensor can have") from None


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "safetensors files need the library: pip install 'microgradnn[safetensors]'"
        ) from None
    return safetensors


def save_safetensors(
    tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str] | None = None
) -> None:
    """Save Tensors by name to a safetensors file; needs that library.

    Tensors that share memory are written one by one.

    Parameters
    ----------
    tensors : mapping of str to Tensor
        Such as a ``state_dict()``.
    path : path
        Replaced by the new file at once, as by `save`.
    metadata : dict of str to str, optional

    Raises
    ------
    TypeError
        If it is no mapping of names to Tensors.
    ImportError
        If the library is not installed.
    """
    arrays = _arrays(tensors, "save_safetensors")
    shaped = {key: array.reshape(np.shape(tensors[key]._array)) for key, array in arrays.items()}
    data = _library().numpy.save(shaped, metadata)
    with writing(path) as file:
        file.write(data)


def load_safetensors(path: Path) -> dict[str, Tensor]:
    """Load Tensors by name from a safetensors file; needs that library.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict of str to Tensor
        Numbers of bfloat16, which NumPy has not, are loaded as float32.

    Raises
    ------
    LoadError
        If it is no such file, or has a type that no Tensor here can have.
    ImportError
        If the library is not installed.
    """
    library = _library()
    with open(path, "rb") as file:
        data = file.read()
    try:
        found = dict(library.deserialize(data))
    except library.SafetensorError as error:
        raise LoadError(f"{os.fspath(path)} is no safetensors file: {error}") from None
    return {key: _decoded(key, part) for key, part in found.items()}


_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def _decoded(key: str, part: Any) -> Tensor:
    """A Tensor of one part of a safetensors file: its type, its sizes, its bytes."""
    kind = _TYPES.get(part["dtype"])
    if kind is None:
        raise LoadError(f"{key!r} is of type {part['dtype']}, which no Tensor can have")
    array = np.frombuffer(bytearray(part["data"]), kind).reshape(part["shape"])
    if part["dtype"] == "BF16":
        array = (array.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return _tensor(key, array)
