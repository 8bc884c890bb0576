"""Forward mode and `vmap` on every primitive of the table, though none has a rule for either."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import microgradnn as mg
import microgradnn.nn.functional
from microgradnn import func
from microgradnn._late import load_late
from microgradnn._primitive import table

load_late()


def samples(at_most=100):
    for prim in table.values():
        if not prim.rules:
            continue
        for k, sample in enumerate(prim.samples()[:at_most]):
            floats = [
                i
                for i, x in enumerate(sample.inputs)
                if x is not None and x.dtype.kind == "f" and _has_rule(prim, i)
            ]
            if floats and all(sample.inputs[i].size for i in floats):
                yield pytest.param(prim, sample, floats, id=f"{prim.name}-{k}")


def _has_rule(prim, i):
    return prim.inputs[min(i, len(prim.inputs) - 1)] in prim.rules


def function_of(prim, sample, floats):
    """The primitive as a function of the inputs that it is differentiated by."""
    params = tuple({**dict(prim.params), **sample.params}.values())

    def run(*xs):
        inputs = [None if x is None else mg.Tensor._wrap(x) for x in sample.inputs]
        for i, x in zip(floats, xs, strict=True):
            inputs[i] = x
        out = prim.apply(*inputs, *params)
        out = out if isinstance(out, tuple) else (out,)
        return [y for y in out if y.dtype.is_floating_point]

    return run


def draws(arrays, seed):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=tuple(a.shape))) for a in arrays]


SAMPLES, FEW = list(samples()), list(samples(3))


@pytest.mark.parametrize(("prim", "sample", "floats"), SAMPLES)
def test_forward_mode_is_the_transpose_of_reverse_mode(prim, sample, floats):
    f = function_of(prim, sample, floats)
    xs = [sample.inputs[i] for i in floats]
    tangents = draws(xs, 1)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ys, pushed = func.jvp(f, xs, tangents)
        cotangents = draws(ys, 2)
        _, pull = func.vjp(f, *xs)
        pulled = pull(cotangents)
    left = sum((c * t).sum() for c, t in zip(cotangents, pushed, strict=True))
    right = sum((g * t).sum() for g, t in zip(pulled, tangents, strict=True))
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("prim", "sample", "floats"), FEW)
def test_vmap_is_a_loop_for_values_and_both_modes(prim, sample, floats):
    f = function_of(prim, sample, floats)
    xs = [sample.inputs[i] for i in floats]
    rng = np.random.default_rng(4)
    # Near each other, so that every example is in the primitive's domain.
    many = [np.stack([x, x * (1.0 + 1e-3 * rng.uniform(size=x.shape))]) for x in xs]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        shapes = f(*[mg.Tensor._wrap(x) for x in xs])
        cotangents = draws(shapes, 5)
        tangents = draws(xs, 6)

        def derivatives(*at):
            ys, pull = func.vjp(f, *at)
            _, pushed = func.jvp(f, at, [mg.Tensor._wrap(t) for t in tangents])
            return ys, pull(cotangents), pushed

        found, _ = func.flatten(func.vmap(derivatives)(*many))
        rows = [func.flatten(derivatives(*[x[k] for x in many]))[0] for k in range(2)]
    for k, column in enumerate(zip(*rows, strict=True)):
        np.testing.assert_allclose(found[k], np.stack(column), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(("prim", "sample", "floats"), FEW)
def test_the_gradient_through_vmap_reaches_what_all_examples_share(prim, sample, floats):
    """One input is mapped over, the others are shared: they get the sum over the examples."""
    f = function_of(prim, sample, floats)
    xs = [sample.inputs[i] for i in floats]
    many = np.stack([xs[0], xs[0] * 1.001])
    dims = (0, *(None for _ in xs[1:]))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        weights = draws(f(*[mg.Tensor._wrap(x) for x in xs]), 8)

        def loss(*at):
            return sum((y * w).sum() for y, w in zip(f(*at), weights, strict=True))

        def mapped(*at):
            return func.vmap(loss, in_dims=dims)(*at).sum()

        def looped(*at):
            return loss(at[0][0], *at[1:]) + loss(at[0][1], *at[1:])

        numbers = range(len(xs))
        found = func.grad(mapped, numbers)(many, *xs[1:])
        expected = func.grad(looped, numbers)(many, *xs[1:])
    for g, h in zip(found, expected, strict=True):
        np.testing.assert_allclose(g, h, rtol=1e-9, atol=1e-10)
