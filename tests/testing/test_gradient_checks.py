"""gradcheck and gradgradcheck: right gradients pass, wrong ones are named, the rest is refused."""

import re

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn.testing import GradcheckError, NotSmoothError, gradcheck, gradgradcheck


def leaf(numbers):
    return mg.tensor(np.array(numbers, np.float64), requires_grad=True)


def square_with(rule):
    """x**2 with a backward of one's own."""

    class Square(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return rule(g, x)

    return Square.apply


MATRIX = [[0.3, -0.7, 1.2], [0.1, 2.0, -1.0]]


def test_right_gradients_pass_for_several_inputs_and_outputs():
    def f(x, w, scale):
        y = (x @ w.T).tanh()
        return y.sum(1) * scale, y.argmax(1), y[0] * 2.0

    inputs = (leaf(MATRIX), leaf([[1.0, 2.0, 3.0], [0.5, 0.2, -0.4]]), 3.0)
    assert gradcheck(f, inputs) is True
    assert gradgradcheck(f, inputs) is True


def test_functions_of_values_are_checked_too():
    def f(a, b):
        return a * b + b.exp() / a, a**3

    assert gradcheck(f, (Value(2.0), Value(0.5)))
    assert gradgradcheck(f, (Value(2.0), Value(0.5)))


def test_the_inputs_are_left_as_they_were():
    x = leaf(MATRIX)
    gradcheck(lambda x: x.exp(), x)
    gradgradcheck(lambda x: x.exp(), x)
    assert x.grad is None
    assert x.is_leaf
    assert np.array_equal(x.detach().numpy(), np.array(MATRIX))


def test_the_report_names_input_element_output_both_numbers_and_the_relative_error():
    def f(weight, x):
        return square_with(lambda g, x: g * 1.5 * x)(x) * weight

    with pytest.raises(GradcheckError) as caught:
        gradcheck(f, (leaf(2.0), leaf(MATRIX)))
    message = str(caught.value)
    assert "derivative of output with respect to input 1 ('x') is wrong in 6 of 36" in message
    assert "d output[1, 1] / d input 1 ('x')[1, 1]" in message
    assert "by backward:             6.0\n" in message
    (by_differences,) = re.findall(r"by central differences:  (\S+)\n", message)
    assert float(by_differences) == pytest.approx(8.0, rel=1e-8)
    assert "relative error 0.25 " in message
    assert "Each wrong element is 0.75 times what it should be." in message


def test_a_wrong_gradient_of_a_value_function_is_found(monkeypatch):
    from microgradnn.rules import elementwise

    monkeypatch.setattr(elementwise.mul, "value_vjp", lambda v, g: (g, g))
    with pytest.raises(GradcheckError, match=r"d output / d input 0 \('a'\)"):
        gradcheck(lambda a, b: a * b, (Value(2.0), Value(3.0)))


def test_raise_exception_false_returns_false_for_a_wrong_gradient_only():
    x = leaf(MATRIX)
    assert gradcheck(square_with(lambda g, x: g * x), x, raise_exception=False) is False
    assert gradgradcheck(square_with(lambda g, x: g * x), x, raise_exception=False) is True
    wrong_second = square_with(lambda g, x: 2 * g * x.detach())
    assert gradgradcheck(wrong_second, x, raise_exception=False) is False
    with pytest.raises(NotSmoothError):
        gradcheck(mg.relu, leaf([0.0]), raise_exception=False)
    with pytest.raises(TypeError, match="float64"):
        gradcheck(mg.relu, leaf([0.0]).float(), raise_exception=False)


def test_tolerances_decide():
    slightly_wrong = square_with(lambda g, x: g * 2.001 * x)
    x = leaf([1.0])
    assert gradcheck(slightly_wrong, x, rtol=1e-2)
    with pytest.raises(GradcheckError, match="wrong in 1 of 1"):
        gradcheck(slightly_wrong, x, rtol=1e-4)


def test_gradgradcheck_finds_what_is_only_wrong_in_second_order():
    f = square_with(lambda g, x: 2 * g * x.detach())
    x = leaf(MATRIX)
    assert gradcheck(f, x)
    with pytest.raises(GradcheckError, match="derivative of gradient by input 0 with respect to"):
        gradgradcheck(f, x)


def test_gradgradcheck_checks_the_derivative_by_the_cotangent():
    f = square_with(lambda g, x: 2 * g.detach() * x)
    with pytest.raises(GradcheckError, match=r"respect to grad_outputs\[0\] is wrong"):
        gradgradcheck(f, leaf(MATRIX))


def test_gradgradcheck_takes_cotangents():
    x = leaf([1.0, 2.0])
    assert gradgradcheck(lambda x: x**3, x, leaf([0.5, -1.0]))
    with pytest.raises(ValueError, match="1 differentiable outputs and 2 grad_outputs"):
        gradgradcheck(lambda x: x**3, x, [leaf([0.5, -1.0]), leaf([0.5, -1.0])])


def test_a_backward_that_is_not_recorded_is_named():
    with pytest.raises(GradcheckError, match="the gradients do not depend on input 0"):
        gradgradcheck(square_with(lambda g, x: (2 * g * x).detach()), leaf(MATRIX))


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
@pytest.mark.parametrize("dtype", [mg.float32, mg.float16])
def test_single_precision_is_an_error_not_a_verdict(check, dtype):
    x = mg.tensor([1.0], dtype=dtype, requires_grad=True)
    with pytest.raises(TypeError, match=rf"input 0 \('x'\) is {dtype!r}.*need float64"):
        check(lambda x: x * x, x)


def test_single_precision_inside_the_function_is_an_error():
    with pytest.raises(TypeError, match=r"output 0 is microgradnn\.float32 though the inputs are"):
        gradcheck(lambda x: x.float() * 2, leaf([1.0]))


def test_nothing_to_differentiate_is_an_error():
    with pytest.raises(
        ValueError, match=r"no input requires grad \(input 0 \('x'\): Tensor of sha"
    ):
        gradcheck(lambda x: x * x, mg.ones(2, dtype=mg.float64))


def test_other_inputs_are_passed_on():
    mask = mg.tensor([True, False])
    assert gradcheck(lambda x, m, c: mg.where(m, x, c), (leaf([1.0, 2.0]), mask, 7.0))


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x, y: x * 2, r"do not depend on input 1 \('y'\)"),
        (lambda x, y: (x * y).detach(), "by any recorded operation: .* no_grad"),
        (lambda x, y: mg.tensor([1.0], dtype=mg.float64), "by any recorded operation"),
        (lambda x, y: x * y.detach(), "No recorded operation leads from input 1"),
        (lambda x, y: x > y, "by any recorded operation"),
    ],
)
def test_outputs_that_do_not_depend_on_an_input_are_named(f, message):
    with pytest.raises(GradcheckError, match=message):
        gradcheck(f, (leaf([1.0, 2.0]), leaf([3.0, 4.0])))


