"""Convolution and transposed convolution in one, two and three dimensions."""

import itertools
import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.rules import _convolving
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same

F = mg.nn.functional

CONVOLUTIONS = [
    ((2, 3, 5, 6), (4, 3, 2, 3), {}),
    ((2, 3, 5, 6), (4, 3, 2, 3), {"stride": 2, "padding": 1}),
    ((1, 2, 6, 5), (2, 2, 3, 2), {"stride": (1, 2), "padding": (2, 0)}),
    ((1, 2, 7, 7), (3, 2, 2, 3), {"dilation": (3, 2)}),
    ((2, 4, 4, 4), (6, 2, 2, 2), {"groups": 2}),
    ((2, 4, 4, 4), (4, 1, 3, 3), {"groups": 4, "padding": 1}),
    ((1, 1, 4, 5), (2, 1, 3, 3), {"padding": "same"}),
    ((1, 1, 4, 5), (2, 1, 2, 4), {"padding": "same"}),
    ((1, 1, 6, 6), (2, 1, 2, 3), {"padding": "same", "dilation": (3, 2)}),
    ((2, 1, 4, 5), (2, 1, 3, 3), {"padding": "valid"}),
    ((3, 5, 6), (4, 3, 2, 3), {"padding": [1]}),
    ((2, 1, 3, 3), (2, 1, 3, 3), {}),
    ((2, 2, 3, 3), (3, 2, 1, 1), {}),
    ((2, 3, 7), (4, 3, 3), {"stride": 2, "padding": 1}),
    ((3, 7), (3, 1, 2), {"groups": 3, "dilation": 2, "padding": "same"}),
    ((1, 2, 4, 3, 5), (2, 1, 2, 3, 2), {"groups": 2, "stride": (2, 1, 2), "padding": (0, 1, 1)}),
    ((2, 3, 4, 4), (2, 2, 2, 3, 1), {"dilation": (2, 1, 3), "padding": (1, 0, 0)}),
    ((1, 1, 3, 2, 4), (1, 1, 2, 1, 4), {"padding": "same"}),
]

TRANSPOSED = [
    ((2, 3, 3, 4), (3, 2, 2, 3), {}),
    ((2, 3, 3, 4), (3, 2, 3, 2), {"stride": 2, "padding": 1, "output_padding": 1}),
    ((1, 4, 3, 2), (4, 1, 3, 3), {"stride": (3, 1), "groups": 2, "output_padding": (2, 0)}),
    ((2, 4, 3, 3), (4, 1, 2, 2), {"groups": 4, "dilation": (1, 2)}),
    ((3, 3, 4), (3, 1, 2, 2), {"dilation": 3, "padding": [1]}),
    # More at the end than the stride: only the dilation allows it.
    ((1, 2, 3, 3), (2, 2, 2, 2), {"dilation": 3, "padding": (1, 0), "output_padding": (2, 1)}),
    ((1, 2, 2, 3), (2, 2, 2, 2), {"dilation": 3, "stride": 2, "output_padding": 2, "padding": 1}),
    ((2, 3, 4), (3, 2, 3), {"stride": 3, "padding": 2, "output_padding": 1}),
    ((3, 4), (3, 1, 3), {"groups": 3}),
    ((1, 2, 2, 1, 3), (2, 2, 2, 2, 2), {"stride": (1, 3, 2), "output_padding": (0, 2, 1)}),
    ((2, 2, 1, 2), (2, 3, 1, 2, 2), {"groups": 2, "padding": (0, 0, 1)}),
]


def dimensions(w):
    return len(w) - 2


def conv(m, w):
    return getattr(m.nn.functional, f"conv{dimensions(w)}d")


def conv_transpose(m, w):
    return getattr(m.nn.functional, f"conv_transpose{dimensions(w)}d")


def inputs(x, w, out):
    return draw(*x), draw(*w, seed=1), draw(out, seed=2)


def tensors(arrays):
    return [mg.tensor(a, requires_grad=True) for a in arrays]


def out_channels(w, options):
    return w[1] * options.get("groups", 1)


