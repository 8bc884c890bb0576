"""What all distributions share: shapes, checks, texts, and numbers known by heart."""

import math

import numpy as np
import pytest

import microgradnn as mg

D = mg.distributions


def test_names_are_found_where_pytorch_has_them():
    from microgradnn.distributions.multinomial import Multinomial
    from microgradnn.distributions.relaxed_bernoulli import LogitRelaxedBernoulli
    from microgradnn.distributions.utils import broadcast_all

    from microgradnn.distributions.multivariate_normal import MultivariateNormal

    assert Multinomial is D.Multinomial
    assert MultivariateNormal is D.MultivariateNormal
    assert LogitRelaxedBernoulli(mg.tensor(1.0), 0.5).probs.item() == 0.5
    assert broadcast_all(1.0, mg.zeros(2))[0].shape == (2,)
    assert D.binomial.Binomial is D.Binomial


def test_numbers_known_by_heart():
    half = mg.tensor(0.5)
    assert D.Normal(0.0, 1.0).log_prob(mg.tensor(0.0)).item() == pytest.approx(-0.9189385)
    assert D.Normal(0.0, 2.0).entropy().item() == pytest.approx(2.1120857)
    assert D.Normal(1.0, 2.0).cdf(mg.tensor(1.0)).item() == 0.5
    assert D.Exponential(2.0).log_prob(half).item() == pytest.approx(math.log(2) - 1)
    assert D.Bernoulli(0.25).entropy().item() == pytest.approx(0.5623351)
    assert D.Categorical(mg.ones(8)).entropy().item() == pytest.approx(math.log(8))
    assert D.Categorical(mg.ones(8)).perplexity().item() == pytest.approx(8)
    assert D.Poisson(2.0).log_prob(mg.tensor(2.0)).exp().item() == pytest.approx(2 / math.e**2)
    assert D.Binomial(4, 0.5).log_prob(mg.tensor(2.0)).exp().item() == pytest.approx(6 / 16)
    assert D.Geometric(0.5).log_prob(mg.tensor(2.0)).exp().item() == pytest.approx(1 / 8)
    assert D.Beta(2.0, 2.0).log_prob(half).exp().item() == pytest.approx(1.5)
    assert D.Gamma(2.0, 1.0).log_prob(mg.tensor(1.0)).item() == pytest.approx(-1)
    assert D.StudentT(1.0).log_prob(mg.tensor(0.0)).exp().item() == pytest.approx(1 / math.pi)
    assert D.Uniform(0.0, 4.0).log_prob(half).exp().item() == pytest.approx(0.25)
    assert D.Laplace(0.0, 1.0).cdf(mg.tensor(0.0)).item() == 0.5
    assert D.Gumbel(0.0, 1.0).cdf(mg.tensor(0.0)).item() == pytest.approx(1 / math.e)
    assert D.Weibull(1.0, 1.0).log_prob(half).item() == pytest.approx(-0.5)
    assert D.Pareto(1.0, 1.0).log_prob(mg.tensor(2.0)).exp().item() == pytest.approx(0.25)
    two = D.Multinomial(2, mg.ones(2)).log_prob(mg.ones(2))
    assert two.exp().item() == pytest.approx(0.5)


def test_kumaraswamy_mode_is_where_the_density_is_largest():
    d = D.Kumaraswamy(mg.tensor([2.0, 3.0, 1.5]), mg.tensor([3.0, 1.5, 4.0]))
    grid = mg.linspace(0.001, 0.999, 999).unsqueeze(-1)
    best = grid[d.log_prob(grid).argmax(0)].squeeze(-1)
    np.testing.assert_allclose(d.mode, best, atol=2e-3)
    assert math.isnan(D.Kumaraswamy(0.5, 3.0).mode.item())


def test_shapes():
    d = D.Normal(mg.zeros(2, 1), mg.ones(3))
    assert d.batch_shape == (2, 3)
    assert d.event_shape == ()
    assert d.sample((4,)).shape == (4, 2, 3)
    assert d.log_prob(mg.zeros(4, 2, 3)).shape == (4, 2, 3)
    wide = d.expand((5, 2, 3))
    assert wide.batch_shape == (5, 2, 3)
    assert wide.loc.shape == (5, 2, 3)
    assert d.batch_shape == (2, 3)
    c = D.Categorical(logits=mg.zeros(2, 5))
    assert c.probs.shape == (2, 5)
    assert c.expand((3, 2)).probs.shape == (3, 2, 5)
    assert c.sample((4,)).shape == (4, 2)


