"""The largest number of each window, and the way back."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same
from tests.rules import plain_pooling

F = mg.nn.functional

POOLS = [
    ((2, 3, 6, 4), {"kernel_size": 2}),
    ((2, 3, 6, 5), {"kernel_size": (3, 2), "stride": 1}),
    ((1, 1, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ((1, 1, 5, 5), {"kernel_size": 2, "ceil_mode": True}),
    ((1, 1, 5, 6), {"kernel_size": 2, "stride": 1, "dilation": (2, 3)}),
    ((1, 1, 7, 7), {"kernel_size": 2, "stride": 3}),
    ((2, 1, 6, 6), {"kernel_size": 2, "padding": 1}),
    ((1, 1, 2, 2), {"kernel_size": 3, "stride": 3, "ceil_mode": True}),
    ((1, 2, 10, 9), {"kernel_size": (10, 8), "stride": 1, "padding": (2, 0)}),
    ((1, 2, 10, 18), {"kernel_size": (10, 9)}),
    ((3, 4, 4), {"kernel_size": 2}),
    ((2, 3, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ((3, 9), {"kernel_size": (2,), "stride": [3], "dilation": 2, "ceil_mode": True}),
    ((2, 3, 80), {"kernel_size": 80}),
    ((2, 2, 3, 4, 5), {"kernel_size": 2, "stride": 1}),
    ((2, 4, 5, 6), {"kernel_size": (1, 2, 3), "stride": 2, "padding": (0, 1, 1)}),
    ((1, 1, 4, 4, 4), {"kernel_size": 3, "ceil_mode": True, "dilation": (1, 1, 2)}),
]
IDS = [f"{len(shape)}d-{k}" for k, (shape, _) in enumerate(POOLS)]


def dimensions(shape, options):
    """Over how many dimensions an entry pools: an input without batch looks like another's."""
    given = next((v for v in options.values() if isinstance(v, tuple)), None)
    return (
        {2: 1, 3: 1 if shape[0] == 2 else 2, 4: 2, 5: 3}[len(shape)]
        if given is None
        else len(given)
    )


def pool(m, shape, options):
    return getattr(m.nn.functional, f"max_pool{dimensions(shape, options)}d")


def tensor(x, **kwargs):
    return mg.tensor(np.asarray(x), **kwargs)


def spread(value, d):
    return tuple(value) if isinstance(value, tuple | list) and len(value) == d else (
        tuple(value) * d if isinstance(value, tuple | list) else (value,) * d
    )  # fmt: skip


@pytest.mark.parametrize(("shape", "options"), POOLS, ids=IDS)
def test_it_is_its_definition(shape, options):
    x, d = draw(*shape), dimensions(shape, options)
    kernel = spread(options["kernel_size"], d)
    rest = {"stride": options.get("stride", kernel), "padding": options.get("padding", 0)}
    rest = {name: spread(value, d) for name, value in rest.items()}
    dilation, ceil = spread(options.get("dilation", 1), d), options.get("ceil_mode", False)
    want, _ = plain_pooling.max_pool(x, kernel, **rest, dilation=dilation, ceil=ceil)
    y, where = pool(mg, shape, options)(tensor(x), **options, return_indices=True)
    assert np.array_equal(y.numpy(), want)
    planes = x.reshape(*shape[:-d], -1)
    found = np.take_along_axis(planes, where.numpy().reshape(*shape[:-d], -1), -1)
    assert np.array_equal(found.reshape(y.shape), y.numpy())


@pytest.mark.parametrize(("shape", "options"), POOLS, ids=IDS)
def test_gradients(shape, options):
    f = pool(mg, shape, options)
    x = tensor(draw(*shape), requires_grad=True)
    gradcheck(lambda t: f(t, **options), [x])
    gradgradcheck(lambda t: f(t, **options) ** 2, [x])


def test_it_keeps_the_order_of_memory():
    x = np.ascontiguousarray(draw(2, 6, 6, 3)).transpose(3, 0, 1, 2)  # batch last in memory
    t = mg.Tensor._wrap(x)
    t.requires_grad = True
    for y in (F.max_pool2d(t, 2), F.max_pool2d(t, 3, 2, 1), F.avg_pool2d(t, 2)):
        assert y.numpy(force=True).transpose(1, 2, 3, 0).flags.c_contiguous
        (g,) = mg.autograd.grad(y, t, y.detach())
        assert np.argsort(g.numpy().strides)[0] == 0


