"""Lazy modules: shapes from the first input, or from a state."""

import copy
import pickle

import numpy as np
import pytest

import microgradnn as mg

nn = mg.nn


def test_a_lazy_layer_becomes_an_ordinary_one():
    net = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(2, bias=False))
    assert repr(net[0]) == "LazyLinear(in_features=0, out_features=4, bias=True)"
    assert net[0].has_uninitialized_params()
    assert net(mg.ones(5, 3)).shape == (5, 2)
    assert type(net[0]) is type(net[2]) is nn.Linear
    assert not net[0]._hooked  # calls are as fast as those of a Linear
    assert [tuple(p.shape) for p in net.parameters()] == [(4, 3), (4,), (2, 4)]


def test_parameters_keep_their_identity():
    layer = nn.LazyLinear(4)
    weight = layer.weight
    layer(mg.ones(5, 3)).sum().backward()
    assert layer.weight is weight
    assert type(weight) is nn.Parameter
    assert weight.grad.shape == (4, 3)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies(copied):
    twin = copied(nn.LazyLinear(4).double())
    assert isinstance(twin, nn.LazyLinear)
    assert twin(mg.ones(5, 3, dtype=mg.float64)).dtype is mg.float64
    assert type(twin) is nn.Linear


def test_a_state_gives_the_shapes():
    source = nn.Linear(3, 4)
    layer = nn.LazyLinear(4)
    assert repr(layer.state_dict()["weight"]) == "<UninitializedParameter>"
    nn.LazyLinear(4).load_state_dict(layer.state_dict())  # nothing known on either side
    layer.load_state_dict(source.state_dict())
    assert mg.equal(layer.weight, source.weight)
    assert mg.equal(layer(mg.ones(2, 3)), source(mg.ones(2, 3)))
    assert layer.in_features == 3
    with pytest.raises(RuntimeError, match=r"weight is not initialized in the state_dict"):
        source.load_state_dict(nn.LazyLinear(4).state_dict())
    norm = nn.LazyBatchNorm1d()
    norm.load_state_dict(nn.BatchNorm1d(3).state_dict())
    assert norm.running_mean.shape == (3,)


def test_a_wrong_state_materializes_nothing():
    layer = nn.LazyLinear(4)
    with pytest.raises(RuntimeError, match="Missing"):
        layer.load_state_dict({"weight": mg.ones(4, 3)})
    assert layer.has_uninitialized_params()


class Unfinished(nn.LazyModuleMixin):
    def __init__(self):
        super().__init__()
        self.weight = nn.UninitializedParameter()

    def initialize_parameters(self, x):
        pass


class Silent(nn.LazyModuleMixin):
    pass


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: Unfinished()(mg.ones(1)), RuntimeError, "Unfinished has not been fully init"),
        (lambda: Silent()(mg.ones(1)), NotImplementedError, "not implemented for Silent"),
        (lambda: nn.LazyConv2d(2, 3)(mg.ones(3, 3)), RuntimeError, r"3D \(unbatched\) or 4D"),
        (lambda: nn.LazyConv2d(2, 3, groups=2)(mg.ones(1, 3, 4, 4)), ValueError, "divisible by"),
        (lambda: nn.UninitializedParameter() + 1, ValueError, "uninitialized parameter"),
        (lambda: nn.UninitializedBuffer().shape, RuntimeError, "Call `forward`"),
    ],
)  # fmt: skip
def test_bad_input(act, error, message):
    with pytest.raises(error, match=message):
        act()


LAYERS = [
    (lambda n: n.LazyLinear(3), (4, 5)),
    (lambda n: n.LazyLinear(3, bias=False), (4, 5)),
    (lambda n: n.LazyConv1d(4, 3), (2, 3, 8)),
    (lambda n: n.LazyConv2d(4, 3, stride=2, groups=2), (2, 4, 8, 8)),
    (lambda n: n.LazyConv3d(4, 2), (2, 3, 4, 4, 4)),
    (lambda n: n.LazyConvTranspose1d(4, 3), (2, 3, 8)),
    (lambda n: n.LazyConvTranspose2d(4, 3, 2, 1, 1, 2, False), (2, 4, 8, 8)),
    (lambda n: n.LazyConvTranspose3d(4, 2), (2, 3, 4, 4, 4)),
    (lambda n: n.LazyBatchNorm1d(), (4, 3)),
    (lambda n: n.LazyBatchNorm2d(affine=False), (4, 3, 2, 2)),
    (lambda n: n.LazyBatchNorm3d(bias=False), (4, 3, 2, 2, 2)),
    (lambda n: n.LazyInstanceNorm1d(), (4, 3, 2)),
    (lambda n: n.LazyInstanceNorm2d(track_running_stats=False), (4, 3, 2, 2)),
    (lambda n: n.LazyInstanceNorm3d(affine=False), (4, 3, 2, 2, 2)),
]


@pytest.mark.peers
@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_peer_begins_with_the_same_numbers(make, shape):
    import torch

    def run(m):
        m.manual_seed(3)
        layer = make(m.nn)
        texts = [repr(layer), list(layer.state_dict())]
        out = layer(m.ones(*shape)).detach().numpy()
        state = {name: t.numpy() for name, t in layer.state_dict().items()}
        return [*texts, repr(layer), type(layer).__name__], out, state

    (texts, out, state), (their_texts, their_out, their_state) = run(mg), run(torch)
    assert texts == their_texts
    np.testing.assert_allclose(out, their_out, rtol=1e-5, atol=1e-5)
    for name, array in state.items():
        assert array.tobytes() == their_state[name].tobytes(), name
