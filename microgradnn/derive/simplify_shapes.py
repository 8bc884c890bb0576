"""Simplifications of what moves, repeats and sums elements."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from ..rules.reductions import reduced
from .algebra import Product, product_of, to_expression
from .expression import Apply, Expression, Number, applied
from .printing import is_one_hot


def without_repetition(
    parts: list[Expression], others: Sequence[Expression], shape: tuple[int, ...]
) -> list[Expression]:
    """Factors without the ``expand`` that broadcasting does anyway."""
    out = list(parts)
    for k, part in enumerate(parts):
        if isinstance(part, Apply) and part.op in ("expand", "reshape"):
            inner = part.args[0]
            assert inner is not None
            rest = [e.shape for e in others if e is not part]
            loose = part.op == "expand" or inner.ndim == 0
            if loose and rest and _broadcasts([*rest, inner.shape], shape):
                out[k] = inner
                return without_repetition(out, [inner if e is part else e for e in others], shape)
    return out


def _broadcasts(shapes: Sequence[tuple[int, ...]], shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(*shapes) == shape
    except ValueError:
        return False


def _inner(e: Apply) -> Expression:
    x = e.args[0]
    assert x is not None
    return x


def _is(e: Expression, op: str) -> bool:
    return isinstance(e, Apply) and e.op == op


def _scalars_out(e: Apply) -> Expression | None:
    """A linear operation of ``c * x`` is ``c`` times that of ``x``, for single numbers c."""
    x = _inner(e)
    product = product_of(x)
    above = [a for a in product.above if a.ndim == 0]
    below = [b for b in product.below if b.ndim == 0]
    left = [a for a in product.above if a.ndim]
    if not left or (not above and not below and product.n == product.d == 1):
        return None
    inside = to_expression(Product(1, 1, left, [b for b in product.below if b.ndim]))
    if inside.shape != x.shape:
        return None
    moved = Apply(e.prim, [inside, *e.args[1:]], e.params, e.output)
    again = shape_rules[e.op](moved)
    shorter = moved if again is None else again
    return to_expression(Product(product.n, product.d, [*above, shorter], below))


def _expand(e: Apply) -> Expression | None:
    x = _inner(e)
    if x.shape == e.params[0]:
        return x
    if isinstance(x, Apply) and (x.op == "expand" or (x.op == "reshape" and _inner(x).ndim == 0)):
        return applied("expand", _inner(x), params=e.params)
    return None


def _reshape(e: Apply) -> Expression | None:
    x = _inner(e)
    shape = tuple(e.params[0])
    if x.shape == shape:
        return x
    if isinstance(x, Apply) and x.op == "reshape":
        return applied("reshape", _inner(x), params=e.params)
    if isinstance(x, Apply) and x.op == "expand" and _inner(x).ndim == 0:
        return applied("expand", _inner(x), params=(shape,))
    if x.ndim == 0:
        return applied("expand", x, params=(shape,))
    if isinstance(x, Apply) and x.op == "sum":
        found = _sum_reshaped(x, shape)
        if found is not None:
            return found
    return _scalars_out(e)


def _sum_reshaped(x: Apply, shape: tuple[int, ...]) -> Expression | None:
    """``sum(..., keepdims)`` instead of a sum whose axes are put back or taken away."""
    axis, keepdims = x.params
    inner = _inner(x)
    other = applied("sum", inner, params=(axis, not keepdims))
    return other if other.shape == shape else None


def _transpose(e: Apply) -> Expression | None:
    x, axes = _inner(e), tuple(e.params[0])
    if axes == tuple(range(len(axes))):
        return x
    if isinstance(x, Apply) and x.op == "transpose":
        inner = tuple(x.params[0])
        return applied("transpose", _inner(x), params=(tuple(inner[k] for k in axes),))
    matrices = axes == (*range(len(axes) - 2), len(axes) - 1, len(axes) - 2)
    if isinstance(x, Apply) and x.op == "matmul" and matrices:
        left, right = x.args
        assert left is not None
        assert right is not None
        if left.ndim == right.ndim == len(axes):
            return applied("matmul", right.mT, left.mT)
    return _scalars_out(e)


def _sum(e: Apply) -> Expression | None:
    x, (axis, keepdims) = _inner(e), e.params
    axes = reduced(x.ndim, axis)
    if all(x.shape[k] == 1 for k in axes):
        return applied("reshape", x, params=(e.shape,))
    if isinstance(x, Apply) and x.op == "expand":
        inner = _inner(x)
        old = (1,) * (x.ndim - inner.ndim) + inner.shape
        if all(old[k] == 1 for k in axes):  # what was repeated is counted
            count = math.prod(x.shape[k] for k in axes)
            once = tuple(n for k, n in enumerate(old) if keepdims or k not in axes)
            return applied("expand", inner.reshape(once) * float(count), params=(e.shape,))
    if _rows_of_one(x) and axes == {x.ndim - 1}:
        return applied("expand", Number(1), params=(e.shape,))
    return _scalars_out(e)


def _rows_of_one(x: Expression) -> bool:
    """Whether each row has a single 1: ``one_hot(t)``."""
    return isinstance(x, Apply) and x.op == "put" and is_one_hot(x)


def _put(e: Apply) -> Expression | None:
    """A number put at places is the number times ones at these places."""
    x = _inner(e)
    if isinstance(x, Apply) and x.op == "expand" and _inner(x).ndim == 0:
        inner = _inner(x)
        if isinstance(inner, Number) and inner.number == 1:
            return None
        ones = applied("expand", Number(1), params=(x.shape,))
        return to_expression(Product(1, 1, [inner, Apply(e.prim, [ones], e.params)], []))
    return _scalars_out(e)


def _zero_stays(rule: Callable[[Apply], Expression | None]) -> Callable[[Apply], Expression | None]:
    """Linear operations of 0 are 0."""

    def with_zero(e: Apply) -> Expression | None:
        x = _inner(e)
        if isinstance(x, Apply) and x.op == "expand":
            x = _inner(x)
        if isinstance(x, Number) and x.number == 0:
            if _is(e, "expand") and e.args[0] is x:
                return None
            return applied("expand", Number(0), params=(e.shape,))
        return rule(e)

    return with_zero


def _matmul(e: Apply) -> Expression | None:
    """Single numbers come out of matrix products."""
    parts = [product_of(x) for x in e.args if x is not None]
    whole = Product()
    inside = []
    for x, p in zip(e.args, parts, strict=True):
        assert x is not None
        above = [a for a in p.above if a.ndim == 0]
        below = [b for b in p.below if b.ndim == 0]
        left = [a for a in p.above if a.ndim]
        kept = to_expression(Product(1, 1, left, [b for b in p.below if b.ndim])) if left else x
        if kept.shape != x.shape or not left:
            inside.append(x)
            continue
        inside.append(kept)
        whole.n, whole.d = whole.n * p.n, whole.d * p.d
        whole.above += above
        whole.below += below
    if whole.n == whole.d == 1 and not whole.above and not whole.below:
        return None
    whole.above.append(applied("matmul", *inside))
    return to_expression(whole)


def _cast(e: Apply) -> Expression | None:
    return _inner(e) if np.dtype(e.params[0]).kind == "f" else None


shape_rules: dict[str, Callable[[Apply], Expression | None]] = {
    "expand": _zero_stays(_expand),
    "reshape": _zero_stays(_reshape),
    "transpose": _zero_stays(_transpose),
    "matmul": _matmul,
    "sum": _zero_stays(_sum),
    "put": _zero_stays(_put),
    "getitem": _zero_stays(_scalars_out),
    "cast": _cast,
}
