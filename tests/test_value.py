"""`Value`: micrograd's surface, and what micrograd gets wrong."""

import copy
import math
import pickle
import random

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value


def documented_expression(Value):
    """The expression of micrograd's first page, statement by statement."""
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g, a, b


def documented_neuron(Value):
    """The lecture's neuron, with its tanh written as exponentials."""
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    e = (2 * n).exp()
    return (e - 1) / (e + 1), x1, w1, x2, w2


def test_the_documented_expression():
    g, a, b = documented_expression(Value)
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_the_lectures_neuron():
    o, *inputs = documented_neuron(Value)
    o.backward()
    assert f"{o.data:.4f}" == "0.7071"
    assert [round(v.grad, 4) for v in inputs] == [-1.5, 1.0, 0.5, 0.0]
    x = Value(0.8813735870195432)
    y = x.tanh()
    y.backward()
    assert (round(y.data, 4), round(x.grad, 4)) == (0.7071, 0.5)


@pytest.mark.peers
def test_the_documented_expression_equals_micrograds():
    from micrograd.engine import Value as Theirs

    ours, theirs = documented_expression(Value), documented_expression(Theirs)
    ours[0].backward()
    theirs[0].backward()
    assert [v.data for v in ours] == [v.data for v in theirs]
    # micrograd adds up in the order of its sets, which is another each time.
    assert [v.grad for v in ours] == pytest.approx([v.grad for v in theirs], rel=1e-15)


