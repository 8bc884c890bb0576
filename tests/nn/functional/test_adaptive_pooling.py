"""Pooling to a given size."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same

F = mg.nn.functional

CASES = [
    (1, (2, 3, 9), 3),
    (1, (3, 9), 4),
    (1, (2, 1, 4), 7),
    (1, (1, 2, 70), (1,)),
    (2, (2, 1, 6, 4), (3, 2)),
    (2, (1, 1, 7, 5), (3, 2)),
    (2, (1, 1, 7, 6), (4, 3)),
    (2, (1, 7, 4), (None, 3)),
    (2, (2, 1, 3, 2), 5),
    (2, (1, 2, 9, 8), 1),
    (2, (2, 2, 4, 4), (None, None)),
    (3, (1, 1, 3, 4, 5), (2, 3, 5)),
    (3, (1, 4, 3, 5), (2, 3, 2)),
]


def slow(x, d, size, f):
    size = [
        n if m is None else m
        for m, n in zip(np.broadcast_to(size, (d,)), x.shape[-d:], strict=True)
    ]
    out = np.empty((*x.shape[:-d], *size))
    for at in np.ndindex(*size):
        window = tuple(
            slice(math.floor(k * n / m), math.ceil((k + 1) * n / m))
            for k, n, m in zip(at, x.shape[-d:], size, strict=True)
        )
        out[(..., *at)] = f(x[(..., *window)], tuple(range(-d, 0)))
    return out


@pytest.mark.parametrize(("d", "shape", "size"), CASES)
def test_they_are_their_definition(d, shape, size):
    x = draw(*shape)
    for name, f in (("avg", np.mean), ("max", np.max)):
        pool = getattr(F, f"adaptive_{name}_pool{d}d")
        np.testing.assert_allclose(pool(mg.tensor(x), size).numpy(), slow(x, d, size, f), 1e-13)
        t = mg.tensor(x, requires_grad=True)
        gradcheck(lambda t, pool=pool: pool(t, size), [t])
        if d == 2:
            gradgradcheck(lambda t, pool=pool: pool(t, size) ** 2, [t])


@pytest.mark.parametrize(("d", "shape", "size"), CASES)
def test_indices_say_where_the_largest_are(d, shape, size):
    x = draw(*shape)
    values, places = getattr(F, f"adaptive_max_pool{d}d")(mg.tensor(x), size, return_indices=True)
    flat = (*shape[:-d], -1)
    found = np.take_along_axis(x.reshape(flat), places.numpy().reshape(flat), -1)
    assert np.array_equal(found, values.numpy().reshape(flat))


def test_infinity_stays_in_its_windows():
    x = mg.tensor([[1.0, 2.0, np.inf, 4.0, 5.0]])
    assert F.adaptive_avg_pool1d(x, 3).tolist() == [[1.5, np.inf, 4.5]]
    assert F.adaptive_max_pool1d(x, 3).tolist() == [[2, np.inf, 5]]


def test_no_windows():
    x = mg.ones(2, 3, 4, 4)
    assert F.adaptive_avg_pool2d(x, (0, 2)).shape == (2, 3, 0, 2)
    values, places = F.adaptive_max_pool2d(x, (0, 2), return_indices=True)
    assert values.shape == places.shape == (2, 3, 0, 2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: F.adaptive_avg_pool2d(x, (1, 2, 3)), RuntimeError, r"2 sizes, got \(1, 2, 3\)"),
        (lambda x: F.adaptive_avg_pool2d(x, -1), RuntimeError, r"not negative, got \(-1, -1\)"),
        (lambda x: F.adaptive_avg_pool2d(x, 1.5), TypeError, "output_size is an integer"),
        (lambda x: F.adaptive_avg_pool2d(x.long(), 1), RuntimeError, r"convert it with .float\(\)"),
        (lambda x: F.adaptive_max_pool3d(x[0], 1), RuntimeError, r"got \(1, 4, 4\)"),
        (lambda x: F.adaptive_max_pool1d(x.numpy(), 1), TypeError, "input is a ndarray"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.zeros(1, 1, 4, 4))


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("d", "shape", "size"), CASES)
def test_peer(torch, d, shape, size, dtype):
    x = draw(*shape).astype(dtype)
    tolerance = 1e-13 if dtype == "float64" else 1e-6
    for numbers in (x, np.maximum(x, 0), np.where(x > 1.2, np.nan, np.round(x))):
        for name in ("avg", "max"):
            same(
                torch,
                lambda m, x, name=name: getattr(m.nn.functional, f"adaptive_{name}_pool{d}d")(
                    x, size
                ),
                numbers,
                tolerance=tolerance,
            )
        name = f"adaptive_max_pool{d}d"
        _, ours = getattr(F, name)(mg.tensor(numbers), size, return_indices=True)
        _, theirs = getattr(torch.nn.functional, name)(torch.tensor(numbers), size, True)
        assert np.array_equal(ours.numpy(), theirs.numpy())
