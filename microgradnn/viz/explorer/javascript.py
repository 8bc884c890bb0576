"""Formulas as JavaScript: the page's arithmetic is what the table's functions do, printed.

Operators are JavaScript's own; functions are those of ``Math`` that have the primitive's (or its
NumPy function's) name; any other primitive is traced in turn. What can't be printed is said so, and
the page then shows the engine's numbers without computing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..._primitive import Primitive
from ...derive.expression import Apply, Expression, Number, Symbol
from ...derive.tracing import NoFormula, trace_mathematics, trace_rule, trace_scalar

MATH = {
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh", "exp",
    "expm1", "floor", "hypot", "log", "log10", "log1p", "log2", "sign", "sin", "sinh", "sqrt",
    "tan", "tanh", "trunc",
}  # fmt: skip
"""Functions of JavaScript's ``Math`` that mean what the primitives of the same name mean."""
_BY_NUMPY = {"maximum": "max", "minimum": "min", "power": "pow", "absolute": "abs"}
"""NumPy functions that ``Math`` has under another name."""
_INFIX = {
    "+": "+", "-": "-", "*": "*", "/": "/", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "==": "===", "!=": "!==",
}  # fmt: skip
"""Symbols of two-operand primitives to JavaScript's operators."""
_DEEPEST = 60


def javascript_of(e: Expression, depth: int = 0) -> str:
    """One JavaScript expression.

    Parameters
    ----------
    e : Expression
        Its symbols are names of JavaScript variables.

    Raises
    ------
    NoFormula
        If it needs something that JavaScript has not.

    Examples
    --------
    >>> x = Symbol("x")
    >>> javascript_of(x * x + 1.0)
    '((x*x)+1)'
    """
    if isinstance(e, Number):
        return _number(e.number)
    if isinstance(e, Symbol):
        if not e.name.isidentifier():
            raise NoFormula(f"{e.name!r} is no variable of the page")
        return e.name
    if not isinstance(e, Apply) or e.output is not None or depth > _DEEPEST:
        raise NoFormula(f"{e!r} has no form in JavaScript")
    args = [javascript_of(a, depth + 1) for a in e.args if a is not None]
    if e.prim.name == "where":
        return f"({args[0]}?{args[1]}:{args[2]})"
    if len(args) == 2 and e.prim.symbol in _INFIX:
        return f"({args[0]}{_INFIX[e.prim.symbol]}{args[1]})"
    if len(args) == 1 and e.prim.operator == "neg":
        return f"(-{args[0]})"
    if e.prim.symbol == "**{exponent}":
        exponent = e.params[0]
        return args[0] if exponent == 1 else f"Math.pow({args[0]},{_number(exponent)})"
    name = name_in_math(e.prim)
    if name and not e.params:
        return f"Math.{name}({','.join(args)})"
    traced = _opened(e)
    return javascript_of(traced, depth + 1)


def forward_javascript(prim: Primitive, params: Sequence[Any], arity: int) -> str:
    """A function of the operands, as source.

    Raises
    ------
    NoFormula
    """
    names = [f"a{k}" for k in range(arity)]
    body = javascript_of(_expanded(prim, [Symbol(name) for name in names], params))
    return f"({','.join(names)})=>{body}"


def backward_javascript(prim: Primitive, params: Sequence[Any], arity: int) -> str:
    """A function of ``g``, the result ``v`` and the operands: the list of what each receives.

    Raises
    ------
    NoFormula
    """
    names = [f"a{k}" for k in range(arity)]
    given = rule_expressions(prim, params, [Symbol(name) for name in names], Symbol("g"))
    bodies = ["0" if e is None else javascript_of(e) for e in given]
    return f"(g,v,{','.join(names)})=>[{','.join(bodies)}]"


def rule_expressions(
    prim: Any,
    params: Sequence[Any],
    inputs: Sequence[Expression | None],
    g: Expression,
    result: Any = None,
) -> list[Expression | None]:
    """The contributions to each operand of a primitive whose result is called ``v``.

    Parameters
    ----------
    prim, params, inputs, g
        As for ``trace_rule``.
    result : ndarray, optional
        The value of the result: rules of arrays ask for its shape.

    Raises
    ------
    NoFormula
    """
    if not isinstance(prim, Primitive) or not prim.single:
        raise NoFormula("several results, or no entry of the table")
    return trace_rule(prim, inputs, params, [Symbol("v", result)], [g])


def _expanded(prim: Any, inputs: Sequence[Expression], params: Sequence[Any]) -> Expression:
    """The formula by which the scalar engine computes."""
    if not isinstance(prim, Primitive):
        raise NoFormula("no entry of the table")
    traced: Expression = trace_scalar(prim, inputs, params)
    if isinstance(traced, Apply) and traced.prim is prim and not name_in_math(prim):
        traced = trace_mathematics(prim, inputs, params)
    return traced


def _opened(e: Apply) -> Expression:
    """A primitive that JavaScript lacks, in terms of others.

    Raises
    ------
    NoFormula
        If it is made of nothing simpler.
    """
    traced = _expanded(e.prim, [a for a in e.args if a is not None], e.params)
    if isinstance(traced, Apply) and traced.prim is e.prim:
        raise NoFormula(f"JavaScript has no {e.prim.name}")
    return traced


def name_in_math(prim: Primitive) -> str:
    """The function of JavaScript's ``Math`` that is this primitive; empty if there is none."""
    for function in prim.numpy:
        name = getattr(function, "__name__", "")
        if name in _BY_NUMPY:
            return _BY_NUMPY[name]
    return prim.name if prim.name in MATH else ""


def _number(number: Any) -> str:
    """A number as JavaScript writes it.

    Examples
    --------
    >>> [_number(x) for x in (2.0, -0.5, float("inf"), True)]
    ['2', '(-0.5)', 'Infinity', '1']
    """
    number = float(number)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "(-Infinity)"
    text = str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
    return f"({text})" if number < 0 or text == "-0" else text
