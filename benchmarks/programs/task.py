"""What is trained: sizes, activation, loss, optimizer, and the numbers all peers begin with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Task:
    """A dense network and its training step, in float32.

    The hidden layers have the activation, the last one too if `activate_last`. The loss is
    "mse" (the mean over all outputs) or "cross_entropy" (of class numbers, mean over the batch).
    """

    sizes: tuple[int, ...]
    activation: str
    batch: int
    loss: str = "cross_entropy"
    lr: float = 0.01
    momentum: float = 0.0
    activate_last: bool = False

    @cached_property
    def weights(self) -> list[Any]:
        """Weight (out, in) and bias (out,) of each layer in turn."""
        rng = np.random.default_rng(1337)
        out = []
        for n, m in zip(self.sizes, self.sizes[1:], strict=False):
            bound = n**-0.5
            out.append(rng.uniform(-bound, bound, (m, n)).astype(np.float32))
            out.append(rng.uniform(-bound, bound, m).astype(np.float32))
        return out

    @cached_property
    def x(self) -> Any:
        """Inputs, shape (batch, first size)."""
        rng = np.random.default_rng(1)
        return rng.standard_normal((self.batch, self.sizes[0])).astype(np.float32)

    @cached_property
    def y(self) -> Any:
        """Targets of shape (batch, last size) between 0 and 1, or class numbers, shape (batch,)."""
        rng = np.random.default_rng(2)
        if self.loss == "mse":
            return rng.uniform(0, 1, (self.batch, self.sizes[-1])).astype(np.float32)
        return rng.integers(0, self.sizes[-1], self.batch)

    @property
    def activated(self) -> list[bool]:
        """Whether the activation follows, layer by layer."""
        layers = len(self.sizes) - 1
        return [k < layers - 1 or self.activate_last for k in range(layers)]