def test_equal_numbers_and_nan():
    zeros = mg.zeros(1, 2, 2, requires_grad=True)
    values, where = F.max_pool2d(zeros, 2, return_indices=True)
    assert where.tolist() == [[[0]]]  # the first of equal ones
    values.sum().backward()
    assert zeros.grad.tolist() == [[[1, 0], [0, 0]]]
    nan = float("nan")
    x = tensor([[[nan, 1.0, nan, 3.0, 5.0, 4.0]]])
    values, where = F.max_pool1d(x, 3, return_indices=True)
    assert where.tolist() == [[[2, 4]]]  # the last NaN
    assert np.isnan(values[0, 0, 0].item())
    assert values[0, 0, 1].item() == 5
    x = mg.cat([x] * 30, -1)
    assert F.max_pool1d(x, 180, return_indices=True)[1].item() == 176


def test_what_is_not_finite_stays_where_it_is():
    x = tensor([[[1.0, 2.0, 4.0, 3.0]]], requires_grad=True)
    F.max_pool1d(x, 2).backward(tensor([[[np.inf, 1.0]]]))
    assert x.grad.tolist() == [[[0, np.inf, 1, 0]]]


def test_integers():
    x = mg.tensor([[[-3, -5], [-(2**31), -4]]], dtype=mg.int32)
    assert F.max_pool2d(x, 2, 1, 1).tolist() == [[[-3, -3, -5], [-3, -3, -4], [-(2**31), -4, -4]]]


@pytest.mark.parametrize("dilation", [1, 2])
def test_nothing_but_minus_infinity_is_never_pooled_from_the_padding(dilation):
    x = mg.full((1, 1, 4, 4), -np.inf, requires_grad=True)
    values, places = F.max_pool2d(x, 3, 2, 1, dilation, return_indices=True)
    # The first element of each window that lies in the image.
    expected = [[0, 1], [4, 5]] if dilation == 1 else [[5]]
    assert places.tolist() == [[expected]]
    values.sum().backward()
    assert np.flatnonzero(x.grad.numpy()).tolist() == np.ravel(expected).tolist()


def test_a_batch_of_no_images():
    x = mg.zeros(0, 2, 4, 4, requires_grad=True)
    y = F.max_pool2d(x, 2)
    assert tuple(y.shape) == (0, 2, 2, 2)
    y.sum().backward()
    assert tuple(x.grad.shape) == (0, 2, 4, 4)


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
        (
            lambda x: F.max_pool2d(x, 6, 1, ceil_mode=True),
            RuntimeError,
            "window of size 6 does not fit",
        ),
        (lambda x: F.max_pool2d(x[0, 0], 2), RuntimeError, r"width\), got \(4, 4\)"),
        (lambda x: F.max_pool1d(x, 2), RuntimeError, r"channels, length\).*got \(1, 1, 4, 4\)"),
        (lambda x: F.max_pool3d(x[0], 2), RuntimeError, r"got \(1, 4, 4\)"),
        (lambda x: F.max_pool2d(x[:, :0], 2), RuntimeError, "only the batch may be empty"),
        (lambda x: F.max_pool2d(x, 0), RuntimeError, "are positive"),
        (lambda x: F.max_pool2d(x, 2, (1, 0)), RuntimeError, "are positive"),
        (lambda x: F.max_pool2d(x, (1, 2, 3)), RuntimeError, r"or 2 of them, got \(1, 2, 3\)"),
        (lambda x: F.max_pool2d(x, 1.5), TypeError, "kernel_size is an integer.*got 1.5"),
        (lambda x: F.max_pool2d(x.numpy(), 2), TypeError, "input is a ndarray"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.zeros(1, 1, 4, 4))


# --- the way back --------------------------------------------------------------------------------