def test_gradients_reach_the_parameters():
    loc = mg.tensor(0.5, requires_grad=True)
    scale = mg.tensor(2.0, requires_grad=True)
    d = D.Normal(loc, scale)
    x = d.rsample()
    x.backward()
    assert loc.grad.item() == 1
    assert scale.grad.item() == pytest.approx((x.item() - 0.5) / 2, rel=1e-5)
    assert not d.sample().requires_grad
    with mg.no_grad():
        c = D.Categorical(logits=loc.detach().reshape(1).requires_grad_())
    with pytest.raises(NotImplementedError, match="Categorical has no rsample: use sample"):
        c.rsample()


def test_texts():
    assert repr(D.Normal(0.0, 1.0)) == "Normal(loc: 0.0, scale: 1.0)"
    assert repr(D.Normal(mg.zeros(2), 1)) == (
        "Normal(loc: microgradnn.Size([2]), scale: microgradnn.Size([2]))"
    )
    c = D.constraints
    assert repr(c.positive) == "GreaterThan(lower_bound=0.0)"
    assert repr(c.real_vector) == "IndependentConstraint(Real(), 1)"
    assert repr(c.unit_interval) == "Interval(lower_bound=0.0, upper_bound=1.0)"
    assert repr(D.ExpTransform().inv) == "_InverseTransform(ExpTransform())"
    assert repr(D.ComposeTransform([D.ExpTransform()])) == (
        "ComposeTransform(\n    ExpTransform()\n)"
    )


def test_parameters_are_checked():
    text = (
        r"Expected parameter scale \(Tensor of shape \(2,\)\) of distribution Normal\(.*\) to "
        r"satisfy the constraint GreaterThan\(lower_bound=0.0\), but found invalid values:\n"
        r"tensor\(\[ 1., -1.\]\)"
    )
    with pytest.raises(ValueError, match=text):
        D.Normal(0.0, mg.tensor([1.0, -1.0]))
    assert D.Normal(0.0, -1.0, validate_args=False).scale.item() == -1
    with pytest.raises(ValueError, match=r"Either `probs` or `logits` must be specified"):
        D.Bernoulli()
    with pytest.raises(ValueError, match="but not both"):
        D.Categorical(mg.ones(2), mg.ones(2))
    with pytest.raises(ValueError, match="`logits` parameter must be at least one-dimensional"):
        D.Categorical(logits=mg.tensor(1.0))
    with pytest.raises(ValueError, match="constraint Simplex"):
        D.Categorical(mg.tensor([-1.0, 2.0]))
    with pytest.raises(ValueError, match="to be positive"):
        D.Geometric(0.0)
    with pytest.raises(ValueError, match="numbers and Tensors, got 'x'"):
        D.Normal("x", 1.0)
    with pytest.raises(ValueError, match="exactly one of"):
        D.MultivariateNormal(mg.zeros(2))
    with pytest.raises(ValueError, match="PositiveDefinite"):
        D.MultivariateNormal(mg.zeros(2), mg.tensor([[1.0, 2.0], [2.0, 1.0]]))
    with pytest.raises(NotImplementedError, match="one int for all"):
        D.Multinomial(2.5, mg.ones(2))
    with pytest.raises(ValueError, match="Categorical, got Normal"):
        D.MixtureSameFamily(D.Normal(0.0, 1.0), D.Normal(0.0, 1.0))
    with pytest.raises(ValueError, match="does not fit the mixture's"):
        D.MixtureSameFamily(D.Categorical(mg.ones(2)), D.Normal(mg.zeros(3), 1.0))
    with pytest.raises(ValueError, match="cannot be taken as an event"):
        D.Independent(D.Normal(0.0, 1.0), 1)
    with pytest.raises(ValueError, match="a Transform or a list of them"):
        D.TransformedDistribution(D.Normal(0.0, 1.0), 3)
    with pytest.raises(ValueError, match="at least 1 dimensions"):
        D.TransformedDistribution(D.Normal(0.0, 1.0), D.StickBreakingTransform())
    with pytest.raises(ValueError, match="different numbers of elements"):
        D.ReshapeTransform((2,), (3,))
    with pytest.raises(ValueError, match="cache_size must be 0 or 1"):
        D.ExpTransform(cache_size=2)


def test_values_are_checked():
    d = D.Bernoulli(mg.tensor([0.5, 0.5]))
    text = (
        r"Expected value argument \(Tensor of shape \(2,\)\) to be within the support "
        r"\(Boolean\(\)\) of the distribution Bernoulli\(.*\), but found invalid values"
    )
    with pytest.raises(ValueError, match=text):
        d.log_prob(mg.tensor([0.0, 0.5]))
    with pytest.raises(ValueError, match="must be a Tensor, got float"):
        d.log_prob(1.0)
    with pytest.raises(ValueError, match=r"does not broadcast.*\(3,\) against \(2,\)"):
        d.log_prob(mg.ones(3))
    with pytest.raises(ValueError, match="must be the event_shape"):
        D.Dirichlet(mg.ones(3)).log_prob(mg.ones(2))


