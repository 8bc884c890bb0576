"""What derivations look like: S2d to the letter, and the formulas that people know by heart."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.viz.user_text import columns
from tests.derive.derivations import (
    attention,
    batch_norm,
    chain_rule,
    cross_entropy,
    cross_entropy_by_hand,
)

S2D = """\
∂L/∂w1    with  L      = (target − y_pred)²      = 0.226866
                y_pred = σ(w5·h1 + w6·h2 + b3)   = 0.523695
                h1     = σ(w1·x1 + w2·x2 + b1)   = 0.0474259

∂L/∂w1 = ∂L/∂y_pred · ∂y_pred/∂h1 · ∂h1/∂w1

∂L/∂y_pred  = −2 · (target − y_pred)               square, minus
            = −2 · (1 − 0.523695)                = −0.952610
∂y_pred/∂h1 = w5 · y_pred · (1 − y_pred)           sigmoid, times
            = 1 · 0.523695 · (1 − 0.523695)      =  0.249439
∂h1/∂w1     = x1 · h1 · (1 − h1)                   sigmoid, times
            = (−2) · 0.0474259 · (1 − 0.0474259) = −0.0903533

∂L/∂w1 = (−0.952610) · 0.249439 · (−0.0903533) = 0.0214695
Engine: 0.02146953526581111 (agrees). Rounded for print, multiplied in full precision."""

CROSS_ENTROPY = """\
∂L/∂W, ∂L/∂b    with  N = 3                        numbers in the mean
                      Z = X @ W + b                (3, 3)
                      P = softmax(Z)               (3, 3)
                      Y = one_hot(t)               (3, 3)
                      L = −sum(log(P[n, t])) / N   = 1.58922
dA stands for ∂L/∂A and has the shape of A.

dZ = (P − Y) / N           (3, 3)   quotient, sum, picking, log softmax
dW = Xᵀ @ dZ               (2, 3)   matrix product
db = dZ summed over rows   (3,)

dZ = [[−0.0926   0.0486   0.0440]
      [ 0.0949   0.1103  −0.2052]
      [ 0.2909  −0.3231   0.0322]]
dW = [[0.7801  −0.9208  0.1407]
      [0.0108  −0.3362  0.3254]]
db = [0.2932  −0.1642  −0.1290]
"""


def lines(derivation):
    """The lines of a derivation's text, without runs of spaces."""
    return [" ".join(line.split()) for line in str(derivation).splitlines()]


def test_s2d_reads_as_the_article_writes_it():
    loss, made = chain_rule()
    assert str(mg.derive(loss, made["w1"])) == S2D


def test_paths_are_a_sum():
    loss, made = chain_rule()
    text = str(mg.derive(loss, made["x1"]))
    assert "= ∂L/∂y_pred · (∂y_pred/∂h1·∂h1/∂x1 + ∂y_pred/∂h2·∂h2/∂x1)" in text
    assert "= (−0.952610) · (0.249439·0.0451767 + 0.249439·0.0451767) = −0.0214695" in text


def test_a_weight_of_one_stays_a_name():
    loss, made = chain_rule()
    assert "w5 · y_pred · (1 − y_pred)" in str(mg.derive(loss, made["h1"]))


def test_a_direct_path_is_a_partial_derivative_and_the_sum_a_total_one():
    x = mg.Value(2.0, label="x")
    y = x.tanh()
    y.label = "y"
    text = lines(mg.derive(x * y))
    assert "dL/dx = ∂L/∂y·∂y/∂x + ∂L/∂x" in text or "dL/dx = ∂L/∂x + ∂L/∂y·∂y/∂x" in text
    assert "∂L/∂x = y times" in text


def test_more_than_four_paths_become_adjoints():
    x = mg.Value(0.5, label="x")
    y = x
    for k in range(5):  # a tanh keeps its result, so each is a path of its own
        y = y + (x * (k + 1.0)).tanh()
    text = lines(mg.derive(y))
    assert "da stands for ∂L/∂a." in text
    assert "da1 = 1" in text
    assert any(line.startswith("dx = ") for line in text)


