"""Silence about floating point errors while a compiled step runs, as in ``backward()``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

try:  # NumPy's own switch: `numpy.errstate` around a small step would be a tenth of it
    from numpy._core._multiarray_umath import _extobj_contextvar as _switch
except ImportError:
    _switch = None


def _silence() -> Any:
    with np.errstate(all="ignore"):
        return _switch.get()


_SILENT = None if _switch is None else _silence()


def silent(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A function during which NumPy says nothing."""
    if _switch is None:
        return np.errstate(all="ignore")(fn)
    switch, on, off = _switch, _switch.set, _switch.reset

    @functools.wraps(fn)
    def silently(*args: Any) -> Any:
        token = on(_SILENT)
        try:
            return fn(*args)
        finally:
            off(token)

    assert switch is not None
    return silently
