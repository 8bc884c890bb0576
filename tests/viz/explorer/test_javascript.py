"""JavaScript from the table: what is printed, what it computes, and what can't be."""

import json
import math

import pytest

import microgradnn as mg
from microgradnn._late import load_late
from microgradnn._primitive import table
from microgradnn.derive.tracing import NoFormula
from microgradnn.viz.explorer.javascript import backward_javascript, forward_javascript

load_late()
SCALAR = [prim for prim in table.values() if prim.scalar is not None]
WITHOUT = {
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "floor_divide", "i0", "i0e", "i1",
    "i1e", "lgamma", "log_ndtr", "ndtri", "nextafter", "polygamma", "remainder", "round", "sinc",
    "xlogy",
}  # fmt: skip
"""What needs a function that JavaScript has not: such pages show numbers and have no sliders."""


def sources(prim, params=None):
    arity = 5 if prim.variadic else len(prim.inputs)
    values = [default for _, default in prim.params] if params is None else params
    return forward_javascript(prim, values, arity), backward_javascript(prim, values, arity)


def test_textbook_rules_are_printed_as_they_are():
    assert sources(table["tanh"]) == ("(a0)=>Math.tanh(a0)", "(g,v,a0)=>[(g*(1-(v*v)))]")
    assert sources(table["mul"]) == ("(a0,a1)=>(a0*a1)", "(g,v,a0,a1)=>[(g*a1),(g*a0)]")
    assert sources(table["power"], [3]) == (
        "(a0)=>Math.pow(a0,3)",
        "(g,v,a0)=>[(g*(3*Math.pow(a0,2)))]",
    )


@pytest.mark.parametrize("prim", SCALAR, ids=lambda prim: prim.name)
def test_every_scalar_primitive_is_printed_or_says_that_it_cannot_be(prim):
    params = [default for _, default in prim.params]
    params = [1 if p is None else p for p in params]
    if prim.name in WITHOUT:
        with pytest.raises(NoFormula):
            sources(prim, params)
    else:
        forward, backward = sources(prim, params)
        assert "=>" in forward
        assert "=>[" in backward


def test_what_has_no_rule_for_numbers_cannot_be_printed():
    with pytest.raises(NoFormula):
        sources(table["softmax"])


def scalar_cases():
    """Each printable primitive at each of its samples' first elements."""
    for prim in SCALAR:
        if prim.name in WITHOUT:
            continue
        for sample in prim.samples():
            params = [sample.params.get(name, default) for name, default in prim.params]
            if all(x.size for x in sample.inputs):
                yield prim, params, [float(x.reshape(-1)[0]) for x in sample.inputs]


@pytest.mark.peers
def test_the_browser_computes_what_the_engine_computes(browser):
    cases, expected = [], []
    for prim, params, numbers in scalar_cases():
        inputs = [mg.Value(x) for x in numbers]
        result = prim.apply_value(*inputs, *params)
        forward = forward_javascript(prim, params, len(inputs))
        backward = backward_javascript(prim, params, len(inputs))
        cases.append([forward, backward, numbers])
        expected.append((prim.name, numbers, result.data, list(prim.value_vjp(result, 0.7))))
    assert len({name for name, *_ in expected}) > 40
    page = browser.new_page()
    made = page.evaluate(
        """cases => JSON.stringify(cases.map(([f, b, xs]) => {
            const v = eval(f)(...xs);
            return [v, eval(b)(0.7, v, ...xs)].map(x => x);
        }))""",
        cases,
    )
    page.close()
    for (name, numbers, value, given), (v, cs) in zip(expected, json.loads(made), strict=True):
        assert v == pytest.approx(value, rel=1e-14, abs=1e-300), (name, numbers)
        for c, g in zip(cs, given, strict=True):
            if g is not None and math.isfinite(g):
                assert c == pytest.approx(g, rel=1e-13, abs=1e-15), (name, numbers)
