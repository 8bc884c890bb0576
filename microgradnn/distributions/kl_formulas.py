"""The formulas behind `kl_divergence`."""

from __future__ import annotations

import math
from typing import Any

from ..functions.elementwise import where
from ..functions.likeness import full_like
from ..linalg import solve_triangular
from ..nn.functional import softplus
from ._parameters import sum_rightmost
from .categorical import Categorical, OneHotCategorical
from .gamma import Beta, Dirichlet, Gamma
from .interval import Uniform
from .kl import kl_divergence, register_kl
from .location_scale import EULER, Cauchy, Gumbel, Laplace
from .multivariate_normal import MultivariateNormal, half_log_det, squared_distance
from .normal import HalfNormal, Normal
from .transformed import Independent, TransformedDistribution
from .two_outcomes import Bernoulli, Binomial, Geometric, Poisson
from .waiting_times import Exponential, Pareto

# --- two of one family ----------------------------------------------------------------------------


@register_kl(Normal, Normal)
def _normals(p: Any, q: Any) -> Any:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log())


@register_kl(HalfNormal, HalfNormal)
def _half_normals(p: Any, q: Any) -> Any:
    return _normals(p.base_dist, q.base_dist)


@register_kl(Bernoulli, Bernoulli)
def _bernoullis(p: Any, q: Any) -> Any:
    success = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    success = where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, success))
    failure = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    return success + where(p.probs == 1, 0.0, where(q.probs == 1, math.inf, failure))


@register_kl(Binomial, Binomial)
def _binomials(p: Any, q: Any) -> Any:
    if bool((p.total_count < q.total_count).any()):
        raise NotImplementedError("KL of Binomials where q has the larger total_count is not known")
    change = p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p()
    return where(p.total_count > q.total_count, math.inf, p.total_count * change)


@register_kl(Geometric, Geometric)
def _geometrics(p: Any, q: Any) -> Any:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(Poisson, Poisson)
def _poissons(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Categorical, Categorical)
def _categoricals(p: Any, q: Any) -> Any:
    share = p.probs * (p.logits - q.logits)
    share = where(p.probs == 0, 0.0, where(q.probs == 0, math.inf, share))
    return share.sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hots(p: Any, q: Any) -> Any:
    return _categoricals(p._categorical, q._categorical)


