"""Distributions of probability with PyTorch's names: draws, densities, entropies, divergences.

Where PyTorch's stream of random numbers is known, the same seed gives its samples; the docstrings
of `Gamma`, `Binomial`, `Poisson` and what is made of them say that theirs are NumPy's.
"""

from .._stand_ins import stand_for
from .._stand_ins import stand_for as _stand_for
from . import constraints as constraints
from . import kl_formulas as kl_formulas
from . import transforms as transforms
from ._parameters import broadcast_all as broadcast_all
from ._parameters import clamp_probs as clamp_probs
from ._parameters import lazy_property as lazy_property
from ._parameters import logits_to_probs as logits_to_probs
from ._parameters import probs_to_logits as probs_to_logits
from .categorical import Categorical as Categorical
from .categorical import Multinomial as Multinomial
from .categorical import OneHotCategorical as OneHotCategorical
from .categorical import OneHotCategoricalStraightThrough as OneHotCategoricalStraightThrough
from .distribution import Distribution as Distribution
from .gamma import Beta as Beta
from .gamma import Chi2 as Chi2
from .gamma import Dirichlet as Dirichlet
from .gamma import Gamma as Gamma
from .gamma import StudentT as StudentT
from .interval import Kumaraswamy as Kumaraswamy
from .interval import Uniform as Uniform
from .kl import kl_divergence as kl_divergence
from .kl import register_kl as register_kl
from .location_scale import Cauchy as Cauchy
from .location_scale import Gumbel as Gumbel
from .location_scale import HalfCauchy as HalfCauchy
from .location_scale import Laplace as Laplace
from .mixture import MixtureSameFamily as MixtureSameFamily
from .multivariate_normal import MultivariateNormal as MultivariateNormal
from .normal import HalfNormal as HalfNormal
from .normal import LogNormal as LogNormal
from .normal import Normal as Normal
from .relaxed import ExpRelaxedCategorical as ExpRelaxedCategorical
from .relaxed import LogitRelaxedBernoulli as LogitRelaxedBernoulli
from .relaxed import RelaxedBernoulli as RelaxedBernoulli
from .relaxed import RelaxedOneHotCategorical as RelaxedOneHotCategorical
from .transformed import Independent as Independent
from .transformed import TransformedDistribution as TransformedDistribution
from .transforms import AbsTransform as AbsTransform
from .transforms import AffineTransform as AffineTransform
from .transforms import ComposeTransform as ComposeTransform
from .transforms import ExpTransform as ExpTransform
from .transforms import IndependentTransform as IndependentTransform
from .transforms import LowerCholeskyTransform as LowerCholeskyTransform
from .transforms import PositiveDefiniteTransform as PositiveDefiniteTransform
from .transforms import PowerTransform as PowerTransform
from .transforms import ReshapeTransform as ReshapeTransform
from .transforms import SigmoidTransform as SigmoidTransform
from .transforms import SoftmaxTransform as SoftmaxTransform
from .transforms import SoftplusTransform as SoftplusTransform
from .transforms import StickBreakingTransform as StickBreakingTransform
from .transforms import TanhTransform as TanhTransform
from .transforms import Transform as Transform
from .transforms import identity_transform as identity_transform
from .two_outcomes import Bernoulli as Bernoulli
from .two_outcomes import Binomial as Binomial
from .two_outcomes import Geometric as Geometric
from .two_outcomes import NegativeBinomial as NegativeBinomial
from .two_outcomes import Poisson as Poisson
from .von_mises import VonMises as VonMises
from .waiting_times import Exponential as Exponential
from .waiting_times import Pareto as Pareto
from .waiting_times import Weibull as Weibull

_stand_for(
    __name__,
    "bernoulli beta binomial cauchy chi2 dirichlet exponential geometric gumbel half_cauchy "
    "half_normal independent kumaraswamy laplace log_normal mixture_same_family multinomial "
    "negative_binomial one_hot_categorical pareto poisson relaxed_bernoulli relaxed_categorical "
    "studentT transformed_distribution uniform weibull",
)

stand_for(
    __name__,
    "bernoulli beta binomial cauchy chi2 dirichlet exponential geometric gumbel half_cauchy "
    "half_normal independent kumaraswamy laplace log_normal mixture_same_family multinomial "
    "negative_binomial one_hot_categorical pareto poisson relaxed_bernoulli relaxed_categorical "
    "studentT transformed_distribution uniform utils weibull",
)
