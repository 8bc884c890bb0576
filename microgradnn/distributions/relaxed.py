"""Smooth stand-ins for draws of 0 and 1 and of classes, which gradients flow through."""

from __future__ import annotations

import math
from typing import Any

from .._tensor import Tensor
from . import constraints
from ._parameters import broadcast_all, clamp_probs, uniform
from .categorical import _OfClasses
from .transformed import TransformedDistribution
from .transforms import ExpTransform, SigmoidTransform
from .two_outcomes import TwoOutcomes


class LogitRelaxedBernoulli(TwoOutcomes):
    """The logit of a `RelaxedBernoulli` number.

    Parameters
    ----------
    temperature : float or Tensor
    probs, logits : float or Tensor
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.relaxed.LogitRelaxedBernoulli(mg.tensor(1.0), 0.5).log_prob(mg.tensor(0.0))
    tensor(-1.3863)
    """

    support: Any = constraints.real
    has_rsample: Any = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        self.temperature = temperature
        super().__init__(probs, logits, validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        p, u = clamp_probs(self.probs.expand(shape)), clamp_probs(uniform(shape, self.probs))
        noisy = u.log() - (-u).log1p() + p.log() - (-p).log1p()
        return noisy / self.temperature  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        (temperature,) = broadcast_all(self.temperature)
        apart = logits - value * self.temperature
        return temperature.log() + apart - 2 * apart.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """A number between 0 and 1 that comes close to a `Bernoulli` one as the temperature falls.

    The concrete distribution of Maddison et al. and Jang et al. (2017).

    Parameters
    ----------
    temperature : float or Tensor
    probs, logits : float or Tensor
        See `Bernoulli`.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.RelaxedBernoulli(mg.tensor(0.5), 0.9).rsample((3,)).shape
    microgradnn.Size([3])
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support: Any = constraints.unit_interval
    has_rsample: Any = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        base = LogitRelaxedBernoulli(temperature, probs, logits)
        super().__init__(base, SigmoidTransform(), validate_args)

    @property
    def temperature(self) -> Any:
        """The temperature."""
        return self.base_dist.temperature

    @property
    def probs(self) -> Any:
        """The probability."""
        return self.base_dist.probs

    @property
    def logits(self) -> Any:
        """Its logit."""
        return self.base_dist.logits


class ExpRelaxedCategorical(_OfClasses):
    """The logarithms of a `RelaxedOneHotCategorical` vector.

    Parameters
    ----------
    temperature : float or Tensor
    probs, logits : Tensor, shape (..., n)
    validate_args : bool, optional

    Examples
    --------
    >>> make = mg.distributions.relaxed.ExpRelaxedCategorical
    >>> make(mg.tensor(1.0), mg.tensor([1.0, 1.0])).rsample().shape
    microgradnn.Size([2])
    """

    support: Any = constraints.real_vector
    has_rsample: Any = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        self.temperature = temperature
        super().__init__(probs, logits, validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        u = clamp_probs(uniform(self._extended_shape(sample_shape), self.logits))
        scores = (self.logits - (-u.log()).log()) / self.temperature
        return scores - scores.logsumexp(-1, keepdim=True)  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n = self.event_shape[0]
        logits, value = broadcast_all(self.logits, value)
        (temperature,) = broadcast_all(self.temperature)
        score = logits - value * self.temperature
        score = (score - score.logsumexp(-1, keepdim=True)).sum(-1)
        return score + (math.lgamma(n) + (n - 1) * temperature.log())


class RelaxedOneHotCategorical(TransformedDistribution):
    """Positive numbers that sum to 1, close to an `OneHotCategorical` vector as temperature falls.

    Parameters
    ----------
    temperature : float or Tensor
    probs, logits : Tensor, shape (..., n)
        See `Categorical`.
    validate_args : bool, optional

    Examples
    --------
    >>> make = mg.distributions.RelaxedOneHotCategorical
    >>> make(mg.tensor(1.0), mg.tensor([1.0, 1.0])).rsample().sum()
    tensor(1.)
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support: Any = constraints.simplex
    has_rsample: Any = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args)
        super().__init__(base, ExpTransform(), validate_args)

    @property
    def temperature(self) -> Any:
        """The temperature."""
        return self.base_dist.temperature

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self.base_dist.probs

    @property
    def logits(self) -> Any:
        """Their logarithms."""
        return self.base_dist.logits