@register_kl(Uniform, Uniform)
def _uniforms(p: Any, q: Any) -> Any:
    outside = (q.low > p.low) | (q.high < p.high)
    return where(outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


@register_kl(Exponential, Exponential)
def _exponentials(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - 1 - ratio.log()


@register_kl(Gamma, Gamma)
def _gammas(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    slopes = (q.rate - p.rate) * (a / p.rate) + (a - b) * a.digamma()
    return b * (p.rate / q.rate).log() + b.lgamma() - a.lgamma() + slopes


@register_kl(Dirichlet, Dirichlet)
def _dirichlets(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    norms = total.lgamma() - b.sum(-1).lgamma() - (a.lgamma() - b.lgamma()).sum(-1)
    return norms + ((a - b) * (a.digamma() - total.digamma().unsqueeze(-1))).sum(-1)


@register_kl(Beta, Beta)
def _betas(p: Any, q: Any) -> Any:
    return _dirichlets(p._dirichlet, q._dirichlet)


@register_kl(Laplace, Laplace)
def _laplaces(p: Any, q: Any) -> Any:
    ratio, apart = p.scale / q.scale, (p.loc - q.loc).abs()
    return apart / q.scale + ratio * (-apart / p.scale).exp() - ratio.log() - 1


@register_kl(Gumbel, Gumbel)
def _gumbels(p: Any, q: Any) -> Any:
    ratio, apart = p.scale / q.scale, (q.loc - p.loc) / q.scale
    return ratio * EULER - ratio.log() - apart + (apart + (1 + ratio).lgamma()).exp() - (1 + EULER)


@register_kl(Cauchy, Cauchy)
def _cauchys(p: Any, q: Any) -> Any:
    return ((p.scale + q.scale) ** 2 + (p.loc - q.loc) ** 2).log() - (4 * p.scale * q.scale).log()


@register_kl(Pareto, Pareto)
def _paretos(p: Any, q: Any) -> Any:
    ratio = q.alpha / p.alpha
    inside = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return where(p.scale < q.scale, math.inf, inside)


@register_kl(MultivariateNormal, MultivariateNormal)
def _vectors(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"the vectors have different lengths: {tuple(p.event_shape)} and {tuple(q.event_shape)}"
        )
    volume = half_log_det(q._factor) - half_log_det(p._factor)
    spread = (solve_triangular(q._factor, p._factor, upper=False) ** 2).sum((-2, -1))
    apart = squared_distance(q._factor, q.loc - p.loc)
    return volume + 0.5 * (spread + apart - p.event_shape[0])


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: Any, q: Any) -> Any:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("KL is known for equal transforms and events only")
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("KL is known for equally many dimensions of the event only")
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


# --- two families: minus the entropy of p, minus the mean of log q under p ------------------------


@register_kl(Beta, Normal)
@register_kl(Exponential, Normal)
@register_kl(Gamma, Normal)
@register_kl(Gumbel, Normal)
@register_kl(Laplace, Normal)
@register_kl(Uniform, Normal)
@register_kl(Pareto, Normal)
def _to_normal(p: Any, q: Any) -> Any:
    variance = q.scale**2
    square = p.variance + (p.mean - q.loc) ** 2
    return -p.entropy() + 0.5 * (2 * math.pi * variance).log() + 0.5 * square / variance


@register_kl(Beta, Exponential)
@register_kl(Gamma, Exponential)
@register_kl(Pareto, Exponential)
@register_kl(Uniform, Exponential)
def _to_exponential(p: Any, q: Any) -> Any:
    found = -p.entropy() - q.rate.log() + q.rate * p.mean
    return where(p.low < 0, math.inf, found) if isinstance(p, Uniform) else found


def _mean_log(p: Any) -> Any:
    """The mean of ``log x``."""
    if isinstance(p, Beta):
        total = p.concentration1 + p.concentration0
        return p.concentration1.digamma() - total.digamma()
    if isinstance(p, Exponential):
        return -EULER - p.rate.log()
    if isinstance(p, Pareto):
        return p.scale.log() + 1 / p.alpha
    width = p.high - p.low
    return (p.high.xlogy(p.high) - p.low.xlogy(p.low)) / width - 1


@register_kl(Beta, Gamma)
@register_kl(Exponential, Gamma)
@register_kl(Pareto, Gamma)
@register_kl(Uniform, Gamma)
def _to_gamma(p: Any, q: Any) -> Any:
    a = q.concentration
    norm = a.lgamma() - a * q.rate.log()
    outside = p.low < 0 if isinstance(p, Uniform) else None
    if outside is not None:
        p = Uniform(where(outside, 0.0, p.low), p.high, validate_args=False)
    found = -p.entropy() + norm - (a - 1) * _mean_log(p) + q.rate * p.mean
    return found if outside is None else where(outside, math.inf, found)


@register_kl(Normal, Laplace)
def _normal_to_laplace(p: Any, q: Any) -> Any:
    apart = (p.loc - q.loc) / p.scale
    near = math.sqrt(2 / math.pi) * (-0.5 * apart**2).exp()
    size = p.scale * (near + apart * (math.sqrt(0.5) * apart).erf())
    return -p.entropy() + (2 * q.scale).log() + size / q.scale


@register_kl(Normal, Gumbel)
def _normal_to_gumbel(p: Any, q: Any) -> Any:
    apart, ratio = (p.loc - q.loc) / q.scale, p.scale / q.scale
    return -p.entropy() + q.scale.log() + apart + (0.5 * ratio**2 - apart).exp()


@register_kl(Uniform, Gumbel)
def _uniform_to_gumbel(p: Any, q: Any) -> Any:
    high, low = (p.high - q.loc) / q.scale, (p.low - q.loc) / q.scale
    mean = ((-low).exp() - (-high).exp()) / (high - low)
    return -p.entropy() + q.scale.log() + 0.5 * (high + low) + mean


@register_kl(Beta, Uniform)
def _beta_to_uniform(p: Any, q: Any) -> Any:
    found = -p.entropy() + (q.high - q.low).log()
    return where((q.low > 0) | (q.high < 1), math.inf, found)


@register_kl(Bernoulli, Poisson)
def _bernoulli_to_poisson(p: Any, q: Any) -> Any:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


# --- infinite: p has values that q cannot have ----------------------------------------------------


def _infinite(p: Any, q: Any) -> Any:
    return full_like(p.entropy(), math.inf)


for _p, _qs in {
    Beta: (Pareto,), Exponential: (Beta, Pareto, Uniform), Gamma: (Beta, Pareto, Uniform),
    Gumbel: (Beta, Exponential, Gamma, Pareto, Uniform), Pareto: (Beta, Uniform),
    Laplace: (Beta, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, Exponential, Gamma, Pareto, Uniform),
}.items():  # fmt: skip
    for _q in _qs:
        register_kl(_p, _q)(_infinite)


@register_kl(Poisson, Bernoulli)
@register_kl(Poisson, Binomial)
def _poisson_to_few(p: Any, q: Any) -> Any:
    return full_like(p.rate, math.inf)
