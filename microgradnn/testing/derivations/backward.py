"""The adjoint equations of a graph, run from the gradients that were given.

A mistake in one gradient makes all that follow from it wrong. So each is expected to be what its
own equation makes of the gradients *given* before it, and only where that fails is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...derive.equations import Equations
from ...derive.expression import Apply, Expression, Symbol, substituted, symbols_of, walk
from .closeness import Closeness, same_up_to_ones


class Backward:
    """Adjoint equations, in backward order, with given numbers put in.

    Attributes
    ----------
    order : list of str
        The names of the adjoints.
    given : mapping of str to ndarray
        By the name of the adjoint.
    values : dict of str to ndarray
        What is gone on with: the given gradient, or else what the equation says.
    expected : dict of str to ndarray
        What the equation says.
    engine : dict of str to ndarray
    """

    def __init__(self, system: Equations, given: Mapping[str, Any], closeness: Closeness) -> None:
        self.system = system
        self.given = given
        self.closeness = closeness
        self.formulas: dict[str, Expression] = {}
        self.raw: dict[str, Expression] = {}
        self.engine: dict[str, Any] = {}
        for e in system.equations:
            name = e.symbol.name
            self.formulas[name], self.raw[name] = e.formula, e.raw
            self.engine[name] = np.asarray(e.engine)
        self.order = list(self.formulas)
        own = set(self.order)
        self.needs = {n: own.intersection(symbols_of(f)) for n, f in self.formulas.items()}
        self.expected: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.run()

    def run(self) -> None:
        """Compute everything from the gradients that were given."""
        for name in self.order:
            expected = self.expected[name] = np.asarray(self.with_values(name).value)
            self.values[name] = expected
            if name in self.given:
                given, engine = self.given[name], self.engine[name]
                if self.closeness.agree(given, engine):
                    self.values[name] = engine  # published numbers are rounded
                elif same_up_to_ones(given.shape, engine.shape):
                    self.values[name] = given.reshape(engine.shape)
                else:
                    self.values[name] = engine

    def with_values(
        self, name: str, changed: Mapping[str, Any] | None = None, formula: Expression | None = None
    ) -> Expression:
        """An equation's right side with current values of all adjoints in it."""
        e = self.formulas[name] if formula is None else formula
        needs = self.needs[name] if formula is None else symbols_of(e)
        new: dict[object, Expression] = {}
        for n in needs:
            value = changed.get(n) if changed else None
            if value is None:
                value = self.values.get(n)
            if value is not None and value is not self.engine[n]:
                new[("symbol", n)] = Symbol(n, value)
        return substituted(e, new) if new else e

    def replace(self, name: str, value: Any) -> tuple[Expression, set[str]]:
        """Go on with another value: that of a mistake that was found in what was not given.

        Returns
        -------
        tuple
            What `restore` takes.
        """
        before = self.formulas[name], self.needs[name]
        self.restore(name, (Symbol("mistaken", value), set()))
        return before

    def restore(self, name: str, formula: tuple[Expression, set[str]]) -> None:
        """Go on with a formula, and the adjoints in it."""
        self.formulas[name], self.needs[name] = formula
        self.run()

    def upstream(self, name: str) -> list[str]:
        """The adjoint itself and those it is made of, nearest first; given ones end the way."""
        found = {name}
        for other in reversed(self.order):
            if other in found:
                found |= {n for n in self.needs[other] if n not in self.given}
        return [n for n in reversed(self.order) if n in found]

    def is_next(self, one: str, other: str) -> bool:
        """Whether an adjoint is made of another by a product of elements: by a local derivative."""
        if one not in self.needs.get(other, ()):
            return False
        parts = [part for part in walk(self.formulas[other]) if isinstance(part, Apply)]
        return all(part.prim.scalar is not None or part.op == "where" for part in parts)

    def followed(self, name: str, value: Any, only: set[str] | None = None) -> dict[str, Any]:
        """What becomes of the other adjoints if a not given one has another value.

        Parameters
        ----------
        name : str
        value : ndarray
        only : set of str, optional
            Which of them are asked for.
        """
        changed, out = {name: value}, {name: value}
        for other in self.order[self.order.index(name) + 1 :]:
            if (only is None or other in only) and not changed.keys().isdisjoint(self.needs[other]):
                found = np.asarray(self.with_values(other, changed).value)
                out[other] = found
                if other not in self.given:
                    changed[other] = found
        return out

    def way(self, site: str, name: str, only: set[str]) -> Callable[[Any], Any]:
        """From values of a not given adjoint to the values that another one then has.

        A gradient is linear in the one before it, so for single numbers two values tell all.
        """
        if site == name or self.expected[site].size != 1:
            return lambda value: self.followed(site, value, only).get(name)
        zero = np.zeros_like(self.expected[site])
        start = self.followed(site, zero, only).get(name)
        if start is None:
            return lambda value: None
        step = self.followed(site, zero + 1, only)[name] - start
        return lambda value: start + value.ravel()[0] * step
