"""The line search: by hand, by its own conditions, and beside PyTorch on odd functions."""

import math

import numpy as np
import pytest

from microgradnn.optim.line_search import Point, cubic_minimum, strong_wolfe


def function(seed):
    """A loss along a line with bends, steep walls and jumps, downhill at 0; and its slope."""
    rng = np.random.default_rng(seed)
    a, b, c, e = rng.uniform(0.2, 3, 4)
    wall, jump = rng.choice([0.0, 5.0]), rng.choice([0.0, 0.0, 3.0])
    place = rng.uniform(0.05, 2)

    def f(t):
        return (
            -a * t + 0.05 * t * t + b * t * t / (1 + e * t) + math.sin(c * t * 3) / 9
            + wall * max(0.0, t - place) ** 3 + (jump if t > place else 0.0)
        )  # fmt: skip

    def slope(t):
        return (
            -a + 0.1 * t + b * (2 * t + e * t * t) / (1 + e * t) ** 2 + c * math.cos(c * t * 3) / 3
            + 3 * wall * max(0.0, t - place) ** 2
        )  # fmt: skip

    return f, slope


CASES = [
    (seed, t) for seed in range(80) for t in (1e-3, 0.3, 1.0, 20.0) if function(seed)[1](0.0) < -0.1
]


def search(seed, t, **options):
    f, slope = function(seed)
    seen = []

    def evaluate(t):
        seen.append(t)
        return Point(t, np.float64(f(t)), np.array([slope(t)]), np.float64(slope(t)))

    start = evaluate(0.0)
    found, count = strong_wolfe(evaluate, start, t, 1.0, **options)
    assert count == len(seen) - 1
    return start, found, seen[1:]


def test_what_it_finds_is_low_and_flat():
    met = 0
    for seed, t in CASES:
        start, found, _ = search(seed, t)
        assert found.loss <= start.loss + 1e-4 * found.t * start.slope
        met += abs(found.slope) <= -0.9 * start.slope
    # Where a jump is lowest there is no flat place near it.
    assert len(CASES) > 100
    assert met > 0.8 * len(CASES)


def test_minima_of_cubics():
    # t**3 - 3t has its minimum -2 at 1.
    a, b = (Point(t, t**3 - 3 * t, None, 3 * t * t - 3) for t in (0.5, 3.0))
    for ends in ((a, b), (b, a)):
        assert cubic_minimum(*ends, 0.5, 3.0) == pytest.approx(1)
        assert cubic_minimum(*ends, 1.5, 3.0) == 1.5
        assert cubic_minimum(*ends, 0.5, 0.75) == 0.75
    # No minimum between these: 2t**3 + t
    a, b = (Point(t, 2 * t**3 + t, None, 6 * t * t + 1) for t in (-1.0, 1.0))
    assert cubic_minimum(a, b, -1.0, 1.0) == 0


def test_it_ends():
    _, _, seen = search(CASES[0][0], 1e-9, most=3)
    assert len(seen) == 4


@pytest.mark.peers
def test_peer_evaluates_at_the_same_places():
    import torch
    from torch.optim.lbfgs import _strong_wolfe

    lengths = set()
    for seed, t in CASES:
        f, slope = function(seed)
        theirs = []

        def evaluate(x, t, d, f=f, slope=slope, theirs=theirs):
            theirs.append(float(t))
            return f(float(t)), torch.tensor([slope(float(t))], dtype=torch.float64)

        g = torch.tensor([slope(0.0)], dtype=torch.float64)
        d = torch.ones(1, dtype=torch.float64)
        loss, _, length, _ = _strong_wolfe(evaluate, None, t, d, f(0.0), g, g[0])
        _, found, ours = search(seed, t)
        np.testing.assert_allclose(ours, theirs, rtol=1e-7, err_msg=f"seed {seed}, t {t}")
        assert found.loss == pytest.approx(loss, rel=1e-9)
        assert found.t == pytest.approx(float(length), rel=1e-7)
        lengths.add(len(ours))
    assert len(lengths) > 5
