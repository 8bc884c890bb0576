"""Distributions over classes: one class, one as a vector of 0 and 1, counts of many."""

from __future__ import annotations

import math
from typing import Any

from .._size import Size
from .._tensor import Tensor
from ..functions.creation import full, tensor
from ..functions.elementwise import where
from ..functions.ranges import eye
from ..functions.sampling import multinomial
from ..functions.views import broadcast_tensors
from ..grad_mode import no_grad
from ..nn.functional import one_hot
from . import constraints
from ._parameters import (
    broadcast_all,
    float_limits,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
)
from .distribution import Distribution
from .two_outcomes import Binomial, check_one_of, listed


class Categorical(Distribution):
    """One of n classes, as a number from 0 to n - 1.

    Parameters
    ----------
    probs : Tensor, shape (..., n)
        Weights that are not negative; they are divided by their sum.
    logits : Tensor, shape (..., n)
        Logarithms of such weights; in place of ``probs``.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If both are given or none, or they are no probabilities.

    Examples
    --------
    >>> classes = mg.distributions.Categorical(mg.tensor([1.0, 3.0]))
    >>> classes.log_prob(mg.tensor(1))
    tensor(-0.2877)
    >>> classes.entropy()
    tensor(0.5623)
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support: Any = True
    _parameters = {"probs": 1, "logits": 1, "_param": 1}

    def __init__(
        self, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        check_one_of(probs, logits)
        given, name = (logits, "logits") if probs is None else (probs, "probs")
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is None:
            self.logits = self._param = logits - logits.logsumexp(-1, keepdim=True)
        else:
            self.probs = self._param = probs / probs.sum(-1, keepdim=True)
        self._num_events = self._param.shape[-1]
        super().__init__(self._param.shape[:-1], validate_args=validate_args)

    @lazy_property
    def logits(self) -> Any:
        """The logarithms of the probabilities."""
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self) -> Any:
        """The probabilities."""
        return logits_to_probs(self.logits)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter that was given."""
        return self._param.shape

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        """The numbers of the classes."""
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Any:
        return full(self._extended_shape(), math.nan, dtype=self._param.dtype)

    @property
    def mode(self) -> Any:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Any:
        return self.mean

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            rows = self.probs.detach().reshape(-1, self._num_events)
            drawn = multinomial(rows, Size(sample_shape).numel(), True).T
            return drawn.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        index, logs = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logs.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Any:
        # A class that never comes has the logit -inf, and no share.
        logits = self.logits.clamp(min=float(float_limits(self.logits).min))
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return listed(self._num_events, tensor(0), self.batch_shape, expand)


class _OfClasses(Distribution):
    """What is made of draws of classes."""

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    _parameters = {"_categorical": 0}

    def __init__(self, probs: Any, logits: Any, validate_args: bool | None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(
            self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args
        )

    @property
    def _param(self) -> Any:
        return self._categorical._param

    @property
    def probs(self) -> Any:
        """The probabilities of the classes."""
        return self._categorical.probs

    @property
    def logits(self) -> Any:
        """Their logarithms."""
        return self._categorical.logits

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter that was given."""
        return self._categorical.param_shape


class OneHotCategorical(_OfClasses):
    """One of n classes, as a vector of one 1 and zeros.

    Parameters
    ----------
    probs, logits : Tensor, shape (..., n)
        See `Categorical`.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.OneHotCategorical(mg.tensor([0.0, 1.0])).sample()
    tensor([0., 1.])
    """

    support: Any = constraints.one_hot
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
        return one_hot(self.probs.argmax(-1), self.event_shape[0]).to(self.probs)

    @property
    def variance(self) -> Any:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        return one_hot(self._categorical.sample(sample_shape), self.event_shape[0]).to(self._param)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Any:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        n, batch = self.event_shape[0], self.batch_shape
        values = eye(n, dtype=self._param.dtype).reshape(n, *[1] * len(batch), n)
        return values.expand(n, *batch, n) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """`OneHotCategorical` whose ``rsample`` passes gradients on to the probabilities as they are.

    A biased estimate (Bengio et al., 2013).

    Examples
    --------
    >>> mg.distributions.OneHotCategoricalStraightThrough(mg.tensor([0.0, 1.0])).rsample()
    tensor([0., 1.])
    """

    has_rsample: Any = True

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.sample(sample_shape) + (self.probs - self.probs.detach())  # type: ignore[no-any-return]


class Multinomial(_OfClasses):
    """How often each of n classes comes in a number of draws.

    Parameters
    ----------
    total_count : int
        How many draws.
    probs, logits : Tensor, shape (..., n)
        See `Categorical`.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.Multinomial(4, mg.tensor([1.0, 1.0])).mean
    tensor([2., 2.])
    """

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(total_count, int):
            raise NotImplementedError(f"total_count is one int for all, got {total_count!r}")
        self.total_count = total_count
        super().__init__(probs, logits, validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        """Counts that sum to the number of draws."""
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Any:
        return self.probs * self.total_count

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        drawn = self._categorical.sample((self.total_count, *sample_shape))
        return one_hot(drawn, self.event_shape[0]).sum(0).to(self._param)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = where((value == 0) & (logits == -math.inf), 0.0, logits)
        ways = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        return ways + (logits * value).sum(-1)

    def entropy(self) -> Any:
        n = self.total_count
        counts = Binomial(n, self.probs)
        values = counts.enumerate_support(expand=False)[1:]
        shares = (counts.log_prob(values).exp() * (values + 1).lgamma()).sum((0, -1))
        return n * self._categorical.entropy() - math.lgamma(n + 1) + shares
