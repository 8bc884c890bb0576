"""Broadcasting: NumPy's shapes, and gradients summed over what was repeated."""

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnn as mg

SHAPES = npst.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3)
THREE_SHAPES = npst.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=3)

OPERATIONS = {
    "+": (lambda x, y: x + y, lambda x, y: (1.0 + 0 * y, 1.0 + 0 * x)),
    "-": (lambda x, y: x - y, lambda x, y: (1.0 + 0 * y, -1.0 + 0 * x)),
    "*": (lambda x, y: x * y, lambda x, y: (y, x)),
    "/": (lambda x, y: x / y, lambda x, y: (1.0 / y, -x / y**2)),
    "**": (lambda x, y: x**y, lambda x, y: (y * x ** (y - 1.0), x**y * np.log(x))),
}


def draw(shape, seed):
    return np.asarray(np.random.default_rng(seed).uniform(0.5, 2.0, shape))


def summed(contributions, shape):
    """What each element of an array of ``shape`` gets, if it was repeated into a larger shape."""
    sources = np.broadcast_to(
        np.arange(int(np.prod(shape))).reshape(shape), np.shape(contributions)
    )
    total = np.bincount(sources.ravel(), np.ravel(contributions), minlength=int(np.prod(shape)))
    return total.reshape(shape)


@given(SHAPES, st.sampled_from(sorted(OPERATIONS)), st.booleans())
def test_gradients_are_summed_over_what_was_repeated(shapes, symbol, graph):
    f, slopes = OPERATIONS[symbol]
    x, y = (draw(shape, k) for k, shape in enumerate(shapes.input_shapes))
    t, u = mg.tensor(x, requires_grad=True), mg.tensor(y, requires_grad=True)
    out = f(t, u)
    assert tuple(out.shape) == shapes.result_shape
    np.testing.assert_array_equal(out.detach().numpy(), f(x, y))
    g = draw(shapes.result_shape, 2)
    found = mg.autograd.grad(out, [t, u], mg.tensor(g), create_graph=graph)
    for a, slope, z in zip(found, slopes(x, y), (x, y), strict=True):
        expected = summed(g * slope, z.shape)
        np.testing.assert_allclose(a.detach().numpy(), expected, rtol=1e-12, atol=1e-13)


@given(SHAPES)
def test_second_derivatives_of_a_product(shapes):
    x, y = (draw(shape, k) for k, shape in enumerate(shapes.input_shapes))
    t, u = mg.tensor(x, requires_grad=True), mg.tensor(y, requires_grad=True)
    (by_t,) = mg.autograd.grad((t * t * u).sum(), t, create_graph=True)
    twice_t, mixed = mg.autograd.grad(by_t.sum(), [t, u])
    everywhere = np.zeros(shapes.result_shape)
    np.testing.assert_allclose(twice_t.numpy(), summed(2 * y + everywhere, x.shape), rtol=1e-12)
    np.testing.assert_allclose(mixed.numpy(), summed(2 * x + everywhere, y.shape), rtol=1e-12)


@given(THREE_SHAPES)
def test_where_gives_each_element_to_one_side(shapes):
    chosen, x, y = (draw(shape, k) for k, shape in enumerate(shapes.input_shapes))
    condition = chosen > 1.2
    t, u = mg.tensor(x, requires_grad=True), mg.tensor(y, requires_grad=True)
    out = mg.where(mg.tensor(condition), t, u)
    np.testing.assert_array_equal(out.detach().numpy(), np.where(condition, x, y))
    g = draw(shapes.result_shape, 3)
    by_t, by_u = mg.autograd.grad(out, [t, u], mg.tensor(g))
    np.testing.assert_allclose(by_t.numpy(), summed(g * condition, x.shape), rtol=1e-12)
    np.testing.assert_allclose(by_u.numpy(), summed(g * ~condition, y.shape), rtol=1e-12)


@given(
    npst.mutually_broadcastable_shapes(
        signature="(n,k),(k,m)->(n,m)", max_dims=2, min_side=0, max_side=3
    )
)
def test_products_of_matrices_broadcast_over_batches(shapes):
    x, y = (draw(shape, k) for k, shape in enumerate(shapes.input_shapes))
    t, u = mg.tensor(x, requires_grad=True), mg.tensor(y, requires_grad=True)
    out = t @ u
    assert tuple(out.shape) == shapes.result_shape
    g = draw(shapes.result_shape, 2)
    by_t, by_u = mg.autograd.grad(out, [t, u], mg.tensor(g))
    # d out[..., i, j] / d x[..., i, k] = y[..., k, j]
    left = np.einsum("...ij,...kj->...ik", g, np.broadcast_to(y, g.shape[:-2] + y.shape[-2:]))
    right = np.einsum("...ij,...ik->...kj", g, np.broadcast_to(x, g.shape[:-2] + x.shape[-2:]))
    np.testing.assert_allclose(by_t.numpy(), summed(left, x.shape), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(by_u.numpy(), summed(right, y.shape), rtol=1e-12, atol=1e-13)


@given(st.data())
def test_expand_repeats_without_copying(data):
    shape = data.draw(npst.array_shapes(min_dims=0, max_dims=3, max_side=3))
    target = data.draw(
        npst.broadcastable_shapes(shape, min_dims=len(shape), max_dims=4, max_side=3)
    )
    target = np.broadcast_shapes(shape, target)
    x = draw(shape, 0)
    t = mg.tensor(x, requires_grad=True)
    out = t.expand(*target)
    np.testing.assert_array_equal(out.detach().numpy(), np.broadcast_to(x, target))
    g = draw(target, 1)
    (found,) = mg.autograd.grad(out, t, mg.tensor(g))
    np.testing.assert_allclose(found.numpy(), summed(g, shape), rtol=1e-12)


@given(st.data())
def test_shapes_that_do_not_broadcast_are_named(data):
    shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)
    a, b = data.draw(shapes), data.draw(shapes)
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        pass
    else:
        return
    x, y = mg.zeros(a), mg.zeros(b)
    for f, name in (
        (lambda: x + y, "add"),
        (lambda: x * y, "mul"),
        (lambda: mg.maximum(x, y), "maximum"),
    ):
        with pytest.raises(RuntimeError) as caught:
            f()
        assert isinstance(caught.value, ValueError)
        message = str(caught.value)
        assert message.startswith(
            f"{name}: x of shape {a}, y of shape {b} do not broadcast: the si"
        )
        sizes = [int(n) for n in message.split(" are ")[1].split(". ")[0].split(" and ")]
        axis = int(message.split("at dimension ")[1].split(" ")[0])
        assert sorted(sizes) == sorted({a[axis], b[axis]})
