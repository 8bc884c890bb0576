"""Formulas out of the table: its functions are run on symbols, and what they do is written down.

The interface
-------------
``trace(function, *args)``
    The formula that a function of operators, ``np.`` and ``math.`` calls computes. Where it asks
    ``if x >= 0:`` of a symbol both ways are traced, and become ``where(x >= 0, ..., ...)``.
``trace_rule(prim, inputs, params, results, cotangents, wanted)``
    What a primitive's derivative rules make of cotangents: a list with one entry per input.
``trace_scalar(prim, inputs, params)``
    What the scalar engine computes for a Value: stable where the textbook's formula is not.
``trace_forward(prim, inputs, params)``
    What the array engine computes.
``trace_mathematics(prim, inputs, params)``
    The textbook's formula (``prim.mathematics``), in other primitives.

Each raises `NoFormula` where there is none: a kernel in loops over memory, a word that is no
primitive. Symbols need no values for scalars; for arrays they do, since rules read shapes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

from .._late import load_late
from .._primitive import Primitive, cotangent_names, rule_arguments, table
from .expression import Apply, Expression, Number, apply, decide, expression

MOST_BRANCHES = 8


class NoFormula(Exception):
    """A function can't be traced."""


class _Fork(Exception):
    def __init__(self, condition: Expression) -> None:
        super().__init__("a condition")
        self.condition = condition


def trace(function: Callable[..., Any], *args: Any, branches: bool = True) -> Any:
    """The formula of ``function(*args)``; branches become ``where``.

    Parameters
    ----------
    function : callable
    *args
        Expressions, numbers, or anything else the function takes.
    branches : bool
        Whether conditions are traced both ways, or have no formula.

    Returns
    -------
    Expression, or what the function makes of several

    Raises
    ------
    NoFormula
        If the function does something that formulas can't.

    Examples
    --------
    >>> from microgradnn.derive.expression import Symbol
    >>> trace(lambda x: x * x if x > 0 else -x, Symbol("x"))
    where(x > 0, x · x, −x)
    """

    def follow(path: tuple[bool, ...]) -> Any:
        answers = iter(path)

        def choose(condition: Expression) -> bool:
            for answer in answers:
                return answer
            raise _Fork(condition)

        decide.append(choose)
        try:
            result = function(*args)
        except _Fork as fork:
            condition = fork.condition
        except Exception as error:
            raise NoFormula(f"{error}") from error
        else:
            return expression(result) if isinstance(result, int | float) else result
        finally:
            decide.pop()
        if len(path) >= MOST_BRANCHES or not branches:
            raise NoFormula("too many branches")
        return apply("where", condition, follow((*path, True)), follow((*path, False)))

    return follow(())


def trace_rule(
    prim: Primitive,
    inputs: Sequence[Expression | None],
    params: Sequence[Any],
    results: Sequence[Expression],
    cotangents: Sequence[Expression | None],
    wanted: Sequence[bool] | None = None,
) -> list[Expression | None]:
    """What the derivative rules of a primitive make of cotangents.

    Parameters
    ----------
    prim : Primitive
    inputs : sequence of Expression or None
    params : sequence
        The values of ``prim.params``.
    results : sequence of Expression
        Each output: one, or several in the order of ``prim.outputs``.
    cotangents : sequence of Expression or None
        Of each output; None where none arrived.
    wanted : sequence of bool, optional
        Of which inputs; all by default.

    Returns
    -------
    list of Expression or None
        One per input, in the shape that the rule gives it (broadcasting is not undone here). None
        for what is not wanted, or has no rule.

    Raises
    ------
    NoFormula
    """
    wanted = [x is not None for x in inputs] if wanted is None else wanted
    fixed = len(prim.inputs) - prim.variadic
    known: dict[str, Any] = dict(zip((p for p, _ in prim.params), params, strict=True))
    known.update(zip(prim.inputs[:fixed], inputs, strict=False))
    if prim.variadic:
        rest = prim.inputs[-1]
        known[rest] = list(inputs[fixed:])
        known["needs"] = list(wanted[fixed:])
        known[f"{rest}_shape"] = [x.shape for x in inputs[fixed:] if x is not None]
    for name, x in zip(prim.inputs[:fixed], inputs, strict=False):
        known[f"{name}_shape"] = None if x is None else x.shape
    many = prim.outputs[0].startswith("*")
    zeros = [
        c if c is not None else apply("expand", Number(0.0), params=(r.shape,))
        for c, r in zip(cotangents, results, strict=True)
    ]
    if many:
        known[prim.outputs[0][1:]], known[cotangent_names(prim)[0]] = list(results), zeros
    else:
        known.update(zip(prim.outputs, results, strict=True))
        whole = [c if c is not None else expression(0.0) for c in cotangents]
        known.update(zip(cotangent_names(prim), whole, strict=True))
        known["arrived"] = [
            n for n, c in zip(prim.outputs, cotangents, strict=True) if c is not None
        ]

    def run(name: str) -> Any:
        rule = prim.rules[name]
        return trace(lambda: rule(*(known[a] for a in rule_arguments(rule))))

    out: list[Expression | None] = [
        run(name) if wanted[k] and name in prim.rules else None
        for k, name in enumerate(prim.inputs[:fixed])
    ]
    if prim.variadic:
        some = any(wanted[fixed:]) and prim.inputs[-1] in prim.rules
        parts = run(prim.inputs[-1]) if some else [None] * (len(inputs) - fixed)
        out += [c if w else None for c, w in zip(parts, wanted[fixed:], strict=True)]
    return out


