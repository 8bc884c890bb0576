"""A formula with one path left out: one term of a sum over rows or neurons, or a row of a batch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from ...derive.expression import Apply, Expression, Symbol
from .mistakes import Edit, is_adjoint, places

MOST_PATHS = 512
"""Only so many terms of a sum are left out one by one, from both ends."""


def dropped(formula: Expression) -> Iterator[Edit]:
    """The formula with one term of each contraction and sum left out."""
    for part, put, _ in places(formula):
        if not isinstance(part, Apply):
            continue
        if part.op == "matmul":
            left, right = part.args
            assert left is not None
            axis = left.ndim - 1
            for k, without in _without_one(left, axis):
                new = Apply(part.prim, [without, right], part.params)
                words = f"the sum over {left.shape[axis]} terms in {{0}} leaves out number {k}"
                yield Edit("path", put(new), words, (part,), 2)
        elif part.op == "sum" and part.args[0] is not None:
            axes = part.params[0]
            for axis in (axes,) if isinstance(axes, int) else axes or ():
                for k, without in _without_one(part.args[0], axis):
                    new = Apply(part.prim, [without], part.params)
                    words = f"the sum over axis {axis} of {{0}} leaves out number {k}"
                    yield Edit("path", put(new), words, part.args[:1], 2)  # type: ignore[arg-type]


def misread(formula: Expression) -> Iterator[Edit]:
    """The formula with an upstream gradient whose axes are in another order, under its shape."""
    for part, put, _ in places(formula):
        if is_adjoint(part) and part.ndim in (3, 4):
            for axes in itertools.permutations(range(part.ndim)):
                if axes != tuple(range(part.ndim)):
                    turned = np.transpose(part.value, axes).reshape(part.shape)
                    words = "{0} is reshaped without being transposed first"
                    yield Edit("transpose", put(Symbol("misread", turned)), words, (part,), 3)
                    shape = tuple(part.shape[k] for k in axes)
                    back = np.argsort(axes)
                    turned = np.transpose(part.value.reshape(shape), back)
                    yield Edit("transpose", put(Symbol("misread", turned)), words, (part,), 3)


def without_one_place(formula: Expression) -> Iterator[Edit]:
    """The formula with an upstream gradient that lacks one element of its sums: a convolution's."""
    for part, put, _ in places(formula):
        if is_adjoint(part) and part.ndim == 4:
            n, _, height, width = part.shape
            every = list(itertools.product(range(n), range(height), range(width)))
            for k in _from_both_ends(len(every)):
                row, i, j = every[k]
                value = np.array(part.value)
                value[row, :, i, j] = 0.0
                words = f"of all places in {{0}}, number {k} is left out"
                yield Edit("path", put(Symbol("without", value)), words, (part,), 3)


def _without_one(e: Expression, axis: int) -> Iterator[tuple[int, Expression]]:
    whole = np.asarray(e.value)
    for k in _from_both_ends(whole.shape[axis]):
        value = np.array(whole)
        value[(slice(None),) * (axis % whole.ndim) + (k,)] = 0.0
        yield k, Symbol("without", value)


def _from_both_ends(count: int) -> list[int]:
    if count <= MOST_PATHS:
        return list(range(count))
    return [*range(MOST_PATHS // 2), *range(count - MOST_PATHS // 2, count)]
