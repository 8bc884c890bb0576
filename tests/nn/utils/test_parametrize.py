"""Parametrised parameters: what they are, what can be set, how they are taken away again."""

import copy
import pickle

import pytest

import microgradnn as mg

nn = mg.nn
P = mg.nn.utils.parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).T

    def right_inverse(self, x):
        return x.triu()


class Double(nn.Module):
    def forward(self, x):
        return 2 * x


class Wider(nn.Module):
    def forward(self, x):
        return mg.cat([x, x])


def symmetric():
    return P.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())


def test_a_parameter_that_is_computed():
    layer = nn.Linear(3, 3)
    weight = layer.weight
    P.register_parametrization(layer, "weight", Symmetric())
    assert P.is_parametrized(layer)
    assert P.is_parametrized(layer, "weight")
    assert not P.is_parametrized(layer, "bias")
    assert mg.equal(layer.weight, layer.weight.T)
    assert [name for name, _ in layer.named_parameters()] == [
        "bias", "parametrizations.weight.original",
    ]  # fmt: skip
    assert layer.parametrizations.weight.original is weight  # an optimizer may have it
    layer(mg.ones(1, 3)).sum().backward()
    assert weight.grad is not None
    assert isinstance(layer, nn.Linear)
    assert type(layer).__name__ == "ParametrizedLinear"
    assert P.type_before_parametrizations(layer) is nn.Linear


def test_setting_goes_through_the_inverse():
    layer = symmetric()
    wanted = mg.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 5.0], [3.0, 5.0, 6.0]])
    layer.weight = wanted
    assert mg.equal(layer.weight, wanted)
    P.register_parametrization(layer, "weight", Double())
    assert mg.equal(layer.weight, 2 * wanted)
    with pytest.raises(RuntimeError, match="Double does not implement right_inverse"):
        layer.weight = wanted
    with pytest.raises(KeyError, match="has an attribute 'weight' already"):
        layer.weight = nn.Parameter(wanted)


@pytest.mark.parametrize("leave", [True, False])
def test_taking_it_away(leave):
    layer = symmetric()
    computed, original = layer.weight.detach(), layer.parametrizations.weight.original
    start = original.detach().clone()
    P.remove_parametrizations(layer, "weight", leave_parametrized=leave)
    assert type(layer) is nn.Linear
    assert layer.weight is original
    assert mg.equal(layer.weight, computed if leave else start)
    assert sorted(layer.state_dict()) == ["bias", "weight"]


def test_buffers_and_copies():
    module = nn.Module()
    module.register_buffer("table", mg.ones(2))
    P.register_parametrization(module, "table", Double())
    assert module.table.tolist() == [2, 2]
    twin = copy.deepcopy(module)
    twin.parametrizations.table.original.fill_(5)
    assert twin.table.tolist() == [10, 10]
    assert module.table.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match=r"only supported through state_dict\(\)"):
        pickle.dumps(module)
    P.remove_parametrizations(module, "table")
    assert list(module.state_dict()) == ["table"]


def test_within_cached_it_is_computed_once():
    layer = symmetric()
    assert layer.weight is not layer.weight
    with P.cached():
        first = layer.weight
        assert layer.weight is first
    assert layer.weight is not first


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: P.register_parametrization(nn.Linear(1, 1), "x", Double()), "does not have a"),
        (lambda: P.register_parametrization(nn.Linear(1, 1), "weight", Wider()), "the shape of"),
        (lambda: P.register_parametrization(symmetric(), "weight", Wider()), "the shape of"),
        (lambda: P.remove_parametrizations(nn.Linear(1, 1), "weight"), "does not have a param"),
        (lambda: P.ParametrizationList([], mg.ones(1)), "one or more modules"),
    ],
)
def test_bad_input(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_an_unsafe_one_may_change_the_shape():
    layer = P.register_parametrization(nn.Linear(3, 2, bias=False), "weight", Wider(), unsafe=True)
    assert layer(mg.ones(1, 3)).shape == (1, 4)
