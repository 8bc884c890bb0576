"""Sums and products as lists: the normal form in which formulas are simplified.

A product is a coefficient ``n / d`` of numbers, factors above and factors below the line; a sum is
a list of products. Nothing is replaced by its value: a weight that happens to be 1 stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .expression import Apply, Expression, Number, applied

MOST_IN_ROW = 50
"""Sums of more terms are nested as a balanced tree."""

Conditions = dict[Any, Expression]
"""What was divided by and cancelled, by key: it must not be 0."""


@dataclass
class Product:
    """``n / d`` times the factors ``above``, divided by the factors ``below``."""

    n: float = 1
    d: float = 1
    above: list[Expression] = field(default_factory=list)
    below: list[Expression] = field(default_factory=list)

    @property
    def is_zero(self) -> bool:
        """Whether it is a structural 0."""
        return self.n == 0

    @property
    def rest(self) -> Any:
        """A key of everything but the coefficient."""
        return (
            tuple(sorted((e.key for e in self.above), key=repr)),
            tuple(sorted((e.key for e in self.below), key=repr)),
        )


def product_of(e: Expression) -> Product:
    """An expression as a product."""
    out = Product()
    _gather(e, out, False)
    return out


def _gather(e: Expression, out: Product, inverted: bool) -> None:
    if isinstance(e, Number) and not isinstance(e.number, bool):
        if inverted:
            out.d *= e.number
        else:
            out.n *= e.number
    elif isinstance(e, Apply) and e.op == "expand" and isinstance(e.args[0], Number):
        _gather(e.args[0], out, inverted)  # one number everywhere; the shape is the sum's business
    elif isinstance(e, Apply) and e.op in ("mul", "div") and None not in _ids(e):
        left, right = e.args
        assert left is not None
        assert right is not None
        _gather(left, out, inverted)
        _gather(right, out, inverted != (e.op == "div"))
    elif isinstance(e, Apply) and e.op == "neg" and e.args[0] is not None:
        out.n = -out.n
        _gather(e.args[0], out, inverted)
    else:
        (out.below if inverted else out.above).append(e)


def _ids(e: Apply) -> list[Any]:
    return [None if a is None else id(a) for a in e.args]


def merged(product: Product, conditions: Conditions | None = None) -> Product:
    """The product with powers collected, and what is above and below the line cancelled.

    Cancelling needs ``conditions``: each factor that is cancelled is noted there, and is cancelled
    only if none of its numbers is 0.
    """
    powers: dict[Any, tuple[Expression, float]] = {}
    for e in product.above:
        base, exponent = _base(e)
        known = powers.get(base.key)
        powers[base.key] = (base, exponent + (known[1] if known else 0))
    below: list[Expression] = []
    for e in product.below:
        base, exponent = _base(e)
        known = powers.get(base.key)
        if known and conditions is not None and known[1] >= exponent > 0 and _never_zero(base):
            powers[base.key] = (base, known[1] - exponent)
            conditions[base.key] = base
        else:
            below.append(e)
    above = []
    for base, exponent in powers.values():
        if exponent == 1:
            above.append(base)
        elif exponent != 0:
            whole = int(exponent) if exponent == int(exponent) else exponent
            above.append(applied("power", base, params=(whole,)))
    n, d = _reduced(product.n, product.d)
    return Product(n, d, above, below)


def _base(e: Expression) -> tuple[Expression, float]:
    if isinstance(e, Apply) and e.op == "power":
        base, exponent = e.args[0], e.params[0]
        whole = isinstance(exponent, int | float) and exponent == int(exponent) and exponent > 0
        if whole and base is not None:
            return base, exponent
    return e, 1


def _never_zero(e: Expression) -> bool:
    try:
        return bool(np.all(np.asarray(e.value) != 0))
    except ValueError:
        return False


def _reduced(n: float, d: float) -> tuple[float, float]:
    if d < 0:
        n, d = -n, -d
    if n == int(n) and d == int(d) and d != 0 and math.isfinite(n):
        common = math.gcd(int(n), int(d)) or 1
        return int(n) // common, int(d) // common
    if d in (0.5, 0.25, 0.125) and n == int(n):
        return _reduced(n / d, 1)
    if n in (0.5, 0.25, 0.125, -0.5, -0.25, -0.125) and d == int(d) and d != 1:
        return _reduced(math.copysign(1, n), d / abs(n))
    return n, d


def to_expression(p: Product) -> Expression:
    """A product as an expression: coefficient, factors, and one fraction line."""
    if p.n == 0:
        return Number(0)
    above, n = list(p.above), p.n
    negative = n == -1 and bool(above)
    if n == 1 or negative:
        whole = _times(above) if above else Number(1)
    else:
        whole = _times([Number(_whole(n)), *above])
    below = [*([Number(_whole(p.d))] if p.d != 1 else []), *p.below]
    if negative:
        whole = applied("neg", whole)
    return applied("div", whole, _times(below)) if below else whole


def _times(factors: Sequence[Expression]) -> Expression:
    whole = factors[0]
    for factor in factors[1:]:
        whole = applied("mul", whole, factor)
    return whole


def _whole(x: float) -> float:
    return int(x) if abs(x) < 2**53 and x == int(x) else x


def terms_of(e: Expression) -> list[Product]:
    """An expression as the list of products that it is the sum of."""
    out: list[Product] = []
    _collect(e, 1, out)
    return out


def _collect(e: Expression, sign: int, out: list[Product]) -> None:
    if isinstance(e, Apply) and e.op in ("add", "sub"):
        left, right = e.args
        assert left is not None
        assert right is not None
        _collect(left, sign, out)
        _collect(right, sign if e.op == "add" else -sign, out)
        return
    product = product_of(e)
    one = product.above[0] if len(product.above) == 1 and not product.below else None
    if abs(product.n) == product.d == 1 and isinstance(one, Apply) and one.op in ("add", "sub"):
        _collect(one, sign * int(product.n), out)
        return
    product.n *= sign
    out.append(product)


def total(parts: Sequence[Expression]) -> Expression:
    """A sum of many terms, halved again and again, so that it is no deep nest."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2 if len(parts) > MOST_IN_ROW else len(parts) - 1
    return applied("add", total(parts[:middle]), total(parts[middle:]))


def added(terms: Sequence[Product]) -> Expression:
    """A sum of products as an expression; like terms are put together, zeros left out."""
    kept: dict[Any, Product] = {}
    for term in terms:
        key = term.rest
        known = kept.get(key)
        if known is None:
            kept[key] = Product(term.n, term.d, term.above, term.below)
        elif known.d == term.d:
            known.n += term.n
        else:
            known.n, known.d = known.n * term.d + term.n * known.d, known.d * term.d
    left = [merged(term) for term in kept.values() if term.n != 0]
    if not left:
        return Number(0)
    # A sum begins with a term without minus sign, if it has one.
    first = next((k for k, term in enumerate(left) if term.n > 0), 0)
    if left[0].n < 0:
        left.insert(0, left.pop(first))
    if len(left) > MOST_IN_ROW:
        return total([to_expression(term) for term in left])
    whole = to_expression(left[0])
    for term in left[1:]:
        positive = Product(abs(term.n), term.d, term.above, term.below)
        whole = applied("add" if term.n > 0 else "sub", whole, to_expression(positive))
    return whole