def slow_conv(x, w, b, stride=1, padding=0, dilation=1, groups=1):
    """The definition, one output at a time."""
    d = w.ndim - 2

    def each(v):
        return (v,) * d if isinstance(v, int) else (*v, *v)[:d] if len(v) == 1 else tuple(v)

    if x.ndim == d + 1:
        return slow_conv(x[None], w, b, stride, padding, dilation, groups)[0]
    steps, gaps, kernel = each(stride), each(dilation), w.shape[2:]
    if padding == "same":
        total = [gap * (k - 1) for gap, k in zip(gaps, kernel, strict=True)]
        pad = [(n // 2, n - n // 2) for n in total]
    else:
        pad = [(p, p) for p in ((0,) * d if padding == "valid" else each(padding))]
    x = np.pad(x, [(0, 0), (0, 0), *pad])
    spans = [gap * (k - 1) + 1 for gap, k in zip(gaps, kernel, strict=True)]
    size = [(n - span) // step + 1 for n, span, step in zip(x.shape[2:], spans, steps, strict=True)]
    out = np.empty((len(x), len(w), *size))
    for k, *place in itertools.product(range(len(w)), *map(range, size)):
        first = k // (len(w) // groups) * w.shape[1]
        window = x[:, first : first + w.shape[1]]
        for axis, (i, step, span, gap) in enumerate(zip(place, steps, spans, gaps, strict=True)):
            window = window.swapaxes(0, axis + 2)[i * step : i * step + span : gap]
            window = window.swapaxes(0, axis + 2)
        out[(slice(None), k, *place)] = b[k] + (window * w[k]).sum(tuple(range(1, d + 2)))
    return out


@pytest.fixture(params=["as small", "as large"])
def cut(request, monkeypatch):
    """Small arrays go through the code for large ones too."""
    if request.param == "as large":
        monkeypatch.setattr(_convolving, "BAND", 40)
        monkeypatch.setattr(_convolving, "SMALL", 60)
        monkeypatch.setattr(_convolving, "LEAST", 2)
        monkeypatch.setattr(_convolving, "FEW", 0)
    _convolving._parts.cache_clear()
    yield
    _convolving._parts.cache_clear()


@pytest.mark.parametrize(("x", "w", "options"), CONVOLUTIONS)
def test_convolution_is_its_definition(cut, x, w, options):
    x, w, b = inputs(x, w, w[0])
    ours = conv(mg, w.shape)(*map(mg.tensor, (x, w, b)), **options)
    np.testing.assert_allclose(ours.numpy(), slow_conv(x, w, b, **options), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("x", "w", "options"), CONVOLUTIONS)
def test_gradients(cut, x, w, options):
    f = conv(mg, w)
    gradcheck(lambda x, w, b: f(x, w, b, **options), tensors(inputs(x, w, w[0])))


@pytest.mark.parametrize(("x", "w", "options"), TRANSPOSED)
def test_gradients_of_transposed_convolution(cut, x, w, options):
    f = conv_transpose(mg, w)
    arrays = inputs(x, w, out_channels(w, options))
    gradcheck(lambda x, w, b: f(x, w, b, **options), tensors(arrays))


@pytest.mark.parametrize("k", [0, 4, 13, 15])
def test_second_order(k):
    x, w, options = CONVOLUTIONS[k]
    f = conv(mg, w)
    x = (1, *x[1:])
    gradgradcheck(lambda x, w, b: f(x, w, b, **options), tensors(inputs(x, w, w[0])))


@pytest.mark.parametrize(("x", "w", "options"), TRANSPOSED)
def test_transposed_convolution_is_the_adjoint(x, w, options):
    """``<conv_transpose(y), x> = <y, conv(x)>`` wherever the shapes are each other's inverse."""
    y, weight, _ = inputs(x, w, 1)
    out = conv_transpose(mg, w)(mg.tensor(y), mg.tensor(weight), **options)
    given = {k: v for k, v in options.items() if k != "output_padding"}
    image = draw(*out.shape, seed=5)
    back = conv(mg, w)(mg.tensor(image), mg.tensor(weight), **given).numpy()
    inside = tuple(slice(n) for n in y.shape)  # with a large output_padding there are more windows
    assert (out.numpy() * image).sum() == pytest.approx((back[inside] * y).sum(), rel=1e-12)


def test_transposed_convolution_by_hand():
    x, w = mg.tensor([[[1.0, 2.0]]]), mg.tensor([[[1.0, 10.0, 100.0]]])
    f = F.conv_transpose1d
    assert f(x, w).tolist() == [[[1, 12, 120, 200]]]
    assert f(x, w, stride=2).tolist() == [[[1, 10, 102, 20, 200]]]
    assert f(x, w, stride=2, padding=1).tolist() == [[[10, 102, 20]]]
    assert f(x, w, stride=2, padding=1, output_padding=1).tolist() == [[[10, 102, 20, 200]]]
    assert f(x, w, mg.tensor([0.5]), dilation=2).tolist() == [
        [[1.5, 2.5, 10.5, 20.5, 100.5, 200.5]]
    ]
    assert f(x[0], w).tolist() == [[1, 12, 120, 200]]


@pytest.mark.parametrize(
    ("x", "w", "options", "error", "message"),
    [
        ((2, 3), (1, 1, 2, 2), {}, RuntimeError, r"4 dimensions; got \(2, 3\)"),
        ((1, 3, 4, 4), (2, 2, 2, 2), {}, RuntimeError, "has 3 channels.*takes 2"),
        ((1, 4, 4, 4), (3, 2, 2, 2), {"groups": 2}, RuntimeError, "which groups must divide"),
        ((1, 1, 4, 2), (2, 1, 2, 3), {}, RuntimeError, "window of size 3 does not fit.* size of 2"),
        ((1, 1, 4, 4), (2, 1, 2, 0), {}, RuntimeError, "does not fit"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"bias": mg.zeros(3)}, RuntimeError, r"shape \(3,\)"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"bias": mg.zeros(2).double()}, RuntimeError, "bias of .*64"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"padding": "full"}, RuntimeError, "numbers, got 'full'"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"padding": "same", "stride": 2}, RuntimeError, "stride 1"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"stride": 0}, RuntimeError, "positive"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"padding": -1}, RuntimeError, "not negative"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"stride": 1.5}, TypeError, "stride is an integer"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"stride": (1, 2, 3)}, RuntimeError, "or 2 of them, got"),
        ((1, 1, 4, 4), (2, 1, 2, 2), {"bias": np.zeros(2)}, TypeError, "bias is a ndarray"),
    ],
)  # fmt: skip
def test_bad_input_of_convolution(x, w, options, error, message):
    with pytest.raises(error, match=message):
        F.conv2d(mg.zeros(*x), mg.zeros(*w), **options)


