"""Dropout of elements and of channels: what is dropped, what is refused, PyTorch's masks."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw
from tests.test_random_peers import draws_by_itself

F = mg.nn.functional

CHANNELS = [
    (F.dropout1d, (20, 8, 4), 2), (F.dropout1d, (80, 4), 1), (F.dropout2d, (20, 8, 3, 2), 2),
    (F.dropout3d, (20, 8, 2, 3, 2), 2), (F.dropout3d, (80, 2, 3, 2), 1),
]  # fmt: skip


@pytest.mark.parametrize(("function", "shape", "leading"), CHANNELS)
def test_channels_are_dropped_as_a_whole(function, shape, leading):
    mg.manual_seed(0)
    channels = function(mg.ones(*shape), 0.5).numpy().reshape(math.prod(shape[:leading]), -1)
    assert (channels == channels[:, :1]).all()
    assert set(channels[:, 0]) == {0.0, 2.0}


def test_the_number_kept_is_about_right():
    mg.manual_seed(0)
    out = F.dropout(mg.ones(10_000), 0.2)
    assert abs((out == 0).sum().item() - 2000) < 150
    assert out.max().item() == 1.25


def test_alpha_dropout_keeps_mean_and_variance():
    mg.manual_seed(1)
    x = mg.randn(200_000)
    for function, y in ((F.alpha_dropout, x), (F.feature_alpha_dropout, x.reshape(1000, 200))):
        out = function(y, 0.3, training=True)
        assert abs(out.mean().item()) < 0.02
        assert abs(out.var().item() - 1) < 0.03


@pytest.mark.parametrize(
    "function",
    [F.dropout, F.dropout1d, F.dropout2d, F.dropout3d, F.alpha_dropout, F.feature_alpha_dropout],
)
def test_nothing_is_done_in_evaluation_and_all_is_dropped_at_1(function):
    x = mg.ones(2, 3, 4, 4) if function is not F.dropout1d else mg.ones(2, 3, 4)
    assert function(x, 0.5, training=False) is x
    assert function(x, 0.0, training=True) is x
    assert (function(x, 1.0, training=True) == 0).all()
    with pytest.raises(ValueError, match=r"between 0 and 1, but got 1\.5"):
        function(x, 1.5)
    with pytest.raises(ValueError, match="between 0 and 1, but got nan"):
        function(x, float("nan"))
    y = x.clone()
    mg.manual_seed(2)
    expected = function(x, 0.5, training=True)
    mg.manual_seed(2)
    assert function(y, 0.5, training=True, inplace=True) is y
    assert mg.equal(y, expected)


def test_the_gradient_passes_what_was_kept():
    x = mg.tensor(draw(50), requires_grad=True)
    out = F.dropout(x, 0.5)
    out.sum().backward()
    kept = out.detach() != 0
    assert mg.equal(x.grad, kept.double() * 2)


def test_bad_shapes():
    with pytest.raises(RuntimeError, match="expected 2D or 3D input"):
        F.dropout1d(mg.ones(2, 3, 4, 4))
    with pytest.raises(RuntimeError, match="at least 2 dimensions"):
        F.feature_alpha_dropout(mg.ones(3), training=True)
    with pytest.warns(UserWarning, match="interpreted as shape"):
        F.dropout2d(mg.ones(2, 3, 4))
    with pytest.warns(UserWarning, match="dropout3d: Received a 2-D input"):
        F.dropout3d(mg.ones(2, 3))
    with pytest.raises(TypeError, match="input is a list"):
        F.dropout([1.0])


def test_a_convolutions_result_is_drawn_in_the_order_of_its_indices():
    # It lies in memory with the batch or the channels last, in PyTorch as it is written.
    x = mg.ones(2, 3, 4, 5)
    mg.manual_seed(3)
    expected = F.dropout(x, 0.5)
    for order in ((1, 2, 3, 0), (0, 2, 3, 1)):
        back = [order.index(k) for k in range(4)]
        laid = x.permute(*order).contiguous().permute(*back)
        assert laid.stride() != x.stride()
        mg.manual_seed(3)
        assert mg.equal(F.dropout(laid, 0.5), expected)


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("p", [0.1, 0.5, 1.0])
def test_peer_masks_of_the_same_seed(p, dtype):
    import torch

    if not draws_by_itself(torch):
        p = 1.0  # PyTorch draws these from MKL there

    def run(m):
        f, kind = m.nn.functional, getattr(m, dtype)
        m.manual_seed(11)
        x = m.randn(6, 5, 4, dtype=kind)
        images = x.reshape(2, 3, 5, 4)
        results = [
            f.dropout(x, p), f.dropout(x.transpose(0, 1), p), f.dropout1d(x, p),
            f.dropout1d(x[0], p), f.dropout2d(images, p), f.dropout3d(images, p),
            f.dropout3d(images.unsqueeze(2), p), f.alpha_dropout(x, p, True),
            f.feature_alpha_dropout(images, p, True), m.rand(3),
        ]  # fmt: skip
        return [r.numpy() for r in results]

    for ours, theirs in zip(run(mg), run(torch), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


@pytest.mark.peers
def test_peer_convolution_then_dropout():
    import torch

    if not draws_by_itself(torch):
        return

    def run(m):
        m.manual_seed(12)
        n = m.nn
        net = n.Sequential(n.Conv2d(2, 4, 3), n.ReLU(), n.Dropout(0.5), n.Conv2d(4, 2, 3),
                           n.Dropout2d(0.5)).double()  # fmt: skip
        return net(m.randn(3, 2, 8, 8, dtype=m.float64)).detach().numpy()

    np.testing.assert_allclose(run(mg), run(torch), rtol=1e-10, atol=1e-12)
