"""The normal distribution of vectors."""

from __future__ import annotations

import math
from typing import Any

from .._tensor import Tensor
from ..functions.ranges import eye
from ..functions.views import broadcast_shapes
from ..linalg import cholesky, solve_triangular
from . import constraints
from ._parameters import lazy_property, standard_normal
from .distribution import Distribution


def squared_distance(factor: Tensor, x: Tensor) -> Tensor:
    """``|factor^-1 x|**2`` for lower triangular factors (..., n, n) and vectors (..., n)."""
    return (solve_triangular(factor, x.unsqueeze(-1), upper=False) ** 2).sum((-2, -1))


def half_log_det(factor: Tensor) -> Tensor:
    """Half the logarithm of the determinant of ``factor @ factor.T``."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


class MultivariateNormal(Distribution):
    """The normal distribution of vectors of n numbers that depend on each other.

    Parameters
    ----------
    loc : Tensor, shape (..., n)
        The mean.
    covariance_matrix : Tensor, shape (..., n, n), optional
    precision_matrix : Tensor, shape (..., n, n), optional
        The inverse of the covariance matrix.
    scale_tril : Tensor, shape (..., n, n), optional
        A lower triangular L with covariance ``L @ L.T``. One of the three is given.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If not exactly one matrix is given, or one does not satisfy its constraint.

    Examples
    --------
    >>> plane = mg.distributions.MultivariateNormal(mg.zeros(2), mg.eye(2))
    >>> plane.log_prob(mg.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: Any = {
        "loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }  # fmt: skip
    support: Any = constraints.real_vector
    has_rsample: Any = True
    _parameters = {
        "loc": 1, "covariance_matrix": 2, "precision_matrix": 2, "scale_tril": 2
    }  # fmt: skip

    def __init__(
        self, loc: Tensor, covariance_matrix: Any = None, precision_matrix: Any = None,
        scale_tril: Any = None, validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        matrices = {
            "covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }  # fmt: skip
        given = [(name, matrix) for name, matrix in matrices.items() if matrix is not None]
        if len(given) != 1:
            raise ValueError(
                "exactly one of covariance_matrix, precision_matrix and scale_tril is given; got "
                f"{[name for name, _ in given]}"
            )
        ((name, matrix),) = given
        if loc.ndim < 1 or matrix.ndim < 2:
            raise ValueError(
                f"loc has at least one dimension, {name} two; got shapes {tuple(loc.shape)} and "
                f"{tuple(matrix.shape)}"
            )
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.loc = loc.expand(*batch, -1)
        setattr(self, name, matrix.expand(*batch, -1, -1))
        super().__init__(batch, loc.shape[-1:], validate_args)
        if name == "scale_tril":
            self._factor = matrix
        elif name == "covariance_matrix":
            self._factor = cholesky(matrix)
        else:
            # With rows and columns in reverse, the inverse's factor is the factor's inverse.
            upper = cholesky(matrix.flip(-2, -1)).flip(-2, -1).mT
            self._factor = solve_triangular(upper, eye(*matrix.shape[-1:]).to(matrix), upper=False)

    @property
    def _unbroadcasted_scale_tril(self) -> Any:
        return self._factor

    def _whole(self, matrix: Tensor) -> Tensor:
        return matrix.expand(*self.batch_shape, *self.event_shape, *self.event_shape)

    @lazy_property
    def scale_tril(self) -> Any:
        """L."""
        return self._whole(self._factor)

    @lazy_property
    def covariance_matrix(self) -> Any:
        """``L @ L.T``."""
        return self._whole(self._factor @ self._factor.mT)

    @lazy_property
    def precision_matrix(self) -> Any:
        """The inverse of the covariance matrix."""
        one = eye(*self.event_shape).to(self.loc)
        inverse = solve_triangular(self._factor, one, upper=False)
        return self._whole(inverse.mT @ inverse)

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        return (self._factor**2).sum(-1).expand(*self.batch_shape, *self.event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        eps = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + (self._factor @ eps.unsqueeze(-1)).squeeze(-1)  # type: ignore[no-any-return]

    def log_prob(self, value: Any) -> Any:
        self._validate_sample(value)
        n = self.event_shape[0]
        distance = squared_distance(self._factor, value - self.loc)
        return -0.5 * (n * math.log(2 * math.pi) + distance) - half_log_det(self._factor)

    def entropy(self) -> Any:
        n = self.event_shape[0]
        found = 0.5 * n * (1.0 + math.log(2 * math.pi)) + half_log_det(self._factor)
        return found.expand(*self.batch_shape)
