"""Mistakes that are seen from the numbers alone: a factor, a sign, a transposed result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...derive.number_text import six_digits
from .closeness import Closeness, same_up_to_ones
from .report import Mistake


def seen(
    name: str,
    given: Any,
    expected: Any,
    others: Mapping[str, tuple[Any, bool]],
    sizes: Iterable[int],
    closeness: Closeness,
) -> list[tuple[int, Mistake]]:
    """What relates a wrong gradient to the right one, or to another variable's: cost and mistake.

    Parameters
    ----------
    name : str
        Of the variable.
    given, expected : ndarray
    others : mapping of str to (ndarray, bool)
        The right gradients of other variables, and whether this one is made of them.
    sizes : iterable of int
        Numbers of elements that a mean may be of.
    closeness : Closeness
    """
    found = []
    if not given.any():
        found.append((1, Mistake("path", "nothing arrives: every path to it is left out", name)))
        return found
    if given.ndim == 2 and given.shape[::-1] == expected.shape and max(given.shape) > 1:
        if closeness.agree(given.T, expected):
            found.append((1, Mistake("transpose", "it is transposed", name)))
        elif closeness.agree(given.T, -expected):
            found.append((3, Mistake("transpose", "it is transposed and has the wrong sign", name)))
    if given.size > expected.size:
        for axis in range(given.ndim):
            if closeness.agree(given.sum(axis=axis), expected):
                words = f"the sum over axis {axis}, over which it was repeated, is missing"
                found.append((1, Mistake("sum", words, name)))
    for other, (gradient, upstream) in others.items():
        if gradient.any() and gradient.shape == given.shape and closeness.agree(given, gradient):
            cost = 3 if given.shape != expected.shape else 1 if upstream else 2
            words = f"it is the gradient of {other}"
            if upstream:
                words += ": the local derivative behind it is missing"
            found.append((cost, Mistake("factor" if upstream else "index", words, name)))
    if not same_up_to_ones(given.shape, expected.shape):
        return found
    given = given.reshape(expected.shape)
    if closeness.agree(given, -expected):
        found.append((1, Mistake("sign", "the sign is wrong", name)))
    counts = {n for n in sizes if n > 2}
    for c, words in [
        (2.0, "the factor 1/2 is missing, or a factor 2 too many"),
        (0.5, "the factor 2 is missing, or a factor 1/2 too many"),
        *((float(n), f"the factor 1/{n} is missing: a sum instead of a mean") for n in counts),
        *((1 / n, f"a factor 1/{n} too many: a mean instead of a sum") for n in counts),
    ]:
        if closeness.agree(given, c * expected):
            found.append((1, Mistake("factor", words, name)))
        elif closeness.agree(given, -c * expected):
            found.append((3, Mistake("factor", f"{words}, and the sign is wrong", name)))
    return found


def common_factor(name: str, given: Any, expected: Any, closeness: Closeness) -> Mistake | None:
    """Some number by which every element is multiplied: several elements must say the same."""
    if not same_up_to_ones(given.shape, expected.shape) or np.count_nonzero(expected) < 2:
        return None
    given = given.reshape(expected.shape)
    c = float(np.vdot(given, expected) / np.vdot(expected, expected))
    if c == 0 or not closeness.agree(given, c * expected):
        return None
    words = f"every element is {six_digits(c)} times what it should be (a learning rate in it?)"
    return Mistake("factor", words, name)
