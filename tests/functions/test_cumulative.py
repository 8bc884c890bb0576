"""Running results, differences and integrals."""

import math

import numpy as np
import pytest

import microgradnn as mg


def test_the_gradient_of_a_running_sum_runs_from_the_end():
    x = mg.ones(3, requires_grad=True)
    x.cumsum(0).backward(mg.tensor([1.0, 10.0, 100.0]))
    assert x.grad.tolist() == [111.0, 110.0, 100.0]


def test_logcumsumexp_keeps_its_gradient_where_exp_overflows_and_where_it_vanishes():
    for shift in (-1000.0, 0.0, 1000.0):
        x = mg.tensor([shift, shift], dtype=mg.float64, requires_grad=True)
        y = x.logcumsumexp(0)
        assert y[1].item() == pytest.approx(shift + math.log(2), rel=1e-15)
        y[1].backward()
        np.testing.assert_allclose(x.grad.numpy(), [0.5, 0.5], rtol=1e-13)


def test_running_extremes_name_the_latest_of_equal_elements_and_stay_nan():
    values, indices = mg.tensor([1.0, 3.0, 3.0, 2.0]).cummax(0)
    assert (values.tolist(), indices.tolist()) == ([1.0, 3.0, 3.0, 3.0], [0, 1, 2, 2])
    values, indices = mg.tensor([1.0, math.nan, 0.0]).cummin(0)
    assert np.isnan(values.numpy()).tolist() == [False, True, True]
    assert indices.tolist() == [0, 1, 1]


def test_in_place():
    x = mg.tensor([1.0, 2.0, 3.0])
    assert x.cumsum_(0) is x
    assert x.tolist() == [1.0, 3.0, 6.0]


def test_differences():
    x = mg.tensor([1, 4, 9, 16])
    assert x.diff(2).tolist() == [2, 2]
    assert x.diff(prepend=mg.tensor([0])).tolist() == [1, 3, 5, 7]
    assert x.diff(9).tolist() == []
    assert mg.tensor([True, False, False]).diff().tolist() == [True, False]
    with pytest.raises(RuntimeError, match="needs a Tensor of at least one dimension"):
        mg.tensor(1.0).diff()


def test_integrals():
    y, x = mg.tensor([1.0, 5.0, 10.0]), mg.tensor([1.0, 3.0, 6.0])
    assert mg.trapezoid(y, x).item() == 28.5
    assert mg.cumulative_trapezoid(y, x).tolist() == [6.0, 28.5]
    with pytest.raises(RuntimeError, match="x has 2 places, y 3 values"):
        mg.trapezoid(y, mg.tensor([1.0, 2.0]))
    with pytest.raises(RuntimeError, match="not both"):
        mg.trapezoid(y, x, dx=1.0)


def test_gradient_is_exact_for_parabolas_at_second_order():
    at = mg.tensor([0.0, 1.0, 3.0, 7.0], dtype=mg.float64)
    (slope,) = mg.gradient(at**2, spacing=(at,), edge_order=2)
    np.testing.assert_allclose(slope.numpy(), 2.0 * at.numpy(), rtol=1e-14, atol=1e-14)
    with pytest.raises(RuntimeError, match="needs at least 3"):
        mg.gradient(at[:2], edge_order=2)
