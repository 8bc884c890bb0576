"""Embeddings: rows of a table picked by number, one by one or in bags."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _mutation
from ..._asking import ask
from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.creation import zeros
from ...functions.scatter import index_add
from ...rules.elementwise import where
from ...rules.indexing import getitem
from ...rules.reductions import max_dim
from ._operands import check


def embedding(
    input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
    norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Tensor:  # fmt: skip
    """The rows of a table that are numbered in ``input``.

    Parameters
    ----------
    input : Tensor of integers
        Of any shape.
    weight : Tensor, shape (rows, features)
    padding_idx : int, optional
        A row that gets no gradient.
    max_norm : float, optional
        The rows that are picked are scaled down to this norm first, in place.
    norm_type : float
        The ``p`` of that norm.
    scale_grad_by_freq : bool
        Whether the gradient of a row is divided by how often it is picked.
    sparse : bool
        Accepted for PyTorch's sake: the gradient is dense in any case.

    Returns
    -------
    Tensor, shape (*input.shape, features)

    Raises
    ------
    IndexError
        If there is no row of a number.
    RuntimeError
        If ``input`` is not of integers, or ``weight`` has not two dimensions.

    Examples
    --------
    >>> table = mg.tensor([[0.0, 1.0], [2.0, 3.0]])
    >>> mg.nn.functional.embedding(mg.tensor([1, 0, 1]), table)
    tensor([[2., 3.],
            [0., 1.],
            [2., 3.]])
    """
    check("embedding", input=input, weight=weight)
    if weight.ndim != 2:
        raise ShapeError(
            f"embedding: 'weight' must be 2-D, (rows, features), got shape {tuple(weight.shape)}"
        )
    padding = padding_row(padding_idx, len(weight._array))
    index = checked_numbers("embedding", input, weight)
    if max_norm is not None:
        _renormalise(weight, index, max_norm, norm_type)
    rows = _pick(weight, index, scale_grad_by_freq)
    if padding is not None:
        padded = index == padding
        if ask(np.any, padded):  # these rows have a value and no gradient
            rows = where.apply(Tensor._wrap(padded[..., None]), rows.detach(), rows)
    return rows


def embedding_bag(
    input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None,
    norm_type: float = 2.0, scale_grad_by_freq: bool = False, mode: str = "mean",
    sparse: bool = False, per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False, padding_idx: int | None = None,
) -> Tensor:  # fmt: skip
    """Sums, means or maxima of bags of rows of a table.

    Parameters
    ----------
    input : Tensor of integers, shape (bags, size) or (numbers,)
    weight : Tensor, shape (rows, features)
    offsets : Tensor of integers, shape (bags,)
        Where each bag begins, for an input of one dimension.
    max_norm, norm_type, scale_grad_by_freq, sparse
        As for `embedding`.
    mode : {"mean", "sum", "max"}
    per_sample_weights : Tensor, shape of the input, optional
        Factors of the rows, for sums only.
    include_last_offset : bool
        Whether the last offset is where the last bag ends.
    padding_idx : int, optional
        A row that does not count.

    Returns
    -------
    Tensor, shape (bags, features)
        Zeros for an empty bag.

    Raises
    ------
    ValueError, RuntimeError
        If shapes, dtypes or options do not fit.
    IndexError
        If there is no row of a number.

    Examples
    --------
    >>> table = mg.tensor([[0.0, 1.0], [2.0, 3.0]])
    >>> mg.nn.functional.embedding_bag(mg.tensor([[1, 0], [1, 1]]), table)
    tensor([[1., 2.],
            [2., 3.]])
    """
    check(
        "embedding_bag", input=input, weight=weight, offsets=offsets,
        per_sample_weights=per_sample_weights,
    )  # fmt: skip
    _check_bag_options(input, weight, mode, scale_grad_by_freq, sparse, per_sample_weights)
    padding = padding_row(padding_idx, len(weight._array))
    index = checked_numbers("embedding_bag", input, weight)
    bag, bags = _bags(input, offsets, include_last_offset)
    factors = per_sample_weights
    if factors is not None:
        factors = factors.reshape(-1)
    index = index.reshape(-1)[: len(bag)]
    if padding is not None and (keep := index != padding).sum() < len(index):
        index, bag = index[keep], bag[keep]
        factors = None if factors is None else factors[Tensor._wrap(keep)]
    if max_norm is not None:
        _renormalise(weight, index, max_norm, norm_type)
    rows = _pick(weight, index, scale_grad_by_freq)
    sizes = np.bincount(bag, minlength=bags)
    if mode == "max":
        return _largest(rows, bag, sizes)
    if factors is not None:
        rows = rows * factors.unsqueeze(1)
    total = index_add(zeros(bags, weight.shape[1], dtype=weight.dtype), 0, Tensor._wrap(bag), rows)
    if mode == "sum":
        return total
    shares = np.maximum(sizes, 1).astype(weight._array.dtype)
    result: Tensor = total / Tensor._wrap(shares[:, None])
    return result


# --- what they share ------------------------------------------------------------------------------


def padding_row(padding_idx: int | None, rows: int) -> int | None:
    """The number of the padding row, counted from the front.

    Raises
    ------
    ValueError
        If there is no such row.
    """
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise PaddingError(
            f"padding_idx must be within num_embeddings: got {padding_idx} for {rows} rows"
        )
    return padding_idx % rows


class PaddingError(AssertionError, ValueError):
    """A padding row that is not there: an AssertionError as in PyTorch."""


def checked_numbers(name: str, input: Tensor, weight: Tensor) -> Any:
    """The numbers of rows, as int64, after they have been checked."""
    index = input._array
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise RuntimeError(
            f"{name}: the numbers of rows must be of dtype int64 or int32, got {input.dtype}; "
            "convert them with .long()"
        )
    index = index.astype(np.int64)  # a copy: the graph must not see later changes
    rows = len(weight._array)
    if index.size and not ask(_all_below, index, rows):
        wrong = index[(index < 0) | (index >= rows)]
        raise IndexError(
            f"{name}: index out of range: {wrong.flat[0]} is no row of the weight of shape "
            f"{tuple(weight.shape)}; rows are numbered from 0 to {rows - 1}"
        )
    return index


def _all_below(index: Any, rows: int) -> bool:
    """Whether all numbers are of rows: as unsigned ones negative ones are large."""
    return int(np.maximum.reduce(index.view(np.uint64), None)) < rows


def _pick(weight: Tensor, index: Any, by_frequency: bool) -> Tensor:
    rows: Tensor = getitem.apply(weight, (index, Ellipsis))
    if by_frequency and index.size:
        share = (1.0 / np.bincount(index.reshape(-1))[index]).astype(rows._array.dtype)
        value = rows.detach()
        rows = value + (rows - value) * Tensor._wrap(share[..., None])
    return rows


def _renormalise(weight: Tensor, index: Any, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are picked down to a norm, in place and outside the graph."""
    picked = np.unique(index)
    rows = weight._array[picked]
    norms = np.linalg.norm(rows, norm_type, axis=1)
    large = norms > max_norm
    if large.any():
        factors = (max_norm / (norms[large] + 1e-7)).astype(rows.dtype)
        weight._array[picked[large]] = rows[large] * factors[:, None]
        _mutation.stamp(weight._array, "embedding(max_norm)")


