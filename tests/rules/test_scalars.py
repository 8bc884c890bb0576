"""`Value` and `Tensor` stand on the same rules: equal numbers on scalars, to second order."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn._primitive import table
from tests.rules.cases import CASES

AT_MOST = 4


def scalar_cases():
    """Numbers for each primitive with a scalar form: single elements of its samples."""
    for case in CASES:
        if case.prim.scalar is None:
            continue
        shape = np.broadcast_shapes(*(x.shape for x in case.inputs))
        spread = [np.broadcast_to(x, shape).reshape(-1) for x in case.inputs]
        for k in range(min(AT_MOST, math.prod(shape))):
            numbers = tuple(float(x[k]) for x in spread)
            yield pytest.param(case.prim, numbers, case.params, id=f"{case}-{k}")


@pytest.mark.parametrize(("prim", "numbers", "params"), list(scalar_cases()))
def test_values_equal_tensors(prim, numbers, params):
    values = [Value(x) for x in numbers]
    tensors = [mg.tensor(np.float64(x), requires_grad=True) for x in numbers]
    of_value, of_tensor = prim(*values, **params), prim(*tensors, **params)
    assert isinstance(of_value, Value)
    assert of_value.data == pytest.approx(of_tensor.item(), rel=1e-15, abs=1e-16)

    first_v = mg.autograd.grad(of_value, values, create_graph=True)
    first_t = mg.autograd.grad(of_tensor, tensors, create_graph=True)
    for dv, dt in zip(first_v, first_t, strict=True):
        assert isinstance(dv, Value)
        assert dv.data == pytest.approx(dt.item(), rel=1e-14, abs=1e-15)
        second_v = second(dv, values, Value)
        second_t = second(dt, tensors, mg.Tensor)
        assert second_v == pytest.approx(second_t, rel=1e-13, abs=1e-14)

    of_value.backward()
    for v, dt in zip(values, first_t, strict=True):
        assert type(v.grad) in (int, float)
        assert v.grad == pytest.approx(dt.item(), rel=1e-14, abs=1e-15)


def second(first, inputs, kind):
    """The derivatives of a derivative by the inputs, as floats."""
    if kind is mg.Tensor and not first.requires_grad:
        return [0.0] * len(inputs)
    found = mg.autograd.grad(first, inputs, retain_graph=True, materialize_grads=True)
    return [float(d) for d in found]


def test_which_primitives_have_a_scalar_form():
    # Every differentiable function of numbers has one, but for those with a condition or limits,
    # and those that are differentiable by one of two inputs.
    without = {
        name
        for name, prim in table.items()
        if prim.scalar is None and prim.rules and prim.kind == "elementwise"
    }
    assert without == {"igamma", "igammac", "clamp", "where", "hardtanh", "huber"}
