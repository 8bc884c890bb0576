"""Formulas as trees that the page can print: numbers, operands by position, and what joins them.

A tree is a number, the name of an operand (``"a0"``), ``"v"`` for the result and ``"g"`` for the
gradient that arrives, or a list: what joins, and what is joined (``["*", "a0", ["-", 1, "v"]]``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._primitive import Primitive
from ...derive.expression import Apply, Expression, Number, Symbol, apply
from ...derive.tracing import NoFormula, trace_mathematics
from ..user_text import shorten
from .javascript import name_in_math, rule_expressions
from .recording import Entry, Operation

Tree = Any
_LARGEST = 60
"""Bigger trees are no help to a reader."""


def scalar_formulas(operation: Operation) -> tuple[Tree, list[Tree]]:
    """What an operation computes, and its derivative by each operand; None for what has no form."""
    prim, params = operation.prim, operation.params
    names = [Symbol(f"a{k}") for k in range(operation.arity)]
    if operation.links > 1:
        total: Any = names[0]
        for name in names[1:]:
            total = apply(prim, total, name)
        return tree_of(total), [1] * operation.arity
    try:
        locals_ = [
            None if e is None else tree_of(e)
            for e in rule_expressions(prim, params, names, Number(1.0))
        ]
    except NoFormula:
        locals_ = [None] * operation.arity
    return _mathematics(prim, names, params), locals_


def array_formulas(entry: Entry, entries: Sequence[Entry]) -> tuple[Tree, list[Tree]]:
    """The same for arrays: the formula of each contribution, with ``"g"`` in it."""
    operation = entry.operation
    assert operation is not None
    prim, params = operation.prim, operation.params
    names: list[Any] = [None] * operation.arity
    for slot, place in zip(entry.slots, entry.args, strict=True):
        names[slot] = Symbol(f"a{slot}", entries[place].value)
    gradient = entry.gradient if entry.gradient is not None else entry.value
    try:
        with np.errstate(all="ignore"):
            rules = rule_expressions(prim, params, names, Symbol("g", gradient), entry.value)
            trees = [
                None if e is None or names[k] is None else _summed(e, names[k])
                for k, e in enumerate(rules)
            ]
    except Exception:  # a rule made for arrays may ask anything of what it is given
        trees = [None] * operation.arity
    return _mathematics(prim, names, params), [trees[k] for k in entry.slots]


def _mathematics(prim: Any, names: Sequence[Any], params: Sequence[Any]) -> Tree:
    if not isinstance(prim, Primitive):
        return None
    try:
        return tree_of(trace_mathematics(prim, names, params))
    except Exception:  # shown as the operation's name instead
        return None


def _summed(e: Expression, operand: Expression) -> Tree:
    """A contribution in the operand's shape: what broadcasting repeated is added up."""
    tree = tree_of(e)
    return tree if e.shape == operand.shape or tree is None else ["unbroadcast", tree]


def tree_of(e: Expression) -> Tree:
    """The tree of a formula, without factors of 1; None if it would be too big to read.

    Examples
    --------
    >>> v = Symbol("v")
    >>> tree_of(1.0 * (v * (1.0 - v)))
    ['*', 'v', ['-', 1, 'v']]
    """
    tree = _tree(e)
    return tree if _size(tree) <= _LARGEST else None


def _size(tree: Tree) -> int:
    return 1 + sum(map(_size, tree[1:])) if isinstance(tree, list) else 1


def _tree(e: Expression) -> Tree:
    if isinstance(e, Number):
        number = float(e.number)
        return int(number) if number == int(number) and abs(number) < 1e15 else number
    if isinstance(e, Symbol):
        return e.name if e.name[:1] in "avg0" else "const"
    assert isinstance(e, Apply)
    args = [_tree(a) for a in e.args if a is not None]
    symbol = e.prim.symbol
    if symbol == "**{exponent}":
        exponent = e.params[0]
        return args[0] if exponent == 1 else ["^", args[0], _tree(Number(exponent))]
    if e.prim.operator == "neg":
        return _negative(args[0])
    if len(args) == 2 and 1 <= len(symbol) <= 2 and not symbol.isalnum():
        return _joined("^" if symbol == "**" else symbol, args)
    if _is_transposed_matrix(e):
        return ["T", *args]
    return [name_in_math(e.prim) or e.prim.name, *args, *_settings(e)]


def _settings(e: Apply) -> list[Tree]:
    """What is not an operand and differs from what it usually is: ``{"p": "axis=0"}``."""
    plain = (int, float, str, tuple)
    said = [
        f"{name}={value}"
        for (name, default), value in zip(e.prim.params, e.params, strict=True)
        if isinstance(value, plain) and not isinstance(value, bool) and value != default
    ]
    return [{"p": shorten(", ".join(said), 24)}] if said else []


def _is_transposed_matrix(e: Apply) -> bool:
    """Whether only the last two axes change places."""
    if e.prim.name != "transpose" or not isinstance(e.params[0], tuple):
        return False
    n = len(e.params[0])
    return n >= 2 and e.params[0] == (*range(n - 2), n - 1, n - 2)


def _joined(symbol: str, args: list[Tree]) -> Tree:
    """Two operands joined, with 1 and −1 taken out of products, 0 out of sums."""
    x, y = args
    if symbol == "+" and x == 0:
        return y
    if symbol == "+" and y == 0:
        return x
    if symbol == "*":
        for one, other in ((x, y), (y, x)):
            if one == 1:
                return other
            if one == -1:
                return _negative(other)
        if isinstance(x, list) and x[0] == "neg":
            return _negative(["*", x[1], y])
    if symbol == "/" and y == 1:
        return x
    return [symbol, x, y]


def _negative(tree: Tree) -> Tree:
    if isinstance(tree, int | float):
        return -tree
    if isinstance(tree, list) and tree[0] == "neg":
        return tree[1]
    return ["neg", tree]
