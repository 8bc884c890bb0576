"""Linear maps, pooling, dropout as functions."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck
from tests.nn.peer import draw, same

F = mg.nn.functional


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


# --- linear --------------------------------------------------------------------------------------


def test_linear_by_hand():
    x, w, b = tensor([[1.0, 2.0]]), tensor([[3.0, 4.0], [5.0, 6.0]]), tensor([0.5, -0.5])
    assert F.linear(x, w, b).tolist() == [[11.5, 16.5]]
    assert F.linear(x, w).tolist() == [[11, 17]]
    assert F.linear(x[0], w[0]).item() == 11
    assert F.linear(x, w[0], b[0]).tolist() == [11.5]


def test_linear_says_what_does_not_fit():
    with pytest.raises(
        RuntimeError, match=r"linear: x of shape \(2, 3\), weight of shape \(5, 4\)"
    ):
        F.linear(mg.zeros(2, 3), mg.zeros(5, 4))
    with pytest.raises(RuntimeError, match="float32 and float64"):
        F.linear(mg.zeros(2, 3), mg.zeros(5, 3).double())
    with pytest.raises(TypeError, match="linear takes Tensors: input is a ndarray"):
        F.linear(np.zeros((2, 3)), mg.zeros(5, 3))
    with pytest.raises(TypeError, match="bias is a list"):
        F.linear(mg.zeros(2, 3), mg.zeros(5, 3), [1.0])


# --- max_pool2d ----------------------------------------------------------------------------------

POOLS = [
    ((2, 3, 6, 4), {"kernel_size": 2}),
    ((2, 3, 6, 5), {"kernel_size": (3, 2), "stride": 1}),
    ((1, 1, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ((1, 1, 5, 5), {"kernel_size": 2, "ceil_mode": True}),
    ((1, 1, 5, 6), {"kernel_size": 2, "stride": 1, "dilation": (2, 3)}),
    ((3, 4, 4), {"kernel_size": 2}),
]


def slow_max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    def two(v):
        return (v, v) if isinstance(v, int) else v

    k, p, d = two(kernel_size), two(padding), two(dilation)
    s = k if stride is None else two(stride)
    x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p[0],) * 2, (p[1],) * 2], constant_values=-np.inf)
    spans = [x.shape[-2 + i] - d[i] * (k[i] - 1) - 1 for i in (0, 1)]
    h, w = ((-(-n // s[i]) if ceil_mode else n // s[i]) + 1 for i, n in enumerate(spans))
    out = np.empty((*x.shape[:-2], h, w))
    for i in range(h):
        for j in range(w):
            rows = slice(i * s[0], i * s[0] + d[0] * (k[0] - 1) + 1, d[0])
            columns = slice(j * s[1], j * s[1] + d[1] * (k[1] - 1) + 1, d[1])
            out[..., i, j] = x[..., rows, columns].max((-2, -1))
    return out


@pytest.mark.parametrize(("shape", "options"), POOLS)
def test_max_pool2d_is_its_definition(shape, options):
    x = draw(*shape)
    y, where = F.max_pool2d(tensor(x), **options, return_indices=True)
    assert np.array_equal(y.numpy(), slow_max_pool2d(x, **options))
    planes = x.reshape(*shape[:-2], -1)
    found = np.take_along_axis(planes, where.numpy().reshape(*shape[:-2], -1), -1)
    assert np.array_equal(found.reshape(y.shape), y.numpy())
    gradcheck(lambda t: F.max_pool2d(t, **options), [tensor(x, requires_grad=True)])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda x: F.max_pool2d(x, 2, padding=2),
            RuntimeError,
            "at most half of the window, got padding 2",
        ),
        (
            lambda x: F.max_pool2d(x, 5),
            RuntimeError,
            "window of size 5 does not fit into an image of size 4",
        ),
        (lambda x: F.max_pool2d(x[0, 0], 2), RuntimeError, r"got \(4, 4\)"),
        (lambda x: F.max_pool2d(x, 0), ValueError, "are positive"),
        (lambda x: F.max_pool2d(x, (1, 2, 3)), TypeError, r"a pair of them, got \(1, 2, 3\)"),
        (lambda x: F.max_pool2d(x.numpy(), 2), TypeError, "input is a ndarray"),
    ],
)
def test_bad_input_of_max_pool2d(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.zeros(1, 1, 4, 4))


# --- dropout -------------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_and_scales_what_stays():
    mg.manual_seed(1)
    x = mg.ones(100, 100, dtype=mg.float64, requires_grad=True)
    y = F.dropout(x, 0.2)
    assert set(np.unique(y.detach().numpy())) == {0.0, 1.25}
    assert y.mean().item() == pytest.approx(1, abs=5 * 0.5 / 100)  # deviation of one element: 0.5
    y.sum().backward()
    assert mg.equal(x.grad, y.detach())  # the same mask
    mg.manual_seed(1)
    assert mg.equal(F.dropout(x, 0.2), y)


def test_dropout_at_its_ends():
    x = mg.ones(4)
    assert F.dropout(x, 0.5, training=False) is x
    assert F.dropout(x, 0.0) is x
    assert F.dropout(x, 1.0).tolist() == [0, 0, 0, 0]
    y = mg.ones(1000)
    assert F.dropout(y, 0.5, inplace=True) is y
    assert set(y.tolist()) == {0.0, 2.0}
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=f"between 0 and 1, but got {p}"):
            F.dropout(x, p)
        with pytest.raises(ValueError, match=f"between 0 and 1, but got {p}"):
            mg.nn.Dropout(p)


def test_the_dropout_module_works_in_training_mode_only():
    layer = mg.nn.Sequential(mg.nn.Dropout(0.5))
    x = mg.ones(1000)
    assert set(layer(x).tolist()) == {0.0, 2.0}
    assert layer.eval()(x) is x
    assert layer.train()(x) is not x


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize(("shape", "options"), POOLS)
def test_peer_max_pool2d(torch, shape, options):
    same(torch, lambda m, x: m.nn.functional.max_pool2d(x, **options), draw(*shape))
    x = draw(*shape)
    _, ours = F.max_pool2d(tensor(x), **options, return_indices=True)
    _, theirs = torch.nn.functional.max_pool2d(torch.tensor(x), **options, return_indices=True)
    assert np.array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.peers
def test_peer_linear(torch):
    for x in ((2, 3), (3,), (2, 5, 3)):
        w, b = draw(4, 3, seed=1), draw(4, seed=2)
        same(torch, lambda m, x, w, b: m.nn.functional.linear(x, w, b), draw(*x), w, b)
    same(torch, lambda m, x, w: m.nn.functional.linear(x, w), draw(2, 3), draw(3, seed=1))


@pytest.mark.peers
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_peer_dropout_after_the_same_seed(torch, p, dtype):
    from tests.test_random_peers import draws_by_itself

    x = draw(20, 7).astype(dtype)
    for transposed in (False, True):
        results = []
        for m in (mg, torch):
            m.manual_seed(5)
            t = m.tensor(x)
            results.append(m.nn.functional.dropout(t.T if transposed else t, p).numpy())
        if draws_by_itself(torch):
            assert np.array_equal(*results)
        else:
            assert np.unique(results[0] != 0).size == np.unique(results[1] != 0).size


def test_a_batch_of_no_images():
    x = mg.zeros(0, 2, 4, 4, requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("dilation", [1, 2])
def test_nothing_but_minus_infinity_is_never_pooled_from_the_padding(dilation):
    x = mg.full((1, 1, 4, 4), -np.inf, requires_grad=True)
    values, places = F.max_pool2d(x, 3, 2, 1, dilation, return_indices=True)
    # The first element of each window that lies in the image.
    expected = [[0, 1], [4, 5]] if dilation == 1 else [[5]]
    assert places.tolist() == [[expected]]
    values.sum().backward()
    assert np.flatnonzero(x.grad.numpy()).tolist() == np.ravel(expected).tolist()
