"""The same derivatives as JAX's, and at least the functions that HIPS/autograd differentiates."""

from __future__ import annotations

import numpy as np
import pytest

from microgradnn import func, numpy_functions  # noqa: F401
from microgradnn._numpy_protocols import compositions
from microgradnn._primitive import answers
from microgradnn.numpy_functions.registry import detached
from tests.numpy_functions.cases import CASES, arrays
from tests.numpy_functions.test_derivatives import directions, weighted

pytestmark = pytest.mark.peers

NOT_IN_JAX = {
    "append", "concat", "copy", "compress", "delete", "extract", "full_like", "matvec", "vecmat",
    "nextafter", "resize", "row_stack", "insert", "angle", "astype", "partition", "linalg.lstsq",
    "fix", "real_if_close", "piecewise", "choose",
}  # fmt: skip
"""Functions that JAX lacks, or takes other arguments for, or has no derivative of."""


def jax_cases():
    return [
        pytest.param(*calls[0], id=name)  # the first: JAX compiles a tenth of a second for each
        for name, calls in CASES.items()
        if name not in NOT_IN_JAX
    ]


@pytest.fixture(scope="module")
def jax():
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


@pytest.mark.parametrize(("function", "shapes"), jax_cases())
def test_the_gradient_is_jaxs(jax, function, shapes):
    xs = arrays(shapes)
    numbers = range(len(xs))
    try:
        value, theirs = jax.value_and_grad(weighted(function, jax.numpy), argnums=tuple(numbers))(
            *map(jax.numpy.asarray, xs)
        )
    except (TypeError, NotImplementedError, AttributeError, ValueError) as error:
        pytest.fail(f"JAX does not have it: {error}")
    mine, gradients = func.value_and_grad(weighted(function), argnums=numbers)(*xs)
    np.testing.assert_allclose(mine, value, rtol=1e-9)
    for g, h in zip(gradients, theirs, strict=True):
        np.testing.assert_allclose(g, h, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    "name", ["tanh", "arctan2", "linalg.inv", "linalg.eigh", "prod", "std", "einsum", "sort"]
)
def test_the_product_with_the_hessian_is_jaxs(jax, name):
    for function, shapes in CASES[name]:
        xs = arrays(shapes)
        vs = directions(xs)
        theirs = jax.jvp(
            jax.grad(weighted(function, jax.numpy), argnums=tuple(range(len(xs)))),
            tuple(map(jax.numpy.asarray, xs)),
            tuple(map(jax.numpy.asarray, vs)),
        )[1]
        mine = func.hvp(weighted(function), xs, vs)
        for g, h in zip(mine if len(xs) > 1 else (mine,), theirs, strict=True):
            np.testing.assert_allclose(g, h, rtol=1e-8, atol=1e-9)


INSIDE_AUTOGRAD = {
    "add", "covector", "inner_prod", "mut_add", "scalar_mul", "sparse_add", "container_take",
    "container_untake", "sequence_extend_right", "sequence_extend_left", "make_sequence",
    "_make_dict", "dot_adjoint_0", "dot_adjoint_1", "tensordot_adjoint_0", "tensordot_adjoint_1",
    "concatenate_args", "make_diagonal", "array_from_args", "_array_from_scalar_or_array",
    "__getitem__", "untake", "truncate_pad",
}  # fmt: skip
"""What it has for its own use: arithmetic of its tree of vectors, adjoints."""

COMPLEX = {
    "fft", "ifft", "fft2", "ifft2", "fftn", "ifftn", "rfft", "irfft", "rfft2", "irfft2", "rfftn",
    "irfftn", "eig",
}  # fmt: skip
"""Functions that make complex numbers."""


def test_every_numpy_function_that_autograd_differentiates():
    import autograd.numpy
    import autograd.numpy.fft
    import autograd.numpy.linalg
    from autograd.core import primitive_vjps

    theirs = {}
    for prefix in ("", "linalg.", "fft."):
        module = getattr(autograd.numpy, prefix[:-1]) if prefix else autograd.numpy
        theirs |= {
            id(f): prefix + name
            for name, f in vars(module).items()
            if f in _hashable(primitive_vjps, f)
        }
    have = {f for f in compositions if f not in detached} | {
        f for f, prim in answers.items() if callable(f) and prim.rules
    }
    missing = []
    for name in sorted(theirs.values()):
        last = name.split(".")[-1]
        found = np
        for part in name.split("."):
            found = getattr(found, part, None)
        if last in INSIDE_AUTOGRAD or last in COMPLEX or found is None:
            continue
        if found not in have:
            missing.append(name)
    assert missing == ["full"]  # NumPy does not ask a fill value's class: np.full_like, mg.full
    assert len(theirs) > 100


def _hashable(table, f):
    try:
        hash(f)
    except TypeError:
        return ()
    return table
