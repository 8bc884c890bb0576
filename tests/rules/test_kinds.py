"""What a record claims about its derivative (linear, multilinear, elementwise) is so.

Forward mode is made from these claims.
"""

import numpy as np
import pytest

from microgradnn._primitive import cotangent_names, table
from tests.rules.cases import DIFFERENTIABLE


def forward(case, replaced):
    """The floating outputs on plain arrays, some inputs replaced."""
    arrays = [np.asarray(replaced[k]) if k in replaced else x for k, x in enumerate(case.inputs)]
    result = case.prim(*arrays, **case.params)
    result = result if isinstance(result, tuple) else (result,)
    return [np.asarray(out) for out in result if np.asarray(out).dtype.kind == "f"]


def directions(case, seed):
    rng = np.random.default_rng(seed)
    return {k: rng.standard_normal(case.inputs[k].shape) for k in case.wrt}


def of_kind(kind):
    return [case for case in DIFFERENTIABLE if case.prim.kind == kind]


def assert_linear(case, u, v):
    """f(2u - 3v) = 2 f(u) - 3 f(v), where u and v replace some of the inputs."""
    both = forward(case, {k: 2.0 * u[k] - 3.0 * v[k] for k in u})
    for got, at_u, at_v in zip(both, forward(case, u), forward(case, v), strict=True):
        np.testing.assert_allclose(got, 2.0 * at_u - 3.0 * at_v, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", of_kind("linear"), ids=str)
def test_linear_in_all_inputs_together(case):
    assert_linear(case, directions(case, 1), directions(case, 2))


@pytest.mark.parametrize("case", of_kind("multilinear"), ids=str)
def test_linear_in_each_input_alone(case):
    u, v = directions(case, 1), directions(case, 2)
    for k in case.wrt:
        assert_linear(case, {k: u[k]}, {k: v[k]})


def rules_with(case, g):
    """What each rule makes of ``g``, before the engine sums over broadcast axes."""
    prim, params = case.prim, list(case.all_params.values())
    (ans,) = forward(case, {})
    known = dict(zip(prim.inputs, case.inputs, strict=True))
    known |= {f"{name}_shape": np.shape(x) for name, x in known.items()} | {"ans": ans}
    needed = tuple(object() if k in case.wrt else None for k in range(len(case.inputs)))
    return prim.vjp(needed, tuple(known[name] for name in prim.saves), params, g)


@pytest.mark.parametrize("case", of_kind("elementwise"), ids=str)
def test_elementwise_rules_carry_tangents_forward_too(case):
    assert cotangent_names(case.prim) == ("g",)
    h = 1e-6
    tangents = directions(case, 3)
    up = forward(case, {k: case.inputs[k] + h * t for k, t in tangents.items()})
    down = forward(case, {k: case.inputs[k] - h * t for k, t in tangents.items()})
    derivative = (up[0] - down[0]) / (2 * h)
    total = np.zeros(derivative.shape)
    for k, t in tangents.items():
        total += rules_with(case, np.broadcast_to(t, derivative.shape))[k]
    np.testing.assert_allclose(total, derivative, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("case", of_kind("elementwise"), ids=str)
def test_elementwise_results_depend_on_their_own_place_only(case):
    (before,) = forward(case, {})
    for k in case.wrt:
        for place in np.ndindex(case.inputs[k].shape):
            moved = case.inputs[k].copy()
            moved[place] *= 1.01
            here = np.zeros(moved.shape, bool)
            here[place] = True
            changed = forward(case, {k: moved})[0] != before
            assert not (changed & ~np.broadcast_to(here, before.shape)).any()


def test_the_claims_are_made_where_they_hold():
    # A wrong claim fails above; a missing one costs forward mode its speed. Those that are left
    # out on purpose: not linear, or with several outputs of which one is not differentiable.
    without = {name for name, prim in table.items() if prim.rules and prim.kind is None}
    assert without == {
        "amax", "amin", "max_dim", "min_dim", "logsumexp", "softmax", "log_softmax", "linear",
        "affine", "convolution", "ctc", "gelu", "max_pool", "standardise",
        "var", "std", "prod", "cumprod", "recurrence", "logcumsumexp", "cummax", "cummin", "sort",
        "scatter_amax", "scatter_amin", "delay", "pad",
        "vector_norm", "solve", "solve_triangular", "inv", "cofactor", "det", "slogdet", "pinv",
        "matrix_exp", "cholesky", "lu", "qr", "svd", "svdvals", "eigh", "eigvalsh",
        "rnn", "lstm", "gru",
    }  # fmt: skip
