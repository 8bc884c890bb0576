"""Distributions of ``scipy.stats``: densities, their logarithms, and distribution functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from .._primitive import table
from ..numpy_functions.registry import tensor
from . import linalg

_LOG_2PI = math.log(2.0 * math.pi)


def _lgamma(x: Any) -> Any:
    return table["lgamma"].apply(x)


def _all(*xs: Any) -> Any:
    """Tensors of numbers, arrays and Tensors, of one dtype."""
    like = next((x for x in xs if hasattr(x, "_array")), None)
    return [tensor(x, like) for x in xs]


def _standard(logpdf: Callable[..., Any]) -> Callable[..., Any]:
    """A density with SciPy's ``loc`` and ``scale``."""

    def shifted(x: Any, *shapes: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
        x, loc, scale, *parts = _all(x, loc, scale, *shapes)
        return logpdf((x - loc) / scale, *parts) - np.log(scale)

    shifted.__doc__ = logpdf.__doc__
    return shifted


def _function_of(cdf: Callable[..., Any]) -> Callable[..., Any]:
    """A distribution function with SciPy's ``loc`` and ``scale``."""

    def shifted(x: Any, *shapes: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
        x, loc, scale, *parts = _all(x, loc, scale, *shapes)
        return cdf((x - loc) / scale, *parts)

    shifted.__doc__ = cdf.__doc__
    return shifted


def _distribution(logpdf: Callable[..., Any], **functions: Callable[..., Any]) -> SimpleNamespace:
    log = _standard(logpdf)

    def pdf(*args: Any, **kwargs: Any) -> Any:
        """The density."""
        return np.exp(log(*args, **kwargs))

    return SimpleNamespace(
        logpdf=log, pdf=pdf, **{name: _function_of(f) for name, f in functions.items()}
    )


def _normal(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density of the normal distribution."""
    x, loc, scale = _all(x, loc, scale)
    z = (x - loc) / scale
    return -0.5 * (z * z + _LOG_2PI) - np.log(scale)


def _normal_function(name: str, sign: float) -> Callable[..., Any]:
    def function(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
        x, loc, scale = _all(x, loc, scale)
        z = (x - loc) / scale * sign
        if name.startswith("log"):
            return table["log_ndtr"].apply(z)
        return table["erfc"].apply(z * -math.sqrt(0.5)) * 0.5

    function.__doc__ = f"``scipy.stats.norm.{name}``."
    return function


norm = SimpleNamespace(
    logpdf=_normal,
    pdf=lambda x, loc=0.0, scale=1.0: np.exp(_normal(x, loc, scale)),
    cdf=_normal_function("cdf", 1.0),
    sf=_normal_function("sf", -1.0),
    logcdf=_normal_function("logcdf", 1.0),
    logsf=_normal_function("logsf", -1.0),
)
"""The normal distribution."""

t = _distribution(
    lambda x, df: (
        _lgamma((df + 1.0) / 2.0) - _lgamma(df / 2.0) - 0.5 * np.log(df * math.pi)
        - (df + 1.0) / 2.0 * np.log1p(x * x / df)
    )
)  # fmt: skip
"""Student's distribution."""

gamma = _distribution(
    lambda x, a: table["xlogy"].apply(a - 1.0, x) - x - _lgamma(a),
    cdf=lambda x, a: table["igamma"].apply(a, x),
    sf=lambda x, a: table["igammac"].apply(a, x),
)
"""The gamma distribution."""

chi2 = _distribution(
    lambda x, df: (
        table["xlogy"].apply(df / 2.0 - 1.0, x) - x / 2.0 - _lgamma(df / 2.0)
        - df * (0.5 * math.log(2.0))
    ),
    cdf=lambda x, df: table["igamma"].apply(df / 2.0, x / 2.0),
)  # fmt: skip
"""The chi-squared distribution."""

beta = _distribution(
    lambda x, a, b: (
        table["xlogy"].apply(a - 1.0, x) + table["xlogy"].apply(b - 1.0, 1.0 - x)
        - _lgamma(a) - _lgamma(b) + _lgamma(a + b)
    )
)  # fmt: skip
"""The beta distribution."""

expon = _distribution(lambda x: -x, cdf=lambda x: -np.expm1(-x))
"""The exponential distribution."""

cauchy = _distribution(lambda x: -np.log1p(x * x) - math.log(math.pi))
"""Cauchy's distribution."""

laplace = _distribution(lambda x: -np.absolute(x) - math.log(2.0))
"""Laplace's distribution."""

logistic = _distribution(
    lambda x: -x - 2.0 * table["softplus"].apply(-x), cdf=lambda x: table["sigmoid"].apply(x)
)
"""The logistic distribution."""


def _poisson(k: Any, mu: Any, loc: Any = 0) -> Any:
    """The logarithm of the probability of a count."""
    k, mu, loc = _all(k, mu, loc)
    k = (k - loc).to(mu.dtype)
    return table["xlogy"].apply(k, mu) - mu - _lgamma(k + 1.0)


poisson = SimpleNamespace(logpmf=_poisson, pmf=lambda k, mu, loc=0: np.exp(_poisson(k, mu, loc)))
"""Poisson's distribution."""


def _multivariate(x: Any, mean: Any, cov: Any) -> Any:
    """The logarithm of the density of the normal distribution of vectors."""
    x, mean, cov = _all(x, mean, cov)
    root = linalg.cholesky(cov, lower=True)
    gap = x - mean
    rows = gap.reshape((-1, gap.shape[-1]))
    z = linalg.solve_triangular(root, rows.mT, lower=True)
    log_root = np.sum(np.log(np.diagonal(root)))
    n = gap.shape[-1]
    found = -0.5 * np.sum(z * z, axis=0) - log_root - 0.5 * n * _LOG_2PI
    return found.reshape(tuple(gap.shape[:-1]))


def _entropy(mean: Any, cov: Any) -> Any:
    """The entropy."""
    (cov,) = _all(cov)
    return 0.5 * (np.linalg.slogdet(cov)[1] + cov.shape[-1] * (1.0 + _LOG_2PI))


multivariate_normal = SimpleNamespace(
    logpdf=_multivariate,
    pdf=lambda x, mean, cov: np.exp(_multivariate(x, mean, cov)),
    entropy=_entropy,
)
"""The normal distribution of vectors."""


def _dirichlet(x: Any, alpha: Any) -> Any:
    """The logarithm of the density."""
    x, alpha = _all(x, alpha)
    return (
        np.sum(table["xlogy"].apply(alpha - 1.0, x))
        + _lgamma(np.sum(alpha))
        - np.sum(_lgamma(alpha))
    )


dirichlet = SimpleNamespace(logpdf=_dirichlet, pdf=lambda x, alpha: np.exp(_dirichlet(x, alpha)))
"""Dirichlet's distribution."""
