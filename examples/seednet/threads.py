"""One thread for matrix products: matrices as small as these gain nothing from two.

Two threads that share a small product mostly wait for each other, and on a machine with other
things to do that can make a training ten times slower.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """While the block lasts, NumPy's linear algebra keeps to one thread (if it can be told)."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # only speed depends on it, and the measurement of S5g, which asks for it
        return contextlib.nullcontext()
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits
