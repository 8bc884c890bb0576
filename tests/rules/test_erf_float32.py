"""The error function of many float32 numbers at once, against that of single ones."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.rules._erf_float32 import erf_float32


def test_it_is_right_to_two_units_in_the_last_place():
    x = np.concatenate([np.linspace(-6, 6, 20001), np.logspace(-30, 30, 2001), [0.0, -0.0]])
    x = x.astype(np.float32)
    wanted = np.array([math.erf(v) for v in x])
    found = erf_float32(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted.astype(np.float32), rtol=2.5e-7)
    assert np.abs(found).max() == 1
    assert np.signbit(found[-1])


def test_what_is_no_number():
    found = erf_float32(np.array([np.inf, -np.inf, np.nan], np.float32))
    np.testing.assert_array_equal(found, [1, -1, np.nan])


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_any_layout_is_kept(order):
    x = np.random.default_rng(0).normal(size=(7, 40, 50)).astype(np.float32).transpose(order)
    for given in (x, x[:, ::2], np.broadcast_to(x[:1], x.shape)):
        found = mg.erf(mg.from_numpy(given.copy(order="K"))).numpy()
        by_one = np.vectorize(math.erf)(given)
        np.testing.assert_allclose(found, by_one, rtol=3e-7)
        np.testing.assert_allclose(erf_float32(given), by_one, rtol=3e-7)
    assert erf_float32(x).strides == x.strides
