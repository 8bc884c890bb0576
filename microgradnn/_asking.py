"""Questions about the numbers in arrays, by which the library chooses its way.

A compiled step notes the answers, asks again at each call, and goes the other way where it must.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def ask(question: Callable[..., bool], array: Any, *more: Any) -> bool:
    """``question(array, *more)``, by a function that changes nothing."""
    if type(array) is np.ndarray:
        return question(array, *more)
    return bool(array._ask(question, more))