def test_where_paths_meet_again_the_factors_are_cut():
    x = mg.Value(0.5, label="x")
    y = x
    for k in range(3):  # eight paths, but two at a time
        y = y.tanh() + y.sin()
        y.label = f"y{k}"
    text = lines(mg.derive(y))
    assert any(line.startswith("∂y2/∂x = (∂y2/∂a3·∂a3/∂y1 + ∂y2/∂y1)") for line in text)


def test_softmax_with_cross_entropy():
    assert str(cross_entropy()).startswith(CROSS_ENTROPY)


def test_softmax_with_cross_entropy_composed_by_hand():
    derivation = cross_entropy_by_hand()
    assert "dZ = (P − Y) / N (3, 3)" in " ".join(str(derivation).split())
    assert "Cancelled, which needs P ≠ 0." in str(derivation)


def test_nothing_is_simplified_if_not_asked():
    derivation = cross_entropy(simplify=False)
    assert "dZ = dA − exp(A) * rowsum(dA)" in str(derivation)
    assert derivation.agrees


def test_batch_norm_has_its_three_terms():
    text = lines(batch_norm())
    expected = "(dX̂ − X̂ * mean(dX̂ * X̂, axis=0) − mean(dX̂, axis=0)) / sqrt(σ² + 1e−5)"
    assert any(line.startswith(f"dX = {expected}") for line in text)
    assert any(line.startswith("X̂ = (X − μ) / sqrt(σ² + 1e−5)") for line in text)
    assert any(line.startswith("dbeta = dS summed over rows") for line in text)


def test_attention():
    text = lines(attention())
    for line in (
        "Z1 = (1/√2) · Q @ Kᵀ (3, 3)",
        "dV = Pᵀ @ dZ2 (3, 2) matrix product",
        "dP = dZ2 @ Vᵀ (3, 3) matrix product",
        "dZ1 = P * (dP − rowsum(dP * P)) (3, 3) softmax",
    ):
        assert any(found.endswith(line) for found in text), line
    assert "dQ = (1/√2) · dZ1 @ K (3, 2) matrix product, times" in text
    assert "dK = (1/√2) · dZ1ᵀ @ Q (3, 2) matrix product, transpose" in text


def test_what_an_activation_does_at_its_kink_is_said():
    x = mg.Value(0.5, label="x")
    assert "relu: At the kink, 0, the derivative is taken as 0." in str(mg.derive(x.relu() * 2))


def test_a_zero_that_happens_to_be_one_stays_in_the_formula():
    a, b = mg.Value(0.0, label="a"), mg.Value(3.0, label="b")
    assert "∂L/∂b = a" in str(mg.derive(a * b, b))


@pytest.mark.parametrize("width", [88])
def test_lines_fit(width):
    loss, made = chain_rule()
    texts = [mg.derive(loss, list(made.values())), cross_entropy(), batch_norm(), attention()]
    for derivation in texts:
        assert max(map(columns, str(derivation).splitlines())) <= width


def test_large_arrays_show_what_they_lie_between():
    w = mg.tensor(np.ones((40, 30)), requires_grad=True)
    with mg.record():
        loss = (w * w).sum()
    text = str(mg.derive(loss, names={"W": w}))
    assert "dW = 2 · W" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 88


def test_long_names_get_an_alias_and_a_legend():
    x = mg.Value(2.0, label="the activation of the first hidden neuron")
    text = str(mg.derive(x * x))
    assert "x stands for the activation of the first hidden neuron" in text
    layer = mg.nn.Linear(2, 1).double()
    with mg.record():
        loss = layer(mg.tensor(np.ones((3, 2)))).sum()
    text = str(mg.derive(loss, names={"fc1": layer}))
    assert "W_fc1 stands for fc1.weight" in text


def test_an_operator_in_a_name_takes_brackets():
    x = mg.Value(2.0, label="x")
    product = x * 3.0
    product.label = "w1·x1"
    assert "∂L/∂(w1·x1)" in str(mg.derive(product.tanh() * product, x))


def test_a_single_number_among_arrays_is_shown():
    w = mg.tensor(0.5, requires_grad=True)
    c = mg.tensor([10.0, -2.0])
    with mg.record():
        loss = ((c * w) ** 2).sum()
    text = str(mg.derive(loss, names={"w": w, "c": c}))
    (line,) = (line for line in text.splitlines() if line.startswith("dw = "))
    assert "= 104 " in f"{line} ", text  # 2 * 0.5 * (100 + 4)