def test_checks_can_be_switched_off():
    try:
        D.Distribution.set_default_validate_args(False)
        assert D.Bernoulli(0.5).log_prob(mg.tensor(0.5)).item() == pytest.approx(-math.log(2))
        D.Normal(0.0, -1.0)
    finally:
        D.Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="True or False"):
        D.Distribution.set_default_validate_args("yes")


def test_constraints():
    c = D.constraints
    lower = mg.tensor([[1.0, 0.0], [0.5, 2.0]])
    matrices = mg.stack([lower, lower.T, lower @ lower.T, -mg.eye(2), mg.zeros(2, 2)])
    wanted = {
        "lower_triangular": [1, 0, 0, 1, 1], "lower_cholesky": [1, 0, 0, 0, 0],
        "symmetric": [0, 0, 1, 1, 1], "square": [1, 1, 1, 1, 1],
    }  # fmt: skip
    for name, truths in wanted.items():
        assert getattr(c, name).check(matrices).int().tolist() == truths, name
    assert c.positive_definite.check(matrices[2:]).tolist() == [True, False, False]
    assert c.positive_semidefinite.check(matrices[2:]).tolist() == [True, False, True]
    assert bool(c.corr_cholesky.check(mg.tensor([[1.0, 0.0], [0.6, 0.8]])))
    assert not bool(c.corr_cholesky.check(lower))
    assert c.integer_interval(0, 2).check(mg.tensor([0.0, 0.5, 2.0, 3.0])).tolist() == [
        True, False, True, False
    ]  # fmt: skip
    assert c.positive_integer.check(mg.tensor([0.0, 1.0])).tolist() == [False, True]
    assert c.half_open_interval(0, 1).check(mg.tensor([0.0, 1.0])).tolist() == [True, False]
    with pytest.raises(ValueError, match="for an instance only"):
        c.dependent.check(mg.ones(1))


def test_transforms_compare_and_cache():
    T = D.transforms
    assert T.ExpTransform() == T.ExpTransform()
    assert T.AffineTransform(0.0, 1.0) != T.AffineTransform(0.0, 2.0)
    assert T.AffineTransform(mg.zeros(2), 1.0) == T.AffineTransform(mg.zeros(2), 1.0)
    assert T.ExpTransform().inv == T.ExpTransform().inv
    assert T.ExpTransform().inv.inv == T.ExpTransform()
    assert T.ComposeTransform([T.ExpTransform()]) == T.ComposeTransform([T.ExpTransform()])
    cached = T.TanhTransform(cache_size=1)
    x = mg.tensor([20.0])  # whose tanh is 1, and atanh(1) is infinite
    assert cached.inv(cached(x)) is x
    assert cached.with_cache(1) is cached
    assert T.TanhTransform().inv(T.TanhTransform()(mg.tensor([0.5]))).item() == pytest.approx(0.5)


@pytest.mark.parametrize(
    "transform",
    [
        D.ExpTransform(), D.TanhTransform(), D.SigmoidTransform(), D.SoftplusTransform(),
        D.PowerTransform(2.0), D.AffineTransform(0.3, -2.0), D.StickBreakingTransform(),
        D.ComposeTransform([D.AffineTransform(0.3, 0.5), D.TanhTransform()]),
    ],
    ids=lambda t: type(t).__name__,
)  # fmt: skip
def test_the_change_of_volume_is_the_jacobian(transform):
    x = mg.tensor([0.3, 0.9, 1.4], dtype=mg.float64, requires_grad=True)
    y = transform(x)
    rows = [mg.autograd.grad(y[k], x, retain_graph=True)[0] for k in range(3)]
    jacobian = mg.stack(rows)
    found = transform.log_abs_det_jacobian(x, y)
    assert found.sum().item() == pytest.approx(mg.logdet(jacobian.abs()).item(), rel=1e-9)
    np.testing.assert_allclose(transform.inv(y).detach(), x.detach(), rtol=1e-12)


def test_mixture_and_relaxed_samples_learn():
    logits = mg.zeros(3, requires_grad=True)
    mg.manual_seed(0)
    x = D.RelaxedOneHotCategorical(mg.tensor(0.5), logits=logits).rsample((10,))
    np.testing.assert_allclose(x.sum(-1).detach(), 1, rtol=1e-5)
    x[:, 0].sum().backward()
    assert logits.grad[0] > 0
    straight = D.OneHotCategoricalStraightThrough(logits=logits).rsample((4,))
    assert straight.requires_grad
    assert set(straight.detach().reshape(-1).round().tolist()) == {0.0, 1.0}
