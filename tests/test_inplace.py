"""In-place operations on tensors, views and siblings: PyTorch's gradients, or an error.

Never a wrong gradient: what has been saved for backward and then changed raises.
"""

import random

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck
from tests.inplace_programs import Program

CHUNK = 150


def outcome(lib, program, make, twice=False):
    """The loss and its derivatives, or the error; None where nothing depends on w."""
    w = make(np.array(program.start).reshape(program.shape))
    options = {"allow_unused": True, "materialize_grads": True}
    try:
        loss = program.run(lib, w)
        if not loss.requires_grad:
            return None
        (g,) = lib.autograd.grad(loss, w, create_graph=twice, **options)
        if not g.requires_grad:
            return np.concatenate([g.numpy(), 0.0 * g.numpy(), [loss.item()]], axis=None)
        weights = lib.tensor(np.linspace(1, 2, w.numel()).reshape(program.shape))
        (h,) = lib.autograd.grad((g * weights).sum(), w, **options)
    except RuntimeError as error:
        return error
    return np.concatenate([g.detach().numpy(), h.numpy(force=True), [loss.item()]], axis=None)


def ours(program):
    return outcome(mg, program, lambda a: mg.tensor(a, requires_grad=True))


def has_a_derivative(program):
    """Whether the loss is a function of w alone: no detach() or no_grad() hides a part of it."""
    return not any(word in str(program) for word in ("detach", "no_grad"))


def assert_differences_agree(program):
    w = mg.tensor(np.array(program.start).reshape(program.shape), requires_grad=True)
    assert gradcheck(lambda w: program.run(mg, w), w), str(program)


@pytest.mark.peers
@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("first", range(0, 1500, CHUNK))
def test_programs_on_views_and_siblings_agree_with_pytorch(first, twice):
    import torch

    compared = 0
    for seed in range(first, first + CHUNK):
        program = Program(random.Random(seed))
        mine, theirs = (
            outcome(lib, program, lambda a, lib=lib: lib.tensor(a, requires_grad=True), twice)
            for lib in (mg, torch)
        )
        said = f"seed {seed}\n{program}\nours: {mine}\nPyTorch: {theirs}"
        if isinstance(theirs, np.ndarray):
            assert isinstance(mine, np.ndarray), said
            np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9, err_msg=said)
            compared += 1
        elif theirs is None:
            assert mine is None, said
        elif isinstance(mine, np.ndarray) and has_a_derivative(program):
            assert_differences_agree(program)  # what PyTorch refuses we may do, if we do it right
    assert compared > 0.5 * CHUNK


@pytest.mark.parametrize("seed", range(200))
def test_programs_on_views_and_siblings_agree_with_differences(seed):
    # Every second program or so says detach() or no_grad(): the next one without is taken.
    program = next(
        p for k in range(100) if has_a_derivative(p := Program(random.Random(1000 * seed + k)))
    )
    result = ours(program)
    if isinstance(result, np.ndarray):
        assert_differences_agree(program)
    elif result is not None:
        assert "in place after it was used" in str(result), str(program)


