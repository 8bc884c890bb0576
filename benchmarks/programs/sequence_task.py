"""The numbers that all peers begin with when they train a network on a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def weights(shapes: Iterable[tuple[int, ...]]) -> list[Any]:
    """For each shape float32 numbers of deviation 0.02; for vectors around a half."""
    rng = np.random.default_rng(1337)
    return [
        (rng.standard_normal(tuple(shape)) * 0.02 + 0.5 * (len(shape) == 1)).astype(np.float32)
        for shape in shapes
    ]


def words(batch: int, length: int, vocabulary: int) -> tuple[Any, Any]:
    """What is read and what follows it, both of shape (batch, length)."""
    drawn = np.random.default_rng(1).integers(0, vocabulary, (batch, length + 1))
    return drawn[:, :-1].copy(), drawn[:, 1:].copy()


def begin(torch: Any, model: Any) -> None:
    """Give a model of PyTorch's or microgradnn's the weights."""
    parameters = list(model.parameters())
    with torch.no_grad():
        for parameter, weight in zip(
            parameters, weights(tuple(p.shape) for p in parameters), strict=True
        ):
            parameter.copy_(torch.tensor(weight))
