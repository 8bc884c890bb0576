"""Simplification: what becomes shorter, what is left alone, and that values never change."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._primitive import table
from microgradnn.derive import adjoints, partials
from microgradnn.derive.expression import Number, Symbol, applied
from microgradnn.derive.simplify import simplify
from microgradnn.derive.tracing import trace_rule
from tests.derive.derivations import chain_rule, cross_entropy

X, Y = Symbol("x", 3.0), Symbol("y", 0.7)
A = Symbol("A", np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]))
B = Symbol("B", np.array([[2.0, -1.0, 0.5], [1.0, 3.0, 2.0]]))
C = Symbol("c", np.array(2.5))


def repeated(x, shape=(2, 3)):
    return applied("expand", x, params=(shape,))


def summed(x, axis=None, keepdims=False):
    return applied("sum", x, params=(axis, keepdims))


SHORTER = {
    "factors of one": (1.0 * X * 1.0, "x"),
    "minus twice": (-applied("neg", X), "x"),
    "a number in front": (X * 2.0 * Y * -1.0, "−2 · x · y"),
    "numbers that cancel": (0.5 * (X * 2.0), "x"),
    "like terms": (X * Y + X * Y, "2 · x · y"),
    "terms that cancel": ((X - Y) - (X - Y), "0"),
    "a square": (1.0 - Y * Y, "1 − y²"),
    "a structural zero": (X + Number(0) * Y, "x"),
    "a positive term first": (-X + Y, "y − x"),
    "transposed twice": (A.mT.mT, "A"),
    "the transpose of a product": ((A.mT @ B).mT, "Bᵀ @ A"),
    "reshaped back": (A.reshape((3, 2)).reshape((2, 3)), "A"),
    "repeated for a product": (repeated(C) * A, "c · A"),
    "a number out of a sum": (summed(repeated(C) * A), "c · sum(A)"),
    "a number out of a matrix product": ((2.0 * A) @ B.mT, "2 · A @ Bᵀ"),
    "a mean": (summed(A, 0, True) / 2.0, "mean(A, axis=0)"),
    "a sum over one element": (summed(summed(A, 0, True), 0), "sum(A, axis=0)"),
    "what all terms share": (A * B - A * repeated(C), "A * (B − c)"),
    "numbers compared": ((Number(2) <= Number(0)) * X + Y, "y"),
}


@pytest.mark.parametrize("what", SHORTER)
def test_what_becomes_shorter(what):
    e, expected = SHORTER[what]
    short = simplify(e, factor=e.ndim > 0)
    assert repr(short) == expected
    np.testing.assert_allclose(short.value, e.value, rtol=1e-14)
    assert short.shape == e.shape


LEFT_ALONE = {
    "a symbol that is one": (Symbol("w", 1.0) * X, "w · x"),
    "a symbol that is zero": (Symbol("w", 0.0) * X + Y, "w·x + y"),
    "the root of a square": (applied("sqrt", X * X), "sqrt(x²)"),
    "equal values": (X - Symbol("z", 3.0), "x − z"),
    "matrix products": (A @ B.mT, "A @ Bᵀ"),
    "a sum over repeated rows": (summed(A, 0), "sum(A, axis=0)"),
    "a quotient, if nobody notes the condition": (X * Y / Y, "x · y / y"),
    "a symbol that is compared": ((X <= 0.0) * X, "(x ≤ 0) · x"),
}


@pytest.mark.parametrize("what", LEFT_ALONE)
def test_what_is_left_alone(what):
    e, expected = LEFT_ALONE[what]
    assert repr(simplify(e)) == expected


def test_cancelling_notes_its_condition_and_needs_it_to_hold():
    conditions = {}
    assert repr(simplify(X * Y / Y, conditions)) == "x"
    assert [repr(e) for e in conditions.values()] == ["y"]
    zero = Symbol("z", 0.0)
    assert repr(simplify(X * zero / zero, {})) == "x · z / z"


@pytest.mark.parametrize("name", [n for n, p in table.items() if p.differentiable and p.single])
def test_rules_keep_their_values(name):
    prim = table[name]
    compared = 0
    for sample in prim.samples():
        params = [sample.params.get(p, default) for p, default in prim.params]
        inputs = [
            None if x is None else Symbol(f"x{k}", np.asarray(x))
            for k, x in enumerate(sample.inputs)
        ]
        out = np.asarray(prim.forward(*sample.inputs, *params))
        if not out.size:
            continue
        g = Symbol("g", np.cos(np.arange(out.size) + 1.0).reshape(out.shape))
        try:
            traced = trace_rule(prim, inputs, params, [Symbol("ans", out)], [g])
        except adjoints.NoFormula:
            continue  # a kernel: it is called by name
        for e in traced:
            if e is None:
                continue
            with np.errstate(all="ignore"):
                short = simplify(e, {}, factor=True)
                scale = np.abs(e.value).max(initial=1.0)
                np.testing.assert_allclose(short.value, e.value, rtol=1e-9, atol=1e-11 * scale)
            assert short.shape == e.shape
            compared += 1
    assert compared or name not in ("mul", "tanh", "matmul", "sum", "softmax", "pad")


@pytest.mark.parametrize("module", [adjoints, partials])
def test_a_wrong_simplification_is_noticed_and_not_shown(monkeypatch, module):
    monkeypatch.setattr(module, "simplify", lambda e, *_, **__: e * 2.0)
    loss, made = chain_rule()
    derivation = mg.derive(loss, made["w1"])
    assert not derivation.agrees
    text = str(derivation)
    assert "= 0.0214695" in text
    assert ("DIFFERS" in text) == (module is partials)  # the adjoints are in the code alone
    _, found = derivation.function()(**derivation.arguments)
    assert found["w1"] == pytest.approx(0.0214695352658)


def test_a_wrong_simplification_of_arrays_is_noticed(monkeypatch):
    monkeypatch.setattr(adjoints, "simplify", lambda e, *_, **__: e + 1.0)
    derivation = cross_entropy()
    assert not derivation.agrees
    assert "DIFFERS" in str(derivation)