@pytest.mark.parametrize(
    ("x", "w", "options", "error", "message"),
    [
        ((1, 3, 4), (2, 2, 2), {}, RuntimeError, r"3 channels, the weight \(2, 2, 2\) takes 2"),
        ((1, 3, 4), (3, 2, 2), {"groups": 2}, RuntimeError, "groups=2 must divide"),
        ((1, 2, 4), (2, 2, 2), {"output_padding": 1}, RuntimeError, "smaller than the stride or"),
        ((1, 2, 4), (2, 2, 2), {"padding": 3}, RuntimeError, r"an output of size \(-1,\)"),
        ((1, 2, 4), (2, 2, 2), {"bias": mg.zeros(3)}, RuntimeError, "makes 2 channels"),
        ((1, 2, 4), (2, 2, 2, 2), {}, RuntimeError, r"\(batch, channels, length\)"),
        ((1, 2, 4), (2, 2, 2), {"padding": "same"}, TypeError, "padding is an integer, got 'same'"),
    ],
)  # fmt: skip
def test_bad_input_of_transposed_convolution(x, w, options, error, message):
    with pytest.raises(error, match=message):
        F.conv_transpose1d(mg.zeros(*x), mg.zeros(*w), **options)


def test_dtypes_are_not_mixed():
    with pytest.raises(RuntimeError, match="float32 and float64"):
        F.conv1d(mg.zeros(1, 1, 4), mg.zeros(1, 1, 2).double())
    with pytest.raises(RuntimeError, match="float32 and float64"):
        F.conv_transpose1d(mg.zeros(1, 1, 4), mg.zeros(1, 1, 2).double())


def test_sizes_may_be_any_integers():
    x, w = mg.zeros(1, 1, 6, 6), mg.zeros(1, 1, 2, 2)
    assert tuple(F.conv2d(x, w, stride=np.int64(2)).shape) == (1, 1, 3, 3)
    assert tuple(F.conv2d(x, w, stride=[np.int32(2), 1]).shape) == (1, 1, 3, 5)


@pytest.mark.parametrize(("x", "w"), [((0, 2, 4, 4), (4, 1, 2, 3)), ((3, 0, 4), (2, 0, 2))])
def test_nothing_at_all(x, w):
    x, w = mg.zeros(*x, requires_grad=True), mg.ones(*w, requires_grad=True)
    out = conv(mg, w.shape)(x, w, mg.ones(len(w)), groups=2)
    assert out.numel() == 0 or out.tolist() == mg.ones(*out.shape).tolist()
    out.sum().backward()
    assert x.grad.shape == x.shape
    assert w.grad.tolist() == mg.zeros(*w.shape).tolist()


