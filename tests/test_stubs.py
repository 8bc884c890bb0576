"""The stubs say what is there at runtime: every name, and every parameter of every method."""

import ast
import importlib.util
import inspect
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import microgradnn as mg
from microgradnn import _methods
from microgradnn._late import load_late

ROOT = Path(__file__).resolve().parents[1]
METHODS = ast.parse((ROOT / "microgradnn" / "_methods.pyi").read_text(encoding="utf-8"))
NAMESPACE = ast.parse((ROOT / "microgradnn" / "__init__.pyi").read_text(encoding="utf-8"))


def load(name: str) -> types.ModuleType:
    """A module of ``.ci``, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STUB_TEXT = load("stub_text")


def body_of(tree: ast.Module, cls: str) -> list[ast.stmt]:
    (body,) = (n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls)
    return body


def names_in(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements bind."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.ImportFrom):
            yield from (a.asname for a in node.names if a.asname)


def test_the_stubs_are_up_to_date() -> None:
    command = [sys.executable, ".ci/write_stubs.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("cls", "base"), [(mg.Tensor, _methods.TensorMethods), (mg.Value, _methods.ValueMethods)]
)
def test_a_class_has_the_methods_that_type_checkers_see(cls: type, base: type) -> None:
    load_late()
    written: set[str] = set()
    for c in cls.__mro__[: cls.__mro__.index(base)]:
        source = inspect.getsource(sys.modules[c.__module__])
        written |= set(names_in(body_of(ast.parse(source), c.__name__)))
    seen = written | set(names_in(body_of(METHODS, base.__name__)))
    automatic = set(dir(type("Empty", (), {"__slots__": ("__dict__", "__weakref__")})))
    present = {name for c in cls.__mro__[: cls.__mro__.index(base) + 1] for name in vars(c)}
    # Annotated attributes of slots and of `__dict__` need not be there on the class.
    attributes = {n for n in seen if n.startswith("_") and not n.endswith("__")}
    assert present - automatic - seen - {"__slots__", "__annotations__"} == set()
    assert seen - present - attributes == set()


def test_the_namespace_has_the_names_that_type_checkers_see() -> None:
    assert mg.sort  # loads the late chapters
    seen = set(names_in(NAMESPACE.body))
    present = {
        name
        for name, x in vars(mg).items()
        if not name.startswith("_") and not isinstance(x, types.ModuleType)
        if getattr(x, "__module__", "").startswith("microgradnn")
    }
    assert present - seen == set()
    # Submodules are there too; testing and viz are imported when they are asked for.
    lazy = set(mg._LAZY)
    assert {name for name in seen - lazy if not hasattr(mg, name)} == set()
    assert lazy <= seen


def parameters(f: Any) -> list[tuple[str, Any, bool]]:
    """Name, kind and whether there is a default, of all parameters after the first."""
    found = list(inspect.signature(f).parameters.values())[1:]
    return [(p.name, p.kind, p.default is not p.empty) for p in found]


def with_numpy_names(f: Any) -> list[tuple[str, Any, bool]]:
    """The same, and NumPy's names that a function takes beside its own."""
    more = [(n, inspect.Parameter.KEYWORD_ONLY, True) for n in STUB_TEXT.numpy_names(f)]
    return parameters(f) + more


def parameters_in_stub(node: ast.FunctionDef) -> list[tuple[str, Any, bool]]:
    """The same for a method in a stub: compiled, to ask Python."""
    node = ast.FunctionDef(node.name, node.args, [ast.Pass()], [], None, lineno=0, col_offset=0)
    for a in ast.walk(node.args):
        if isinstance(a, ast.arg):
            a.annotation = None
    scope: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(ast.Module([node], [])), "stub", "exec"), scope)
    return parameters(scope[node.name])


STUBBED = [
    node
    for node in body_of(METHODS, "TensorMethods")
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("__")
    if not node.decorator_list
]


@pytest.mark.parametrize("node", STUBBED, ids=[node.name for node in STUBBED])
def test_a_method_takes_the_parameters_that_type_checkers_see(node: ast.FunctionDef) -> None:
    assert parameters_in_stub(node) == with_numpy_names(getattr(mg.Tensor, node.name))


def test_a_stub_that_is_out_of_date_is_shown_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale_files = load("stale_files")
    monkeypatch.setattr(stale_files, "ROOT", tmp_path)
    generator, path = str(tmp_path / "generator.py"), tmp_path / "a.pyi"
    path.write_text("def f(): ...\n")
    files = {path: lambda: "def g(): ...\n"}

    assert stale_files.update(files, [generator, "--check"], "usage") == 1
    out, err = capsys.readouterr()
    assert "-def f(): ...\n+def g(): ...\n" in out
    assert err == "out of date: a.pyi; run: python generator.py\n"
    assert path.read_text() == "def f(): ...\n"

    assert stale_files.update(files, [generator], "usage") == 0
    assert path.read_text() == "def g(): ...\n"
    assert stale_files.update(files, [generator, "--check"], "usage") == 0
    assert stale_files.update(files, [generator, "--chekc"], "usage") == 2
