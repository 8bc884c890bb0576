"""Samples follow their distributions: moments, and Kolmogorov-Smirnov against SciPy's functions."""

import numpy as np
import pytest
import scipy.stats

import microgradnn as mg
from tests.distributions.cases import CASES, make

D = mg.distributions
SEED = 20240607

# What SciPy calls the distribution that we draw from.
CONTINUOUS = {
    "normal": (D.Normal(0.5, 2.0), scipy.stats.norm(0.5, 2.0)),
    "log normal": (D.LogNormal(0.2, 0.6), scipy.stats.lognorm(0.6, scale=np.exp(0.2))),
    "half normal": (D.HalfNormal(1.5), scipy.stats.halfnorm(scale=1.5)),
    "uniform": (D.Uniform(-1.0, 3.0), scipy.stats.uniform(-1.0, 4.0)),
    "laplace": (D.Laplace(0.5, 2.0), scipy.stats.laplace(0.5, 2.0)),
    "gumbel": (D.Gumbel(0.5, 2.0), scipy.stats.gumbel_r(0.5, 2.0)),
    "cauchy": (D.Cauchy(0.5, 2.0), scipy.stats.cauchy(0.5, 2.0)),
    "half cauchy": (D.HalfCauchy(2.0), scipy.stats.halfcauchy(scale=2.0)),
    "exponential": (D.Exponential(2.0), scipy.stats.expon(scale=0.5)),
    "weibull": (D.Weibull(2.0, 1.5), scipy.stats.weibull_min(1.5, scale=2.0)),
    "pareto": (D.Pareto(2.0, 3.0), scipy.stats.pareto(3.0, scale=2.0)),
    "gamma": (D.Gamma(0.7, 2.0), scipy.stats.gamma(0.7, scale=0.5)),
    "large gamma": (D.Gamma(30.0, 0.1), scipy.stats.gamma(30.0, scale=10.0)),
    "chi2": (D.Chi2(3.0), scipy.stats.chi2(3.0)),
    "beta": (D.Beta(0.5, 2.0), scipy.stats.beta(0.5, 2.0)),
    "student": (D.StudentT(3.0, 0.5, 2.0), scipy.stats.t(3.0, 0.5, 2.0)),
    "von mises": (D.VonMises(0.5, 2.0), scipy.stats.vonmises(2.0, loc=0.5)),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(name):
    ours, theirs = CONTINUOUS[name]
    mg.manual_seed(SEED)
    drawn = ours.sample((4000,)).double().numpy()
    if name == "von mises":
        theirs = scipy.stats.vonmises(2.0)
        drawn = np.remainder(drawn - 0.5 + np.pi, 2 * np.pi) - np.pi
    assert scipy.stats.kstest(drawn, theirs.cdf).pvalue > 1e-3, f"seed {SEED}"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (D.Bernoulli(0.3), scipy.stats.bernoulli(0.3)),
        (D.Geometric(0.3), scipy.stats.geom(0.3, -1)),
        (D.Binomial(6, 0.3), scipy.stats.binom(6, 0.3)), (D.Poisson(2.5), scipy.stats.poisson(2.5)),
        (D.Poisson(40.0), scipy.stats.poisson(40.0)),
        (D.NegativeBinomial(2.5, 0.4), scipy.stats.nbinom(2.5, 0.6)),
        (D.Categorical(mg.tensor([0.1, 0.2, 0.7])),
         scipy.stats.rv_discrete(values=([0, 1, 2], [0.1, 0.2, 0.7]))),
    ],
    ids=str,
)  # fmt: skip
def test_discrete(ours, theirs):
    mg.manual_seed(SEED)
    n = 4000
    counts = np.bincount(ours.sample((n,)).long().numpy(), minlength=60)
    expected = n * theirs.pmf(np.arange(len(counts)))
    often = expected > 8
    counts = np.append(counts[often], counts[~often].sum())
    expected = np.append(expected[often], n - expected[often].sum())
    kept = expected > 1
    statistic = ((counts[kept] - expected[kept]) ** 2 / expected[kept]).sum()
    assert scipy.stats.chi2(kept.sum() - 1).sf(statistic) > 1e-3, f"seed {SEED}"


