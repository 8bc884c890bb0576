"""First numbers: their formulas, their moments, and PyTorch's bits."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.nn import init

FILLS = [
    ("uniform_", {}), ("uniform_", {"a": -2.0, "b": 0.5}), ("normal_", {}),
    ("normal_", {"mean": 3.0, "std": 0.1}), ("constant_", {"val": 0.3}), ("ones_", {}),
    ("zeros_", {}), ("eye_", {}), ("xavier_uniform_", {}), ("xavier_uniform_", {"gain": 5 / 3}),
    ("xavier_normal_", {}), ("xavier_normal_", {"gain": 2.0}), ("kaiming_uniform_", {}),
    ("kaiming_uniform_", {"a": math.sqrt(5)}), ("kaiming_uniform_", {"mode": "fan_out"}),
    ("kaiming_uniform_", {"nonlinearity": "relu"}), ("kaiming_normal_", {}),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "tanh"}), ("trunc_normal_", {}),
    ("trunc_normal_", {"mean": 1.0, "std": 0.02}),
    ("trunc_normal_", {"mean": 0.5, "std": 2.0, "a": -0.3, "b": 0.4}),  # rarely inside
    ("trunc_normal_", {"std": 1.5, "a": 1.0, "b": 1.5}),  # without the peak
]  # fmt: skip


def test_gains():
    for name in ("linear", "sigmoid", "conv2d", "identity", "conv_transpose2d"):
        assert init.calculate_gain(name) == 1
    assert init.calculate_gain("tanh") == 5 / 3
    assert init.calculate_gain("relu") == math.sqrt(2)
    assert init.calculate_gain("selu") == 0.75
    assert init.calculate_gain("leaky_relu") == math.sqrt(2 / (1 + 0.01**2))
    assert init.calculate_gain("leaky_relu", 3) == math.sqrt(2 / 10)
    with pytest.raises(ValueError, match="no gain is known for 'gelu'"):
        init.calculate_gain("gelu")
    with pytest.raises(ValueError, match="is a number, got True"):
        init.calculate_gain("leaky_relu", True)


def test_fans():
    assert init._calculate_fan_in_and_fan_out(mg.zeros(3, 5)) == (5, 3)
    assert init._calculate_fan_in_and_fan_out(mg.zeros(3, 5, 2, 4)) == (40, 24)
    with pytest.raises(ValueError, match=r"at least 2 dimensions.*shape \(3,\)"):
        init.xavier_uniform_(mg.zeros(3))


@pytest.mark.parametrize(("name", "options"), FILLS)
def test_fills_in_place_outside_the_graph(name, options):
    w = mg.nn.Parameter(mg.full((6, 4), 7.0))
    before = w.detach()
    result = getattr(init, name)(w, **options)
    assert result is w
    assert w.is_leaf
    assert w.requires_grad
    assert not mg.equal(before, mg.full((6, 4), 7.0))
    assert mg.equal(before, w.detach())  # the same memory


@pytest.mark.parametrize(
    ("name", "options", "std"),
    [
        ("xavier_uniform_", {"gain": 3.0}, 3 * math.sqrt(2 / 500)),
        ("xavier_normal_", {"gain": 3.0}, 3 * math.sqrt(2 / 500)),
        ("kaiming_uniform_", {"nonlinearity": "relu"}, math.sqrt(2 / 200)),
        ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "linear"}, math.sqrt(1 / 300)),
    ],
)
def test_deviations(name, options, std):
    w = getattr(init, name)(mg.zeros(300, 200), **options, generator=mg.Generator().manual_seed(4))
    assert w.mean().item() == pytest.approx(0, abs=5 * std / math.sqrt(60_000))
    assert w.std().item() == pytest.approx(std, rel=5 / math.sqrt(2 * 60_000))
    if "uniform" in name:
        assert abs(w).max().item() <= math.sqrt(3) * std


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"), [(0.0, 1.0, -2.0, 2.0), (1.0, 3.0, 0.0, 1.5), (0.0, 1.0, 1.0, 1.5)]
)
def test_truncated_normal_has_the_moments_of_its_density(mean, std, a, b):
    x = init.trunc_normal_(mg.zeros(20_000, dtype=mg.float64), mean, std, a, b)
    assert a <= x.min().item()
    assert x.max().item() <= b
    grid = np.linspace(a, b, 20_001)
    density = np.exp(-0.5 * ((grid - mean) / std) ** 2)
    expected = (grid * density).sum() / density.sum()
    spread = math.sqrt(((grid - expected) ** 2 * density).sum() / density.sum())
    assert x.mean().item() == pytest.approx(expected, abs=5 * spread / math.sqrt(20_000))
    assert x.std().item() == pytest.approx(spread, rel=0.03)


def test_bad_input():
    w = mg.zeros(3, 3)
    with pytest.raises(ValueError, match="mode is 'fan_in' or 'fan_out', got 'fan'"):
        init.kaiming_uniform_(w, mode="fan")
    with pytest.raises(ValueError, match=r"matrices, this Tensor has shape \(3,\)"):
        init.eye_(mg.zeros(3))
    with pytest.raises(RuntimeError, match="std > 0 and a < b, got std=0"):
        init.trunc_normal_(w, std=0)
    with pytest.raises(RuntimeError, match="a=2 and b=1"):
        init.trunc_normal_(w, a=2, b=1)
    with pytest.raises(RuntimeError, match="from is 2 and to is 1"):
        init.uniform_(w, 2, 1)
    with pytest.warns(UserWarning, match="zero-element"):
        init.kaiming_normal_(mg.zeros(0, 3))
    with pytest.warns(UserWarning, match="more than 2 standard deviations"):
        init.trunc_normal_(mg.zeros(3), mean=9.1, b=7.0)
    assert mg.equal(w, mg.zeros(3, 3))


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), FILLS)
def test_peer_bits(name, options, dtype):
    import torch

    for shape in ((6, 4), (40, 30), (3, 5), *(() if name == "eye_" else ((4, 3, 3, 2),))):
        filled = []
        for m in (mg, torch):
            m.manual_seed(9)
            w = m.empty(*shape, dtype=getattr(m, dtype))
            filled.append(getattr(m.nn.init, name)(w, **options).numpy().tobytes())
            filled.append(m.rand(1).item())
        assert filled[:2] == filled[2:]


def test_dirac_in_groups_leaves_channels_as_they_are():
    weight = mg.nn.init.dirac_(mg.empty(4, 2, 3, 3), groups=2)
    x = mg.randn(1, 4, 5, 5)
    assert mg.equal(mg.nn.functional.conv2d(x, weight, padding=1, groups=2), x)


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (2, 3, 4)])
def test_orthogonal_rows_or_columns(shape):
    w = mg.nn.init.orthogonal_(mg.empty(*shape, dtype=mg.float64), gain=2.0).reshape(shape[0], -1)
    gram = w @ w.T if w.shape[0] < w.shape[1] else w.T @ w
    assert mg.allclose(gram, 4 * mg.eye(min(w.shape), dtype=mg.float64))


@pytest.mark.parametrize(
    ("fill", "error"),
    [
        (lambda: mg.nn.init.dirac_(mg.empty(2, 2)), "3, 4 or 5 dimensions"),
        (lambda: mg.nn.init.dirac_(mg.empty(3, 2, 1), 2), "does not divide the 3 output"),
        (lambda: mg.nn.init.orthogonal_(mg.empty(3)), "2 or more dimensions"),
        (lambda: mg.nn.init.sparse_(mg.empty(3), 0.5), "fills matrices"),
        (lambda: mg.nn.init.sparse_(mg.empty(3, 3), 1.5), "share of zeros"),
    ],
)
def test_weights_of_a_structure_refuse_what_has_none(fill, error):
    with pytest.raises(ValueError, match=error):
        fill()


def test_former_names_warn_and_fill():
    with pytest.warns(FutureWarning, match=r"nn.init.constant_"):
        assert mg.nn.init.constant(mg.empty(2), 3.0).tolist() == [3.0, 3.0]


@pytest.mark.peers
def test_dirac_equals_pytorchs():
    import torch

    for shape, groups in [((4, 3, 3), 1), ((6, 2, 3, 2), 3), ((2, 5, 1, 2, 3), 2)]:
        ours = mg.nn.init.dirac_(mg.empty(*shape), groups)
        assert np.array_equal(ours.numpy(), torch.nn.init.dirac_(torch.empty(*shape), groups))
