"""Which mistake gives the numbers that were given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...derive.equations import Equations
from ...derive.expression import Apply, Expression, Symbol, substituted
from ...derive.text_layout import DerivationText
from .backward import Backward
from .closeness import Closeness, same_up_to_ones
from .dropped import dropped, misread, without_one_place
from .exchanged import Exchange
from .given import matched
from .mistakes import Edit, mistakes
from .numbers import common_factor, seen
from .report import DerivationReport, Mistake, WrongGradient

MOST_SITES = 12
MOST_TRIALS = 4000
"""Mistakes are looked for in so many of the nearest gradients before a wrong one that were not
given, and so many are made in all: who gives more of them gets a better answer, and sooner."""

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
    value : ndarray or None
        What the adjoint becomes, if it was not given.
    explains : list of str
        Other wrong gradients that become as they were given.
    breaks : int
        How many gradients that were given right would be wrong.
    """

    mistake: Mistake
    cost: int
    site: str
    value: Any = None
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
        self.trials = MOST_TRIALS
        self.doubts: list[tuple[str, Any]] = []
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
            matches = self._matches(name) or self._matches_if_doubts_hold(name)
        if not matches:
            return WrongGradient(title, given, expected)
        best = min(m.rank for m in matches)
        likely = [m for m in matches if m.rank == best]
        told: dict[str, Mistake] = {}
        for match in likely:
            told.setdefault(match.mistake.words, match.mistake)
        kinds: dict[str, list[Mistake]] = {}
        for mistake in told.values():  # every kind is shown before a second one of the same
            kinds.setdefault(mistake.kind, []).append(mistake)
        shown = [ms[k] for k in range(MOST_SHOWN) for ms in kinds.values() if k < len(ms)]
        first = likely[0]
        if first.value is not None:
            self.backward.replace(first.site, first.value)
        else:
            self.doubts += [(m.site, m.value) for m in likely if m.value is not None]
        explained.update(first.explains)
        others = tuple(self.titles[n] for n in first.explains)
        return WrongGradient(
            title, given, expected, tuple(shown[: max(MOST_SHOWN, len(kinds))]), others
        )

    def _matches_if_doubts_hold(self, name: str) -> list[Match]:
        """The same, if an earlier mistake was made before what was given, and not there."""
        for site, value in self.doubts:
            before = self.backward.replace(site, value)
            found = self._matches(name)
            if found:
                return found
            self.backward.restore(site, before)
        return []

    def _matches(self, name: str) -> list[Match]:
        """From likely mistakes to unlikely ones, until some give the numbers."""
        found = self._seen(name)
        sites = self.backward.upstream(name)[:MOST_SITES]
        self.trials = MOST_TRIALS
        clear = [s for s in sites if s == name or not self._leads_to_right_ones(s)]
        rest = [s for s in sites if s not in clear]
        exchange = Exchange(
            [*self.symbols, *self._adjoints(name)], self.formulas, self.backward.is_next
        )
        other_shape = not same_up_to_ones(
            self.backward.given[name].shape, self.backward.expected[name].shape
        )

        def usual(e: Expression) -> Iterator[Edit]:
            yield from mistakes(e)
            yield from exchange.edits(e, other_shape)

        def paths(e: Expression) -> Iterator[Edit]:
            yield from dropped(e)
            yield from misread(e)
            yield from without_one_place(e)

        short = self.backward.formulas
        whole = {n: self._expanded(short[n]) for n in sites}
        found += self._tried(name, clear, short, usual)
        for at, formulas, edits, everywhere in (
            (rest, short, usual, True),
            (sites, {n: e for n, e in whole.items() if e is not short[n]}, usual, True),
            (sites, short, usual, False),
            (clear, short, paths, True),
            (rest, short, paths, True),
            (sites, self.backward.raw, usual, True),
        ):
            if found:
                return found
            if not everywhere:
                found = self._seen_in_part(name)
            found += self._tried(name, at, formulas, edits, everywhere)
        if not found:
            given, expected = self.backward.given[name], self.backward.expected[name]
            some = common_factor(self.titles[name], given, expected, self.closeness)
            found = [Match(some, 9, name)] if some is not None else []
        return found

    def _expanded(self, formula: Expression) -> Expression:
        """A formula with sums written out: the error ``z = o - y`` where it is used."""
        sums = {
            ("symbol", n): e for n, e in self.formulas.items()
            if isinstance(e, Apply) and e.op in ("add", "sub")
        }  # fmt: skip
        return substituted(formula, sums)

    def _adjoints(self, name: str) -> list[Symbol]:
        """Which may have been taken for another: the root's is 1, and wrong ones are upstream."""
        b = self.backward
        root = f"d_{b.system.root.name}"
        own = set(b.upstream(name)).union(*(b.needs[n] for n in b.upstream(name)))
        return [
            Symbol(n, v) for n, v in b.values.items()
            if n != root and (n in own or self.closeness.agree(v, b.engine[n]))
        ]  # fmt: skip

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
        shown = self.text.shown
        others = {
            self.titles.get(n, shown.get(n[2:], n[2:])): (v, b.is_next(n, name))
            for n, v in b.engine.items() if n != name
        }  # fmt: skip
        found = seen(
            self.titles[name], b.given[name], b.expected[name], others, self.sizes, self.closeness
        )
        return [Match(mistake, cost, name) for cost, mistake in found]

    def _seen_in_part(self, name: str) -> list[Match]:
        """What is seen from the numbers of the wrong elements alone."""
        b = self.backward
        given, expected = b.given[name], b.expected[name]
        if not same_up_to_ones(given.shape, expected.shape):
            return []
        given = given.reshape(expected.shape)
        wrong = self.closeness.wrong(given, expected)
        title = self.titles[name]
        where = _elements(wrong)
        others = [e for e in expected.ravel() if e != 0]
        found = seen(title, given[wrong], expected[wrong], {}, (), self.closeness)
        if all(any(self.closeness.agree(g, e) for e in others) for g in given[wrong]):
            found.append((2, Mistake("index", "it is that of another element", title)))
        return [
            Match(Mistake(m.kind, f"{m.words}, in {where}", title), cost, name) for cost, m in found
        ]

    def _tried(
        self, name: str, sites: list[str], formulas: dict[str, Expression],
        edits: Callable[[Expression], Iterable[Edit]], everywhere: bool = True,
    ) -> list[Match]:  # fmt: skip
        """The mistakes in some adjoints that give the numbers that were given.

        ``everywhere`` is False for mistakes that were made in some elements only.
        """
        b = self.backward
        region = set(b.upstream(name))
        found: list[Match] = []
        for site in sites:
            if site not in formulas:
                continue
            right = b.with_values(site, formula=formulas[site])
            follow = b.way(site, name, region)
            for edit in edits(right):
                self.trials -= 1
                if self.trials < 0:
                    return found
                value = _value_of(edit.formula)
                if value is None:
                    continue
                if site != name:
                    value = _fitted(value, b.expected[site])
                    if value is None:
                        continue
                    value = follow(value)
                if value is None or not self._is_given(name, value, everywhere):
                    continue
                found.append(self._match(name, site, right, edit, everywhere))
        return found

    def _is_given(self, name: str, value: Any, everywhere: bool = True) -> bool:
        given, expected = self.backward.given[name], self.backward.expected[name]
        if value.ndim == 0 < given.ndim:
            value = np.broadcast_to(value, given.shape)
        if everywhere:
            return self.closeness.agree(given, value)
        if not same_up_to_ones(given.shape, expected.shape):
            return False
        try:
            value = np.broadcast_to(value, expected.shape)
        except ValueError:
            return False
        given = given.reshape(expected.shape)
        wrong = self.closeness.wrong(given, expected)
        return not self.closeness.wrong(given[wrong], value[wrong]).any()

    def _match(
        self, name: str, site: str, right: Expression, edit: Edit, everywhere: bool
    ) -> Match:
        b = self.backward
        parts = [self.text.write(p) for p in edit.parts]
        where = self.titles.get(site, self.text.shown.get(site[2:], site[2:]))
        formula = f"{self.text.write(Symbol(site))} = {self.text.write(right)}"
        words = edit.words.format(*parts)
        if not everywhere:
            given, expected = b.given[name], b.expected[name]
            wrong = self.closeness.wrong(given.reshape(expected.shape), expected)
            words += f" for {_elements(wrong)} of {self.titles[name]}"
        match = Match(Mistake(edit.kind, words, where, formula), edit.cost, site)
        if site != name:
            value = match.value = _fitted(_value_of(edit.formula), b.expected[site])
            for other, v in b.followed(site, value).items():
                if other == name or other not in b.given:
                    continue
                if self.closeness.agree(b.given[other], b.engine[other]):
                    match.breaks += not self.closeness.agree(v, b.engine[other])
                elif self._is_given(other, v, everywhere):
                    match.explains.append(other)
            if not everywhere:
                match.value = None
        return match


