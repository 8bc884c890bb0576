"""What ``record()`` keeps on a node: the arrays, the user's line, the module that was running."""

from __future__ import annotations

import linecache
import os
import sys
import threading
import weakref
from types import FrameType
from typing import Any, NamedTuple

from .graph import Node, Notes

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Call(NamedTuple):
    """One call of a module: the same module called twice is two of them.

    Attributes
    ----------
    path : str
        What ``named_modules()`` of the outermost running module calls it; empty for that one.
    kind : str
        The name of its class.
    number : int
        No other call has it.
    module : weak reference
    """

    path: str
    kind: str
    number: int
    module: weakref.ref[Any]


class _Running(threading.local):
    """The calls of modules that are running in a thread, outermost first."""

    calls: tuple[Call, ...] = ()


running = _Running()
"""Kept by ``nn.Module`` under ``record()``."""


def note(node: Node, out: Any, operands: tuple[Any, ...]) -> None:
    """Attach the notes of one operation to its node."""
    notes = node.notes = Notes()
    # The cotangent of several results is a bundle of parts: each Output keeps its own.
    notes.retains = not isinstance(out, tuple)
    notes.value = out
    notes.operands = operands
    notes.line = users_line()
    notes.calls = running.calls


def users_line() -> str:
    """``file:line: source`` of the innermost caller outside this package, or nothing."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_HERE, "<string>")) or f"{_HERE}examples{os.sep}" in name:
            text = linecache.getline(name, frame.f_lineno).strip()
            return f"{name}:{frame.f_lineno}: {text}"
        frame = frame.f_back
    return ""
