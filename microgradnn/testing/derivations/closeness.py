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
        """Whether they are the same; a missing axis of length 1 does not count."""
        if not same_up_to_ones(given.shape, expected.shape):
            return False
        return not self.wrong(given.reshape(expected.shape), expected).any()

    def wrong(self, given: Any, expected: Any) -> Any:
        """Which elements differ."""
        scale = float(np.max(np.abs(expected), initial=0.0))
        return ~(np.abs(given - expected) <= self.atol + self.rtol * scale)


def same_up_to_ones(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether two shapes are equal, or one lacks axes of length 1 that the other has."""
    return a == b or (len(a) != len(b) and [n for n in a if n != 1] == [n for n in b if n != 1])
