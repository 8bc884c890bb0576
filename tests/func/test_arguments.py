"""What transforms take and hand back: kinds of numbers, nesting, argnums, aux, errors."""

from __future__ import annotations

import math
from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import func

Pair = namedtuple("Pair", "a b")


@dataclass(frozen=True)
class Weights:
    w: object
    b: object


def test_results_are_of_the_kind_that_came_in():
    def f(x):
        return np.sum(x * x)

    assert type(func.grad(f)(3)) is float
    assert type(func.grad(f)(np.float64(3.0))) is np.float64
    assert type(func.grad(f)(np.ones(2))) is np.ndarray
    assert isinstance(func.grad(f)(mg.ones(2)), mg.Tensor)
    value, g = func.value_and_grad(f)(np.ones(2, np.float32))
    assert (type(value), g.dtype) == (np.float32, np.float32)
    g = func.grad(f)(mg.ones(2, dtype=mg.float32))
    assert g.dtype is mg.float32
    assert not g.requires_grad


def test_the_arrays_of_the_user_are_never_changed_or_shared():
    x = np.array([1.0, 2.0])
    _, pull = func.vjp(lambda x: x * 1.0, x)
    g = np.ones(2)
    (back,) = pull(g)
    back[0] = 7.0
    assert g.tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="leaf"):
        func.grad(lambda x: x.mul_(2.0).sum())(x)
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "tree",
    [
        {"w": np.ones(2), "b": 0.5},
        OrderedDict(w=np.ones(2), b=0.5),
        [np.ones(2), 0.5],
        (np.ones(2), (0.5,)),
        Pair(np.ones(2), 0.5),
        Weights(np.ones(2), [0.5]),
        {"w": np.ones(2), "none": None, "b": {"x": [0.5]}},
    ],
)
def test_gradients_are_nested_as_their_argument(tree):
    def f(t, x):
        w, b = func.flatten(t)[0]
        return (w * x).sum() * b

    g = func.grad(f)(tree, np.array([1.0, 2.0]))
    assert type(g) is type(tree)
    w, b = func.flatten(g)[0]
    assert (w.tolist(), b) == ([0.5, 1.0], 3.0)
    assert func.flatten(g)[1].same(func.flatten(tree)[1])
    ahead = func.jvp(lambda t: f(t, np.ones(2)), (tree,), (g,))[1]
    assert ahead == pytest.approx(0.5 * 1.5 + 3.0 * 2.0)


def test_argnums_and_aux():
    def f(x, y, k=2.0):
        return x * y * y * k, {"seen": x}

    g, aux = func.grad(f, argnums=1, has_aux=True)(3.0, 2.0, k=1.0)
    assert g == 12.0
    assert aux == {"seen": 3.0}
    g, _ = func.grad(f, argnums=(1, -2), has_aux=True)(3.0, 2.0)
    assert g == (24.0, 8.0)
    (value, _), g = func.value_and_grad(f, has_aux=True)(3.0, 2.0)
    assert (value, g) == (24.0, 8.0)
    g, (value, aux) = func.grad_and_value(f, has_aux=True)(mg.tensor(3.0), 2.0)
    assert (value.item(), g.item()) == (24.0, 8.0)
    assert not aux["seen"].requires_grad


def test_jacobians_are_nested_twice():
    J = func.jacrev(lambda p, x: {"y": p["a"] * x, "z": p["b"]}, argnums=(0, 1))
    found = J({"a": 2.0, "b": np.ones(2)}, np.array([1.0, 3.0]))
    assert found["y"][0]["a"].tolist() == [1.0, 3.0]
    assert found["y"][1].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert found["z"][0]["b"].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert found["z"][1].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    H = func.hessian(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(np.ones(2), np.ones(2))
    assert H[0][1].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert H[1][1].tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_chunks_change_nothing(chunk):
    x = np.linspace(0.1, 1.0, 6).reshape(2, 3)

    def f(x):
        return np.exp(x) @ np.arange(6.0).reshape(3, 2)

    whole = func.jacrev(f)(x)
    for mode in (func.jacrev, func.jacfwd, func.jacobian):
        np.testing.assert_allclose(mode(f, chunk_size=chunk)(x), whole, rtol=1e-12)
    np.testing.assert_allclose(
        func.vmap(f, chunk_size=chunk)(np.stack([x] * 5))[4], f(x), rtol=1e-12
    )


def test_the_jacobian_of_nothing_is_empty():
    assert func.jacobian(lambda x: x * 2.0)(np.zeros(0)).shape == (0, 0)
    assert func.vmap(lambda x: x * 2.0)(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: func.grad(3), TypeError, "takes a function, got a int"),
        (
            lambda: func.grad(np.sum)(np.arange(3)),
            TypeError,
            r"dtype int64; only floating .*argnums",
        ),
        (lambda: func.grad(np.sum)("x"), TypeError, "argument 0 is a str"),
        (lambda: func.grad(np.sum)(np.ones(2) * 1j), NotImplementedError, "complex"),
        (lambda: func.grad(np.sin)(np.ones(2)), ValueError, r"one number .* shape \(2,\)"),
        (lambda: func.grad(lambda x: (x, x))(1.0), ValueError, "2 results"),
        (lambda: func.grad(lambda x: "no")(1.0), TypeError, "returned a str"),
        (lambda: func.grad(np.sin, argnums=1)(1.0), ValueError, "called with 1 positional"),
        (
            lambda: func.grad(np.add, argnums=(0, -2))(1.0, 2.0),
            ValueError,
            "names an argument twice",
        ),
        (lambda: func.grad(np.sin, argnums=1.0)(1.0), TypeError, "not iterable|positions"),
        (lambda: func.grad(np.sin, has_aux=True)(1.0), TypeError, r"pair \(output, aux\)"),
        (lambda: func.vjp(np.sin, 1.0)[1](np.ones(2)), ValueError, r"\(2,\) for one of shape \(\)"),
        (lambda: func.vjp(np.sin, 1.0)[1]([1.0, 2.0]), ValueError, "nested as"),
        (lambda: func.jvp(np.sin, (1.0,), (1.0, 2.0)), ValueError, "1 primals and 2 tangents"),
        (lambda: func.jvp(np.sin, 1.0, 1.0), TypeError, "primals are a tuple"),
        (lambda: func.jvp(lambda x: 1.0, (1.0,), (1.0,), strict=True), RuntimeError, "depend"),
        (lambda: func.grad(lambda x: math.exp(x))(1.0), TypeError, r"np\.exp\(x\) for math\.exp"),
        (lambda: func.vmap(np.sin)(1.0), ValueError, "has no dimensions"),
        (lambda: func.vmap(np.sin, in_dims=2)(np.ones((2, 2))), ValueError, "dimension 2"),
        (lambda: func.vmap(np.add)(np.ones(2), np.ones(3)), ValueError, r"differ: \[2, 3\]"),
        (lambda: func.vmap(np.sin, in_dims=None)(np.ones(2)), ValueError, "no argument"),
        (lambda: func.vmap(np.add, in_dims=(0,))(np.ones(2), 1.0), ValueError, "1 entries for 2"),
        (lambda: func.tree_map(len, [1], (2,)), ValueError, "nested as"),
        (lambda: func.unflatten(func.flatten([1, 2])[1], [1]), ValueError, "1 leaves"),
    ],
)
def test_errors_say_what_was_given(call, error, message):
    with pytest.raises(error, match=message):
        call()