def random_program(rng):
    """Steps in what micrograd has: + - * / with numbers on either side, powers, relu."""
    steps = [
        lambda v: v[-1] + rng_free(v), lambda v: v[-1] * rng_free(v), lambda v: v[-1] - rng_free(v),
        lambda v: v[-1] * 0.5, lambda v: 2 * v[-1], lambda v: 1.5 - v[-1], lambda v: v[-1] / 3,
        lambda v: (v[-1] + 0.37).relu() + v[-1], lambda v: -v[-1], lambda v: v[-1] + v[-1],
        lambda v: 1 / (v[-1] ** 2 + 1), lambda v: (v[-1] * 0.1) ** 3, lambda v: sum(v[-3:]),
    ]  # fmt: skip

    def rng_free(v):
        return v[len(v) * 7 // 11]

    chosen = [rng.choice(steps) for _ in range(rng.randint(3, 30))]
    leaves = [rng.uniform(-2, 2) for _ in range(3)]
    return leaves, chosen


@pytest.mark.peers
@pytest.mark.parametrize("seed", range(100))
def test_random_programs_equal_micrograds(seed):
    from micrograd.engine import Value as Theirs

    leaves, steps = random_program(random.Random(seed))
    found = []
    for kind in (Value, Theirs):
        values = [kind(x) for x in leaves]
        for step in steps:
            values.append(step(values))
        total = sum(values)
        total.backward()
        found.append([v.data for v in values] + [v.grad for v in values])
    assert found[0] == pytest.approx(found[1], rel=1e-12, abs=1e-12)


def test_a_second_backward_accumulates():
    a = Value(2.0)
    y = (a**2) * (a**2)
    y.backward()
    assert a.grad == 32.0
    y.backward()
    assert a.grad == 64.0  # 4 a**3, twice; not 96


def test_interior_gradients_are_kept():
    a, b = Value(2.0), Value(-3.0)
    c = a * b
    d = c + 1
    e = d * d
    e.backward()
    assert (e.grad, d.grad, c.grad, b.grad, a.grad) == (1, -10.0, -10.0, -20.0, 30.0)


def test_one_operand_used_twice_has_two_edges():
    a = Value(3.0)
    y = a + a
    assert y.inputs == (a, a)
    assert y._prev == (a, a)
    y.backward()
    assert a.grad == 2.0
    z = a * a
    assert z.inputs == (a, a)


def test_inputs_are_in_order_and_operations_have_names():
    a, b = Value(3.0), Value(4.0)
    y = a - b
    assert y.inputs == (a, b)
    assert y.inputs[0] is a
    ops = {v._op: v.op for v in (a + b, a * b, a / b, a**2, -a, a.relu(), a.tanh(), a.exp())}
    assert ops == {
        "+": "add", "*": "mul", "/": "div", "**2": "power", "-": "neg", "ReLU": "relu",
        "tanh": "tanh", "exp": "exp",
    }  # fmt: skip
    assert (a.op, a._op, a.inputs) == ("", "", ())


def test_numbers_stand_on_either_side():
    a = Value(3.0)
    for y, number, slope in [
        (a + 2, 5.0, 1.0), (2 + a, 5.0, 1.0), (a - 2, 1.0, 1.0), (2 - a, -1.0, -1.0),
        (a * 2, 6.0, 2.0), (2 * a, 6.0, 2.0), (a / 2, 1.5, 0.5), (6 / a, 2.0, -2 / 3),
        (a**2, 9.0, 6.0), (2**a, 8.0, 8 * math.log(2)), (np.float64(2) * a, 6.0, 2.0),
        (a**np.float64(2), 9.0, 6.0), (a * np.int64(2), 6.0, 2.0), (True * a, 3.0, 1.0),
        (a**-1, 1 / 3, -1 / 9), (a**0.5, 3**0.5, 0.5 / 3**0.5), (-a, -3.0, -1.0), (+a, 3.0, 1.0),
        (abs(-a), 3.0, 1.0), (sum([a, a]), 6.0, 2.0),
    ]:  # fmt: skip
        assert isinstance(y, Value)
        assert y.data == pytest.approx(number)
        assert mg.autograd.grad(y, a) == (pytest.approx(slope),)


FUNCTIONS = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "abs": (abs, lambda x: 1.0),
    "relu": (lambda x: x, lambda x: 1.0),
    "sigmoid": (
        lambda x: 1 / (1 + math.exp(-x)),
        lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2,
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    f, slope = FUNCTIONS[name]
    x = Value(0.7)
    y = getattr(x, name)()
    y.backward()
    assert y.data == pytest.approx(f(0.7), rel=1e-15)
    assert x.grad == pytest.approx(slope(0.7), rel=1e-14)
    assert type(x.grad) is float or x.grad == 1


def test_numpy_functions_keep_the_graph():
    x = Value(0.7)
    y = np.exp(x) * np.float64(3) + np.tanh(x)
    assert isinstance(y, Value)
    y.backward()
    assert x.grad == pytest.approx(3 * math.exp(0.7) + 1 - math.tanh(0.7) ** 2)


@pytest.mark.parametrize("n", range(1, 6))
def test_derivatives_of_every_order(n):
    x = Value(1.3)
    y = x**5 * 2 + 1
    for _ in range(n):
        (y,) = mg.autograd.grad(y, x, create_graph=True)
    assert y.data == pytest.approx(2 * math.prod(range(6 - n, 6)) * 1.3 ** (5 - n))
    z = x.sin()
    for _ in range(n):
        (z,) = mg.autograd.grad(z, x, create_graph=True)
    assert z.data == pytest.approx(math.sin(1.3 + n * math.pi / 2))


def test_comparison_is_of_data_and_equality_of_identity():
    a, b = Value(2.0), Value(3.0)
    assert a < b
    assert b > a
    assert a <= 2.0
    assert a >= Value(2.0)
    assert not a < 2
    assert np.float64(1) < a
    assert not np.float64(1) > a
    assert np.float64(2) >= a
    assert not np.float64(2) == a  # noqa: SIM201
    assert np.float64(2) != a
    assert a == a
    assert a != Value(2.0)
    assert a != 2.0
    assert len({a, b, a, Value(2.0)}) == 3
    assert max([a, b, Value(-1.0)]) is b


def test_conversion_and_printing():
    a = Value(2.0, label="a")
    assert (float(a), a.item(), a.label) == (2.0, 2.0, "a")
    assert repr(a) == "Value(data=2.0, grad=0)"
    assert repr(Value(3)) == "Value(data=3, grad=0)"
    a.label = "other"
    assert a.label == "other"
    assert type(Value(np.float32(1.5)).data) is float
    assert type(Value(mg.tensor(1.5)).data) is float
    assert Value(True).data == 1


def test_updating_and_computing_again_is_a_training_step():
    w = Value(5.0)
    for _ in range(60):
        loss = (w - 2.0) ** 2
        w.grad = 0
        loss.backward()
        w.data -= 0.2 * w.grad
    assert w.data == pytest.approx(2.0)


@pytest.mark.parametrize("operation", [lambda a: a * 3.0, lambda a: a * a, lambda a: a.tanh()])
def test_a_changed_operand_is_noticed(operation):
    a = Value(2.0, label="a")
    y = operation(a)
    z = y * 1.0
    a.data = 5.0
    said = r"The data of the operand 0 \(a\) of '(mul|tanh)' was set to 5.0 after the operation"
    with pytest.raises(RuntimeError, match=said):
        z.backward()
    assert (a.grad, y.grad, z.grad) == (0, 0, 0)
    with pytest.raises(RuntimeError, match=said):
        mg.autograd.grad(z, a, create_graph=True)
    operation(a).backward()
    assert a.grad != 0


def test_a_changed_result_is_noticed():
    a = Value(2.0)
    y = a.exp()
    z = y * 3.0
    y.data = 1.0
    with pytest.raises(RuntimeError, match=r"was set to 1.0 after"):
        z.backward()
    assert a.grad == 0


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (lambda: Value(2.0) / Value(0.0), ZeroDivisionError, r"/ of 2\.0, 0\.0: "),
        (lambda: Value(2.0) / 0, ZeroDivisionError, r"/ of 2\.0, 0: "),
        (lambda: Value(0.0) ** -1, ValueError, r"\*\*-1 of 0\.0: "),
        (lambda: Value(-8.0) ** 0.5, ValueError, r"\*\*0\.5 of -8\.0: "),
        (lambda: Value(-8.0) ** Value(0.5), ValueError, r"\*\* of -8\.0, 0\.5: "),
        (lambda: Value(0).log(), ValueError, "log of 0: "),
        (lambda: Value(-1.0).log(), ValueError, r"log of -1\.0: "),
        (lambda: Value(-1.0).sqrt(), ValueError, r"sqrt of -1\.0: "),
        (lambda: Value(1000.0).exp(), OverflowError, r"exp of 1000\.0: "),
        (lambda: Value(1e200) ** 2, OverflowError, r"\*\*2 of 1e\+200: "),
    ],
)
def test_what_has_no_value_names_the_operation_and_the_numbers(compute, error, message):
    with pytest.raises(error, match=message):
        compute()