def test_a_function_that_uses_a_variable_around_it_is_found():
    outside = leaf([1.0, 2.0])
    with pytest.raises(GradcheckError, match="does the function use a variable around it"):
        gradcheck(lambda x: outside * 3, outside)


def test_randomness_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(
        GradcheckError, match="two calls with the same inputs give different results"
    ):
        gradcheck(lambda x: x * rng.random(), leaf([1.0]))
    noise = iter([0.0, 1e-9, *[0.0] * 20])
    assert gradcheck(lambda x: x + next(noise), leaf([1.0]), nondet_tol=1e-8)


def test_a_number_of_outputs_that_changes_is_refused():
    lengths = iter([1, 2, 3])
    with pytest.raises(GradcheckError, match="returned 1 outputs, then 2"):
        gradcheck(lambda x: [x * 2] * next(lengths), leaf([1.0]))


def test_changing_an_input_in_place_is_refused():
    def f(x, y):
        y.add_(1)
        return x * 2

    with pytest.raises(GradcheckError, match=r"changed input 1 \('y'\) in place"):
        gradcheck(f, (leaf([1.0]), mg.zeros(1, dtype=mg.float64)))


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match="returned a float; it must return a Tensor or a Value"):
        gradcheck(lambda x: 3.0, leaf([1.0]))


def test_a_backward_that_is_not_linear_is_refused():
    with pytest.raises(GradcheckError, match="not linear in the cotangent"):
        gradcheck(square_with(lambda g, x: 2 * g * g * x), leaf(MATRIX))


def test_inputs_without_elements_and_views_are_checked():
    assert gradcheck(lambda x: x.exp(), leaf(np.zeros((0, 3))))
    x = mg.tensor(np.arange(12.0).reshape(3, 4).T[::-1, ::2], requires_grad=True)
    assert gradcheck(lambda x: (x * x).sum(0), x)


def test_intermediate_results_can_be_inputs():
    x = leaf([1.0, 2.0])
    assert gradcheck(lambda y: y.exp(), x * 2)
