"""PyTorch programs, untouched, on this engine: ``import torch`` finds microgradnn.

From a shell, a script or a module::

    python -m microgradnn.as_torch train.py --epochs 3
    python -m microgradnn.as_torch -m package.train

In a notebook, before PyTorch would be imported::

    import microgradnn.as_torch
    microgradnn.as_torch.install()

``torch.X.Y`` is ``microgradnn.X.Y``. A name that is not there is an error that says where it was
asked for and which name is nearest; ``docs/torch-names.md`` lists them all.
"""

from __future__ import annotations

import difflib
import importlib
import runpy
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import microgradnn

PAGE = "docs/torch-names.md"
TORCH = "2.13.0"
"""The version of PyTorch whose names these are."""

_OURS = microgradnn.__name__
_HERE = str(Path(__file__).parent)


def where() -> tuple[str, int]:
    """File and line of the innermost caller outside this package and Python's import system."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_HERE, "<frozen importlib")):
            return file, frame.f_lineno
        frame = frame.f_back
    return "<unknown>", 0


def missing(name: str, among: Sequence[str]) -> str:
    """The message for a name of PyTorch's that is not there.

    Parameters
    ----------
    name : str
        In full, ``torch.nn.Linaer``.
    among : sequence of str
        The names that are in the same module.

    Examples
    --------
    >>> from microgradnn.as_torch import missing
    >>> print(missing("torch.zeroes", ["zeros", "ones"]).partition(": ")[2])
    torch.zeroes is not in microgradnn. The nearest name is torch.zeros. docs/...
    """
    module, _, last = name.rpartition(".")
    near = difflib.get_close_matches(last, [n for n in among if not n.startswith("_")], n=1)
    hint = f" The nearest name is {module}.{near[0]}." if near else ""
    file, line = where()
    return (
        f"{file}, line {line}: {name} is not in microgradnn.{hint} {PAGE} lists PyTorch's names "
        "that are."
    )


class _Mirror(types.ModuleType):
    """A module of PyTorch's name whose attributes are those of ours."""

    def __init__(self, name: str, target: types.ModuleType) -> None:
        super().__init__(name, target.__doc__)
        self.__dict__["_target"] = target
        if hasattr(target, "__path__"):
            self.__path__ = target.__path__  # what lies below can be imported
        if name == "torch":
            self.__version__ = f"{TORCH}+microgradnn.{microgradnn.__version__}"

    def __getattr__(self, name: str) -> Any:
        target = self.__dict__["_target"]
        if name.startswith("__"):
            return getattr(target, name)
        try:
            found = getattr(target, name)
        except AttributeError:
            full = f"{self.__name__}.{name}"
            raise AttributeError(missing(full, dir(self)), name=name, obj=self) from None
        if isinstance(found, types.ModuleType) and found.__name__.startswith(f"{_OURS}."):
            return importlib.import_module(f"{self.__name__}.{name}")
        return found

    def __dir__(self) -> list[str]:
        target = self.__dict__["_target"]
        lazy = (*getattr(target, "_LAZY", ()), *getattr(target, "_LAZY_NAMES", ()))
        return sorted({*dir(target), *lazy})


class _Loader(Loader):
    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        ours = _OURS + spec.name.removeprefix("torch")
        return _Mirror(spec.name, importlib.import_module(ours))

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module that it mirrors has been imported."""


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != "torch" and not fullname.startswith("torch."):
            return None
        ours = _OURS + fullname.removeprefix("torch")
        try:
            known = ours in sys.modules or find_spec(ours) is not None
        except ModuleNotFoundError:
            known = False
        if not known:
            parent, _, _ = fullname.rpartition(".")
            names = dir(sys.modules[parent]) if parent in sys.modules else []
            raise ModuleNotFoundError(missing(fullname, names), name=fullname)
        found = sys.modules.get(ours) or importlib.import_module(ours)
        return ModuleSpec(fullname, _Loader(), is_package=hasattr(found, "__path__"))


_finder = _Finder()


def install() -> None:
    """Let ``import torch`` find microgradnn from now on, in this process.

    Raises
    ------
    RuntimeError
        If PyTorch itself has been imported already: a program would get parts of both.
    """
    if _finder in sys.meta_path:
        return
    if "torch" in sys.modules:
        raise RuntimeError(
            "PyTorch itself has been imported already; call microgradnn.as_torch.install() before "
            "anything imports torch"
        )
    sys.meta_path.insert(0, _finder)


def uninstall() -> None:
    """Undo `install`: ``import torch`` finds PyTorch again, if it is there."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    for name in [n for n in sys.modules if n == "torch" or n.startswith("torch.")]:
        if isinstance(sys.modules[name], _Mirror):
            del sys.modules[name]


def main(arguments: list[str]) -> int:
    """Run a script, or a module after ``-m``, with `install`; its other arguments are its own.

    Returns
    -------
    int
        0; 2 if nothing to run was named; 1 for a name that is not there. Other exceptions of the
        program are its own.
    """
    module = arguments[:1] == ["-m"]
    if module:
        arguments = arguments[1:]
    if not arguments or arguments[0].startswith("-"):
        print(
            "usage: python -m microgradnn.as_torch SCRIPT [ARGUMENT ...]\n"
            "       python -m microgradnn.as_torch -m MODULE [ARGUMENT ...]",
            file=sys.stderr,
        )
        return 0 if arguments in (["-h"], ["--help"]) else 2
    program = arguments[0]
    if not module and not Path(program).exists():
        print(f"there is no file {program!r}", file=sys.stderr)
        return 2
    install()
    sys.argv = arguments
    # As Python itself does: a script finds its neighbours, a module those of the current folder.
    sys.path[0] = str(Path.cwd() if module else Path(program).resolve().parent)
    try:
        if module:
            runpy.run_module(program, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(program, run_name="__main__")
    except (AttributeError, ImportError) as error:
        message = str(error)
        if isinstance(error, ImportError) and isinstance(
            sys.modules.get(error.name or ""), _Mirror
        ):
            mirror = sys.modules[error.name or ""]
            name = getattr(error, "name_from", None) or message.split("'")[1]
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            line = f"{trace.tb_frame.f_code.co_filename}, line {trace.tb_lineno}" if trace else ""
            told = missing(f"{mirror.__name__}.{name}", dir(mirror)).partition(": ")[2]
            message = f"{line}: {told}"
        if f"{PAGE} lists" not in message:
            raise
        print(message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # The module that the program may import is the same as this one.
    from microgradnn import as_torch

    sys.exit(as_torch.main(sys.argv[1:]))
