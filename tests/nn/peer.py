"""One program run on both libraries: ``f(library, *tensors)``, results and gradients compared."""

import numpy as np

import microgradnn as mg


def run(m, f, arrays, cotangent):
    """The result and the gradients of the floating inputs, as arrays."""
    inputs = [m.tensor(a).requires_grad_(a.dtype.kind == "f") for a in arrays]
    out = f(m, *inputs)
    if out.requires_grad:
        out.backward(m.tensor(cotangent(tuple(out.shape), out.detach().numpy().dtype)))
    grads = [None if t.grad is None else t.grad.numpy() for t in inputs if t.requires_grad]
    return out.detach().numpy(), grads


def same(torch, f, *arrays, tolerance=1e-12):
    """Check that ``f`` gives the same result and gradients in both, and has one shape and dtype."""

    def cotangent(shape, dtype):
        return np.random.default_rng(99).uniform(0.5, 1.5, shape).astype(dtype)

    arrays = [np.asarray(a) for a in arrays]
    ours, our_grads = run(mg, f, arrays, cotangent)
    theirs, their_grads = run(torch, f, arrays, cotangent)
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
    for a, b in zip(our_grads, their_grads, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def draw(*shape, seed=0, low=-2.0, high=2.0):
    return np.random.default_rng(seed).uniform(low, high, shape)
