"""The numbers that all peers begin with when they train the convolutional network."""

from __future__ import annotations

from typing import Any

import numpy as np

BATCH, LR = 64, 0.05
SHAPES = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))


def weights() -> list[Any]:
    """Weight and bias of each layer in turn, float32."""
    rng = np.random.default_rng(1337)
    out = []
    for shape in SHAPES:
        bound = np.prod(shape[1:]) ** -0.5
        out.append(rng.uniform(-bound, bound, shape).astype(np.float32))
        out.append(rng.uniform(-bound, bound, shape[0]).astype(np.float32))
    return out


def images() -> Any:
    """Shape (64, 1, 28, 28)."""
    rng = np.random.default_rng(1)
    return rng.standard_normal((BATCH, 1, 28, 28)).astype(np.float32)


def labels() -> Any:
    """Class numbers, shape (64,)."""
    return np.random.default_rng(2).integers(0, 10, BATCH)
