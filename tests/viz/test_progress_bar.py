"""``progress``: a bar at a terminal, silence elsewhere, the loss beside it."""

import io
import sys

import pytest

import microgradnn as mg
from microgradnn.viz.charts import MissingPackage


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_bar_with_the_loss_at_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = mg.viz.progress([10, 20, 30], "training")
    seen = []
    for batch in bar:
        seen.append(batch)
        bar.log(loss=mg.tensor(-0.23456789))
    assert seen == [10, 20, 30]
    assert len(bar) == 3
    text = sys.stderr.getvalue()
    assert "training" in text
    assert "3/3" in text
    assert "loss −0.2346" in text


def test_silent_when_not_at_a_terminal_and_without_tqdm(monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    bar = mg.viz.progress(iter("ab"))
    out = []
    for item in bar:
        bar.log(loss=1.0)
        out.append(item)
    assert out == ["a", "b"]
    assert capfd.readouterr() == ("", "")
    with pytest.raises(MissingPackage, match=r"viz.progress needs tqdm.*microgradnn\[demo\]"):
        mg.viz.progress(range(3), show=True)


def test_the_bar_is_closed_when_the_loop_ends_early(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = mg.viz.progress(range(100))
    for k in bar:
        if k == 5:
            break
    del k
    import gc

    gc.collect()
    assert bar._bar.n <= 6
    assert sys.stderr.getvalue().endswith("\n") or bar._bar.disable
