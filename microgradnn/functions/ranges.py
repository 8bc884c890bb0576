"""Ranges and grids: equal steps, equal ratios, diagonals, indices, products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._methods import function
from .._tensor import Tensor
from .._typing import DType
from ..rules.shapes import expand, reshape, stack
from .creation import _dtype, check_place, finish


def _number(x: Any) -> Any:
    return x.item() if isinstance(x, Tensor | np.generic) else x


@function
def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from ``start`` (default 0) up to, not including, ``end``.

    Parameters
    ----------
    start, end, step : int or float
    dtype : dtype, optional
        Default: int64 if all three are integers, else the default float type.
    layout, device, pin_memory : optional
        Strided, the CPU, False: accepted for PyTorch's sake.
    requires_grad : bool

    Returns
    -------
    Tensor
        Of shape ``(ceil((end - start) / step),)``.

    Raises
    ------
    RuntimeError
        If the step is 0 or leads away from ``end``.

    Examples
    --------
    >>> mg.arange(3)
    tensor([0, 1, 2])
    >>> mg.arange(0, 1, 0.25)
    tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """
    check_place(device, layout, pin_memory)
    if end is None:
        start, end = 0, start
    start, end, step = _number(start), _number(end), _number(step)
    if not step or (end - start) * step < 0:
        raise RuntimeError(f"arange({start}, {end}, {step}): the step must lead from start to end")
    integral = not any(isinstance(x, float) for x in (start, end, step))
    if dtype is None:
        kind = np.dtype(np.int64) if integral else _dtype(None)
    else:
        kind = _dtypes.as_numpy(dtype)
    if integral:
        return finish(np.arange(start, end, step).astype(kind, copy=False), requires_grad)
    count = math.ceil((end - start) / step)
    if kind.kind != "f":
        start, step = int(start), int(step)
    return finish((start + np.arange(count) * step).astype(kind, copy=False), requires_grad)


def _steps(start: Any, end: Any, steps: Any, kind: Any, name: str) -> Any:
    """Equal steps in float64, counted from the nearer end."""
    steps = int(_number(steps))
    if steps < 0:
        raise RuntimeError(f"{name}: the number of steps must not be negative, got {steps}")
    start, end = _number(start), _number(end)
    if kind.kind != "f":
        start, end = int(start), int(end)
    start, end = float(start), float(end)
    if steps == 1:
        return np.array([start])
    step = (end - start) / (steps - 1) if steps else 0.0
    out = np.arange(steps) * step
    half = steps // 2
    return np.concatenate((start + out[:half], end - out[: steps - half][::-1]))


@function
def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end``, both included, at equal distances.

    Parameters
    ----------
    start, end : number or 0-d Tensor
    steps : int
    dtype : dtype, optional
    layout, device, pin_memory : optional
        See `arange`.
    requires_grad : bool

    Returns
    -------
    Tensor
        Of shape ``(steps,)``.

    Examples
    --------
    >>> mg.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    check_place(device, layout, pin_memory)
    kind = _dtype(dtype)
    return finish(
        _steps(start, end, steps, kind, "linspace").astype(kind, copy=False), requires_grad
    )


@function
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``base ** start`` to ``base ** end``, at equal ratios.

    Examples
    --------
    >>> mg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    check_place(device, layout, pin_memory)
    kind = _dtype(dtype)
    exponents = _steps(start, end, steps, np.dtype(np.float64), "logspace")
    return finish(np.power(float(base), exponents).astype(kind, copy=False), requires_grad)


@function
def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal of a matrix of zeros.

    Examples
    --------
    >>> mg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_place(device, layout, pin_memory)
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"eye: sizes must not be negative, got {n} and {m}")
    return finish(np.eye(n, m, dtype=_dtype(dtype)), requires_grad)


def _triangle(pick: Any, row: int, col: int, offset: int, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"sizes must not be negative, got {row} rows and {col} columns")
    kind = np.dtype(np.int64) if dtype is None else _dtypes.as_numpy(dtype)
    return Tensor._wrap(np.stack(pick(row, offset, col)).astype(kind, copy=False))


@function
def tril_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DType | None = None,
    device: Any = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """Rows and columns of the elements on and below a diagonal.

    Parameters
    ----------
    row, col : int
        The sizes of the matrix.
    offset : int
        Which diagonal: 0 the main one, above it positive.
    dtype : dtype, optional
        Default: int64.
    device, layout, pin_memory : optional
        See `arange`.

    Returns
    -------
    Tensor
        Of shape (2, number of elements).

    Examples
    --------
    >>> mg.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    check_place(device, layout, pin_memory)
    return _triangle(np.tril_indices, row, col, offset, dtype)


@function
def triu_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DType | None = None,
    device: Any = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """Rows and columns of the elements on and above a diagonal; see `tril_indices`.

    Examples
    --------
    >>> mg.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    check_place(device, layout, pin_memory)
    return _triangle(np.triu_indices, row, col, offset, dtype)


@function
def cartesian_prod(*tensors: Any) -> Tensor:
    """Every choice of one element from each of some 1-d Tensors, as rows.

    Parameters
    ----------
    *tensors : Tensor
        Of one dimension.

    Returns
    -------
    Tensor
        Of shape (product of the sizes, number of Tensors); 1-d for a single Tensor.

    Raises
    ------
    RuntimeError
        If a Tensor has not one dimension.

    Examples
    --------
    >>> mg.cartesian_prod(mg.tensor([1, 2]), mg.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    given = list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], list) else tensors
    for t in given:
        if t.ndim != 1:
            raise RuntimeError(
                f"cartesian_prod takes Tensors of one dimension, got shape {tuple(t.shape)}"
            )
    if len(given) == 1:
        only: Tensor = given[0]
        return only
    sizes = tuple(t._array.size for t in given)
    columns = []
    for k, t in enumerate(given):
        along = reshape.apply(t, tuple(n if i == k else 1 for i, n in enumerate(sizes)))
        columns.append(reshape.apply(expand.apply(along, sizes), (math.prod(sizes),)))
    return stack.apply(*columns, 1)
