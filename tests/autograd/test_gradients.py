"""`Tensor.backward`: PyTorch's semantics, and what its errors say (and those of `grad`)."""

import weakref

import numpy as np
import pytest

import microgradnn as mg


def leaf(*numbers):
    return mg.tensor(list(numbers), dtype=mg.float64, requires_grad=True)


def test_backward_accumulates_into_leaves_only():
    w = leaf(1.0, 2.0)
    h = w * 3
    h.sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]
    (w * 10).sum().backward()
    assert w.grad.tolist() == [13.0, 13.0]
    with pytest.warns(UserWarning, match=r"not a leaf .*MulBackward0.* call retain_grad\(\)"):
        assert h.grad is None


def test_the_first_gradient_is_not_shared():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + y).sum().backward()
    x.grad.add_(1)
    assert y.grad.tolist() == [1.0, 1.0]
    g = mg.ones(2, dtype=mg.float64)
    z = leaf(1.0, 2.0)
    (z * 1).backward(g)
    z.grad.zero_()
    assert g.tolist() == [1.0, 1.0]


def test_a_gradient_that_nobody_else_holds_is_not_copied():
    made = []

    class Product(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y

        @staticmethod
        def backward(ctx, g):
            x, y = ctx.saved_tensors
            results = (g * y, g * x)
            made.extend(weakref.ref(r.numpy()) for r in results)
            return results

    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    Product.apply(x, y).sum().backward()
    assert made[0]() is x.grad.numpy()
    assert made[1]() is y.grad.numpy()


def test_a_gradient_that_a_hook_holds_is_copied():
    w, held = leaf(1.0, 2.0), []
    w.register_hook(held.append)
    (w * 3).sum().backward()
    (w * 3).sum().backward()
    assert held[0].tolist() == [3.0, 3.0]
    assert w.grad.tolist() == [6.0, 6.0]


def test_accumulation_keeps_the_gradient_object():
    # Optimizers and users may hold on to it.
    w = leaf(1.0, 2.0)
    (w * w).sum().backward()
    held = w.grad
    (w * w).sum().backward()
    assert w.grad is held
    assert held.tolist() == [4.0, 8.0]


def test_an_operand_used_twice_gets_both_gradients():
    w = leaf(3.0)
    (w * w + w).backward()
    assert w.grad.tolist() == [7.0]


def test_a_gradient_weighs_the_outputs():
    w = leaf(1.0, 2.0)
    for g in (mg.tensor([1.0, 10.0]), np.array([1.0, 10.0]), mg.tensor([1, 10])):
        w.grad = None
        (w * w).backward(g)
        assert w.grad.tolist() == [2.0, 40.0]
        assert w.grad.dtype is mg.float64


def test_backward_on_a_leaf_itself():
    w = leaf(1.0)
    w.backward()
    assert w.grad.tolist() == [1.0]


def test_retain_graph_allows_a_second_walk():
    w = leaf(2.0)
    y = (w**3).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    assert w.grad.tolist() == [24.0]
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()
    assert w.grad.tolist() == [36.0]


def test_a_second_backward_says_what_to_do_and_changes_nothing():
    w = leaf(2.0, 3.0)
    y = (w * w).sum()
    y.backward()
    message = r"second time: what MulBackward0 saved was freed.*retain_graph=True"
    with pytest.raises(RuntimeError, match=message):
        y.backward()
    with pytest.raises(RuntimeError, match=message):
        mg.autograd.grad(y, w)
    with pytest.raises(RuntimeError, match=message):
        mg.autograd.grad(y, w, create_graph=True)
    assert w.grad.tolist() == [4.0, 6.0]


def test_a_part_that_is_shared_is_freed_for_both():
    w = leaf(2.0)
    h = w * w
    a, b = h * 3, h * 4
    a.backward()
    with pytest.raises(RuntimeError, match="MulBackward0"):
        b.backward()
    assert w.grad.tolist() == [12.0]


@pytest.mark.parametrize(
    "f",
    [
        lambda w: w + 1, lambda w: w.sum(), lambda w: w.mean(), lambda w: w[0], lambda w: w.T,
        lambda w: mg.cat([w, w]).sum(), lambda w: w.reshape(1, 1).expand(2, 1).sum(),
    ],
)  # fmt: skip
def test_a_graph_that_saved_no_array_can_be_walked_again(f):
    # As in PyTorch: what is not freed is not missed.
    w = leaf(2.0)
    y = f(w)
    y.backward()
    once = w.grad.item()
    y.backward()
    assert w.grad.item() == 2 * once


def test_create_graph_makes_gradients_differentiable():
    w = leaf(2.0)
    y = (w**3).sum()
    y.backward(create_graph=True)
    first = w.grad
    assert first.requires_grad
    w.grad = None
    first.backward()
    assert w.grad.tolist() == [12.0]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_derivatives_of_every_order(order):
    x = leaf(0.7)
    y = (x.sin() * x.exp()).sum()
    for _ in range(order):
        (y,) = mg.autograd.grad(y.sum(), x, create_graph=True)
    # The n-th derivative of exp(x) sin(x) is 2**(n/2) exp(x) sin(x + n pi/4).
    expected = 2 ** (order / 2) * np.exp(0.7) * np.sin(0.7 + order * np.pi / 4)
    assert y.item() == pytest.approx(expected, rel=1e-12)


def test_a_hessian():
    x = leaf(1.0, 2.0, 3.0)
    y = (x.prod() if hasattr(x, "prod") else x[0] * x[1] * x[2]) + (x**2).sum()
    (g,) = mg.autograd.grad(y, x, create_graph=True)
    rows = [mg.autograd.grad(g[k], x, retain_graph=True)[0].tolist() for k in range(3)]
    assert rows == [[2.0, 3.0, 2.0], [3.0, 2.0, 1.0], [2.0, 1.0, 2.0]]


def test_inputs_limit_what_backward_accumulates_into():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    z.backward(inputs=[x])
    assert x.grad.tolist() == [3.0]
    assert y.grad is None
    h = x * 2
    (h * h).backward(inputs=h)
    assert h.grad.tolist() == [8.0]
    assert x.grad.tolist() == [3.0]


def test_different_dtypes_meet_in_one_graph():
    a = mg.tensor([1.5], dtype=mg.float32, requires_grad=True)
    b = mg.tensor([2.0], dtype=mg.float64, requires_grad=True)
    c = mg.tensor([3.0], dtype=mg.float16, requires_grad=True)
    y = a * b * c * mg.tensor([2])
    assert y.dtype is mg.float64
    y.backward()
    assert (a.grad.dtype, b.grad.dtype, c.grad.dtype) == (mg.float32, mg.float64, mg.float16)
    assert (a.grad.item(), b.grad.item(), c.grad.item()) == (12.0, 9.0, 6.0)


def test_outputs_that_are_not_used_count_as_zero():
    x = leaf(1.0, 5.0, 2.0, 4.0)
    first, *_ = x.split([1, 2, 1])
    (g,) = mg.autograd.grad(first.sum(), x)
    assert g.tolist() == [1.0, 0.0, 0.0, 0.0]
    values, indices = (x * x).max(0)
    assert not indices.requires_grad
    (g,) = mg.autograd.grad(values, x, create_graph=True)
    assert g.tolist() == [0.0, 10.0, 0.0, 0.0]
    (h,) = mg.autograd.grad(g.sum(), x)
    assert h.tolist() == [0.0, 2.0, 0.0, 0.0]


def test_outputs_meet_again():
    x = leaf(1.0, 2.0, 3.0)
    a, b, c = x.unbind()
    (a * b + b * c * c).backward()
    assert x.grad.tolist() == [2.0, 10.0, 12.0]


# --- what is not differentiable ---------------------------------------------------------------


def test_detach_cuts_the_graph_and_shares_the_memory():
    w = leaf(2.0)
    h = w * 3
    d = h.detach()
    assert not d.requires_grad
    assert d.is_leaf
    assert d.data_ptr() == h.data_ptr()
    (h * d).backward()
    assert w.grad.tolist() == [18.0]


def test_data_is_outside_the_graph():
    w = leaf(2.0)
    w.data.mul_(2)
    assert w.tolist() == [4.0]
    assert w.requires_grad
    w.data = mg.tensor([7.0], dtype=mg.float64)
    (w * w).backward()
    assert w.grad.tolist() == [14.0]
    assert not w.data.requires_grad


def test_requires_grad_can_be_switched_on_leaves():
    w = mg.ones(2)
    assert not w.requires_grad
    w.requires_grad = True
    assert w.requires_grad_() is w
    y = w * 2
    w.requires_grad = False
    assert not (w * 2).requires_grad
    assert y.requires_grad
    with pytest.raises(RuntimeError, match=r"can only change requires_grad flags of leaf .*Mul"):
        y.requires_grad = False
    assert y.requires_grad


def test_the_gradient_survives_switching_requires_grad():
    w = leaf(1.0)
    (w * 2).backward()
    w.requires_grad = False
    assert w.grad.tolist() == [2.0]
    w.requires_grad = True
    (w * 2).backward()
    assert w.grad.tolist() == [4.0]


def test_setting_the_gradient():
    w = leaf(1.0, 2.0)
    w.grad = mg.ones(2, dtype=mg.float64)
    w.sum().backward()
    assert w.grad.tolist() == [2.0, 2.0]
    for wrong, message in [
        (
            mg.ones(3, dtype=mg.float64),
            r"grad has shape \(3,\) and dtype microgradnn\.float64, the",
        ),
        (mg.ones(2), r"dtype microgradnn\.float32, the Tensor has shape \(2,\) and dtype"),
    ]:
        with pytest.raises(RuntimeError, match=message):
            w.grad = wrong
    with pytest.raises(TypeError, match="grad must be a Tensor or None, got list"):
        w.grad = [1.0, 1.0]
    assert w.grad.tolist() == [2.0, 2.0]


# --- what errors say -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda w: (w * w).backward(),
            r"implicitly created only for scalar outputs: this Tensor has shape \(2,\).*loss\.sum",
        ),
        (
            lambda w: (w * w).backward(mg.ones(3)),
            r"the gradient has shape \(3,\), the Tensor it belongs to \(2,\); they must be equal",
        ),
        (
            lambda w: (w.detach() * 2).sum().backward(),
            r"\(shape \(\), microgradnn\.float64\) does not require grad and has no grad_fn",
        ),
        (lambda w: mg.ones(1).backward(), "nothing it was made of has requires_grad=True"),
        (lambda w: mg.autograd.grad(w.sum(), mg.ones(2)), r"one of the inputs \(shape \(2,\)"),
        (lambda w: mg.autograd.grad(w * w, w), "implicitly created only for scalar outputs"),
        (
            lambda w: mg.autograd.grad([w.sum(), w.sum()], w, [mg.tensor(1.0)]),
            "2 outputs and 1 cotangents: one for each",
        ),
    ],
)
def test_what_cannot_be_differentiated_is_said_and_no_gradient_changed(call, message):
    w = leaf(1.0, 2.0)
    w.grad = mg.ones(2, dtype=mg.float64)
    with pytest.raises(RuntimeError, match=message):
        call(w)
    assert w.grad.tolist() == [1.0, 1.0]
    assert w.requires_grad


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w: (w * w).backward("x"), "gradient must be a Tensor, an array or a number"),
        (lambda w: mg.autograd.grad(w.sum(), [1.0]), "inputs must be Tensors, got float"),
        (lambda w: mg.autograd.grad([3.0], w), "outputs must be Tensors, got float"),
        (lambda w: mg.autograd.grad(w.sum(), mg.Value(1.0)), "inputs must be Tensors, got Value"),
    ],
)
def test_what_is_no_tensor_is_said(call, message):
    w = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match=message):
        call(w)
    assert w.grad is None


def test_an_error_in_the_middle_changes_no_gradient():
    x, y = leaf(1.0), leaf(2.0)
    h = y * 1
    late = h.exp()
    h.exp_()
    late.mul_(2)  # what exp needs is gone
    z = x * 3 + late
    with pytest.raises(RuntimeError, match="ExpBackward0 needs its result"):
        z.backward()
    assert x.grad is None
    assert y.grad is None


def test_backward_of_several_tensors():
    w = mg.tensor([1.0, 2.0], dtype=mg.float64, requires_grad=True)
    mg.autograd.backward([(w * w).sum(), 3 * w], [None, mg.tensor([1.0, 10.0], dtype=mg.float64)])
    assert w.grad.tolist() == [5.0, 34.0]
    with pytest.raises(RuntimeError, match="2 outputs and 1 cotangents"):
        mg.autograd.backward([w.sum(), w.sum()], [None])
    assert w.grad.tolist() == [5.0, 34.0]
