"""Weight norm, spectral norm, orthogonal weights: as hooks and as parametrisations."""

import copy

import pytest

import microgradnn as mg
from tests.nn.training_peer import same_training

nn, U = mg.nn, mg.nn.utils
P = U.parametrizations


def test_length_and_direction():
    layer = nn.Linear(2, 3)
    weight = layer.weight.detach().clone()
    U.weight_norm(layer)
    assert mg.allclose(layer.weight, weight)
    with mg.no_grad():
        layer.weight_g.mul_(2)
    layer(mg.ones(1, 2))
    assert mg.allclose(layer.weight, 2 * weight)
    U.remove_weight_norm(layer)
    assert mg.allclose(layer.weight, 2 * weight)
    assert isinstance(layer.weight, nn.Parameter)
    assert not layer._forward_pre_hooks


def test_the_largest_singular_value_is_1():
    for layer in (P.spectral_norm(nn.Linear(4, 3)), U.spectral_norm(nn.Linear(4, 3))):
        for _ in range(200):
            layer(mg.ones(1, 4))
        assert mg.linalg.matrix_norm(layer.weight, 2).item() == pytest.approx(1, abs=1e-4)
        layer.eval()
        first = layer(mg.ones(1, 4))
        assert mg.equal(layer(mg.ones(1, 4)), first)  # no power iteration now


@pytest.mark.parametrize("norm", [U.spectral_norm, P.spectral_norm])
def test_two_calls_before_one_backward(norm):
    layer = norm(nn.Linear(4, 3))  # as of a discriminator: the second call moves the vectors
    loss = layer(mg.ones(1, 4)).sum() - layer(mg.zeros(1, 4)).sum()
    loss.backward()
    assert all(p.grad is not None for p in layer.parameters())


@pytest.mark.parametrize("kind", ["matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("sizes", [(3, 3), (2, 4), (4, 2)])
def test_orthogonal(kind, sizes):
    layer = P.orthogonal(nn.Linear(*sizes, dtype=mg.float64), orthogonal_map=kind)
    optimizer = mg.optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        layer(mg.ones(1, sizes[0], dtype=mg.float64)).sum().backward()
        optimizer.step()
    w = layer.weight
    unit = w @ w.T if sizes[1] < sizes[0] else w.T @ w
    assert mg.allclose(unit, mg.eye(min(sizes), dtype=mg.float64), atol=1e-12)


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: U.weight_norm(U.weight_norm(nn.Linear(1, 1))), RuntimeError, "register two"),
        (lambda: U.weight_norm(nn.LazyLinear(1)), ValueError, "uninitialized"),
        (lambda: U.weight_norm(nn.ReLU()), AttributeError, "no parameter 'weight'"),
        (lambda: U.spectral_norm(nn.Linear(1, 1), n_power_iterations=0), ValueError, "positive"),
        (lambda: U.remove_weight_norm(nn.Linear(1, 1)), ValueError, "not found in Linear"),
        (lambda: U.remove_spectral_norm(nn.Linear(1, 1)), ValueError, "not found in Linear"),
        (lambda: P.spectral_norm(nn.Linear(1, 1), dim=2), IndexError, "out of range"),
        (lambda: P.orthogonal(nn.Linear(1, 1), "bias"), ValueError, "Expected a matrix"),
        (lambda: P.orthogonal(nn.ReLU()), ValueError, "no parameter or buffer"),
        (lambda: P.orthogonal(nn.Linear(1, 1), orthogonal_map="qr"), ValueError, "has to be one"),
    ],
)
def test_bad_input(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_a_state_of_the_hook_loads_into_the_parametrisation():
    hook, new = U.weight_norm(nn.Linear(2, 3)), P.weight_norm(nn.Linear(2, 3))
    new.load_state_dict(hook.state_dict())
    assert mg.equal(new(mg.ones(1, 2)), hook(mg.ones(1, 2)))


def linear(m, inputs, outputs):
    return m.nn.Linear(inputs, outputs, dtype=m.float64)


def signal(m):
    return m.nn.ConvTranspose1d(3, 4, 2, dtype=m.float64)


CASES = [
    (lambda m: m.nn.utils.weight_norm(linear(m, 3, 4)), (5, 3)),
    (lambda m: m.nn.utils.weight_norm(linear(m, 3, 4), dim=None), (5, 3)),
    (lambda m: m.nn.utils.weight_norm(signal(m), dim=1), (5, 3, 6)),
    (lambda m: m.nn.utils.remove_weight_norm(m.nn.utils.weight_norm(linear(m, 3, 4))), (5, 3)),
    (lambda m: m.nn.utils.spectral_norm(linear(m, 3, 4)), (5, 3)),
    (lambda m: m.nn.utils.spectral_norm(signal(m), n_power_iterations=3), (5, 3, 6)),
    (lambda m: m.nn.utils.remove_spectral_norm(m.nn.utils.spectral_norm(linear(m, 3, 4))), (5, 3)),
    (lambda m: m.nn.utils.parametrizations.weight_norm(linear(m, 3, 4)), (5, 3)),
    (lambda m: m.nn.utils.parametrizations.spectral_norm(linear(m, 3, 4)), (5, 3)),
    (lambda m: m.nn.utils.parametrizations.spectral_norm(linear(m, 3, 4), "bias"), (5, 3)),
    (lambda m: m.nn.utils.parametrizations.spectral_norm(signal(m)), (5, 3, 6)),
    (lambda m: copy.deepcopy(m.nn.utils.parametrizations.weight_norm(linear(m, 3, 4), dim=1)),
     (5, 3)),
    (lambda m: m.nn.utils.parametrizations.orthogonal(
        linear(m, 3, 4), use_trivialization=False, orthogonal_map="householder"), (5, 3)),
    *(
        (lambda m, kind=kind, i=i, o=o: m.nn.utils.parametrizations.orthogonal(
            linear(m, i, o), orthogonal_map=kind), (5, i))
        for kind in ("matrix_exp", "cayley", "householder") for i, o in ((3, 3), (3, 4), (4, 3))
    ),
]  # fmt: skip


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
@pytest.mark.parametrize(("build", "shape"), CASES)
def test_peer_learns_the_same(build, shape):
    import torch

    same_training(torch, build, lambda m, net: net(m.randn(*shape, dtype=m.float64)), bits=False)
