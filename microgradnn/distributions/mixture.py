"""Mixtures of distributions of one family."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from ..functions.elementwise import log_softmax
from ..grad_mode import no_grad
from . import constraints
from .categorical import Categorical
from .distribution import Distribution


class MixtureSameFamily(Distribution):
    """A draw of one of several components, which are the last dimension of a batch.

    Parameters
    ----------
    mixture_distribution : Categorical
        Which component is drawn.
    component_distribution : Distribution, batch shape (..., components)
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If the two do not fit together.

    Examples
    --------
    >>> from microgradnn.distributions import Categorical, MixtureSameFamily, Normal
    >>> two = Normal(mg.tensor([-1.0, 1.0]), mg.ones(2))
    >>> MixtureSameFamily(Categorical(mg.ones(2)), two).variance
    tensor(2.)
    """

    arg_constraints: Any = {}
    _parameters = {"_mixture_distribution": 0}

    def __init__(
        self, mixture_distribution: Any, component_distribution: Any,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(
                "the mixture distribution is a Categorical, got "
                f"{type(mixture_distribution).__name__}"
            )
        if not isinstance(component_distribution, Distribution):
            raise ValueError(
                "the component distribution is a Distribution, got "
                f"{type(component_distribution).__name__}"
            )
        mixtures, batch = mixture_distribution.batch_shape, component_distribution.batch_shape
        weights = mixture_distribution.param_shape[-1]
        pairs = zip(reversed(mixtures), reversed(batch[:-1]), strict=False)
        if batch[-1:] != (weights,) or any(i != j and 1 not in (i, j) for i, j in pairs):
            raise ValueError(
                f"the components' batch shape {tuple(batch)} does not fit the mixture's "
                f"{(*mixtures, weights)}: the last size is the number of components"
            )
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        self._num_component = weights
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(batch[:-1], component_distribution.event_shape, validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same with a larger batch."""
        new = super().expand(batch_shape, _instance)
        whole = (*batch_shape, self._num_component)
        new._component_distribution = self._component_distribution.expand(whole)
        return new

    @constraints.dependent_property
    def support(self) -> Any:
        """What all components can have."""
        return constraints.MixtureSameFamilyConstraint(self.component_distribution.support)

    @property
    def mixture_distribution(self) -> Any:
        """Which component is drawn."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Any:
        """The components."""
        return self._component_distribution

    def _weighted(self, x: Any) -> Any:
        """The mean over the components."""
        probs = self.mixture_distribution.probs
        probs = probs.reshape(*probs.shape, *[1] * self._event_ndims)
        return (probs * x).sum(-1 - self._event_ndims)

    def _beside(self, x: Any) -> Any:
        """``x`` with a dimension for the components."""
        return x.unsqueeze(-1 - self._event_ndims)

    @property
    def mean(self) -> Any:
        return self._weighted(self.component_distribution.mean)

    @property
    def variance(self) -> Any:
        parts = self.component_distribution
        apart = (parts.mean - self._beside(self.mean)) ** 2
        return self._weighted(parts.variance) + self._weighted(apart)

    def cdf(self, value: Any) -> Any:
        found = self.component_distribution.cdf(self._beside(value))
        return (found * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        parts = self.component_distribution.log_prob(self._beside(value))
        return (parts + log_softmax(self.mixture_distribution.logits, -1)).logsumexp(-1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            axis = len(sample_shape) + len(self.batch_shape)
            chosen = self.mixture_distribution.sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            places = chosen.reshape(*chosen.shape, *[1] * (1 + self._event_ndims))
            places = places.expand(*drawn.shape[:axis], 1, *self.event_shape)
            return drawn.gather(axis, places).squeeze(axis)  # type: ignore[no-any-return]
