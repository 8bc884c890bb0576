"""A formula with one variable in another's place: the neighbour's index, or z for a."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ...derive.expression import Apply, Expression, Number, Symbol, substituted
from .mistakes import Edit, Kind, Put, is_adjoint, places

MOST_TURNS = 4
"""Along axes that are no longer, elements may have been exchanged."""


class Exchange:
    """Which variables may have been taken for which.

    Parameters
    ----------
    symbols : list of Symbol
        Of all variables and adjoints, with their current values.
    formulas : mapping of str to Expression
        How results are computed: by these it is seen that ``a`` was made of ``z``.
    is_next : callable
        ``is_next(a, b)``: whether the adjoint b is made of a by one local derivative.
    """

    def __init__(
        self, symbols: list[Symbol], formulas: dict[str, Expression],
        is_next: Callable[[str, str], bool],
    ) -> None:  # fmt: skip
        self.symbols = symbols
        self.formulas = formulas
        self.is_next = is_next

    def edits(self, formula: Expression, any_shape: bool = False) -> Iterator[Edit]:
        """The formula with each variable replaced, everywhere and at one place.

        Parameters
        ----------
        formula : Expression
        any_shape : bool
            Also by variables of other shapes.
        """
        found: dict[object, list[tuple[Symbol, Put]]] = {}
        for part, put, _ in places(formula):
            if isinstance(part, Symbol):
                found.setdefault(part.key, []).append((part, put))
        for key, at in found.items():
            symbol = at[0][0]
            for kind, words, other in self._candidates(symbol, any_shape):
                parts = (symbol, other)
                cost = 1 if kind == "factor" else 2
                yield Edit(kind, substituted(formula, {key: other}), words, parts, cost)
                for _, put in at if len(at) > 1 else ():
                    yield Edit(kind, put(other), f"{words} at one place", parts, cost + 1)

    def _candidates(
        self, symbol: Symbol, any_shape: bool
    ) -> Iterator[tuple[Kind, str, Expression]]:
        own, adjoint = self._made_of(symbol), is_adjoint(symbol)
        taken = "{1} was taken for {0}"
        for other in self.symbols:
            if other.name == symbol.name or is_adjoint(other) != adjoint:
                continue
            if other.shape != symbol.shape and not any_shape:
                continue
            if adjoint and self.is_next(other.name, symbol.name):
                yield "factor", "the local derivative between {1} and {0} is missing", other
            elif own == other.name or self._made_of(other) == symbol.name:
                yield "place", "the derivative is taken at {1} instead of {0}", other
            else:
                yield "index", taken, other
        formula = self.formulas.get(symbol.name)
        if isinstance(formula, Apply):
            for below in formula.args:
                plain = below is None or isinstance(below, Symbol | Number)
                if not plain and below.shape == symbol.shape:  # type: ignore[union-attr]
                    words = "the derivative is taken at {1} instead of {0}"
                    yield "place", words, below  # type: ignore[misc]
        for axis, n in enumerate(symbol.shape if symbol._value is not None else ()):
            for k in range(1, n if n <= MOST_TURNS else 1):
                turned = Symbol(symbol.name, np.roll(symbol.value, k, axis))
                yield "index", "the elements of {0} are exchanged", turned

    def _made_of(self, symbol: Symbol) -> str:
        """The one variable that a result was made of, by an operation on single elements."""
        formula = self.formulas.get(symbol.name)
        if isinstance(formula, Apply) and len(formula.args) == 1:
            below = formula.args[0]
            if isinstance(below, Symbol) and below.shape == symbol.shape:
                return below.name
        return ""
