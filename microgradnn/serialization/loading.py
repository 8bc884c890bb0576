"""`load`: what `save`, here or in PyTorch, has written."""

from __future__ import annotations

import io
import mmap as memory_map
import os
import pickle
from typing import Any, BinaryIO

from .allowed import allowed
from .archive import Archive
from .errors import LoadError
from .legacy import MAGIC, load_legacy
from .storages import ArchiveStorages, Load, Location
from .unpickling import Unpickler, refuse


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Load what has been saved to a file by `save`, or by ``torch.save``.

    Nothing in the file is run: Tensors, Parameters, numbers, strings, dictionaries, lists, tuples,
    sets, NumPy arrays and numbers, sizes, dtypes and devices are made, and any other name that the
    file has is an error, unless `microgradnn.serialization.add_safe_globals` has allowed it.

    Parameters
    ----------
    f : path or binary file
        A file must be one in which positions can be sought.
    map_location : str, device, dict or callable, optional
        Where to load to. Tensors that were saved on an accelerator need ``"cpu"``.
    pickle_module : optional
        Not used.
    weights_only : bool, optional
        False: unpickle whatever the file says, **which runs any code that it names**; for files
        whose author you trust. Whole modules of microgradnn need that; those of PyTorch cannot be
        loaded.
    mmap : bool, optional
        True: Tensors are made on the file itself, which is read where they are used. Changes stay
        in memory.

    Returns
    -------
    The object. Numbers of bfloat16, which NumPy has not, are loaded as float32.

    Raises
    ------
    pickle.UnpicklingError
        If the file is damaged, of another format, or names what is not allowed; it is a
        RuntimeError too. The message names what it is.
    RuntimeError
        For what was on an accelerator, without ``map_location``.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> mg.save([mg.tensor([1.0, 2.0]), {"lr": 0.1}], file)
    >>> mg.load(file)
    [tensor([1., 2.]), {'lr': 0.1}]
    """
    safely = weights_only is None or weights_only
    location = Location(map_location)
    if isinstance(f, str | os.PathLike):
        try:
            with open(f, "rb") as file:
                return _load(file, location, safely, _map(file) if mmap else None)
        except LoadError as error:
            error.add_note(f"while loading {os.fspath(f)}")
            raise
    if mmap:
        raise ValueError("f must be a file path in order to use the mmap argument")
    if not all(hasattr(f, name) for name in ("read", "seek", "tell")):
        raise AttributeError(
            f"f is a path or a file with read, seek and tell, got {type(f).__name__}; put what it "
            "has into an io.BytesIO"
        )
    return _load(f, location, safely, None)


def _map(file: BinaryIO) -> Any:
    """The file as memory of which changes are not written back."""
    try:
        return memory_map.mmap(file.fileno(), 0, access=memory_map.ACCESS_COPY)
    except ValueError:  # empty
        return None


def _load(file: BinaryIO, location: Location, safely: bool, mapped: Any) -> Any:
    file.seek(0)
    head = file.read(16)
    if head[:4] == b"PK\x03\x04":
        archive = Archive(file, mapped)
        storages, data = ArchiveStorages(archive, location), archive.read("data.pkl")
        return Unpickler(data, storages).load() if safely else _run(data, storages)
    if head.startswith(MAGIC):
        if mapped is not None:
            raise RuntimeError(
                "mmap can only be used with files saved as a zip archive; this one is older"
            )
        if not safely:
            raise NotImplementedError(
                "files of PyTorch before 1.6 are loaded with weights_only=True alone"
            )
        file.seek(0)
        return load_legacy(file.read(), location)
    raise LoadError(_strange(head))


def _strange(head: bytes) -> str:
    """What to say of a file that is none of ours, from its first bytes."""
    if not head:
        return "the file is empty"
    if head[8:9] == b"{":
        return "this is a safetensors file: mg.serialization.load_safetensors() reads it"
    if head[:6] == b"\x93NUMPY":
        return "this is an array saved by NumPy: numpy.load() reads it"
    if head[:1] == b"\x80":
        return "this is a pickle, but none that save() wrote; pickle.load() runs what it says"
    return f"this is no file that save() wrote: it begins with {head!r}"


class _Runner(pickle.Unpickler):
    """Python's unpickler, with PyTorch's names answered by what is made of them here."""

    def __init__(self, data: bytes, storages: Load) -> None:
        super().__init__(io.BytesIO(data))
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """What a name stands for: ours, or what the module has."""
        if module.split(".")[0] != "torch":
            return super().find_class(module, name)
        full = f"{module}.{name}"
        found = allowed().get(full)
        if found is None:
            refuse(full)
        return found

    def persistent_load(self, pid: Any) -> Any:
        """The storage that something stands for."""
        return self._storages(pid)


def _run(data: bytes, storages: Load) -> Any:
    return _Runner(data, storages).load()
