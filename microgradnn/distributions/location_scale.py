"""Distributions that are one curve, moved and stretched: Laplace's, Gumbel's and Cauchy's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._generator import default_generator
from .._tensor import Tensor
from ..functions.likeness import full_like, ones_like
from . import constraints
from ._parameters import broadcast_all, filled, float_limits, uniform
from .distribution import Distribution
from .interval import Uniform
from .normal import _Half
from .transformed import TransformedDistribution
from .transforms import AffineTransform, ExpTransform

EULER = 0.57721566490153286061
"""Euler's constant, the mean of Gumbel's distribution."""


def _standard_cauchy(n: int) -> Any:
    """PyTorch's numbers for ``cauchy_()``: the quantiles of uniform ones."""
    return np.tan(math.pi * (default_generator._uniform64(n) - 0.5))


class _LocationScale(Distribution):
    """A distribution with a place and a width."""

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support: Any = constraints.real
    has_rsample: Any = True
    _parameters = {"loc": 0, "scale": 0}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mode(self) -> Any:
        return self.loc


class Laplace(_LocationScale):
    """Laplace's distribution, with the density ``exp(-|x - loc| / scale) / (2 scale)``.

    Parameters
    ----------
    loc, scale : float or Tensor
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Laplace(0.0, 1.0).log_prob(mg.tensor(0.0))
    tensor(-0.6931)
    """

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        return 2 * self.scale**2

    @property
    def stddev(self) -> Any:
        return math.sqrt(2) * self.scale

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        eps = float(float_limits(self.loc).eps)
        u = uniform(self._extended_shape(sample_shape), self.loc, eps - 1, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        away = value - self.loc
        return 0.5 - 0.5 * away.sign() * (-away.abs() / self.scale).expm1()

    def icdf(self, value: Any) -> Any:
        away = value - 0.5
        return self.loc - self.scale * away.sign() * (-2 * away.abs()).log1p()

    def entropy(self) -> Any:
        return 1 + (2 * self.scale).log()


class Cauchy(_LocationScale):
    """Cauchy's distribution, with a density in proportion to ``1 / (1 + ((x - loc) / scale)**2)``.

    It has no mean.

    Parameters
    ----------
    loc, scale : float or Tensor
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Cauchy(0.0, 1.0).cdf(mg.tensor(1.0))
    tensor(0.7500)
    """

    @property
    def mean(self) -> Any:
        return full_like(self.loc, math.nan)

    @property
    def variance(self) -> Any:
        return full_like(self.loc, math.inf)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        eps = filled(self._extended_shape(sample_shape), self.loc, _standard_cauchy)
        return self.loc + eps * self.scale  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return (
            -math.log(math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()
        )

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Any) -> Any:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Any:
        return math.log(4 * math.pi) + self.scale.log()


class HalfCauchy(_Half):
    """The distribution of the size of a number of Cauchy's distribution around 0.

    Parameters
    ----------
    scale : float or Tensor
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.HalfCauchy(1.0).cdf(mg.tensor(1.0))
    tensor(0.5000)
    """

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), validate_args)

    @property
    def mean(self) -> Any:
        return full_like(self.scale, math.inf)

    @property
    def variance(self) -> Any:
        return self.base_dist.variance


class Gumbel(TransformedDistribution):
    """Gumbel's distribution: of the largest of many numbers; ``P(x < z) = exp(-exp(-z))``.

    Parameters
    ----------
    loc, scale : float or Tensor
        ``z = (x - loc) / scale``.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Gumbel(0.0, 1.0).mean
    tensor(0.5772)
    """

    arg_constraints: Any = {"loc": constraints.real, "scale": constraints.positive}
    support: Any = constraints.real
    _parameters = {"loc": 0, "scale": 0}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = float_limits(self.loc)
        ends = full_like(self.loc, float(limits.tiny)), full_like(self.loc, 1 - float(limits.eps))
        logarithm, minus = ExpTransform().inv, AffineTransform(0, -ones_like(self.scale))
        parts = [logarithm, minus, logarithm, AffineTransform(self.loc, -self.scale)]
        super().__init__(Uniform(*ends, validate_args), parts, validate_args)

    @property
    def mean(self) -> Any:
        return self.loc + self.scale * EULER

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def stddev(self) -> Any:
        return math.pi / math.sqrt(6) * self.scale

    @property
    def variance(self) -> Any:
        return self.stddev**2

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return y - y.exp() - self.scale.log()

    def entropy(self) -> Any:
        return self.scale.log() + (1 + EULER)
