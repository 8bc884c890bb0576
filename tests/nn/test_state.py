"""``state_dict`` and ``load_state_dict``: all or nothing."""

import pickle

import numpy as np
import pytest

import microgradnn as mg

nn = mg.nn


def network(seed=0):
    mg.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    net.register_buffer("steps", mg.tensor(seed))
    net.register_buffer("scratch", mg.zeros(1), persistent=False)
    return net


def arrays(net):
    return {name: t.numpy().copy() for name, t in net.state_dict().items()}


def unchanged(net, before):
    return all(np.array_equal(a, before[name]) for name, a in arrays(net).items())


def test_round_trip():
    net, other = network(0), network(1)
    state = net.state_dict()
    assert list(state) == ["steps", "0.weight", "0.bias", "2.weight", "2.bias"]
    assert not any(t.requires_grad for t in state.values())
    parameters = list(other.parameters())
    result = other.load_state_dict(state)
    assert repr(result) == "<All keys matched successfully>"
    assert unchanged(other, arrays(net))
    assert all(a is b for a, b in zip(other.parameters(), parameters, strict=True))
    assert all(p.requires_grad for p in parameters)
    x = mg.ones(4, 2)
    assert mg.equal(net(x), other(x))


def test_the_state_shares_memory():
    net = network()
    state = net.state_dict()
    with mg.no_grad():
        net[0].bias.fill_(7)
    assert state["0.bias"].tolist() == [7, 7, 7]
    assert net.state_dict(keep_vars=True)["0.bias"] is net[0].bias
    assert "net.0.bias" in net.state_dict(prefix="net.")
    into = {"there": 1}
    assert net.state_dict(destination=into) is into
    assert next(iter(into)) == "there"


def test_loading_converts_dtypes_and_takes_arrays():
    net = network()
    state = {name: t.numpy().astype(np.float64) + 1 for name, t in network(3).state_dict().items()}
    net.load_state_dict(state)
    assert net[0].weight.dtype is mg.float32
    assert net.steps.dtype is mg.int64
    assert net.steps.item() == 4


def test_one_error_lists_all_that_is_wrong_and_nothing_changes():
    net = network()
    before, state = arrays(net), network(1).state_dict()
    del state["0.bias"], state["2.bias"]
    state["2.weight"] = mg.zeros(1, 4)
    state["1.weight"] = mg.zeros(1)
    state["steps"] = "seven"
    with pytest.raises(RuntimeError) as caught:
        net.load_state_dict(state)
    assert str(caught.value) == (
        "Error(s) in loading state_dict for Sequential:\n"
        '\tMissing key(s) in state_dict: "0.bias", "2.bias".\n'
        '\tUnexpected key(s) in state_dict: "1.weight".\n'
        "\tsteps must be a Tensor (or a NumPy array) of shape (), got str.\n"
        "\tsize mismatch for 2.weight: copying a param with shape (1, 4) from checkpoint, the "
        "shape in current model is (1, 3)."
    )
    assert unchanged(net, before)


def test_not_strict_still_checks_shapes():
    net = network()
    before = arrays(net)
    weight = mg.ones(3, 2)
    result = net.load_state_dict({"0.weight": weight, "more": weight}, strict=False)
    assert result.missing_keys == ["steps", "0.bias", "2.weight", "2.bias"]
    assert result.unexpected_keys == ["more"]
    assert "missing_keys=['steps'" in repr(result)
    assert mg.equal(net[0].weight.detach(), weight)
    assert np.array_equal(net[0].bias.detach().numpy(), before["0.bias"])
    before = arrays(net)
    with pytest.raises(RuntimeError, match=r"size mismatch for 2.weight"):
        net.load_state_dict({"0.weight": mg.zeros(3, 2), "2.weight": mg.zeros(9)}, strict=False)
    assert unchanged(net, before)


def test_what_is_no_state():
    with pytest.raises(TypeError, match="a dictionary of names to Tensors; got list"):
        network().load_state_dict([1, 2])
    net = network()
    before = arrays(net)
    state = {**network(1).state_dict(), "2.bias": np.array(["x"])}
    with pytest.raises(RuntimeError, match=r"2\.bias is of dtype <U1, which no Tensor can have"):
        net.load_state_dict(state)
    assert unchanged(net, before)


def test_read_only_memory_is_found_before_anything_is_written():
    net = network()
    before = arrays(net)
    locked = np.ones(1, np.float32)
    locked.flags.writeable = False
    net[2].bias.data = mg.from_numpy(locked)
    with pytest.raises(RuntimeError, match=r"2\.bias lies in read-only memory"):
        net.load_state_dict(network(1).state_dict())
    assert np.array_equal(net[0].weight.detach().numpy(), before["0.weight"])


def test_assign_takes_the_tensors_over():
    net, state = (
        network(),
        {name: t.clone().double() for name, t in network(1).state_dict().items()},
    )
    state["steps"] = mg.tensor(5)
    net.load_state_dict(state, assign=True)
    assert net[0].weight.dtype is mg.float64
    assert isinstance(net[0].weight, nn.Parameter)
    assert net[0].weight.requires_grad
    assert net.steps is state["steps"]
    state["0.bias"][0] = 9
    assert net[0].bias[0].item() == 9
    with pytest.raises(
        RuntimeError, match=r"0\.weight requires grad, so it can't be of dtype int64"
    ):
        net.load_state_dict({**state, "0.weight": mg.zeros(3, 2, dtype=mg.int64)}, assign=True)


def test_loading_is_noticed_by_a_graph_that_needs_the_old_numbers():
    net = network()
    loss = net(mg.ones(1, 2, requires_grad=True)).sum()
    net.load_state_dict(network(1).state_dict())
    with pytest.raises(RuntimeError, match=r"load_state_dict\(\) changed it in place"):
        loss.backward()


