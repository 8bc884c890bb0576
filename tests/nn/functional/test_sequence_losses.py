"""CTC: paths counted by hand, derivatives, sequences too short, PyTorch's numbers."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw

F = mg.nn.functional


def log_probs(*shape, seed=0, **kwargs):
    return F.log_softmax(mg.tensor(draw(*shape, seed=seed)), -1).detach().requires_grad_()


def test_by_counting_paths():
    # Two times, blank and a: of the paths --, -a, a-, aa three spell a, one spells nothing.
    logs = mg.full((2, 1, 2), 0.5, dtype=mg.float64).log()
    assert F.ctc_loss(logs, mg.tensor([[1]]), [2], [1]).item() == pytest.approx(-math.log(3 / 4))
    empty = F.ctc_loss(logs, mg.zeros(1, 0, dtype=mg.int64), [2], [0])
    assert empty.item() == pytest.approx(-math.log(1 / 4))
    # Three times: only a-a spells aa.
    logs = mg.full((3, 1, 2), 0.5, dtype=mg.float64).log()
    assert F.ctc_loss(logs, mg.tensor([[1, 1]]), [3], [2], reduction="sum").item() == pytest.approx(
        math.log(8)
    )


def test_the_mean_divides_by_the_number_of_labels():
    logs = log_probs(5, 2, 3)
    target, lengths = mg.tensor([[1, 2], [2, 1]]), mg.tensor([2, 1])
    each = F.ctc_loss(logs, target, [5, 4], lengths, reduction="none")
    assert each.shape == (2,)
    mean = mg.nn.CTCLoss()(logs, target, [5, 4], lengths)
    assert mean.item() == pytest.approx((each[0].item() / 2 + each[1].item()) / 2)
    joined = F.ctc_loss(logs, mg.tensor([1, 2, 2]), [5, 4], lengths, reduction="none")
    assert mg.equal(joined, each)
    alone = F.ctc_loss(logs[:4, 1], mg.tensor([2]), mg.tensor(4), mg.tensor(1), reduction="none")
    assert alone.item() == pytest.approx(each[1].item(), rel=1e-14)


def test_derivatives_behind_log_softmax():
    x = mg.tensor(draw(4, 2, 3), requires_grad=True)

    def f(x):
        return F.ctc_loss(F.log_softmax(x, 2), mg.tensor([[1, 2], [2, 2]]), [4, 3], [2, 2])

    gradcheck(f, [x])
    gradgradcheck(f, [x])


def test_what_cannot_be_spelled():
    logs = log_probs(2, 2, 3)
    target = mg.tensor([[1, 1], [1, 2]])  # 1 1 takes three times
    losses = F.ctc_loss(logs, target, [2, 2], [2, 2], reduction="none")
    assert losses[0].item() == math.inf
    losses = mg.nn.CTCLoss(reduction="none", zero_infinity=True)(logs, target, [2, 2], [2, 2])
    assert losses[0].item() == 0
    (g,) = mg.autograd.grad(losses.sum(), logs)
    assert not g[:, 0].any()
    assert g[:, 1].all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"blank": 3}, "blank must be in label range, from 0 to 2, got 3"),
        ({"input_lengths": [3]}, r"input_lengths to have value at most 2.*got \[3\]"),
        ({"input_lengths": [2, 2]}, "input_lengths must be of size batch_size, which is 1, got 2"),
        ({"input_lengths": mg.tensor([2.0])}, "input_lengths must be integral, got float32"),
        ({"target_lengths": [2]}, "do not hold 1 rows of at least 2 labels|at most 1"),
        ({"targets": mg.tensor([1, 2])}, "have size 1, the sum of target_lengths, got 2"),
        ({"targets": mg.tensor([[3]])}, "labels are classes from 0 to 2, got labels from 3 to 3"),
        ({"targets": mg.tensor([[1.0]])}, "targets that are integers"),
        ({"log_probs": mg.zeros(3)}, r"got \(3,\)"),
    ],
)
def test_what_does_not_fit(options, message):
    given = {
        "log_probs": mg.zeros(2, 1, 3), "targets": mg.tensor([[1]]), "input_lengths": [2],
        "target_lengths": [1],
    }  # fmt: skip
    with pytest.raises(RuntimeError, match=message):
        F.ctc_loss(**(given | options))


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


LENGTHS = [([6, 4, 5], [3, 2, 2]), ([6, 4, 5], [0, 0, 3]), ([0, 6, 5], [0, 2, 1]),
           ([0, 6, 3], [1, 2, 3])]  # fmt: skip


@pytest.mark.peers
@pytest.mark.parametrize("normal", [True, False])
@pytest.mark.parametrize("zero_infinity", [False, True])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize(("given", "wanted"), LENGTHS)
@pytest.mark.parametrize("blank", [0, 3])
def test_peer(torch, normal, zero_infinity, reduction, given, wanted, blank):
    labels = [[1, 1, 2], [2, 2, 1], [1, 1, 1]]
    results = []
    for m in (mg, torch):
        x = m.tensor(draw(6, 3, 4))
        x = (x.log_softmax(2) if normal else x).detach().requires_grad_()
        loss = m.nn.functional.ctc_loss(
            x, m.tensor(labels), m.tensor(given), m.tensor(wanted), blank, reduction, zero_infinity
        )
        loss.sum().backward()
        results.append((loss.detach().numpy(), x.grad.numpy()))
    for a, b in zip(*results, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)


@pytest.mark.peers
def test_peer_float32(torch):
    results = []
    for m in (mg, torch):
        x = m.tensor(draw(20, 2, 5).astype("f"), requires_grad=True)
        target = m.tensor([[1, 2, 3], [4, 4, 1]])
        loss = m.nn.functional.ctc_loss(x.log_softmax(2), target, (20, 18), (3, 3))
        loss.backward()
        results.append((loss.detach().numpy(), x.grad.numpy()))
    for a, b in zip(*results, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
