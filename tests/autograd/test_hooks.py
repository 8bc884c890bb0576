"""Hooks and retained gradients."""

import numpy as np
import pytest

import microgradnn as mg


def leaf(*numbers):
    return mg.tensor(list(numbers), dtype=mg.float64, requires_grad=True)


def test_a_hook_on_an_intermediate_result_sees_and_changes_its_gradient():
    w = leaf(1.0, 2.0)
    h = w * 3
    seen = []
    h.register_hook(lambda g: seen.append(g.tolist()))
    h.register_hook(lambda g: g * 10)
    h.register_hook(lambda g: seen.append(g.tolist()))
    (h * h).sum().backward()
    assert seen == [[6.0, 12.0], [60.0, 120.0]]
    assert w.grad.tolist() == [180.0, 360.0]


def test_a_hook_sees_the_complete_gradient_once():
    w = leaf(2.0)
    h = w * 1
    seen = []
    h.register_hook(lambda g: seen.append(g.item()))
    (h * 3 + h * 4 + h).backward()
    assert seen == [8.0]


def test_hooks_on_leaves_run_in_each_backward():
    w = leaf(2.0)
    handle = w.register_hook(lambda g: g + 1)
    (w * 3).backward()
    assert w.grad.tolist() == [4.0]
    (w * 3).backward()
    assert w.grad.tolist() == [8.0]
    handle.remove()
    handle.remove()
    (w * 3).backward()
    assert w.grad.tolist() == [11.0]


def test_hooks_run_in_grad_too():
    w = leaf(2.0)
    w.register_hook(lambda g: g * 2)
    assert mg.autograd.grad(w * 3, w)[0].tolist() == [6.0]


def test_a_handle_is_a_context():
    w = leaf(2.0)
    with w.register_hook(lambda g: g * 0):
        (w * 3).backward()
    assert w.grad.tolist() == [0.0]
    (w * 3).backward()
    assert w.grad.tolist() == [3.0]


def test_a_hook_may_remove_itself():
    w = leaf(2.0)
    seen = []

    def once(g):
        seen.append(g.item())
        handle.remove()

    handle = w.register_hook(once)
    w.register_hook(lambda g: seen.append(-g.item()))
    (w * 3).backward()
    (w * 3).backward()
    assert seen == [3.0, -3.0, -3.0]


def test_hooks_are_part_of_second_derivatives():
    w = leaf(2.0)
    h = w * 1
    h.register_hook(lambda g: g * h)
    (first,) = mg.autograd.grad(h**3, w, create_graph=True)
    assert first.item() == 24.0  # 3 h**2 * h
    (second,) = mg.autograd.grad(first, w)
    assert second.item() == 72.0  # 9 h**2, and h's hook once more


def test_what_a_hook_computes_is_not_recorded_without_create_graph():
    w = leaf(2.0)
    modes = []
    w.register_hook(lambda g: modes.append((mg.is_grad_enabled(), g.requires_grad)))
    y = w * w
    y.backward(retain_graph=True)
    y.backward(create_graph=True)
    assert modes == [(False, False), (True, True)]


def test_a_hook_that_changes_the_shape_is_refused():
    w = leaf(1.0, 2.0)
    h = w * 3
    h.register_hook(lambda g: g.sum())
    with pytest.raises(
        RuntimeError, match=r"hook on MulBackward0 returned a gradient of shape \(\)"
    ):
        h.sum().backward()
    assert w.grad is None


def test_a_tensor_outside_the_graph_takes_no_hooks():
    with pytest.raises(
        RuntimeError, match="cannot register a hook on a Tensor that doesn't require"
    ):
        mg.ones(2).register_hook(print)


def test_retained_gradients_are_those_of_leaves():
    w = leaf(1.0, 2.0)
    h = w * 3
    h.retain_grad()
    h.retain_grad()
    y = (h * h).sum()
    y.backward(retain_graph=True)
    assert h.grad.tolist() == [6.0, 12.0]
    y.backward()
    assert h.grad.tolist() == [12.0, 24.0]
    assert w.grad.tolist() == [36.0, 72.0]
    w.retain_grad()  # a leaf keeps it anyway


def test_a_retained_gradient_comes_after_the_hooks():
    w = leaf(1.0)
    h = w * 3
    h.retain_grad()
    h.register_hook(lambda g: g * 10)
    (h * 1).backward()
    assert h.grad.tolist() == [10.0]


def test_a_retained_gradient_is_not_shared():
    w = leaf(1.0, 2.0)
    h, k = w * 1, w * 1
    h.retain_grad()
    k.retain_grad()
    (h + k).sum().backward()
    h.grad.zero_()
    assert k.grad.tolist() == [1.0, 1.0]
    assert w.grad.tolist() == [2.0, 2.0]


def test_each_of_several_results_has_its_own_gradient_and_hooks():
    x = leaf(1.0, 2.0, 3.0)
    a, b = x.split([1, 2])
    a.retain_grad()
    b.retain_grad()
    b.register_hook(lambda g: g * 2)
    (a.sum() * 5 + (b * b).sum()).backward()
    assert a.grad.tolist() == [5.0]
    assert b.grad.tolist() == [8.0, 12.0]
    assert x.grad.tolist() == [5.0, 8.0, 12.0]


def test_retain_grad_needs_a_graph():
    with pytest.raises(RuntimeError, match=r"cannot retain_grad\(\) on a Tensor that doesn't requ"):
        mg.ones(2).retain_grad()


def test_record_keeps_values_and_gradients():
    w = leaf(1.0, 2.0)
    with mg.record():
        h = w * 3
        y = (h * h).sum()
        y.backward()
    np.testing.assert_array_equal(h.grad_fn.notes.value, [3.0, 6.0])
    assert h.grad.tolist() == [6.0, 12.0]
    assert "h = w * 3" in h.grad_fn.notes.line


def test_a_hook_must_keep_the_dtype():
    w = mg.tensor([1.0], requires_grad=True)
    w.register_hook(lambda g: g.double())
    with pytest.raises(RuntimeError, match=r"returned a gradient of dtype microgradnn\.float64"):
        (w * 2).sum().backward()
    assert w.grad is None