UNPOOLS = [
    ((2, 3, 6, 4), {"kernel_size": 2}, None),
    ((3, 6, 5), {"kernel_size": 2}, (6, 5)),
    ((2, 3, 6, 5), {"kernel_size": 2}, (2, 3, 6, 5)),
    ((2, 1, 6, 6), {"kernel_size": 3, "stride": 2, "padding": 1}, (6, 6)),
    ((2, 3, 9), {"kernel_size": 2}, (9,)),
    ((1, 2, 4, 4, 4), {"kernel_size": 2}, None),
]


def unpooled(m, x, options, size):
    d = x.ndim - 2 if x.ndim > 3 or x.shape[0] == 2 else 2
    values, places = getattr(m.nn.functional, f"max_pool{d}d")(x, **options, return_indices=True)
    back = getattr(m.nn.functional, f"max_unpool{d}d")
    return values, places, lambda v: back(v, places, **options, output_size=size)


@pytest.mark.parametrize(("shape", "options", "size"), UNPOOLS)
def test_unpooling_puts_each_number_where_it_was(shape, options, size):
    x = tensor(draw(*shape, low=0.5))
    values, _, back = unpooled(mg, x, options, size)
    y = back(values)
    if size is not None:
        assert tuple(y.shape) == shape
    kept = y.numpy() != 0
    if y.shape == x.shape:
        assert np.array_equal(y.numpy()[kept], x.numpy()[kept])
    assert set(y.numpy()[kept]) == set(values.numpy().ravel())
    values = values.detach()
    values.requires_grad = True
    if options["kernel_size"] == 2:  # no element twice
        gradcheck(back, [values])
        gradgradcheck(lambda v: back(v) ** 2, [values])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x, k: F.max_unpool2d(x, k[:1, :, :1], 2), RuntimeError, "one shape"),
        (lambda x, k: F.max_unpool2d(x, k.int(), 2), RuntimeError, "int64, got microgradnn.int32"),
        (lambda x, k: F.max_unpool2d(x, k + 16, 2), RuntimeError, "index 16 is not in .*16 elem"),
        (lambda x, k: F.max_unpool2d(x, k - 1, 2), RuntimeError, "index -1 is not in"),
        (lambda x, k: F.max_unpool2d(x, k, 2, output_size=(4,)), ValueError, "2 or 4 sizes"),
        (lambda x, k: F.max_unpool2d(x, k, 2, output_size=(4, 6)), ValueError, "within one str"),
        (lambda x, k: F.max_unpool2d(x[0, 0], k[0, 0], 2), RuntimeError, r"got \(2, 2\)"),
    ],
)
def test_bad_input_of_unpooling(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.ones(1, 1, 2, 2), mg.zeros(1, 1, 2, 2).long())


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "options"), POOLS, ids=IDS)
def test_peer_max_pool(torch, shape, options, dtype):
    x = draw(*shape).astype(dtype)
    tolerance = 1e-14 if dtype == "float64" else 1e-6  # of sums over windows that overlap
    for numbers in (x, np.round(x), np.where(x > 1.2, np.nan, np.round(x)), np.maximum(x, 0)):
        f = {m: pool(m, shape, options) for m in (mg, torch)}
        same(torch, lambda m, x, f=f: f[m](x, **options), numbers, tolerance=tolerance)
        _, ours = f[mg](tensor(numbers), **options, return_indices=True)
        _, theirs = f[torch](torch.tensor(numbers), **options, return_indices=True)
        assert ours.dtype == mg.int64
        assert np.array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.peers
@pytest.mark.parametrize(("shape", "options", "size"), UNPOOLS)
def test_peer_max_unpool(torch, shape, options, size):
    def there_and_back(m, x):
        values, _, back = unpooled(m, x, options, size)
        return back(values)

    same(torch, there_and_back, draw(*shape), tolerance=0)


@pytest.mark.peers
@pytest.mark.parametrize("d", [1, 2, 3])
def test_peer_with_indices(torch, d):
    x = draw(2, *[4] * d)
    for name in (f"max_pool{d}d_with_indices", f"adaptive_max_pool{d}d_with_indices"):
        ours = getattr(F, name)(tensor(x), 2)
        theirs = getattr(torch.nn.functional, name)(torch.tensor(x), 2)
        for a, b in zip(ours, theirs, strict=True):
            assert np.array_equal(a.numpy(), b.numpy())
