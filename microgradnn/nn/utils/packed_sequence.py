"""`PackedSequence`: a batch of sequences of different lengths, without padding."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np

from ..._dtypes import float16, float32, float64, int8, int16, int32, int64, uint8
from ..._tensor import Tensor


class _Fields(NamedTuple):
    """What a packed batch consists of; PackedSequence adds what NamedTuple does not allow."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """A batch of sequences without padding, as `pack_padded_sequence` and `pack_sequence` make it.

    Parameters
    ----------
    data : Tensor, shape (elements, ...)
        All elements, one step after the other.
    batch_sizes : Tensor of int64, shape (steps,)
        How many sequences have each step.
    sorted_indices : Tensor of int64, shape (batch,), optional
        Where each sequence was before they were sorted by length; None if nothing was moved.
    unsorted_indices : Tensor of int64, shape (batch,), optional
        The inverse; computed if it is not given.

    Examples
    --------
    >>> mg.nn.utils.rnn.pack_sequence([mg.tensor([1, 2, 3]), mg.tensor([4, 5])]).data
    tensor([1, 4, 2, 5, 3])
    """

    __slots__ = ()

    def __new__(
        cls, data: Any, batch_sizes: Tensor | None = None, sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:  # fmt: skip
        """Also of one pair (data, batch_sizes)."""
        if batch_sizes is None:
            if not (isinstance(data, list | tuple) and len(data) == 2):
                raise TypeError(
                    "PackedSequence takes data and batch_sizes, or the pair of them; got one "
                    f"{type(data).__name__}"
                )
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """With ``data.to(...)``; itself if that changes nothing."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self) -> Self:
        """Itself."""
        return self

    def double(self) -> Self:
        """With data of float64."""
        return self.to(float64)

    def float(self) -> Self:
        """With data of float32."""
        return self.to(float32)

    def half(self) -> Self:
        """With data of float16."""
        return self.to(float16)

    def long(self) -> Self:
        """With data of int64."""
        return self.to(int64)

    def int(self) -> Self:
        """With data of int32."""
        return self.to(int32)

    def short(self) -> Self:
        """With data of int16."""
        return self.to(int16)

    def char(self) -> Self:
        """With data of int8."""
        return self.to(int8)

    def byte(self) -> Self:
        """With data of uint8."""
        return self.to(uint8)

    is_cuda = False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another; None for None.

    Parameters
    ----------
    permutation : Tensor of integers, shape (n,), or None

    Examples
    --------
    >>> mg.nn.utils.rnn.invert_permutation(mg.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    places = permutation._array
    inverse = np.empty_like(places)
    inverse[places] = np.arange(places.size, dtype=places.dtype)
    return Tensor._wrap(inverse)
