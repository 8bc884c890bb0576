"""Embeddings and bags of them: rows, gradients, padding, norms; equal to PyTorch's."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same
from tests.nn.training_peer import same_training

nn, F = mg.nn, mg.nn.functional
TABLE = draw(5, 3)


def test_rows_and_their_gradients():
    weight = mg.tensor(TABLE, requires_grad=True)
    out = F.embedding(mg.tensor([[1, 4], [1, 0]]), weight)
    assert np.array_equal(out.detach().numpy(), TABLE[[[1, 4], [1, 0]]])
    out.sum().backward()
    assert weight.grad[:, 0].tolist() == [1, 2, 0, 0, 1]


def test_the_padding_row_is_0_at_first_and_never_learned():
    layer = nn.Embedding(5, 3, padding_idx=-2)
    assert layer.padding_idx == 3
    assert layer.weight[3].tolist() == [0, 0, 0]
    with mg.no_grad():
        layer.weight[3] = 7  # a value that was set stays, and is returned
    out = layer(mg.tensor([3, 1, 3]))
    assert out[0].tolist() == [7, 7, 7]
    out.sum().backward()
    assert layer.weight.grad[:, 0].tolist() == [0, 1, 0, 0, 0]


def test_rows_are_scaled_down_in_place():
    weight = mg.tensor([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]], requires_grad=True)
    out = F.embedding(mg.tensor([0, 1, 0]), weight, max_norm=1.0)
    assert mg.allclose(out.detach(), mg.tensor([[0.6, 0.8], [0.3, 0.4], [0.6, 0.8]]))
    assert weight[0].tolist() == pytest.approx([0.6, 0.8])
    assert weight[2].tolist() == [6, 8]  # not picked


def test_a_later_change_of_the_numbers_is_not_seen():
    weight, numbers = mg.tensor(TABLE, requires_grad=True), mg.tensor([1, 1])
    out = F.embedding(numbers, weight)
    numbers.fill_(4)
    out.sum().backward()
    assert weight.grad[:, 0].tolist() == [0, 2, 0, 0, 0]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("sum", TABLE[[1, 1, 4]].sum(0)), ("mean", TABLE[[1, 1, 4]].mean(0)),
     ("max", TABLE[[1, 1, 4]].max(0))],
)  # fmt: skip
def test_bags(mode, expected):
    weight, numbers = mg.tensor(TABLE), mg.tensor([1, 1, 4, 0])
    bags = F.embedding_bag(numbers, weight, mg.tensor([0, 3, 3]), mode=mode)
    np.testing.assert_allclose(bags.numpy(), [expected, np.zeros(3), TABLE[0]])
    rows = F.embedding_bag(mg.tensor([[1, 1, 4], [2, 2, 2]]), weight, mode=mode)
    np.testing.assert_allclose(rows.numpy()[0], expected)
    ends = mg.tensor([0, 3, 3, 4])
    assert mg.equal(F.embedding_bag(numbers, weight, ends, mode=mode, include_last_offset=True),
                    bags)  # fmt: skip
    empty = F.embedding_bag(mg.tensor([], dtype=mg.int64), weight, mg.tensor([0, 0]), mode=mode)
    assert empty.tolist() == [[0] * 3] * 2


def test_factors_of_a_bag():
    weight, factors = mg.tensor(TABLE), mg.tensor([2.0, 3.0], dtype=mg.float64)
    out = F.embedding_bag(mg.tensor([1, 2]), weight, mg.tensor([0]), mode="sum",
                          per_sample_weights=factors)  # fmt: skip
    np.testing.assert_allclose(out.numpy(), [2 * TABLE[1] + 3 * TABLE[2]])


W = mg.tensor(TABLE)
ONE = mg.tensor([1])


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: F.embedding(mg.tensor([5]), W), IndexError, "5 is no row.*from 0 to 4"),
        (lambda: F.embedding(mg.tensor([0, -1]), W), IndexError, "-1 is no row"),
        (lambda: F.embedding(mg.ones(2), W), RuntimeError, r"int64 or int32.*\.long\(\)"),
        (lambda: F.embedding(ONE, mg.ones(3)), RuntimeError, r"2-D.*\(3,\)"),
        (lambda: F.embedding([1], W), TypeError, "input is a list"),
        (lambda: nn.Embedding(5, 3, padding_idx=5), AssertionError, "within num_embeddings"),
        (lambda: nn.Embedding(5, 3, _weight=mg.ones(3, 5)), AssertionError, "does not match"),
        (lambda: nn.Embedding.from_pretrained(mg.ones(3)), AssertionError, "2-dimensional"),
        (lambda: F.embedding_bag(ONE, W), ValueError, "offsets has to be a 1D Tensor.*got None"),
        (lambda: F.embedding_bag(ONE, W, mg.tensor([1])), RuntimeError, r"offsets\[0\] has to be"),
        (lambda: F.embedding_bag(ONE, W, mg.tensor([0, 2])), RuntimeError, r"can not be greater"),
        (lambda: F.embedding_bag(mg.tensor([1, 2, 3]), W, mg.tensor([0, 2, 1])), RuntimeError,
         "must not decrease"),
        (lambda: F.embedding_bag(ONE[None], W, ONE), ValueError, "offsets has to be None"),
        (lambda: F.embedding_bag(ONE[None, None], W), ValueError, "1D or 2D"),
        (lambda: F.embedding_bag(ONE[None], W, mode="min"), ValueError, "sum, mean or max"),
        (lambda: F.embedding_bag(ONE[None], W, mode="max", scale_grad_by_freq=True), ValueError,
         "max mode"),
        (lambda: F.embedding_bag(ONE[None], W, per_sample_weights=mg.ones(1, 1)),
         NotImplementedError, "for mode='sum' only"),
        (lambda: F.embedding_bag(ONE[None], W, mode="sum", per_sample_weights=mg.ones(1)),
         RuntimeError, "must have the shape of the input"),
        (lambda: F.embedding_bag(ONE[None], W, mode="sum", per_sample_weights=mg.ones(1, 1)),
         RuntimeError, "of one dtype"),
    ],
)  # fmt: skip
def test_bad_input(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_pretrained_tables_are_frozen():
    table = mg.tensor(TABLE)
    layer = nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad
    assert np.shares_memory(layer.weight.numpy(), table.numpy())
    assert nn.EmbeddingBag.from_pretrained(table, freeze=False).weight.requires_grad


@pytest.mark.peers
@pytest.mark.parametrize(
    "options",
    [{}, {"padding_idx": 1}, {"scale_grad_by_freq": True}, {"max_norm": 1.0, "norm_type": 1.0},
     {"padding_idx": -1, "max_norm": 0.5}],
)  # fmt: skip
def test_peer_tables_learn_the_same(options):
    import torch

    def build(m):
        return m.nn.Sequential(m.nn.Embedding(6, 4, **options), m.nn.Linear(4, 2))

    same_training(torch, build, lambda m, net: net(m.randint(6, (3, 5))))


@pytest.mark.peers
@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
@pytest.mark.parametrize("options", [{}, {"padding_idx": 2}, {"max_norm": 1.0}])
def test_peer_bags_learn_the_same(mode, options):
    import torch

    def build(m):
        return m.nn.EmbeddingBag(6, 4, mode=mode, **options)

    same_training(
        torch, build, lambda m, net: net(m.randint(6, (9,)), m.tensor([0, 4, 4])), steps=10
    )
    same_training(torch, build, lambda m, net: net(m.randint(6, (4, 3))), steps=10)


@pytest.mark.peers
def test_peer_gradients_of_factors():
    import torch

    def f(m, weight, factors):
        numbers = m.tensor([1, 4, 0, 2])
        return m.nn.functional.embedding_bag(
            numbers, weight, m.tensor([0, 3]), mode="sum", per_sample_weights=factors,
            padding_idx=4,
        )  # fmt: skip

    same(torch, f, TABLE, draw(4))


@pytest.mark.peers
def test_peer_printing():
    import torch

    def texts(n):
        return [
            repr(n.Embedding(3, 2, 1, 2.0, 1.0, True)), repr(n.EmbeddingBag(3, 2)),
            repr(n.EmbeddingBag(3, 2, 2.0, mode="max", padding_idx=1)),
        ]  # fmt: skip

    assert texts(nn) == texts(torch.nn)
