"""Interpolation."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same

F = mg.nn.functional

SIZES = [
    {"size": 7},
    {"size": 2},
    {"size": 1},
    {"scale_factor": 2},
    {"scale_factor": 0.6},
    {"scale_factor": 1.7},
    {"scale_factor": 1.7, "recompute_scale_factor": True},
]
MODES = [
    ("nearest", (1, 2, 3), (None,)),
    ("nearest-exact", (1, 2, 3), (None,)),
    ("area", (1, 2, 3), (None,)),
    ("linear", (1,), (None, False, True)),
    ("bilinear", (2,), (None, False, True)),
    ("bicubic", (2,), (False, True)),
    ("trilinear", (3,), (False, True)),
]
CASES = [
    (mode, d, {**size, **({} if align is None else {"align_corners": align})})
    for mode, dimensions, aligned in MODES
    for d in dimensions
    for align in aligned
    for size in SIZES
]


def resized(m, x, mode, options):
    return m.nn.functional.interpolate(x, mode=mode, **options)


@pytest.mark.parametrize("mode", ["nearest", "linear", "bilinear", "bicubic", "trilinear"])
def test_gradients(mode):
    d = {"nearest": 2, "linear": 1, "trilinear": 3}.get(mode, 2)
    x = mg.tensor(draw(1, 1, *[3] * d), requires_grad=True)
    for size in (2, 5):
        gradcheck(lambda t, size=size: F.interpolate(t, size, mode=mode), [x])
        gradgradcheck(lambda t, size=size: F.interpolate(t, size, mode=mode) ** 2, [x])


def test_by_hand():
    x = mg.tensor([[[1.0, 3.0, 2.0]]])
    assert F.interpolate(x, 6).tolist() == [[[1, 1, 3, 3, 2, 2]]]
    assert F.interpolate(x, 2).tolist() == [[[1, 3]]]
    assert F.interpolate(x, 2, mode="nearest-exact").tolist() == [[[1, 2]]]
    assert F.interpolate(x, 5, mode="linear", align_corners=True).tolist() == [[[1, 2, 3, 2.5, 2]]]
    assert F.interpolate(x, scale_factor=2, mode="linear").tolist() == [
        [[1, 1.5, 2.5, 2.75, 2.25, 2]]
    ]
    assert F.interpolate(x, 1, mode="area").tolist() == [[[2]]]
    cubic = F.interpolate(mg.arange(6.0).reshape(1, 1, 1, 6), (1, 12), mode="bicubic").flatten()
    # Away from the ends the weights are -9/256, 67/256, 225/256, -27/256 and these mirrored.
    np.testing.assert_allclose(cubic.numpy()[4:8], [1.703125, 2.296875, 2.703125, 3.296875])


def test_integers_are_repeated():
    x = mg.tensor([[[1, 2]]], dtype=mg.uint8)
    assert F.interpolate(x, 4).tolist() == [[[1, 1, 2, 2]]]
    assert F.interpolate(x, 4).dtype == mg.uint8


def test_it_keeps_the_order_of_memory():
    x = mg.Tensor._wrap(draw(4, 4, 3, 2).transpose(3, 2, 0, 1))
    for mode in ("nearest", "bilinear"):
        y = F.interpolate(x, scale_factor=2, mode=mode).numpy()
        assert y.transpose(2, 3, 1, 0).flags.c_contiguous


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "either size or scale_factor"),
        ({"size": 3, "scale_factor": 2}, ValueError, "only one of size or scale_factor"),
        ({"size": (1, 2, 3)}, ValueError, r"each of the 2 dimensions.*got \(1, 2, 3\)"),
        ({"scale_factor": (1.0,)}, ValueError, r"scale_factor has one number for each of the 2"),
        ({"size": 3, "recompute_scale_factor": True}, ValueError, "not meaningful with a size"),
        ({"size": 3, "mode": "area", "align_corners": True}, ValueError, "align_corners option"),
        ({"size": 3, "antialias": True}, ValueError, "restricted to bilinear and bicubic"),
        ({"size": 3, "mode": "cubic"}, NotImplementedError, "'cubic' is none of 'nearest'"),
        ({"size": 3, "mode": "linear"}, NotImplementedError, r"and 1 dimensions more, got shape"),
        ({"size": 0}, RuntimeError, r"greater than 0.*size \(0, 0\)"),
    ],
)
def test_bad_input(options, error, message):
    with pytest.raises(error, match=message):
        F.interpolate(mg.ones(1, 1, 2, 2), **options)


def test_bad_tensors():
    with pytest.raises(NotImplementedError, match=r"convert with \.float\(\)"):
        F.interpolate(mg.ones(1, 1, 2, 2).long(), 3, mode="bilinear")
    with pytest.raises(TypeError, match="input is a ndarray"):
        F.interpolate(np.ones((1, 1, 2)), 3)


def test_old_names():
    x = mg.tensor([[[[1.0, 3.0]]]])
    for name, want in (("upsample", [1, 1, 3]), ("upsample_nearest", [1, 1, 3]),
                       ("upsample_bilinear", [1, 2, 3])):  # fmt: skip
        with pytest.warns(UserWarning, match=f"{name} is deprecated"):
            assert getattr(F, name)(x, (1, 3)).flatten().tolist() == want


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("mode", "d", "options"), CASES)
def test_peer(torch, mode, d, options, dtype):
    x = draw(2, 2, *(5, 4, 3)[-d:]).astype(dtype)
    same(
        torch,
        lambda m, x: resized(m, x, mode, options),
        x,
        tolerance=1e-12 if dtype == "float64" else 1e-5,
    )


@pytest.mark.peers
def test_peer_which_is_nearest_for_every_size(torch):
    for old in (1, 3, 7, 10, 49, 64):
        double = np.arange(float(old)).reshape(1, 1, old)
        for new in range(1, 100):
            for mode, x in (
                (mode, x)
                for mode in ("nearest", "nearest-exact")
                for x in (double, double.astype(np.float32))
            ):
                ours = F.interpolate(mg.tensor(x), new, mode=mode).numpy()
                theirs = torch.nn.functional.interpolate(torch.tensor(x), new, mode=mode).numpy()
                assert np.array_equal(ours, theirs), (old, new, mode)


@pytest.mark.peers
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(3, 4), (9, 2), (13, 11), (1, 1)])
@pytest.mark.parametrize("align", [False, True])
def test_peer_antialias(torch, mode, size, align):
    same(
        torch,
        lambda m, x: resized(m, x, mode, {"size": size, "antialias": True, "align_corners": align}),
        draw(2, 2, 10, 9),
    )


@pytest.mark.peers
def test_peer_antialias_by_a_factor(torch):
    options = {"scale_factor": (0.35, 0.8), "antialias": True}
    for mode in ("bilinear", "bicubic"):
        same(torch, lambda m, x, mode=mode: resized(m, x, mode, options), draw(1, 2, 10, 9))
