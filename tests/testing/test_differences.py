"""Kinks, jumps and edges are told apart from mere curvature."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn.testing import GradcheckError, NotSmoothError, gradcheck, gradgradcheck


def leaf(numbers):
    return mg.tensor(np.array(numbers, np.float64), requires_grad=True)


@pytest.mark.parametrize(
    ("f", "at", "slopes"),
    [
        (mg.relu, 0.0, "0 and 1"),
        (mg.abs, 0.0, "-1 and 1"),
        (lambda x: mg.maximum(x, 2 * x), 0.0, "1 and 2"),
        (lambda x: x.clamp(-1.0, 1.0), 1.0, "1 and 0"),
        (lambda x: mg.stack([x, 1 - x]).amax(0), 0.5, "-1 and 1"),
    ],
)
def test_no_verdict_at_a_kink(f, at, slopes):
    message = rf"no verdict on d output\[1\] / d input 0.*\[1\] at {at}: the slopes .*, {slopes}, "
    with pytest.raises(NotSmoothError, match=message):
        gradcheck(f, leaf([3.0, at]))
    assert gradcheck(f, leaf([3.0, at + 1e-5]))


def test_no_verdict_at_a_jump():
    def step(x):
        return mg.where(x > 0, x * 0 + 1, x * 0)

    with pytest.raises(NotSmoothError, match="a kink or a jump"):
        gradcheck(step, leaf([0.0]))


def test_no_verdict_at_a_kink_of_values():
    with pytest.raises(NotSmoothError, match="0 and 1, do not come closer"):
        gradcheck(lambda a: a.relu(), Value(0.0))


@pytest.mark.parametrize("fraction", [0.05, 0.2, 1 / 3, 0.5, 2 / 3, 0.9])
@pytest.mark.parametrize("side", [-1, 1])
def test_no_wrong_verdict_beside_a_kink(fraction, side):
    # A kink within a step makes the central difference a number that no derivative is near.
    with pytest.raises(NotSmoothError):
        gradcheck(mg.abs, leaf([side * fraction * 1e-6]))


def test_a_kink_of_the_gradient_is_one_for_second_order_only():
    def f(x):
        return mg.relu(x) ** 2

    assert gradcheck(f, leaf([0.0, 1.0]))
    with pytest.raises(NotSmoothError, match=r"d gradient by input 0 \('x'\)\[0\]"):
        gradgradcheck(f, leaf([0.0, 1.0]))


@pytest.mark.parametrize("frequency", [10.0, 100.0, 1000.0])
def test_curvature_is_no_kink(frequency):
    # At 1000 the one-sided slopes differ by 0.5 at eps = 1e-6.
    assert gradcheck(lambda x: (frequency * x).sin(), leaf([0.3, 1.0, 2.0]))


def test_a_wrong_gradient_of_a_strongly_curved_function_is_still_wrong():
    class Wave(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return (1000 * x).sin()

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 900 * g * (1000 * x).cos()

    with pytest.raises(GradcheckError, match="wrong") as caught:
        gradcheck(Wave.apply, leaf([0.3]))
    assert not isinstance(caught.value, NotSmoothError)


def test_rounding_of_large_outputs_is_no_kink_and_no_wrong_gradient():
    x = leaf([0.5])
    with pytest.raises(NotSmoothError, match="the output is so large that rounding hides"):
        gradcheck(lambda x: 0.01 * x + 1e7, x)
    assert gradcheck(lambda x: 0.01 * x + 1e7, x, eps=1e-2)
    assert gradcheck(lambda x: 0.01 * x + 1e7, x, atol=0.1)


def test_a_wrong_gradient_of_a_large_output_is_still_wrong():
    with pytest.raises(GradcheckError, match="wrong in 1 of 1") as caught:
        gradcheck(lambda x: x + x.detach() + 1e7, leaf([0.5]))
    assert not isinstance(caught.value, NotSmoothError)


def test_a_power_that_is_smooth_once_passes():
    assert gradcheck(lambda x: x.abs() ** 1.5, leaf([0.0]))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (mg.sqrt, leaf([0.0])),
        (mg.log, leaf([5e-7])),
        (lambda a: a.sqrt(), Value(0.0)),
        (lambda a: a.log(), Value(5e-7)),
    ],
)
def test_no_verdict_at_the_edge_of_the_domain(f, x):
    with pytest.raises(NotSmoothError, match="The point lies on the edge of its domain"):
        gradcheck(f, x)


def test_a_result_that_is_not_finite_is_named():
    with pytest.raises(GradcheckError, match="output is not finite at the inputs"):
        gradcheck(mg.log, leaf([1.0, 0.0]))


def test_a_step_lost_in_rounding_is_named():
    with pytest.raises(
        GradcheckError, match=r"eps=1e-06 is lost in rounding beside input 0 \('x'\)"
    ):
        gradcheck(lambda x: x * 2, leaf([1e12]))
    assert gradcheck(lambda x: x * 2, leaf([1e12]), eps=1e6)


def test_a_shape_that_depends_on_the_numbers_is_named():
    with pytest.raises(GradcheckError, match=r"shape of output 0 depends on the numbers: \(1,\)"):
        gradcheck(lambda x: x[x <= 0.0] * 2, leaf([0.0]))
