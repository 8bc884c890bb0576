"""Distributions made of others: transformed ones, and batches taken as one event."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from ..grad_mode import no_grad
from . import constraints
from ._parameters import sum_rightmost
from ._transform import ComposeTransform, Transform
from .distribution import Distribution


class Independent(Distribution):
    """A distribution some of whose last batch dimensions count as part of the event.

    Parameters
    ----------
    base_distribution : Distribution
    reinterpreted_batch_ndims : int
        How many of them.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If it has fewer.

    Examples
    --------
    >>> from microgradnn.distributions import Independent, Normal
    >>> two = Independent(Normal(mg.zeros(2), mg.ones(2)), 1)
    >>> two.event_shape, two.log_prob(mg.zeros(2))
    (microgradnn.Size([2]), tensor(-1.8379))
    """

    arg_constraints: Any = {}

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        ndim = len(base_distribution.batch_shape)
        if reinterpreted_batch_ndims > ndim:
            raise ValueError(
                f"{reinterpreted_batch_ndims} dimensions of the batch cannot be taken as an event: "
                f"the base distribution has {ndim}"
            )
        shape = (*base_distribution.batch_shape, *base_distribution.event_shape)
        cut = ndim - reinterpreted_batch_ndims
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        super().__init__(shape[:cut], shape[cut:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same with a larger batch."""
        new = super().expand(batch_shape, _instance)
        taken = self.event_shape[: self.reinterpreted_batch_ndims]
        new.base_dist = self.base_dist.expand((*batch_shape, *taken))
        return new

    @property
    def has_rsample(self) -> bool:
        """Whether the base distribution has."""
        return bool(self.base_dist.has_rsample)

    @property
    def has_enumerate_support(self) -> bool:
        """Whether the base distribution has, and no dimension is taken."""
        return not self.reinterpreted_batch_ndims and bool(self.base_dist.has_enumerate_support)

    @constraints.dependent_property
    def support(self) -> Any:
        """That of the base distribution, for the larger event."""
        support, more = self.base_dist.support, self.reinterpreted_batch_ndims
        return constraints.independent(support, more) if more else support

    @property
    def mean(self) -> Any:
        return self.base_dist.mean

    @property
    def mode(self) -> Any:
        return self.base_dist.mode

    @property
    def variance(self) -> Any:
        return self.base_dist.variance

    def sample(self, sample_shape: Any = ()) -> Tensor:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Any:
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        if self.reinterpreted_batch_ndims:
            raise NotImplementedError("the values of several dimensions together are not listed")
        return self.base_dist.enumerate_support(expand)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


class TransformedDistribution(Distribution):
    """The distribution of transformed draws of another one.

    Parameters
    ----------
    base_distribution : Distribution
    transforms : Transform or list of Transform
        The first one is applied first.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If they are no transforms, or need more dimensions than there are.

    Examples
    --------
    >>> from microgradnn.distributions import Normal, TransformedDistribution, transforms
    >>> positive = TransformedDistribution(Normal(0.0, 1.0), transforms.ExpTransform())
    >>> positive.log_prob(mg.tensor(1.0))
    tensor(-0.9189)
    """

    arg_constraints: Any = {}

    def __init__(
        self, base_distribution: Any, transforms: Any, validate_args: bool | None = None
    ) -> None:
        parts = [transforms] if isinstance(transforms, Transform) else transforms
        if not isinstance(parts, list) or not all(isinstance(t, Transform) for t in parts):
            raise ValueError(
                f"transforms must be a Transform or a list of them, got {transforms!r}"
            )
        self.transforms = parts
        whole = ComposeTransform(parts)
        shape = (*base_distribution.batch_shape, *base_distribution.event_shape)
        base_event = len(base_distribution.event_shape)
        needed = whole.domain.event_dim
        if len(shape) < needed:
            raise ValueError(
                f"the transforms need at least {needed} dimensions, the base has {shape}"
            )
        after = whole.forward_shape(shape)
        before = whole.inverse_shape(after)
        if tuple(before) != shape:
            base_distribution = base_distribution.expand(before[: len(before) - base_event])
        if needed > base_event:
            base_distribution = Independent(base_distribution, needed - base_event)
        self.base_dist: Any = base_distribution
        change = whole.codomain.event_dim - needed
        cut = len(after) - max(whole.codomain.event_dim, base_event + change)
        super().__init__(after[:cut], after[cut:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same with a larger batch."""
        new = super().expand(batch_shape, _instance)
        shape: Any = (*batch_shape, *self.event_shape)
        for transform in reversed(self.transforms):
            shape = transform.inverse_shape(shape)
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        return new

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        """What the last transform gives."""
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        more = len(self.event_shape) - support.event_dim
        return constraints.independent(support, more) if more > 0 else support

    @property
    def has_rsample(self) -> bool:
        """Whether the base distribution has."""
        return bool(self.base_dist.has_rsample)

    def _transformed(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))  # type: ignore[no-any-return]

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self._transformed(self.base_dist.rsample(sample_shape))  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        dims, y = len(self.event_shape), value
        total: Any = 0.0
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            dims += transform.domain.event_dim - transform.codomain.event_dim
            change = transform.log_abs_det_jacobian(x, y)
            total = total - sum_rightmost(change, dims - transform.domain.event_dim)
            y = x
        base = self.base_dist.log_prob(y)
        return total + sum_rightmost(base, dims - len(self.base_dist.event_shape))

    def _turned(self, probability: Any) -> Any:
        """A probability, or where the transforms fall together the one that is left."""
        sign = ComposeTransform(self.transforms).sign
        if isinstance(sign, int) and sign == 1:
            return probability
        return sign * (probability - 0.5) + 0.5

    def cdf(self, value: Any) -> Any:
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        self.base_dist._validate_sample(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Any) -> Any:
        return self._transformed(self.base_dist.icdf(self._turned(value)))
