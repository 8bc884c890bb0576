"""What ``record()`` and ``detect_anomaly()`` keep of an operation.

The arrays, the user's line, the module that was running: on the node of a Tensor, and beside a
Value, which has no place for them.
"""

from __future__ import annotations

import linecache
import os
import sys
import threading
import weakref
from types import FrameType
from typing import Any, NamedTuple

from .grad_mode import is_anomaly_enabled, is_recording, is_watching
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
    module
        A graph that was noted holds its parameters' numbers; it holds the module too.
    given : frozenset of int
        The ``id()`` of each array that it was called with.
    """

    path: str
    kind: str
    number: int
    module: Any
    given: frozenset[int] = frozenset()


class _Running(threading.local):
    """The calls of modules that are running in a thread, outermost first."""

    calls: tuple[Call, ...] = ()


running = _Running()
"""Kept by ``nn.Module`` under ``record()``."""


of_values: weakref.WeakKeyDictionary[Any, Notes] = weakref.WeakKeyDictionary()
"""The notes of Values: their lines and modules. The numbers are on themselves."""


def notes_of(node: Any) -> Notes | None:
    """The notes of a Node or a Value, if operations were noted when it was made."""
    notes: Notes | None = node.notes
    return of_values.get(node) if notes is None else notes


def watch(
    prim: Any, node: Node | None, out: Any, operands: tuple[Any, ...], params: tuple[Any, ...]
) -> None:
    """Note one operation on Tensors, and look for what it made of them.

    Parameters
    ----------
    prim : Primitive
    node : Node or None
        None if no gradient is wanted.
    out : ndarray or tuple of them
    operands : tuple of ndarray or None
    params : tuple
    """
    if not is_watching():
        return
    if node is not None:
        note(node, out, operands)
    if is_anomaly_enabled():
        from .autograd.anomaly import examine

        examine(prim, node, out, operands, params)


def watch_value(value: Any) -> None:
    """Note one operation on Values, and look for what it made of them."""
    if not is_watching():
        return
    notes = of_values[value] = Notes()
    notes.line, notes.calls = users_line(), running.calls
    if is_anomaly_enabled():
        from .autograd.anomaly import examine

        numbers = tuple([x._data for x in value.inputs])
        examine(value.prim, value, value._data, numbers, value.params)


def note(node: Node, out: Any, operands: tuple[Any, ...]) -> None:
    """Attach the notes of one operation to its node."""
    notes = node.notes = Notes()
    # The cotangent of several results is a bundle of parts: each Output keeps its own.
    notes.retains = is_recording() and not isinstance(out, tuple)
    notes.value = out
    notes.operands = operands
    notes.line = users_line()
    notes.calls = running.calls


def is_ours(file: str) -> bool:
    """Whether a file is part of this package (the examples in it are programs like any other)."""
    return file.startswith((_HERE, "<string>")) and f"{_HERE}examples{os.sep}" not in file


def users_line() -> str:
    """``file:line: source`` of the innermost caller outside this package, or nothing."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not is_ours(name):
            text = linecache.getline(name, frame.f_lineno).strip()
            return f"{name}:{frame.f_lineno}: {text}"
        frame = frame.f_back
    return ""
