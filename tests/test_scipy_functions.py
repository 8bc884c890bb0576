"""SciPy's functions on Tensors: values as SciPy's, derivatives as finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.signal
import scipy.special
import scipy.stats

import microgradnn as mg
import microgradnn.scipy
from microgradnn import func
from tests.numpy_functions.test_derivatives import differences, directions

X = np.array([0.3, 0.55, 0.8])
A = np.array([1.3, 2.1, 0.9])
S = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.1]])
special, linalg = mg.scipy.special, mg.scipy.linalg
signal, stats = mg.scipy.signal, mg.scipy.stats

UFUNCS = {
    name: (getattr(scipy.special, name), (X,))
    for name in (
        "erf", "erfc", "erfcx", "erfinv", "ndtri", "ndtr", "log_ndtr", "entr", "gammaln", "psi",
        "i0", "i0e", "i1", "i1e", "expit", "logit", "gamma", "rgamma", "erfcinv", "log_expit",
        "cosdg", "sindg", "exp10",
    )
} | {
    "xlogy": (scipy.special.xlogy, (X, A)),
    "xlog1py": (scipy.special.xlog1py, (X, A)),
    "beta": (scipy.special.beta, (X, A)),
    "betaln": (scipy.special.betaln, (X, A)),
    "rel_entr": (scipy.special.rel_entr, (X, A)),
    "gammainc": (lambda x: scipy.special.gammainc(A, x), (X,)),
}  # fmt: skip
OURS = {
    "logsumexp": (special.logsumexp, scipy.special.logsumexp, (S,)),
    "logsumexp-b": (lambda a, b: special.logsumexp(a, 1, b=b),
                    lambda a, b: scipy.special.logsumexp(a, 1, b=b), (S, A)),
    "softmax": (special.softmax, scipy.special.softmax, (X,)),
    "multigammaln": (lambda a: special.multigammaln(a + 2.0, 3),
                     lambda a: scipy.special.multigammaln(a + 2.0, 3), (A,)),
    "polygamma": (lambda x: special.polygamma(2, x), lambda x: scipy.special.polygamma(2, x), (X,)),
    "solve_triangular": (
        lambda a, b: linalg.solve_triangular(a, b, lower=True),
        lambda a, b: scipy.linalg.solve_triangular(a, b, lower=True), (S, X)),
    "solve_triangular-t": (
        lambda a, b: linalg.solve_triangular(a, b, trans=1),
        lambda a, b: scipy.linalg.solve_triangular(a, b, trans=1), (S, S)),
    "cho_solve": (
        lambda a, b: linalg.cho_solve((linalg.cholesky(a), False), b),
        lambda a, b: scipy.linalg.cho_solve((scipy.linalg.cholesky(a), False), b), (S, X)),
    "expm": (linalg.expm, scipy.linalg.expm, (S,)),
    "sqrtm": (lambda a: linalg.sqrtm(a @ a.T), lambda a: scipy.linalg.sqrtm(a @ a.T), (S,)),
    "solve_sylvester": (linalg.solve_sylvester, scipy.linalg.solve_sylvester,
                        (S, S[:2, :2], S[:, :2])),
    "solve_banded": (lambda ab, b: linalg.solve_banded((1, 1), ab, b),
                     lambda ab, b: scipy.linalg.solve_banded((1, 1), ab, b),
                     (S[[1, 0, 2]] + np.array([[0.0], [3.0], [0.0]]), X)),
    **{f"convolve-{m}": (lambda a, b, m=m: signal.convolve(a, b, m),
                         lambda a, b, m=m: scipy.signal.convolve(a, b, m),
                         (np.arange(12.0).reshape(3, 4), S[:2, :2]))
       for m in ("full", "same", "valid")},
    "correlate": (signal.correlate, scipy.signal.correlate, (A, X)),
    **{f"norm.{n}": (getattr(stats.norm, n), getattr(scipy.stats.norm, n), (X, A, A + 0.5))
       for n in ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")},
    "t.logpdf": (stats.t.logpdf, scipy.stats.t.logpdf, (X, A)),
    "t.pdf": (stats.t.pdf, scipy.stats.t.pdf, (X, A)),
    **{f"gamma.{n}": (getattr(stats.gamma, n), getattr(scipy.stats.gamma, n), (X, A))
       for n in ("pdf", "logpdf")},
    "gamma.cdf": (lambda x: stats.gamma.cdf(x, A), lambda x: scipy.stats.gamma.cdf(x, A), (X,)),
    "gamma-scale": (lambda x, a, s: stats.gamma.logpdf(x, a, scale=s),
                    lambda x, a, s: scipy.stats.gamma.logpdf(x, a, scale=s), (X, A, A)),
    "chi2": (stats.chi2.logpdf, scipy.stats.chi2.logpdf, (X, A)),
    "chi2.cdf": (lambda x: stats.chi2.cdf(x, A), lambda x: scipy.stats.chi2.cdf(x, A), (X,)),
    "beta": (lambda x, a: stats.beta.logpdf(x, a, 2.0 * a),
             lambda x, a: scipy.stats.beta.logpdf(x, a, 2.0 * a), (X, A)),
    "expon": (stats.expon.cdf, scipy.stats.expon.cdf, (X,)),
    "cauchy": (stats.cauchy.logpdf, scipy.stats.cauchy.logpdf, (X,)),
    "laplace": (stats.laplace.logpdf, scipy.stats.laplace.logpdf, (X,)),
    "logistic": (stats.logistic.logpdf, scipy.stats.logistic.logpdf, (X,)),
    "poisson": (lambda mu: stats.poisson.logpmf(np.array([0, 2, 5]), mu),
                lambda mu: scipy.stats.poisson.logpmf(np.array([0, 2, 5]), mu), (A,)),
    "multivariate": (lambda x, m, c: stats.multivariate_normal.logpdf(x, m, c @ c.T),
                     lambda x, m, c: scipy.stats.multivariate_normal.logpdf(x, m, c @ c.T),
                     (X, A, S)),
    "multivariate-many": (lambda x: stats.multivariate_normal.logpdf(x, A, S),
                          lambda x: scipy.stats.multivariate_normal.logpdf(x, A, S), (S,)),
    "entropy": (lambda c: stats.multivariate_normal.entropy(A, c @ c.T),
                lambda c: scipy.stats.multivariate_normal.entropy(A, c @ c.T), (S,)),
    "dirichlet": (lambda a: stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), a),
                  lambda a: scipy.stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), a), (A,)),
}  # fmt: skip
ALL = {**{k: (f, f, xs) for k, (f, xs) in UFUNCS.items()}, **OURS}


@pytest.mark.parametrize("name", ALL)
def test_values_and_derivatives(name):
    mine, theirs, xs = ALL[name]
    found = mine(*[mg.tensor(x, requires_grad=True) for x in xs])
    assert found.requires_grad
    np.testing.assert_allclose(found.detach().numpy(), theirs(*xs), rtol=1e-9, atol=1e-12)

    def loss(*at):
        y = mine(*at)
        return (y * y).sum() + y.sum() * 0.5

    def plain(*at):
        y = theirs(*at)
        return (y * y).sum() + np.sum(y) * 0.5

    vs = directions(xs)
    gradients = func.grad(loss, range(len(xs)))(*xs)
    slope = sum((g * v).sum() for g, v in zip(gradients, vs, strict=True))
    np.testing.assert_allclose(slope, differences(plain, xs, vs), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(func.jvp(loss, xs, vs)[1], slope, rtol=1e-8, atol=1e-9)


def test_what_scipy_does_not_hand_over_is_never_silent():
    x = mg.tensor(X, requires_grad=True)
    with pytest.raises(RuntimeError, match="gradient would be lost"):
        scipy.stats.norm.logpdf(x)
    with pytest.raises(NotImplementedError, match=r"np\.jv is not"):
        scipy.special.jv(2, x)
    with pytest.raises(NotImplementedError, match="symmetric"):
        linalg.sqrtm(np.array([[1.0, 2.0], [0.0, 1.0]]))
