"""`functional_call`, `custom_vjp`, `to_scipy`, products with Jacobians and Hessians."""

from __future__ import annotations

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import func


def network():
    mg.manual_seed(0)
    return mg.nn.Sequential(mg.nn.Linear(3, 4), mg.nn.Tanh(), mg.nn.Linear(4, 1))


def test_functional_call_leaves_the_module_as_it_was():
    net = network()
    before = dict(net.named_parameters())
    x = mg.randn(5, 3)
    zeros = {name: mg.zeros_like(p) for name, p in before.items()}
    assert func.functional_call(net, zeros, x).tolist() == [[0.0]] * 5
    assert all(p is before[name] for name, p in net.named_parameters())
    some = func.functional_call(net, [{"2.weight": zeros["2.weight"]}], (x,))
    assert some.tolist() == net[2].bias.expand(5, 1).tolist()
    with pytest.raises(RuntimeError, match="no parameter or buffer"):
        func.functional_call(net, {"nothing": zeros["2.weight"]}, x)
    with pytest.raises(ValueError, match="more than one"):
        func.functional_call(net, [{"2.weight": 1}, {"2.weight": 2}], x)
    with pytest.raises(RuntimeError, match="missing"):
        func.functional_call(net, {"2.weight": zeros["2.weight"]}, x, strict=True)


def test_functional_call_puts_everything_back_after_an_error():
    net = network()
    before = list(net.parameters())
    with pytest.raises(RuntimeError):
        func.functional_call(net, {"0.weight": mg.zeros(2, 2)}, mg.randn(5, 3))
    assert all(p is q for p, q in zip(before, net.parameters(), strict=True))


def test_tied_weights_are_replaced_together():
    net = mg.nn.Sequential(mg.nn.Linear(2, 2, bias=False), mg.nn.Linear(2, 2, bias=False))
    net[1].weight = net[0].weight
    x = mg.ones(2)
    assert func.functional_call(net, {"0.weight": 2 * mg.eye(2)}, x).tolist() == [4.0, 4.0]
    with pytest.raises(ValueError, match="are one Tensor"):
        func.functional_call(net, {"0.weight": mg.eye(2), "1.weight": mg.eye(2)}, x)


def test_gradients_per_example():
    net = network()
    weights = {name: p.detach() for name, p in net.named_parameters()}
    x = mg.randn(6, 3)

    def loss(weights, x):
        return func.functional_call(net, weights, x).pow(2).sum()

    each = func.vmap(func.grad(loss), in_dims=(None, 0))(weights, x)
    for k in range(6):
        for name, g in func.grad(loss)(weights, x[k]).items():
            np.testing.assert_allclose(each[name][k].numpy(), g.numpy(), rtol=1e-5, atol=1e-7)


def test_custom_vjp_with_trees_and_higher_orders():
    @func.custom_vjp
    def weird(p, k):
        return {"y": p["a"] ** 3 * k}

    with pytest.raises(RuntimeError, match="no derivative"):
        weird({"a": mg.tensor(1.0, requires_grad=True)}, 2)
    # Deliberately another derivative: 5 a² instead of 3 a².
    weird.defvjp(
        lambda p, k: (weird(p, k), (p["a"], k)),
        lambda saved, g: ({"a": g["y"] * 5.0 * saved[0] ** 2 * saved[1]}, None),
    )
    assert weird({"a": 2.0}, 1.0) == {"y": 8.0}

    def f(a):
        return weird({"a": a}, 2.0)["y"]

    assert func.grad(f)(3.0) == 90.0
    assert func.grad(func.grad(f))(3.0) == 60.0
    assert func.jvp(f, (3.0,), (1.0,)) == (54.0, 90.0)
    assert func.vmap(func.grad(f))(np.array([1.0, 3.0])).tolist() == [10.0, 90.0]


def test_custom_vjp_checks_what_is_returned():
    @func.custom_vjp
    def f(x):
        return x * 1.0

    f.defvjp(lambda x: (f(x), None), lambda _, g: g)
    with pytest.raises(TypeError, match="a tuple with one cotangent for each of 1"):
        func.grad(f)(1.0)
    f.defvjp(lambda x: f(x), lambda _, g: (g,))
    with pytest.raises(TypeError, match=r"returns \(output, residuals\)"):
        func.grad(f)(1.0)


def test_products_are_those_with_the_whole_matrices():
    A = np.arange(12.0).reshape(4, 3)

    def f(x):
        return np.tanh(A @ x)

    x, v, c = np.array([0.1, -0.2, 0.05]), np.array([1.0, 2.0, -1.0]), np.ones(4)
    J = func.jacobian(f)(x)
    np.testing.assert_allclose(func.jvp(f, (x,), (v,))[1], J @ v, rtol=1e-12)
    np.testing.assert_allclose(func.vjp(f, x)[1](c)[0], c @ J, rtol=1e-12)
    _, push = func.linearize(f, x)
    np.testing.assert_allclose(push(v), J @ v, rtol=1e-12)
    np.testing.assert_allclose(func.vmap(push)(np.eye(3)).T, J, rtol=1e-12)

    def g(x):
        return (f(x) ** 2).sum()

    np.testing.assert_allclose(func.hvp(g, (x,), (v,)), func.hessian(g)(x) @ v, rtol=1e-10)


def test_to_scipy_minimises_what_is_nested():
    from scipy.optimize import minimize

    def f(p, centre):
        return (p["a"] - centre) ** 2 + ((p["b"] - 2.0) ** 4).sum() + (p["b"] ** 2).sum()

    start = {"a": 0.0, "b": np.ones(2)}
    g = func.to_scipy(f, start)
    value, slope = g(g.x0, 3.0)
    assert value == pytest.approx(13.0)
    assert slope.tolist() == [-6.0, -2.0, -2.0]
    assert g.hess(g.x0, 3.0).tolist() == np.diag([2.0, 14.0, 14.0]).tolist()
    assert g.hessp(g.x0, np.array([1.0, 0.0, 2.0]), 3.0).tolist() == [2.0, 0.0, 28.0]
    for method, more in (
        ("BFGS", {}),
        ("trust-exact", {"hess": g.hess}),
        ("Newton-CG", {"hessp": g.hessp}),
    ):
        found = g.unflatten(minimize(g, g.x0, args=(3.0,), jac=True, method=method, **more).x)
        assert type(found["a"]) is float
        assert found["a"] == pytest.approx(3.0, abs=1e-4)
        assert 4 * (found["b"][0] - 2) ** 3 + 2 * found["b"][0] == pytest.approx(0.0, abs=1e-3)
    tensors = func.to_scipy(lambda t: (t * t).sum(), mg.ones(2, 2))
    assert tensors.unflatten(tensors.x0 * 2).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert tensors.unflatten(tensors.x0).dtype is mg.float32
    with pytest.raises(TypeError, match="part 0 of the start is a str"):
        func.to_scipy(f, {"a": "x"})
