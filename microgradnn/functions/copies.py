"""The operations that make views, made to copy: ``permute_copy`` and the like; parts replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._methods import both, function, functions
from .._tensor import Tensor
from ..rules.indexing import setitem
from . import shapes, splitting, views
from ._dimensions import one_dim
from .views import flat_memory


def copying(view: Callable[..., Any]) -> Callable[..., Any]:
    """The function ``NAME_copy`` of a function that makes a view, or a tuple of views."""
    name = f"{view.__name__}_copy"

    def copied(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        result = view(input, *args, **kwargs)
        if isinstance(result, tuple):
            return tuple([part.clone() for part in result])
        return result.clone()

    copied.__name__ = copied.__qualname__ = name
    copied.__doc__ = f"As `{view.__name__}`, but a copy, not a view."
    copied.__dict__["__wrapped__"] = view  # where inspect looks for the signature
    return function(copied)


for _view in (
    shapes.permute, shapes.squeeze, shapes.t, shapes.transpose, shapes.unsqueeze, shapes.view,
    splitting.split, splitting.split_with_sizes, splitting.unbind,
    views.as_strided, views.diagonal, views.expand, views.narrow, views.select, views.unfold,
):  # fmt: skip
    copying(_view)


@function
def alias_copy(input: Tensor) -> Tensor:
    """A copy of all elements.

    Examples
    --------
    >>> mg.alias_copy(mg.tensor([1, 2]))
    tensor([1, 2])
    """
    return input.clone()


@function
def detach_copy(input: Tensor) -> Tensor:
    """A copy outside of the graph.

    Examples
    --------
    >>> mg.detach_copy(mg.ones(2, requires_grad=True)).requires_grad
    False
    """
    return input.detach().clone()


@function
def slice_copy(
    input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """Every ``step``-th slice of a dimension from ``start`` to before ``end``: a copy.

    Examples
    --------
    >>> mg.slice_copy(mg.arange(5), 0, 1, 4, 2)
    tensor([1, 3])
    """
    if step <= 0:
        raise RuntimeError(f"slice_copy: the step must be positive, got {step}")
    axis = one_dim(dim, input._array.ndim)
    return input[(*(slice(None),) * axis, slice(start, end, step))].clone()


@function
def unsafe_split(tensor: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As `split`, without a promise that the pieces are views.

    Examples
    --------
    >>> mg.unsafe_split(mg.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return tuple([part.clone() for part in splitting.split(tensor, split_size, dim)])


@function
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As `chunk`, without a promise that the pieces are views.

    Examples
    --------
    >>> mg.unsafe_chunk(mg.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return tuple([part.clone() for part in splitting.chunk(input, chunks, dim)])


@both
def as_strided_scatter(
    input: Tensor,
    src: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
) -> Tensor:
    """A copy of ``input`` in which the elements that `as_strided` picks are those of ``src``.

    Raises
    ------
    RuntimeError
        If ``src`` has not the shape ``size``.

    Examples
    --------
    >>> mg.zeros(4).as_strided_scatter(mg.ones(2), (2,), (2,), 1)
    tensor([0., 1., 0., 1.])
    """
    shape = input._array.shape
    order = Tensor._wrap(np.arange(input._array.size).reshape(shape))
    if not input._array.flags.c_contiguous:
        input = input.contiguous()
    flat, sizes, steps, offset = flat_memory(order, size, stride, storage_offset)
    if src._array.shape != sizes:
        raise RuntimeError(
            f"as_strided_scatter: src must have the shape {sizes}, got {tuple(src._array.shape)}"
        )
    picked = functions["as_strided"](flat, sizes, steps, offset)._array
    index = np.unravel_index(picked, shape) if shape else (None,) * picked.ndim
    return setitem.apply(input, src, index)