NAMES = [
    "add_", "sub_", "mul_", "div_", "neg_", "exp_", "log_", "sqrt_", "sin_", "cos_", "tanh_",
    "sigmoid_", "relu_", "abs_", "square_", "reciprocal_", "clamp_", "pow_", "zero_", "fill_",
    "copy_", "expm1_", "log1p_", "masked_fill_", "maximum_", "minimum_",
]  # fmt: skip
ARGUMENTS = {
    "add_": (2.0,), "sub_": (2.0,), "mul_": (2.0,), "div_": (2.0,), "pow_": (3,), "fill_": (2.0,),
    "clamp_": (0.6, 1.2), "masked_fill_": (mg.tensor([True, False, False]), 9.0),
    "copy_": (mg.tensor([4.0, 5.0, 6.0]),), "maximum_": (mg.tensor([1.0, 0.0, 3.0]),),
    "minimum_": (mg.tensor([1.0, 0.0, 3.0]),),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_each_in_place_form_equals_its_out_of_place_form(name):
    start = np.array([0.5, 1.1, 2.0])
    arguments = ARGUMENTS.get(name, ())

    def in_place(w):
        x = w * 1
        address = x.data_ptr()
        result = getattr(x, name)(*arguments)
        assert result is x
        assert x.data_ptr() == address
        return x * 1

    def out_of_place(w):
        if name in ("zero_", "fill_", "copy_"):
            return w * 0 + (arguments[0] if arguments else 0.0)
        return getattr(w, name[:-1])(*arguments)

    w = mg.tensor(start, requires_grad=True)
    a, b = in_place(w), out_of_place(w)
    np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
    weights = mg.tensor(np.array([1.0, 2.0, 3.0]))
    (g,) = mg.autograd.grad(a, w, weights)
    (h,) = mg.autograd.grad(b, w, weights)
    np.testing.assert_array_equal(g.numpy(), h.numpy())


def leaf(*numbers):
    return mg.tensor(np.array(numbers, np.float64), requires_grad=True)


def test_a_view_changed_in_place_changes_base_and_siblings():
    w = leaf(1.0, 2.0, 3.0)
    base = w * 1
    view, sibling = base[1:], base[:2]
    view.mul_(10)
    assert base.tolist() == [1.0, 20.0, 30.0]
    assert sibling.tolist() == [1.0, 20.0]
    (base.sum() + sibling.sum()).backward()
    assert w.grad.tolist() == [2.0, 20.0, 10.0]


def test_a_constant_becomes_part_of_the_graph_when_a_result_is_written_into_it():
    w = leaf(1.0, 2.0)
    table = mg.zeros(3, dtype=mg.float64)
    row = table[1:]
    table[0] = w[0] * 3
    row[0] = w[1] * 5
    assert table.requires_grad
    assert row.requires_grad
    assert not table.is_leaf
    table.sum().backward()
    assert w.grad.tolist() == [3.0, 5.0]


def test_views_of_a_tensor_without_dimensions():
    w = leaf(2.0)
    x = w.sum() * 1
    x.unsqueeze(0).mul_(3)
    x.reshape(1, 1).add_(w.sum())
    x.backward()
    assert x.item() == 8.0
    assert w.grad.tolist() == [4.0]


def test_a_quotient_may_be_changed_in_place():
    # PyTorch's rule of division keeps the operands, so that this works.
    w = leaf(2.0, 4.0)
    y = 8.0 / w
    y += 1
    y.sum().backward()
    assert w.grad.tolist() == [-2.0, -0.5]


@pytest.mark.parametrize(
    ("use", "change", "said"),
    [
        (
            lambda h: h.exp(),
            lambda h, y: y.mul_(2),
            r"ExpBackward0 needs its result .* mul_ changed",
        ),
        (lambda h: h.sin(), lambda h, y: h.add_(1), r"SinBackward0 needs its operand 'x' .* add_"),
        (
            lambda h: h * h,
            lambda h, y: h.zero_(),
            r"MulBackward0 needs its operand .* zero_ changed",
        ),
        (
            lambda h: h.tanh(),
            lambda h, y: y[1:].fill_(0),
            r"TanhBackward0 needs its result .* fill_",
        ),
        (
            lambda h: h**2,
            lambda h, y: h.__setitem__(0, 1.0),
            r"PowBackward0 .* x\[index\] = value",
        ),
        (lambda h: h**3, lambda h, y: h.detach().neg_(), r"PowBackward0 .* neg_ changed it"),
        (lambda h: h**3, lambda h, y: h.data.copy_(y), r"PowBackward0 .* copy_ changed it"),
        (lambda h: h * h, lambda h, y: h.__iadd__(1), r"MulBackward0 .* \+= changed it"),
    ],
)
def test_what_was_saved_and_then_changed_raises_and_names_the_operation(use, change, said):
    w = leaf(1.0, 2.0)
    h = w * 1
    y = use(h)
    change(h, y)
    with pytest.raises(RuntimeError, match=said):
        y.sum().backward()
    assert w.grad is None


def test_a_change_under_no_grad_is_noticed_too():
    w = leaf(1.0, 2.0)
    y = (w * w).sum()
    with mg.no_grad():
        w.add_(1)
    with pytest.raises(RuntimeError, match="add_ changed it in place after it was used"):
        y.backward()
    (w * w).sum().backward()
    assert w.grad.tolist() == [4.0, 6.0]


def test_a_change_of_what_no_rule_needs_is_no_error():
    w = leaf(1.0, 2.0)
    h = w * 3
    y = h + 1
    h.zero_()
    y.sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_a_change_before_the_use_is_no_error():
    w = leaf(1.0, 2.0)
    h = w * 3
    h.add_(1)
    (h * h).sum().backward()
    assert w.grad.tolist() == [24.0, 42.0]


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.add_(1), lambda w: w.zero_(), lambda w: w.__setitem__(0, 5.0),
        lambda w: w[1:].mul_(2), lambda w: w.reshape(1, 2).tanh_(), lambda w: w.__imul__(2),
        lambda w: w.copy_(mg.zeros(2)), lambda w: w.fill_(3), lambda w: w.masked_fill_(w > 0, 1.0),
    ],
)  # fmt: skip
def test_a_leaf_that_requires_grad_is_not_changed(change):
    w = leaf(1.0, 2.0)
    with pytest.raises(
        RuntimeError, match=r"leaf Tensor that requires grad is being used in an in"
    ):
        change(w)
    assert w.tolist() == [1.0, 2.0]
    assert w.is_leaf
    with mg.no_grad():
        change(w)
    assert w.tolist() != [1.0, 2.0]
    assert w.is_leaf
    assert w.requires_grad