def _check_bag_options(
    input: Tensor, weight: Tensor, mode: str, by_frequency: bool, sparse: bool,
    factors: Tensor | None,
) -> None:  # fmt: skip
    if weight.ndim != 2:
        raise ValueError(
            f"embedding_bag: weight has to be a 2D Tensor, got shape {tuple(weight.shape)}"
        )
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: mode has to be one of sum, mean or max, got {mode!r}")
    if mode == "max" and by_frequency:
        raise ValueError(
            "embedding_bag: max mode does not support scaling the gradient by the frequency"
        )
    if mode == "max" and sparse:
        raise ValueError("embedding_bag: max mode does not support sparse weights")
    if factors is None:
        return
    if mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights are for mode='sum' only, got mode={mode!r}"
        )
    if factors._array.shape != input._array.shape:
        raise ShapeError(
            f"embedding_bag: per_sample_weights of shape {tuple(factors.shape)} must have the "
            f"shape of the input, {tuple(input.shape)}"
        )
    if factors._array.dtype != weight._array.dtype:
        raise RuntimeError(
            f"embedding_bag: expected weight and per_sample_weights of one dtype, got "
            f"{weight.dtype} and {factors.dtype}"
        )


def _bags(input: Tensor, offsets: Tensor | None, include_last: bool) -> tuple[Any, int]:
    """In which bag each number lies, and how many bags there are."""
    shape = input._array.shape
    if len(shape) == 2:
        if offsets is not None:
            raise ValueError(
                "embedding_bag: if input is 2D, then offsets has to be None, as each row is a bag"
            )
        return np.repeat(np.arange(shape[0]), shape[1]), shape[0]
    if len(shape) != 1:
        raise ValueError(f"embedding_bag: input has to be 1D or 2D, got shape {tuple(shape)}")
    if offsets is None or offsets.ndim != 1:
        got = "None" if offsets is None else f"shape {tuple(offsets.shape)}"
        raise ValueError(
            f"embedding_bag: offsets has to be a 1D Tensor for an input of 1 dimension, got {got}"
        )
    starts = offsets._array
    if include_last and not len(starts):
        raise RuntimeError("embedding_bag: include_last_offset needs at least one offset")
    if len(starts) and starts[0] != 0:
        raise RuntimeError(
            "embedding_bag: offsets[0] has to be 0, the first bag starts from position 0; got "
            f"{starts[0]}"
        )
    if len(starts) and starts[-1] > shape[0]:
        raise RuntimeError(
            f"embedding_bag: offsets[-1] can not be greater than input's length ({shape[0]}), but "
            f"got {starts[-1]}"
        )
    ends = starts[1:] if include_last else np.append(starts[1:], shape[0])
    begins = starts[: len(ends)]
    if (ends < begins).any():
        raise RuntimeError(f"embedding_bag: offsets must not decrease, got {starts.tolist()}")
    return np.repeat(np.arange(len(ends)), ends - begins), len(ends)


def _largest(rows: Tensor, bag: Any, sizes: Any) -> Tensor:
    """The largest of each bag, feature by feature; the first of equal ones gets the gradient."""
    bags, size = len(sizes), int(sizes.max(initial=1)) or 1
    starts = np.cumsum(sizes) - sizes
    place = np.arange(size) + starts[:, None]
    inside = np.arange(size) < sizes[:, None]
    if not len(bag):
        return zeros(bags, rows.shape[1], dtype=rows.dtype)
    padded: Tensor = getitem.apply(rows, (np.where(inside, place, 0), Ellipsis))
    lowest = Tensor._wrap(np.array(-np.inf, rows._array.dtype))
    values, _ = max_dim.apply(
        where.apply(Tensor._wrap(inside[..., None]), padded, lowest), 1, False
    )
    nothing = Tensor._wrap(np.zeros((), rows._array.dtype))
    result: Tensor = where.apply(Tensor._wrap(sizes[:, None] > 0), values, nothing)
    return result
