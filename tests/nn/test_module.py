"""Modules: what they register, how they are called, converted and printed."""

import copy
import pickle

import numpy as np
import pytest

import microgradnn as mg

nn = mg.nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.scale = nn.Parameter(mg.tensor([2.0]))
        self.rest = nn.Sequential(nn.ReLU(), nn.Linear(3, 1))
        self.register_buffer("count", mg.tensor(0))
        self.register_buffer("cache", mg.zeros(2), persistent=False)

    def forward(self, x):
        return self.rest(self.first(x)) * self.scale


NAMES = ["scale", "first.weight", "first.bias", "rest.1.weight", "rest.1.bias"]


# --- registering ---------------------------------------------------------------------------------


def test_names_and_order():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert [name for name, _ in net.named_parameters(prefix="net")] == [f"net.{n}" for n in NAMES]
    assert [name for name, _ in net.named_parameters(recurse=False)] == ["scale"]
    assert len(list(net.parameters())) == 5
    assert [name for name, _ in net.named_buffers()] == ["count", "cache"]
    assert [name for name, _ in net.named_children()] == ["first", "rest"]
    assert [name for name, _ in net.named_modules()] == ["", "first", "rest", "rest.0", "rest.1"]
    assert list(net.children()) == [net.first, net.rest]
    assert list(net.modules()) == [net, net.first, net.rest, net.rest[0], net.rest[1]]
    assert net.get_parameter("rest.1.bias") is net.rest[1].bias
    assert net.get_buffer("count") is net.count
    assert net.get_submodule("rest.1") is net.rest[1]
    assert net.get_submodule("") is net


def test_what_is_used_twice_is_given_once():
    net = nn.Module()
    net.a = net.b = nn.Linear(2, 2)
    net.tied = net.a.weight
    assert [name for name, _ in net.named_parameters()] == ["tied", "a.bias"]
    twice = [name for name, _ in net.named_parameters(remove_duplicate=False)]
    assert twice == ["tied", "a.weight", "a.bias", "b.weight", "b.bias"]
    assert [name for name, _ in net.named_modules(remove_duplicate=False)] == ["", "a", "b"]
    assert list(net.state_dict()) == twice


def test_assigning_replaces_and_deleting_removes():
    net = Net()
    net.first = nn.Linear(5, 3)
    assert [name for name, _ in net.named_children()] == ["first", "rest"]
    net.scale = None
    assert [name for name, _ in net.named_parameters(recurse=False)] == []
    net.scale = nn.Parameter(mg.ones(1))
    assert [name for name, _ in net.named_parameters(recurse=False)] == ["scale"]
    net.scale = nn.Identity()  # another kind under the same name
    assert [name for name, _ in net.named_children()] == ["first", "rest", "scale"]
    assert [name for name, _ in net.named_parameters(recurse=False)] == []
    del net.scale, net.cache
    assert not hasattr(net, "scale")
    assert [name for name, _ in net.named_buffers()] == ["count"]
    net.count = mg.tensor(7)
    assert net.get_buffer("count").item() == 7
    net.plain = mg.tensor(3)  # a Tensor that nobody registered
    assert [name for name, _ in net.named_buffers()] == ["count"]
    net.plain = nn.Parameter(mg.ones(1))  # an ordinary attribute becomes a parameter
    assert "plain" in dict(net.named_parameters())


def test_the_dictionaries_behind_can_be_changed():
    # Programs of textbooks write self._modules[str(i)] = module.
    net = nn.Module()
    net._modules["0"] = nn.Linear(2, 3)
    net._parameters["w"] = nn.Parameter(mg.ones(2))
    net._buffers["b"] = mg.zeros(2)
    assert [name for name, _ in net.named_parameters()] == ["w", "0.weight", "0.bias"]
    assert net.w is net._parameters["w"]
    assert list(net._modules.values()) == [getattr(net, "0")]
    assert len(net._buffers) == 1
    assert "w" not in net._buffers
    del net._parameters["w"]
    assert not hasattr(net, "w")
    with pytest.raises(KeyError):
        net._parameters["b"]
    with pytest.raises(KeyError):
        del net._modules["b"]


def bad_parameter():
    nn.Module().register_parameter("w", mg.ones(2))


