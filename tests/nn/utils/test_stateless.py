"""Calling a module with other parameters than its own."""

import pytest

import microgradnn as mg

nn = mg.nn
functional_call = mg.nn.utils.stateless.functional_call


def test_other_parameters_and_their_gradients():
    layer = nn.Linear(2, 1)
    own = layer.weight
    new = {"weight": mg.tensor([[2.0, 3.0]], requires_grad=True)}
    x = mg.ones(1, 2)
    out = functional_call(layer, new, (x,))
    assert out.item() == pytest.approx(5 + layer.bias.item())
    out.sum().backward()
    assert new["weight"].grad.tolist() == [[1, 1]]
    assert own.grad is None
    assert layer.weight is own
    assert functional_call(layer, new, None, {"input": x}).item() == out.item()


def test_buffers_and_errors_leave_the_module_as_it_was():
    layer = nn.BatchNorm1d(2)
    new = {"running_mean": mg.zeros(2), "running_var": mg.ones(2),
           "num_batches_tracked": mg.tensor(0)}  # fmt: skip
    functional_call(layer, new, mg.tensor([[1.0, 2.0], [3.0, 6.0]]))
    assert new["running_mean"].tolist() == pytest.approx([0.2, 0.4])
    assert layer.running_mean.tolist() == [0, 0]
    with pytest.raises(ValueError, match="expected 2D or 3D"):
        functional_call(layer, new, mg.ones(2))
    assert layer.running_mean is not new["running_mean"]


def test_tied_weights():
    net = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    net[1].weight = net[0].weight
    x, two = mg.ones(1, 1), mg.tensor([[2.0]])
    assert functional_call(net, {"0.weight": two}, x).item() == 4
    own = net[0].weight.item()
    alone = functional_call(net, {"0.weight": two}, x, tie_weights=False)
    assert alone.item() == pytest.approx(2 * own)
    with pytest.raises(ValueError, match="different values for tied parameters"):
        functional_call(net, {"0.weight": two, "1.weight": mg.ones(1, 1)}, x)


def test_names():
    layer, x = nn.Linear(2, 1), mg.ones(1, 2)
    with pytest.raises(RuntimeError, match=r"Unexpected key\(s\): wight"):
        functional_call(layer, {"wight": mg.ones(1, 2)}, x)
    with pytest.raises(RuntimeError, match=r"Missing key\(s\): bias"):
        functional_call(layer, {"weight": mg.ones(1, 2)}, x, strict=True)
    with pytest.raises(ValueError, match="weight appeared in multiple"):
        functional_call(layer, ({"weight": mg.ones(1, 2)}, {"weight": mg.ones(1, 2)}), x)
