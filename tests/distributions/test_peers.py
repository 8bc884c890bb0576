"""Every distribution beside PyTorch's: densities, moments, samples, their gradients."""

import numpy as np
import pytest

import microgradnn as mg
from tests.distributions.cases import CASES, NUMPYS, make, values
from tests.test_random_peers import draws_by_itself

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def torch():
    import torch
    import torch.distributions

    return torch


def outcome(m, name, f, leaf=None):
    """What ``f(distribution)`` gives, with the gradients of the parameters; or its error's kind."""
    d, tensors = make(m, name)
    leaves = tensors if leaf is None else [*tensors, leaf]
    try:
        found = f(d)
    except NotImplementedError:
        return "not implemented"
    array = found.detach().numpy()
    grads = []
    if found.requires_grad:
        found.backward(m.tensor(np.linspace(0.5, 1.5, found.numel()).reshape(tuple(found.shape))))
        grads = [None if t.grad is None else t.grad.numpy() for t in leaves]
    return array, grads


def assert_same(torch, name, f, tolerance=1e-9, leaf=lambda m: None):
    results = []
    for m in (mg, torch):
        x = leaf(m)
        results.append(outcome(m, name, lambda d, m=m, x=x: f(m, d, x), x))
    ours, theirs = results
    if isinstance(theirs, str):
        assert ours == theirs
        return
    assert not isinstance(ours, str), "PyTorch has it"
    assert ours[0].shape == theirs[0].shape
    assert ours[0].dtype == theirs[0].dtype
    np.testing.assert_allclose(ours[0], theirs[0], rtol=tolerance, atol=tolerance)
    assert len(ours[1]) == len(theirs[1])
    for a, b in zip(ours[1], theirs[1], strict=True):
        zero = np.zeros(1)
        a, b = (zero if g is None else g for g in (a, b))
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", CASES)
class TestOfEach:
    def test_log_prob(self, torch, name):
        tolerance = 1e-6 if name == "VonMises" else 1e-9  # PyTorch's Bessel function has 7 digits

        def leaf(m):
            x = values(m, name)
            return x.requires_grad_() if x.is_floating_point() else x

        assert_same(torch, name, lambda m, d, x: d.log_prob(x), tolerance, leaf)

    @pytest.mark.parametrize("what", ["mean", "variance", "stddev", "mode"])
    def test_moments(self, torch, name, what):
        if (name, what) == ("Kumaraswamy", "mode"):
            return  # PyTorch's is NaN wherever concentration0 is above 1; see test_distribution.py
        tolerance = 1e-5 if name == "VonMises" else 1e-9

        def f(m, d, _):
            found = getattr(d, what)
            return found.detach() if what == "mode" else found  # it has kinks, and may be NaN

        assert_same(torch, name, f, tolerance)

    @pytest.mark.parametrize("what", ["entropy", "perplexity"])
    def test_entropy(self, torch, name, what):
        if name == "Poisson":
            with pytest.raises(NotImplementedError, match="Poisson has no entropy here"):
                make(mg, name)[0].entropy()
        else:
            # PyTorch's digamma and float32 factorials of a Multinomial have about 8 digits.
            tolerance = 1e-6 if name.startswith(("Dirichlet", "Multinomial")) else 1e-9
            assert_same(torch, name, lambda m, d, _: getattr(d, what)(), tolerance)

    def test_cdf_and_its_inverse(self, torch, name):
        if name not in ("Gamma", "Chi2"):  # the incomplete gamma function has one derivative only
            assert_same(torch, name, lambda m, d, _: d.cdf(values(m, name)))
        quantiles = [0.1, 0.5, 0.8]
        assert_same(torch, name, lambda m, d, _: d.icdf(m.tensor(quantiles, dtype=m.float64)))

    @pytest.mark.parametrize("shape", [(), (2,), (3, 4)])
    @pytest.mark.parametrize("kind", ["sample", "rsample"])
    def test_samples(self, torch, name, shape, kind):
        assert make(mg, name)[0].has_rsample == make(torch, name)[0].has_rsample
        numpys = name.startswith(NUMPYS)
        drawn = ("Exponential", "Weibull", "Pareto", "Bernoulli", "Categorical", "OneHot")
        if numpys or (name.startswith(drawn) and not draws_by_itself(torch)):
            for m in (mg, torch):
                d, _ = make(m, name)
                if kind == "sample" or d.has_rsample:
                    x = getattr(d, kind)(shape)
                    assert tuple(x.shape) == (*shape, *d.batch_shape, *d.event_shape)
                    d.log_prob(x)  # it lies in the support
            return

        def f(m, d, _):
            m.manual_seed(17)
            x = getattr(d, kind)(shape)
            assert x.requires_grad == (kind == "rsample")
            return x

        assert_same(torch, name, f)

    def test_shapes_expand_and_repr(self, torch, name):
        ours, theirs = make(mg, name)[0], make(torch, name)[0]
        for change in (lambda d: d, lambda d: d.expand((2, *d.batch_shape))):
            a, b = change(ours), change(theirs)
            assert tuple(a.batch_shape) == tuple(b.batch_shape)
            assert tuple(a.event_shape) == tuple(b.event_shape)
            np.testing.assert_allclose(
                a.log_prob(values(mg, name)).detach(), b.log_prob(values(torch, name)).detach(),
                rtol=1e-5,
            )  # fmt: skip
            assert tuple(a.sample((5,)).shape) == tuple(b.sample((5,)).shape)
            said = repr(b).replace("torch.", "microgradnn.").replace(", grad_fn=", "@")
            assert repr(a).split("(")[0] == said.split("(")[0]
            if "grad" not in said:
                assert repr(a) == said
        assert ours.has_enumerate_support == theirs.has_enumerate_support
        if ours.has_enumerate_support:
            for expand in (True, False):
                found = ours.enumerate_support(expand)
                np.testing.assert_array_equal(found, theirs.enumerate_support(expand).numpy())

    def test_supports(self, torch, name):
        for m in (mg, torch):
            d, _ = make(m, name)
            assert bool(d.support.check(values(m, name)).all())
        ours, theirs = (repr(make(m, name)[0].support) for m in (mg, torch))
        if "tensor" not in theirs:
            assert ours == theirs
        for x in (-1.0, 0.0, 0.5, 1.0, 3.7, float("nan")):
            found = []
            for m in (mg, torch):
                d, _ = make(m, name)
                value = m.full((3,) if not d.event_shape else tuple(d.event_shape), x)
                if name.startswith("Categorical"):
                    value = value[:2]
                found.append(d.support.check(value.double()).numpy())
            np.testing.assert_array_equal(*found, err_msg=f"{name} {x}")

    def test_what_it_refuses(self, torch, name):
        cls, given, _ = CASES[name]
        for key in given:
            if name.startswith("Relaxed") and key == "temperature":
                continue
            for bad in (-1.5, float("nan")):
                kinds = []
                for m in (mg, torch):
                    params = {
                        k: v if isinstance(v, int | float) else m.tensor(np.array(v, float))
                        for k, v in given.items()
                    }
                    params[key] = params[key] * 0 + bad
                    if name.startswith("Multinomial") and key == "total_count":
                        params[key] = 2
                    try:
                        getattr(m.distributions, cls)(**params)
                        kinds.append(None)
                    except ValueError as error:
                        kinds.append(str(error).split(" of distribution")[0])
                assert (kinds[0] is None) == (kinds[1] is None), (key, bad, kinds)
                if kinds[0] is not None:
                    assert kinds[0].startswith("Expected parameter")


