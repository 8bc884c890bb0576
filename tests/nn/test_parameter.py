"""Parameters, buffers, and both before their shape is known."""

import copy

import pytest

import microgradnn as mg

nn = mg.nn


def test_a_copy_has_no_gradient():
    p = nn.Parameter(mg.ones(2))
    (p * 3).sum().backward()
    twin = copy.deepcopy(p)
    assert type(twin) is nn.Parameter
    assert twin.grad is None
    assert twin.requires_grad
    with mg.no_grad():
        twin.zero_()
    assert p.tolist() == [1, 1]
    assert not copy.deepcopy(nn.Parameter(mg.ones(2), requires_grad=False)).requires_grad


def test_buffers_are_registered_by_assignment():
    module = nn.Module()
    module.kept = nn.Buffer(mg.ones(2))
    module.passing = nn.Buffer(mg.zeros(1), persistent=False)
    assert [name for name, _ in module.named_buffers()] == ["kept", "passing"]
    assert list(module.state_dict()) == ["kept"]
    assert list(module.parameters()) == []
    assert repr(module.kept) == "tensor([1., 1.])"
    module.kept = nn.Buffer(mg.ones(1), persistent=False)
    assert list(module.state_dict()) == []
    module.kept = nn.Parameter(mg.ones(1))
    assert list(module.state_dict()) == ["kept"]
    with pytest.raises(TypeError, match="as buffer 'passing'"):
        module.passing = 3


def test_before_the_shape_is_known():
    p = nn.UninitializedParameter(dtype=mg.float64)
    assert isinstance(p, nn.Parameter)
    assert p.requires_grad
    assert p.is_leaf
    assert p.dtype is mg.float64
    assert repr(copy.deepcopy(p)) == "<UninitializedParameter>"
    seen = p
    p.materialize((2, 3))
    assert type(seen) is nn.Parameter
    with mg.no_grad():
        p.fill_(2)
    (p * p).sum().backward()
    assert p.grad.tolist() == [[4] * 3] * 2
    buffer = nn.UninitializedBuffer()
    assert not buffer.requires_grad
    buffer.materialize([2], dtype=mg.float16)
    assert type(buffer) is mg.Tensor
    assert buffer.dtype is mg.float16


def test_other_devices():
    with pytest.raises(RuntimeError, match="not available"):
        nn.UninitializedParameter(device="cuda")
    with pytest.raises(RuntimeError, match="not available"):
        nn.UninitializedBuffer().materialize((1,), device="cuda")
