"""A Hamiltonian network: it learns an energy, whose slopes are the motion, so energy is conserved.

The prediction is itself a derivative, (dq/dt, dp/dt) = (∂H/∂p, -∂H/∂q): training differentiates a
gradient. The idea: Greydanus, Dzamba, Yosinski, "Hamiltonian Neural Networks", 2019.
"""

from __future__ import annotations

import numpy as np

from microgradnn.func import grad, tree_map, value_and_grad, vmap


def energy(weights, z):
    """A network with one hidden layer: one number for a state ``z = (q, p)``."""
    hidden = np.tanh(weights["A"] @ z + weights["a"])
    return np.dot(weights["b"], hidden)


def motion(weights, z):
    """The velocity of one state."""
    slope = grad(energy, argnums=1)(weights, z)
    return np.stack([slope[1], -slope[0]])


def loss(weights, states, velocities):
    """The mean squared error of the velocities."""
    predicted = vmap(motion, in_dims=(None, 0))(weights, states)
    return np.mean((predicted - velocities) ** 2)


def travel(weights, z, dt: float = 0.05, steps: int = 400):
    """Follow the learned motion by the classical Runge-Kutta method."""
    path = [z]
    for _ in range(steps):
        k1 = motion(weights, z)
        k2 = motion(weights, z + 0.5 * dt * k1)
        k3 = motion(weights, z + 0.5 * dt * k2)
        k4 = motion(weights, z + dt * k3)
        z = z + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        path.append(z)
    return np.stack(path)


def main(steps: int = 600):
    """Learn a spring, H = (q² + p²) / 2, with Adam written out; return loss and drift of energy."""
    rng = np.random.default_rng(0)
    states = rng.uniform(-1.5, 1.5, size=(100, 2))
    velocities = np.stack([states[:, 1], -states[:, 0]], axis=1)
    weights = {"A": rng.normal(size=(32, 2)), "a": rng.normal(size=32) * 0.5,
               "b": rng.normal(size=32) * 0.1}  # fmt: skip
    first = tree_map(np.zeros_like, weights)
    second = tree_map(np.zeros_like, weights)
    step_function = value_and_grad(loss)
    for step in range(1, steps + 1):
        error, g = step_function(weights, states, velocities)
        first = tree_map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
        second = tree_map(lambda v, g: 0.999 * v + 0.001 * g * g, second, g)
        scale, floor = 0.02 / (1 - 0.9**step), 1 - 0.999**step
        weights = tree_map(
            lambda w, m, v, s=scale, c=floor: w - s * m / (np.sqrt(v / c) + 1e-8),
            weights, first, second,
        )  # fmt: skip
        if step in (1, 10, 100, steps):
            print(f"step {step:4}: loss {error:.6f}")
    path = travel(weights, np.array([1.0, 0.0]))
    true_energy = 0.5 * (path**2).sum(1)
    drift = float(np.abs(true_energy - 0.5).max())
    print(f"three turns of the spring: its energy of 0.5 changes by at most {drift:.4f}")
    return float(error), drift


if __name__ == "__main__":
    main()
