"""Formulas out of the table: what is traced computes what the table computes."""

import math

import numpy as np
import pytest

import microgradnn.nn.functional
from microgradnn._primitive import table
from microgradnn.derive.expression import Apply, Number, Symbol, Unknown, applied, substituted, walk
from microgradnn.derive.tracing import (
    NoFormula,
    trace,
    trace_forward,
    trace_mathematics,
    trace_rule,
    trace_scalar,
)

assert microgradnn.nn.functional  # its primitives are in the table
POINTS = (-800.0, -2.5, -0.3, 0.4, 0.9, 3.0, 800.0)
WITHOUT_FORMULA = {
    "sinc", "xlogy", "remainder", "floor_divide", "erfinv", "erfcx", "ndtri", "log_ndtr", "entr",
    "polygamma", "digamma", "lgamma", "igamma", "igammac", "i1e", "i0e", "i1", "i0",
}  # fmt: skip
SCALARS = [n for n, p in table.items() if p.scalar is not None and not p.variadic and n != "pow"]


def close(a, b):
    return a == b or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300) or (a != a and b != b)


@pytest.mark.parametrize("name", [n for n in SCALARS if n not in WITHOUT_FORMULA])
def test_scalar_forms(name):
    prim = table[name]
    params = [default for _, default in prim.params]
    compared = 0
    for x in POINTS:
        for y in POINTS[1:6] if len(prim.inputs) == 2 else (None,):
            given = (x,) if y is None else (x, y)
            try:
                expected = float(prim(*given, **dict(zip(dict(prim.params), params, strict=True))))
            except (ArithmeticError, ValueError, TypeError):
                continue
            if not math.isfinite(expected):
                continue
            inputs = [Symbol("xy"[k], v) for k, v in enumerate(given)]
            with np.errstate(all="ignore"):
                found = float(trace_scalar(prim, inputs, params).value)
            assert close(found, expected), (name, given)
            compared += 1
    assert compared


def test_branches_become_where():
    e = trace(lambda x: x if x > 1 else 2.0 * x if x > 0 else 0.0, Symbol("x"))
    assert repr(e) == "where(x > 1, x, where(x > 0, 2 · x, 0))"


def test_what_has_no_formula():
    with pytest.raises(NoFormula, match="no meaning for a single number"):
        trace_scalar(table["matmul"], [Symbol("x"), Symbol("y")], ())
    with pytest.raises(NoFormula):
        trace_forward(table["sigmoid"], [Symbol("x", np.ones(3))], ())
    with pytest.raises(NoFormula, match="too many branches"):
        trace(lambda x: sum(1.0 for k in range(20) if x > k), Symbol("x"))
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Symbol("x") > 1)


def test_rules_read_as_the_table_has_them():
    g, ans, x = Symbol("g"), Symbol("ans"), Symbol("x")
    (rule,) = trace_rule(table["tanh"], [x], (), [ans], [g])
    assert repr(rule) == "g · (1 − ans·ans)"
    one, two = trace_rule(table["mul"], [x, Symbol("y")], (), [ans], [g])
    assert (repr(one), repr(two)) == ("g · y", "g · x")
    assert trace_rule(table["mul"], [x, x], (), [ans], [g], [False, True])[0] is None


def test_mathematics_of_several_results():
    x = Symbol("X", np.arange(6.0).reshape(3, 2))
    standard, mean, variance = trace_mathematics(table["standardise"], [x], [(0,), 1e-5])
    np.testing.assert_allclose(mean.value, [[2.0, 3.0]])
    np.testing.assert_allclose(variance.value, [[8 / 3, 8 / 3]])
    np.testing.assert_allclose(standard.value.mean(axis=0), 0.0, atol=1e-12)


def test_expressions():
    x, y = Symbol("x", 2.0), Symbol("y", 5.0)
    e = (x + y) * np.exp(-x) / 3.0
    assert e.value == pytest.approx(7.0 * math.exp(-2.0) / 3.0)
    assert [part.name for part in walk(e) if isinstance(part, Symbol)] == ["x", "y"]
    assert e.key == ((x + y) * np.exp(-x) / 3.0).key
    assert e.key != ((y + x) * np.exp(-x) / 3.0).key
    assert substituted(x + y, {y.key: Number(1)}).value == 3.0
    assert isinstance(applied("add", 1.0, x), Apply)
    with pytest.raises(Unknown):
        assert (Symbol("z") + x).value
    with pytest.raises(NotImplementedError, match="no primitive"):
        np.histogram(x)


def test_a_deep_formula_is_computed_without_recursion():
    e = Symbol("x", 1.0)
    for _ in range(5000):
        e = e + 1.0
    assert e.value == 5001.0
