"""Generated code: what it says, that it runs, and what it brings along."""

import numpy as np
import pytest

import microgradnn as mg
import microgradnn.nn.functional
from microgradnn._primitive import table
from microgradnn.derive.numpy_words import HELPERS
from tests.derive.derivations import chain_rule, cross_entropy

ADJOINTS = """\
    # backward: d_a is the derivative of L by a
    d_y_pred = -2 * (target - y_pred)
    d_h1 = d_y_pred * y_pred * (1 - y_pred) * w5
    d_w1 = d_h1 * h1 * (1 - h1) * x1
    return L, {'w1': d_w1}
"""
FACTORS = """\
    # backward: d_a_d_b is the derivative of a by b
    d_L_d_y_pred = -2 * (target - y_pred)
    d_y_pred_d_h1 = w5 * y_pred * (1 - y_pred)
    d_h1_d_w1 = x1 * h1 * (1 - h1)
    d_L_d_w1 = d_L_d_y_pred * d_y_pred_d_h1 * d_h1_d_w1
    return L, {'w1': d_L_d_w1}
"""
CROSS_ENTROPY = """\
def gradients(W, b, X, t):
    \"\"\"L, and its derivatives by W and b.\"\"\"
    # forward
    N = 3
    Z = X @ W + b
    P = softmax(Z, 1)
    Y = np.eye(3)[t]
    L = -np.sum(log_softmax(Z, 1)[np.arange(3), t]) / N
    # backward: d_a is the derivative of L by a
    d_Z = (P - Y) / N
    d_W = X.T @ d_Z
    d_b = np.sum(d_Z, axis=0)
    return L, {'W': d_W, 'b': d_b}
"""


def test_the_two_styles():
    loss, made = chain_rule()
    derivation = mg.derive(loss, made["w1"])
    assert derivation.numpy_code().endswith(ADJOINTS)
    assert derivation.numpy_code(style="factors").endswith(FACTORS)
    for style in ("adjoints", "factors"):
        value, found = derivation.function(style)(**derivation.arguments)
        assert value == loss.data
        assert found["w1"] == pytest.approx(0.02146953526581111, rel=1e-15)


def test_factors_are_for_values():
    with pytest.raises(ValueError, match="four indices"):
        cross_entropy().numpy_code(style="factors")
    with pytest.raises(ValueError, match="'adjoints' or 'factors'"):
        cross_entropy().numpy_code(style="forward")


def test_softmax_with_cross_entropy():
    assert cross_entropy().numpy_code().endswith(CROSS_ENTROPY)


def test_softmax_does_not_overflow():
    gradients = cross_entropy().function()
    given = cross_entropy().arguments
    value, found = gradients(**{**given, "W": 1e6 * given["W"]})
    assert np.isfinite(value)
    assert np.isfinite(found["W"]).all()


def test_names_that_python_or_numpy_need_are_avoided():
    words = ["lambda", "np", "softmax", "d_x", "x", "sum", "1st", "gradients", "L", "π", "h.1"]
    values = [mg.Value(0.1 * k + 0.3, label=w) for k, w in enumerate(words)]
    total = values[0]
    for v in values[1:]:
        total = total * v
    derivation = mg.derive(total)
    _, found = derivation.function()(**derivation.arguments)
    engine = mg.autograd.grad(total, values)
    assert sorted(found.values()) == pytest.approx(sorted(engine))


def test_two_variables_of_one_label_stay_two():
    a, b = mg.Value(2.0, label="x"), mg.Value(5.0, label="x")
    derivation = mg.derive(a * b * b)
    _, found = derivation.function()(**derivation.arguments)
    assert sorted(found.values()) == [20.0, 25.0]


def test_a_kernel_without_numpy_form_is_called_by_name():
    layer = mg.nn.LSTM(2, 3).double()
    with mg.record():
        loss = layer(mg.tensor(np.ones((4, 1, 2))))[0].sum()
    derivation = mg.derive(loss)
    assert derivation.agrees
    assert "kernels that have no short NumPy form" in derivation.numpy_code()
    _, found = derivation.function()(**derivation.arguments)
    engine = mg.autograd.grad(loss, list(layer.parameters()))
    for a, b in zip(found.values(), engine, strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=1e-12)


KERNELS = {
    "put": "put", "put_along": "put_along", "setitem": "replace", "split": "split",
    "unbind": "unbind", "erf": "erf", "convolution": "correlate",
    "convolution_weight": "correlate_weight", "convolution_input": "correlate_adjoint",
    "max_pool": "max_pool", "max_pool_spread": "max_pool_spread",
}  # fmt: skip


def helpers():
    """The functions that code brings along, compiled."""
    import math

    scope = {"np": np, "math": math}
    for source in HELPERS.values():
        exec(source, scope)
    return scope


@pytest.mark.parametrize("name", KERNELS)
def test_functions_that_code_brings_along_are_the_tables(name):
    assert microgradnn.nn.functional
    prim, function = table[name], helpers()[KERNELS[name]]
    for sample in prim.samples():
        params = [sample.params.get(p, default) for p, default in prim.params]
        given = dict(zip((p for p, _ in prim.params), params, strict=True))
        if given.get("ceil"):
            continue  # the printer calls the table's own
        order = [*sample.inputs, *params]
        if name == "setitem":
            order = [order[0], order[2], order[1]]
        expected = prim.forward(*sample.inputs, *params)
        found = function(*order)
        if not isinstance(expected, tuple):
            expected, found = (expected,), (found,)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_every_function_that_code_brings_along_is_tested():
    assert set(HELPERS) - {"windows"} == set(KERNELS.values())
