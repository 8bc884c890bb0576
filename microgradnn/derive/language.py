"""The language that rules are written in: operators and the few methods that arrays have too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


class Language:
    """What an expression answers to as an array would; each makes another expression."""

    __slots__ = ()
    __hash__ = object.__hash__

    def _apply(self, name: str, *inputs: Any, params: Any = None) -> Any:
        """Apply a primitive of the table."""
        raise NotImplementedError

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        raise NotImplementedError

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def __add__(self, other: Any) -> Any:
        return self._apply("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self._apply("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self._apply("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._apply("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return self._apply("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._apply("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._apply("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._apply("div", other, self)

    def __matmul__(self, other: Any) -> Any:
        return self._apply("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return self._apply("matmul", other, self)

    def __pow__(self, other: Any) -> Any:
        if isinstance(other, Language):
            return self._apply("pow", self, other)
        return self._apply("power", self, params=(other,))

    def __rpow__(self, other: Any) -> Any:
        return self._apply("pow", other, self)

    def __neg__(self) -> Any:
        return self._apply("neg", self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self._apply("abs", self)

    def __lt__(self, other: Any) -> Any:
        return self._apply("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return self._apply("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return self._apply("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return self._apply("ge", self, other)

    def __eq__(self, other: object) -> Any:
        return self._apply("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return self._apply("ne", self, other)

    def __getitem__(self, index: Any) -> Any:
        return self._apply("getitem", self, params=(index,))

    def reshape(self, *shape: Any) -> Any:
        """The same elements in another shape."""
        sizes = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        return self._apply("reshape", self, params=(whole_shape(sizes, self.size),))

    def transpose(self, axes: Sequence[int]) -> Any:
        """The axes in another order."""
        return self._apply("transpose", self, params=(tuple(axes),))

    @property
    def mT(self) -> Any:
        """The last two axes exchanged."""
        axes = list(range(self.ndim))
        axes[-2:] = axes[-1], axes[-2]
        return self.transpose(axes)

    @property
    def T(self) -> Any:
        """All axes reversed."""
        return self.transpose(range(self.ndim)[::-1])


def whole_shape(sizes: Any, count: int) -> tuple[int, ...]:
    """A shape with its -1 worked out."""
    sizes = (sizes,) if isinstance(sizes, int) else sizes
    known: tuple[int, ...] = tuple(sizes)
    if -1 in known:
        rest = count // math.prod(n for n in known if n != -1)
        return tuple(rest if n == -1 else n for n in known)
    return known
