"""`History`: what is noted, the chart, the files, the line of a terminal, the notebook's output."""

import csv
import io
import math
import sys
import types

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.viz import history as history_file
from microgradnn.viz import live
from microgradnn.viz.charts import MissingPackage


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class PlainTerminal(Terminal):
    encoding = "ascii"


@pytest.fixture
def no_matplotlib(monkeypatch):
    for name in [n for n in sys.modules if n.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def test_numbers_of_every_kind_are_kept_as_floats():
    h = mg.viz.History(live=False)
    h.log(loss=mg.tensor(2.5, requires_grad=True), accuracy=np.float32(0.5))
    h.log(loss=mg.Value(1.5), at=10)
    h.log(accuracy=1)
    assert h["loss"] == [2.5, 1.5]
    assert h["accuracy"] == [0.5, 1.0]
    assert h.steps == [1.0, 10.0, 11.0]
    assert h.series("accuracy") == ([1.0, 11.0], [0.5, 1.0])
    assert h.last == {"loss": 1.5, "accuracy": 1.0}
    assert h.names == ["loss", "accuracy"]
    assert len(h) == 3
    assert all(type(x) is float for x in h["accuracy"] + h.steps)


def test_what_is_no_number_is_refused_and_nothing_is_noted():
    h = mg.viz.History(live=False)
    with pytest.raises(TypeError, match=r"loss is a Tensor of shape \(2,\), not one number"):
        h.log(accuracy=1.0, loss=mg.ones(2))
    assert (len(h), h.names, h.steps) == (0, [], [])
    with pytest.raises(TypeError, match="not one number"):
        h.log(loss=1.0, at="late")
    assert (len(h), h.names, h.steps) == (0, [], [])
    with pytest.raises(KeyError, match=r"'loss' has not been logged"):
        h["loss"]


def test_gradient_norm_and_learning_rates_are_noted_by_themselves():
    w = mg.tensor([0.0, 0.0], requires_grad=True)
    b = mg.tensor(0.0, requires_grad=True)
    v = mg.Value(0.0)
    (w * mg.tensor([2.0, 3.0])).sum().backward()
    (b * 6.0).backward()
    assert mg.viz.gradient_norm([w, b]) == 7.0  # sqrt(4 + 9 + 36)
    v.grad = 24.0
    assert mg.viz.gradient_norm([w, b, v]) == 25.0
    assert mg.viz.gradient_norm([mg.ones(2, requires_grad=True)]) == 0.0
    groups = [{"params": [w]}, {"params": [b], "lr": 0.5}]
    h = mg.viz.History([w, b], mg.optim.SGD(groups, lr=0.1), live=False)
    h.log(loss=1.0)
    assert h.last == {"loss": 1.0, "grad_norm": 7.0, "lr_0": 0.1, "lr_1": 0.5}


def test_csv_has_every_digit_and_empty_cells(tmp_path):
    h = mg.viz.History(live=False, step="epoch")
    h.log(loss=1 / 3)
    h.log(**{'odd, "name"': math.nan})
    h.save(tmp_path / "run.csv")
    rows = list(csv.reader((tmp_path / "run.csv").read_text().splitlines()))
    assert rows == [
        ["epoch", "loss", 'odd, "name"'],
        ["1.0", repr(1 / 3), ""],
        ["2.0", "", "nan"],
    ]


def test_files_are_pictures_and_an_old_one_stays_when_it_fails(tmp_path):
    h = mg.viz.History(live=False)
    for k in range(5):
        h.log(train_loss=10.0**-k, val_loss=1.0, accuracy=k / 5)
    h.save(tmp_path / "a.png")
    h.save(tmp_path / "a.svg")
    assert (tmp_path / "a.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    svg = (tmp_path / "a.svg").read_bytes()
    assert b"<svg" in svg
    h.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes() == svg
    with pytest.raises(ValueError, match="png, svg, pdf"):
        h.save(tmp_path / "a.jpg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.svg"]


def test_panels_lines_and_axes_of_the_chart():
    h = mg.viz.History(live=False)
    for k in range(1, 6):
        h.log(train_loss=10.0**-k, val_loss=20.0**-k, accuracy=k / 5, lr_0=0.1, lr_1=0.2)
    panels = h.plot().figure.axes
    assert [p.get_title(loc="left") for p in panels] == ["loss", "accuracy", "lr"]
    assert [t.get_text() for t in panels[0].get_legend().get_texts()] == ["train", "val"]
    assert [p.get_yscale() for p in panels] == ["log", "linear", "linear"]
    x, y = panels[0].lines[0].get_data()
    assert list(x) == [1, 2, 3, 4, 5]
    assert list(y) == h["train_loss"]
    styles = {(line.get_color(), line.get_linestyle()) for line in panels[0].lines}
    assert len(styles) == 2
    assert [p.get_title(loc="left") for p in h.plot(["accuracy"]).figure.axes] == ["accuracy"]


def test_a_loss_that_becomes_nan_is_marked_where_it_does():
    h = mg.viz.History(live=False)
    for loss in (3.0, 2.0, math.nan, math.nan):
        h.log(loss=loss)
    (axes,) = h.plot().figure.axes
    assert [t.get_text() for t in axes.texts] == ["NaN"]
    assert axes.texts[0].xy[0] == 3.0
    assert "NaN" in h.line()


def test_names_with_markup_do_no_harm():
    h = mg.viz.History(live=False, step="<i>")
    name = "--><script>alert(1)</script>$\\frac$"
    h.log(**{name: 1.0})
    assert "<script>" not in h._repr_html_()
    assert "<script>" not in h._table()
    assert "&lt;script&gt;" in h._table()


def test_without_matplotlib_the_error_names_the_extra_and_html_is_a_table(no_matplotlib):
    h = mg.viz.History(live=False)
    h.log(loss=0.5)
    with pytest.raises(MissingPackage, match=r"viz.History.plot needs matplotlib.*microgradnn\["):
        h.plot()
    assert "<td>0.5</td>" in h._repr_html_()


def test_the_line_of_a_terminal_is_written_over(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(live.Live, "seconds", 0.0)
    with mg.viz.History() as h:
        h.log(loss=100.25)
        h.log(loss=1.0)
    text = terminal.getvalue()
    assert text.endswith("\n")
    lines = text.rstrip("\n").split("\r")
    assert lines[1].startswith("step 1  loss 100.2")
    assert lines[-1].rstrip() == "step 2  loss 1  █▁"
    assert len(lines[2]) >= len(lines[1])  # nothing of the old line is left
    assert all(len(line) < 60 for line in lines)
    h.log(loss=2.0)  # closed: nothing more is shown
    assert terminal.getvalue() == text


def test_a_terminal_without_unicode_gets_none(monkeypatch):
    terminal = PlainTerminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    h = mg.viz.History()
    h.log(loss=-1.0)
    h.close()
    terminal.getvalue().encode("ascii")
    assert "loss -1" in terminal.getvalue()


def test_it_is_silent_where_nobody_looks(monkeypatch, capfd):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with mg.viz.History() as h:
        h.log(loss=1.0)
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", None)
    with mg.viz.History() as h:
        h.log(loss=1.0)
    assert capfd.readouterr().out == ""


def test_it_is_not_drawn_more_often_than_the_eye_sees(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: clock[0])
    terminal = Terminal()
    display = live.TerminalLine(terminal)
    h = mg.viz.History(live=False)
    for _ in range(100):
        h.log(loss=1.0)
        display.update(h)
        clock[0] += 0.01
    assert 8 <= terminal.getvalue().count("\r") <= 12


def test_a_notebook_has_one_output_that_is_updated(monkeypatch):
    shown = []

    class Handle:
        def update(self, content, raw):
            shown.append(("update", content))

    def display(content, raw, display_id):
        shown.append(("new", content))
        return Handle()

    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    displays = types.ModuleType("IPython.display")
    displays.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", displays)
    with mg.viz.History() as h:
        h.log(loss=1.0)
        h.log(loss=0.5)
    assert [kind for kind, _ in shown] == ["new", "update"]
    assert shown[-1][1]["text/html"].startswith("<svg")
    assert "loss 0.5" in shown[-1][1]["text/plain"]


def test_sparkline_shows_the_whole_run():
    assert live.sparkline([5.0] * 4, 10) == "▁▁▁▁"
    assert live.sparkline(range(100), 4) == "▁▃▆█"
    assert live.sparkline([1.0, math.nan, 2.0], 10) == "▁!█"
    assert live.sparkline([1.0, 2.0], 3) == ""
    assert live.sparkline([math.inf], 8) == ""


def test_panels_by_role():
    panels = history_file._panels(["train_loss", "val/loss", "loss", "lr_0", "lr_1", "testament"])
    assert panels == {
        "loss": ["train_loss", "val/loss", "loss"],
        "lr": ["lr_0", "lr_1"],
        "testament": ["testament"],
    }