def test_repeated_elements_are_not_changed():
    x = mg.zeros(1).expand(3)
    with pytest.raises(RuntimeError, match=r"add_: the memory .* shared by repeated elements"):
        x.add_(1)
    assert x.tolist() == [0.0, 0.0, 0.0]


def test_read_only_memory_is_not_changed():
    array = np.zeros(2)
    array.flags.writeable = False
    with pytest.raises(RuntimeError, match=r"mul_: the memory of this Tensor .* is read-only"):
        mg.from_numpy(array).mul_(2)


@pytest.mark.parametrize(
    ("x", "change", "message"),
    [
        (mg.zeros(2), lambda x: x.add_(mg.ones(3, 2)), r"add_: the result has shape \(3, 2\)"),
        (mg.zeros(2), lambda x: x.add_(mg.ones(3)), r"add: x of shape \(2,\), y of shape \(3,\)"),
        (mg.tensor([1, 2]), lambda x: x.add_(1.5), r"add_: a result of dtype float32 can't be put"),
        (mg.tensor([1, 2]), lambda x: x.__itruediv__(2), r"/=: a result of dtype float32"),
        (mg.tensor([True]), lambda x: x.add_(1), r"add_: a result of dtype int64 can't be put"),
        (mg.tensor([1, 2]), lambda x: x.__setitem__(0, 1.5), "a result of dtype float32"),
        (mg.zeros(2), lambda x: x.__setitem__(5, 1.0), "index 5 is out of bounds"),
        (mg.zeros(2), lambda x: x.__setitem__(..., mg.ones(3)), r"shape \(3,\)"),
        (mg.zeros(2), lambda x: x.copy_(mg.ones(3)), r"copy_: a Tensor of shape \(3,\) can"),
        (mg.zeros(2), lambda x: x.fill_("a"), "fill_ takes a number or a Tensor, got str"),
    ],
)
def test_what_does_not_fit_raises_and_changes_nothing(x, change, message):
    before = x.tolist()
    with pytest.raises((RuntimeError, TypeError, IndexError), match=message):
        change(x)
    assert x.tolist() == before


