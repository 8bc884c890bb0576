"""Hooks of modules: backward hooks, hooks of every module; the same calls as in PyTorch."""

import copy

import pytest

import microgradnn as mg
from microgradnn.nn import module as everywhere

nn = mg.nn


def affine():
    layer = nn.Linear(2, 1)
    with mg.no_grad():
        layer.weight.copy_(mg.tensor([[2.0, 3.0]]))
    return layer


def test_backward_hooks_see_and_change_gradients():
    layer, seen = affine(), []
    x = mg.ones(1, 2, requires_grad=True)
    layer.register_full_backward_hook(lambda m, g_in, g_out: seen.append((m, g_in, g_out)))
    (layer(x) * 5).sum().backward()
    module, (by_input,), (by_output,) = seen[0]
    assert module is layer
    assert by_output.tolist() == [[5]]
    assert by_input.tolist() == x.grad.tolist() == [[10, 15]]
    handle = layer.register_full_backward_hook(lambda m, g_in, g_out: (g_in[0] * 2,))
    x.grad = None
    layer(x).sum().backward()
    assert x.grad.tolist() == [[4, 6]]
    handle.remove()
    layer.register_full_backward_pre_hook(lambda m, g_out: (g_out[0] * 10,))
    x.grad = None
    layer(x).sum().backward()
    assert x.grad.tolist() == [[20, 30]]
    assert seen[-1][2][0].tolist() == [[10]]


def test_backward_hooks_in_order_and_of_the_wrong_size():
    layer, order = affine(), []
    x = mg.ones(1, 2, requires_grad=True)
    layer.register_full_backward_hook(lambda *_: order.append("second"))
    layer.register_full_backward_hook(lambda *_: order.append("first"), prepend=True)
    layer.register_backward_hook(lambda *_: order.append("third"))
    layer(x).sum().backward()
    assert order == ["first", "second", "third"]
    layer.register_full_backward_hook(lambda m, a, b: (a[0], a[0]))
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        layer(x).sum().backward()


def test_without_an_input_that_requires_grad_the_hook_still_runs():
    layer, seen = affine(), []
    layer.register_full_backward_hook(lambda m, g_in, g_out: seen.append(g_in))
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        layer(mg.ones(1, 2)).sum().backward()
    assert seen == [(None,)]
    assert layer.bias.grad.tolist() == [1]


def test_hooks_of_every_module():
    calls = []
    handles = [
        everywhere.register_module_forward_pre_hook(lambda m, a: calls.append("before")),
        everywhere.register_module_forward_hook(
            lambda m, a, kw, out: calls.append("after"), with_kwargs=True
        ),
        everywhere.register_module_full_backward_hook(lambda *_: calls.append("backward")),
    ]
    layer = affine()
    layer.register_forward_pre_hook(lambda m, a: calls.append("own"))
    layer(mg.ones(1, 2, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    affine()(mg.ones(1, 2))
    assert calls == ["before", "own", "after", "backward"]


def test_hooks_of_every_module_are_where_pytorch_has_them():
    from microgradnn.nn.modules import module

    for name in ("forward_pre", "forward", "full_backward_pre", "full_backward"):
        place = f"register_module_{name}_hook"
        assert getattr(module, place) is getattr(everywhere, place)


def test_a_pre_hook_with_keywords_returns_a_pair():
    layer = affine()
    layer.register_forward_pre_hook(lambda m, a, kw: a, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"a tuple of \(new_args, new_kwargs\)"):
        layer(mg.ones(1, 2))


def test_hooks_go_along_with_copies():
    layer, calls = affine(), []
    layer.register_forward_hook(lambda *_: calls.append(1))
    twin = copy.deepcopy(layer)
    twin(mg.ones(1, 2))
    assert calls == [1]
    layer._forward_hooks.clear()
    layer(mg.ones(1, 2))
    assert calls == [1]


@pytest.mark.peers
def test_peer_calls_hooks_with_the_same():
    import torch

    def run(m):
        log = []

        class Pair(m.nn.Module):
            def forward(self, x, y, scale=1.0):
                return x * y * scale, x + y

        m.manual_seed(0)
        net = Pair()

        def note(name):
            def hook(module, *given):
                parts = []
                for g in given:
                    for t in g if isinstance(g, tuple) else (g,):
                        parts.append(None if t is None else getattr(t, "tolist", lambda t=t: t)())
                log.append((name, parts))

            return hook

        net.register_forward_pre_hook(note("pre"), with_kwargs=True)
        net.register_forward_hook(note("forward"), with_kwargs=True, always_call=True)
        net.register_full_backward_pre_hook(note("backward pre"))
        net.register_full_backward_hook(note("backward"))
        x = m.tensor([1.0, 2.0], requires_grad=True)
        y = m.tensor([3.0, 4.0])
        a, b = net(x, y, scale=2.0)
        assert not y.requires_grad
        (a * 3 + b).sum().backward()
        return log, x.grad.tolist()

    assert run(mg) == run(torch)
