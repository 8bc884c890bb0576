"""Sequences of different lengths as one Tensor: padded to one length, or packed without padding.

A packed batch holds the elements of all sequences at step 0, then those at step 1, and so on, the
longest sequence first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.creation import full
from ...functions.joining import cat
from ..functional._operands import check
from .packed_sequence import PackedSequence as PackedSequence
from .packed_sequence import invert_permutation as invert_permutation


def _lengths(lengths: Any, what: str) -> Any:
    """Lengths as an array of int64."""
    array = np.asarray(lengths._array if isinstance(lengths, Tensor) else lengths)
    array = array.astype(np.int64)
    if array.ndim != 1:
        raise ShapeError(f"{what}: lengths has one dimension, got shape {array.shape}")
    return array


def _reached(lengths: Any, steps: int) -> Any:
    """Which step each sequence has: a mask of shape (steps, batch)."""
    return np.arange(steps)[:, None] < lengths


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack a batch of sequences that were padded to one length.

    Parameters
    ----------
    input : Tensor, shape (step, batch, ...), or (batch, step, ...) with ``batch_first``
    lengths : Tensor of integers or sequence of int
        How many elements of each sequence count, at least one.
    batch_first : bool
    enforce_sorted : bool
        Whether the sequences must come sorted, the longest one first. If not, they are sorted, and
        the way back is remembered.

    Returns
    -------
    PackedSequence

    Raises
    ------
    RuntimeError
        If there is not one length for each sequence, if one is not positive or longer than the
        input, or they are not sorted but must be.

    Examples
    --------
    >>> x = mg.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])
    >>> rnn = mg.nn.utils.rnn
    >>> packed = rnn.pack_padded_sequence(x, [2, 1, 3], batch_first=True, enforce_sorted=False)
    >>> packed.data, packed.batch_sizes, packed.sorted_indices
    (tensor([4, 1, 3, 5, 2, 6]), tensor([3, 2, 1]), tensor([2, 0, 1]))
    """
    check("pack_padded_sequence", input=input)
    counts = _lengths(lengths, "pack_padded_sequence")
    if input.ndim < 2:
        raise ShapeError(
            "pack_padded_sequence: the input has dimensions for steps and batch, got shape "
            f"{tuple(input.shape)}"
        )
    padded = input.transpose(0, 1) if batch_first else input
    steps, batch = padded.shape[:2]
    if counts.size != batch:
        raise ShapeError(
            f"pack_padded_sequence: {counts.size} lengths for a batch of {batch} sequences "
            f"(input of shape {tuple(input.shape)}, batch_first={batch_first})"
        )
    if not input.numel():
        raise ShapeError(
            f"pack_padded_sequence: the input has no element: shape {tuple(input.shape)}"
        )
    if counts.min() <= 0 or counts.max() > steps:
        raise ShapeError(
            f"pack_padded_sequence: lengths are from 1 to the {steps} steps of the input, got "
            f"{counts.tolist()}"
        )
    order = None
    places = np.arange(batch)
    if not enforce_sorted:
        places = np.argsort(-counts, kind="stable")
        order, counts = Tensor._wrap(places), counts[places]
    elif (counts[1:] > counts[:-1]).any():
        raise RuntimeError(
            "pack_padded_sequence: the sequences must be sorted by length, the longest one first, "
            f"got lengths {counts.tolist()}; or give enforce_sorted=False"
        )
    reached = _reached(counts, int(counts[0]))
    step, place = reached.nonzero()
    data = padded[Tensor._wrap(step), Tensor._wrap(places[place])]
    return PackedSequence(data, Tensor._wrap(reached.sum(1)), order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Undo `pack_padded_sequence`: sequences of one length, in the order they once had.

    Parameters
    ----------
    sequence : PackedSequence
    batch_first : bool
        Whether the result is (batch, step, ...) instead of (step, batch, ...).
    padding_value : float
    total_length : int, optional
        The length; default: that of the longest sequence.

    Returns
    -------
    padded : Tensor, shape (step, batch, ...), or (batch, step, ...) with ``batch_first``
    lengths : Tensor of int64, shape (batch,)

    Raises
    ------
    ValueError
        If ``total_length`` is less than the longest sequence.

    Examples
    --------
    >>> packed = mg.nn.utils.rnn.pack_sequence([mg.tensor([1, 2, 3]), mg.tensor([4])])
    >>> mg.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    (tensor([[1, 2, 3],
            [4, 0, 0]]), tensor([3, 1]))
    """
    data, batch_sizes, _, back = sequence
    sizes = batch_sizes._array
    steps = sizes.size if total_length is None else total_length
    if steps < sizes.size:
        raise ValueError(
            f"pad_packed_sequence: total_length={total_length} is less than the length of the "
            f"longest sequence, {sizes.size}"
        )
    starts, places = np.cumsum(sizes) - sizes, np.arange(sizes[0])
    counts = (sizes[:, None] > places).sum(0)
    if back is not None:
        places = back._array
        counts = counts[places]
    step, place = _reached(counts, steps).nonzero()
    row = starts[step] + places[place]
    sizes, where = (steps, len(counts)), (Tensor._wrap(step), Tensor._wrap(place))
    if batch_first:
        sizes, where = sizes[::-1], where[::-1]
    padded = full((*sizes, *data.shape[1:]), padding_value, dtype=data.dtype)
    padded[where] = data[Tensor._wrap(row)]
    return padded, Tensor._wrap(counts)


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:  # fmt: skip
    """Stack sequences, padded to the length of the longest one.

    Parameters
    ----------
    sequences : iterable of Tensor, shape (length, ...)
    batch_first : bool
        Whether the result is (batch, step, ...) instead of (step, batch, ...).
    padding_value : float
    padding_side : {"right", "left"}
        Whether the padding comes after the elements or before.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If there is no sequence, or they differ in more than their lengths.

    Examples
    --------
    >>> mg.nn.utils.rnn.pad_sequence([mg.tensor([1, 2, 3]), mg.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence takes an iterable of Tensors, got {type(sequences).__name__}"
        )
    parts = tuple(sequences)
    if padding_side not in ("right", "left"):
        raise RuntimeError(f"padding_side is 'right' or 'left', got {padding_side!r}")
    if not parts:
        raise RuntimeError("pad_sequence takes at least one sequence, got none")
    check("pad_sequence", **{f"sequences[{k}]": part for k, part in enumerate(parts)})
    counts = np.array([part.shape[0] for part in parts])
    steps, batch = int(counts.max()), len(parts)
    reached = _reached(counts, steps)
    if padding_side == "left":
        reached = reached[::-1]
    first = parts[0]
    sizes = (steps, batch, *first.shape[1:])
    if batch_first:
        sizes = (batch, *sizes[:1], *sizes[2:])
    padded = full(sizes, padding_value, dtype=first.dtype)
    # Joined they lie sequence by sequence, which is the order of the mask's other axis first.
    (padded if batch_first else padded.transpose(0, 1))[Tensor._wrap(reached.T)] = cat(parts)
    return padded


def unpad_sequence(
    padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False
) -> list[Tensor]:
    """Undo `pad_sequence`.

    Parameters
    ----------
    padded_sequences : Tensor, shape (step, batch, ...), or (batch, step, ...) with ``batch_first``
    lengths : Tensor of integers, shape (batch,)
    batch_first : bool

    Returns
    -------
    list of Tensor, shape (length, ...)

    Examples
    --------
    >>> mg.nn.utils.rnn.unpad_sequence(mg.tensor([[1, 4], [2, 0]]), mg.tensor([2, 1]))
    [tensor([1, 2]), tensor([4])]
    """
    check("unpad_sequence", padded_sequences=padded_sequences)
    counts = _lengths(lengths, "unpad_sequence").tolist()
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    if len(counts) != rows.shape[0]:
        raise ShapeError(
            f"unpad_sequence: {len(counts)} lengths for a batch of {rows.shape[0]} sequences "
            f"(padded to shape {tuple(padded_sequences.shape)}, batch_first={batch_first})"
        )
    return [row[:count].clone() for row, count in zip(rows, counts, strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences.

    Parameters
    ----------
    sequences : sequence of Tensor, shape (length, ...)
    enforce_sorted : bool
        Whether they must come sorted, the longest one first.

    Returns
    -------
    PackedSequence

    Raises
    ------
    RuntimeError
        If they differ in more than their lengths, or are not sorted but must be.

    Examples
    --------
    >>> a, b, c = mg.tensor([1, 2, 3]), mg.tensor([4, 5]), mg.tensor([6])
    >>> packed = mg.nn.utils.rnn.pack_sequence([a, b, c])
    >>> packed.data, packed.batch_sizes
    (tensor([1, 4, 6, 2, 5, 3]), tensor([3, 2, 1]))
    """
    padded = pad_sequence(sequences)
    return pack_padded_sequence(
        padded, [part.shape[0] for part in sequences], enforce_sorted=enforce_sorted
    )


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Undo `pack_sequence`.

    Parameters
    ----------
    packed_sequences : PackedSequence

    Returns
    -------
    list of Tensor, shape (length, ...)

    Examples
    --------
    >>> packed = mg.nn.utils.rnn.pack_sequence([mg.tensor([1, 2, 3]), mg.tensor([4])])
    >>> mg.nn.utils.rnn.unpack_sequence(packed)
    [tensor([1, 2, 3]), tensor([4])]
    """
    return unpad_sequence(*pad_packed_sequence(packed_sequences, True), batch_first=True)
