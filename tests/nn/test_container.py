"""Sequential, ModuleList, ModuleDict, ParameterList."""

from collections import OrderedDict

import pytest

import microgradnn as mg

nn = mg.nn


def names(module):
    return [name for name, _ in module.named_children()]


def test_sequential_runs_in_order():
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    x = mg.randn(5, 2)
    assert mg.equal(net(x), net[2](net[1](net[0](x))))
    assert len(net) == 3
    assert names(net) == ["0", "1", "2"]
    assert nn.Sequential()(x) is x


def test_sequential_by_names():
    net = nn.Sequential(OrderedDict(fc=nn.Linear(2, 3), act=nn.Tanh()))
    assert names(net) == ["fc", "act"]
    assert net[0] is net.fc
    assert net[-1] is net.act
    assert names(nn.Sequential({"fc": nn.Linear(2, 3)})) == ["fc"]


def test_sequential_is_a_list():
    a, b, c, d = nn.Linear(1, 1), nn.ReLU(), nn.Tanh(), nn.Sigmoid()
    net = nn.Sequential(a, b)
    assert net.append(c) is net
    assert list(net) == [a, b, c]
    net.insert(1, d)
    assert list(net) == [a, d, b, c]
    assert names(net) == ["0", "1", "2", "3"]
    assert net.pop(1) is d
    del net[0]
    assert list(net) == [b, c]
    assert names(net) == ["0", "1"]
    net[0] = a
    net.extend([d])
    assert list(net) == [a, c, d]
    part = net[1:]
    assert isinstance(part, nn.Sequential)
    assert list(part) == [c, d]
    assert list(nn.Sequential(a) + nn.Sequential(b)) == [a, b]
    del net[::2]
    assert list(net) == [c]
    assert a in nn.Sequential(a)
    assert b not in nn.Sequential(a)


def test_a_failed_change_changes_nothing():
    net = nn.Sequential(nn.ReLU(), nn.Tanh())
    before = list(net)
    for act in (
        lambda: net.append(3),
        lambda: net.insert(0, "x"),
        lambda: net.extend([nn.ReLU(), None]),
        lambda: net.__setitem__(0, mg.ones(1)),
        lambda: nn.Sequential(nn.ReLU(), lambda x: x),
    ):
        with pytest.raises(TypeError, match="Sequential holds Modules, got"):
            act()
    for act in (lambda: net[2], lambda: net.pop(5), lambda: net.__delitem__(-3)):
        with pytest.raises(IndexError, match=r"is out of range: this Sequential holds 2"):
            act()
    assert list(net) == before


def test_module_list():
    layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    layers += [nn.ReLU()]
    assert len(list(layers.parameters())) == 6
    assert isinstance(layers[:2], nn.ModuleList)
    assert len(layers + nn.ModuleList([nn.ReLU()])) == 5
    x = mg.ones(1, 2)
    for layer in layers:
        x = layer(x)
    with pytest.raises(NotImplementedError, match=r"\[ModuleList\] is missing"):
        layers(x)
    assert repr(nn.ModuleList()) == "ModuleList()"


def test_module_dict():
    d = nn.ModuleDict({"fc": nn.Linear(2, 2)})
    d["act"] = nn.ReLU()
    d.update([("tanh", nn.Tanh())])
    assert list(d) == list(d.keys()) == ["fc", "act", "tanh"]
    assert isinstance(d["act"], nn.ReLU)
    assert [name for name, _ in d.items()] == ["fc", "act", "tanh"]
    assert list(d.values()) == list(d.children())
    assert "tanh" in d
    assert "other" not in d
    assert isinstance(d.pop("tanh"), nn.Tanh)
    del d["act"]
    assert len(d) == 1
    assert [name for name, _ in d.named_parameters()] == ["fc.weight", "fc.bias"]
    with pytest.raises(KeyError, match="nothing"):
        d["nothing"]
    with pytest.raises(KeyError, match=r"has no '\.', got 'a.b'"):
        d["a.b"] = nn.ReLU()
    with pytest.raises(KeyError, match="ModuleDict has an attribute 'keys' already"):
        d["keys"] = nn.ReLU()
    with pytest.raises(TypeError, match="child 'x' is a int; a Module is needed"):
        d["x"] = 3
    d.clear()
    assert len(d) == 0


def test_parameter_list():
    p = nn.Parameter(mg.ones(2))
    weights = nn.ParameterList([p, mg.zeros(3)])
    assert weights[0] is p
    assert isinstance(weights[1], nn.Parameter)
    weights.append(mg.ones(1))
    weights[1] = mg.ones(4)
    assert [tuple(w.shape) for w in weights] == [(2,), (4,), (1,)]
    assert len(list(weights.parameters())) == len(weights) == 3
    assert weights.pop().shape == (1,)
    assert list(weights.state_dict()) == ["0", "1"]
    assert "(1): Parameter containing: [microgradnn.float32 of size 4]" in repr(weights)
    with pytest.raises(TypeError, match="ParameterList holds Parameters, got int"):
        weights.append(3)


def test_sequential_repeated_and_sliced():
    a, b = nn.Linear(1, 1), nn.ReLU()
    net = nn.Sequential(a, b)
    assert list(net * 2) == list(2 * net) == [a, b, a, b]
    net *= 2
    assert list(net) == [a, b, a, b]
    net += nn.Sequential(b)
    assert len(net) == 5
    with pytest.raises(ValueError, match="Non-positive multiplication factor 0"):
        net * 0
    with pytest.raises(TypeError):
        net * 1.5
    with pytest.raises(TypeError):
        net += 3
    part = nn.Sequential(OrderedDict(fc=a, act=b))[1:]
    assert names(part) == ["act"]
