"""Cutting a Tensor into several along a dimension: views, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import ShapeError
from .._methods import both
from .._numpy_names import ABSENT, one_of
from .._tensor import Tensor
from .._typing import Sizes
from ..rules import shapes as rules
from ._dimensions import one_dim
from ._sizes import sizes as _sizes


def _axis(x: Tensor, dim: int, name: str) -> int:
    ndim = x._array.ndim
    if 0 <= dim < ndim:
        return dim
    if not ndim:
        raise RuntimeError(f"{name} takes at least 1 dimension, this Tensor has none")
    return one_dim(dim, ndim)


@both
def split(
    tensor: Tensor, split_size_or_sections: Sizes, dim: int = 0, *, axis: int = ABSENT
) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension: into pieces of one size, or of the sizes given. Views.

    Parameters
    ----------
    tensor : Tensor
    split_size_or_sections : int or sequence of int
        Of one size the last piece may be smaller.
    dim : int

    Returns
    -------
    tuple of Tensor

    Raises
    ------
    RuntimeError
        If the sizes do not add up to that of the dimension.

    Examples
    --------
    >>> mg.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    if axis is not ABSENT:
        dim = one_of("split", dim, axis, 0)
    size: Any = split_size_or_sections
    if not isinstance(size, int):
        return split_with_sizes(tensor, size, dim)
    axis = _axis(tensor, dim, "split")
    n = tensor._array.shape[axis]
    if size <= 0 and (n or size):
        raise RuntimeError(f"split: the size of a piece must be positive, got {size}")
    if n:
        count, rest = divmod(n, size)
        parts = (size,) * count + (rest,) if rest else (size,) * count
    else:
        parts = (0,)
    found: Any = rules.split.apply(tensor, parts, axis)
    return found  # type: ignore[no-any-return]


@both
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension into pieces of the sizes given. Views.

    Raises
    ------
    RuntimeError
        If the sizes do not add up to that of the dimension.

    Examples
    --------
    >>> mg.arange(5).split_with_sizes([1, 4])
    (tensor([0]), tensor([1, 2, 3, 4]))
    """
    axis = _axis(input, dim, "split")
    given = _sizes((split_sizes,), "split")
    n = input._array.shape[axis]
    if sum(given) != n or any(size < 0 for size in given):
        raise RuntimeError(
            f"split: sizes {list(given)} do not add up to the {n} of dimension {dim} (shape "
            f"{tuple(input._array.shape)})"
        )
    found: Any = rules.split.apply(input, given, axis)
    return found  # type: ignore[no-any-return]


@both
def chunk(input: Tensor, chunks: int, dim: int = 0, *, axis: int = ABSENT) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension into at most ``chunks`` pieces of equal size. Views.

    Examples
    --------
    >>> mg.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if axis is not ABSENT:
        dim = one_of("chunk", dim, axis, 0)
    if chunks <= 0:
        raise RuntimeError(f"chunk: the number of pieces must be positive, got {chunks}")
    n = input._array.shape[_axis(input, dim, "chunk")]
    if not n:  # of nothing there can be any number of pieces
        return split_with_sizes(input, (0,) * chunks, dim)
    return split(input, -(-n // chunks), dim)


@both
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension, into nearly equal pieces or at the indices given. Views.

    Parameters
    ----------
    input : Tensor
    indices_or_sections : int, sequence of int, or Tensor of them
        A number of pieces, of which the first ones are larger by one; or where to cut.
    dim : int

    Returns
    -------
    tuple of Tensor

    Examples
    --------
    >>> mg.arange(5).tensor_split(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    >>> mg.arange(5).tensor_split([1, 3])
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    axis = _axis(input, dim, "tensor_split")
    n = input._array.shape[axis]
    where: Any = indices_or_sections
    if isinstance(where, Tensor):
        where = where._array.tolist()
    if isinstance(where, int):
        if where <= 0:
            raise RuntimeError(f"tensor_split: the number of pieces must be positive, got {where}")
        small, larger = divmod(n, where)
        return split_with_sizes(
            input, tuple([small + 1] * larger + [small] * (where - larger)), axis
        )
    cuts = [slice(None, int(k)).indices(n)[1] for k in where]
    before = (slice(None),) * axis
    pairs = zip([0, *cuts], [*cuts, n], strict=True)
    return tuple([input[(*before, slice(a, max(a, b)))] for a, b in pairs])


@both
def unbind(input: Tensor, dim: int = 0, *, axis: int = ABSENT) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension into slices without that dimension. Views.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    if axis is not ABSENT:
        dim = one_of("unbind", dim, axis, 0)
    if not input._array.ndim:
        raise IndexError("unbind takes at least 1 dimension, this Tensor has none")
    found: Any = rules.unbind.apply(input, _axis(input, dim, "unbind"))
    return found  # type: ignore[no-any-return]


def _split_along(input: Tensor, where: Any, dim: int, least: int, name: str) -> tuple[Tensor, ...]:
    shape = input._array.shape
    if len(shape) < least:
        raise ShapeError(
            f"{name} takes at least {least} dimensions, got a Tensor of shape {tuple(shape)}"
        )
    if isinstance(where, int) and (where <= 0 or shape[dim] % where):
        raise ShapeError(
            f"{name}: dimension {dim} of size {shape[dim]} can't be cut into {where} equal pieces"
        )
    return tensor_split(input, where, dim)


@both
def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Columns cut into equal pieces, or at the indices given (elements of a vector). Views.

    Examples
    --------
    >>> mg.arange(4).hsplit(2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    dim = 0 if input._array.ndim == 1 else 1
    return _split_along(input, indices_or_sections, dim, 1, "hsplit")


@both
def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Rows cut into equal pieces, or at the indices given. Views.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]]).vsplit(2)
    (tensor([[1, 2]]), tensor([[3, 4]]))
    """
    return _split_along(input, indices_or_sections, 0, 2, "vsplit")


@both
def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The third dimension cut into equal pieces, or at the indices given. Views.

    Examples
    --------
    >>> [piece.shape for piece in mg.zeros(1, 2, 4).dsplit([1])]
    [microgradnn.Size([1, 2, 1]), microgradnn.Size([1, 2, 3])]
    """
    return _split_along(input, indices_or_sections, 2, 3, "dsplit")
