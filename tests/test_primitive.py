"""The record of an operation: a new one works everywhere at once, and saves what it needs."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn._primitive import Sample, answers, define, table
from microgradnn.graph import FREED
from microgradnn.testing import gradcheck, gradgradcheck


@pytest.fixture
def new_primitive():
    """`define`, undone afterwards."""
    before, answered = dict(table), dict(answers)
    yield define
    for name in set(table) - set(before):
        if name in vars(Value):
            delattr(Value, name)
    table.clear()
    table.update(before)
    answers.clear()
    answers.update(answered)


def leaf(*numbers):
    return mg.tensor(np.array(numbers, np.float64), requires_grad=True)


def samples():
    return [Sample((np.array([0.5, 1.0]),))]


def test_one_record_serves_tensors_values_arrays_and_every_order(new_primitive):
    cube = new_primitive(
        "cube", "x", lambda x: x * x * x, {"x": lambda g, x: g * (3.0 * x * x)},
        mathematics="x ** 3", scalar="x * x * x", samples=samples,
    )  # fmt: skip
    x = leaf(0.5, -2.0)
    assert cube(x).tolist() == [0.125, -8.0]
    assert cube(np.array([2.0])).tolist() == [8.0]
    assert gradcheck(cube, x)
    assert gradgradcheck(cube, x)
    v = Value(2.0)
    y = cube(v)
    assert y.data == 8.0
    assert mg.autograd.grad(y, v) == (12.0,)
    assert gradgradcheck(cube, Value(2.0))
    assert v.cube().data == 8.0
    assert cube(x).grad_fn.name() == "CubeBackward0"


def test_several_inputs_parameters_and_outputs(new_primitive):
    rotate = new_primitive(
        "rotate", "x y",
        lambda x, y, angle: (x * math.cos(angle) - y * math.sin(angle),
                             x * math.sin(angle) + y * math.cos(angle)),
        {
            "x": lambda g_u, g_v, angle: g_u * math.cos(angle) + g_v * math.sin(angle),
            "y": lambda g_u, g_v, angle: g_v * math.cos(angle) - g_u * math.sin(angle),
        },
        params={"angle": 0.0}, outputs="u v", mathematics="(x, y)", samples=samples,
    )  # fmt: skip
    x, y = leaf(1.0, 2.0), leaf(0.5, -1.0)
    u, v = rotate(x, y, angle=0.3)
    assert (u * u + v * v).tolist() == pytest.approx((x * x + y * y).tolist())
    assert gradcheck(lambda x, y: rotate(x, y, angle=0.3), (x, y))
    assert gradgradcheck(lambda x, y: rotate(x, y, angle=0.3), (x, y))
    (g,) = mg.autograd.grad(v.sum(), x)  # u is not used
    assert g.tolist() == pytest.approx([math.sin(0.3)] * 2)
    assert rotate.format_symbol((0.3,)) == "rotate"


def test_any_number_of_inputs_and_those_that_may_be_left_out(new_primitive):
    total = new_primitive(
        "total", "start *xs", lambda start, *xs: sum(xs, start),
        {"start": lambda g: g, "xs": lambda g, xs_shape, needs: [g if n else None for n in needs]},
        mathematics="start", samples=samples,
    )  # fmt: skip
    a, b, c = leaf(1.0), leaf(2.0), mg.tensor([3.0])
    y = total(a, b, c, b)
    assert y.item() == 8.0
    assert [t.item() for t in mg.autograd.grad(y, [a, b])] == [1.0, 2.0]
    assert total(a).item() == 1.0

    shifted = new_primitive(
        "shifted", "x by?", lambda x, by: x if by is None else x + by,
        {"x": lambda g: g, "by": lambda g: g}, mathematics="x", samples=samples,
    )  # fmt: skip
    assert shifted(a * 1, None).item() == 1.0
    y = shifted(a, b)
    assert [t.item() for t in mg.autograd.grad(y, [a, b])] == [1.0, 1.0]
    (g,) = mg.autograd.grad(shifted(a * 1, None), a)
    assert g.item() == 1.0


def test_a_rule_for_all_inputs_reads_outputs_and_knows_which_of_them_were_used(new_primitive):
    seen = []

    def rule(g_total, g_product, xs, product, arrived, needs):
        seen.append((sorted(arrived), needs))
        x, y = xs
        g = g_total if "total" in arrived else 0.0
        if "product" in arrived:
            return [g + g_product * (product / x), g + g_product * (product / y)]
        return [g, g]

    both = new_primitive(
        "both", "*xs", lambda x, y: (x + y, x * y), {"xs": rule}, outputs="total product",
        mathematics="xs[0] + xs[1], xs[0] * xs[1]", samples=samples,
    )  # fmt: skip
    x, y = leaf(2.0, 3.0), leaf(5.0, 7.0)
    assert gradcheck(both, (x, y))
    assert gradgradcheck(both, (x, y))
    total, product = both(x, leaf(5.0).detach())  # what is made for a constant goes nowhere
    (g,) = mg.autograd.grad((total.sum(), product.sum()), x, create_graph=True)
    assert g.tolist() == [6.0, 6.0]
    z = leaf(5.0)
    one = both(mg.ones(3, dtype=mg.float64), z)[0].sum()
    (both(x, z.detach())[1].sum() + one).backward(create_graph=True)
    assert (x.grad.tolist(), z.grad.tolist()) == ([5.0, 5.0], [3.0])
    x.grad = None
    seen.clear()
    both(x, y)[0].sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    both(x, y.detach())[1].sum().backward()
    assert x.grad.tolist() == [6.0, 8.0]
    assert seen == [(["total"], [True, True]), (["product"], [True, False])]


def test_numpy_functions_find_a_new_primitive(new_primitive):
    x = leaf(0.5)
    assert np.cbrt(x).grad_fn.name() == "MulBackward0"  # a composition until there is a rule
    new_primitive(
        "cbrt", "x", np.cbrt, {"x": lambda g, ans: g / (3.0 * ans * ans)},
        mathematics="cbrt(x)", samples=samples, numpy=np.cbrt, promotes="float",
    )  # fmt: skip
    y = np.cbrt(x)
    assert y.grad_fn.prim is table["cbrt"]
    assert np.cbrt(mg.tensor([1])).dtype is mg.float32
    assert gradcheck(np.cbrt, x)


def test_promotion_is_the_engines(new_primitive):
    def define_with(name, promotes):
        return new_primitive(
            name, "x y", lambda x, y: x + y, {"x": lambda g: g, "y": lambda g: g},
            mathematics="x + y", samples=samples, promotes=promotes,
        )  # fmt: skip

    ints, floats = mg.tensor([1, 2]), mg.tensor([0.5, 0.5], requires_grad=True)
    assert define_with("p1", "common")(ints, ints).dtype is mg.int64
    assert define_with("p2", "common float")(ints, ints).dtype is mg.float32
    y = define_with("p3", "common")(ints, floats)
    assert y.dtype is mg.float32
    with pytest.raises(RuntimeError, match="p4: operands have dtypes int64 and float32"):
        define_with("p4", "same")(ints, floats)


def test_a_rule_that_fails_names_the_operation_in_forward(new_primitive):
    def forward(x):
        raise ZeroDivisionError("inside")

    broken = new_primitive("broken", "x", forward, {}, mathematics="x", samples=samples)
    with pytest.raises(ZeroDivisionError, match=r"broken: x of shape \(2,\): inside"):
        broken(leaf(1.0, 2.0))


def test_a_call_with_something_else_is_refused():
    with pytest.raises(TypeError, match="mul takes Tensors, arrays and numbers, got Tensor, str"):
        table["mul"](leaf(1.0), "a")
    with pytest.raises(TypeError, match="matmul has no meaning for a single number: use a Tensor"):
        table["matmul"](Value(1.0), Value(2.0))


# --- saving exactly what is needed ---------------------------------------------------------------


def test_only_what_a_rule_that_will_run_needs_is_saved():
    x, w = mg.ones(3), mg.ones(3, requires_grad=True)
    node = (x * w).grad_fn
    kept = [item for item in node.saved if item is not None]
    assert len(kept) == 1
    assert kept[0] is x._array  # for w; x needs no gradient, so w is not kept
    assert node.inputs[0] is None
    both = (w * w.exp()).grad_fn
    assert all(item is not None for item in both.saved)


def test_a_shape_is_saved_instead_of_an_array():
    w = mg.ones(2, 3, requires_grad=True)
    assert w.sum().grad_fn.saved == ((2, 3),)
    assert (w + 1).grad_fn.saved == ()


def test_backward_frees_arrays_as_it_passes_them():
    w = mg.ones(3, requires_grad=True)
    y = w.exp()
    z = y.sum()
    z.backward()
    assert y.grad_fn.saved is FREED
    assert repr(FREED) == "<freed by backward()>"


def test_nothing_is_saved_without_a_gradient():
    x = mg.ones(3)
    assert (x * x).grad_fn is None
    with mg.no_grad():
        assert (mg.ones(3, requires_grad=True) * x).grad_fn is None


def test_memory_of_a_network_is_what_its_rules_need():
    # x @ w + b, then tanh: kept are x and the result of tanh, neither x @ w nor the sum.
    x, w = mg.ones(4, 3), mg.ones(3, 2, requires_grad=True)
    b = mg.ones(2, requires_grad=True)
    y = (x @ w + b).tanh()
    saved, nodes = [], [y.grad_fn]
    for node in nodes:
        saved += [item for item in node.saved if isinstance(item, np.ndarray)]
        nodes += [u for u in node.inputs if u is not None]
    assert {id(a) for a in saved} == {id(x._array), id(y._array)}


def test_symbols_show_parameters():
    assert table["power"].format_symbol((3,)) == "**3"
    assert repr(table["tanh"]) == "<primitive tanh: tanh(x)>"
    assert table["tanh"].single
    assert not table["max_dim"].single
    assert table["tanh"].differentiable
    assert not table["lt"].differentiable
