"""Slopes by central differences, and the recognition of kinks.

The central difference ``(f(x + h) - f(x - h)) / 2h`` is right to O(h^2) where ``f`` is smooth. At
a kink it is the mean of two slopes, which is no derivative. What tells the two apart is the *gap*
between the one-sided slopes, ``(f(x + h) - f(x)) / h - (f(x) - f(x - h)) / h``: curvature makes it
``h f''(x)``, which halves with ``h``; a kink leaves it as it is, a jump makes it grow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .verdicts import GradcheckError, NotSmoothError, index

Evaluate = Callable[[Sequence[Any]], list[Any]]


class Slopes(NamedTuple):
    """The derivatives of one output by one element of one input.

    Attributes
    ----------
    central : ndarray
        Of the output's shape.
    gap : ndarray
        Between the one-sided slopes.
    kinked : ndarray of bool
        Where the gap does not shrink with the step: a kink or a jump at this very point.
    doubt : ndarray
        How far the true derivative may be from ``central``: the rounding error; infinite where
        the gap shrinks, but not as curvature does (a kink less than a step away, a power between 1
        and 2, a function that oscillates within a step).
    """

    central: Any
    gap: Any
    kinked: Any
    doubt: Any


def slopes(
    evaluate: Evaluate,
    arrays: Sequence[Any],
    here: Sequence[Any],
    k: int,
    element: tuple[int, ...],
    *,
    eps: float,
    atol: float,
    rtol: float,
    where: tuple[str, str],
) -> list[Slopes]:
    """Differentiate every output by one element of input ``k``.

    Parameters
    ----------
    evaluate : callable
        From the input arrays to the output arrays.
    arrays : sequence of ndarray
        The inputs.
    here : sequence of ndarray
        The outputs at the inputs.
    k : int
        The input.
    element : tuple of int
        The element.
    eps : float
        The step h.
    atol, rtol : float
        A gap within ``atol + rtol * |slope|`` is too small to matter.
    where : (str, str)
        What messages call the check and the input.

    Returns
    -------
    list of Slopes
        One per output.

    Raises
    ------
    NotSmoothError
        If the function is not finite, or fails, one step away.
    GradcheckError
        If the step is lost in rounding beside the element, or an output changes its shape.
    """
    x = float(arrays[k][element])
    check, name = where
    place = f"{name}{index(element)}"

    def shifted(h: float) -> tuple[float, list[Any]]:
        """The step that rounding leaves of ``h``, and the outputs there."""
        step = (x + h) - x
        if abs(step - h) > 0.5 * abs(h):
            raise GradcheckError(
                f"{check}: eps={eps:g} is lost in rounding beside {place} = {x!r}; use a larger eps"
            )
        moved = list(arrays)
        moved[k] = arrays[k].copy(order="K")
        moved[k][element] = x + h
        try:
            outputs = evaluate(moved)
        except (ArithmeticError, ValueError) as error:
            raise _edge(check, place, x, h, str(error)) from error
        for j, (new, old) in enumerate(zip(outputs, here, strict=True)):
            if new.shape != old.shape:
                raise GradcheckError(
                    f"{check}: the shape of output {j} depends on the numbers: {old.shape}, but "
                    f"{new.shape} when {place} changes by {h:g}"
                )
            if not np.isfinite(new).all():
                raise _edge(check, place, x, h, "it is not finite there")
        return step, outputs

    def gaps(h: float) -> tuple[list[Any], list[Any], list[Any]]:
        """Central slope, gap of the one-sided ones, and the rounding error of the gap."""
        up, above = shifted(h)
        down, below = shifted(-h)
        central, gap, rounding = [], [], []
        for f0, fp, fm in zip(here, above, below, strict=True):
            central.append((fp - fm) / (up - down))
            gap.append((fp - f0) / up - (f0 - fm) / -down)
            scale = np.maximum(np.maximum(np.abs(fp), np.abs(fm)), np.abs(f0))
            rounding.append(16.0 * np.finfo(np.float64).eps * scale / h)
        return central, gap, rounding

    central, gap, rounding = gaps(eps)
    visible = [
        np.abs(g) > atol + rtol * np.abs(c) + r
        for c, g, r in zip(central, gap, rounding, strict=True)
    ]
    if not any(v.any() for v in visible):
        return [
            Slopes(c, g, v, r) for c, g, v, r in zip(central, gap, visible, rounding, strict=True)
        ]
    _, half, _ = gaps(0.5 * eps)
    _, double, _ = gaps(2.0 * eps)
    result = []
    for c, g, r, v, g_half, g_double in zip(
        central, gap, rounding, visible, half, double, strict=True
    ):
        size = np.abs(g) + r
        kinked = v & (np.abs(g_half) > 0.85 * np.abs(g) - r)
        curved = (np.abs(g_half - 0.5 * g) <= 0.1 * size) & (np.abs(g_double - 2 * g) <= 0.3 * size)
        result.append(Slopes(c, g, kinked, np.where(v & ~kinked & ~curved, np.inf, r)))
    return result


def _edge(check: str, place: str, x: float, h: float, why: str) -> NotSmoothError:
    return NotSmoothError(
        f"{check}: no verdict at {place} = {x!r}: {h:+g} away from there the function fails "
        f"({why}). The point lies on the edge of its domain; move it inside."
    )
