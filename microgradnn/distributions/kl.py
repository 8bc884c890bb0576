"""How far one distribution is from another: ``KL(p || q) = E_p[log p - log q]``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from .distribution import Distribution

F = TypeVar("F", bound=Callable[[Any, Any], Any])

_registry: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[F], F]:
    """Make a function the divergence of two classes of distributions (and of their subclasses).

    Parameters
    ----------
    type_p, type_q : type
        Subclasses of `Distribution`.

    Raises
    ------
    TypeError
        If they are not.

    Examples
    --------
    >>> from microgradnn.distributions import Normal, kl_divergence, register_kl
    >>> class Unit(Normal):
    ...     pass
    >>> @register_kl(Unit, Unit)
    ... def nothing(p, q):
    ...     return mg.zeros(())
    >>> kl_divergence(Unit(0.0, 1.0), Unit(0.0, 1.0))
    tensor(0.)
    """
    given: Any
    for given in (type_p, type_q):
        if not (isinstance(given, type) and issubclass(given, Distribution)):
            raise TypeError(f"register_kl takes subclasses of Distribution, got {given!r}")

    def register(f: F) -> F:
        _registry[type_p, type_q] = f
        return f

    return register


def _distance(cls: type, ancestor: type) -> int:
    return cls.__mro__.index(ancestor)


def _found(p: type, q: type) -> Callable[[Any, Any], Any] | None:
    """The function of the closest classes; a warning if p and q disagree about which these are."""
    exact = _registry.get((p, q))
    if exact is not None:
        return exact
    pairs = [pair for pair in _registry if issubclass(p, pair[0]) and issubclass(q, pair[1])]
    if not pairs:
        return None
    by_p = min(pairs, key=lambda pair: (_distance(p, pair[0]), _distance(q, pair[1])))
    by_q = min(pairs, key=lambda pair: (_distance(q, pair[1]), _distance(p, pair[0])))
    if _registry[by_p] is not _registry[by_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({p.__name__}, {q.__name__}): register_kl("
            f"{by_p[0].__name__}, {by_q[1].__name__}) decides it",
            RuntimeWarning,
            stacklevel=3,
        )
    return _registry[by_p]


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """``E_p[log p(x) - log q(x)]``, in nats.

    Parameters
    ----------
    p, q : Distribution

    Returns
    -------
    Tensor
        Of the batch shape.

    Raises
    ------
    NotImplementedError
        If no formula is registered for the two.

    Examples
    --------
    >>> from microgradnn.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(1.0, 1.0), Normal(0.0, 1.0))
    tensor(0.5000)
    """
    formula = _found(type(p), type(q))
    if formula is None:
        raise NotImplementedError(
            f"no KL(p || q) is known for p of type {type(p).__name__} and q of type "
            f"{type(q).__name__}; register_kl adds one"
        )
    return formula(p, q)