def test_scalars(torch):
    for m in (mg, torch):
        d = m.distributions.Normal(0.0, 1)
        assert tuple(d.batch_shape) == ()
        assert d.loc.dtype == m.float32
        assert d.log_prob(m.tensor(0.5)).item() == pytest.approx(-1.0439385)
        assert m.distributions.Normal(m.zeros(2, dtype=m.float64), 1).scale.dtype == m.float64


def composed(m):
    D, T = m.distributions, m.distributions.transforms
    n = D.Normal(m.tensor([0.1, -0.4, 0.9], dtype=m.float64), m.tensor(0.7, dtype=m.float64))
    scale = m.tensor([1.0, -2.0, 0.5], dtype=m.float64)
    bases = {
        "exp": [T.ExpTransform()], "tanh": [T.TanhTransform()], "softplus": [T.SoftplusTransform()],
        "affine": [T.AffineTransform(0.5, scale)], "affine number": [T.AffineTransform(0.5, -2.0)],
        "affine event": [T.AffineTransform(0.5, scale, event_dim=1)],
        "sigmoid": [T.SigmoidTransform(), T.AffineTransform(-1.0, 2.0)],
        "power": [T.ExpTransform(), T.PowerTransform(2.5)],
        "stick": [T.StickBreakingTransform()],
        "compose": [T.ComposeTransform([T.AffineTransform(1.0, 2.0), T.TanhTransform()])],
        "independent": [T.IndependentTransform(T.ExpTransform(), 1)],
        "reshape": [T.ReshapeTransform((3,), (3, 1)), T.ExpTransform()],
        "inverse": [T.ExpTransform(), T.AffineTransform(1.0, 1.0), T.ExpTransform().inv],
        "cached": [T.ExpTransform(cache_size=1), T.TanhTransform(cache_size=1)],
    }  # fmt: skip
    return {key: D.TransformedDistribution(n, parts) for key, parts in bases.items()}


