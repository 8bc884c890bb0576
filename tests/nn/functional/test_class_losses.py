"""Losses of classes: by hand, at the edges, and against PyTorch."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

F = mg.nn.functional
REDUCTIONS = ("mean", "sum", "none")


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


def test_cross_entropy_by_hand():
    x = tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], requires_grad=True)
    loss = F.cross_entropy(x, mg.tensor([2, 0]))
    loss.backward()
    p = np.exp([1.0, 2.0, 3.0]) / np.exp([1.0, 2.0, 3.0]).sum()
    assert loss.item() == pytest.approx((-math.log(p[2]) + math.log(3)) / 2)
    # The gradient is (softmax - one-hot) / n.
    expected = np.array([[p[0], p[1], p[2] - 1], [1 / 3 - 1, 1 / 3, 1 / 3]]) / 2
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-12)


def test_cross_entropy_of_large_logits_is_finite():
    x = mg.tensor([[1e4, -1e4]], requires_grad=True)
    loss = F.cross_entropy(x, mg.tensor([1]))
    loss.backward()
    assert loss.item() == 2e4
    assert x.grad.tolist() == [[1, -1]]


def test_weights_count_in_the_mean():
    logits = tensor([[0.0, math.log(3)], [0.0, 0.0]])
    losses = [math.log(4), math.log(2)]  # of class 0 in both
    weight = tensor([3.0, 1.0])
    target = mg.tensor([0, 1])
    expected = (3 * losses[0] + 1 * losses[1]) / 4
    assert F.cross_entropy(logits, target, weight).item() == pytest.approx(expected)
    loss = mg.nn.CrossEntropyLoss(weight)
    assert list(loss.state_dict()) == ["weight"]
    assert loss(logits, target).item() == pytest.approx(expected)


def test_ignored_targets_cost_nothing():
    x = tensor(draw(3, 4), requires_grad=True)
    loss = F.cross_entropy(x, mg.tensor([1, -100, 3]))
    loss.backward()
    alone = F.cross_entropy(x.detach()[mg.tensor([0, 2])], mg.tensor([1, 3]))
    assert loss.item() == pytest.approx(alone.item())
    assert x.grad[1].tolist() == [0, 0, 0, 0]
    other = F.cross_entropy(x, mg.tensor([1, 2, 3]), ignore_index=2)
    assert other.item() == pytest.approx(alone.item())


def test_the_mean_over_nothing_is_not_a_number():
    assert math.isnan(F.cross_entropy(mg.zeros(2, 3), mg.tensor([-100, -100])).item())
    assert F.cross_entropy(mg.zeros(2, 3), mg.tensor([-100, -100]), reduction="sum").item() == 0


def test_probabilities_that_are_one_hot_are_classes():
    x, classes = tensor(draw(4, 3)), mg.tensor([0, 2, 1, 1])
    one_hot = tensor(np.eye(3)[[0, 2, 1, 1]])
    for smoothing in (0.0, 0.3):
        a = F.cross_entropy(x, classes, label_smoothing=smoothing)
        b = F.cross_entropy(x, one_hot, label_smoothing=smoothing)
        assert a.item() == pytest.approx(b.item(), rel=1e-12)


def test_nll_is_cross_entropy_without_the_softmax():
    x, target = tensor(draw(4, 3)), mg.tensor([0, 2, 1, 1])
    a = mg.nn.NLLLoss()(mg.nn.LogSoftmax(1)(x), target)
    assert a.item() == pytest.approx(mg.nn.CrossEntropyLoss()(x, target).item(), rel=1e-12)


@pytest.mark.parametrize(
    ("input", "target", "error", "message"),
    [
        (
            (2, 3),
            [0, 3],
            IndexError,
            r"target 3 is out of bounds; the input \(2, 3\) has 3 classes",
        ),
        ((2, 3), [0, -1], IndexError, "target -1 is out of bounds"),
        ((2, 3), [0], RuntimeError, r"the target has shape \(1,\).*\(2,\) for class numbers"),
        ((2, 3), [0.5, 0.5], RuntimeError, r"float64; class numbers are integers.*\.long\(\)"),
        ((2, 2), [[0, 1], [1, 0]], RuntimeError, "holds probabilities, which are floats"),
        ((), 0, RuntimeError, "the input is 0-d"),
    ],
)
def test_targets_that_do_not_fit(input, target, error, message):
    with pytest.raises(error, match=message):
        F.cross_entropy(mg.zeros(*input) if input else mg.tensor(0.0), tensor(target))


def test_other_bad_input_of_cross_entropy():
    x, t = mg.zeros(2, 3), mg.tensor([0, 1])
    with pytest.raises(RuntimeError, match=r"weight has shape \(2,\).*3 classes"):
        F.cross_entropy(x, t, mg.ones(2))
    with pytest.raises(RuntimeError, match="label_smoothing must be between"):
        F.cross_entropy(x, t, label_smoothing=1.5)
    with pytest.raises(ValueError, match="reduction is 'mean', 'sum' or 'none', got 'avg'"):
        F.cross_entropy(x, t, reduction="avg")
    with pytest.raises(ValueError, match="reduction is"):
        mg.nn.CrossEntropyLoss(reduction="avg")
    with pytest.raises(TypeError, match="cross_entropy takes Tensors: target is a list"):
        F.cross_entropy(x, [0, 1])
    with pytest.raises(RuntimeError, match=r"dtype microgradnn\.int64; convert it with \.float"):
        F.cross_entropy(mg.zeros(2, 3, dtype=mg.int64), t)


def test_kl_div_by_hand():
    p, q = np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    rows = [math.log(2), 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)]
    logs = tensor(np.log(p), requires_grad=True)
    loss = F.kl_div(logs, tensor(q), reduction="batchmean")
    assert loss.item() == pytest.approx(sum(rows) / 2)
    loss.backward()
    assert logs.grad.tolist() == (-q / 2).tolist()
    assert F.kl_div(logs, tensor(q), reduction="sum").item() == pytest.approx(sum(rows))
    with pytest.warns(UserWarning, match="'batchmean' divides by the batch size only"):
        assert F.kl_div(logs, tensor(q)).item() == pytest.approx(sum(rows) / 4)
    both = F.kl_div(logs, tensor(np.log(p)), reduction="none", log_target=True)
    np.testing.assert_allclose(both.detach().numpy(), 0, atol=1e-15)
    assert mg.nn.KLDivLoss(reduction="batchmean")(logs, tensor(q)).item() == loss.item()


def test_linear_cross_entropy_is_linear_and_then_cross_entropy():
    x, w, b, t = tensor(draw(5, 3)), tensor(draw(4, 3)), tensor(draw(4)), mg.tensor([0, 1, 3, 2, 0])
    loss = F.linear_cross_entropy(x, w, t, linear_bias=b, label_smoothing=0.1)
    expected = F.cross_entropy(F.linear(x, w, b), t, label_smoothing=0.1)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-14)
    layer = mg.nn.LinearCrossEntropyLoss(3, 4, out_features=(2,), bias=True, dtype=mg.float64)
    assert layer(x, mg.zeros(5, 2, dtype=mg.int64)).shape == ()
    for bad in (
        lambda: F.linear_cross_entropy(x, w[:, :2], t),
        lambda: F.linear_cross_entropy(x, w, t, linear_bias=b[:2]),
        lambda: F.linear_cross_entropy(x, w, mg.zeros(5, 4), ignore_index=0),
        lambda: mg.nn.LinearCrossEntropyLoss(3, 4, weight=b[:3]),
        lambda: mg.nn.LinearCrossEntropyLoss(3, 4, label_smoothing=2.0),
    ):
        with pytest.raises(RuntimeError, match=r"linear_cross_entropy|expected"):
            bad()


def test_ignore_index_is_not_for_probabilities():
    with pytest.raises(RuntimeError, match="ignore_index=1 and probabilities"):
        F.cross_entropy(mg.zeros(2, 3), mg.ones(2, 3) / 3, ignore_index=1)


def test_a_former_name_of_nll_loss():
    with pytest.warns(FutureWarning, match="`NLLLoss2d` has been deprecated"):
        old = mg.nn.NLLLoss2d(ignore_index=1)
    x, t = tensor(draw(2, 3, 4, 4)), mg.tensor(np.random.default_rng(0).integers(0, 3, (2, 4, 4)))
    assert mg.equal(old(x, t), mg.nn.NLLLoss(ignore_index=1)(x, t))


def test_all_ignored_targets_give_no_gradient():
    x = mg.zeros(2, 3, requires_grad=True)
    F.cross_entropy(x, mg.tensor([-100, -100])).backward()
    assert x.grad.tolist() == [[0] * 3] * 2


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("reduction", REDUCTIONS)
class TestPeer:
    @pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize("shape", [(5,), (6, 5), (2, 5, 3), (2, 5, 3, 2)])
    def test_cross_entropy(self, torch, reduction, smoothing, weighted, shape):
        rng = np.random.default_rng(3)
        places = shape[:1] + shape[2:] if len(shape) > 1 else ()
        weight = rng.uniform(0.2, 2, 5)

        def loss(m, x, target, ignore=-100):
            return m.nn.functional.cross_entropy(
                x, target, m.tensor(weight) if weighted else None, reduction=reduction,
                label_smoothing=smoothing, ignore_index=ignore,
            )  # fmt: skip

        classes = rng.integers(0, 5, places)
        same(torch, loss, draw(*shape), classes)
        some = np.where(rng.random(places) < 0.3, -100, classes)
        if (some >= 0).any():
            same(torch, loss, draw(*shape), some)
        if (classes != 2).any():
            same(torch, lambda m, x, t: loss(m, x, t, ignore=2), draw(*shape), classes)
        probabilities = rng.dirichlet(np.ones(5), places)
        same(torch, loss, draw(*shape), np.moveaxis(probabilities, -1, 1 if len(shape) > 1 else 0))

    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize("shape", [(5,), (6, 5), (2, 5, 3)])
    def test_nll(self, torch, reduction, weighted, shape):
        places = shape[:1] + shape[2:] if len(shape) > 1 else ()
        weight = draw(5, low=0.2)
        same(
            torch,
            lambda m, x, t: m.nn.functional.nll_loss(
                x, t, m.tensor(weight) if weighted else None, reduction=reduction
            ),
            draw(*shape), np.random.default_rng(4).integers(0, 5, places),
        )  # fmt: skip


@pytest.mark.peers
def test_peer_modules_and_float32(torch):
    x, y, t = draw(4, 3).astype("f"), draw(4, 3, seed=1).astype("f"), np.array([0, 2, 1, 1])
    for name in ("MSELoss", "L1Loss", "BCEWithLogitsLoss"):
        same(torch, lambda m, x, y, name=name: getattr(m.nn, name)()(x, y), x, y, tolerance=1e-6)
    same(torch, lambda m, x, y: m.nn.BCELoss()(x, y), abs(x) / 2, abs(y) / 2, tolerance=1e-6)
    same(torch, lambda m, x, t: m.nn.CrossEntropyLoss()(x, t), x, t, tolerance=1e-6)
    same(torch, lambda m, x, t: m.nn.NLLLoss()(x, t), x, t, tolerance=1e-6)
