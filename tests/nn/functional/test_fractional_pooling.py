"""Max pooling over windows placed by chance."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck

F = mg.nn.functional

CASES = [
    (2, (2, 3, 9, 8), {"kernel_size": 2, "output_size": 5}),
    (2, (3, 9, 8), {"kernel_size": (3, 2), "output_ratio": (0.5, 0.7)}),
    (2, (0, 3, 9, 8), {"kernel_size": 2, "output_size": 5}),
    (2, (2, 3, 9, 8), {"kernel_size": 3, "output_size": 1}),
    (3, (2, 1, 6, 5, 4), {"kernel_size": 2, "output_size": (4, 3, 2)}),
    (3, (1, 5, 6, 6), {"kernel_size": (1, 2, 3), "output_ratio": 0.5}),
]


def numbers(shape):
    return np.random.default_rng(3).permutation(int(np.prod(shape))).reshape(shape) * 1.0


@pytest.mark.parametrize(("d", "shape", "options"), CASES)
def test_each_is_the_largest_near_it(d, shape, options):
    x = mg.tensor(numbers(shape), requires_grad=True)
    f = getattr(F, f"fractional_max_pool{d}d")
    mg.manual_seed(1)
    values, places = f(x, **options, return_indices=True)
    flat = (*shape[:-d], int(np.prod(shape[-d:])))
    index = places.numpy().reshape(*shape[:-d], int(np.prod(places.shape[-d:])))
    found = np.take_along_axis(x.detach().numpy().reshape(flat), index, -1)
    assert np.array_equal(found, values.detach().numpy().reshape(index.shape))
    mg.manual_seed(2)
    if d == 2 and values.numel() > 6:
        assert not mg.equal(f(x, **options), values)
    samples = mg.rand(*(1, *shape)[-d - 2 : -d], d, dtype=mg.float64)
    gradcheck(lambda t: f(t, **options, _random_samples=samples), [x])


def test_by_hand():
    x = mg.tensor([[[0.0, 1.0, 2.0, 3.0, 4.0]] * 2])
    # Windows of 2 begin at int((i + u) 1.5) - int(1.5 u): 0, 1, 3 for u = 0 and 0, 2, 3 for 0.5.
    for u, want in ((0.0, [1, 2, 4]), (0.5, [1, 3, 4])):
        samples = mg.tensor([[[u, 0.0]]])
        y = F.fractional_max_pool2d(x, (1, 2), (2, 3), _random_samples=samples)
        assert y[0, 0].tolist() == want


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "one of output_size and output_ratio"),
        ({"output_size": 2, "output_ratio": 0.5}, ValueError, "not both"),
        ({"output_ratio": 1.5}, ValueError, "between 0 and 1, got 1.5"),
        ({"output_size": 4}, RuntimeError, r"do not fit \(4, 4\) times into an image of \(4, 4\)"),
        ({"output_size": 2, "_random_samples": mg.zeros(1, 1, 3)}, RuntimeError, r"\(1, 1, 2\)"),
    ],
)
def test_bad_input(options, error, message):
    with pytest.raises(error, match=message):
        F.fractional_max_pool2d(mg.ones(1, 4, 4), 2, **options)


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("d", "shape", "options"), CASES)
def test_peer_after_the_same_seed(d, shape, options, dtype):
    import torch

    x = numbers(shape).astype(dtype)
    found = []
    for m in (mg, torch):
        m.manual_seed(5)
        t = m.tensor(x, requires_grad=True)
        name = f"fractional_max_pool{d}d"
        values, places = getattr(m.nn.functional, name)(t, **options, return_indices=True)
        (values**2).sum().backward()
        again, _ = getattr(m.nn.functional, name + "_with_indices")(t, **options)
        found.append([a.detach().numpy() for a in (values, places, t.grad, again)])
    for ours, theirs in zip(*found, strict=True):
        assert np.array_equal(ours, theirs)
