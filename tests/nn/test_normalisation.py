"""Layers that normalise: running statistics, modes, states; PyTorch's, option by option."""

import pytest

import microgradnn as mg
from tests.nn.training_peer import same_training

nn = mg.nn


def test_modes_of_batch_norm():
    layer = nn.BatchNorm1d(2)
    x = mg.tensor([[1.0, 2.0], [3.0, 6.0]])
    layer(x)
    layer(x)
    assert layer.num_batches_tracked.item() == 2
    assert layer.running_mean.tolist() == pytest.approx([0.38, 0.76])
    assert layer.running_var.tolist() == pytest.approx([0.81 + 0.38, 0.81 + 1.52])
    layer.eval()
    out = layer(x[:1])
    assert layer.num_batches_tracked.item() == 2
    assert out[0, 0].item() == pytest.approx((1 - 0.38) / (1.19 + 1e-5) ** 0.5)
    layer.reset_running_stats()
    assert layer.running_mean.tolist() == [0, 0]
    assert layer.running_var.tolist() == [1, 1]
    assert layer.num_batches_tracked.item() == 0


def test_without_momentum_all_batches_count_alike():
    layer = nn.BatchNorm1d(1, momentum=None)
    for k in range(1, 5):
        layer(mg.tensor([[k - 1.0], [k + 1.0]]))
    assert layer.running_mean.item() == pytest.approx(2.5)


def test_without_statistics_the_batch_is_used_always():
    layer = nn.BatchNorm1d(2, track_running_stats=False).eval()
    x = mg.tensor([[1.0, 2.0], [3.0, 6.0]])
    assert mg.allclose(layer(x), mg.tensor([[-1.0, -1.0], [1.0, 1.0]]), atol=1e-4)
    assert list(layer.state_dict()) == ["weight", "bias"]


def test_states_of_before_batches_were_counted():
    layer = nn.BatchNorm1d(2)
    state = dict(layer.state_dict())
    del state["num_batches_tracked"]
    assert not layer.load_state_dict(state).missing_keys
    new = layer.state_dict()
    del new["num_batches_tracked"]  # it says that its version counts
    with pytest.raises(RuntimeError, match=r'Missing.*"num_batches_tracked"'):
        layer.load_state_dict(new)


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: nn.BatchNorm1d(2)(mg.ones(2)), ValueError, r"expected 2D or 3D input \(got 1D"),
        (lambda: nn.BatchNorm2d(2)(mg.ones(2, 2)), ValueError, r"expected 4D input \(got 2D"),
        (lambda: nn.BatchNorm3d(2)(mg.ones(2, 2)), ValueError, r"expected 5D input \(got 2D"),
        (lambda: nn.InstanceNorm2d(2)(mg.ones(2)), ValueError, r"3D or 4D input \(got 1D"),
        (lambda: nn.InstanceNorm1d(2, affine=True)(mg.ones(1, 3, 4)), ValueError,
         r"at dim=1 to match num_features \(2\), but got: 3"),
        (lambda: nn.GroupNorm(2, 3), ValueError, r"num_channels \(3\) must be divisible"),
        (lambda: nn.SyncBatchNorm(2), NotImplementedError, "several processes"),
        (lambda: nn.SyncBatchNorm.convert_sync_batchnorm(nn.ReLU()), NotImplementedError, "sever"),
    ],
)  # fmt: skip
def test_bad_input(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_instance_norm_warns_of_features_it_ignores():
    with pytest.warns(UserWarning, match="does not match num_features"):
        nn.InstanceNorm1d(2)(mg.rand(1, 3, 4))


LAYERS = [
    (lambda n: n.BatchNorm1d(3), (5, 3)),
    (lambda n: n.BatchNorm1d(3), (5, 3, 4)),
    (lambda n: n.BatchNorm1d(3, eps=0.1, momentum=0.3, bias=False), (5, 3)),
    (lambda n: n.BatchNorm2d(3, momentum=None), (2, 3, 4, 2)),
    (lambda n: n.BatchNorm2d(3, affine=False, track_running_stats=False), (2, 3, 4, 2)),
    (lambda n: n.BatchNorm2d(3).eval(), (2, 3, 4, 2)),
    (lambda n: n.BatchNorm2d(3, affine=False).eval(), (2, 3, 4, 2)),
    (lambda n: n.BatchNorm3d(3), (2, 3, 2, 2, 2)),
    (lambda n: n.InstanceNorm1d(3), (2, 3, 4)),
    (lambda n: n.InstanceNorm1d(3, affine=True), (3, 4)),
    (lambda n: n.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 4, 2)),
    (lambda n: n.InstanceNorm2d(3, track_running_stats=True, momentum=0.5).eval(), (2, 3, 4, 2)),
    (lambda n: n.InstanceNorm3d(3, affine=True, bias=False), (2, 3, 2, 2, 2)),
    (lambda n: n.LayerNorm(3), (5, 3)),
    (lambda n: n.LayerNorm((4, 3), eps=0.1, bias=False), (2, 4, 3)),
    (lambda n: n.LayerNorm([3], elementwise_affine=False), (5, 3)),
    (lambda n: n.RMSNorm(3), (5, 3)),
    (lambda n: n.RMSNorm((4, 3), eps=0.1), (2, 4, 3)),
    (lambda n: n.RMSNorm([3], elementwise_affine=False), (5, 3)),
    (lambda n: n.GroupNorm(2, 4), (5, 4, 3)),
    (lambda n: n.GroupNorm(2, 4, eps=0.1, bias=False), (2, 4, 3, 2)),
    (lambda n: n.GroupNorm(1, 4, affine=False), (2, 4, 3)),
    (lambda n: n.LocalResponseNorm(2), (2, 5, 3)),
    (lambda n: n.LocalResponseNorm(3, 0.1, 0.5, 2.0), (2, 5, 3, 2)),
]


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_peer_layers_learn_the_same(make, shape, dtype):
    import torch

    def build(m):
        layer = make(m.nn)
        size = shape[-1]
        return m.nn.Sequential(m.nn.Linear(size, size), layer, m.nn.Tanh()).train(layer.training)

    def forward(m, net):
        return net(m.randn(*shape, dtype=getattr(m, dtype)) * 3 + 1)

    same_training(torch, build, forward, dtype)


@pytest.mark.peers
def test_peer_convolutions_with_batch_norm():
    import torch

    def build(m):
        n = m.nn
        return n.Sequential(
            n.Conv2d(2, 4, 3, padding=1, bias=False), n.BatchNorm2d(4), n.ReLU(), n.MaxPool2d(2),
            n.Conv2d(4, 6, 3), n.GroupNorm(2, 6), n.ReLU(), n.Flatten(), n.Linear(24, 3),
        )  # fmt: skip

    same_training(torch, build, lambda m, net: net(m.randn(3, 2, 8, 8, dtype=m.float64)))
