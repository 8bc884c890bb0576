"""Losses of numbers: by hand, at their limits, with weights."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

F = mg.nn.functional
REDUCTIONS = ("mean", "sum", "none")


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


def test_mse_by_hand():
    x = tensor([1.0, 2.0, 4.0], requires_grad=True)
    loss = F.mse_loss(x, tensor([0.0, 2.0, 1.0]))
    loss.backward()
    assert loss.item() == pytest.approx((1 + 0 + 9) / 3)
    assert x.grad.tolist() == pytest.approx([2 / 3, 0, 2])  # 2 (x - y) / n
    assert F.mse_loss(x, tensor([0.0, 2.0, 1.0]), reduction="sum").item() == 10
    assert F.mse_loss(x, tensor([0.0, 2.0, 1.0]), reduction="none").tolist() == [1, 0, 9]
    assert mg.nn.MSELoss(reduction="sum")(x, tensor([0.0, 2.0, 1.0])).item() == 10


def test_answering_always_zero_costs_a_half():
    assert mg.nn.MSELoss()(mg.zeros(4), mg.tensor([1.0, 0.0, 0.0, 1.0])).item() == 0.5


def test_l1_by_hand():
    x = tensor([1.0, -2.0], requires_grad=True)
    loss = mg.nn.L1Loss()(x, tensor([0.0, 2.0]))
    loss.backward()
    assert loss.item() == 2.5
    assert x.grad.tolist() == [0.5, -0.5]


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss])
def test_shapes_that_differ_are_broadcast_with_a_warning(loss):
    with pytest.warns(UserWarning, match=r"target has shape \(3,\), the input \(3, 1\)"):
        value = loss(mg.zeros(3, 1), mg.ones(3))
    assert value.item() == 1


def test_huber_is_a_parabola_and_then_a_line():
    x = tensor([0.0, 1.0, -2.0, 3.0], requires_grad=True)
    loss = F.huber_loss(x, mg.zeros(4).double(), "none", delta=2.0)
    assert loss.tolist() == [0, 0.5, 2, 4]
    loss.sum().backward()
    assert x.grad.tolist() == [0, 1, -2, 2]
    smooth = F.smooth_l1_loss(x, mg.zeros(4).double(), reduction="none", beta=2.0)
    assert smooth.tolist() == [0, 0.25, 1, 2]
    assert F.smooth_l1_loss(x, mg.zeros(4).double(), beta=0.0).item() == 1.5
    assert mg.nn.HuberLoss(delta=2.0)(x, mg.zeros(4).double()).item() == 6.5 / 4
    for call in (
        lambda: F.huber_loss(x, x, delta=0.0),
        lambda: F.smooth_l1_loss(x, x, beta=-1.0),
    ):
        with pytest.raises(RuntimeError, match="does not support"):
            call()
    with pytest.raises(TypeError, match="delta must be a float or int, got: str"):
        mg.nn.HuberLoss(delta="1")


def test_weights_divide_the_mean_of_squares_but_not_of_huber():
    x, y, w = tensor([1.0, 2.0]), tensor([0.0, 0.0]), tensor([3.0, 1.0])
    assert F.mse_loss(x, y, weight=w).item() == (3 * 1 + 1 * 4) / 4
    assert F.l1_loss(x, y, weight=w).item() == (3 * 1 + 1 * 2) / 4
    assert F.huber_loss(x, y, weight=w).item() == (3 * 0.5 + 1 * 1.5) / 2
    with pytest.raises(ValueError, match=r"must have the same size, got \(1,\) and \(2,\)"):
        F.mse_loss(x, y, weight=w[:1])


def test_poisson_by_hand():
    # -log of exp(-m) m**k / k!, but for log(k!)
    m, k = 2.5, 4
    full = -math.log(math.exp(-m) * m**k / math.factorial(k))
    loss = F.poisson_nll_loss(tensor([math.log(m)]), tensor([float(k)]))
    assert loss.item() == pytest.approx(full - math.log(math.factorial(k)))
    other = F.poisson_nll_loss(tensor([m]), tensor([float(k)]), log_input=False)
    assert other.item() == pytest.approx(loss.item())
    stirling = F.poisson_nll_loss(tensor([math.log(m)]), tensor([float(k)]), full=True)
    assert stirling.item() == pytest.approx(full, abs=0.03)  # Stirling's error is below 1 / (12 k)
    few = F.poisson_nll_loss(tensor([0.0, 0.0]), tensor([0.0, 1.0]), full=True, reduction="none")
    assert few.tolist() == [1, 1]


def test_gaussian_by_hand():
    x, y, v = tensor([1.0, 2.0]), tensor([2.0, 0.0]), tensor([0.5, 4.0])
    density = [
        math.exp(-((a - b) ** 2) / (2 * c)) / math.sqrt(2 * math.pi * c)
        for a, b, c in zip(x.tolist(), y.tolist(), v.tolist(), strict=True)
    ]
    loss = F.gaussian_nll_loss(x, y, v, full=True, reduction="none")
    assert loss.tolist() == pytest.approx([-math.log(d) for d in density])
    assert F.gaussian_nll_loss(x, y, 1.0).item() == pytest.approx((1 + 4) / 4)
    small = tensor([1e-9, 1e-9], requires_grad=True)
    F.gaussian_nll_loss(x, y, small, eps=0.5).backward()
    # As if the variance were eps: (1 - d**2 / eps) / (2 eps), and the mean.
    assert small.grad.tolist() == pytest.approx([(1 - 2) / 2, (1 - 8) / 2])
    with pytest.raises(ValueError, match="negative"):
        F.gaussian_nll_loss(x, y, -v)
    with pytest.raises(ValueError, match=r"incorrect size \(3,\); for the input \(2,\)"):
        F.gaussian_nll_loss(x, y, mg.ones(3).double())


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("reduction", REDUCTIONS)
class TestPeer:
    def test_regression(self, torch, reduction):
        x, y = draw(3, 4), draw(3, 4, seed=1)
        same(torch, lambda m, x, y: m.nn.functional.mse_loss(x, y, reduction=reduction), x, y)
        same(torch, lambda m, x, y: m.nn.functional.l1_loss(x, y, reduction=reduction), x, y)
        same(
            torch,
            lambda m, x, y, w: m.nn.functional.mse_loss(
                x, y, reduction=reduction, weight=w.detach()
            ),
            draw(3, 4), draw(3, 4, seed=1), draw(3, 4, seed=2, low=0.1),
        )  # fmt: skip
