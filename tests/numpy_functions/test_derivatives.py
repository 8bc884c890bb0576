"""Each NumPy function with a derivative: value as NumPy's, derivatives as finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import func, numpy_functions  # noqa: F401
from microgradnn._numpy_protocols import compositions
from microgradnn._primitive import answers
from microgradnn.numpy_functions.registry import detached
from tests.numpy_functions.cases import CASES, arrays

CALLS = [
    pytest.param(function, shapes, id=f"{name}-{k}")
    for name, calls in CASES.items()
    for k, (function, shapes) in enumerate(calls)
    if name.split(".")[0] == "linalg" or hasattr(np, name.split(".")[0])
]
STEP = 1e-4


def names_of(function):
    """What NumPy calls a function: `linalg.norm`."""
    return {
        prefix + name
        for prefix, where in (("", np), ("linalg.", np.linalg), ("fft.", np.fft))
        for name, found in vars(where).items()
        if found is function
    }


def test_each_function_with_a_derivative_has_a_case():
    differentiable = [f for f in compositions if f not in detached]
    differentiable += [f for f, prim in answers.items() if callable(f) and prim.rules]
    missing = [f.__name__ for f in differentiable if names_of(f) and not names_of(f) & CASES.keys()]
    assert missing == []


def weighted(function, xp=np):
    """A number made of what a function returns, with all second derivatives different from 0."""

    def loss(*xs):
        y = function(xp, *xs)
        weights = np.cos(np.arange(1.0, np.prod(tuple(y.shape), dtype=int) + 1.0))
        return (y * y * weights.reshape(tuple(y.shape))).sum() + (y * 0.5).sum()

    return loss


def differences(f, xs, vs):
    """The derivative of f along vs, with an error of the fourth order in the step."""

    def at(h):
        return np.asarray(f(*[x + h * v for x, v in zip(xs, vs, strict=True)]))

    near, far = at(STEP) - at(-STEP), at(2 * STEP) - at(-2 * STEP)
    return (8.0 * near - far) / (12.0 * STEP)


def directions(xs):
    rng = np.random.default_rng(7)
    return [np.asarray(rng.normal(size=x.shape)) for x in xs]


@pytest.mark.parametrize(("function", "shapes"), CALLS)
def test_values_are_numpys(function, shapes):
    xs = arrays(shapes)
    expected = function(np, *xs)
    found = function(np, *[mg.tensor(x, requires_grad=True) for x in xs])
    assert isinstance(found, mg.Tensor)
    assert tuple(found.shape) == np.shape(expected)
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("function", "shapes"), CALLS)
def test_first_derivatives_in_both_modes(function, shapes):
    xs = arrays(shapes)
    vs, loss = directions(xs), weighted(function)
    expected = differences(loss, xs, vs)
    gradients = func.grad(loss, argnums=range(len(xs)))(*xs)
    backward = sum((g * v).sum() for g, v in zip(gradients, vs, strict=True))
    value, forward = func.jvp(loss, xs, vs)
    np.testing.assert_allclose(value, loss(*xs), rtol=1e-10)
    np.testing.assert_allclose(backward, expected, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(forward, backward, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("function", "shapes"), CALLS)
def test_second_derivatives_in_both_modes(function, shapes):
    xs = arrays(shapes)
    vs, loss = directions(xs), weighted(function)
    gradient = func.grad(loss, argnums=range(len(xs)))
    expected = differences(lambda *at: np.concatenate([g.ravel() for g in gradient(*at)]), xs, vs)
    over_reverse = func.jvp(gradient, xs, vs)[1]

    def slope(*at):
        return sum((g * v).sum() for g, v in zip(gradient(*at), vs, strict=True))

    twice_reverse = func.grad(slope, argnums=range(len(xs)))(*xs)
    for found in (over_reverse, twice_reverse):
        flat = np.concatenate([np.ravel(g) for g in found])
        np.testing.assert_allclose(flat, expected, rtol=1e-5, atol=1e-6)
