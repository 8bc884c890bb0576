"""Each primitive computes what its record says it computes."""

import numpy as np
import pytest

import microgradnn as mg
from tests.rules.cases import CASES
from tests.rules.plain_mathematics import evaluate, plain


def expected(case):
    names = dict(case.all_params)
    given = [0.0 if x is None else plain(x) for x in case.inputs]  # a bias left out is no bias
    *fixed, last = case.prim.inputs
    names.update(zip(fixed, given, strict=False))
    names[last] = given[len(fixed) :] if case.prim.variadic else given[-1]
    result = evaluate(case.prim.mathematics, names)
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_forward_equals_its_mathematics(case):
    outputs = case.run(*case.tensors())
    wanted = expected(case)
    assert len(outputs) == len(wanted)
    for out, want in zip(outputs, wanted, strict=True):
        assert isinstance(out, mg.Tensor)
        assert tuple(out.shape) == np.shape(want)
        got = out.detach().numpy()
        assert got.dtype.kind == np.asarray(want).dtype.kind
        np.testing.assert_allclose(got, np.asarray(want), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_primitive_called_on_plain_arrays_gives_plain_arrays(case):
    result = case.prim(*case.inputs, **case.params)
    result = result if isinstance(result, tuple) else (result,)
    for got, out in zip(result, case.run(*case.tensors()), strict=True):
        assert not isinstance(got, mg.Tensor)
        np.testing.assert_array_equal(got, out.detach().numpy())
