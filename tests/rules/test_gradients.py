"""Every rule against central differences, first and second order, on every sample."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.rules.cases import CASES, DIFFERENTIABLE, cotangents, gradients


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_first_derivatives(case):
    assert gradcheck(case.run_floats, case.tensors(), atol=1e-7, rtol=1e-6)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_second_derivatives(case):
    assert gradgradcheck(case.run_floats, case.tensors(), atol=1e-7, rtol=1e-6)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_rules_give_the_same_on_arrays_and_on_tensors(case):
    plain = gradients(case, case.tensors())[1]
    recorded = gradients(case, case.tensors(), create_graph=True)[1]
    for a, b in zip(plain, recorded, strict=True):
        assert not a.requires_grad
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_each_gradient_alone_equals_the_one_computed_with_the_others(case):
    together = gradients(case, case.tensors())[1]
    for k, both in zip(case.wrt, together, strict=True):
        tensors = case.tensors()
        for other in set(case.wrt) - {k}:
            tensors[other] = tensors[other].detach()
        outputs = [out for out in case.run(*tensors) if out.requires_grad]
        (alone,) = mg.autograd.grad(outputs, tensors[k], cotangents(outputs))
        np.testing.assert_array_equal(alone.numpy(), both.numpy())


@pytest.mark.parametrize("case", [c for c in CASES if not c.prim.rules], ids=str)
def test_what_has_no_rule_is_outside_the_graph(case):
    tensors = case.tensors()
    for x in tensors:
        if x.dtype.is_floating_point:
            x.requires_grad = True
    for out in case.run(*tensors):
        assert not out.requires_grad
        assert not out.dtype.is_floating_point
