"""Grids, combinations and positions, with PyTorch's names."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._methods import both, function
from .._tensor import Tensor
from .._typing import Sizes
from ..rules import shapes as rules
from ..rules.indexing import getitem
from ._sizes import sizes as _sizes


@function
def meshgrid(
    *tensors: Tensor | Sequence[Tensor], indexing: str | None = None
) -> tuple[Tensor, ...]:
    """The coordinates of all points of the grid that vectors span: one view for each vector.

    Parameters
    ----------
    *tensors : Tensor, or one sequence of Tensor
        Vectors, or 0-d Tensors.
    indexing : {"ij", "xy"}, optional
        "xy" exchanges the first two dimensions of the results.

    Returns
    -------
    tuple of Tensor

    Examples
    --------
    >>> x, y = mg.meshgrid(mg.tensor([1, 2]), mg.tensor([3, 4, 5]), indexing="ij")
    >>> y
    tensor([[3, 4, 5],
            [3, 4, 5]])
    """
    given: Any = tensors
    if len(given) == 1 and isinstance(given[0], list | tuple):
        given = given[0]
    if not given:
        raise RuntimeError("meshgrid needs at least one Tensor")
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f"meshgrid: indexing is 'ij' or 'xy', got {indexing!r}")
    first = given[0]._array.dtype
    for x in given:
        if x._array.ndim > 1:
            raise RuntimeError(f"meshgrid takes vectors, got shape {tuple(x._array.shape)}")
        if x._array.dtype != first:
            raise RuntimeError(f"meshgrid: dtypes must be equal, got {first} and {x._array.dtype}")
    shape = tuple([x._array.size for x in given])
    out = []
    for k, x in enumerate(given):
        line = rules.reshape.apply(x, tuple([n if j == k else 1 for j, n in enumerate(shape)]))
        out.append(rules.expand.apply(line, shape))
    if indexing == "xy" and len(shape) > 1:
        out = [x.transpose(0, 1) for x in out]
    return tuple(out)


@both
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of ``r`` elements of a vector, in their order: one in each row.

    Examples
    --------
    >>> mg.combinations(mg.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if input._array.ndim != 1:
        raise RuntimeError(f"combinations takes a vector, got shape {tuple(input._array.shape)}")
    if r < 0:
        raise RuntimeError(f"combinations: r can't be negative, got {r}")
    if not r:
        return Tensor._wrap(np.empty(0, input._array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    chosen = np.array(list(choose(range(input._array.size), r)), np.intp).reshape(-1, r)
    return getitem.apply(input, (chosen, Ellipsis))


@function
def unravel_index(indices: Tensor, shape: Sizes | Tensor) -> tuple[Tensor, ...]:
    """The coordinates, in an array of a shape, of positions in the flattened array.

    Parameters
    ----------
    indices : Tensor of int
    shape : int, or sequence of int

    Returns
    -------
    tuple of Tensor
        One of int64 for each dimension.

    Raises
    ------
    ValueError
        For a position that is not there.

    Examples
    --------
    >>> mg.unravel_index(mg.tensor([0, 5]), (2, 3))
    (tensor([0, 1]), tensor([0, 2]))
    """
    given: Any = shape.tolist() if isinstance(shape, Tensor) else shape
    sizes = _sizes((given,), "unravel_index")
    if indices._array.dtype.kind not in "iu":
        raise ValueError(f"unravel_index: indices must be integers, got {indices.dtype}")
    if any(n < 0 for n in sizes):
        raise ValueError(f"unravel_index: sizes can't be negative, got {sizes}")
    total, found = math.prod(sizes), indices._array
    if found.size and (found.min() < 0 or found.max() >= total):
        raise ValueError(
            f"unravel_index: positions {found.min()} to {found.max()}, an array of shape {sizes} "
            f"has 0 to {total - 1}"
        )
    if not found.size:
        return tuple([Tensor._wrap(np.zeros(found.shape, np.int64)) for _ in sizes])
    return tuple([Tensor._wrap(np.asarray(k, np.int64)) for k in np.unravel_index(found, sizes)])


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Rows of zeros with a one at the position that each element names.

    Parameters
    ----------
    tensor : Tensor of int64
        Class numbers from 0.
    num_classes : int
        -1 for one more than the largest class.

    Returns
    -------
    Tensor of int64
        With one more dimension, of the classes.

    Raises
    ------
    RuntimeError
        For class numbers outside of 0 to ``num_classes - 1``.

    Examples
    --------
    >>> mg.nn.functional.one_hot(mg.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    classes = tensor._array
    if classes.dtype != np.int64:
        raise RuntimeError(f"one_hot takes class numbers of dtype int64, got {tensor.dtype}")
    if not classes.size and num_classes <= 0:
        raise RuntimeError("one_hot: the number of classes can't be told from an empty Tensor")
    largest = int(classes.max()) if classes.size else -1
    if classes.size and int(classes.min()) < 0:
        raise RuntimeError(f"one_hot: class numbers can't be negative, got {classes.min()}")
    if num_classes == -1:
        num_classes = largest + 1
    if num_classes < 1 or largest >= num_classes:
        raise RuntimeError(f"one_hot: class {largest} is not among {num_classes} classes")
    return Tensor._wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
