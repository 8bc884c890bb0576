"""The plugin in projects of their own: each a pytest run in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "gradcheck_project"


def run(folder, code):
    """Run pytest with the plugin alone; return what it printed."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [
        sys.executable, "-m", "pytest", "-p", "microgradnn.testing.pytest_plugin",
        "-p", "no:cacheprovider", "--rootdir", str(folder), "-q",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def project(folder, test):
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (folder / "test_it.py").write_text(
        "import numpy as np, pytest, microgradnn as mg\n"
        "x = mg.tensor([0.5, 2.0], dtype=mg.float64)\n" + test
    )
    return folder


def test_fixture_and_marker_and_summary(tmp_path):
    test = (
        "def test_a(gradcheck):\n    gradcheck(mg.tanh, [x], order=3)\n"
        "@pytest.mark.gradcheck(order=2)\n"
        "def test_b():\n    return (lambda x: x.exp() / x), [x]\n"
    )
    printed = run(project(tmp_path, test), 0)
    assert "2 passed" in printed
    assert "gradient checks: the worst relative errors" in printed
    assert "test_it.py::test_a" in printed
    assert "test_it.py::test_b" in printed


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("def test_a(gradcheck):\n    gradcheck(np.sin, [np.ones(2)], gradient=np.sin)",
         "check_grads: wrong"),
        ("@pytest.mark.gradcheck\ndef test_a():\n    return mg.relu, [x * 0]", "kink here"),
        ("@pytest.mark.gradcheck\ndef test_a():\n    pass", "returned None"),
    ],
)  # fmt: skip
def test_failures_say_why(tmp_path, test, message):
    assert message in run(project(tmp_path, test), 1)


def test_a_session_without_checks_has_no_summary(tmp_path):
    assert "worst relative" not in run(project(tmp_path, "def test_a():\n    pass"), 0)


def test_the_example_project(tmp_path):
    shutil.copytree(PROJECT, tmp_path / "project")
    assert "5 passed" in run(tmp_path / "project", 0)
    source = tmp_path / "project" / "contrastive.py"
    source.write_text(source.read_text().replace("return d_scores @ b,", "return -d_scores @ b,"))
    printed = run(tmp_path / "project", 1)
    assert "check_grads: wrong" in printed
    assert "the worst, argument 0" in printed
