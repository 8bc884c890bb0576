"""Distributions about trials that succeed or fail: Bernoulli's, and counts of such trials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..functions.elementwise import where
from ..functions.likeness import zeros_like
from ..functions.ranges import arange
from ..functions.sampling import bernoulli
from ..grad_mode import no_grad
from ..nn.functional import binary_cross_entropy_with_logits, logsigmoid
from . import constraints
from ._parameters import (
    broadcast_all,
    float_limits,
    lazy_property,
    logits_to_probs,
    numpy_generator,
    probs_to_logits,
    uniform,
)
from .distribution import Distribution
from .gamma import Gamma


def check_one_of(probs: Any, logits: Any) -> None:
    """Raise unless exactly one of them is given."""
    if (probs is None) == (logits is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")


class TwoOutcomes(Distribution):
    """What is given by a probability of success, or by its logit ``log(p / (1 - p))``."""

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    _parameters = {"probs": 0, "logits": 0, "_param": 0}

    def __init__(self, probs: Any, logits: Any, validate_args: bool | None, **others: Any) -> None:
        check_one_of(probs, logits)
        given = logits if probs is None else probs
        *counts, self._param = broadcast_all(*others.values(), given)
        setattr(self, "logits" if probs is None else "probs", self._param)
        for name, count in zip(others, counts, strict=True):
            setattr(self, name, count.to(self._param))
        super().__init__(self._param.shape, validate_args=validate_args)

    @lazy_property
    def logits(self) -> Any:
        """``log(p / (1 - p))``."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Any:
        """The probability of success, p."""
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter that was given."""
        return self._param.shape


class Bernoulli(TwoOutcomes):
    """1 with probability p, 0 else.

    Parameters
    ----------
    probs, logits : float or Tensor
        p, or ``log(p / (1 - p))``: one of them.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Bernoulli(0.25).log_prob(mg.tensor(1.0))
    tensor(-1.3863)
    """

    support: Any = constraints.boolean
    has_enumerate_support: Any = True

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(probs, logits, validate_args)

    @property
    def mean(self) -> Any:
        return self.probs

    @property
    def mode(self) -> Any:
        one = (self.probs >= 0.5).to(self.probs)
        return where(self.probs == 0.5, math.nan, one)

    @property
    def variance(self) -> Any:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value.to(logits), reduction="none")

    def entropy(self) -> Any:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return listed(2, self._param, self.batch_shape, expand)


def listed(count: int, like: Tensor, batch: Any, expand: bool) -> Tensor:
    """The numbers 0 to ``count - 1`` along a new first dimension before the batch's."""
    values = arange(count, dtype=like.dtype).reshape(-1, *[1] * len(batch))
    return values.expand(-1, *batch) if expand else values


