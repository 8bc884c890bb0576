"""Numbers in derivations: six significant digits, a real minus sign."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..viz.number_text import MINUS, format_number

DIGITS = 6


def six_digits(number: Any) -> str:
    """A result: six significant digits, zeros at the end included; whole numbers as they are.

    Examples
    --------
    >>> six_digits(-0.9526096518320007), six_digits(1.0), six_digits(2.5e-7)
    ('−0.952610', '1', '2.5e−7')
    """
    if isinstance(number, bool | np.bool_):
        return str(bool(number))
    text = format_number(float(number), DIGITS)
    if "." in text and "e" not in text:
        missing = DIGITS - len(text.lstrip(MINUS + "0.").replace(".", ""))
        text += "0" * max(missing, 0)
    return text


def constant(number: Any) -> str:
    """A number that is part of a formula: short, and exact where it can be.

    Examples
    --------
    >>> constant(2.0), constant(0.5), constant(-1e-05)
    ('2', '0.5', '−1e−5')
    """
    if isinstance(number, bool | np.bool_):
        return str(bool(number))
    return format_number(number, DIGITS)


def one_over_root(number: Any) -> int:
    """The n of a number that is ``1/√n``, which is how people write it; 0 for other numbers.

    Examples
    --------
    >>> one_over_root(1 / 8**0.5), one_over_root(0.5), one_over_root(0.35)
    (8, 0, 0)
    """
    if not isinstance(number, float) or not 0.01 < number < 1:
        return 0
    size = round(1 / number**2)
    whole = round(size**0.5) ** 2 == size
    return 0 if whole or abs(number - size**-0.5) > 1e-15 else size
