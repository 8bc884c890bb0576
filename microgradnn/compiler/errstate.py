"""Silence about floating point errors while a compiled step runs, as in ``backward()``."""

from __future__ import annotations

from typing import Any

import numpy as np

try:  # NumPy's own switch: `numpy.errstate` around a small step would be a tenth of it
    from numpy._core._multiarray_umath import (  # type: ignore[import-not-found]
        _extobj_contextvar as _switch,
    )
except ImportError:  # pragma: no cover
    _switch = None


def _silent() -> Any:
    with np.errstate(all="ignore"):
        return _switch.get()


def _slowly(_: Any) -> Any:
    state = np.errstate(all="ignore")
    state.__enter__()
    return state


def _back(state: Any) -> None:
    state.__exit__(None, None, None)


SWITCH: dict[str, Any] = (
    {"silence": _slowly, "restore": _back, "silent": None}
    if _switch is None
    else {"silence": _switch.set, "restore": _switch.reset, "silent": _silent()}
)
"""``token = silence(silent)`` and ``restore(token)``."""
