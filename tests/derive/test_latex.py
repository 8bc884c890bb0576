"""LaTeX and HTML of derivations: well-formed, known commands only, and harmless."""

import random
import re
import xml.etree.ElementTree as ElementTree

import pytest

import microgradnn as mg
from microgradnn.derive.expression import Symbol
from microgradnn.derive.latex import latex_name, latex_of
from microgradnn.derive.mathml import MathmlPrinter
from tests.autograd.expression_graphs import scalar_program, tensor_program
from tests.derive.derivations import attention, batch_norm, chain_rule, cross_entropy
from tests.derive.seed_cases import CASES
from tests.derive.test_seed_networks import derivation_of

# What KaTeX's list of supported functions has, of what may occur.
KATEX = {
    "begin", "end", "frac", "partial", "left", "right", "cdot", "odot", "mathrm", "mathsf", "sum",
    "sqrt", "hat", "sigma", "mu", "exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "max",
    "min", "det", "leq", "geq", "neq", "times", "ldots", "infty", "varnothing", "backslash",
    "wedge", "vee", "sim", "arcsin", "arccos", "arctan", "gamma", "beta", "alpha",
}  # fmt: skip
HOSTILE = ["</script><script>alert(1)</script>", "a&b<c>\"d\"'e'", "x_$y^z", "\\frac{", "100%#"]


def assert_well_formed(latex):
    assert latex.startswith("\\begin{aligned}\n")
    assert latex.endswith("\\end{aligned}\n")
    commands = set(re.findall(r"\\([A-Za-z]+)", latex))
    assert commands <= KATEX, commands - KATEX
    depth = 0
    for token in re.findall(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(token, 0)
        assert depth >= 0
    assert depth == 0
    assert twice_indexed(latex) == []
    assert latex.count("\\left") == latex.count("\\right")
    for row in re.split(r"\\\\(?:\[\dpt\])?\n", latex):
        assert row.count("\\left") == row.count("\\right"), row
        assert row.count("&=") == 1, row


def twice_indexed(latex):
    """Places where something gets a second index or exponent, which TeX refuses."""
    open_at, found = [], []
    ends = {}
    for k, c in enumerate(latex):
        if c == "{" and latex[k - 1] != "\\":
            open_at.append(k)
        elif c == "}" and latex[k - 1] != "\\":
            ends[k] = open_at.pop()
    for k, c in enumerate(latex):
        if c in "_^" and k - 1 in ends and latex[ends[k - 1] - 1] == c != latex[k - 2 : k - 1]:
            found.append(latex[max(0, k - 30) : k + 10])
    return found


def test_a_second_index_is_noticed():
    assert twice_indexed(r"x_{1}_{2}")
    assert twice_indexed(r"{x_{1}}_{2} + x_{1}^{2}") == []


def rows_of(latex):
    body = latex.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}\n")
    return [row.replace("&", "") for row in re.split(r" \\\\(?:\[\dpt\])?\n", body)]


def known():
    loss, made = chain_rule()
    return [mg.derive(loss, list(made.values())), cross_entropy(), batch_norm(), attention()]


def random_derivations(count):
    for seed in range(count):
        program = scalar_program(random.Random(seed))
        leaves = [mg.Value(float(x), label=f"x{k}") for k, x in enumerate(program.leaves)]
        yield mg.derive(program.run(mg, *leaves))
        program = tensor_program(random.Random(seed))
        leaves = [mg.tensor(x, requires_grad=True) for x in program.leaves]
        with mg.record():
            root = program.run(mg, *leaves)
        yield mg.derive(root)


def test_latex_of_what_people_know_is_well_formed():
    for derivation in known():
        assert_well_formed(derivation.latex())


@pytest.mark.parametrize("name", CASES)
def test_latex_of_the_seed_networks_is_well_formed(name):
    derivation = derivation_of(CASES[name]())
    assert_well_formed(derivation.latex())
    ElementTree.fromstring(derivation.html())


def test_latex_and_html_of_random_graphs_are_well_formed():
    for derivation in random_derivations(20):
        assert_well_formed(derivation.latex())
        ElementTree.fromstring(derivation.html())


def test_matplotlib_parses_it():
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("agg")
    loss, made = chain_rule()
    shown = [mg.derive(loss, made["x1"]), *known()[1:], *random_derivations(1)]
    for row in {row for derivation in shown for row in rows_of(derivation.latex())}:
        if len(row) < 400:  # its parser takes seconds for longer ones
            parser.parse(f"${row}$")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_any_characters_are_harmless(name):
    x = mg.Value(2.0, label=name)
    derivation = mg.derive(x * x.tanh())
    assert_well_formed(derivation.latex())
    page = ElementTree.fromstring(derivation.html())
    assert not list(page.iter("script"))
    assert "<script" not in derivation.html()


def test_names_in_latex():
    assert latex_name("y_pred") == r"y_{\mathrm{pred}}"
    assert latex_name("w12") == "w_{12}"
    assert latex_name("fc1") == r"\mathrm{fc}_{1}"
    assert latex_name("theta_0") == r"\theta_{\mathrm{0}}"


def test_formulas_in_latex():
    x, y = Symbol("x"), Symbol("y")
    assert latex_of((x + y) / (x - y)) == r"\frac{x + y}{x - y}"
    assert latex_of((x + y) * x) == r"\left(x + y\right) \cdot x"
    assert latex_of((x * y) ** 2) == r"\left(x \cdot y\right)^{2}"
    assert latex_of(-(x + y)) == r"-\left(x + y\right)"
    assert latex_of(x - (y - x)) == r"x - \left(y - x\right)"


def test_formulas_in_mathml():
    x, y = Symbol("x"), Symbol("y")
    written = MathmlPrinter().write(x / (x - y))
    assert written.startswith("<mfrac>")
    ElementTree.fromstring(f"<math>{written}</math>")


def test_a_notebook_shows_latex_in_dollars_and_mathml():
    derivation = cross_entropy()
    assert derivation._repr_latex_() == f"$$\n{derivation.latex()}$$"
    assert derivation._repr_html_() == derivation.html()
    assert derivation.markdown().startswith("$$\n\\begin{aligned}\n")
    assert "Engine: agrees" in derivation.markdown()
