"""A convolution or a linear map and its batch norm as one layer."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw

nn, U = mg.nn, mg.nn.utils


def ready(layer):
    """In evaluation, with weights and statistics that are not those of the beginning."""
    for k, t in enumerate([*layer.parameters(), *layer.buffers()]):
        if t.dtype.is_floating_point:
            with mg.no_grad():
                t.copy_(mg.tensor(draw(*t.shape, seed=k, low=0.5)))
    return layer.double().eval()


@pytest.mark.parametrize(
    ("layer", "norm", "shape", "fuse"),
    [
        (nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), (1, 2, 4, 4), U.fuse_conv_bn_eval),
        (nn.Conv1d(2, 3, 2, bias=False), nn.BatchNorm1d(3, affine=False), (1, 2, 4),
         U.fuse_conv_bn_eval),
        (nn.ConvTranspose1d(2, 3, 2), nn.BatchNorm1d(3), (1, 2, 4),
         lambda c, b: U.fuse_conv_bn_eval(c, b, transpose=True)),
        (nn.Linear(2, 3), nn.BatchNorm1d(3), (4, 2), U.fuse_linear_bn_eval),
    ],
)  # fmt: skip
def test_one_layer_for_two(layer, norm, shape, fuse):
    layer, norm = ready(layer), ready(norm)
    x = mg.tensor(draw(*shape))
    expected = norm(layer(x))
    fused = fuse(layer, norm)
    assert mg.allclose(fused(x), expected)
    assert not mg.allclose(layer(x), expected)
    assert type(fused) is type(layer)


def test_bad_input():
    with pytest.raises(AssertionError, match="only for eval"):
        U.fuse_conv_bn_eval(nn.Conv1d(2, 3, 1), nn.BatchNorm1d(3))
    plain = nn.BatchNorm1d(3, track_running_stats=False).eval()
    with pytest.raises(AssertionError, match="must not be None"):
        U.fuse_conv_bn_eval(nn.Conv1d(2, 3, 1).eval(), plain)
    with pytest.raises(AssertionError, match=r"linear\.out_features=4"):
        U.fuse_linear_bn_eval(nn.Linear(2, 4), nn.BatchNorm1d(3))
