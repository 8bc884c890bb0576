"""Whether two gradients are the same, up to rounding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Closeness:
    """How far two gradients may be apart: ``atol + rtol * the largest element``."""

    rtol: float
    atol: float

    def agree(self, given: Any, expected: Any) -> bool:
        """Whether they are the same; axes of length 1 do not count."""
        if not same_up_to_ones(given.shape, expected.shape):
            return False
        given = given.reshape(expected.shape)
        scale = float(np.max(np.abs(expected), initial=0.0))
        difference = float(np.max(np.abs(given - expected), initial=0.0))
        return difference <= self.atol + self.rtol * scale


def same_up_to_ones(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether two shapes differ in axes of length 1 only."""
    return a == b or [n for n in a if n != 1] == [n for n in b if n != 1]
