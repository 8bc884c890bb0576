"""Sums, products, means and extremes: dtypes, zeros, empty Tensors, errors."""

import math

import pytest

import microgradnn as mg


def second_derivatives(x, f):
    (first,) = mg.autograd.grad(f(x), x, create_graph=True)
    rows = [mg.autograd.grad(first[k], x, retain_graph=True)[0].tolist() for k in range(len(x))]
    return first.tolist(), rows


@pytest.mark.parametrize(
    ("numbers", "first", "second"),
    [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0], [[0, 4, 3], [4, 0, 2], [3, 2, 0]]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0], [[0, 4, 0], [4, 0, 2], [0, 2, 0]]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0], [[0, 4, 0], [4, 0, 0], [0, 0, 0]]),
    ],
)
def test_products_are_right_where_elements_are_zero(numbers, first, second):
    for f in (mg.prod, lambda x: x.prod(0), lambda x: x.cumprod(0)[-1]):
        x = mg.tensor(numbers, requires_grad=True)
        assert second_derivatives(x, f) == (first, second)


@pytest.mark.parametrize("dtype", [mg.bool_, mg.uint8, mg.int32, mg.int64])
def test_integers_sum_and_multiply_to_int64(dtype):
    x = mg.tensor([1, 1, 1]).to(dtype)
    for result, wanted in ((x.sum(), 3), (x.prod(), 1), (x.nansum(), 3), (x.cumsum(0)[2], 3)):
        assert (result.dtype, result.item()) == (mg.int64, wanted)


def test_numbers_that_are_missing_are_left_out():
    x = mg.tensor([1.0, math.nan, 4.0], requires_grad=True)
    assert (x.nansum().item(), x.nanmean().item()) == (5.0, 2.5)
    x.nanmean().backward()
    assert x.grad.tolist() == [0.5, 0.0, 0.5]


def test_sum_to_size_undoes_broadcasting():
    assert mg.ones(4, 2, 3).sum_to_size(2, 1).tolist() == [[12.0], [12.0]]
    with pytest.raises(RuntimeError, match=r"\(2, 2\) does not broadcast to the shape \(2, 3\)"):
        mg.ones(2, 3).sum_to_size(2, 2)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "aminmax", "argmax", "argmin"])
def test_there_is_no_extreme_of_no_elements(name):
    kind = IndexError if name.startswith("arg") else RuntimeError
    with pytest.raises(kind, match=rf"{name}\(\): there is no {name} of no elements"):
        getattr(mg.zeros(2, 0), name)()
    with pytest.raises(IndexError, match=r"dimension 1 of shape \(2, 0\) is empty"):
        getattr(mg.zeros(2, 0), name)(dim=1)


def test_along_an_empty_dimension_there_are_sums():
    assert mg.zeros(2, 0).sum(1).tolist() == [0.0, 0.0]
    assert mg.zeros(2, 0).prod(1).tolist() == [1.0, 1.0]
    with pytest.raises(TypeError, match=r"dim must be one integer, got \(0, 1\)"):
        mg.ones(2, 2).prod((0, 1))


def test_renorm_leaves_short_rows_as_they_are_below_a_norm_under_one():
    y = mg.tensor([[0.3, 0.4], [0.03, 0.04], [0.0, 0.0]]).renorm(2, 0, 0.25)
    for row, expected in zip(y.tolist(), [[0.15, 0.2], [0.03, 0.04], [0, 0]], strict=True):
        assert row == pytest.approx(expected, rel=1e-5)


def test_renorm_leaves_short_rows_as_they_are():
    x = mg.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)
    y = x.renorm(2, 0, 5.0)
    assert y.tolist() == x.tolist()
    y.sum().backward()
    assert x.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_the_deviation_of_equal_numbers_has_the_slope_zero():
    x = mg.tensor([[3.0, 3.0], [1.0, 2.0]], requires_grad=True)
    deviations = x.std(1)
    assert deviations.tolist() == pytest.approx([0.0, 0.5**0.5])
    deviations.sum().backward()
    assert x.grad[0].tolist() == [0.0, 0.0]
    assert x.grad[1].tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5])
