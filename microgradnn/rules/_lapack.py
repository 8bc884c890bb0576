"""How the rules call NumPy's linear algebra: half precision widened, failures explained."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._errors import LinAlgError

_HALF = np.dtype(np.float16)


def lapack(reason: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a forward function take float16, and say which matrix of a batch it failed on.

    Parameters
    ----------
    reason : str
        What a failure means: ``"is singular"``.
    """

    def decorate(f: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(f)
        def forward(x: Any, *args: Any) -> Any:
            try:
                if x.dtype is _HALF:
                    return _in_single(f, x, args)
                return f(x, *args)
            except np.linalg.LinAlgError as error:
                if isinstance(error, LinAlgError):
                    raise
                raise LinAlgError(f"{_which(f, x, args)} {reason}") from error

        return forward

    return decorate


def _in_single(f: Callable[..., Any], x: Any, args: tuple[Any, ...]) -> Any:
    """Computed in float32, for which there are LAPACK routines, the results in float16."""
    wide = [a.astype(np.float32) if getattr(a, "dtype", None) == _HALF else a for a in (x, *args)]

    def narrow(a: Any) -> Any:
        return a.astype(_HALF) if a.dtype.kind == "f" else a

    result = f(*wide)
    return tuple(map(narrow, result)) if isinstance(result, tuple) else narrow(result)


def _which(f: Callable[..., Any], x: Any, args: tuple[Any, ...]) -> str:
    """The first matrix of a batch that ``f`` fails on."""
    if x.ndim > 2:
        rest = [
            np.zeros((a.shape[-2], 1), a.dtype) if isinstance(a, np.ndarray) else a for a in args
        ]
        for place in np.ndindex(x.shape[:-2]):
            try:
                f(x[place], *rest)
            except np.linalg.LinAlgError:
                return f"matrix {', '.join(map(str, place))} of the batch"
    return "the matrix"
