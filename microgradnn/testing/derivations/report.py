"""What is said about gradients that were derived by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...derive.number_text import six_digits
from .mistakes import Kind


@dataclass(frozen=True)
class Mistake:
    """One mistake that gives exactly the numbers that were given.

    Attributes
    ----------
    kind : {"sign", "factor", "transpose", "sum", "path", "index", "place"}
    words : str
        What it is, in the variables' names.
    where : str
        The variable in whose gradient it is: the wrong one, or one before it that was not given.
    formula : str
        That gradient's right formula; empty if the mistake was seen from the numbers alone.
    """

    kind: Kind
    words: str
    where: str
    formula: str = ""

    def __str__(self) -> str:
        return self.words + (f", in {self.formula}" if self.formula else "")


@dataclass(frozen=True)
class WrongGradient:
    """One gradient that does not follow from the gradients before it.

    Attributes
    ----------
    name : str
    given, expected : ndarray
        ``expected`` follows from the upstream gradients that were given.
    mistakes : tuple of Mistake
        The likeliest; several if the numbers can't tell; none if nothing gives these numbers.
    explains : tuple of str
        Other wrong gradients that the same mistake makes exactly as wrong as they are.
    """

    name: str
    given: Any
    expected: Any
    mistakes: tuple[Mistake, ...] = ()
    explains: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        """The largest absolute difference of any element; inf for another shape."""
        if self.given.size != self.expected.size:
            return float("inf")
        return float(np.max(np.abs(self.given.reshape(self.expected.shape) - self.expected)))

    def lines(self) -> list[str]:
        """What is wrong, by how much, and why."""
        if self.given.shape != self.expected.shape and self.given.squeeze().shape != (
            self.expected.squeeze().shape
        ):
            lines = [
                f"  given     an array of shape {self.given.shape}",
                f"  expected  one of shape {self.expected.shape}",
            ]
        else:
            given = self.given.reshape(self.expected.shape)
            apart = np.abs(given - self.expected)
            place = np.unravel_index(int(np.argmax(apart)), apart.shape)
            element = f"[{', '.join(map(str, place))}]" if place else ""
            wrong = f", the worst of {apart.size} elements" if apart.size > 1 else ""
            lines = [
                f"  given     {self.name}{element}: {six_digits(given[place])}",
                f"  expected  {self.name}{element}: {six_digits(self.expected[place])}{wrong}",
            ]
        return lines + self.likely()

    def likely(self) -> list[str]:
        """The likely mistake, or that none is known."""
        if not self.mistakes:
            return ["  likely: no single mistake that is known gives these numbers"]
        if len(self.mistakes) == 1:
            return [f"  likely: {self.mistakes[0]}"]
        one_kind = len({m.kind for m in self.mistakes}) == 1
        head = f"  likely: {self.mistakes[0].kind}, " if one_kind else "  likely: "
        return [head + "one of these, which give the same numbers:"] + [
            f"    - {m}" for m in self.mistakes
        ]


@dataclass(frozen=True)
class DerivationReport:
    """What `check_derivation` found.

    Attributes
    ----------
    wrong : tuple of WrongGradient
        In backward order; each is a mistake of its own.
    right : tuple of str
        The gradients that agree with the engine.
    follows : dict of str to str
        Gradients that are wrong only because another one is, with that one's name.
    """

    wrong: tuple[WrongGradient, ...] = ()
    right: tuple[str, ...] = ()
    follows: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every gradient agrees."""
        return not self.wrong and not self.follows

    @property
    def first(self) -> WrongGradient | None:
        """The first wrong gradient in backward order; None if all agree."""
        return self.wrong[0] if self.wrong else None

    @property
    def mistake(self) -> Mistake | None:
        """The first one's likely mistake; None if none is known or the numbers can't tell."""
        if self.first is None or len({m.kind for m in self.first.mistakes}) != 1:
            return None
        return self.first.mistakes[0]

    def __str__(self) -> str:
        count = len(self.right) + len(self.follows) + len(self.wrong)
        count += sum(len(w.explains) for w in self.wrong)
        if self.ok:
            return f"all {count} gradients agree: {', '.join(self.right)}"
        lines = [f"{count - len(self.right)} of {count} gradients are wrong"]
        for k, wrong in enumerate(self.wrong):
            order = "first in backward order" if k == 0 else "then"
            lines += [f"{order}: the gradient of {wrong.name}", *wrong.lines()]
            if wrong.explains:
                lines.append(f"  the same mistake explains: {', '.join(wrong.explains)}")
        for cause in dict.fromkeys(self.follows.values()):
            names = ", ".join(n for n, c in self.follows.items() if c == cause)
            lines.append(f"only follow from {cause}, which is wrong: {names}")
        if self.right:
            lines.append(f"right: {', '.join(self.right)}")
        return "\n".join(lines)


class DerivationError(AssertionError):
    """Gradients that were derived by hand are wrong.

    Attributes
    ----------
    report : DerivationReport
    """

    def __init__(self, report: DerivationReport) -> None:
        super().__init__(str(report))
        self.report = report
