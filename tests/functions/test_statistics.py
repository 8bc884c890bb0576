"""Variance, quantiles, modes and histograms."""

import math

import pytest

import microgradnn as mg


def test_all_ways_to_ask_for_a_variance():
    x = mg.tensor([1.0, 2.0, 6.0])
    assert [x.var().item(), x.var(0, True).item(), x.var(unbiased=True).item()] == [7.0] * 3
    assert x.var(False).item() == x.var(correction=0).item() == pytest.approx(14 / 3)
    assert mg.var_mean(x)[1].item() == 3.0
    with pytest.raises(RuntimeError, match="must be a floating type"):
        mg.tensor([1, 2]).var()


def test_too_few_elements_have_no_variance_and_make_no_noise():
    assert math.isnan(mg.tensor([1.0]).var().item())
    assert mg.tensor([1.0]).var(correction=0).item() == 0.0


def test_equal_elements_have_a_deviation_with_slope_zero():
    x = mg.ones(3, requires_grad=True)
    x.std().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


def test_medians():
    x = mg.tensor([3.0, 1.0, 3.0, 4.0], requires_grad=True)
    x.median().backward()
    assert x.grad.tolist() == [0.5, 0.0, 0.5, 0.0]
    y = mg.tensor([[5.0, math.nan, 1.0], [3.0, 1.0, 2.0]])
    values, indices = y.median(1)
    assert (math.isnan(values[0].item()), values[1].item()) == (True, 2.0)
    assert indices.tolist() == [1, 2]
    assert y.nanmedian(1).values.tolist() == [1.0, 2.0]


def test_modes():
    values, indices = mg.tensor([[2, 1, 2, 1], [3, 3, 0, 1]]).mode(1, keepdim=True)
    assert (values.tolist(), indices.tolist()) == ([[1], [3]], [[3], [1]])


@pytest.mark.parametrize(
    ("interpolation", "wanted"),
    [("linear", 2.5), ("lower", 2.0), ("higher", 4.0), ("midpoint", 3.0), ("nearest", 2.0)],
)
def test_quantiles(interpolation, wanted):
    x = mg.tensor([[4.0, 1.0, 2.0, 8.0]] * 2)
    q = mg.tensor([0.0, 1.25 / 3])
    found = x.quantile(q, dim=1, keepdim=True, interpolation=interpolation)
    assert found.shape == (2, 2, 1)
    assert found[0].flatten().tolist() == [1.0, 1.0]
    assert found[1].flatten().tolist() == pytest.approx([wanted] * 2)


def test_quantiles_with_missing_numbers():
    x = mg.tensor([4.0, math.nan, 2.0])
    assert math.isnan(x.quantile(0.5).item())
    assert x.nanquantile(0.5).item() == 3.0
    with pytest.raises(RuntimeError, match=r"q lies in \[0, 1\], got 1.5"):
        x.quantile(1.5)
    with pytest.raises(RuntimeError, match="interpolation is one of linear, lower"):
        x.quantile(0.5, interpolation="cubic")


def test_histograms():
    assert mg.histc(mg.tensor([0.0, 1.0, 2.0, 9.0]), 2, 0, 2).tolist() == [1.0, 2.0]
    counts, edges = mg.histogram(mg.tensor([0.0, 1.0, 3.0]), mg.tensor([0.0, 1.0, 3.0]))
    assert (counts.tolist(), edges.tolist()) == ([1.0, 2.0], [0.0, 1.0, 3.0])
    weighted = mg.bincount(mg.tensor([1, 1]), mg.tensor([0.5, 1.0]), minlength=3)
    assert weighted.tolist() == [0.0, 1.5, 0.0]
    with pytest.raises(RuntimeError, match="integers that are not negative"):
        mg.bincount(mg.tensor([-1]))
