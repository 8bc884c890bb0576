"""The softmax of many short rows, which is computed in another way than that of few."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.rules.activations import softmax


def precise(x):
    """The softmax of the last axis in extended precision."""
    x = x.astype(np.longdouble)
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("spread", [0.0, 1.0, 10.0, 30.0, 300.0, 1e4])
@pytest.mark.parametrize("shift", [0.0, -200.0, 500.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("masked", [False, True])
def test_many_short_rows(spread, shift, dtype, masked):
    rng = np.random.default_rng(5)
    x = (rng.normal(size=(16, 20, 12)) * spread + shift).astype(dtype)
    if masked:
        x[..., 1:] = np.where(rng.random((16, 20, 11)) < 0.4, -np.inf, x[..., 1:])
    wanted, found = precise(x), softmax(x, axis=-1)
    assert found.dtype == dtype
    seen = wanted > 1e-37 if dtype is np.float32 else wanted > 1e-300
    # exp passes on the rounding of its argument, which is down to -87, or to -690, here.
    tolerance = (20 if spread < 20 and not shift else 400) * np.finfo(dtype).eps
    np.testing.assert_allclose(found[seen], wanted[seen].astype(dtype), rtol=tolerance)
    assert (found[~seen] < 1e-36).all()


def test_rows_without_a_number_give_nan():
    x = np.zeros((300, 8))
    x[7] = -np.inf
    with pytest.warns(RuntimeWarning, match="invalid value"):
        found = softmax(x, axis=-1)
    assert np.isnan(found[7]).all()
    np.testing.assert_array_equal(np.delete(found, 7, 0), 0.125)


def test_its_gradients_for_many_rows():
    rng = np.random.default_rng(3)
    x = mg.tensor(rng.normal(size=(300, 8)), requires_grad=True)
    g = rng.normal(size=(300, 8))
    y = x.softmax(-1)
    (slope,) = mg.autograd.grad(y, x, mg.tensor(g), create_graph=True)
    p = precise(x.detach().numpy()).astype(float)
    jacobian = np.einsum("ij,jk->ijk", p, np.eye(8)) - np.einsum("ij,ik->ijk", p, p)
    np.testing.assert_allclose(slope.detach().numpy(), np.einsum("ij,ijk->ik", g, jacobian))
    (second,) = mg.autograd.grad(slope[:, 0].sum(), x)
    # d/dx_k of p_0 (g_0 - g.p), written out
    gp = (g * p).sum(1, keepdims=True)
    by_hand = jacobian[:, 0] * (g[:, :1] - gp) - p[:, :1] * np.einsum("ij,ijk->ik", g, jacobian)
    np.testing.assert_allclose(second.numpy(), by_hand, atol=1e-14)
