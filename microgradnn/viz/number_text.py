"""How numbers read in pictures: few significant digits, a real minus sign, short exponents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

MINUS = "−"  # U+2212: as wide as a digit, and never taken for a hyphen


def format_number(number: Any, digits: int = 4) -> str:
    """A number as a card shows it.

    Parameters
    ----------
    number : int, float, bool or a NumPy scalar
    digits : int
        Significant digits. Trailing zeros are dropped; integers below a million are exact.

    Returns
    -------
    str
        With an exponent (``1.5e−5``) below 1e-3 and where the digits do not reach the units.

    Examples
    --------
    >>> format_number(-0.2376324), format_number(1.0), format_number(0.000015)
    ('−0.2376', '1', '1.5e−5')
    >>> format_number(-123456.789), format_number(-123456), format_number(float("nan"))
    ('−1.235e5', '−123456', 'NaN')
    """
    if isinstance(number, bool) or getattr(getattr(number, "dtype", None), "kind", "") == "b":
        return str(bool(number))
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Inf" if number > 0 else f"{MINUS}Inf"
    if number == 0:
        return "0"
    sign = MINUS if number < 0 else ""
    size = abs(number.item() if hasattr(number, "item") else number)
    if size == int(size) and size < 1_000_000:
        return f"{sign}{int(size)}"
    # Rounded first, so that 0.00099999 and 9999.9 are judged by what will be printed.
    mantissa, _, power = f"{Decimal(size):.{digits - 1}e}".partition("e")
    exponent = int(power)
    if -3 <= exponent < max(digits, 4):
        text = _without_zeros(f"{Decimal(size):.{max(digits - 1 - exponent, 0)}f}")
        return sign + text
    return f"{sign}{_without_zeros(mantissa)}e{MINUS if exponent < 0 else ''}{abs(exponent)}"


def format_exactly(number: Any) -> str:
    """Every digit, as Python prints it: for tooltips.

    Examples
    --------
    >>> format_exactly(-0.1), format_exactly(3)
    ('−0.1', '3')
    """
    if number != number or number in (float("inf"), float("-inf")):
        return format_number(number)
    if isinstance(number, int) and abs(number) >= 10**21:
        return format_number(number, 21)
    # str() of an np.float32 has the digits of a float32; item() would add those of a double.
    return str(number).replace("-", MINUS)


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