@pytest.mark.parametrize("key", list(composed(mg)))
def test_transforms(torch, key):
    results = []
    for m in (mg, torch):
        d = composed(m)[key]
        m.manual_seed(5)
        x = d.rsample((4,))
        whole = m.distributions.ComposeTransform(d.transforms)
        found = [x, d.log_prob(x), whole.inv(x), d.expand((2, *d.batch_shape)).sample((3,))]
        try:
            found += [d.cdf(x), d.icdf(m.tensor(0.3, dtype=m.float64))]
        except (NotImplementedError, AttributeError):
            found.append(m.zeros(1))
        shapes = tuple(d.batch_shape), tuple(d.event_shape), whole.domain.event_dim
        results.append(([t.numpy() for t in found], (*shapes, repr(d.transforms), whole.bijective)))
    for a, b in zip(results[0][0], results[1][0], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    if "tensor" not in results[0][1][3]:
        assert results[0][1] == results[1][1]


def mixtures(m):
    D = m.distributions
    mix = D.Categorical(m.tensor([[0.3, 0.7], [0.5, 0.5]], dtype=m.float64))
    loc = m.tensor([[0.0, 3.0], [-1.0, 2.0]], dtype=m.float64)
    one = D.MixtureSameFamily(mix, D.Normal(loc, 1.5))
    vectors = D.Independent(D.Normal(loc.unsqueeze(-1) + m.tensor([0.0, 1.0, 2.0]), 0.5), 1)
    return [one, D.MixtureSameFamily(mix, vectors)]


@pytest.mark.parametrize("k", [0, 1])
def test_mixtures(torch, k):
    found = []
    for m in (mg, torch):
        d = mixtures(m)[k]
        x = m.tensor(np.linspace(-1, 2, 3 if k else 2), dtype=m.float64)
        parts = [d.mean, d.variance, d.log_prob(x), d.expand((3, 2)).log_prob(x)]
        parts += [] if k else [d.cdf(x)]
        m.manual_seed(4)
        if draws_by_itself(torch):
            parts.append(d.sample((6,)))
        found.append([t.numpy() for t in parts])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)


def test_independent(torch):
    found = []
    for m in (mg, torch):
        D = m.distributions
        d = D.Independent(D.Normal(m.zeros(2, 3), m.ones(2, 3) * 2), 1)
        assert tuple(d.batch_shape) == (2,)
        assert tuple(d.expand((4, 2)).event_shape) == (3,)
        m.manual_seed(0)
        x = d.rsample((5,))
        found.append([t.numpy() for t in (x, d.log_prob(x), d.entropy(), d.mean, d.variance)])
        assert str(d) == "Independent(Normal(loc: SIZE, scale: SIZE), 1)".replace(
            "SIZE", str(m.Size([2, 3]))
        )
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
