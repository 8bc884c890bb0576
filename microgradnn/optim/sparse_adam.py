"""SparseAdam, which there is no use for: there are no sparse Tensors."""

from __future__ import annotations

from typing import Any

from .optimizer import Optimizer


class SparseAdam(Optimizer):
    """Not implemented: it updates by sparse gradients, which there are none of.

    Raises
    ------
    NotImplementedError
        Always.
    """

    def __init__(self, params: Any, *args: Any, **options: Any) -> None:
        raise NotImplementedError(
            "SparseAdam needs sparse gradients, and all Tensors are dense here: use Adam, and "
            "leave out sparse=True where it is given to Embedding"
        )
