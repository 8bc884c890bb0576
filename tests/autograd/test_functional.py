"""``autograd.functional``: PyTorch's older names, with its results."""

from __future__ import annotations

import numpy as np
import pytest

import microgradnn as mg
import microgradnn.autograd.functional

F = mg.autograd.functional


def test_by_hand():
    x = mg.tensor([1.0, 2.0])
    assert F.jacobian(lambda x: x**2, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    assert F.jacobian(lambda x: x**2, x, strategy="forward-mode").tolist() == [[2, 0], [0, 4]]
    assert F.hessian(lambda x: (x**3).sum(), x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    assert F.hvp(lambda x: (x**3).sum(), x, mg.ones(2))[1].tolist() == [6.0, 12.0]
    assert F.vhp(lambda x: (x**3).sum(), (x,), (mg.ones(2),))[1][0].tolist() == [6.0, 12.0]
    assert F.vjp(lambda x: (x * 2).sum(), x)[1].tolist() == [2.0, 2.0]
    assert not F.jacobian(lambda x: x**2, x.requires_grad_()).requires_grad
    assert F.jacobian(lambda x: x**2, x, create_graph=True).requires_grad


def test_errors():
    x = mg.ones(2)
    with pytest.raises(RuntimeError, match="depend on input 1"):
        F.jacobian(lambda x, y: x, (x, x), strict=True)
    with pytest.raises(RuntimeError, match="v can be left out"):
        F.vjp(lambda x: x, x)
    with pytest.raises(RuntimeError, match="one element"):
        F.hessian(lambda x: x, x)
    with pytest.raises(TypeError, match="a Tensor or a tuple"):
        F.jvp(lambda x: x, 1.0, 1.0)
    with pytest.raises(ValueError, match="strategy"):
        F.jacobian(lambda x: x, x, strategy="sideways")


@pytest.mark.peers
@pytest.mark.parametrize("name", ["jacobian", "hessian", "vjp", "jvp", "hvp", "vhp"])
@pytest.mark.parametrize("many", [False, True])
def test_as_in_pytorch(name, many):
    import torch

    rng = np.random.default_rng(0)
    a, b, v, w = (rng.normal(size=s) for s in ((3,), (2, 3), (3,), (2, 3)))

    def run(lib, make, module):
        def one(x):
            return (x.exp() * x).sum()

        def two(x, y):
            return (x * y).tanh().sum()

        f = two if many else one
        inputs = (make(a), make(b)) if many else make(a)
        if name in ("jacobian", "hessian"):
            found = getattr(module, name)(f, inputs)
        elif name == "vjp":
            found = module.vjp(f, inputs, make(np.array(2.0)))
        else:
            found = getattr(module, name)(f, inputs, (make(v), make(w)) if many else make(v))
        return found

    def flat(x):
        return [leaf for item in x for leaf in flat(item)] if isinstance(x, tuple) else [x]

    def kinds(x):
        return [kinds(item) for item in x] if isinstance(x, tuple) else tuple(x.shape)

    mine = run(mg, mg.tensor, F)
    theirs = run(torch, torch.tensor, torch.autograd.functional)
    assert kinds(mine) == kinds(theirs)
    for m, t in zip(flat(mine), flat(theirs), strict=True):
        np.testing.assert_allclose(m.numpy(), t.numpy(), rtol=1e-10, atol=1e-12)