def compared(
    system: Equations, nodes: Mapping[str, Any], gradients: Mapping[str, Any], closeness: Closeness
) -> DerivationReport:
    """What is wrong with gradients by name, in a graph whose equations are known."""
    given, titles = matched(gradients, nodes, system)
    return Search(Backward(system, given, closeness), titles, closeness).report()


def _elements(wrong: Any) -> str:
    """``element [0, 1]``, or how many of them."""
    if wrong.ndim == 0 or wrong.all():
        return "all elements"
    places = [f"[{', '.join(map(str, place))}]" for place in np.argwhere(wrong)]
    if len(places) > 3:
        return f"{len(places)} of {wrong.size} elements ({places[0]} first)"
    return f"element{'s' if len(places) > 1 else ''} {' and '.join(places)}"


def _value_of(formula: Expression) -> Any:
    """The value of a formula with a mistake in it; None if its shapes do not fit."""
    try:
        value = np.asarray(formula.value)
    except (ValueError, IndexError, TypeError, ArithmeticError, NotImplementedError):
        return None
    return value if value.dtype.kind in "fiub" else None


def _fitted(value: Any, like: Any) -> Any:
    """A value in the shape and dtype that goes on; None if it has another shape."""
    if value.ndim == 0:
        value = np.broadcast_to(value, like.shape)
    return value.astype(like.dtype) if value.shape == like.shape else None