class Geometric(TwoOutcomes):
    """How often a trial fails before the first success: ``p (1 - p)**k``.

    Parameters
    ----------
    probs, logits : float or Tensor
        p, or ``log(p / (1 - p))``: one of them.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Geometric(0.25).mean
    tensor(3.)
    """

    support: Any = constraints.nonnegative_integer

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(probs, logits, validate_args)
        if self._validate_args and probs is not None and not bool((self.probs > 0).all()):
            raise ValueError(
                f"Expected parameter probs of distribution {self!r} to be positive but found "
                f"invalid values:\n{self.probs}"
            )

    @property
    def mean(self) -> Any:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Any:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Any:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        tiny = float(float_limits(self.probs).tiny)
        with no_grad(), np.errstate(divide="ignore"):  # a sure success takes log(0)
            u = uniform(self._extended_shape(sample_shape), self.probs, tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        failing = where((probs == 1) & (value == 0), 0.0, probs)
        return value * (-failing).log1p() + self.probs.log()

    def entropy(self) -> Any:
        bits = binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
        return bits / self.probs


class Binomial(TwoOutcomes):
    """How many of n trials succeed.

    Samples are drawn by NumPy, seeded by microgradnn's generator: they are not PyTorch's.

    Parameters
    ----------
    total_count : int or Tensor
        n.
    probs, logits : float or Tensor
        The probability of success p, or ``log(p / (1 - p))``: one of them.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Binomial(10, 0.5).mean
    tensor(5.)
    """

    arg_constraints: Any = {
        "total_count": constraints.nonnegative_integer, **TwoOutcomes.arg_constraints
    }  # fmt: skip
    has_enumerate_support: Any = True
    _parameters = {"total_count": 0, **TwoOutcomes._parameters}
    total_count: Any

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(probs, logits, validate_args, total_count=total_count)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        """The integers from 0 to n."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Any:
        return self.total_count * self.probs

    @property
    def mode(self) -> Any:
        return ((self.total_count + 1) * self.probs).floor().minimum(self.total_count)

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        n, p = self.total_count._array.astype(np.int64), self.probs._array.astype(np.float64)
        drawn = numpy_generator().binomial(n, p, tuple(shape))
        return Tensor._wrap(np.asarray(drawn).astype(self._param._array.dtype))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n, logits = self.total_count, self.logits
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        # log(1 + exp(logits)), split so that neither part overflows; its slope at 0 is one half.
        upper = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        return value * logits + ways - n * upper - n * (-logits.abs()).exp().log1p()

    def _one_count(self) -> int:
        count = int(self.total_count.max().item())
        if self.total_count.min().item() != count:
            raise NotImplementedError("the values of Binomials of different total_count differ")
        return count

    def entropy(self) -> Any:
        logs = self.log_prob(self.enumerate_support(False))
        return -(logs.exp() * logs).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return listed(1 + self._one_count(), self._param, self.batch_shape, expand)


class NegativeBinomial(TwoOutcomes):
    """How many trials succeed before a number of them have failed.

    Samples are drawn by NumPy, seeded by microgradnn's generator: they are not PyTorch's.

    Parameters
    ----------
    total_count : float or Tensor
        How many fail; any number that is not negative.
    probs, logits : float or Tensor
        The probability of success p, or ``log(p / (1 - p))``: one of them.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.NegativeBinomial(3.0, 0.5).mean
    tensor(3.)
    """

    arg_constraints: Any = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0), "logits": constraints.real,
    }  # fmt: skip
    support: Any = constraints.nonnegative_integer
    _parameters = {"total_count": 0, **TwoOutcomes._parameters}
    total_count: Any

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(probs, logits, validate_args, total_count=total_count)

    @property
    def mean(self) -> Any:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Any:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Any:
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            rates = Gamma(self.total_count, (-self.logits).exp(), validate_args=False)
            return poisson_numbers(rates.sample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n, logits = self.total_count, self.logits
        ways = (n + value).lgamma() - (1.0 + value).lgamma() - n.lgamma()
        ways = where(n + value == 0.0, 0.0, ways)
        return n * logsigmoid(-logits) + value * logsigmoid(logits) + ways


def poisson_numbers(rates: Tensor) -> Tensor:
    """Numbers of Poisson's distribution; NumPy's, seeded by our generator."""
    drawn = numpy_generator().poisson(rates._array.astype(np.float64))
    return Tensor._wrap(np.asarray(drawn).astype(rates._array.dtype))


class Poisson(Distribution):
    """How many of many rare events happen: ``rate**k exp(-rate) / k!``.

    Samples are drawn by NumPy, seeded by microgradnn's generator: they are not PyTorch's.

    Parameters
    ----------
    rate : float or Tensor
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Poisson(1.0).log_prob(mg.tensor(0.0))
    tensor(-1.)
    """

    arg_constraints: Any = {"rate": constraints.nonnegative}
    support: Any = constraints.nonnegative_integer
    _parameters = {"rate": 0}

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        return self.rate

    @property
    def mode(self) -> Any:
        return self.rate.floor()

    @property
    def variance(self) -> Any:
        return self.rate

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return poisson_numbers(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()
