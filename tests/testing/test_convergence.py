"""Verdicts on slopes that are known, and on those that are not."""

import math

import numpy as np
import pytest

from microgradnn.testing.convergence import Verdict, judge

EPS = 2.2e-16
CASES = [
    ("exp", math.exp, 1.0, Verdict.RIGHT),
    ("a little wrong", math.exp, 1.0001, Verdict.WRONG),
    ("fast", lambda t: math.sin(50 * t), 50.0, Verdict.RIGHT),
    ("flat", lambda t: t * t, 0.0, Verdict.RIGHT),
    ("constant", lambda t: 3.0, 0.0, Verdict.RIGHT),
    ("constant, wrong", lambda t: 3.0, 1.0, Verdict.WRONG),
    ("saturated", lambda t: math.tanh(t + 30), 0.0, Verdict.RIGHT),
    ("tiny", lambda t: 1e-12 * t, 1e-12, Verdict.RIGHT),
    ("abs", abs, 0.0, Verdict.KINK),
    ("relu", lambda t: max(t, 0.0), 0.5, Verdict.KINK),
    ("relu, its right slope", lambda t: max(t, 0.0), 1.0, Verdict.KINK),
    ("jump", math.floor, 0.0, Verdict.KINK),
    ("a kink further off", lambda t: max(t - 1e-3, 0.0), 0.0, Verdict.RIGHT),
    ("edge", lambda t: math.sqrt(t) if t >= 0 else math.nan, 0.0, Verdict.UNKNOWN),
    ("NaN claimed", math.exp, math.nan, Verdict.WRONG),
]


@pytest.mark.parametrize(
    ("f", "claimed", "verdict"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_verdicts(f, claimed, verdict):
    assert judge(f, claimed, 1e-6, EPS).verdict is verdict


def test_smooth_functions_converge_with_order_two():
    assert judge(math.exp, 1.0, 1e-6, EPS).order == pytest.approx(2.0, abs=0.05)


def test_rounding_inside_a_function_is_no_kink():
    def loss(t):  # small, as a difference of larger numbers
        return math.log(math.exp(3 + t) + math.exp(-4 - t)) - (3 + t)

    for x in np.linspace(-0.5, 0.5, 41):
        slope = -2 * math.exp(-7 - 2 * x) / (1 + math.exp(-7 - 2 * x))
        found = judge(lambda t, x=x: loss(x + t), slope, 1e-6, EPS)
        assert found.verdict is Verdict.RIGHT, found
