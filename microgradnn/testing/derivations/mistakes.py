"""A formula with one mistake in it: each that people make, at each place where it can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from ...derive.algebra import Product, product_of, terms_of, to_expression
from ...derive.expression import Apply, Expression, Number, Symbol, apply, rebuilt

Kind = Literal["sign", "factor", "transpose", "sum", "path", "index", "place"]
"""What kind of mistake.

*sign*; *factor*: one is missing, is there twice, or is too much; *transpose*: an operand is, or is
not; *sum*: one over a repeated axis is missing, or over another axis; *path*: a contribution is
left out; *index*: another variable's number, or gradient; *place*: the derivative was taken at
another place, ``z`` for ``a``.
"""

MOST_FACTORS = 6
"""So many factors are left out in all combinations; of longer products, one at a time."""

Put = Callable[[Expression], Expression]
"""From what stands at one place in a formula to the whole formula."""


@dataclass(frozen=True)
class Edit:
    """A formula with a mistake in it.

    Attributes
    ----------
    kind : str
        See `Kind`.
    formula : Expression
    words : str
        What the mistake is: ``{0}``, ``{1}`` stand for ``parts``.
    parts : tuple of Expression
    cost : int
        Of two mistakes that give the same numbers, the cheaper one is the likelier.
    """

    kind: Kind
    formula: Expression
    words: str
    parts: tuple[Expression, ...] = ()
    cost: int = 1


def places(
    e: Expression, put: Put = lambda new: new, parent: Expression | None = None
) -> Iterator[tuple[Expression, Put, Expression | None]]:
    """Every place in a formula: what stands there, how to put something else, and what is around.

    Where the same part stands twice, each is a place of its own.
    """
    yield e, put, parent
    if isinstance(e, Apply):
        for k, a in enumerate(e.args):
            if a is not None:

                def put_here(new: Expression, k: int = k, e: Apply = e) -> Expression:
                    return put(rebuilt(e, [*e.args[:k], new, *e.args[k + 1 :]]))

                yield from places(a, put_here, e)


def mistakes(formula: Expression) -> Iterator[Edit]:
    """A formula with one mistake in it, for each mistake and place."""
    for part, put, parent in places(formula):
        if not isinstance(part, Apply):
            continue
        if is_product(part) and not is_product(parent):
            yield from _in_product(part, put)
        elif part.op in ("add", "sub") and not _is_sum(parent):
            yield from _in_sum(part, put)
        elif part.op == "power":
            yield from _in_power(part, put)
        elif part.op == "matmul":
            yield from _in_matmul(part, put)
        elif part.op == "transpose" and part.args[0] is not None:
            yield Edit("transpose", put(part.args[0]), "{0} is not transposed", part.args[:1])  # type: ignore[arg-type]
        elif part.op == "sum":
            yield from _in_reduction(part, put)


def is_product(e: Expression | None) -> bool:
    """Whether a formula is made of factors: ``where(condition, x, 0)`` is one."""
    return isinstance(e, Apply) and (e.op in ("mul", "div", "neg") or _mask(e) is not None)


def factors(e: Expression) -> Product:
    """A formula as a product, with the conditions in it as factors of 0 or 1."""
    p = product_of(e)
    above: list[Expression] = []
    waiting = list(p.above)
    while waiting:
        part = waiting.pop(0)
        mask = _mask(part)
        if mask is None:
            above.append(part)
            continue
        assert isinstance(part, Apply)
        assert part.args[1] is not None
        inner = product_of(part.args[1])
        p.n, p.d = p.n * inner.n, p.d * inner.d
        p.below += inner.below
        above.append(mask)
        waiting = [*inner.above, *waiting]
    return Product(p.n, p.d, above, p.below)


def _mask(e: Expression) -> Expression | None:
    """The factor of 0 or 1 in ``where(condition, x, 0)``."""
    if not isinstance(e, Apply) or e.op != "where":
        return None
    condition, _, otherwise = e.args
    if not isinstance(otherwise, Number) or otherwise.number != 0:
        return None
    mask: Expression = apply("where", condition, Number(1.0), otherwise)
    return mask


def _is_sum(e: Expression | None) -> bool:
    return isinstance(e, Apply) and e.op in ("add", "sub")


def _in_product(e: Apply, put: Put) -> Iterator[Edit]:
    p = factors(e)
    one = [*p.above, *p.below]
    several = range(1, len(one) + 1) if len(one) <= MOST_FACTORS else (1,)
    coefficient = _coefficient(p)
    for k in several:
        for left_out in combinations(range(len(one)), k):
            parts = tuple(one[j] for j in left_out)
            kept = Product(p.n, p.d, *_without(p, left_out))
            words = "the factor {0} is missing"
            if k > 1:
                names = [f"{{{j}}}" for j in range(k)]
                words = f"the factors {', '.join(names[:-1])} and {names[-1]} are missing"
            elif left_out[0] >= len(p.above):
                words = "the division by {0} is missing"
            yield Edit("factor", put(to_expression(kept)), words, parts, k)
            if any(_is_sum(part) for part in parts):  # a - b might have been written b - a
                other = Product(-p.n, p.d, kept.above, kept.below)
                yield Edit("factor", put(to_expression(other)), words, parts, k)
            if coefficient is not None:
                words = f"{words}, and {{{k}}} too"
                for n in (1.0, -1.0):
                    kept = Product(n, 1, kept.above, kept.below)
                    whole = put(to_expression(kept))
                    yield Edit("factor", whole, words, (*parts, coefficient), k + 1)
    if coefficient is not None:
        for n, d in {(1.0, p.d), (-1.0, p.d), (p.n, 1.0), (1.0, 1.0), (-1.0, 1.0)}:
            if (n, d) not in ((p.n, p.d), (-p.n, p.d)):
                gone = Number((p.n / p.d) / (n / d))
                yield Edit(
                    "factor", put(to_expression(Product(n, d, p.above, p.below))),
                    "the factor {0} is missing", (gone,),
                )  # fmt: skip
    negative = Product(-p.n, p.d, p.above, p.below)
    yield Edit("sign", put(to_expression(negative)), "the sign of {0} is wrong", (e,))
    for k, part in enumerate(p.above):
        twice = Product(p.n, p.d, [*p.above, part], p.below)
        yield Edit("factor", put(to_expression(twice)), "the factor {0} is there twice", (part,), 2)
        turned = Product(p.n, p.d, p.above[:k] + p.above[k + 1 :], [*p.below, part])
        words = "it is divided by {0} instead of multiplied"
        yield Edit("factor", put(to_expression(turned)), words, (part,), 3)
    for k, part in enumerate(p.below):
        turned = Product(p.n, p.d, [*p.above, part], p.below[:k] + p.below[k + 1 :])
        words = "it is multiplied by {0} instead of divided"
        yield Edit("factor", put(to_expression(turned)), words, (part,), 2)


def _coefficient(p: Product) -> Number | None:
    return None if abs(p.n) == p.d == 1 else Number(p.n / p.d)


def _without(p: Product, gone: tuple[int, ...]) -> tuple[list[Expression], list[Expression]]:
    count = len(p.above)
    above = [e for k, e in enumerate(p.above) if k not in gone]
    below = [e for k, e in enumerate(p.below) if k + count not in gone]
    return above, below


def _in_sum(e: Apply, put: Put) -> Iterator[Edit]:
    terms = [to_expression(t) for t in terms_of(e)]
    for k, term in enumerate(terms):
        flipped = [apply("neg", t) if j == k else t for j, t in enumerate(terms)]
        yield Edit("sign", put(_added(flipped)), "the sign of {0} in {1} is wrong", (term, e))
        twice = [*terms, term]
        yield Edit("factor", put(_added(twice)), "{0} is there twice in {1}", (term, e), 2)
        rest = [t for j, t in enumerate(terms) if j != k]
        if not isinstance(term, Number) and rest:
            yield Edit("path", put(_added(rest)), "the term {0} of {1} is missing", (term, e), 2)
    if len(terms) > 1:
        every = _added([apply("neg", t) for t in terms])
        yield Edit("sign", put(every), "the sign of {0} is wrong", (e,))


def _added(terms: list[Expression]) -> Expression:
    whole = terms[0]
    for term in terms[1:]:
        whole = whole + term
    return whole


def _in_power(e: Apply, put: Put) -> Iterator[Edit]:
    base, exponent = e.args[0], e.params[0]
    assert base is not None
    if exponent in (2, 3):
        less = base if exponent == 2 else apply("power", base, params=(2,))
        yield Edit("factor", put(less), "the exponent of {0} is one too small", (e,))


def _in_matmul(e: Apply, put: Put) -> Iterator[Edit]:
    left, right = e.args
    assert left is not None
    assert right is not None
    for k, part in enumerate((left, right)):
        ones = Symbol("ones", np.ones(part.shape))
        product = apply("matmul", *((ones, right) if k == 0 else (left, ones)))
        yield Edit("factor", put(product), "the factor {0} is missing", (part,))
    turned = [(left, right)]
    if left.ndim > 1:
        turned.append((_turned(left), right))
    if right.ndim > 1:
        turned.append((left, _turned(right)))
    if left.ndim > 1 < right.ndim:
        turned.append((_turned(left), _turned(right)))
    for k, (a, b) in enumerate(turned):
        both = a is not left and b is not right
        one = left if a is not left else right
        for swapped in (False, True):
            # Where one lacks its transposition alone, that is a mistake of its own.
            known = k == 0 or (not both and _is_turned(one))
            if known and not swapped:
                continue
            x, y = (b, a) if swapped else (a, b)
            if x.ndim == 0 or y.ndim == 0 or x.shape[-1] != y.shape[max(-2, -y.ndim)]:
                continue
            if k == 0:
                words = "{0} and {1} are multiplied in the wrong order"
            elif both:
                words = "{0} and {1} are transposed, or not, the wrong way round"
            else:
                words = "{0} is not transposed" if _is_turned(one) else "{0} is transposed"
            if swapped and k:
                words += ", and the order is wrong"
            parts = (left, right) if both or k == 0 else (_turned(one) if _is_turned(one) else one,)
            yield Edit("transpose", put(apply("matmul", x, y)), words, parts, 1 + swapped)


def _is_turned(e: Expression) -> bool:
    return isinstance(e, Apply) and e.op == "transpose" and e.args[0] is not None


def _turned(e: Expression) -> Expression:
    if isinstance(e, Apply) and e.op == "transpose" and e.args[0] is not None:
        below = e.args[0]
        axes = list(range(below.ndim))
        axes[-2:] = axes[-1], axes[-2]
        if tuple(e.params[0] if e.params[0] is not None else axes) == tuple(axes):
            return below
    result: Expression = e.mT
    return result


def _in_reduction(e: Apply, put: Put) -> Iterator[Edit]:
    inner = e.args[0]
    assert inner is not None
    words = "the sum over the repeated axis is missing"
    yield Edit("sum", put(inner), words)
    axis, keepdims = e.params[0], e.params[1]
    for other in range(inner.ndim):
        if other not in (axis, (axis,)):
            summed = apply("sum", inner, params=(other, keepdims))
            yield Edit("sum", put(summed), f"the sum is over axis {other} instead of {axis}", (), 2)


def is_adjoint(e: Expression) -> bool:
    """Whether a symbol is a derivative of the root."""
    return isinstance(e, Symbol) and e.name.startswith("d_")
