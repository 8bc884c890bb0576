"""Formulas as data: symbols, numbers, and applications of the table's primitives to them.

An `Expression` takes part in operators, in ``np.`` functions and in calls of primitives as a Tensor
does, and records instead of computing: what a derivative rule does to it *is* the rule's formula.
Every application names its primitive, so that nothing here, or in what prints formulas, knows an
operation that the table does not know.

The interface, which printers and translators build on
-------------------------------------------------------
========================  =====================================================================
``Symbol(name, value)``   something named. ``value`` (a number or array) may be None: unknown
``Number(number)``        a number that is written in the formula
``Apply(prim, args,``     a primitive applied. ``args`` are Expressions (an optional input that
``params, output)``       is not given is None), ``params`` the values of ``prim.params`` in
                          their order (they may hold Symbols: index arrays), ``output`` which of
                          several results
``.value``                the NumPy value, computed when asked for; `Unknown` where it can't be
``.shape``, ``.ndim``     of the value; ``()`` of what has no value (scalars)
``.key``                  equal for formulas that are equal in structure (``==`` builds one)
``walk(e)``               all subexpressions, arguments first, each object once
``applied(prim, ...)``    an application from inputs and numbers, with default parameters
``rebuilt(e, args)``      the same application of other arguments
``substituted(e, m)``     with the parts whose ``key`` is in ``m`` replaced
========================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .. import rules as _rules  # noqa: F401  (fills the table)
from .._primitive import Primitive, answers, table
from .language import Language

decide: list[Callable[[Expression], bool]] = []
"""Who answers ``if condition:`` during a trace: the last entry. See ``tracing.trace``."""


class Unknown(ValueError):
    """The value of an expression was asked for in which a symbol has none."""


class Expression(Language):
    """What formulas are made of: see the module's documentation."""

    __slots__ = ("_key", "_shape", "_value")
    __hash__ = object.__hash__

    _key: Any
    _shape: tuple[int, ...]
    _value: Any

    args: tuple[Expression | None, ...] = ()

    @property
    def key(self) -> Any:
        """A hashable description of the structure."""
        if self._key is None:
            self._key = self._make_key()
        return self._key

    def _make_key(self) -> Any:
        raise NotImplementedError

    @property
    def value(self) -> Any:
        """The number or array that the formula stands for.

        Raises
        ------
        Unknown
            If a symbol in it has no value.
        """
        if self._value is None:
            if all(a is None or a._value is not None for a in self.args):
                self._value = self._compute()
                return self._value
            for part in walk(self):  # so that a long sum is no deep recursion
                if part._value is None:
                    part._value = part._compute()
        return self._value

    def _compute(self) -> Any:
        raise Unknown("the value of a symbol is not known")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value; that of a scalar if it is not known."""
        try:
            return self._shape
        except AttributeError:
            self._shape = self._find_shape()
            return self._shape

    def _find_shape(self) -> tuple[int, ...]:
        try:
            return tuple(np.shape(self.value))
        except Unknown:
            return ()

    def __repr__(self) -> str:
        from .text import text_of

        return text_of(self)

    def __bool__(self) -> bool:
        if not decide:
            raise TypeError(f"the condition {self!r} is a formula: it is neither true nor false")
        return decide[-1](self)

    def _run_primitive(self, prim: Primitive, inputs: Sequence[Any], params: Sequence[Any]) -> Any:
        return apply(prim, *inputs, params=params)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "reduce":
            return _answer((ufunc, method), inputs, {"axis": 0, **kwargs})
        return _answer(ufunc if method == "__call__" else (ufunc, method), inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _answer(func, args, kwargs)

    def _apply(self, name: str, *inputs: Any, params: Any = None) -> Any:
        return apply(name, *inputs, params=params)


class Symbol(Expression):
    """Something named: a variable, a parameter, a cotangent, a constant array.

    Parameters
    ----------
    name : str
    value : number or ndarray, optional
        None if it is not known.
    """

    __slots__ = ("name",)

    def __init__(self, name: str, value: Any = None) -> None:
        self.name = name
        self._value = value
        self._key = None

    def _make_key(self) -> Any:
        return ("symbol", self.name)


class Number(Expression):
    """A number written in a formula.

    Parameters
    ----------
    number : int, float or bool
    """

    __slots__ = ("number",)

    def __init__(self, number: Any) -> None:
        self.number = number
        self._value = None
        self._key = None

    def _make_key(self) -> Any:
        return ("number", float(self.number))

    def _compute(self) -> Any:
        return self.number


class Apply(Expression):
    """A primitive applied to expressions.

    Parameters
    ----------
    prim : Primitive
    args : tuple of Expression or None
    params : tuple
    output : int or None
        Which of its results, if the primitive has several.
    """

    __slots__ = ("args", "output", "params", "prim")

    def __init__(
        self, prim: Primitive, args: Sequence[Expression | None], params: Sequence[Any] = (),
        output: int | None = None,
    ) -> None:  # fmt: skip
        self.prim = prim
        self.args = tuple(args)
        self.params = tuple(params)
        self.output = output
        self._value = None
        self._key = None

    @property
    def op(self) -> str:
        """The name of the primitive."""
        return self.prim.name

    def param(self, name: str) -> Any:
        """The value of a parameter."""
        names = [own for own, _ in self.prim.params]
        return self.params[names.index(name)]

    def _make_key(self) -> Any:
        args = tuple(None if a is None else a.key for a in self.args)
        return (self.prim.name, args, _frozen(self.params), self.output)

    def _find_shape(self) -> tuple[int, ...]:
        # What has a meaning for single numbers works element by element: no need to compute it.
        if self._value is None and self.prim.scalar is not None and not self.prim.variadic:
            shapes = [a.shape for a in self.args if a is not None]
            return np.broadcast_shapes(*shapes) if any(shapes) else ()
        return super()._find_shape()

    def _compute(self) -> Any:
        arrays = _arrays(self.args)
        if self.prim.operator in ("sub", "neg"):  # truth values of numbers are 0 and 1, in Python
            arrays = [a.astype(int) if a.dtype.kind == "b" else a for a in arrays]
        out = self.prim.forward(*arrays, *evaluated(self.params))
        return out if self.output is None else out[self.output]


def expression(x: Any) -> Expression | None:
    """A number or array as an expression; expressions and None as they are."""
    if x is None or isinstance(x, Expression):
        return x
    if isinstance(x, int | float | np.number | np.bool_):
        return Number(x.item() if isinstance(x, np.generic) else x)
    array = np.asarray(x)
    return Number(array.item()) if array.ndim == 0 else Symbol("constant", array)


def apply(prim: Primitive | str, *inputs: Any, params: Sequence[Any] | None = None) -> Any:
    """Apply a primitive to expressions and numbers: one Expression, or a tuple of its results."""
    if isinstance(prim, str):
        prim = table[prim]
    if params is None:
        params = [default for _, default in prim.params]
    args = [expression(x) for x in inputs]
    args += [None] * (len(prim.inputs) - len(args))
    if prim.single:
        return Apply(prim, args, params)
    if prim.outputs[0].startswith("*"):
        count = len(Apply(prim, args, params).value)
    else:
        count = len(prim.outputs)
    return tuple([Apply(prim, args, params, k) for k in range(count)])


def applied(prim: Primitive | str, *inputs: Any, params: Sequence[Any] | None = None) -> Apply:
    """`apply` for a primitive with one result."""
    out: Apply = apply(prim, *inputs, params=params)
    return out


def rebuilt(e: Apply, args: Sequence[Expression | None]) -> Apply:
    """The same application of other arguments."""
    return Apply(e.prim, args, e.params, e.output)


def walk(e: Expression) -> Iterator[Expression]:
    """All subexpressions, symbols in parameters included, arguments before what uses them."""
    seen: set[int] = set()
    stack: list[tuple[Expression, bool]] = [(e, False)]
    while stack:
        part, done = stack.pop()
        if done:
            yield part
        elif id(part) not in seen:
            seen.add(id(part))
            stack.append((part, True))
            below = [*part.args, *_symbols_in(getattr(part, "params", ()))]
            stack.extend((a, False) for a in reversed(below) if a is not None)


def symbols_of(e: Expression) -> list[str]:
    """The names in a formula, each once."""
    return list(dict.fromkeys(part.name for part in walk(e) if isinstance(part, Symbol)))


def substituted(e: Expression, by_key: Mapping[Any, Expression]) -> Expression:
    """A formula with parts replaced: those whose ``key`` is in the mapping."""
    done: dict[int, Expression] = {}
    for part in walk(e):
        found = by_key.get(part.key)
        if found is not None:
            done[id(part)] = found
        elif isinstance(part, Apply):
            args = [None if a is None else done[id(a)] for a in part.args]
            same = all(a is b for a, b in zip(args, part.args, strict=True))
            done[id(part)] = part if same else rebuilt(part, args)
        else:
            done[id(part)] = part
    return done[id(e)]


def evaluated(params: Any) -> Any:
    """Parameters with the values of the symbols in them."""
    if isinstance(params, Expression):
        return params.value
    if isinstance(params, tuple | list):
        return type(params)(evaluated(p) for p in params)
    return params


def _symbols_in(params: Any) -> list[Expression]:
    if isinstance(params, Expression):
        return [params]
    if isinstance(params, tuple | list):
        return [symbol for p in params for symbol in _symbols_in(p)]
    return []


def _arrays(args: Sequence[Expression | None]) -> list[Any]:
    """Values as forward functions take them: arrays; numbers in the dtype of the others."""
    arrays = [a.value for a in args if a is not None and not isinstance(a, Number)]
    floats = [np.result_type(a) for a in arrays if np.result_type(a).kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype(float)
    return [
        None
        if a is None
        else np.asarray(a.value, None if isinstance(a.value, bool) else dtype)
        if isinstance(a, Number)
        else np.asarray(a.value)
        for a in args
    ]


def _answer(key: Any, inputs: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """The primitive that answers a NumPy function, as for Tensors."""
    prim = answers.get(key)
    if prim is None:
        raise NotImplementedError(f"{key} answers to no primitive, so it has no formula")
    defaults = {"dtype": None, "where": True, "out": None, "initial": np._NoValue}
    given = {k: v for k, v in kwargs.items() if k not in defaults}
    n = len(inputs) if prim.variadic else min(len(prim.inputs), len(inputs))
    names = [name for name, _ in prim.params]
    extra = list(inputs[n:])
    if isinstance(key, tuple):  # reduce(x, axis, dtype, out, keepdims, ...) by position
        extra = [*extra[:1], *extra[3:4]]
    given.update(zip(names, extra, strict=False))
    return apply(prim, *inputs[:n], params=[given.get(k, v) for k, v in prim.params])


def _frozen(params: Any) -> Any:
    """Parameters as something hashable."""
    if isinstance(params, Expression):
        return params.key
    if isinstance(params, tuple | list):
        return tuple(_frozen(p) for p in params)
    if isinstance(params, dict):
        return tuple((k, _frozen(v)) for k, v in params.items())
    if isinstance(params, np.ndarray):
        return (params.shape, params.dtype.str, params.tobytes())
    if isinstance(params, slice):
        return ("slice", params.start, params.stop, params.step)
    return params
