"""The distribution of angles that is to a circle what the normal one is to the line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._generator import default_generator
from .._tensor import Tensor
from ..rules.special import i0e, i1e
from . import constraints
from ._parameters import broadcast_all
from .distribution import Distribution


class VonMises(Distribution):
    """Von Mises' distribution of angles, density in proportion to ``exp(k cos(x - loc))``.

    Parameters
    ----------
    loc : float or Tensor
        The angle around which it lies.
    concentration : float or Tensor
        k.
    validate_args : bool, optional

    Examples
    --------
    >>> mg.distributions.VonMises(0.0, 1.0).log_prob(mg.tensor(0.0))
    tensor(-1.0739)
    """

    arg_constraints: Any = {"loc": constraints.real, "concentration": constraints.positive}
    support: Any = constraints.real
    _parameters = {"loc": 0, "concentration": 0}

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        """``1 - I1(k) / I0(k)``, the circular variance."""
        return 1 - i1e.apply(self.concentration) / i0e.apply(self.concentration)

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        k = self.concentration
        # i0e(k) is exp(-k) I0(k): nothing overflows.
        return k * ((value - self.loc).cos() - 1) - math.log(2 * math.pi) - i0e.apply(k).log()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw by the wrapped Cauchy envelope of Best and Fisher (1979), in float64."""
        shape = tuple(self._extended_shape(sample_shape))
        k, loc = (x._array.astype(np.float64) for x in (self.concentration, self.loc))
        tau = 1 + np.sqrt(1 + 4 * k**2)
        rho = (tau - np.sqrt(2 * tau)) / (2 * k)
        r = np.where(k < 1e-5, 1 / k + k, (1 + rho**2) / (2 * rho))
        angle, pending = np.zeros(shape), np.ones(shape, np.bool_)
        while pending.any():
            u1, u2, u3 = default_generator._uniform64(3 * angle.size).reshape(3, *shape)
            z = np.cos(math.pi * u1)
            f = (1 + r * z) / (r + z)
            c = k * (r - f)
            with np.errstate(divide="ignore", invalid="ignore"):
                accepted = (c * (2 - c) - u2 > 0) | (np.log(c / u2) + 1 - c >= 0)
            # PyTorch, too, lets a number that was accepted before be replaced by a later one.
            angle = np.where(accepted, np.sign(u3 - 0.5) * np.arccos(f), angle)
            pending &= ~accepted
        turned = np.remainder(angle + math.pi + loc, 2 * math.pi) - math.pi
        return Tensor._wrap(np.asarray(turned).astype(self.loc._array.dtype))