class Forgetful(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 2)


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (Forgetful, AttributeError, r"Forgetful\.layer before Module.__init__\(\) call.*super"),
        (bad_parameter, TypeError, "parameter 'w' is a Tensor; nn.Parameter or None is needed"),
        (lambda: setattr(Net(), "scale", mg.ones(1)), TypeError, "a Tensor as parameter 'scale'"),
        (lambda: setattr(Net(), "first", 3), TypeError, "an? int as module 'first' of Net"),
        (lambda: setattr(Net(), "count", 3), TypeError, "an? int as buffer 'count' of Net"),
        (lambda: Net().register_buffer("first", mg.ones(1)), KeyError, "has an attribute 'first'"),
        (lambda: Net().register_buffer("x", 3), TypeError, "'x' is a int; a Tensor is needed"),
        (lambda: Net().register_parameter("forward", None), KeyError, "'forward' already"),
        (lambda: Net().add_module("a.b", nn.ReLU()), KeyError, r"has no '\.', got 'a.b'"),
        (lambda: Net().add_module("", nn.ReLU()), KeyError, "is not empty"),
        (lambda: Net().add_module(3, nn.ReLU()), TypeError, "is a string, got int"),
        (lambda: Net().add_module("x", 3), TypeError, "child 'x' is a int; a Module is needed"),
        (lambda: Net().get_parameter("rest.7.x"), AttributeError, r"no child '7'.*\['0', '1'\]"),
        (lambda: Net().get_parameter("first.nothing"), AttributeError, "no parameter 'nothing'"),
        (lambda: Net().get_buffer("scale"), AttributeError, "no buffer 'scale'"),
        (lambda: nn.Module()(1), NotImplementedError, 'is missing the required "forward"'),
        (lambda: Net().train("yes"), ValueError, "True or False, got 'yes'"),
        (lambda: Net().to(mg.int64), TypeError, "floating point dtypes only"),
        (lambda: Net().to("cuda"), RuntimeError, "'cuda' is not available"),
        (lambda: Net().nothing, AttributeError, "'Net' object has no attribute 'nothing'"),
    ],
)  # fmt: skip
def test_bad_input(act, error, message):
    with pytest.raises(error, match=message):
        act()


# --- calling -------------------------------------------------------------------------------------


