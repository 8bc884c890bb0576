"""How well ``check_derivation`` names mistakes: ``python -m tests.testing.derivation_study``.

Fixed mutation operators make one mistake at every place of the hand derivations of S1 to S5. The
check sees the gradients that the mutated source returns, and no intermediate result. A mutant
counts if it runs and changes a number. *Found*: the check says that something is wrong. *Named*:
it claims one kind of mistake for the first wrong gradient, and that is the operator's. *Listed*: it
says that the numbers can't tell, and the operator's kind is among those listed. Numbers and choices
are random, from a seed that was not used while the check was written.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from microgradnn.testing.derivations.closeness import Closeness
from microgradnn.testing.derivations.given import equations, named_nodes
from microgradnn.testing.derivations.search import compared
from tests.testing.hand_derivations import DERIVATIONS, HandDerivation
from tests.testing.mutations import HELPERS, OPERATORS, mutants

HELD_OUT_SEED = 20_261_123
CLOSENESS = Closeness(rtol=1e-7, atol=1e-12)


@dataclass
class Verdict:
    """What the check said of one mutant."""

    derivation: str
    operator: str
    what: str
    found: bool
    kinds: frozenset[str]
    text: str

    @property
    def named(self) -> bool:
        """Whether one kind of mistake was claimed, and it is the right one."""
        return self.kinds == {self.operator}

    @property
    def listed(self) -> bool:
        """Whether the right kind is one of several."""
        return len(self.kinds) > 1 and self.operator in self.kinds


def study(
    seed: int, derivations: Iterable[HandDerivation] = DERIVATIONS, mutate: bool = True
) -> tuple[list[Verdict], list[str]]:
    """All mutants' verdicts, and what was said of right derivations (should be nothing)."""
    verdicts, false_alarms = [], []
    for derivation in derivations:
        problem = derivation.setup(np.random.default_rng(seed))
        source = derivation.source()
        right = derivation.gradients(source, problem)
        known, nodes = named_nodes(problem.loss, problem.names)
        system = equations(problem.loss, known, nodes)
        report = compared(system, nodes, right, CLOSENESS)
        if not report.ok:
            false_alarms.append(f"{derivation.name}: {report}")
        for mutant in mutants(source, derivation.forward, seed) if mutate else ():
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                try:
                    given = derivation.gradients(mutant.source, problem, **HELPERS)
                    changed = any(_changed(given[k], right[k]) for k in right)
                except Exception:
                    continue  # a mistake that Python finds needs no check
            if not changed:
                continue
            report = compared(system, nodes, given, CLOSENESS)
            first = report.first
            kinds = frozenset(m.kind for m in first.mistakes) if first else frozenset()
            verdicts.append(
                Verdict(
                    derivation.name, mutant.operator, mutant.what, not report.ok, kinds, str(report)
                )
            )
    return verdicts, false_alarms


def _changed(a: object, b: object) -> bool:
    x, y = np.asarray(a, float), np.asarray(b, float)
    return x.shape != y.shape or not np.allclose(x, y, rtol=1e-6, atol=1e-9, equal_nan=True)


def table(verdicts: list[Verdict]) -> str:
    """One line per operator."""
    lines = [f"{'operator':<12}{'sites':>7}{'found':>7}{'named':>7}{'listed':>8}{'else':>6}"]
    total: Counter[str] = Counter()
    for operator in OPERATORS:
        own = [v for v in verdicts if v.operator == operator]
        row = Counter(
            sites=len(own), found=sum(v.found for v in own), named=sum(v.named for v in own),
            listed=sum(v.listed for v in own),
        )  # fmt: skip
        total += row
        lines.append(_row(operator, row))
    lines.append(_row("all", total))
    share = 100 * total["named"] / max(total["sites"], 1)
    return "\n".join([*lines, f"named rightly: {share:.1f} %"])


def _row(title: str, row: Counter[str]) -> str:
    rest = row["sites"] - row["named"] - row["listed"]
    numbers = f"{row['sites']:>7}{row['found']:>7}{row['named']:>7}{row['listed']:>8}{rest:>6}"
    return f"{title:<12}{numbers}"


def main() -> None:
    """Print the table; with ``-v``, also each mutant that was not named rightly."""
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    verdicts, false_alarms = study(numbers[0] if numbers else HELD_OUT_SEED)
    if "-v" in sys.argv:
        for v in verdicts:
            if not v.named:
                print(
                    f"{v.derivation}, {v.operator}: {v.what}\nsaid: {sorted(v.kinds)}\n{v.text}\n"
                )
    print(table(verdicts))
    print(f"said of the {len(DERIVATIONS)} right derivations: {false_alarms or 'nothing'}")


if __name__ == "__main__":
    main()
