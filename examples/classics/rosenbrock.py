"""Newton's method on Rosenbrock's function: a curved valley in which gradient descent crawls."""

from __future__ import annotations

import numpy as np

from microgradnn.func import grad, hessian


def rosenbrock(x):
    """``sum of 100 (x[k+1] - x[k]²)² + (1 - x[k])²``: 0 where all elements are 1."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def newton(f, x, steps: int = 100, tolerance: float = 1e-10):
    """Newton's method with halved steps where the function does not fall."""
    slope, curvature = grad(f), hessian(f)
    for step in range(steps):
        g = slope(x)
        print(f"step {step:2}: f = {f(x):12.6e}, |gradient| = {np.linalg.norm(g):9.3e}")
        if np.linalg.norm(g) < tolerance:
            break
        H = curvature(x)
        lowest = np.linalg.eigvalsh(H)[0]
        direction = np.linalg.solve(H + max(0.0, 1e-3 - lowest) * np.eye(len(x)), -g)
        size = 1.0
        while f(x + size * direction) > f(x) and size > 1e-10:
            size /= 2.0
        x = x + size * direction
    return x, step


def main():
    """Find the minimum in two dimensions, then in ten."""
    for start in (np.array([-1.2, 1.0]), np.zeros(10)):
        x, steps = newton(rosenbrock, start)
        gap = np.abs(x - 1.0).max()
        print(f"{len(x)} dimensions: {steps} steps to within {gap:.1e} of the minimum\n")
    return x, steps


if __name__ == "__main__":
    main()
