"""Formulas made shorter, never other ones.

Always: factors 1 and -1, products and sums put in order, like terms, powers, shapes that are undone
again (``simplify_shapes``). Only with a condition, which is noted: ``a·b / b``. Never: a symbol
replaced by its number, matrix products exchanged, a sum over repeated axes dropped.
"""

from __future__ import annotations

from collections.abc import Callable

from .algebra import Conditions, Product, added, merged, product_of, terms_of, to_expression
from .expression import Apply, Expression, Number, applied, rebuilt, walk
from .simplify_shapes import shape_rules, without_repetition

MOST_ROUNDS = 12


def simplify(
    e: Expression, conditions: Conditions | None = None, factor: bool = False
) -> Expression:
    """A shorter formula of the same value.

    Parameters
    ----------
    e : Expression
    conditions : dict, optional
        Filled with what was cancelled, which must not be 0; without it nothing is cancelled.
    factor : bool
        Whether what all terms of a sum share is put in front of it.

    Returns
    -------
    Expression

    Examples
    --------
    >>> from microgradnn.derive.expression import Symbol
    >>> x, y = Symbol("x"), Symbol("y")
    >>> simplify(1.0 * (2.0 * (x - y)) * -1.0)
    −2 · (x − y)
    >>> simplify(1.0 - x * x + 0.0 * y), simplify(x * y / y)
    (1 − x², x · y / y)
    """
    for _ in range(MOST_ROUNDS):
        shorter = _pass(e, conditions, factor)
        if shorter.key == e.key:
            return shorter
        e = shorter
    return e


def _pass(e: Expression, conditions: Conditions | None, factor: bool) -> Expression:
    done: dict[int, Expression] = {}
    for part in walk(e):
        if not isinstance(part, Apply):
            done[id(part)] = part
            continue
        args = [None if a is None else done[id(a)] for a in part.args]
        same = all(a is b for a, b in zip(args, part.args, strict=True))
        done[id(part)] = _local(part if same else rebuilt(part, args), conditions, factor)
    return done[id(e)]


def _local(e: Apply, conditions: Conditions | None, factor: bool) -> Expression:
    """One operation of arguments that are simplified already."""
    if e.op in ("mul", "div", "neg"):
        return _simple_product(e, conditions, factor)
    if e.op in ("add", "sub"):
        return _simple_sum(e, factor)
    rule = _RULES.get(e.op)
    if rule is not None:
        found = rule(e)
        if found is not None:
            return found
    return e


def _simple_product(e: Apply, conditions: Conditions | None, factor: bool) -> Expression:
    product = merged(product_of(e), conditions)
    if product.is_zero:
        return _zero(e)
    if conditions is not None:
        spread = _distributed(product)
        if spread is not None:
            return _shaped(spread, e)
    if factor:
        _take_means(product)
    product.above = without_repetition(product.above, [*product.above, *product.below], e.shape)
    product.below = without_repetition(product.below, [*product.above, *product.below], e.shape)
    if factor and product.n < 0:
        for k, part in enumerate(product.above):
            turned = _turned(part)
            if turned is not None:
                product.above[k] = turned
                product.n = -product.n
                break
    return _shaped(to_expression(product), e)


def _distributed(product: Product) -> Expression | None:
    """``b * (a / b + c)`` as ``a + b * c``: only where something cancels."""
    for k, part in enumerate(product.above):
        if not isinstance(part, Apply) or part.op not in ("add", "sub"):
            continue
        terms = terms_of(part)
        others = product.above[:k] + product.above[k + 1 :]
        if not any(_has(others, b) for term in terms for b in term.below):
            continue
        out = [
            Product(
                term.n * product.n, term.d * product.d, [*term.above, *others],
                [*term.below, *product.below],
            )
            for term in terms
        ]  # fmt: skip
        return added(out)
    return None


def _take_means(product: Product) -> None:
    """``sum(x) / count`` as ``mean(x)``."""
    for k, part in enumerate(product.above):
        if isinstance(part, Apply) and part.op == "sum" and part.args[0] is not None:
            count = part.args[0].size / max(part.size, 1)
            if count == product.d and count > 1:
                product.d = 1
                product.above[k] = applied("mean", part.args[0], params=part.params)
                return


def _turned(e: Expression) -> Expression | None:
    """``b - a`` of ``a - b``."""
    if isinstance(e, Apply) and e.op == "sub":
        terms = terms_of(e)
        if len(terms) == 2 and terms[0].n > 0 > terms[1].n:
            for term in terms:
                term.n = -term.n
            return added(terms[::-1])
    return None


def _simple_sum(e: Apply, factor: bool) -> Expression:
    terms = [merged(term) for term in terms_of(e)]
    if any(term.is_zero for term in terms):
        rest = [term for term in terms if not term.is_zero]
        return _shaped(added(rest), e) if rest else _zero(e)
    if factor and len(terms) > 1:
        found = _factored(terms)
        if found is not None:
            return _shaped(found, e)
    return _shaped(added(terms), e)


def _factored(terms: list[Product]) -> Expression | None:
    """What all terms share in front of the sum of what is left."""
    first, *others = terms
    above = [a for a in first.above if all(_has(t.above, a) for t in others)]
    below = [b for b in first.below if all(_has(t.below, b) for t in others)]
    n = abs(first.n) if all(abs(t.n) == abs(first.n) for t in others) else 1
    d = first.d if all(t.d == first.d for t in others) else 1
    if not above and not below and n == 1 and d == 1:
        return None
    left = []
    for term in terms:
        left.append(
            Product(
                term.n / n, term.d / d, _without(term.above, above), _without(term.below, below)
            )
        )
    inner = added(left)
    common = Product(n, d, [*above], [*below])
    if isinstance(inner, Number):
        common.n *= inner.number
    else:
        common.above.append(inner)
    return to_expression(common)


def _has(parts: list[Expression], one: Expression) -> bool:
    return any(p.key == one.key for p in parts)


def _without(parts: list[Expression], gone: list[Expression]) -> list[Expression]:
    left = list(parts)
    for one in gone:
        for k, p in enumerate(left):
            if p.key == one.key:
                del left[k]
                break
    return left


def _zero(e: Apply) -> Expression:
    return _shaped(Number(0), e)


def _shaped(e: Expression, like: Apply) -> Expression:
    """Repeated to the shape that the formula had, if it has lost it."""
    shape = like.shape
    return e if e.shape == shape else applied("expand", e, params=(shape,))


def _power(e: Apply) -> Expression | None:
    if e.params[0] == 1:
        return e.args[0]
    return None


def _exp(e: Apply) -> Expression | None:
    x = e.args[0]
    if isinstance(x, Apply) and x.op == "log_softmax":
        return applied("softmax", x.args[0], params=x.params)
    return None


def _where(e: Apply) -> Expression | None:
    _, x, y = e.args
    assert x is not None
    assert y is not None
    zeros = [isinstance(a, Number) and a.number == 0 for a in (x, y)]
    return _zero(e) if all(zeros) else None


def _comparison(e: Apply) -> Expression | None:
    """Two numbers that are written in the formula can be compared; symbols never are."""
    if all(isinstance(x, Number) for x in e.args):
        return Number(int(bool(e.value)))
    return None


_RULES: dict[str, Callable[[Apply], Expression | None]] = {
    "power": _power,
    "exp": _exp,
    "where": _where,
    "lt": _comparison,
    "le": _comparison,
    "gt": _comparison,
    "ge": _comparison,
    **shape_rules,
}
