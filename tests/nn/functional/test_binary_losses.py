"""Losses of answers yes or no: by hand, where they are sure, and against PyTorch."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

F = mg.nn.functional
REDUCTIONS = ("mean", "sum", "none")


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


def test_binary_cross_entropy_by_hand():
    p = tensor([0.25, 0.9], requires_grad=True)
    loss = F.binary_cross_entropy(p, tensor([1.0, 0.0]), reduction="sum")
    loss.backward()
    assert loss.item() == pytest.approx(-math.log(0.25) - math.log(0.1))
    assert p.grad.tolist() == pytest.approx([-4, 10])


def test_a_sure_and_wrong_answer_costs_a_hundred():
    p = mg.tensor([0.0, 1.0], requires_grad=True)
    loss = mg.nn.BCELoss(reduction="none")(p, mg.tensor([1.0, 0.0]))
    assert loss.tolist() == [100, 100]
    loss.sum().backward()
    assert p.grad.tolist() == pytest.approx([-1e12, 1e12])


@pytest.mark.parametrize("x", [-800.0, -30.0, 0.0, 1e-9, 30.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
def test_logits_lose_no_digits(x, y):
    t = tensor([x], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(t, tensor([y]))
    loss.backward()

    # -y log s(x) - (1 - y) log s(-x), and -log s(z) = log(1 + exp(-z)) without cancellation
    def cost(z):
        return math.log1p(math.exp(-z)) if z > 0 else -z + math.log1p(math.exp(z))

    expected = (y * cost(x) if y else 0) + ((1 - y) * cost(-x) if y < 1 else 0)
    assert loss.item() == pytest.approx(expected, rel=1e-14)
    s = 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))
    assert t.grad.item() == pytest.approx(s - y, rel=1e-12)


def test_pos_weight_counts_the_positive_ones():
    x, y = tensor(draw(3, 2)), tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    plain = mg.nn.BCEWithLogitsLoss(reduction="none")(x, y)
    loss = mg.nn.BCEWithLogitsLoss(reduction="none", pos_weight=tensor([3.0, 1.0]))
    np.testing.assert_allclose(loss(x, y).numpy(), plain.numpy() * [[3, 1], [1, 1], [3, 1]])
    assert list(loss.state_dict()) == ["pos_weight"]


def test_bad_input_of_two_class_losses():
    with pytest.raises(ValueError, match=r"target has shape \(3,\), the input \(3, 1\)"):
        F.binary_cross_entropy_with_logits(mg.zeros(3, 1), mg.zeros(3))
    with pytest.raises(ValueError, match="they must be equal"):
        F.binary_cross_entropy(mg.zeros(3, 1), mg.zeros(3))
    with pytest.raises(RuntimeError, match=r"between 0 and 1, they lie from 0\.5 to 1\.5"):
        F.binary_cross_entropy(mg.tensor([0.5, 1.5]), mg.ones(2))
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        F.binary_cross_entropy(mg.tensor([float("nan")]), mg.ones(1))


def test_soft_margin_by_hand_and_without_overflow():
    x, y = tensor([0.0, 2.0, 1000.0, -1000.0]), tensor([1.0, -1.0, 1.0, 1.0])
    loss = F.soft_margin_loss(x, y, reduction="none")
    assert loss.tolist() == pytest.approx([math.log(2), math.log(1 + math.exp(2)), 0, 1000])
    assert mg.nn.SoftMarginLoss(reduction="sum")(x, y).item() == pytest.approx(loss.sum().item())


def test_multilabel_soft_margin_is_the_mean_over_labels():
    x, y = tensor(draw(3, 4)), tensor((draw(3, 4, seed=1) > 0) * 1.0)
    each = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    loss = F.multilabel_soft_margin_loss(x, y, reduction="none")
    np.testing.assert_allclose(loss.numpy(), each.mean(1).numpy(), rtol=1e-14)
    w = tensor([1.0, 0.0, 0.0, 0.0])
    picked = mg.nn.MultiLabelSoftMarginLoss(w, reduction="none")(x, y)
    np.testing.assert_allclose(picked.numpy(), each[:, 0].numpy() / 4, rtol=1e-14)


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("reduction", REDUCTIONS)
class TestPeer:
    @pytest.mark.parametrize("weighted", [False, True])
    def test_two_classes(self, torch, reduction, weighted):
        w = draw(4, low=0.1)

        def weight(m):
            return m.tensor(w) if weighted else None

        p, y = draw(3, 4, low=0.0, high=1.0), draw(3, 4, seed=1, low=0.0, high=1.0)

        def loss(m, p, y):
            f = m.nn.functional.binary_cross_entropy
            return f(p, y.detach(), weight(m), reduction=reduction)

        same(torch, loss, p, y)
        p[0, :2], y[0, :4] = [0.0, 1.0], [1.0, 0.0, 1.0, 0.0]
        same(torch, loss, p, y, tolerance=1e-8)  # PyTorch's 1e-12 is that of float32
        x = draw(3, 4, low=-9, high=9)
        x[0] = 0, 30, -30, 800
        for positive in (None, draw(4, low=0.1)):
            same(
                torch,
                lambda m, x, y, positive=positive: m.nn.functional.binary_cross_entropy_with_logits(
                    x, y, weight(m), reduction=reduction,
                    pos_weight=None if positive is None else m.tensor(positive),
                ),
                x, y,
            )  # fmt: skip
