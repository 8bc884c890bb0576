"""Showing a `History` while it grows: a line of a terminal, or one output of a notebook."""

from __future__ import annotations

import itertools
import math
import shutil
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from .history import History

_BARS = "▁▂▃▄▅▆▇█"


class Live:
    """Shows the latest numbers, not more often than ``seconds`` allows."""

    seconds = 0.1

    def __init__(self) -> None:
        self._latest = -math.inf

    def update(self, history: History) -> None:
        """Show the latest numbers, if it is time."""
        now = time.monotonic()
        if now - self._latest >= self.seconds:
            self.show(history)
            # Drawing takes at most half of the time, however long it takes.
            self._latest = time.monotonic()
            self._latest += max(0.0, self._latest - now - self.seconds)

    def show(self, history: History) -> None:
        """Show the latest numbers now."""
        raise NotImplementedError

    def close(self, history: History) -> None:
        """Show them for the last time."""
        if len(history):
            self.show(history)


class TerminalLine(Live):
    """One line, written again and again."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file
        self._width = 0

    def show(self, history: History) -> None:
        """Write the line over the old one."""
        columns = shutil.get_terminal_size().columns - 1
        text = history.line()
        names = history.names
        if names and _can_write(self._file, _BARS):
            bars = sparkline(history[names[0]], min(24, columns - len(text) - 2))
            text += f"  {bars}" if bars else ""
        text = text if _can_write(self._file, text) else text.replace("−", "-")
        text = text[:columns]
        self._file.write("\r" + text.ljust(min(self._width, columns)))
        self._file.flush()
        self._width = len(text)

    def close(self, history: History) -> None:
        """Leave the line there, and go on below it."""
        super().close(history)
        if self._width:
            self._file.write("\n")
            self._file.flush()


class NotebookOutput(Live):
    """One output below the cell, updated."""

    seconds = 1.0

    def __init__(self, display: Any) -> None:
        super().__init__()
        self._display = display
        self._handle: Any = None

    def show(self, history: History) -> None:
        """Put the chart in the place of the old one."""
        content = {"text/html": history._repr_html_(), "text/plain": repr(history)}
        if self._handle is None:
            self._handle = self._display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)


def open_live(wanted: bool | None) -> Live | None:
    """The display there is: a notebook's output, a terminal's line, or None.

    Parameters
    ----------
    wanted : bool or None
        False for none.
    """
    if wanted is False:
        return None
    display = notebook_display()
    if display is not None:
        return NotebookOutput(display)
    return TerminalLine(sys.stderr) if is_terminal(sys.stderr) else None


def notebook_display() -> Any:
    """IPython's ``display`` in a notebook, else None; IPython is not imported for that."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display  # type: ignore[import-not-found,unused-ignore]

    return display


def is_terminal(file: Any) -> bool:
    """Whether what is written to a file is seen by a person at once."""
    try:
        return bool(file.isatty())
    except (AttributeError, ValueError):  # no file, or a closed one
        return False


def sparkline(numbers: Sequence[float], width: int) -> str:
    """Numbers as bars of eight heights; the latest ones where there are too many.

    Examples
    --------
    >>> sparkline([1, 2, 3, 8], 10)
    '▁▂▃█'
    """
    if width < 4:
        return ""
    if len(numbers) > width:  # means of neighbours, so that the whole run is seen
        edges = [k * len(numbers) // width for k in range(width + 1)]
        numbers = [sum(numbers[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
    finite = [x for x in numbers if math.isfinite(x)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((x - low) * scale)] if math.isfinite(x) else "!" for x in numbers)


def _can_write(file: TextIO, text: str) -> bool:
    try:
        text.encode(file.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
