"""`Distribution`, the base of all distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from .._size import Size
from .._tensor import Tensor
from ..grad_mode import no_grad
from ._parameters import lazy_property
from .constraints import Constraint, is_dependent


class Distribution:
    """A distribution of probability over numbers, vectors or matrices.

    A sample has the shape ``sample_shape + batch_shape + event_shape``: the batch holds
    distributions with parameters of their own, an event is one draw of one of them.

    Parameters
    ----------
    batch_shape, event_shape : sequence of int
    validate_args : bool, optional
        Whether parameters and values are checked; default: what `set_default_validate_args` says.

    Attributes
    ----------
    arg_constraints : mapping of str to Constraint
    support : Constraint
        The values it can have.
    has_rsample : bool
        Whether samples have gradients with respect to the parameters.
    has_enumerate_support : bool
        Whether all values can be listed.

    Raises
    ------
    ValueError
        If a parameter does not satisfy its constraint.
    """

    has_rsample: Any = False
    has_enumerate_support: Any = False
    _validate_args: bool = __debug__
    arg_constraints: Any
    support: Any
    _parameters: ClassVar[Mapping[str, int]] = {}
    """Attributes that `expand` repeats: Tensors, with how many of their last dimensions belong to
    an event, and distributions."""

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Say whether distributions check parameters and values unless told otherwise."""
        if value not in (True, False):
            raise ValueError(f"validate_args is True or False, got {value!r}")
        Distribution._validate_args = value

    def __init__(
        self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape = Size(batch_shape)
        self._event_shape = Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            constraints: Mapping[str, Constraint] = self.arg_constraints
            for name, constraint in constraints.items():
                lazy = isinstance(getattr(type(self), name, None), lazy_property)
                if is_dependent(constraint) or (lazy and name not in self.__dict__):
                    continue
                value = getattr(self, name)
                if not bool(constraint.check(value).all()):
                    raise ValueError(
                        f"Expected parameter {name} ({_kind(value)}) of distribution {self!r} to "
                        f"satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                    )

    def expand(self, batch_shape: Any, _instance: Any = None) -> Self:
        """The same distribution with its parameters repeated to a larger batch.

        Parameters
        ----------
        batch_shape : sequence of int

        Returns
        -------
        Distribution
            Of the same class; no memory is copied.
        """
        new: Any = object.__new__(type(self)) if _instance is None else _instance
        batch = tuple(batch_shape)
        for name, value in self.__dict__.items():
            if name in self._parameters:
                if isinstance(value, Distribution):
                    value = value.expand(batch)
                else:
                    last = self._parameters[name]
                    value = value.expand(*batch, *value.shape[value.ndim - last :])
            elif isinstance(getattr(type(self), name, None), lazy_property):
                continue  # it is computed again when asked for
            new.__dict__[name] = value
        new._batch_shape = Size(batch)
        return new  # type: ignore[no-any-return]

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters: how many distributions there are."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one draw from one of them."""
        return self._event_shape

    @property
    def mean(self) -> Any:
        """The mean."""
        raise NotImplementedError(f"{type(self).__name__} has no mean here")

    @property
    def mode(self) -> Any:
        """The most likely value."""
        raise NotImplementedError(f"{type(self).__name__} has no mode here")

    @property
    def variance(self) -> Any:
        """The variance."""
        raise NotImplementedError(f"{type(self).__name__} has no variance here")

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw: a Tensor of the shape ``sample_shape + batch_shape + event_shape``, no gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw in a way that lets gradients flow to the parameters.

        Raises
        ------
        NotImplementedError
            If there is none for this distribution.
        """
        raise NotImplementedError(f"{type(self).__name__} has no rsample: use sample()")

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density, or of the probability, at a value.

        Raises
        ------
        ValueError
            If the value does not lie in the support.
        """
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def cdf(self, value: Any) -> Any:
        """The probability of at most a value."""
        raise NotImplementedError(f"{type(self).__name__} has no cdf")

    def icdf(self, value: Any) -> Any:
        """The value that a draw stays below with a given probability."""
        raise NotImplementedError(f"{type(self).__name__} has no icdf")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values, along a new first dimension; repeated over the batch if ``expand``."""
        raise NotImplementedError(f"{type(self).__name__} has no list of all its values")

    def entropy(self) -> Any:
        """The entropy, in nats."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy here")

    def perplexity(self) -> Any:
        """``exp(entropy)``."""
        return self.entropy().exp()

    # --- for subclasses -------------------------------------------------------------------------

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Any) -> None:
        """Raise ValueError for a value that the distribution cannot have, if that is checked."""
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError(
                f"the value of a distribution must be a Tensor, got {type(value).__name__}"
            )
        shape, event = tuple(value.shape), tuple(self._event_shape)
        if shape[len(shape) - len(event) :] != event:
            raise ValueError(
                f"the last sizes of the value must be the event_shape: {shape} against {event}"
            )
        expected = tuple(self._batch_shape) + event
        for i, j in zip(reversed(shape), reversed(expected), strict=False):
            if i != j and 1 not in (i, j):
                raise ValueError(
                    f"the value does not broadcast with batch_shape + event_shape: {shape} against "
                    f"{expected}"
                )
        support: Constraint = self.support
        if not bool(support.check(value).all()):
            raise ValueError(
                f"Expected value argument ({_kind(value)}) to be within the support ({support!r}) "
                f"of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        given = ((name, self.__dict__.get(name)) for name in self.arg_constraints)
        parts = [
            f"{name}: {value if value.numel() == 1 else value.shape}"
            for name, value in given
            if value is not None
        ]
        return f"{type(self).__name__}({', '.join(parts)})"


def _kind(value: Tensor) -> str:
    return f"{type(value).__name__} of shape {tuple(value.shape)}"
