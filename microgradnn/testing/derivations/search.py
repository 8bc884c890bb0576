"""Which mistake gives the numbers that were given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...derive.expression import Expression, Symbol
from ...derive.text_layout import DerivationText
from .backward import Backward
from .closeness import Closeness
from .dropped import dropped, misread, without_one_place
from .exchanged import Exchange
from .mistakes import Edit, mistakes
from .numbers import common_factor, seen
from .report import DerivationReport, Mistake, WrongGradient

MOST_SHOWN = 4
"""So many mistakes that give the same numbers are listed."""


@dataclass
class Match:
    """A mistake that gives the numbers that were given.

    Attributes
    ----------
    mistake : Mistake
    cost : int
    site : str
        The adjoint in which it is.
    formula : Expression or None
    explains : list of str
        Other wrong gradients that become as they were given.
    breaks : int
        How many gradients that were given right would be wrong.
    """

    mistake: Mistake
    cost: int
    site: str
    formula: Expression | None = None
    explains: list[str] = field(default_factory=list)
    breaks: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """Better ones are smaller."""
        return self.breaks - len(self.explains), self.cost


class Search:
    """The comparison of given gradients with those that follow from one another.

    Parameters
    ----------
    backward : Backward
    titles : dict of str to str
        What the user calls each gradient, by the name of the adjoint.
    closeness : Closeness
    """

    def __init__(self, backward: Backward, titles: dict[str, str], closeness: Closeness) -> None:
        self.backward = backward
        self.titles = titles
        self.closeness = closeness
        system = backward.system
        self.text = DerivationText(shown=system.book.shown)
        variables = list(system.program.variables.values())
        symbols = {v.name: v.symbol for v in variables if v.kind != "count"}
        self.symbols = [s for s in symbols.values() if s._value is not None]
        self.formulas = {v.name: v.formula for v in variables if v.formula is not None}
        shapes = {np.shape(s.value) for s in self.symbols}
        sizes = {n for shape in shapes for n in (*shape, int(np.prod(shape)))}
        self.sizes = sorted(sizes | {int(v.value) for v in variables if v.kind == "count"})

    def report(self) -> DerivationReport:
        """Compare all, and look for the mistake in each that is wrong of itself."""
        given, right, follows = self.backward.given, [], {}
        wrong: list[WrongGradient] = []
        explained: set[str] = set()
        for name in self.backward.order:
            if name not in given or name in explained:
                continue
            if self.closeness.agree(given[name], self.backward.engine[name]):
                right.append(self.titles[name])
            elif self.closeness.agree(given[name], self.backward.expected[name]):
                follows[self.titles[name]] = self._cause(name, wrong)
            else:
                wrong.append(self._diagnosed(name, explained))
        return DerivationReport(tuple(wrong), tuple(right), follows)

    def _cause(self, name: str, wrong: list[WrongGradient]) -> str:
        """The nearest wrong gradient that another is made of."""
        bad = {n for w in wrong for n in (w.name, *w.explains)}
        seen_names, waiting = {name}, [name]
        while waiting:
            for n in self.backward.needs[waiting.pop(0)] - seen_names:
                if self.titles.get(n) in bad:
                    return self.titles[n]
                seen_names.add(n)
                waiting.append(n)
        return wrong[-1].name if wrong else "?"

    def _diagnosed(self, name: str, explained: set[str]) -> WrongGradient:
        given, expected = self.backward.given[name], self.backward.expected[name]
        title = self.titles[name]
        with np.errstate(all="ignore"):
            matches = self._matches(name)
        if not matches:
            return WrongGradient(title, given, expected)
        best = min(m.rank for m in matches)
        likely = [m for m in matches if m.rank == best]
        told: dict[str, Mistake] = {}
        for m in likely:
            told.setdefault(m.mistake.words, m.mistake)
        kinds: dict[str, list[Mistake]] = {}
        for m in told.values():  # every kind is shown before a second one of the same
            kinds.setdefault(m.kind, []).append(m)
        shown = [ms[k] for k in range(MOST_SHOWN) for ms in kinds.values() if k < len(ms)]
        first = likely[0]
        if first.site not in self.backward.given and first.formula is not None:
            self.backward.replace(first.site, first.formula)
        explained.update(first.explains)
        others = tuple(self.titles[n] for n in first.explains)
        return WrongGradient(
            title, given, expected, tuple(shown[: max(MOST_SHOWN, len(kinds))]), others
        )

    def _matches(self, name: str) -> list[Match]:
        """From likely mistakes to unlikely ones, until some give the numbers."""
        found = self._seen(name)
        sites = self.backward.upstream(name)
        clear = [s for s in sites if s == name or not self._leads_to_right_ones(s)]
        rest = [s for s in sites if s not in clear]
        exchange = Exchange([*self.symbols, *self._adjoints()], self.formulas)

        def usual(e: Expression) -> Iterator[Edit]:
            yield from mistakes(e)
            yield from exchange.edits(e)

        def paths(e: Expression) -> Iterator[Edit]:
            yield from dropped(e)
            yield from misread(e)
            yield from without_one_place(e)

        short, raw = self.backward.formulas, self.backward.raw
        found += self._tried(name, clear, short, usual)
        for at, formulas, edits in (
            (rest, short, usual), (clear, short, paths), (rest, short, paths), (sites, raw, usual),
        ):  # fmt: skip
            if found:
                return found
            found = self._tried(name, at, formulas, edits)
        if not found:
            given, expected = self.backward.given[name], self.backward.expected[name]
            some = common_factor(self.titles[name], given, expected, self.closeness)
            found = [Match(some, 9, name)] if some is not None else []
        return found

    def _adjoints(self) -> list[Symbol]:
        return [Symbol(n, v) for n, v in self.backward.values.items()]

    def _leads_to_right_ones(self, site: str) -> bool:
        """Whether a not given adjoint is part of a gradient that was given right, and is not 0."""
        b = self.backward
        return any(
            site in b.upstream(n) and self.closeness.agree(b.given[n], b.engine[n])
            and b.engine[n].any()
            for n in b.given
        )  # fmt: skip

    def _seen(self, name: str) -> list[Match]:
        b = self.backward
        others = {self.titles.get(n, n[2:]): v for n, v in b.engine.items() if n != name}
        found = seen(
            self.titles[name], b.given[name], b.expected[name], others, self.sizes, self.closeness
        )
        return [Match(mistake, cost, name) for cost, mistake in found]

    def _tried(
        self, name: str, sites: list[str], formulas: dict[str, Expression],
        edits: Callable[[Expression], Iterable[Edit]],
    ) -> list[Match]:  # fmt: skip
        """The mistakes in some adjoints that give the numbers that were given."""
        b = self.backward
        region = set(b.upstream(name))
        found: list[Match] = []
        for site in sites:
            right = b.with_values(site, formula=formulas[site])
            for edit in edits(right):
                value = _value_of(edit.formula)
                if value is None:
                    continue
                if site != name:
                    value = _fitted(value, b.expected[site].shape)
                    if value is None:
                        continue
                    value = b.followed(site, value, region).get(name)
                if value is None or not self._is_given(name, value):
                    continue
                found.append(self._match(name, site, right, edit))
        return found

    def _is_given(self, name: str, value: Any) -> bool:
        given = self.backward.given[name]
        if value.ndim == 0 < given.ndim:
            value = np.broadcast_to(value, given.shape)
        return self.closeness.agree(given, value)

    def _match(self, name: str, site: str, right: Expression, edit: Edit) -> Match:
        b = self.backward
        parts = [self.text.write(p) for p in edit.parts]
        where = self.titles.get(site, self.text.shown.get(site[2:], site[2:]))
        formula = f"{self.text.write(Symbol(site))} = {self.text.write(right)}"
        match = Match(
            Mistake(edit.kind, edit.words.format(*parts), where, formula), edit.cost, site,
            edit.formula,
        )  # fmt: skip
        if site != name:
            value = _fitted(_value_of(edit.formula), b.expected[site].shape)
            for other, v in b.followed(site, value).items():
                if other == name or other not in b.given:
                    continue
                if self.closeness.agree(b.given[other], b.engine[other]):
                    match.breaks += not self.closeness.agree(v, b.engine[other])
                elif self._is_given(other, v):
                    match.explains.append(other)
        return match


def _value_of(formula: Expression) -> Any:
    """The value of a formula with a mistake in it; None if its shapes do not fit."""
    try:
        value = np.asarray(formula.value)
    except (ValueError, IndexError, TypeError, ArithmeticError, NotImplementedError):
        return None
    return value if value.dtype.kind in "fiub" else None


def _fitted(value: Any, shape: tuple[int, ...]) -> Any:
    """A value in the shape that goes on; None if it has another."""
    if value.shape == shape:
        return value
    return np.broadcast_to(value, shape) if value.ndim == 0 else None
