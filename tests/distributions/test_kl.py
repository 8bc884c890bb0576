"""Divergences: against their definition, and against PyTorch's."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.distributions.kl import _registry
from tests.distributions.cases import CASES, make

D = mg.distributions


def test_against_the_definition():
    grid = mg.linspace(-30.0, 30.0, 60001, dtype=mg.float64)
    families = [
        D.Normal(0.3, 1.2), D.Laplace(-0.5, 0.8), D.Gumbel(0.2, 1.1), D.Cauchy(0.4, 0.9),
        D.StudentT(4.0, 0.1, 1.3),
    ]  # fmt: skip
    for p in families[:3]:
        for q in families[:3]:
            if (type(p), type(q)) in _registry:
                density = p.log_prob(grid)
                by_hand = mg.trapezoid(density.exp() * (density - q.log_prob(grid)), grid)
                found = D.kl_divergence(p, q).item()
                assert found == pytest.approx(by_hand.item(), rel=1e-5), (p, q)


def test_classes_that_are_not_registered():
    with pytest.raises(NotImplementedError, match="p of type StudentT and q of type Normal"):
        D.kl_divergence(D.StudentT(2.0), D.Normal(0.0, 1.0))
    with pytest.raises(TypeError, match="subclasses of Distribution"):
        D.register_kl(int, D.Normal)
    with pytest.raises(NotImplementedError, match="equal transforms"):
        D.kl_divergence(D.LogNormal(0.0, 1.0), D.Weibull(1.0, 1.0))


def test_subclasses_use_the_closest_formula():
    class Narrow(D.Normal):
        pass

    class Narrower(Narrow):
        pass

    assert D.kl_divergence(Narrow(1.0, 1.0), D.Normal(0.0, 1.0)).item() == 0.5
    try:
        D.register_kl(Narrow, D.Normal)(lambda p, q: mg.tensor(7.0))
        assert D.kl_divergence(Narrower(1.0, 1.0), D.Normal(0.0, 1.0)).item() == 7
        D.register_kl(D.Normal, Narrow)(lambda p, q: mg.tensor(8.0))
        with pytest.warns(RuntimeWarning, match="Ambiguous"):
            D.kl_divergence(Narrower(1.0, 1.0), Narrower(0.0, 1.0))
    finally:
        for pair in [pair for pair in _registry if Narrow in pair]:
            del _registry[pair]


PAIRS = [
    (p, q) for p in CASES for q in CASES
    if (getattr(D, CASES[p][0]), getattr(D, CASES[q][0])) in _registry
] + [("LogNormal", "LogNormal"), ("Chi2", "Gamma"), ("Gamma", "Chi2")]  # fmt: skip


@pytest.mark.peers
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_peer(first, second):
    import torch

    results = []
    for m in (mg, torch):
        (p, ps), (q, qs) = make(m, first), make(m, second)
        if first != second and first.split("(")[0] in ("Normal", "Laplace", "Gumbel"):
            ps = qs = []
        kl = m.distributions.kl_divergence(p, q)
        grads = []
        if first.split("(")[0] == second.split("(")[0]:
            (q, qs) = make(m, second)
            shifted = [t * 1.1 for t in qs]
            kl = kl + sum(t.sum() for t in shifted) * 0
        if kl.requires_grad:
            kl.sum().backward()
            grads = [np.zeros(1) if t.grad is None else t.grad.numpy() for t in (*ps, *qs)]
        results.append((kl.detach().numpy(), grads))
    ours, theirs = results
    assert ours[0].shape == theirs[0].shape
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-8, atol=1e-10)
    if np.isfinite(ours[0]).all():
        for a, b in zip(ours[1], theirs[1], strict=False):
            np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)
