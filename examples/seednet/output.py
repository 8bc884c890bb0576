"""The folder the demo writes into: found fit or unfit before any training starts."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from pathlib import Path


class UnwritableOutput(Exception):
    """The folder cannot be made or written into; the message is one line."""


def prepared(out: Path) -> list[Path]:
    """Make ``out`` and write a trial file into it.

    Returns
    -------
    list of Path
        The folders that had to be made, outermost first (so that a failed run can remove them).

    Raises
    ------
    UnwritableOutput
        If the folder cannot be made or written into. Nothing is left behind then.
    """
    made: list[Path] = []
    try:
        for folder in [*reversed(out.parents), out]:
            if folder.exists() and not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, f"{folder.name} is not a folder")
            if not folder.exists():
                folder.mkdir()
                made.append(folder)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        remove_empty(made)
        reason = error.strerror or str(error)
        raise UnwritableOutput(f"cannot write into --out {out}: {reason}") from error
    return made


def remove_empty(folders: list[Path]) -> None:
    """Remove those of ``folders`` that hold nothing, innermost first."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()
