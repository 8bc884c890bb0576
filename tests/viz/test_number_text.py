"""How numbers are written on cards."""

import math
from decimal import Decimal

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from microgradnn.viz.number_text import format_exactly, format_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (0.0, "0"), (-0.0, "0"), (1, "1"), (-1.0, "−1"), (0.5, "0.5"),
        (0.04742587317756678, "0.04743"), (-0.010734767632905555, "−0.01073"),
        (0.001, "0.001"), (0.0009999, "9.999e−4"), (0.00099996, "0.001"), (1e-9, "1e−9"),
        (9999.9, "1e4"), (9999.4, "9999"), (1234.5, "1234"), (12345.6, "1.235e4"),
        (60000.0, "60000"), (999_999, "999999"), (1_000_000, "1e6"), (-123456.789, "−1.235e5"),
        (5e-324, "4.941e−324"), (1.7976931348623157e308, "1.798e308"), (10**400, "1e400"),
        (math.nan, "NaN"), (math.inf, "Inf"), (-math.inf, "−Inf"), (True, "True"),
        (np.float32(0.1), "0.1"), (np.bool_(False), "False"), (np.int64(-7), "−7"),
    ],
)  # fmt: skip
def test_a_number_is_written_with_four_digits_and_a_real_minus(number, text):
    assert format_number(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_what_is_written_is_the_number_to_that_many_digits(number, digits):
    text = format_number(number, digits)
    assert "-" not in text
    read, exact = Decimal(text.replace("−", "-")), Decimal(number)
    assert abs(read - exact) <= Decimal("0.5000001") * Decimal(10) ** (1 - digits) * abs(exact)


@pytest.mark.parametrize(("digits", "text"), [(1, "0.3"), (2, "0.33"), (10, "0.3333333333")])
def test_the_number_of_digits_can_be_chosen(digits, text):
    assert format_number(1 / 3, digits) == text


def test_tooltips_have_every_digit():
    assert format_exactly(0.02146953526581111) == "0.02146953526581111"
    assert format_exactly(-0.1) == "−0.1"
    assert format_exactly(np.float32(0.1)) == "0.1"
    assert format_exactly(math.nan) == "NaN"
    assert format_exactly(10**5000) == "1e5000"  # Python refuses str() of it
