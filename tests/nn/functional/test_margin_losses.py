"""Losses with a margin: by hand, as loops over classes, and what does not fit."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck
from tests.nn.peer import draw

F = mg.nn.functional


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


def test_hinge_embedding_by_hand():
    x, y = tensor([0.25, 0.25, 3.0]), tensor([1.0, -1.0, -1.0])
    assert F.hinge_embedding_loss(x, y, reduction="none").tolist() == [0.25, 0.75, 0]
    assert mg.nn.HingeEmbeddingLoss(margin=5.0)(x, y).item() == (0.25 + 4.75 + 2) / 3


def test_margin_ranking_by_hand():
    a, b, y = tensor([1.0, 1.0, 1.0]), tensor([3.0, 3.0, 0.0]), tensor([1.0, -1.0, 1.0])
    assert F.margin_ranking_loss(a, b, y, reduction="none").tolist() == [2, 0, 0]
    assert mg.nn.MarginRankingLoss(0.5, reduction="sum")(a, b, y).item() == 2.5
    assert mg.nn.MarginRankingLoss(1.5, reduction="sum")(a, b, y).item() == 4


def slow_multi_margin(x, y, p, margin, weight):
    return [
        sum(
            weight[k] * max(0, margin - row[k] + row[j]) ** p for j in range(len(row)) if j != k
        ) / len(row)
        for row, k in zip(x, y, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize("p", [1, 2])
def test_multi_margin_is_its_definition(p):
    x, y, w = draw(5, 4), np.array([0, 3, 2, 2, 1]), draw(4, seed=1, low=0.1)
    loss = F.multi_margin_loss(tensor(x), tensor(y), p, 0.7, tensor(w), reduction="none")
    np.testing.assert_allclose(loss.numpy(), slow_multi_margin(x, y, p, 0.7, w), rtol=1e-14)
    module = mg.nn.MultiMarginLoss(p, 0.7, tensor(w))
    assert module(tensor(x), tensor(y)).item() == pytest.approx(loss.mean().item())
    assert list(module.state_dict()) == ["weight"]
    gradcheck(lambda t: F.multi_margin_loss(t, tensor(y), p, 0.7), [tensor(x, requires_grad=True)])


def test_multilabel_margin_is_its_definition():
    x, y = draw(3, 4), np.array([[1, 2, -1, 0], [3, -1, 3, 3], [-1, 1, 1, 1]])
    expected = []
    for row, labels in zip(x, y, strict=True):
        held = [int(k) for k in labels[: list(labels).index(-1)]]
        others = [j for j in range(4) if j not in held]
        expected.append(sum(max(0, 1 - row[k] + row[j]) for k in held for j in others) / 4)
    loss = F.multilabel_margin_loss(tensor(x), tensor(y), reduction="none")
    np.testing.assert_allclose(loss.numpy(), expected, rtol=1e-14)
    assert F.multilabel_margin_loss(tensor(x[0]), tensor(y[0])).item() == pytest.approx(expected[0])
    gradcheck(lambda t: F.multilabel_margin_loss(t, tensor(y)), [tensor(x, requires_grad=True)])


def test_cosine_embedding_by_hand():
    a, b = tensor([[1.0, 0.0], [1.0, 0.0]]), tensor([[0.0, 2.0], [3.0, 3.0]])
    half = np.sqrt(0.5)
    near = F.cosine_embedding_loss(a, b, mg.tensor([1, 1]), reduction="none")
    far = F.cosine_embedding_loss(a, b, mg.tensor([-1, -1]), 0.2, reduction="none")
    np.testing.assert_allclose(near.numpy(), [1, 1 - half], atol=1e-9)
    np.testing.assert_allclose(far.numpy(), [0, half - 0.2], atol=1e-9)
    one = F.cosine_embedding_loss(a[1], b[1], mg.tensor(1))
    assert one.item() == pytest.approx(1 - half)


def test_triplets_by_hand():
    a, b, c = tensor([[0.0, 0.0]]), tensor([[3.0, 4.0]]), tensor([[3.0, 3.0]])
    far = np.sqrt(18)
    assert F.triplet_margin_loss(a, b, c).item() == pytest.approx(1 + 5 - far, abs=1e-5)
    swapped = F.triplet_margin_loss(a, b, c, swap=True).item()
    assert swapped == pytest.approx(1 + 5 - 1, abs=1e-5)  # b is nearer to c than a is

    def longest(x, y):
        return abs(x - y).amax(-1)

    layer = mg.nn.TripletMarginWithDistanceLoss(distance_function=longest, margin=2.0)
    assert layer(a, b, c).item() == 2 + 4 - 3
    assert mg.nn.TripletMarginLoss(p=1.0)(a, b, c).item() == pytest.approx(1 + 7 - 6, abs=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x, t: F.multi_margin_loss(x, t, p=3), ValueError, "only p == 1 and p == 2.*got 3"),
        (lambda x, t: mg.nn.MultiMarginLoss(3), ValueError, "only p == 1 and p == 2.*got 3"),
        (lambda x, t: F.multi_margin_loss(x, t, weight=x), ValueError, "one-dimensional"),
        (lambda x, t: mg.nn.MultiMarginLoss(weight=x), ValueError, "None or 1D tensor, got 2D"),
        (lambda x, t: F.multi_margin_loss(x, t, weight=x[0, :2]), RuntimeError, "of the 3 classes"),
        (lambda x, t: F.multi_margin_loss(x, t + 2), RuntimeError, "target 3 is out of range"),
        (lambda x, t: F.multi_margin_loss(x, t.float()), RuntimeError, r"convert them with \.long"),
        (lambda x, t: F.multi_margin_loss(x, t[:1]), RuntimeError, r"got \(2, 3\) and \(1,\)"),
        (lambda x, t: F.multilabel_margin_loss(x, t), RuntimeError, "a target of that shape"),
        (lambda x, t: F.margin_ranking_loss(x, x, t), RuntimeError, r"input1: \(2, 3\)"),
        (lambda x, t: F.cosine_embedding_loss(x, x[0], t), RuntimeError, r"\(3,\) and \(2,\)"),
        (lambda x, t: F.triplet_margin_loss(x, x, x, -1.0), ValueError, "greater than 0, got -1"),
        (lambda x, t: mg.nn.TripletMarginLoss(-1.0), ValueError, "greater than 0, got -1"),
        (
            lambda x, t: mg.nn.TripletMarginWithDistanceLoss(margin=0),
            ValueError,
            "greater than 0, got 0",
        ),
        (lambda x, t: F.triplet_margin_loss(x, x, t), RuntimeError, r"negative \(2,\)"),
        (lambda x, t: F.soft_margin_loss(x, [1.0]), TypeError, "target is a list"),
    ],
)
def test_what_does_not_fit(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.zeros(2, 3), mg.tensor([0, 1]))