def test_what_follows_a_convolution_keeps_the_batch_last_in_memory():
    out = F.conv2d(mg.zeros(8, 1, 6, 6), mg.zeros(4, 1, 3, 3), mg.zeros(4))
    assert out.relu().numpy().transpose(1, 2, 3, 0).flags.c_contiguous
    assert tuple(out.view(8, -1).shape) == (8, 64)
    assert tuple(out.view(-1).shape) == (512,)


def test_gradients_keep_the_batch_last_in_memory():
    x, w = mg.randn(8, 1, 10, 10), mg.randn(4, 1, 3, 3, requires_grad=True)
    y = F.conv2d(x, w)
    seen = []
    y.register_hook(lambda g: seen.append(g.numpy().transpose(1, 2, 3, 0).flags.c_contiguous))
    (F.max_pool2d(y.relu(), 2).flatten(1) @ mg.randn(64, 3)).sum().backward()
    assert seen == [True]


def test_columns_are_made_a_band_at_a_time():
    import tracemalloc

    x, w = mg.zeros(8, 16, 64, 64), mg.zeros(16, 16, 3, 3)
    whole = 8 * 16 * 64 * 64 * 9 * 4  # bytes of all columns
    tracemalloc.start()
    F.conv2d(x, w, padding=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < whole / 2


@pytest.mark.parametrize("places", [1, 7, 97, 1792, 6400, 50176])
@pytest.mark.parametrize("products", [1, 150, 2400, 10**6])
def test_products_are_cut_into_equal_parts(places, products):
    parts = _convolving._parts(places, products)
    assert places % parts == 0
    if parts > 1:
        assert places // parts >= _convolving.LEAST
        assert math.ceil(places * products / parts) <= _convolving.SMALL


# --- PyTorch ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize(("x", "w", "options"), CONVOLUTIONS)
@pytest.mark.filterwarnings("ignore:Using padding='same'")  # PyTorch's, for even kernels
def test_peer_convolution(torch, cut, x, w, options):
    same(torch, lambda m, x, k, b: conv(m, w)(x, k, b, **options), *inputs(x, w, w[0]))
    same(torch, lambda m, x, k: conv(m, w)(x, k, **options), draw(*x), draw(*w, seed=1))


@pytest.mark.peers
@pytest.mark.parametrize(("x", "w", "options"), TRANSPOSED)
def test_peer_transposed_convolution(torch, cut, x, w, options):
    arrays = inputs(x, w, out_channels(w, options))
    same(torch, lambda m, x, k, b: conv_transpose(m, w)(x, k, b, **options), *arrays)
    same(torch, lambda m, x, k: conv_transpose(m, w)(x, k, **options), *arrays[:2])


OPTIONS = [
    {"stride": s, "padding": p, "dilation": d, "groups": g}
    for s, p, d, g in itertools.product((1, 2, 3), (0, 1, 2), (1, 2), (1, 2))
]


def second(m, f, arrays):
    """Gradients of a weighting of the gradients of ``f``."""
    x = [m.tensor(a, requires_grad=True) for a in arrays]
    out = f(*x)
    g = m.tensor(np.cos(np.arange(out.numel())).reshape(tuple(out.shape)), requires_grad=True)
    first = m.autograd.grad(out, x, g, create_graph=True)
    weighted = sum((a * m.tensor(np.sin(np.arange(a.numel())).reshape(tuple(a.shape)))).sum()
                   for a in first)  # fmt: skip
    again = m.autograd.grad(weighted, [*x[:2], g])
    return [t.detach().numpy() for t in (out, *first, *again)]


@pytest.mark.peers
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("transposed", [False, True])
def test_peer_first_and_second_gradients_over_all_options(torch, transposed, d, options):
    groups, kernel = options["groups"], (2, 3, 2)[:d]
    x = (2, 4, *(6, 5, 7)[:d])
    options = dict(options)
    if transposed:
        options["output_padding"] = max(options["stride"], options["dilation"]) - 1
    w = (4, 2, *kernel) if transposed else (6, 4 // groups, *kernel)
    arrays = inputs(x, w, out_channels(w, options) if transposed else w[0])
    results = []
    for m in (mg, torch):
        f = (conv_transpose if transposed else conv)(m, w)
        results.append(second(m, lambda x, k, b, f=f: f(x, k, b, **options), arrays))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-11)