def test_a_lower_dtype_is_converted():
    x = mg.zeros(2, dtype=mg.float64)
    x.add_(mg.tensor([1, 2]))
    assert x.tolist() == [1.0, 2.0]
    y = mg.zeros(2)
    w = leaf(1.0, 2.0)
    y.add_(w)  # float64 into float32, as PyTorch does
    assert y.dtype is mg.float32
    y.sum().backward()
    assert w.grad.dtype is mg.float64
    assert w.grad.tolist() == [1.0, 1.0]


def test_optimizer_style_updates_leave_the_leaf_and_its_gradient():
    w = leaf(1.0, 2.0)
    for _ in range(3):
        w.grad = None
        (w * w).sum().backward()
        with mg.no_grad():
            w -= 0.25 * w.grad
    assert w.tolist() == [0.125, 0.25]
    assert w.is_leaf
    assert w.grad is not None


def test_second_order_through_an_in_place_operation():
    def f(w):
        x = w * 1
        x[1:].mul_(w[:2])
        x.sin_()
        return x * x

    from microgradnn.testing import gradgradcheck

    assert gradgradcheck(f, leaf(0.3, 0.7, 1.1))


def test_a_power_in_place_changes_the_tensor_itself():
    w = leaf(2.0, 3.0)
    y = w * 1
    same, part = y, y[0]
    y **= 3
    assert y is same
    assert part.item() == 8
    y.sum().backward()
    assert w.grad.tolist() == [12.0, 27.0]


def test_a_matrix_product_makes_a_new_tensor():
    x = same = mg.ones(2, 2)
    x @= mg.ones(2, 2)
    assert x.tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert same.tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize("shape", [(1, 3), (1, 1, 3), (1, 1)])
def test_what_is_written_may_have_more_dimensions_of_size_one(shape):
    w = mg.ones(*shape, requires_grad=True)
    x = mg.zeros(3)
    x[:] = w
    (x * mg.tensor([1.0, 2.0, 4.0])).sum().backward()
    assert w.grad.flatten().tolist() == ([1.0, 2.0, 4.0] if shape[-1] == 3 else [7.0])
    assert w.grad.shape == w.shape


def test_integers_that_are_overwritten_by_floats_need_no_gradient():
    x = mg.zeros(2, dtype=mg.int64)
    x.copy_(leaf(1.5, 2.5))
    assert x.tolist() == [1, 2]
    assert not x.requires_grad


def test_a_retained_gradient_is_that_of_the_changed_tensor():
    w = leaf(1.0, 2.0)
    y = w * 2
    part = y[0]
    y.retain_grad()
    part.retain_grad()
    y.mul_(3)
    (y * y).sum().backward()
    assert y.grad.tolist() == [12.0, 24.0]
    assert w.grad.tolist() == [72.0, 144.0]


def test_a_base_with_a_dimension_of_one_element_in_transposed_memory_can_change():
    # NumPy lays out what a list of indices picks as (2, 2, 1) here, transposed to (2, 1, 2).
    w = mg.tensor([[[1.0]], [[2.0]]], dtype=mg.float64, requires_grad=True)
    base = w[:, :, [0, 0]]
    view = base.expand(2, 2, 1, 2)
    base[-2] = -0.25
    assert base.tolist() == [[[-0.25, -0.25]], [[2.0, 2.0]]]
    assert view.tolist() == [base.tolist()] * 2
    (base.sum() + view.sum()).backward()
    assert w.grad.tolist() == [[[0.0]], [[6.0]]]


def test_an_expanded_view_of_one_number_follows_a_change_through_another_view():
    w = mg.tensor(2.0, requires_grad=True)
    v = mg.tensor(3.0, requires_grad=True)
    base = w * 1
    view, expanded = base[...], base.expand(2)
    view.mul_(v)
    (expanded * mg.tensor([1.0, 10.0])).sum().backward()
    assert (w.grad.item(), v.grad.item()) == (33.0, 22.0)


def test_an_operation_of_several_steps_keeps_what_each_has_saved():
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y.clamp_(min=mg.tensor([3.0, 3.0, 3.0]), max=mg.tensor([5.0, 5.0, 5.0]))
    y.sum().backward()
    assert x.grad.tolist() == [0, 2, 0]
