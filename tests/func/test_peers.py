"""The transforms beside ``torch.func``: structures and numbers."""

from __future__ import annotations

import numpy as np
import pytest

import microgradnn as mg

pytestmark = pytest.mark.peers


def programs(lib, func, make):
    rng = np.random.default_rng(0)
    x, y, w = (
        make(rng.normal(size=(3,))),
        make(rng.normal(size=(4, 3))),
        make(rng.normal(size=(3, 3))),
    )

    def f(x, w):
        return lib.tanh(w @ x).sum() * x[0]

    def g(p, x):
        return {"a": lib.sin(p["w"] @ x), "b": [x * x]}

    yield func.grad(f)(x, w)
    yield func.grad(f, argnums=(1, 0))(x, w)
    yield func.grad(lambda x: (f(x, w), {"aux": x * 2}), has_aux=True)(x)
    yield func.grad_and_value(f)(x, w)
    yield func.jacrev(g, argnums=(0, 1))({"w": w}, x)
    yield func.jacfwd(g)({"w": w}, x)
    yield func.hessian(f, argnums=(0, 1))(x, w)
    out, pull = func.vjp(f, x, w)
    yield out, pull(lib.ones_like(out))
    yield func.jvp(f, (x, w), (x, w))
    out, push = func.linearize(lambda x: f(x, w), x)
    yield out, push(x)
    yield func.vmap(f, in_dims=(0, None))(y, w)
    yield func.vmap(func.grad(f), in_dims=(0, None), out_dims=1)(y, w)
    yield func.vmap(func.hessian(f), in_dims=(0, None))(y, w)
    yield func.vmap(lambda x: {"s": x.sum(), "x": [x]}, in_dims=1, chunk_size=2)(y)
    yield func.vmap(func.vmap(lambda a, b: a * b, (None, 0)), (0, None))(x, y)
    yield func.vmap(lambda x: lib.linalg.solve(w + lib.outer(x, x), x))(y)
    yield func.vmap(lambda x: lib.sort(x)[0][:2].prod())(y)
    yield func.vmap(lambda x: lib.nn.functional.log_softmax(x, -1)[1])(y)
    yield func.grad(lambda w: func.vmap(func.grad(f), in_dims=(0, None))(y, w).pow(2).sum())(w)
    yield func.jacfwd(lambda w: func.vmap(func.jacrev(f), in_dims=(0, None))(y, w))(w)


def nested(x):
    if isinstance(x, dict):
        return {k: nested(v) for k, v in x.items()}
    if isinstance(x, tuple | list):
        return type(x)(map(nested, x))
    return tuple(x.shape)


def numbers(x):
    if isinstance(x, dict):
        return [n for v in x.values() for n in numbers(v)]
    if isinstance(x, tuple | list):
        return [n for v in x for n in numbers(v)]
    return [x.detach().numpy()]


def test_programs_of_transforms():
    import warnings

    import torch

    mine = list(programs(mg, mg.func, mg.tensor))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch.jit, which torch.func uses
        theirs = list(programs(torch, torch.func, torch.tensor))
    for k, (m, t) in enumerate(zip(mine, theirs, strict=True)):
        assert nested(m) == nested(t), k
        for a, b in zip(numbers(m), numbers(t), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11, err_msg=str(k))


def test_gradients_per_example_of_a_network():
    import torch

    def run(lib, nn, func):
        lib.manual_seed(0)
        net = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 4)
        )
        x, y = lib.randn(5, 1, 8, 8), lib.tensor([0, 1, 2, 3, 0])
        weights = {name: p.detach() for name, p in net.named_parameters()}

        def loss(weights, x, y):
            out = func.functional_call(net, weights, (x.unsqueeze(0),))
            return nn.functional.cross_entropy(out, y.unsqueeze(0))

        return func.vmap(func.grad(loss), in_dims=(None, 0, 0))(weights, x, y)

    mine, theirs = run(mg, mg.nn, mg.func), run(torch, torch.nn, torch.func)
    assert mine.keys() == theirs.keys()
    for name, g in mine.items():
        np.testing.assert_allclose(g.numpy(), theirs[name].numpy(), rtol=1e-4, atol=1e-6)
