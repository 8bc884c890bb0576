"""A formula with one variable in another's place: the neighbour's index, or z for a."""

from __future__ import annotations

from collections.abc import Iterator

from ...derive.expression import Apply, Expression, Number, Symbol, substituted, walk
from .mistakes import Edit, Kind, is_adjoint, places


class Exchange:
    """Which variables may have been taken for which.

    Parameters
    ----------
    symbols : list of Symbol
        Of all variables and adjoints, with their current values.
    formulas : mapping of str to Expression
        How results are computed: by these it is seen that ``a`` was made of ``z``.
    """

    def __init__(self, symbols: list[Symbol], formulas: dict[str, Expression]) -> None:
        self.by_shape: dict[tuple[int, ...], list[Symbol]] = {}
        for s in symbols:
            self.by_shape.setdefault(s.shape, []).append(s)
        self.formulas = formulas

    def edits(self, formula: Expression) -> Iterator[Edit]:
        """The formula with each variable replaced, everywhere and at one place."""
        counts: dict[object, int] = {}
        found: dict[object, Symbol] = {}
        for part, _, _ in places(formula):
            if isinstance(part, Symbol):
                counts[part.key] = counts.get(part.key, 0) + 1
                found[part.key] = part
        for key, symbol in found.items():
            for kind, other in self._candidates(symbol):
                words = "{1} was taken for {0}"
                if kind == "place":
                    words = "the derivative is taken at {1} instead of {0}"
                parts = (symbol, other)
                yield Edit(kind, substituted(formula, {key: other}), words, parts)
                if counts[key] > 1:
                    for part, put, _ in places(formula):
                        if part is symbol or part.key == key:
                            yield Edit(kind, put(other), f"{words} at one place", parts, 2)

    def _candidates(self, symbol: Symbol) -> Iterator[tuple[Kind, Expression]]:
        own = self._made_of(symbol)
        for other in self.by_shape.get(symbol.shape, ()):
            if other.name != symbol.name and is_adjoint(other) == is_adjoint(symbol):
                near = other.name in own or symbol.name in self._made_of(other)
                yield "place" if near else "index", other
        formula = self.formulas.get(symbol.name)
        if isinstance(formula, Apply):
            for below in formula.args:
                plain = below is None or isinstance(below, Symbol | Number)
                if not plain and below.shape == symbol.shape:  # type: ignore[union-attr]
                    yield "place", below  # type: ignore[misc]

    def _made_of(self, symbol: Symbol) -> set[str]:
        """What a result was made of by operations on single elements: its z."""
        formula = self.formulas.get(symbol.name)
        if not isinstance(formula, Apply) or len(formula.args) != 1:
            return set()
        return {part.name for part in walk(formula) if isinstance(part, Symbol)}
