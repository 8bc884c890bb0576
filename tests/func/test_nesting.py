"""Transforms in any order and depth; no perturbation is confused with another."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import func


def by_grad(f):
    return func.grad(f)


def by_jvp(f):
    return lambda x: func.jvp(f, (x,), (1.0,))[1]


def by_linearize(f):
    return lambda x: func.linearize(f, x)[1](1.0)


def by_vjp(f):
    return lambda x: func.vjp(f, x)[1](1.0)[0]


def by_jacrev(f):
    return func.jacrev(f)


def by_jacfwd(f):
    return func.jacfwd(f)


def by_vmap(f):
    return lambda x: func.vmap(func.grad(f))(np.stack([x, x]))[1]


MODES = [by_grad, by_jvp, by_linearize, by_vjp, by_jacrev, by_jacfwd, by_vmap]


@pytest.mark.parametrize(
    "modes",
    list(itertools.product(MODES, repeat=3)),
    ids=lambda m: "-".join(f.__name__[3:] for f in m),
)
def test_third_derivatives_by_any_three_modes(modes):
    f = np.tanh
    for mode in modes:
        f = mode(f)
    t = math.tanh(0.4)
    assert float(f(0.4)) == pytest.approx((1 - t * t) * (6 * t * t - 2), rel=1e-12)


def test_tanh_to_the_sixth_derivative():
    f, polynomial = np.tanh, np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(6):
        f = func.grad(f)
        polynomial = polynomial.deriv() * np.polynomial.Polynomial([1.0, 0.0, -1.0])
        assert f(0.7) == pytest.approx(polynomial(math.tanh(0.7)), rel=1e-12)


@pytest.mark.parametrize("outer", MODES)
@pytest.mark.parametrize("inner", MODES)
def test_perturbations_are_not_confused(outer, inner):
    """The classic: d/dx (x * d/dy (x + y)) is 1 at y = 1, not 2."""
    f = outer(lambda x: x * inner(lambda y: x + y)(1.0))
    assert float(f(1.0)) == 1.0
    # d/dx x * (d/dy x*y² at y = x) = d/dx 2x³ = 6x²
    g = outer(lambda x: x * inner(lambda y: x * y * y)(x))
    assert float(g(3.0)) == pytest.approx(54.0)


def test_a_closure_of_three_levels():
    def f(x):
        def g(y):
            return func.grad(lambda z: x * y * z * z)(y)  # 2xy²

        return func.jvp(g, (x,), (1.0,))[1]  # 4x²

    assert func.grad(f)(2.0) == pytest.approx(16.0)
    assert func.grad(func.grad(f))(2.0) == pytest.approx(8.0)


def test_all_orders_of_hessians_agree():
    def f(x):
        return np.sum(np.exp(x) * np.sin(x[0])) + x[0] ** 3 * x[1] * x[2]

    x = np.array([0.3, -0.7, 1.1])
    expected = func.hessian(f)(x)
    for outer, inner in itertools.product((func.jacrev, func.jacfwd), repeat=2):
        np.testing.assert_allclose(outer(inner(f))(x), expected, rtol=1e-12)
    third = func.jacrev(func.hessian(f))(x)
    assert third.shape == (3, 3, 3)
    assert third[0, 0, 1] == pytest.approx(6 * x[0] * x[2] - np.exp(x[1]) * np.sin(x[0]))
    assert third[0, 1, 2] == pytest.approx(3 * x[0] ** 2)
    step = 1e-5 * np.array([0, 1, 0])
    slope = (func.hessian(f)(x + step) - func.hessian(f)(x - step)) / 2e-5
    np.testing.assert_allclose(third[:, :, 1], slope, rtol=1e-7, atol=1e-8)


def test_vmap_in_vmap_and_between_transforms():
    a, b = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 3.0])

    def f(x, y):
        return np.sin(x) * y * y

    def table(xs, ys):
        return func.vmap(func.vmap(func.grad(f, 1), (None, 0)), (0, None))(xs, ys)

    np.testing.assert_allclose(table(a[0], b), 2 * np.outer(np.sin(a[0]), b), rtol=1e-12)
    slope = func.grad(lambda ys: table(a[0], ys).sum())(b)
    np.testing.assert_allclose(slope, np.full(3, 2 * np.sin(a[0]).sum()), rtol=1e-12)
    pushed = func.jvp(lambda xs: table(xs, b), (a[1],), (np.ones(3),))[1]
    np.testing.assert_allclose(pushed, 2 * np.outer(np.cos(a[1]), b), rtol=1e-12)


def test_backward_through_a_transform():
    """PyTorch's way around a transform: what it closes over gets its gradient by backward()."""
    w = mg.tensor(3.0, requires_grad=True)
    slope = func.grad(lambda x: w * x**3)(mg.tensor(2.0))
    slope.backward()
    assert slope.item() == 36.0
    assert w.grad.item() == 12.0
    with mg.no_grad():
        assert not func.grad(lambda x: w * x**3)(mg.tensor(2.0)).requires_grad


def test_values_go_through_all_modes():
    v = mg.Value(2.0)
    third = func.grad(func.grad(func.grad(lambda x: x**4)))(v)
    assert isinstance(third, mg.Value)
    assert third.data == 48.0
    assert func.jvp(lambda x, y: x * y.tanh(), (v, mg.Value(0.0)), (1.0, 1.0))[1].data == 2.0
    assert func.hessian(lambda x: x**3)(v).data == 12.0
    outer = func.grad(lambda x: x * func.grad(lambda y: x * y * y)(x))(mg.Value(3.0))
    assert outer.data == pytest.approx(54.0)
