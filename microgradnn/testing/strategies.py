"""Hypothesis strategies: shapes that broadcast, Tensors, and random differentiable functions.

Hypothesis must be installed; the strategies are built by functions, as its own are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._tensor import Tensor

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def shapes(max_dims: int = 3, max_side: int = 4, min_side: int = 0) -> SearchStrategy[Any]:
    """Shapes of arrays: tuples of sizes.

    Parameters
    ----------
    max_dims : int
    max_side, min_side : int
        Sizes of dimensions; 0 gives empty arrays too.
    """
    from hypothesis import strategies as st

    return st.lists(st.integers(min_side, max_side), max_size=max_dims).map(tuple)


def broadcastable_shapes(
    count: int = 2, max_dims: int = 3, max_side: int = 4
) -> SearchStrategy[tuple[tuple[int, ...], ...]]:
    """Several shapes that broadcast with one another: sizes of 1, and missing ones in front."""
    from hypothesis import strategies as st

    @st.composite
    def drawn(draw: Any) -> tuple[tuple[int, ...], ...]:
        whole = draw(shapes(max_dims, max_side, 1))
        found = []
        for _ in range(count):
            sides = tuple(n if draw(st.booleans()) else 1 for n in whole)
            found.append(sides[draw(st.integers(0, len(sides))) :])
        return tuple(found)

    return drawn()


def tensors(
    shape: Any = None, dtype: Any = "float64", low: float = -2.0, high: float = 2.0,
    requires_grad: bool = True,
) -> SearchStrategy[Tensor]:  # fmt: skip
    """Tensors with numbers in a range, spread out so that they are rarely equal.

    Parameters
    ----------
    shape : tuple of int or strategy, optional
        Default: `shapes`.
    dtype : dtype
    low, high : float
    requires_grad : bool
        For floating dtypes.
    """
    from hypothesis import strategies as st

    from .. import _dtypes

    kind = _dtypes.as_numpy(dtype)
    where = shapes() if shape is None else shape if hasattr(shape, "map") else st.just(shape)

    @st.composite
    def drawn(draw: Any) -> Tensor:
        size = draw(where)
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        numbers = rng.uniform(low, high, size)
        t = Tensor._wrap(np.asarray(numbers, kind))
        if requires_grad and kind.kind == "f":
            t.requires_grad = True
        return t

    return drawn()


def graphs(inputs: int = 2, max_steps: int = 8) -> SearchStrategy[tuple[Callable[..., Any], str]]:
    """Random functions of Tensors that are smooth everywhere, each with its source.

    Parameters
    ----------
    inputs : int
        How many arguments, of shapes that broadcast.
    max_steps : int

    Returns
    -------
    strategy of (function, str)
    """
    from hypothesis import strategies as st

    unary = ("{}.tanh()", "{}.sin()", "{}.sigmoid()", "({} * {}).exp().log()", "({} * 0.5)")
    binary = ("({} + {})", "({} - {})", "({} * {})", "({} / ({}.cosh() + 1.0))")

    @st.composite
    def drawn(draw: Any) -> tuple[Callable[..., Any], str]:
        names = [f"x{k}" for k in range(inputs)]
        known, lines = list(names), []
        for step in range(draw(st.integers(1, max_steps))):
            template = draw(st.sampled_from((*unary, *binary)))
            if template in unary:
                (one,) = (draw(st.sampled_from(known)),)
                text = template.format(*[one] * template.count("{}"))
            else:
                pair = (draw(st.sampled_from(known)) for _ in range(2))
                text = template.format(*pair)
            lines.append(f"    t{step} = {text}")
            known.append(f"t{step}")
        used = " + ".join(names)
        source = "\n".join(
            [f"def f({', '.join(names)}):", *lines, f"    return {known[-1]} + 0.1 * ({used})"]
        )
        scope: dict[str, Any] = {}
        exec(source, scope)
        return scope["f"], source

    return drawn()
