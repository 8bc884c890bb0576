"""What ``record()`` keeps on a node: the arrays, the user's line, the module that was running."""

from __future__ import annotations

import linecache
import os
import sys
from types import FrameType
from typing import Any

from .graph import Node, Notes

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep

module_path: list[str] = []
"""The modules that are running, outermost first; kept by ``nn.Module`` under ``record()``."""


def note(node: Node, out: Any, operands: tuple[Any, ...]) -> None:
    """Attach the notes of one operation to its node."""
    notes = node.notes = Notes()
    # The cotangent of several results is a bundle of parts: each Output keeps its own.
    notes.retains = not isinstance(out, tuple)
    notes.value = out
    notes.operands = operands
    notes.line = users_line()
    notes.module = ".".join(module_path)


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