def trace_scalar(prim: Primitive, inputs: Sequence[Expression], params: Sequence[Any]) -> Any:
    """What the scalar engine computes when it applies a primitive to numbers.

    Raises
    ------
    NoFormula
        If the primitive has no meaning for numbers.

    Examples
    --------
    >>> from microgradnn._primitive import table
    >>> from microgradnn.derive.expression import Symbol
    >>> trace_scalar(table["sigmoid"], [Symbol("x")], ())
    where(x ≥ −709, 1 / (1 + exp(−x)), exp(x))
    """
    scalar = prim.scalar
    if scalar is None:
        raise NoFormula(f"{prim.name} has no meaning for a single number")
    if isinstance(scalar, BuiltinFunctionType):
        return Apply(prim, inputs, params)  # math.exp: the function itself
    if isinstance(scalar, str):
        source, names = scalar, (*prim.inputs, *(p for p, _ in prim.params))
        scope = dict(zip(names, (*inputs, *params), strict=True))
        return trace(lambda: eval(source, {**_SCALARS}, scope))
    return trace(_with_traced_math(scalar), *inputs, *params)


def trace_forward(prim: Primitive, inputs: Sequence[Any], params: Sequence[Any]) -> Any:
    """What a primitive computes on arrays, as far as that is written in functions of arrays.

    Raises
    ------
    NoFormula
        If it depends on dtypes or on numbers, or writes into memory.

    Examples
    --------
    >>> from microgradnn._primitive import table
    >>> from microgradnn.derive.expression import Symbol
    >>> trace_forward(table["softplus"], [Symbol("x")], ())
    max(x, 0) + log1p(exp(−abs(x)))
    """
    return trace(prim.forward, *inputs, *params, branches=False)


def trace_mathematics(prim: Primitive, inputs: Sequence[Any], params: Sequence[Any]) -> Any:
    """The textbook's formula of a primitive.

    Raises
    ------
    NoFormula
        If it is written in a word that is no primitive.

    Examples
    --------
    >>> from microgradnn._primitive import table
    >>> from microgradnn.derive.expression import Symbol
    >>> trace_mathematics(table["silu"], [Symbol("x")], ())
    x / (1 + exp(−x))
    """
    fixed = len(prim.inputs) - prim.variadic
    scope: dict[str, Any] = dict(zip(prim.inputs[:fixed], inputs, strict=False))
    if prim.variadic:
        scope[prim.inputs[-1]] = list(inputs[fixed:])
    scope.update(zip((p for p, _ in prim.params), params, strict=True))
    source = prim.mathematics
    for name in prim.optional:
        if scope.get(name) is None:
            source = source.replace(f" + {name}", "")
    return trace(lambda: eval(source, {"__builtins__": {}}, _Words(scope)))


class _Words(dict[str, Any]):
    """The scope of ``mathematics``: inputs, parameters, and the words, which are primitives."""

    def __missing__(self, word: str) -> Any:
        if word in ("pi", "inf"):
            return getattr(math, word)
        if word == "len":
            return len
        if word == "dot":
            return _dot
        return _caller(word)


_OTHER_WORDS = {
    "max": "maximum", "min": "minimum", "clip": "clamp", "variance": "var", "fabs": "abs",
    "broadcast_to": "expand", "concatenate": "cat", "running_sum": "cumsum",
    "running_product": "cumprod", "replace": "setitem", "atan2": "atan2", "gamma": "lgamma",
}  # fmt: skip
"""Words of mathematics and of Python's ``math`` that the table has under another name."""


def _caller(word: str) -> Callable[..., Any]:
    name = _OTHER_WORDS.get(word, word)
    if name not in table:
        load_late()
    if name not in table:
        raise NoFormula(f"{word} is no primitive")
    prim = table[name]

    def call(*args: Any) -> Any:
        if not any(isinstance(a, Expression) for a in args) and hasattr(math, word):
            return getattr(math, word)(*args)
        if prim.variadic and isinstance(args[0], list):
            args = (*args[0], *args[1:])
            n = len(args) - len(prim.params)
        else:
            n = len(args) if prim.variadic else len(prim.inputs)
        defaults = [default for _, default in prim.params]
        return apply(prim, *args[:n], params=[*args[n:], *defaults[len(args) - n :]])

    return call


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    total: Any = 0
    for x, y in zip(left, right, strict=True):
        total = total + x * y
    return total


class _TracedMath:
    """Python's ``math`` for symbols and for numbers."""

    def __getattr__(self, name: str) -> Any:
        constant = getattr(math, name)
        return _caller(name) if callable(constant) else constant

    @staticmethod
    def pow(x: Any, y: Any) -> Any:
        """A constant exponent is a parameter."""
        return x**y


def _largest(*xs: Any) -> Any:
    return max(*xs) if not any(isinstance(x, Expression) for x in xs) else apply("maximum", *xs)


def _smallest(*xs: Any) -> Any:
    return min(*xs) if not any(isinstance(x, Expression) for x in xs) else apply("minimum", *xs)


def _real(x: Any) -> Any:
    return x if isinstance(x, Expression) else float(x)


_SCALARS = {"math": _TracedMath(), "max": _largest, "min": _smallest, "float": _real}


def _with_traced_math(function: Any, depth: int = 0) -> Any:
    """A Python function of numbers, with ``math`` and ``max`` that take symbols too."""
    if not isinstance(function, FunctionType):
        raise NoFormula(f"{function} is not written in Python")
    scope = {**function.__globals__, **_SCALARS}
    for name in function.__code__.co_names:
        inner = scope.get(name)
        if isinstance(inner, FunctionType) and inner not in _SCALARS.values() and depth < 4:
            scope[name] = _with_traced_math(inner, depth + 1)
    return FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )
