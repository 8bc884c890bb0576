"""Special functions: closed forms, and our own ones where SciPy is not installed."""

import math
import sys

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.rules import _without_scipy
from microgradnn.rules.special import scipy_function

POINTS = np.concatenate(
    [np.linspace(-6, 6, 481), [1e-300, -1e-9, 1e-5, 1.99999, 2.0, 2.00001, 9.5, 26.0, 40.0, 1e5]]
)


def relative(found: np.ndarray, wanted: list[float]) -> float:
    """The greatest relative error, absolute below 1."""
    difference = np.abs(found - np.array(wanted))
    return float(np.max(difference / np.maximum(1.0, np.abs(wanted))))


def test_erf_and_erfc_without_scipy() -> None:
    assert relative(_without_scipy.erf(POINTS), [math.erf(x) for x in POINTS]) < 1e-14
    found = _without_scipy.erfc(POINTS)
    for x, y in zip(POINTS, found, strict=True):
        assert y == pytest.approx(math.erfc(x), rel=1e-12, abs=1e-300)
    ends = np.array([-np.inf, np.inf, np.nan, -0.0])
    assert _without_scipy.erf(ends)[:2].tolist() == [-1.0, 1.0]
    assert _without_scipy.erfc(ends)[:2].tolist() == [2.0, 0.0]
    assert np.isnan(_without_scipy.erf(ends)[2])
    assert math.copysign(1.0, _without_scipy.erf(ends)[3]) == -1.0


def test_small_numbers_keep_their_digits() -> None:
    for x in (1e-300, 1e-20, 1e-5, 0.01):
        assert _without_scipy.erf(np.array(x)) == pytest.approx(math.erf(x), rel=1e-14, abs=0.0)


def test_erfinv_without_scipy_undoes_erf() -> None:
    p = np.concatenate([np.linspace(-0.999, 0.999, 301), [1e-300, 1e-12, 1 - 1e-9, 1 - 1e-15]])
    x = _without_scipy.erfinv(p)
    assert relative(np.array([math.erf(v) for v in x]), list(p)) < 1e-14
    # Near 1 it is the complement that tells.
    for q in (1e-3, 1e-6, 1e-9, 1e-15):
        p = 1.0 - q
        x = float(_without_scipy.erfinv(np.array(p)))
        assert math.erfc(x) == pytest.approx(1.0 - p, rel=1e-12)
    assert _without_scipy.erfinv(np.array([1e-200]))[0] == pytest.approx(
        1e-200 * math.sqrt(math.pi) / 2, rel=1e-12
    )
    ends = _without_scipy.erfinv(np.array([-1.0, 1.0, 1.5]))
    assert ends[:2].tolist() == [-np.inf, np.inf]
    assert np.isnan(ends[2])


def test_lgamma_without_scipy() -> None:
    x = np.array([v for v in POINTS if v != int(v) or v > 0])
    assert relative(_without_scipy.lgamma(x), [math.lgamma(v) for v in x]) < 1e-12
    assert _without_scipy.lgamma(np.array([0.0, -1.0, np.inf])).tolist() == [np.inf] * 3


def test_digamma_without_scipy() -> None:
    gamma = 0.5772156649015329
    x = np.array([1.0, 2.0, 0.5, 0.25, 5.0])
    wanted = [
        -gamma, 1 - gamma, -gamma - 2 * math.log(2),
        -gamma - math.pi / 2 - 3 * math.log(2), 25 / 12 - gamma,
    ]  # fmt: skip
    assert relative(_without_scipy.digamma(x), wanted) < 1e-14
    # psi(1 - x) - psi(x) = pi cot(pi x), and psi(x + 1) = psi(x) + 1 / x
    y = np.array([-3.3, -0.7, 0.3, 0.9, 7.1, 150.2])
    f = _without_scipy.digamma
    assert relative(f(y + 1) - f(y), list(1 / y)) < 1e-12
    assert relative(f(1 - y) - f(y), list(math.pi / np.tan(math.pi * y))) < 1e-12
    assert f(np.array([0.0, -0.0])).tolist() == [-np.inf, np.inf]
    assert np.isnan(f(np.array([-2.0]))[0])


@pytest.fixture
def no_scipy(monkeypatch: pytest.MonkeyPatch):
    """As if SciPy were not installed."""
    scipy_function.cache_clear()
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    yield
    scipy_function.cache_clear()


