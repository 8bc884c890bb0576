"""Clipping gradients: by their length together, and number by number."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw

U = mg.nn.utils
GRADIENTS = [draw(3, 2, seed=1), draw(4, seed=2), None]


def parameters(m=mg, dtype=np.float64):
    made = []
    for g in GRADIENTS:
        p = m.zeros(*(g.shape if g is not None else (2,)), dtype=getattr(m, np.dtype(dtype).name))
        p.requires_grad_()
        if g is not None:
            p.grad = m.tensor(g.astype(dtype))
        made.append(p)
    return made


WHOLE = np.concatenate([g.ravel() for g in GRADIENTS if g is not None])


@pytest.mark.parametrize("p", [2.0, 1, 3, float("inf")])
def test_by_length(p):
    made = parameters()
    length = np.linalg.norm(WHOLE, p)
    total = U.clip_grad_norm_(made, length / 2, p)
    assert total.item() == pytest.approx(length)
    np.testing.assert_allclose(made[0].grad.numpy(), GRADIENTS[0] / 2, rtol=1e-5)
    assert made[2].grad is None
    assert U.get_total_norm([q.grad for q in made[:2]], p).item() == pytest.approx(length / 2)
    before = made[0].grad.tolist()
    U.clip_grad_norm_(made, length, p)  # short enough
    assert made[0].grad.tolist() == before


def test_by_number():
    made = parameters()
    U.clip_grad_value_(made, 0.5)
    np.testing.assert_array_equal(made[1].grad.numpy(), np.clip(GRADIENTS[1], -0.5, 0.5))


def test_one_tensor_generators_and_nothing():
    (p, *_) = parameters()
    assert U.clip_grad_norm_(p, 1.0).item() == pytest.approx(np.linalg.norm(GRADIENTS[0]))
    assert U.clip_grad_norm_((q for q in [p]), 1.0).item() == pytest.approx(1.0)
    assert U.clip_grad_norm_([], 1.0).item() == 0
    with pytest.warns(UserWarning, match="empty generator"):
        U.clip_grad_norm_((q for q in []), 1.0)


def test_what_is_not_finite():
    (p, *_) = parameters()
    p.grad[0, 0] = float("nan")
    before = p.grad.tolist()[1]
    with pytest.raises(RuntimeError, match="non-finite"):
        U.clip_grad_norm_(p, 1.0, error_if_nonfinite=True)
    assert p.grad.tolist()[1] == before
    assert np.isnan(U.clip_grad_norm_(p, 1.0).item())
    assert p.grad.isnan().all()


@pytest.mark.peers
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_peer(dtype):
    import torch

    def run(m):
        found = []
        for p in (2.0, 1.0, 2.5, float("inf"), 0.0):
            for limit in (0.3, 100.0):
                made = parameters(m, dtype)
                found.append(m.nn.utils.clip_grad_norm_(made, limit, p).numpy())
                found += [q.grad.numpy() for q in made[:2]]
        found.append(m.nn.utils.parameters_to_vector(made).detach().numpy())
        return found

    for ours, theirs in zip(run(mg), run(torch), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-6 if dtype is np.float32 else 1e-13)
