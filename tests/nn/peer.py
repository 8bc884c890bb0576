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


def run_twice(m, f, arrays):
    """The result, the first and the second gradients by the inputs that are marked, as arrays."""
    rng = np.random.default_rng(7)
    inputs = [m.tensor(a, requires_grad=True) if wanted else m.tensor(a) for a, wanted in arrays]
    wrt = [t for t, (_, wanted) in zip(inputs, arrays, strict=True) if wanted]
    out = f(m, *inputs)
    found = [out.detach().numpy()]
    for _ in range(2):
        if not out.requires_grad:
            break
        # A loss of several results, or the gradients of it, as one number: weighted at random.
        weights = m.tensor(rng.standard_normal(tuple(out.shape)).astype(found[0].dtype))
        first = m.autograd.grad(
            (out * weights).sum(), wrt, create_graph=True, allow_unused=True, materialize_grads=True
        )
        found += [g.detach().numpy(force=True) for g in first]
        out = sum((g * k).sum() for k, g in enumerate(first, 1))
    return found


def same_twice(torch, f, *arrays, tolerance=1e-11):
    """Check that ``f`` has the same result and gradients to second order in both.

    Floating arrays are differentiated by, unless they are in a list of one: ``[array]``.
    """
    marked = [
        (a[0], False) if isinstance(a, list) else (a, np.asarray(a).dtype.kind == "f")
        for a in arrays
    ]
    ours, theirs = run_twice(mg, f, marked), run_twice(torch, f, marked)
    # Where one library finds a second derivative of 0, the other need not record it.
    ours += [np.zeros(())] * (len(theirs) - len(ours))
    theirs += [np.zeros(())] * (len(ours) - len(theirs))
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape or not (a.shape and b.shape)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    assert ours[0].dtype == theirs[0].dtype


def same_module(torch, make, *arrays, tolerance=1e-12):
    """Check that a module without parameters prints, computes and differentiates the same.

    ``make(nn)`` makes it; an array of integers is given as it is.
    """
    ours, theirs = make(mg.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict()) == []
    same(torch, lambda m, *x: make(m.nn)(*x), *arrays, tolerance=tolerance)