def test_calling_and_learning():
    net = Net()
    net(mg.ones(4, 2)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad(set_to_none=False)
    assert all((p.grad == 0).all() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    net.requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    assert not net(mg.ones(4, 2)).requires_grad
    assert net.requires_grad_() is net
    assert net(mg.ones(4, 2)).requires_grad


def test_zeroed_gradients_forget_infinities():
    layer = nn.Linear(1, 1)
    layer.weight.grad = mg.tensor([[float("inf")]])
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad.item() == 0


def test_modes_and_apply():
    net = Net()
    assert all(m.training for m in net.modules())
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    net.rest.train()
    assert [m.training for m in net.modules()] == [False, False, True, True, True]
    seen = []
    assert net.apply(seen.append) is net
    assert seen == [net.first, net.rest[0], net.rest[1], net.rest, net]


def test_hooks_see_and_change_what_passes():
    layer, calls = nn.Linear(2, 2), []
    x = mg.ones(1, 2)
    plain = layer(x)
    first = layer.register_forward_pre_hook(
        lambda m, args: calls.append(("before", m is layer, args))
    )
    last = layer.register_forward_hook(lambda m, args, out: calls.append(("after", out)))
    out = layer(x)
    assert mg.equal(out, plain)
    assert calls == [("before", True, (x,)), ("after", out)]
    first.remove()
    last.remove()
    layer(x)
    assert len(calls) == 2

    doubled = layer.register_forward_pre_hook(lambda m, args: args[0] * 2)
    assert mg.allclose(layer(x), nn.functional.linear(2 * x, layer.weight, layer.bias))
    doubled.remove()
    with layer.register_forward_hook(lambda m, args, out: out + 1):
        assert mg.allclose(layer(x), plain + 1)
    assert mg.equal(layer(x), plain)


def test_hooks_with_keywords_order_and_errors():
    class Power(nn.Module):
        def forward(self, x, *, n=1):
            return x**n

    module, order = Power(), []
    module.register_forward_pre_hook(lambda m, args, kw: (args, {**kw, "n": 3}), with_kwargs=True)
    module.register_forward_hook(lambda m, a, kw, out: order.append(kw["n"]), with_kwargs=True)
    module.register_forward_hook(lambda m, a, out: order.append("first"), prepend=True)
    module.register_forward_hook(lambda m, a, out: order.append(out), always_call=True)
    assert module(mg.tensor(2.0), n=2).item() == 8
    assert order[:2] == ["first", 3]
    order.clear()
    with pytest.raises(TypeError):
        module("text")
    assert order == [None]


def test_record_notes_the_path_of_the_running_module():
    net = Net()
    with mg.record():
        loss = net(mg.ones(1, 2)).sum()
    paths, node = {}, loss.grad_fn
    while node is not None and node.inputs:
        paths.setdefault(node.prim.name, []).append(node.notes.module)
        node = node.inputs[0]
    assert paths == {"sum": [""], "mul": [""], "linear": ["rest.1", "first"], "relu": ["rest.0"]}

    class Hidden(nn.Module):  # a child in a plain list has no registered name
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(2, 2)]

        def forward(self, x):
            return self.layers[0](x)

    with mg.record():
        assert Hidden()(mg.ones(1, 2)).grad_fn.notes.module == "Linear"
        with pytest.raises(RuntimeError, match="linear"):
            net(mg.ones(1, 3))
        assert (net.scale * 2).grad_fn.notes.module == ""  # the failed call left nothing behind


def test_record_notes_each_call_of_a_module():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(nn.Linear(2, 2))
            self.again = self.inner[0]

        def forward(self, x):
            return self.again(self.inner(x))

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = Twice()
            self.lent = nn.Sequential(nn.Linear(2, 2))
            self.borrows = [self.lent]  # not registered a second time

        def forward(self, x):
            return self.borrows[0](self.body(x))

    outer = Outer()
    with mg.record():
        node = outer(mg.ones(1, 2)).grad_fn
    found = []
    while node is not None:
        found.append(node.notes.calls)
        node = node.inputs[0]
    paths = [[call.path for call in calls] for calls in found]
    # `again` is `inner.0`: the name that named_modules() says first
    assert paths == [
        ["", "lent", "lent.0"],
        ["", "body", "body.inner.0"],
        ["", "body", "body.inner", "body.inner.0"],
    ]
    names = dict(outer.named_modules(remove_duplicate=False))
    assert all(names[call.path] is call.module for calls in found for call in calls)
    assert [call.kind for call in found[2]] == ["Outer", "Twice", "Sequential", "Linear"]
    assert found[1][-1].module is found[2][-1].module
    assert found[1][-1].number > found[2][-1].number


# --- converting, copying, printing ---------------------------------------------------------------


@pytest.mark.parametrize(
    "convert",
    [
        lambda m: m.double(), lambda m: m.to(mg.float64), lambda m: m.to(dtype=mg.float64),
        lambda m: m.to("cpu", mg.float64), lambda m: m.to(mg.zeros(1, dtype=mg.float64)),
    ],
)  # fmt: skip
def test_converting(convert):
    net = Net()
    parameters = list(net.parameters())
    before = [p.detach().numpy().copy() for p in parameters]
    net(mg.ones(4, 2)).sum().backward()
    assert convert(net) is net
    assert all(a is b for a, b in zip(net.parameters(), parameters, strict=True))
    for p, old in zip(parameters, before, strict=True):
        assert p.dtype is p.grad.dtype is mg.float64
        assert np.array_equal(p.detach().numpy(), old)
    assert net.cache.dtype is mg.float64
    assert net.count.dtype is mg.int64  # integers stay
    net.zero_grad()
    net(mg.ones(4, 2, dtype=mg.float64)).sum().backward()
    assert parameters[0].grad.dtype is mg.float64
    assert net.float().scale.dtype is mg.float32
    assert net.half().scale.dtype is mg.float16
    assert net.cpu() is net
    assert net.to() is net


def test_a_frozen_module_can_be_converted_and_thawed():
    layer = nn.Linear(2, 1).requires_grad_(False).double().requires_grad_(True)
    layer(mg.ones(1, 2, dtype=mg.float64)).sum().backward()
    assert layer.weight.grad.dtype is mg.float64
    assert layer.weight.grad.tolist() == [[1, 1]]


def test_converting_in_other_ways():
    net = Net()
    assert net.type(mg.float64) is net
    assert net.count.dtype is mg.float64  # integers too
    assert net.type("FloatTensor").scale.dtype is mg.float32
    weight = net.first.weight
    net.to_empty(device="cpu")
    assert net.first.weight is weight
    assert net.compile() is None
    for act, error, message in (
        (net.cuda, RuntimeError, "'cuda' is not available"),
        (lambda: net.to_empty(device="cuda"), RuntimeError, "not available"),
        (net.bfloat16, TypeError, "no bfloat16"),
        (net.share_memory, NotImplementedError, "between processes"),
    ):
        with pytest.raises(error, match=message):
            act()


def test_modes_and_conversions_reach_overridden_methods():
    class Frozen(nn.BatchNorm1d):  # the usual way to keep a norm in evaluation
        def train(self, mode=True):
            return super().train(False)

    net = nn.Sequential(nn.Linear(2, 2), Frozen(2)).train()
    assert [m.training for m in net.modules()] == [True, True, False]


def test_replacing_a_module_by_its_path():
    net = Net()
    net.set_submodule("rest.0", nn.Tanh())
    net.set_submodule("rest.extra", nn.Tanh())
    assert [name for name, _ in net.rest.named_children()] == ["0", "1", "extra"]
    assert isinstance(net.rest[0], nn.Tanh)
    for act, error, message in (
        (lambda: net.set_submodule("", nn.ReLU()), ValueError, "a path that is not empty"),
        (lambda: net.set_submodule("rest.0", 3), ValueError, "and a Module, got 'rest.0' and int"),
        (lambda: net.set_submodule("no.0", nn.ReLU()), AttributeError, "no child 'no'"),
        (lambda: net.set_submodule("new", nn.ReLU(), strict=True), AttributeError, "no child 'ne"),
        (lambda: net.set_submodule("scale", nn.ReLU()), AttributeError, "no child 'scale'"),
    ):
        with pytest.raises(error, match=message):
            act()
    assert isinstance(net.scale, nn.Parameter)


def test_what_dir_shows():
    names = dir(nn.Sequential(nn.ReLU()))
    assert "forward" in names
    assert "0" not in names
    assert "weight" in dir(nn.Linear(1, 1))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_independent_and_keep_ties(copied):
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Dropout(0.5))
    net[1].weight = net[0].weight
    net.eval()
    twin = copied(net)
    assert twin[0].weight is twin[1].weight
    assert not twin.training
    assert mg.equal(twin[0].weight, net[0].weight)
    with mg.no_grad():
        twin[0].weight.zero_()
    assert not mg.equal(twin[0].weight, net[0].weight)
    assert isinstance(twin[0].weight, nn.Parameter)
    twin(mg.ones(1, 2)).sum().backward()
    assert net[0].weight.grad is None


