"""The classics run, and their figures are right."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

CLASSICS = Path(__file__).resolve().parents[2] / "examples" / "classics"


def run(name, *args, **kwargs):
    return runpy.run_path(str(CLASSICS / f"{name}.py"))["main"](*args, **kwargs)


def test_tanh_is_drawn_to_its_sixth_derivative(tmp_path):
    tops = run("tanh_derivatives", str(tmp_path))
    # At 0 the odd derivatives are 1, -2, 16: the largest values of these orders.
    assert tops[1::2] == pytest.approx([1.0, 2.0, 16.0])
    assert tops[2] == pytest.approx(4.0 / 27.0**0.5, rel=1e-4)
    assert (tmp_path / "tanh_derivatives.png").stat().st_size > 10_000


def test_newton_goes_down_rosenbrocks_valley():
    x, steps = run("rosenbrock")
    np.testing.assert_allclose(x, np.ones(10), atol=1e-9)
    assert steps < 60


def test_a_gaussian_process_finds_the_noise_that_was_put_in():
    figures = run("gaussian_process")
    assert figures["noise"] == pytest.approx(0.1, abs=0.02)
    assert 1.0 < figures["length"] < 4.0


def test_newton_cg_brings_the_gradient_to_zero():
    w, norm = run("logistic_newton_cg")
    assert norm < 1e-10
    assert w.shape == (40,)


def test_a_pendulum_is_recovered_through_its_solver():
    p = run("fitted_pendulum")
    assert p["length"] == pytest.approx(1.5, abs=0.01)
    assert p["damping"] == pytest.approx(0.3, abs=0.01)


def test_a_hamiltonian_network_keeps_the_energy():
    error, drift = run("hamiltonian_network", steps=300)
    assert error < 1e-3
    assert drift < 0.03