@pytest.mark.parametrize("name", CASES)
def test_moments(name):
    d, _ = make(mg, name)
    mg.manual_seed(SEED)
    n = 6000
    drawn = d.sample((n,))
    if name.startswith(("Categorical", "VonMises", "Relaxed", "Cauchy", "HalfCauchy", "Pareto")):
        assert bool(d.support.check(drawn).all())
        return
    mean, deviation = d.mean.detach().numpy(), d.stddev.detach().numpy()
    known = np.isfinite(deviation)
    error = np.abs(drawn.numpy().mean(0) - mean)[known]
    assert (error < 5 * deviation[known] / np.sqrt(n)).all(), f"seed {SEED}"


@pytest.mark.parametrize("name", ["Gamma", "Binomial(probs)", "Poisson", "Dirichlet", "StudentT"])
def test_the_seed_repeats_samples(name):
    d, _ = make(mg, name)
    mg.manual_seed(3)
    first, second = d.sample((5,)), d.sample((5,))
    assert not mg.equal(first, second)
    mg.manual_seed(3)
    assert mg.equal(d.sample((5,)), first)


@pytest.mark.parametrize("a", [0.05, 0.4, 1.0, 3.0, 50.0])
@pytest.mark.parametrize("kind", [mg.float32, mg.float64])
def test_how_gamma_samples_grow_with_the_concentration(a, kind):
    concentration = mg.full((2000,), a, dtype=kind, requires_grad=True)
    mg.manual_seed(SEED)
    x = D.Gamma(concentration, 1.0).rsample()
    assert x.dtype is kind
    x.sum().backward()
    # E[x] is the concentration, so that the mean of the slopes is 1.
    slopes = concentration.grad.numpy()
    assert abs(slopes.mean() - 1) < 5 * slopes.std() / np.sqrt(2000), f"seed {SEED}"
    # The slope keeps the place in the distribution: dx/da = -(dF/da) / density.
    x, h = x.detach().double().numpy(), 1e-5 * a
    seen = (x > 1e-8) & (scipy.stats.gamma(a).cdf(x) < 0.99)
    change = scipy.stats.gamma(a + h).cdf(x[seen]) - scipy.stats.gamma(a - h).cdf(x[seen])
    by_hand = -change / (2 * h) / scipy.stats.gamma(a).pdf(x[seen])
    np.testing.assert_allclose(slopes[seen], by_hand, rtol=1e-3, atol=1e-5)


@pytest.mark.peers
@pytest.mark.parametrize("a", [0.1, 0.7, 1.0, 4.0, 30.0])
def test_peer_gamma_slopes(a):
    import torch

    concentration = mg.full((300,), a, dtype=mg.float64, requires_grad=True)
    mg.manual_seed(SEED)
    x = D.Gamma(concentration, 1.0).rsample()
    x.sum().backward()
    theirs = torch._standard_gamma_grad(
        torch.full((300,), a, dtype=torch.float64), torch.tensor(x.detach().numpy())
    )
    np.testing.assert_allclose(concentration.grad, theirs, rtol=2e-3, atol=1e-6)


def test_gradients_of_dirichlet_and_beta_samples():
    concentration = mg.tensor([0.8, 2.0, 1.5], dtype=mg.float64, requires_grad=True)
    mg.manual_seed(SEED)
    n = 4000
    x = D.Dirichlet(concentration).rsample((n,))
    (slopes,) = mg.autograd.grad(x[:, 0].mean(), concentration)
    total = 4.3
    wanted = [(total - 0.8) / total**2, -0.8 / total**2, -0.8 / total**2]  # of a_0 / sum(a)
    np.testing.assert_allclose(slopes, wanted, atol=0.02)
    a = mg.tensor(2.0, dtype=mg.float64, requires_grad=True)
    (slope,) = mg.autograd.grad(D.Beta(a, 3.0).rsample((n,)).mean(), a)
    assert slope.item() == pytest.approx(3 / 25, abs=0.02)
