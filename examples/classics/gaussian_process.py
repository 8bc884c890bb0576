"""A Gaussian process whose length scale, height and noise are found by maximum likelihood."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from microgradnn.func import to_scipy
from microgradnn.scipy.linalg import cho_solve, cholesky


def covariance(p, a, b):
    """The squared exponential kernel."""
    gaps = (a[:, None] - b[None, :]) / np.exp(p["log_length"])
    return np.exp(2.0 * p["log_height"]) * np.exp(-0.5 * gaps**2)


def negative_log_likelihood(p, x, y):
    """Of observations with independent noise: ½ yᵀK⁻¹y + ½ log|K| + n/2 log 2π."""
    K = covariance(p, x, x) + np.exp(2.0 * p["log_noise"]) * np.eye(len(x))
    root = cholesky(K, lower=True)
    return (
        0.5 * np.dot(y, cho_solve((root, True), y))
        + np.sum(np.log(np.diagonal(root)))
        + 0.5 * len(x) * np.log(2.0 * np.pi)
    )


def main():
    """Fit 60 noisy values of a sine wave; the noise put in has the deviation 0.1."""
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(0.0, 10.0, 60))
    y = np.sin(x) + 0.1 * rng.normal(size=60)
    start = {"log_length": 0.0, "log_height": 0.0, "log_noise": -1.0}
    f = to_scipy(negative_log_likelihood, start)
    found = minimize(f, f.x0, args=(x, y), jac=True, method="L-BFGS-B")
    p = f.unflatten(found.x)
    figures = {name[4:]: float(np.exp(v)) for name, v in p.items()}
    print(f"negative log-likelihood {f.fun(f.x0, x, y):.3f} -> {found.fun:.3f}, {found.nit} steps")
    print(", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    return figures


if __name__ == "__main__":
    main()
