"""Distributions over an interval: the uniform one and Kumaraswamy's."""

from __future__ import annotations

import math
from typing import Any

from .._tensor import Tensor
from ..functions.elementwise import where
from ..functions.likeness import ones_like, zeros_like
from . import constraints
from ._parameters import broadcast_all, uniform
from .distribution import Distribution
from .transformed import TransformedDistribution
from .transforms import AffineTransform, PowerTransform


class Uniform(Distribution):
    """The uniform distribution over [low, high).

    Parameters
    ----------
    low, high : float or Tensor
    validate_args : bool, optional

    Examples
    --------
    >>> generator = mg.manual_seed(1337)
    >>> mg.distributions.Uniform(0.0, 2.0).sample((2,))
    tensor([0.1566, 0.9912])
    """

    has_rsample: Any = True
    _parameters = {"low": 0, "high": 0}

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def arg_constraints(self) -> Any:
        """Each end lies on its side of the other."""
        return {
            "low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)
        }  # fmt: skip

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """The interval."""
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Any:
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Any:
        return math.nan * self.high

    @property
    def stddev(self) -> Any:
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Any:
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        u = uniform(self._extended_shape(sample_shape), self.low)
        return self.low + u * (self.high - self.low)  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        inside = (self.low <= value) & (value < self.high)
        density = -(self.high - self.low).log()
        return where(inside, density, -math.inf)

    def cdf(self, value: Any) -> Any:
        self._validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, value: Any) -> Any:
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Any:
        return (self.high - self.low).log()


class Kumaraswamy(TransformedDistribution):
    """Kumaraswamy's distribution over [0, 1]: ``P(x < z) = 1 - (1 - z**a)**b``.

    Parameters
    ----------
    concentration1, concentration0 : float or Tensor
        a and b.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Kumaraswamy(1.0, 1.0).mean
    tensor(0.5000)
    """

    arg_constraints: Any = {
        "concentration1": constraints.positive, "concentration0": constraints.positive
    }  # fmt: skip
    support: Any = constraints.unit_interval
    has_rsample: Any = True
    _parameters = {"concentration1": 0, "concentration0": 0}

    def __init__(
        self, concentration1: Any, concentration0: Any, validate_args: bool | None = None
    ) -> None:
        a, b = broadcast_all(concentration1, concentration0)
        self.concentration1, self.concentration0 = a, b
        base = Uniform(zeros_like(b), ones_like(b), validate_args)
        parts = [PowerTransform(1 / b), AffineTransform(1.0, -1.0), PowerTransform(1 / a)]
        super().__init__(base, parts, validate_args)

    def _moment(self, order: int) -> Any:
        a, b = self.concentration1, self.concentration0
        first = 1 + order / a
        return b * (first.lgamma() + b.lgamma() - (first + b).lgamma()).exp()

    @property
    def mean(self) -> Any:
        return self._moment(1)

    @property
    def variance(self) -> Any:
        return self._moment(2) - self._moment(1) ** 2

    @property
    def mode(self) -> Any:
        a, b = self.concentration1.detach(), self.concentration0.detach()
        there = (a >= 1) & (b >= 1)  # elsewhere the density has no largest value inside
        a, b = where(there, a, 2.0), where(there, b, 2.0)
        return where(there, ((a - 1) / (a * b - 1)) ** (1 / a), math.nan)

    def entropy(self) -> Any:
        a, b = self.concentration1, self.concentration0
        harmonic = (b + 1).digamma() + 0.57721566490153286061
        return 1 - 1 / b + (1 - 1 / a) * harmonic - a.log() - b.log()