@pytest.mark.usefixtures("no_scipy")
def test_what_there_is_without_scipy() -> None:
    x = mg.tensor([0.5, 1.5], requires_grad=True)
    assert x.erf().tolist() == pytest.approx([math.erf(0.5), math.erf(1.5)], rel=1e-6)
    assert x.lgamma().dtype is mg.float32
    x.lgamma().sum().backward()
    assert x.grad.tolist() == pytest.approx([-1.9635100, 0.0364899], rel=1e-5)
    with pytest.raises(ImportError, match=r"special.i1 is computed by SciPy.*pip install scipy"):
        mg.special.i1(x)


def test_the_namespace_has_pytorchs_names() -> None:
    x = mg.tensor([0.5], dtype=mg.float64)
    assert mg.special.expit(x).item() == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert mg.special.gammaln(x).item() == pytest.approx(math.log(math.pi) / 2)
    assert mg.special.psi(x).item() == mg.digamma(x).item()
    assert mg.special.gammainc(mg.tensor([1.0]), mg.tensor([2.0])).item() == pytest.approx(
        1 - math.exp(-2), rel=1e-6
    )
    assert mg.special.ndtr(x).item() == pytest.approx(0.6914624612740131, rel=1e-14)
    assert mg.special.zeta(mg.tensor([2.0]), 1).item() == pytest.approx(math.pi**2 / 6, rel=1e-6)
    assert mg.special.spherical_bessel_j0(x).item() == pytest.approx(math.sin(0.5) / 0.5)
    assert mg.special.entr(mg.tensor([0.0, -1.0])).tolist() == [0.0, -math.inf]
    assert not hasattr(mg.special, "gamma_of_everything")


def test_gamma_of_several_dimensions() -> None:
    # Gamma_2(x) = sqrt(pi) Gamma(x) Gamma(x - 1/2)
    x = mg.tensor([3.0], dtype=mg.float64)
    wanted = 0.5 * math.log(math.pi) + math.lgamma(3.0) + math.lgamma(2.5)
    assert x.mvlgamma(2).item() == pytest.approx(wanted, rel=1e-14)
    with pytest.raises(RuntimeError, match="p must be at least 1, got 0"):
        x.mvlgamma(0)
    with pytest.raises(RuntimeError, match=r"polygamma is for n >= 0, got n=-1"):
        mg.polygamma(-1, x)


@pytest.mark.parametrize(
    ("name", "at_two", "at_three"),
    [
        ("chebyshev_polynomial_t", lambda x: 2 * x**2 - 1, lambda x: 4 * x**3 - 3 * x),
        ("chebyshev_polynomial_u", lambda x: 4 * x**2 - 1, lambda x: 8 * x**3 - 4 * x),
        (
            "chebyshev_polynomial_v",
            lambda x: 4 * x**2 - 2 * x - 1,
            lambda x: 8 * x**3 - 4 * x**2 - 4 * x + 1,
        ),
        (
            "chebyshev_polynomial_w",
            lambda x: 4 * x**2 + 2 * x - 1,
            lambda x: 8 * x**3 + 4 * x**2 - 4 * x - 1,
        ),
        ("hermite_polynomial_h", lambda x: 4 * x**2 - 2, lambda x: 8 * x**3 - 12 * x),
        ("hermite_polynomial_he", lambda x: x**2 - 1, lambda x: x**3 - 3 * x),
        (
            "laguerre_polynomial_l",
            lambda x: (x**2 - 4 * x + 2) / 2,
            lambda x: (-(x**3) + 9 * x**2 - 18 * x + 6) / 6,
        ),
        ("legendre_polynomial_p", lambda x: (3 * x**2 - 1) / 2, lambda x: (5 * x**3 - 3 * x) / 2),
    ],
)
def test_polynomials_written_out(name, at_two, at_three) -> None:
    f = getattr(mg.special, name)
    x = mg.tensor([-0.3, 0.4, 1.7], dtype=mg.float64)
    for degree, wanted in ((2, at_two), (3, at_three)):
        assert f(x, degree).tolist() == pytest.approx([wanted(v) for v in x.tolist()], abs=1e-13)
    assert f(x, mg.tensor([0, 0, -1])).tolist() == [1.0, 1.0, 0.0]
