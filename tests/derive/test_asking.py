"""``derive()``'s arguments, what it says of wrong ones, and files."""

import subprocess
import sys

import numpy as np
import pytest

import microgradnn as mg
from tests.derive.derivations import chain_rule, cross_entropy


def test_by_default_all_leaves_that_are_no_literals():
    x, w = mg.Value(2.0, label="x"), mg.Value(3.0, label="w")
    derivation = mg.derive(2 * w * x + 1)
    assert repr(derivation) == "<derivation of L by x, w>"
    assert derivation.arguments == {"x": 2.0, "w": 3.0}


def test_wrt_takes_what_people_have():
    loss, made = chain_rule()
    layer = mg.nn.Linear(2, 1).double()
    assert repr(mg.derive(loss, made["w1"])) == "<derivation of L by w1>"
    assert repr(mg.derive(loss, [made["w1"], made["h1"]])) == "<derivation of L by w1, h1>"
    assert repr(mg.derive(loss, {"a": made["b3"]})) == "<derivation of L by b3>"
    with mg.record():
        total = layer(mg.tensor(np.ones((3, 2)))).sum()
    assert repr(mg.derive(total, layer)) == "<derivation of L by W, b>"
    assert repr(mg.derive(total, layer.bias, names=layer)) == "<derivation of L by bias>"


def test_names_come_from_the_users_variables():
    first, second = mg.Value(2.0), mg.Value(3.0)
    product = first * second
    names = {"first": first, "second": second, "product": product}
    assert "product = first · second" in str(mg.derive(product, names=names))


def test_an_inner_result_can_be_asked_for():
    loss, made = chain_rule()
    assert "∂L/∂h1 = ∂L/∂y_pred · ∂y_pred/∂h1" in str(mg.derive(loss, made["h1"]))


def test_the_root_by_itself_is_one():
    x = mg.Value(2.0, label="x")
    y = x * x
    assert mg.derive(y, y).function()(x=2.0) == (4.0, {"L": 1.0})


def test_wrong_roots():
    with pytest.raises(TypeError, match="takes a Value or a Tensor: the loss, got float"):
        mg.derive(3.0)
    with pytest.raises(TypeError, match="call it on an input first"):
        mg.derive(mg.nn.Linear(2, 1))
    with pytest.raises(ValueError, match="one number; this Tensor has shape \\(3,\\)"):
        mg.derive(mg.ones(3, requires_grad=True) * 2)
    with pytest.raises(ValueError, match="no graph to derive"):
        mg.derive(mg.tensor(2.0))


def test_a_graph_that_was_not_recorded():
    w = mg.ones(3, requires_grad=True)
    with pytest.raises(ValueError, match=r"with mg.record\(\):"):
        mg.derive((w * 2).sum())


def test_what_the_root_does_not_depend_on():
    x, other = mg.Value(2.0, label="x"), mg.Value(2.0, label="other")
    with pytest.raises(ValueError, match="was not made of other"):
        mg.derive(x * x, other)
    with pytest.raises(TypeError, match="holds a str"):
        mg.derive(x * x, ["x"])


def test_it_can_be_derived_after_backward_has_freed_it():
    derivations = []
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    with mg.record():
        loss = (w.tanh() * w).sum()
    derivations.append(str(mg.derive(loss)))
    loss.backward()
    derivations.append(str(mg.derive(loss)))
    assert derivations[0] == derivations[1]
    assert "agrees" in derivations[1]


def test_nothing_of_the_users_is_changed():
    loss, made = chain_rule()
    loss.backward()
    before = {name: value.grad for name, value in made.items()}
    str(mg.derive(loss))
    assert before == {name: value.grad for name, value in made.items()}


@pytest.mark.parametrize("ending", [".txt", ".md", ".tex", ".html", ".py"])
def test_files(tmp_path, ending):
    derivation = cross_entropy()
    path = tmp_path / f"derivation{ending}"
    derivation.save(path)
    written = path.read_text(encoding="utf-8")
    assert written.endswith("\n")
    expected = {
        ".txt": derivation.text, ".md": derivation.markdown, ".tex": derivation.latex,
        ".html": derivation.html, ".py": derivation.numpy_code,
    }[ending]()  # fmt: skip
    assert written.strip() == expected.strip()


def test_an_ending_that_is_none(tmp_path):
    with pytest.raises(ValueError, match=r"is saved as .txt, .md, .tex, .html, .py; got '.docx'"):
        cross_entropy().save(tmp_path / "derivation.docx")
    assert not list(tmp_path.iterdir())


def test_it_is_imported_when_it_is_first_called():
    program = (
        "import sys, microgradnn as mg; assert 'microgradnn.derive' not in sys.modules; "
        "x = mg.Value(2.0, label='x'); mg.derive(x * x); import microgradnn.derive.text; "
        "print(mg.derive(x * x).agrees)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert out.stdout == "True\n", out.stderr


def test_a_large_graph_of_values_is_no_problem():
    x = mg.Value(0.5, label="x")
    y = x
    for _ in range(400):
        y = (y * 1.01).sin()
    derivation = mg.derive(y)
    assert "da stands for" in str(derivation)
    assert derivation.agrees


def test_a_weight_that_is_used_a_thousand_times_is_no_problem():
    w = mg.Value(0.5, label="w")
    total = sum((w * (0.01 * k) for k in range(1000)), mg.Value(0.0, label="start"))
    derivation = mg.derive(total, w)
    assert "agrees" in str(derivation)
    _, found = derivation.function()(**derivation.arguments)
    assert found["w"] == pytest.approx(4995)