@pytest.mark.parametrize("graph", [False, True])
def test_what_has_no_derivative_names_the_operation_and_changes_no_gradient(graph):
    x = Value(0.0)
    y = x.sqrt() + x
    with pytest.raises(ZeroDivisionError, match=r"the derivative of sqrt at 0\.0 does not exist"):
        mg.autograd.grad(y, x, create_graph=graph)
    with pytest.raises(ZeroDivisionError, match=r"the derivative of sqrt at 0\.0 does not exist"):
        y.backward()
    assert (x.grad, y.grad) == (0, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("2", "Value holds one real number, got str"),
        (None, "Value holds one real number, got NoneType"),
        (1 + 2j, "Value holds one real number, got complex"),
        (np.complex128(1), "Value holds one real number, got complex128"),
        ([1.0], "Value holds one real number, got list"),
        (np.ones(2), r"got ndarray of shape \(2,\); use a Tensor for arrays"),
        (Value(1.0), "Value holds one real number, got Value"),
    ],
)
def test_what_is_no_number_is_refused(data, message):
    with pytest.raises(TypeError, match=message):
        Value(data)
    v = Value(1.0)
    with pytest.raises(TypeError, match=message):
        v.data = data
    assert v.data == 1.0


def test_other_operands_are_refused():
    a = Value(2.0)
    for other in ("s", None, 1j, [1.0]):
        with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+"):
            a + other
    with pytest.raises(TypeError, match="use a Tensor for arrays"):
        a * np.array([1.0, 2.0])
    with pytest.raises(TypeError, match="use a Tensor for arrays"):
        np.array([1.0, 2.0]) * a
    with pytest.raises(TypeError, match=r"np\.cbrt is not implemented for Value"):
        np.cbrt(a)
    with pytest.raises(TypeError, match="unsupported operand"):
        a * mg.tensor(2.0)
    with pytest.raises(TypeError, match="label is a tuple"):
        Value(2.0, (a,))


def test_grad_leaves_the_gradients_alone():
    a, b = Value(2.0), Value(3.0)
    y = a * b
    assert mg.autograd.grad(y, [a, b]) == (3.0, 2.0)
    assert (a.grad, b.grad, y.grad) == (0, 0, 0)


def test_grad_by_intermediate_results_and_of_several_outputs():
    a = Value(2.0)
    b = a * a
    y = b * b
    assert mg.autograd.grad(y, [b, a]) == (8.0, 32.0)
    assert mg.autograd.grad([y, b], a) == (36.0,)
    assert mg.autograd.grad([y, b], a, grad_outputs=[2.0, 10.0]) == (104.0,)
    assert mg.autograd.grad([y, y], a) == (64.0,)
    assert mg.autograd.grad(y, y) == (1.0,)


def test_grad_by_what_was_not_used():
    a, b = Value(2.0), Value(3.0)
    y = a * a
    with pytest.raises(RuntimeError, match="input 1 appears not to have been used in the graph"):
        mg.autograd.grad(y, [a, b])
    assert mg.autograd.grad(y, [a, b], allow_unused=True) == (4.0, None)
    assert mg.autograd.grad(y, [a, b], materialize_grads=True) == (4.0, 0.0)


def test_leaves_are_copied_and_pickled():
    a = Value(2.0, label="a")
    a.grad = 3.0
    for b in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        assert (b.data, b.grad, b.label) == (2.0, 3.0, "a")
        assert b is not a
    with pytest.raises(RuntimeError, match="only a leaf Value can be copied or pickled"):
        copy.deepcopy(a * 2)


def test_a_node_made_of_many():
    values = [Value(float(k)) for k in range(1000)]
    total = sum(values)
    total.backward()
    assert total.data == 499500.0
    assert {v.grad for v in values} == {1}
