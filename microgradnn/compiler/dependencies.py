"""What a step finds through its names: modules, optimizers, Tensors, numbers."""

from __future__ import annotations

from typing import Any


def depend(w: Any, fn: Any, args: Any, kwargs: Any, old: Any) -> None:
    """Add conditions on what a function's names stand for."""