# --- hooks, versions, extra state ----------------------------------------------------------------


def test_hooks_see_a_state_on_its_way_out():
    net, calls = network(), []
    net[0].register_state_dict_pre_hook(lambda m, prefix, keep: calls.append((m, prefix, keep)))
    net[0].register_state_dict_post_hook(
        lambda m, state, prefix, local: state.update({f"{prefix}more": mg.ones(1)})
    )
    assert "0.more" in net.state_dict()
    assert calls == [(net[0], "0.", False)]
    net.register_state_dict_post_hook(lambda *_: 3)
    with pytest.raises(RuntimeError, match="post-hook must return None"):
        net.state_dict()


def test_hooks_change_a_state_on_its_way_in():
    net = network()
    old = {name.replace("weight", "w"): t for name, t in network(1).state_dict().items()}

    def rename(module, state, prefix, *_):
        if f"{prefix}w" in state:
            state[f"{prefix}weight"] = state.pop(f"{prefix}w")

    for layer in (net[0], net[2]):
        layer.register_load_state_dict_pre_hook(rename)
    net.load_state_dict(old)
    assert mg.equal(net[2].weight.detach(), old["2.w"])
    assert "0.w" in old  # what was given is as before


def test_a_hook_after_loading_may_forgive_missing_names():
    net, seen = network(), []

    def forgive(module, keys):
        seen.append((list(keys.missing_keys), module.steps.item()))
        keys.missing_keys.clear()

    handle = net.register_load_state_dict_post_hook(forgive)
    state = dict(network(3).state_dict())
    del state["0.bias"]
    assert net.load_state_dict(state).missing_keys == []
    assert seen == [(["0.bias"], 3)]
    handle.remove()
    with pytest.raises(RuntimeError, match="Missing"):
        net.load_state_dict(state)
    net.register_load_state_dict_post_hook(lambda m, keys: 3)
    with pytest.raises(RuntimeError, match="return nothing"):
        net.load_state_dict(network(3).state_dict())


class Counting(nn.Module):
    _version = 3

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1, 1)
        self.calls = 0
        self.version = None

    def get_extra_state(self):
        return {"calls": self.calls}

    def set_extra_state(self, state):
        self.calls = state["calls"]

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *lists):
        self.version = local_metadata.get("version")
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *lists)


def test_extra_state_and_versions():
    source, target = Counting(), Counting()
    source.calls = 5
    state = source.state_dict()
    assert list(state) == ["_extra_state", "layer.weight", "layer.bias"]
    assert state._metadata == {"": {"version": 3}, "layer": {"version": 1}}
    target.load_state_dict(pickle.loads(pickle.dumps(state)))
    assert (target.calls, target.version) == (5, 3)
    target.load_state_dict(dict(state))
    assert target.version is None
    del state["_extra_state"]
    with pytest.raises(RuntimeError, match=r'Missing.*"_extra_state"'):
        target.load_state_dict(state)
    with pytest.raises(RuntimeError, match=r'Unexpected.*"_extra_state"'):
        nn.Linear(1, 1).load_state_dict({"_extra_state": 1}, strict=True)
    with pytest.raises(RuntimeError, match="has no extra state"):
        nn.Linear(1, 1).get_extra_state()


def test_a_bad_extra_entry_leaves_extra_state_alone():
    target = Counting()
    state = {**Counting().state_dict(), "_extra_state": {"calls": 9}, "layer.bias": mg.ones(3)}
    with pytest.raises(RuntimeError, match="size mismatch"):
        target.load_state_dict(state)
    assert target.calls == 0


def test_a_module_alone_can_be_asked_to_load():
    layer, missing, unexpected, problems = nn.Linear(1, 1), [], [], []
    state = {"x.weight": mg.ones(1, 1), "x.other": mg.ones(1)}
    layer._load_from_state_dict(state, "x.", {}, True, missing, unexpected, problems)
    assert layer.weight.item() == 1
    assert (missing, unexpected, problems) == (["x.bias"], ["x.other"], [])


def test_one_number_of_very_old_states():
    module = nn.Module()
    module.scale = nn.Parameter(mg.tensor(0.0))
    module.load_state_dict({"scale": mg.tensor([3.0])})
    assert module.scale.item() == 3


def test_positional_arguments_of_state_dict():
    into = {}
    nn.Linear(1, 1).state_dict(into, "a.")
    assert list(into) == ["a.weight", "a.bias"]


@pytest.mark.peers
def test_peer_exchanges_states():
    import torch

    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    ours = nn.MLP(2, [3, 1], activation="tanh")
    state = {name: t.numpy() for name, t in theirs.state_dict().items()}
    assert list(state) == list(ours.state_dict())
    ours.load_state_dict(state)
    x = np.random.default_rng(0).normal(size=(5, 2)).astype("f")
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours(mg.tensor(x)).detach().numpy(), expected, rtol=1e-5, atol=1e-6)
    theirs.load_state_dict({k: torch.tensor(t.numpy()) for k, t in ours.state_dict().items()})


@pytest.mark.peers
def test_peer_says_the_same_of_missing_keys():
    import torch

    messages = []
    for m in (mg, torch):
        with pytest.raises(RuntimeError) as caught:
            m.nn.Linear(2, 3).load_state_dict({"weight": m.zeros(2, 2), "foo": m.zeros(1)})
        messages.append(str(caught.value).replace("torch.Size([2, 2])", "(2, 2)"))
    ours, theirs = (
        [line.strip() for line in text.replace("torch.Size([3, 2])", "(3, 2)").splitlines()]
        for text in messages
    )
    assert ours == theirs