def test_printing():
    net = Net()
    assert repr(net) == (
        "Net(\n"
        "  (first): Linear(in_features=2, out_features=3, bias=True)\n"
        "  (rest): Sequential(\n"
        "    (0): ReLU()\n"
        "    (1): Linear(in_features=3, out_features=1, bias=True)\n"
        "  )\n"
        ")"
    )
    assert (
        repr(nn.Parameter(mg.ones(1))) == "Parameter containing:\ntensor([1.], requires_grad=True)"
    )
    assert repr(net._buffers).startswith("{'count': tensor(0)")


def test_parameters_are_tensors_of_their_own():
    x = mg.ones(2)
    p = nn.Parameter(x)
    assert p.requires_grad
    assert p.is_leaf
    assert not x.requires_grad
    with mg.no_grad():
        p.fill_(3)
    assert x.tolist() == [3, 3]  # the memory is shared
    assert type(p * 1) is mg.Tensor
    assert type(p.detach()) is mg.Tensor
    assert not nn.Parameter(mg.tensor([1]), requires_grad=False).requires_grad
    assert nn.Parameter().shape == (0,)
    with pytest.raises(RuntimeError, match="only Tensors of floating point dtype"):
        nn.Parameter(mg.tensor([1]))


def test_modules_are_freed_without_the_collector():
    import gc
    import weakref

    gc.disable()
    try:
        net = Net()
        net(mg.ones(1, 2)).sum().backward()
        dead = weakref.ref(net)
        del net
        assert dead() is None
    finally:
        gc.enable()


# --- PyTorch -------------------------------------------------------------------------------------


@pytest.mark.peers
def test_peer_prints_modules_the_same():
    import torch

    def build(m):
        n = m.nn
        return n.Sequential(
            n.Conv2d(1, 2, 3, padding="same", dilation=2, bias=False), n.ReLU(inplace=True),
            n.Conv2d(2, 4, (3, 2), stride=2, padding=1, groups=2), n.MaxPool2d(2, ceil_mode=True),
            n.Flatten(), n.Dropout(0.2), n.Linear(2, 3, bias=False), n.Softmax(dim=1), n.Identity(),
            n.LeakyReLU(), n.ELU(), n.Softplus(), n.LogSoftmax(1), n.SiLU(), n.LogSigmoid(),
            n.Hardtanh(), n.ReLU6(), n.Softsign(), n.Sigmoid(), n.Tanh(), n.MSELoss(),
            n.CrossEntropyLoss(), n.BCEWithLogitsLoss(), n.Unflatten(1, (2, 3)),
            n.ModuleList([n.Linear(2, 2), n.Linear(2, 2), n.ReLU(), n.Linear(2, 2)]),
            n.ModuleDict({"a": n.ReLU(), "b": n.ModuleList()}),
        )  # fmt: skip

    assert repr(build(mg)) == repr(build(torch))
