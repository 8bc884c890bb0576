"""ParameterDict."""

from collections import OrderedDict

import pytest

import microgradnn as mg

nn = mg.nn


def test_parameters_by_name():
    p = nn.Parameter(mg.ones(2))
    d = nn.ParameterDict({"b": p, "a": mg.zeros(3), "text": "x"})
    assert list(d) == ["a", "b", "text"]  # a plain dictionary is sorted, as in PyTorch
    assert d["b"] is p
    assert isinstance(d["a"], nn.Parameter)
    assert [name for name, _ in d.named_parameters()] == ["a", "b"]
    assert list(d.state_dict()) == ["a", "b"]
    assert list(nn.ParameterDict(OrderedDict(b=p, a=mg.ones(1)))) == ["b", "a"]
    assert list(nn.ParameterDict([("b", p), ("a", mg.ones(1))])) == ["b", "a"]
    d["b"] = mg.ones(4)
    assert d["b"].shape == (4,)
    assert len(list(d.parameters())) == 2


def test_it_is_a_dictionary():
    d = nn.ParameterDict({"a": mg.ones(1), "b": mg.zeros(1)})
    assert list(d.keys()) == list(reversed(list(reversed(d)))) == ["a", "b"]
    assert [value.item() for value in d.values()] == [1, 0]
    assert [name for name, _ in d.items()] == ["a", "b"]
    assert "a" in d
    assert "c" not in d
    assert d.get("c") is None
    assert d.setdefault("c", mg.ones(2)) is d["c"]
    assert d.pop("a").item() == 1
    assert d.popitem()[0] == "c"
    assert len(d) == 1
    assert list(d | {"z": mg.ones(1)}) == ["b", "z"]
    assert list({"z": mg.ones(1)} | d) == ["z", "b"]
    d |= {"y": mg.ones(1)}
    assert list(d.copy()) == ["b", "y"]
    assert d.copy()["y"] is d["y"]
    assert list(d.fromkeys(["k"], mg.ones(1))) == ["k"]
    del d["b"]
    d.clear()
    assert len(d) == 0
    assert list(d.parameters()) == []


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda d: d["b"], KeyError, "b"),
        (lambda d: d[3], TypeError, "are strings, got int"),
        (lambda d: d.__setitem__("keys", mg.ones(1)), KeyError, "attribute 'keys' already"),
        (lambda d: d.__setitem__("a.b", mg.ones(1)), KeyError, r"no '\.'"),
        (lambda d: d.update(3), TypeError, "got int"),
        (lambda d: d.update([3]), TypeError, "element 0 .* a int"),
        (lambda d: d.update([(1, 2, 3)]), ValueError, "length 3; 2 is required"),
        (lambda d: nn.ParameterDict().popitem(), KeyError, "is empty"),
        (lambda d: d(mg.ones(1)), RuntimeError, "should not be called"),
    ],
)
def test_bad_input(act, error, message):
    d = nn.ParameterDict({"a": mg.ones(1)})
    with pytest.raises(error, match=message):
        act(d)
    assert list(d) == ["a"]


@pytest.mark.peers
def test_peer_printing():
    import torch

    def text(m):
        d = m.nn.ParameterDict({"b": m.ones(2, 3), "a": m.nn.Parameter(m.zeros(1)), "c": 3})
        p = m.nn.ParameterList([m.ones(2, 3), m.ones(1)])
        return (repr(d) + repr(p)).replace("microgradnn", "torch")

    assert text(mg) == text(torch)
