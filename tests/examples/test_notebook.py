"""The notebook: its cells run from first to last, and what they show is what its text says."""

import ast
import contextlib
import io
import json
import linecache
import re
from pathlib import Path

import pytest

NOTEBOOK = json.loads(
    (Path(__file__).resolve().parents[2] / "examples" / "backpropagation.ipynb").read_text("utf-8")
)
CELLS = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def shown(value):
    """What a notebook shows of a cell's last expression: HTML, or SVG, or text."""
    if value is None:
        return ""
    for method in ("_repr_html_", "_repr_mimebundle_"):
        if hasattr(value, method):
            return str(getattr(value, method)())
    return repr(value)


def run(cell, number, scope):
    source = "".join(cell["source"])
    name = f"<cell {number}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, name, "exec"), scope)
        made = eval(compile(ast.Expression(last.value), name, "eval"), scope) if last else None
    return printed.getvalue() + shown(made)


@pytest.fixture(scope="module")
def notebook():
    """The names that it leaves, and what each cell printed and showed."""
    scope = {"__name__": "__main__"}
    return scope, [run(cell, number, scope) for number, cell in enumerate(CELLS)]


def cell_with(words, outputs):
    (found,) = (k for k, cell in enumerate(CELLS) if words in "".join(cell["source"]))
    return outputs[found]


def test_it_is_kept_without_outputs():
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in CELLS)


def test_the_class_by_hand_and_the_engine_agree(notebook):
    _, outputs = notebook
    by_hand = cell_with("class Number", outputs)
    assert "L = 16.0, dL/da = -24.0, dL/db = 16.0, dL/dc = 8.0" in by_hand
    assert "<svg" in cell_with("mg.viz.draw(loss)", outputs)


def test_the_page_and_the_derivation_are_shown(notebook):
    _, outputs = notebook
    assert "<iframe" in cell_with("mg.viz.explore(", outputs)
    assert "0.0214695" in cell_with('mg.derive(loss, weights["w1"])', outputs)
    assert cell_with("numpy_code()", outputs).count("d_h1 * ") == 3


def test_the_mistake_in_the_derivation_is_found(notebook):
    scope, _ = notebook
    assert not scope["report"].ok
    assert "h1" in str(scope["report"].first)


def test_the_network_learns_and_knows_strangers(notebook):
    scope, _ = notebook
    assert scope["losses"][-1] < 0.05 * scope["losses"][0]
    assert scope["emily"] > 0.8
    assert scope["frank"] < 0.2


def test_what_goes_wrong_does_so_as_the_text_says(notebook):
    scope, outputs = notebook
    vanishing = scope["vanishing"]
    assert 3e7 < vanishing[-1] / vanishing[0] < 3e8
    assert vanishing == sorted(vanishing)
    assert "zero_grad" in cell_with("warnings.simplefilter", outputs)
    anomaly = scope["anomaly"]
    assert (anomaly.operation, anomaly.made) == ("sqrt", "NaN")
    assert re.search(r"roots = x\.sqrt\(\)", str(anomaly))
