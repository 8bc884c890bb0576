"""`save`: Tensors and what holds them, to a file that PyTorch reads too."""

from __future__ import annotations

import io
import os
from typing import Any

from .archive import write_archive
from .atomic_file import writing
from .pickling import dumps


def save(
    obj: Any,
    f: Any,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Save an object to a file, in PyTorch's format.

    Tensors, Parameters, numbers, strings and containers of them can be read again by `load`, and
    by ``torch.load``: there they are PyTorch's. Tensors that share memory share it again.

    Parameters
    ----------
    obj : any
        Mostly a ``state_dict()``, or a dictionary of several: ``{"epoch": 3, "model": ...}``. Any
        object that can be pickled is saved, but `load` makes only those of data, unless it is told
        to run what the file says.
    f : path or binary file
        A path is written to only when all has been written beside it and the disk has it: whatever
        happens, the old file or the new one is there. The end of its name decides nothing.
    pickle_module : optional
        Not used: the pickle is written here.
    pickle_protocol : int
        PyTorch reads files of protocol 2 without running what they say.

    Raises
    ------
    TypeError, AttributeError, pickle.PicklingError
        If something cannot be pickled; no file is touched then.
    RuntimeError
        If two Tensors of different dtypes share memory.
    NotImplementedError
        For the format that PyTorch had before 1.6.

    Examples
    --------
    >>> import io
    >>> model = mg.nn.Linear(2, 1)
    >>> file = io.BytesIO()
    >>> mg.save({"epoch": 3, "model": model.state_dict()}, file)
    >>> mg.load(file)["epoch"]
    3
    """
    if not _use_new_zipfile_serialization:
        raise NotImplementedError("save writes PyTorch's format since 1.6, the zip archive")
    if not isinstance(f, str | os.PathLike) and not hasattr(f, "write"):
        raise AttributeError(
            f"expected 'f' to be a path or a file that can be written to, got {type(f).__name__}"
        )
    pickled, storages = dumps(obj, pickle_protocol)
    if isinstance(f, str | os.PathLike):
        with writing(f) as file:
            write_archive(file, pickled, storages)
        return
    whole = io.BytesIO()
    write_archive(whole, pickled, storages)
    f.write(whole.getbuffer())
