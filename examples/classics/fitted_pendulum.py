"""A damped pendulum: length and damping found from its motion, through the solver."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from microgradnn.func import to_scipy


def motion(p, state):
    """Angle and speed change by speed and acceleration."""
    angle, speed = state
    return np.stack([speed, -9.81 / p["length"] * np.sin(angle) - p["damping"] * speed])


def solve(p, start, dt: float, steps: int):
    """The states at all times, by the classical Runge-Kutta method."""
    state, states = start, []
    for _ in range(steps):
        k1 = motion(p, state)
        k2 = motion(p, state + 0.5 * dt * k1)
        k3 = motion(p, state + 0.5 * dt * k2)
        k4 = motion(p, state + dt * k3)
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        states.append(state)
    return np.stack(states)


def misfit(p, start, dt, measured):
    """The mean squared distance of measured angles."""
    return np.mean((solve(p, start, dt, len(measured))[:, 0] - measured) ** 2)


def main():
    """Recover a length of 1.5 m and a damping of 0.3 from noisy angles over four seconds."""
    start, dt, steps = np.array([1.0, 0.0]), 0.05, 80
    truth = {"length": 1.5, "damping": 0.3}
    noise = 0.01 * np.random.default_rng(0).normal(size=steps)
    measured = solve(truth, start, dt, steps)[:, 0] + noise
    f = to_scipy(misfit, {"length": 1.2, "damping": 0.1})
    found = minimize(f, f.x0, args=(start, dt, measured), jac=True, method="BFGS")
    p = f.unflatten(found.x)
    print(f"misfit {f.fun(f.x0, start, dt, measured):.5f} -> {found.fun:.6f}, {found.nit} steps")
    print(f"length {p['length']:.4f} (is 1.5), damping {p['damping']:.4f} (is 0.3)")
    return p


if __name__ == "__main__":
    main()