def assign(x):
    a = np.zeros(3)
    a[0] = x
    return np.sum(a)


@pytest.mark.parametrize("x", [1.0, np.ones(2), np.ones(1), mg.Value(2.0)])
def test_assigning_into_a_plain_array_says_the_remedy(x):
    with pytest.raises(TypeError, match=r"element of a plain NumPy array.*np\.stack"):
        func.grad(assign)(x)


def test_assigning_outside_of_transforms_is_refused_too():
    a = np.zeros(2)
    t = mg.tensor(1.0, requires_grad=True)
    with pytest.raises((TypeError, ValueError)) as caught:
        a[0] = t
    assert "plain NumPy array" in str(caught.value.__cause__ or caught.value)
    a[0] = t.detach()
    a[1] = float(t)
    assert a.tolist() == [1.0, 1.0]
    assert {"loss": t}["loss"] is t


def test_a_constant_function_has_the_derivative_zero():
    assert func.grad(lambda x: 3.0)(2.0) == 0.0
    assert func.jacobian(lambda x: np.ones(2))(np.ones(3)).tolist() == [[0.0] * 3] * 2
    assert func.jvp(lambda x: np.floor(x), (2.5,), (1.0,)) == (2.0, 0.0)


def test_vmap_of_what_cannot_be_batched_runs_one_by_one_and_says_so():
    def f(x):
        return x * 2.0 if x > 0 else x * 0.0

    with pytest.warns(func.OneByOneWarning, match=r"f example by example.*condition"):
        found = func.vmap(f)(np.array([1.0, -1.0]))
    assert found.tolist() == [2.0, 0.0]
    with pytest.warns(func.OneByOneWarning):
        slopes = func.grad(lambda x: func.vmap(f)(x).sum())(np.array([1.0, -1.0]))
    assert slopes.tolist() == [2.0, 0.0]


def test_vmap_with_an_index_for_each_example():
    x, i = np.arange(12.0).reshape(3, 4), np.array([[0, 1], [3, 3], [2, 0]])
    found = func.vmap(lambda x, i: x[i] ** 2)(x, mg.tensor(i))
    np.testing.assert_allclose(found.numpy(), np.take_along_axis(x, i, 1) ** 2)
    slope = func.vmap(func.grad(lambda x, i: (x[i] ** 2).sum()))(x, mg.tensor(i))
    expected = np.zeros((3, 4))
    np.add.at(expected, (np.arange(3)[:, None], i), 2 * np.take_along_axis(x, i, 1))
    np.testing.assert_allclose(slope.numpy(), expected)


def test_an_error_of_the_function_itself_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        func.vmap(lambda x: x / (1 // 0))(np.ones(2))
    with pytest.raises(RuntimeError, match="broadcast"):
        func.vmap(lambda x: x + mg.ones(3))(mg.ones(2, 2))


def test_dims_in_and_out():
    x = np.arange(24.0).reshape(2, 3, 4)
    found = func.vmap(lambda a, p: (a.sum(0), p["w"] * 1.0), in_dims=(2, {"w": None}),
                      out_dims=(1, 0))(x, {"w": np.ones(2)})  # fmt: skip
    np.testing.assert_allclose(found[0], x.sum(0))
    assert found[1].shape == (4, 2)
