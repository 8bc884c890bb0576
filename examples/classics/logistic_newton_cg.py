"""Logistic regression by Newton's method, each step solved by conjugate gradients on H v alone."""

from __future__ import annotations

import numpy as np

from microgradnn.func import grad, hvp


def loss(w, X, y):
    """The mean of log(1 + exp(-y Xw)), and a little weight decay."""
    return np.mean(np.logaddexp(0.0, -y * (X @ w))) + 0.5e-3 * np.dot(w, w)


def conjugate_gradients(product, b, steps: int = 50, tolerance: float = 1e-10):
    """Solve A x = b for a positive definite A that is known by its products only."""
    x = np.zeros_like(b)
    r = b.copy()
    p = r
    rr = r @ r
    for _ in range(steps):
        if rr < tolerance**2:
            break
        Ap = product(p)
        size = rr / (p @ Ap)
        x, r = x + size * p, r - size * Ap
        rr, before = r @ r, rr
        p = r + rr / before * p
    return x


def main():
    """Fit 2,000 examples of 40 features; return weights and the final norm of the gradient."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 40))
    truth = rng.normal(size=40)
    y = np.where(X @ truth + rng.logistic(size=2000) > 0, 1.0, -1.0)
    w = np.zeros(40)
    for step in range(20):
        g = grad(loss)(w, X, y)
        norm = float(np.linalg.norm(g))
        print(f"step {step}: loss {loss(w, X, y):.10f}, |gradient| {norm:.2e}")
        if norm < 1e-10:
            break
        w = w + conjugate_gradients(lambda v, w=w: hvp(lambda w: loss(w, X, y), (w,), (v,)), -g)
    right = float(np.mean(np.sign(X @ w) == y))
    print(f"{right:.1%} of the examples are on the right side")
    return w, norm


if __name__ == "__main__":
    main()
