"""Images read off at places of one's own."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same

F = mg.nn.functional

CASES = [
    (d, mode, padding, align)
    for d in (2, 3)
    for mode in ("bilinear", "nearest", "bicubic")[: 5 - d]
    for padding in ("zeros", "border", "reflection")
    for align in (False, True)
]


def inputs(d, reach=1.7, batch=2):
    x = draw(batch, batch, *(4, 5, 3)[:d])
    return x, draw(batch, *(3, 2, 2)[:d], d, seed=1, low=-reach, high=reach)


def sample(m, x, grid, mode, padding, align):
    return m.nn.functional.grid_sample(x, grid, mode, padding, align)


@pytest.mark.parametrize(("d", "mode", "padding", "align"), CASES)
def test_gradients(d, mode, padding, align):
    tensors = [mg.tensor(a, requires_grad=True) for a in inputs(d, batch=1)]
    if mode == "nearest":  # the grid has no gradient
        x, grid = tensors
        gradcheck(lambda x: sample(mg, x, grid.detach(), mode, padding, align), [x])
    else:
        gradcheck(lambda x, g: sample(mg, x, g, mode, padding, align), tensors)
    if d == 2 and mode == "bilinear":
        gradgradcheck(lambda x, g: sample(mg, x, g, mode, padding, align) ** 2, tensors)


@pytest.mark.parametrize("align", [False, True])
def test_the_identity_shows_the_image(align):
    for shape, theta in (
        ((2, 3, 4, 5), [[1, 0, 0], [0, 1, 0]]),
        ((2, 3, 2, 4, 5), [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]),
    ):
        x = mg.tensor(draw(*shape))
        grid = F.affine_grid(mg.tensor([theta, theta], dtype=mg.float64), shape, align)
        for mode in ("bilinear", "nearest"):
            y = F.grid_sample(x, grid, mode, align_corners=align)
            np.testing.assert_allclose(y.numpy(), x.numpy(), rtol=1e-12)


def test_by_hand():
    x = mg.tensor([[[[1.0, 2.0, 3.0]]]])

    def at(place, **options):
        grid = mg.tensor([[[[float(place), 0.0]]]])
        return F.grid_sample(x, grid, **options).item()

    assert at(0.5, align_corners=True) == 2.5
    assert at(1, align_corners=True) == 3
    assert at(1, align_corners=False) == 1.5  # half of it is outside
    assert at(5, align_corners=False) == 0
    assert at(5, align_corners=False, padding_mode="border") == 3
    assert at(1.5, align_corners=True, padding_mode="reflection") == 2.5
    assert at(0.4, align_corners=True, mode="nearest") == 2


def test_align_corners_is_asked_for():
    x, grid = (mg.tensor(a) for a in inputs(2))
    with pytest.warns(UserWarning, match="grid_sample was not told align_corners"):
        y = F.grid_sample(x, grid)
    assert mg.equal(y, F.grid_sample(x, grid, align_corners=False))
    with pytest.warns(UserWarning, match="affine_grid was not told align_corners"):
        F.affine_grid(mg.zeros(1, 2, 3), (1, 1, 2, 2))


@pytest.mark.parametrize(
    ("grid", "options", "error", "message"),
    [
        ((1, 1, 1, 3), {}, RuntimeError, r"got \(1, 1, 2, 2\) and \(1, 1, 1, 3\)"),
        ((2, 1, 1, 2), {}, RuntimeError, r"\(2, 1, 1, 2\)"),
        ((1, 1, 2), {}, RuntimeError, r"and \(1, 1, 2\)"),
        ((1, 1, 1, 2), {"mode": "linear"}, ValueError, "mode 'linear' is none of 'bilinear'"),
        ((1, 1, 1, 2), {"padding_mode": "wrap"}, ValueError, "'wrap' is none of 'zeros'"),
    ],
)
def test_bad_input(grid, options, error, message):
    with pytest.raises(error, match=message):
        F.grid_sample(mg.ones(1, 1, 2, 2), mg.zeros(*grid), **options, align_corners=False)


def test_bad_tensors():
    x, grid = mg.ones(1, 1, 2, 2), mg.zeros(1, 1, 1, 2)
    with pytest.raises(RuntimeError, match=r"one dtype, got .*float32 and .*float64"):
        F.grid_sample(x, grid.double(), align_corners=False)
    with pytest.raises(RuntimeError, match=r"image is empty, of shape \(1, 1, 0, 2\)"):
        F.grid_sample(x[:, :, :0], grid, align_corners=False)
    with pytest.raises(RuntimeError, match="'bicubic' takes images"):
        F.grid_sample(mg.ones(1, 1, 2, 2, 2), mg.zeros(1, 1, 1, 1, 3), "bicubic", "zeros", False)
    with pytest.raises(TypeError, match="grid is a list"):
        F.grid_sample(x, [], align_corners=False)
    with pytest.raises(ValueError, match=r"theta has shape \(1, 2, 3\).*got \(1, 2, 4\)"):
        F.affine_grid(mg.zeros(1, 2, 4), (1, 1, 2, 2), False)
    with pytest.raises(ValueError, match=r"floating point dtype, got .*int64"):
        F.affine_grid(mg.zeros(1, 2, 3).long(), (1, 1, 2, 2), False)
    with pytest.raises(ValueError, match="sizes are positive"):
        F.affine_grid(mg.zeros(1, 2, 3), (1, 1, 0, 2), False)
    with pytest.raises(NotImplementedError, match=r"volumes \(5\), got \(1, 1, 2\)"):
        F.affine_grid(mg.zeros(1, 2, 3), (1, 1, 2), False)


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("d", "mode", "padding", "align"), CASES)
def test_peer_grid_sample(torch, d, mode, padding, align, dtype):
    def f(m, x, grid):
        if mode == "nearest":
            grid = grid.detach()  # PyTorch gives it zeros
        return sample(m, x, grid, mode, padding, align)

    tolerance = 1e-11 if dtype == "float64" else 1e-4
    for reach in (0.9, 4.0):
        x, grid = (a.astype(dtype) for a in inputs(d, reach))
        same(torch, f, x, grid, tolerance=tolerance)
    x[..., 0] = np.inf
    with np.errstate(invalid="ignore"):
        same(torch, lambda m, x: f(m, x, m.tensor(grid)), x, tolerance=tolerance)


@pytest.mark.peers
@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 1, 3), (2, 3, 2, 4, 1)])
@pytest.mark.filterwarnings("ignore:Since version 1.3.0")  # PyTorch's, for images of one pixel
def test_peer_affine_grid(torch, size, align):
    d = len(size) - 2
    same(torch, lambda m, x: m.nn.functional.affine_grid(x, size, align), draw(2, d, d + 1))
