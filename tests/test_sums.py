"""Sums by products equal those of NumPy's reductions, wherever a product may stand in."""

import numpy as np
import pytest

from microgradnn._sums import column_sums, row_sums

DTYPES = [np.float16, np.float32, np.float64]


def assert_sums(found, x, axes):
    wanted = x.astype(np.longdouble).sum(axes, keepdims=True).astype(x.dtype)
    assert found.dtype == x.dtype
    np.testing.assert_allclose(found, wanted, rtol=20 * np.finfo(x.dtype).eps, strict=True)


def layouts():
    x = np.random.default_rng(0).uniform(0.5, 1, (16, 20, 12))
    return [x, x.transpose(0, 2, 1), x[:2, :3], x[:, :, ::-1]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, -1, 2, (2,), (-1,), (1, 2), (-2, -1), (0, 2), (-1, -2)])
def test_row_sums(dtype, axis):
    for x in layouts():
        x = x.astype(dtype, order="K")
        assert_sums(row_sums(x, axis), x, axis)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axes", [(0,), (0, 1), (1,), (1, 2), (0, 2), (0, 1, 2)])
def test_column_sums(dtype, axes):
    for x in layouts():
        x = x.astype(dtype, order="K")
        assert_sums(column_sums(x, axes), x, axes)


def test_what_is_not_finite_spreads_as_in_a_reduction():
    x = np.zeros((100, 40))
    x[3, 5], x[7, 6], x[8, 6] = np.nan, np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        for found, axis in ((row_sums(x, 1), 1), (column_sums(x, (0,)), 0)):
            np.testing.assert_array_equal(found, x.sum(axis, keepdims=True))
