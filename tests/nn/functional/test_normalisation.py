"""Normalising functions: hand-computed numbers, running statistics, what they refuse."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._primitive import table
from tests.nn.peer import draw

F = mg.nn.functional


def standard(x, axes, eps=1e-5):
    """The textbook's formula in plain NumPy."""
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + eps)


X = draw(4, 6, 3, 2)
W, B = draw(6, seed=1), draw(6, seed=2)


def scaled(x):
    return x * W[:, None, None] + B[:, None, None]


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        (lambda x, w, b: F.batch_norm(x, None, None, w, b, True), scaled(standard(X, (0, 2, 3)))),
        (lambda x, w, b: F.instance_norm(x, None, None, w, b), scaled(standard(X, (2, 3)))),
        (
            lambda x, w, b: F.group_norm(x, 3, w, b, 0.1),
            scaled(standard(X.reshape(4, 3, 2, 3, 2), (2, 3, 4), 0.1).reshape(X.shape)),
        ),
        (lambda x, w, b: F.layer_norm(x, (3, 2)), standard(X, (2, 3))),
        (lambda x, w, b: F.layer_norm(x.mT, 3), standard(X.transpose(0, 1, 3, 2), (3,))),
        (
            lambda x, w, b: F.rms_norm(x, (2,), eps=0.5),
            X / np.sqrt((X**2).mean(-1, keepdims=True) + 0.5),
        ),
        (lambda x, w, b: F.normalize(x, dim=2), X / np.sqrt((X**2).sum(2, keepdims=True))),
    ],
)
def test_the_formula(ours, expected):
    result = ours(*map(mg.tensor, (X, W, B)))
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-12, atol=1e-13)


def test_neighbouring_channels():
    x = mg.tensor([[[1.0], [2.0], [3.0], [4.0]]])
    out = F.local_response_norm(x, 3, alpha=3.0, beta=1.0, k=1.0)
    # 1 + the squares of a channel and of those beside it
    expected = [1 / 6, 2 / 15, 3 / 30, 4 / 26]
    np.testing.assert_allclose(out.numpy().ravel(), expected, rtol=1e-6)


def test_running_statistics_follow_in_place():
    x = mg.tensor([[1.0, 10.0], [3.0, 30.0], [5.0, 50.0]])
    mean, variance = mg.tensor([1.0, 1.0]), mg.tensor([2.0, 2.0])
    memory = mean.numpy()
    F.batch_norm(x, mean, variance, training=True, momentum=0.25)
    assert mean.tolist() == [0.75 + 0.25 * 3, 0.75 + 0.25 * 30]
    assert variance.tolist() == [1.5 + 0.25 * 4, 1.5 + 0.25 * 400]  # with n - 1: 8 / 2, 800 / 2
    assert mean.numpy() is memory
    before = mean.tolist()
    out = F.batch_norm(x, mean, variance)
    assert mean.tolist() == before
    expected = (x.numpy() - mean.numpy()) / np.sqrt(variance.numpy() + 1e-5)
    np.testing.assert_allclose(out.numpy(), expected, rtol=1e-6)


def test_a_forward_pass_that_needs_the_old_statistics_is_told():
    x = mg.ones(3, 2, requires_grad=True)
    mean, variance = mg.zeros(2), mg.ones(2)
    loss = (x * mean).sum()
    F.batch_norm(mg.tensor(draw(3, 2)).float(), mean, variance, training=True)
    with pytest.raises(RuntimeError, match="batch_norm changed it in place"):
        loss.backward()


def test_one_node_normalises():
    x = mg.tensor(draw(2, 3), requires_grad=True)
    result = F.layer_norm(x, [3])
    assert result.grad_fn.name() == "StandardiseBackward0"
    assert result.grad_fn.inputs[0].prim is table["standardise"]


def test_the_order_in_memory_is_kept():
    x = mg.tensor(draw(2, 4, 5, 3)).permute(0, 3, 1, 2)  # channels last in memory
    assert F.batch_norm(x, None, None, training=True).stride() == x.stride()


def test_many_equal_numbers_far_from_zero():
    x = mg.full((1000, 2), 1e4)  # in float32 the variance is 0, not negative
    out = F.batch_norm(x, None, None, training=True)
    assert (out == 0).all()


M = mg.zeros(2)
IMAGES = mg.ones(2, 3, 2, 2)


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: F.batch_norm(mg.ones(1, 3), None, None, training=True), ValueError,
         r"more than 1 value per channel when training, got input of shape \(1, 3\)"),
        (lambda: F.batch_norm(IMAGES, None, None), RuntimeError, "running_mean .* to be defined"),
        (lambda: F.batch_norm(IMAGES, M, M), RuntimeError, "running_mean should contain 3 elem"),
        (lambda: F.batch_norm(IMAGES, None, None, M, training=True), RuntimeError,
         r"weight should contain 3 elements.*\(2,\)"),
        (lambda: F.batch_norm(mg.ones(3), None, None), RuntimeError, "at least 2 dimensions"),
        (lambda: F.batch_norm(IMAGES.long(), None, None), NotImplementedError, r"\.float\(\)"),
        (lambda: F.batch_norm([1.0], None, None), TypeError, "input is a list"),
        (lambda: F.instance_norm(mg.ones(2, 3, 1)), ValueError, "more than 1 spatial element"),
        (lambda: F.group_norm(IMAGES, 2), RuntimeError, "divisible by num_groups"),
        (lambda: F.group_norm(mg.ones(1, 2), 2), ValueError, "more than 1 value per channel"),
        (lambda: F.layer_norm(mg.ones(2, 3), [2]), RuntimeError,
         r"given normalized_shape=\[2\], expected input with shape \['\*', 2\]"),
        (lambda: F.layer_norm(mg.ones(2, 3), [3], M), RuntimeError, "expected weight of the same"),
        (lambda: F.layer_norm(mg.ones(2, 3), []), RuntimeError, "at least one dimension"),
        (lambda: F.rms_norm(mg.ones(2, 3).int(), [3]), NotImplementedError, "dtype .*int32"),
        (lambda: F.local_response_norm(mg.ones(2, 3), 2), ValueError, "3D or higher"),
        (lambda: F.local_response_norm(mg.ones(2, 3, 4), 0), ValueError, "size is positive"),
    ],
)  # fmt: skip
def test_bad_input(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_nothing_moves_if_one_shape_is_wrong():
    mean, variance = mg.zeros(3), mg.ones(2)
    with pytest.raises(RuntimeError, match="running_var should contain 3"):
        F.batch_norm(IMAGES * mg.rand(2, 3, 2, 2), mean, variance, training=True)
    assert mean.tolist() == [0, 0, 0]


def test_an_empty_batch():
    mean, variance = mg.ones(3), mg.ones(3)
    assert F.batch_norm(mg.ones(0, 3), mean, variance, training=True).shape == (0, 3)
    assert mean.tolist() == variance.tolist() == [1, 1, 1]
