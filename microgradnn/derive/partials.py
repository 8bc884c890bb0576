"""Local derivatives of Values, and the product of factors that the chain rule makes of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..value import pull_numbers
from .adjoints import pulled
from .engine import agrees
from .equations import Equations
from .expression import Expression, Number, Symbol
from .reading import Program, Variable
from .simplify import simplify

MOST_PATHS = 4
LONGEST_CHAIN = 16
"""More factors than these are no product that anybody reads."""


class Partial(Symbol):
    """``∂top/∂bottom``, and its number; ``dtop/dbottom`` if one of several paths is called so."""

    __slots__ = ("bottom", "sign", "top")

    def __init__(self, top: Variable, bottom: Variable, value: Any, total: bool = False) -> None:
        self.sign = "d" if total else "∂"
        super().__init__(f"{self.sign}{top.name}/{self.sign}{bottom.name}", value)
        self.top = top
        self.bottom = bottom


@dataclass(eq=False)
class Factor:
    """One local derivative.

    Attributes
    ----------
    symbol : Partial
    formula, raw : Expression
    rules : list of str
    engine : float
    agrees : bool
    """

    symbol: Partial
    formula: Expression
    raw: Expression
    rules: list[str]
    engine: float
    agrees: bool = True


@dataclass(eq=False)
class Chain:
    """The derivative of the root by one variable as a product of factors.

    Attributes
    ----------
    symbol : Partial
    product : Expression
        In the factors' symbols; sums where there are several paths.
    factors : dict of Factor
        Each once, from the root on, by the key of its symbol.
    path : list of Variable
        All results on the way.
    """

    symbol: Partial
    product: Expression
    factors: dict[Any, Factor] = field(default_factory=dict)
    path: list[Variable] = field(default_factory=list)


class Partials:
    """Local derivatives between the variables of a program of Values."""

    def __init__(self, system: Equations) -> None:
        self.system = system
        self.program: Program = system.program
        self.factors: dict[tuple[int, int], Factor] = {}
        self.below: dict[int, list[Variable]] = defaultdict(list)
        self.above: dict[int, list[Variable]] = defaultdict(list)
        self.results = [
            v for node in self.program.order if (v := self.program.variables.get(node)) is not None
        ]
        self.places = {id(v): k for k, v in enumerate(self.results)}
        for variable in self.results:
            if variable.kind == "result" and variable.needed:
                self._differentiate(variable)

    def _differentiate(self, variable: Variable) -> None:
        step = self.program.by_node[variable.node]
        parts: dict[int, tuple[Variable, list[Expression], list[str]]] = {}
        for target, e, rules in pulled(
            self.program, self.system.book, step, [Number(1.0)], in_path_order=True
        ):
            _, known, words = parts.setdefault(id(target), (target, [], []))
            known.append(e)
            words += [word for word in rules if word]
        numbers = self._numbers(variable)
        for target, known, words in parts.values():
            raw = known[0]
            for other in known[1:]:
                raw = raw + other
            formula = raw
            if self.system.simplified:
                formula = simplify(raw, self.system.adjoints.conditions)
            engine = numbers[id(target)]
            symbol = Partial(variable, target, engine)
            factor = Factor(symbol, formula, raw, list(dict.fromkeys(words)), engine)
            with np.errstate(all="ignore"):
                factor.agrees = agrees(formula, engine)
            if not factor.agrees:
                factor.formula = raw
            self.factors[id(variable), id(target)] = factor
            self.below[id(variable)].append(target)
            self.above[id(target)].append(variable)

    def _numbers(self, variable: Variable) -> dict[int, float]:
        """The engine's derivatives of a variable by those that its formula is made of."""
        found: dict[int, float] = defaultdict(float)
        stack = [(variable.node, 1.0)]
        while stack:
            node, g = stack.pop()
            for source, c in zip(node.inputs, pull_numbers(node, g, node.inputs), strict=True):
                target = self.program.variables.get(source)
                if target is not None:
                    found[id(target)] += c
                elif source in self.program.by_node:
                    stack.append((source, c))
        return found

    def chain(self, bottom: Variable) -> Chain | None:
        """The product for one variable; None if it is too long to be written out."""
        top = self.system.root
        total = self.system.of(bottom.node).engine
        symbol = Partial(top, bottom, total)
        if bottom is top:
            return Chain(symbol, Number(1))
        up = self._counts([bottom], self.above)
        down = self._counts([top], self.below)
        on_way = [v for v in self.results if up.get(id(v)) and down.get(id(v))]
        if not on_way:
            return Chain(symbol, Number(0))
        paths = up[id(top)]
        cuts = [v for v in on_way if up[id(v)] * down[id(v)] == paths][::-1]
        if len(cuts) > LONGEST_CHAIN:
            return None
        chain = Chain(symbol, Number(1), path=[v for v in on_way if v.kind == "result"])
        pieces: list[Expression] = []
        for high, low in itertools.pairwise(cuts):
            routes = self._routes(high, low)
            if routes is None:
                return None
            terms = [self._along(route, chain) for route in routes]
            piece = terms[0]
            for term in terms[1:]:
                piece = piece + term
            pieces.append(piece)
        product = pieces[0]
        for piece in pieces[1:]:
            product = product * piece
        chain.product = product
        if len(chain.factors) > 1 and symbol.key in chain.factors:
            chain.symbol = Partial(top, bottom, total, total=True)
        return chain

    def _along(self, route: list[Variable], chain: Chain) -> Expression:
        product: Expression | None = None
        for high, low in itertools.pairwise(route):
            factor = self.factors[id(high), id(low)]
            chain.factors.setdefault(factor.symbol.key, factor)
            product = factor.symbol if product is None else product * factor.symbol
        assert product is not None
        return product

    def _counts(self, start: list[Variable], ways: dict[int, list[Variable]]) -> dict[int, int]:
        """How many paths lead to each variable."""
        counts = {id(v): 1 for v in start}
        upward = ways is self.above
        for variable in self.results if upward else reversed(self.results):
            own = counts.get(id(variable), 0)
            if own:
                for other in ways[id(variable)]:
                    counts[id(other)] = counts.get(id(other), 0) + own
        return counts

    def _routes(self, high: Variable, low: Variable) -> list[list[Variable]] | None:
        """All ways from one variable down to another; None if they are many."""
        start, stop = self.places[id(low)], self.places[id(high)]
        useful = {id(low)}
        for variable in self.results[start + 1 : stop + 1]:
            if any(id(v) in useful for v in self.below[id(variable)]):
                useful.add(id(variable))
        found: list[list[Variable]] = []
        stack = [[high]]
        while stack:
            route = stack.pop()
            if route[-1] is low:
                found.append(route)
                if len(found) > MOST_PATHS:
                    return None
                continue
            stack.extend(
                [*route, v] for v in reversed(self.below[id(route[-1])]) if id(v) in useful
            )
        return found


def partials_of(system: Equations) -> Partials:
    """The local derivatives of a system, computed once."""
    if system.partials is None:
        system.partials = Partials(system)
    found: Partials = system.partials
    return found
