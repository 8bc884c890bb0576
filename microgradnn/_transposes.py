"""The transposes of a Tensor, as attributes: all of them views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._methods import TensorMethods
from .rules.shapes import transpose

if TYPE_CHECKING:
    from ._tensor import Tensor

_REVERSED = [tuple(range(n))[::-1] for n in range(65)]


class Transposes(TensorMethods):
    """``T``, ``mT``, and for PyTorch's sake ``H`` and ``mH``: numbers here are real."""

    __slots__ = ()

    @property
    def T(self) -> Tensor:
        """All dimensions in reverse order."""
        return transpose.apply(self, _REVERSED[self._array.ndim])

    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged."""
        n = self._array.ndim
        if n < 2:
            raise RuntimeError(
                f".mT takes matrices, this Tensor has shape {tuple(self._array.shape)}; unsqueeze "
                "it first"
            )
        return transpose.apply(self, (*range(n - 2), n - 1, n - 2))

    @property
    def H(self) -> Tensor:
        """The transpose of a matrix: there is nothing to conjugate in real numbers."""
        if self._array.ndim not in (0, 2):
            raise RuntimeError(
                f".H takes a matrix, this Tensor has {self._array.ndim} dimensions; use .mH for a "
                "batch of matrices"
            )
        return self.T

    @property
    def mH(self) -> Tensor:
        """The last two dimensions exchanged: there is nothing to conjugate in real numbers."""
        return self.mT
