"""Losses: by hand, by finite differences at the edges, and against PyTorch."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

F = mg.nn.functional
REDUCTIONS = ("mean", "sum", "none")


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


# --- Squares and absolute values ---------------------------------------------------------------


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


# --- Classes -------------------------------------------------------------------------------------


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


# --- Two classes ---------------------------------------------------------------------------------


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


@pytest.mark.peers
def test_peer_modules_and_float32(torch):
    x, y, t = draw(4, 3).astype("f"), draw(4, 3, seed=1).astype("f"), np.array([0, 2, 1, 1])
    for name in ("MSELoss", "L1Loss", "BCEWithLogitsLoss"):
        same(torch, lambda m, x, y, name=name: getattr(m.nn, name)()(x, y), x, y, tolerance=1e-6)
    same(torch, lambda m, x, y: m.nn.BCELoss()(x, y), abs(x) / 2, abs(y) / 2, tolerance=1e-6)
    same(torch, lambda m, x, t: m.nn.CrossEntropyLoss()(x, t), x, t, tolerance=1e-6)
    same(torch, lambda m, x, t: m.nn.NLLLoss()(x, t), x, t, tolerance=1e-6)


@pytest.mark.peers
def test_peer_also_refuses(torch):
    for call in (
        lambda m: m.nn.functional.cross_entropy(m.zeros(2, 3), m.tensor([0, 3])),
        lambda m: m.nn.functional.cross_entropy(m.zeros(2, 3), m.tensor([0])),
        lambda m: m.nn.functional.binary_cross_entropy(m.zeros(2), m.zeros(3)),
        lambda m: m.nn.functional.binary_cross_entropy(m.tensor([1.5]), m.zeros(1)),
        lambda m: m.nn.functional.mse_loss(m.zeros(2), m.zeros(2), reduction="avg"),
    ):
        for library in (mg, torch):
            with pytest.raises((RuntimeError, ValueError, IndexError)):
                call(library)
