"""Linear and Identity."""

import math

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same

nn = mg.nn


def test_linear_computes_and_learns():
    layer = nn.Linear(3, 2, dtype=mg.float64)
    x = mg.tensor(draw(5, 3), requires_grad=True)
    y = layer(x)
    w, b = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    np.testing.assert_allclose(y.detach().numpy(), x.detach().numpy() @ w.T + b)
    g = draw(5, 2, seed=1)
    y.backward(mg.tensor(g))
    np.testing.assert_allclose(layer.weight.grad.numpy(), g.T @ x.detach().numpy())
    np.testing.assert_allclose(layer.bias.grad.numpy(), g.sum(0))
    np.testing.assert_allclose(x.grad.numpy(), g @ w)


def test_the_first_numbers_lie_within_their_bound():
    mg.manual_seed(0)
    layer = nn.Linear(400, 300)
    bound = 1 / math.sqrt(400)
    for p in (layer.weight, layer.bias):
        assert abs(p.detach()).max().item() <= bound
        deviation = bound / math.sqrt(3)
        n = p.numel()
        assert p.detach().std().item() == pytest.approx(deviation, rel=4 / math.sqrt(n))
    before = layer.weight.detach().clone()
    layer.reset_parameters()
    assert not mg.equal(layer.weight, before)


def test_without_bias():
    layer = nn.Linear(3, 2, bias=False)
    assert layer.bias is None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert list(layer.state_dict()) == ["weight"]
    assert repr(layer) == "Linear(in_features=3, out_features=2, bias=False)"
    assert layer(mg.ones(3)).shape == (2,)


def test_identity():
    x = mg.ones(2)
    assert nn.Identity(54, unused=1)(x) is x


def test_dtype_and_device():
    assert nn.Linear(2, 2, dtype=mg.float64).bias.dtype is mg.float64
    with pytest.raises(RuntimeError, match="'cuda' is not available"):
        nn.Linear(2, 2, device="cuda")
    with pytest.raises(RuntimeError, match="floating point"):
        nn.Linear(2, 2, dtype=mg.int64)
    with pytest.raises(RuntimeError, match=r"last size of the left operand is 2.* is 3"):
        nn.Linear(3, 2)(mg.ones(5, 2))
    with pytest.raises(TypeError, match="input is a ndarray"):
        nn.Linear(3, 2)(np.ones((5, 3)))


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors:UserWarning")
def test_no_inputs():
    assert nn.Linear(0, 2)(mg.ones(3, 0)).tolist() == [[0, 0]] * 3


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("n", "m", "bias"), [(2, 3, True), (784, 100, True), (5, 7, False), (1, 1, True)]
)
def test_peer_begins_with_the_same_bits(dtype, n, m, bias):
    import torch

    mg.manual_seed(1337), torch.manual_seed(1337)
    ours = nn.Linear(n, m, bias, dtype=getattr(mg, dtype))
    theirs = torch.nn.Linear(n, m, bias, dtype=getattr(torch, dtype))
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert a.detach().numpy().tobytes() == b.detach().numpy().tobytes()
    assert mg.rand(1).item() == torch.rand(1).item()


@pytest.mark.peers
def test_peer_computes_the_same():
    import torch

    def f(m, x, w, b):
        layer = m.nn.Linear(3, 4, dtype=m.float64)
        layer.weight, layer.bias = m.nn.Parameter(w.detach()), m.nn.Parameter(b.detach())
        return layer(x)

    for shape in ((2, 3), (3,), (2, 5, 3)):
        same(torch, f, draw(*shape), draw(4, 3, seed=1), draw(4, seed=2))


def test_bilinear_is_its_definition():
    mg.manual_seed(0)
    layer = nn.Bilinear(3, 4, 2, dtype=mg.float64)
    x, y = draw(5, 3), draw(5, 4, seed=1)
    w, b = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    expected = [[a @ w[k] @ c + b[k] for k in range(2)] for a, c in zip(x, y, strict=True)]
    np.testing.assert_allclose(layer(mg.tensor(x), mg.tensor(y)).detach().numpy(), expected)
    assert abs(layer.weight.detach()).max().item() <= 1 / math.sqrt(3)
    assert repr(nn.Bilinear(3, 4, 2, bias=False)) == (
        "Bilinear(in1_features=3, in2_features=4, out_features=2, bias=False)"
    )
    assert nn.Bilinear(3, 4, 2, False)(mg.ones(3), mg.ones(4)).shape == (2,)
    with pytest.raises(ValueError, match="in1_features must be > 0, but got 0"):
        nn.Bilinear(0, 4, 2)
    with pytest.raises(RuntimeError, match=r"got \(5, 3\), \(4, 4\), \(2, 3, 4\)"):
        layer(mg.ones(5, 3), mg.ones(4, 4))
