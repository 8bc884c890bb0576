"""Sums, means and extremes: what is not a matter of their rules."""

import pytest

import microgradnn as mg


def test_the_deviation_of_equal_numbers_has_the_slope_zero():
    x = mg.tensor([[3.0, 3.0], [1.0, 2.0]], requires_grad=True)
    deviations = x.std(1)
    assert deviations.tolist() == pytest.approx([0.0, 0.5**0.5])
    deviations.sum().backward()
    assert x.grad[0].tolist() == [0.0, 0.0]
    assert x.grad[1].tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5])
