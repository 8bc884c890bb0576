"""What a gradient check can say: wrong, not judged, or not a question that has an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class GradcheckError(RuntimeError):
    """The gradient disagrees with finite differences, or can't be checked as asked.

    The message names the input, the element, the output element, both numbers and the relative
    error.
    """


class NotSmoothError(GradcheckError):
    """The function has a kink, a jump or an edge at an input, so no verdict is given.

    At a kink a derivative does not exist: whatever ``backward()`` returns there is a convention.
    """


class Mismatch(NamedTuple):
    """One element of the Jacobian on which backward and differences disagree."""

    input: str
    element: tuple[int, ...]
    output: str
    output_element: tuple[int, ...]
    by_backward: float
    by_differences: float
    wrong: int
    of: int
    hint: str

    def badness(self) -> float:
        """By how much they disagree; NaN counts as most."""
        difference = abs(self.by_backward - self.by_differences)
        return difference if difference == difference else float("inf")

    def report(self, check: str, atol: float, rtol: float) -> str:
        """The message for the user: which number is wrong, and by how much."""
        a, d = self.by_backward, self.by_differences
        x, y = f"{self.input}{index(self.element)}", f"{self.output}{index(self.output_element)}"
        lines = [
            f"{check}: the derivative of {self.output} with respect to {self.input} is wrong in "
            f"{self.wrong} of {self.of} elements. The worst is d {y} / d {x}:",
            f"  by backward:             {a!r}",
            f"  by central differences:  {d!r}",
            f"  difference {abs(a - d):.6g}, relative error {relative_error(a, d):.6g} "
            f"(allowed: {atol:g} + {rtol:g} * {abs(d):.6g})",
        ]
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class Doubt(NamedTuple):
    """One element of the Jacobian that differences can't tell."""

    check: str
    output: str
    output_element: tuple[int, ...]
    input: str
    element: tuple[int, ...]
    at: float
    slope: float

    def kink(self, gap: float) -> NotSmoothError:
        """The refusal where the slopes to the left and to the right differ by ``gap``."""
        left, right = self.slope - 0.5 * gap, self.slope + 0.5 * gap
        if min(abs(left), abs(right)) < 1e-8 * abs(gap):  # a zero, but for rounding
            left, right = (0.0, right) if abs(left) < abs(right) else (left, 0.0)
        return self._refusal(
            f"the slopes to its left and right, {left:.6g} and {right:.6g}, do not come closer "
            "with a smaller step: a kink or a jump, where there is no derivative"
        )

    def roughness(self, by_backward: float, eps: float, doubt: float) -> NotSmoothError:
        """The refusal where differences are no better than to ``doubt``."""
        numbers = f"backward says {by_backward:.6g}, differences {self.slope:.6g}"
        if doubt < float("inf"):
            return self._refusal(
                f"{numbers}, but these are right to {doubt:.1g} only: the output is so large that "
                f"rounding hides the effect of a step of {eps:g}. Take a larger eps"
            )
        return self._refusal(
            f"{numbers}, but these depend on the step as no smooth function's do: a kink is nearer "
            f"than eps={eps:g}, or the function varies within it"
        )

    def _refusal(self, why: str) -> NotSmoothError:
        return NotSmoothError(
            f"{self.check}: no verdict on d {self.output}{index(self.output_element)} / "
            f"d {self.input}{index(self.element)} at {self.at!r}: {why}. Check at another point."
        )


def unrecorded(check: str, what: str, inputs: Sequence[str]) -> GradcheckError:
    """The error for results that no graph leads to."""
    return GradcheckError(
        f"{check}: {what} do not depend on {', '.join(inputs)} by any recorded operation: was the "
        "function run under no_grad(), or its result detached or made by NumPy?"
    )


def relative_error(a: float, b: float) -> float:
    """The difference in units of the larger of the two; 0 for two zeros."""
    largest = max(abs(a), abs(b))
    return abs(a - b) / largest if largest else 0.0


def index(element: tuple[Any, ...]) -> str:
    """``[0, 2]`` for an element; nothing for the only element of a 0-d array."""
    return f"[{', '.join(map(str, element))}]" if element else ""
