"""How a stub is spelled: imports, signatures and docstrings, in the layout of ``ruff format``."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Collection
from inspect import Parameter
from typing import Any

from microgradnn._numpy_names import ABSENT, NUMPY_NAMES

WIDTH = 100
"""Characters in a line."""


class Imports:
    """The imports that a stub needs, collected while its annotations are written.

    Parameters
    ----------
    package : str
        What the stub is part of: its modules are imported relatively.
    shadowed : collection of str
        Names that mean something else inside the stub, such as a method called ``float``.
    """

    def __init__(self, package: str, shadowed: Collection[str]) -> None:
        self._package = package
        self._shadowed = shadowed
        self._builtins = False
        self._names: set[tuple[str, str, bool]] = set()

    def add(self, module: str, *names: str, public: bool = False) -> None:
        """Ask for names of a module; public ones are exported again."""
        module = self.relative(module)
        for name in names:
            if public:
                self._names.discard((module, name, False))
            if (module, name, True) not in self._names:
                self._names.add((module, name, public))

    def relative(self, module: str) -> str:
        """A module of the package as ``._tensor``; others as they are."""
        if module != self._package and not module.startswith(self._package + "."):
            return module
        return "." + module.removeprefix(self._package).removeprefix(".")

    def annotation(self, text: Any, scope: dict[str, Any]) -> str:
        """An annotation as the stub spells it, the names in it imported.

        Raises
        ------
        LookupError
            If it names something that is not in ``scope``.
        """
        if text is inspect.Signature.empty:
            return "Any"
        tree = ast.parse(str(text), mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = self._name(node.id, scope)
        return ast.unparse(tree)

    def _name(self, name: str, scope: dict[str, Any]) -> str:
        found = scope.get(name, getattr(builtins, name, None))
        if found is not None and found is getattr(builtins, name, None):
            if name not in self._shadowed:
                return name
            self._builtins = True
            return f"builtins.{name}"
        if isinstance(found, types.ModuleType):
            self.add(found.__name__.rpartition(".")[0], name)
        elif found is Any:
            self.add("typing", name)
        elif hasattr(found, "__module__") and getattr(found, "__name__", "") == name:
            self.add(found.__module__, name)
        elif found is not None and hasattr(sys.modules[f"{self._package}._typing"], name):
            self.add(f"{self._package}._typing", name)  # an alias
        else:
            raise LookupError(f"a stub can't import the annotation {name!r}: {found!r}")
        return name

    def lines(self) -> list[str]:
        """The import statements, in ruff's order."""
        blocks: dict[bool, list[str]] = {False: ["import builtins"] * self._builtins, True: []}
        for module in sorted({module for module, _, _ in self._names}, key=_module_order):
            names = {n: public for m, n, public in self._names if m == module}
            private = sorted((n for n in names if not names[n]), key=_name_order)
            public = [n for n in names if names[n]]
            # One statement for the private names, which stands where the first of them belongs.
            first = sorted([*public, *private[:1]], key=_name_order)
            blocks[module.startswith(".")] += [
                f"from {module} import {f'{n} as {n}' if names[n] else ', '.join(private)}"
                for n in first
            ]
        between = [""] if blocks[False] and blocks[True] else []
        return [*blocks[False], *between, *blocks[True]]


def _module_order(module: str) -> tuple[bool, bool, list[Any]]:
    return module.startswith("."), module != ".", _natural(module)


def _name_order(name: str) -> tuple[int, list[Any]]:
    """Constants, then classes, then the rest; each in the order of a dictionary."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, _natural(name.lower())


def _natural(name: str) -> list[Any]:
    """A key that puts int8 before int16."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def summary(thing: Any) -> str:
    """The first sentence of a docstring."""
    doc = inspect.getdoc(thing) or ""
    return " ".join(doc.split("\n\n")[0].split())


def definition(
    name: str, parameters: list[str], returns: str, doc: str, depth: int, remark: str = ""
) -> list[str]:
    """A function in a stub, broken as ruff would at ``depth`` columns of indentation.

    Parameters
    ----------
    name : str
    parameters : list of str
        Each with its annotation and default.
    returns : str
    doc : str
        May be empty.
    depth : int
    remark : str
        A comment behind the first line.
    """
    head, end = f"def {name}(", f") -> {returns}:" + ("" if doc else " ...")
    lines = [f"{head}{', '.join(parameters)}{end}"]
    if depth + len(lines[0]) > WIDTH:
        lines = [head, "    " + ", ".join(parameters), end]
        if depth + len(lines[1]) > WIDTH:
            lines = [head, *(f"    {p}," for p in parameters), end]
    lines[0] += f"  # {remark}" if remark else ""
    if doc:
        lines.append(f'    """{doc}"""')
    return [" " * depth + line for line in lines]


def numpy_names(f: Any) -> tuple[str, ...]:
    """NumPy's names of arguments that a function takes beside its own: ``axis``, ``keepdims``."""
    while not hasattr(f, "numpy_names") and hasattr(f, "__wrapped__"):
        f = f.__wrapped__
    return tuple(getattr(f, "numpy_names", ()))


def signatures(f: Any) -> list[inspect.Signature]:
    """How a function may be called: in PyTorch's names, and in NumPy's where they differ.

    A name of an optional parameter is one more parameter. That of a required one makes another
    signature, in which what follows is given by name.
    """
    plain = inspect.signature(f)
    names = {new: NUMPY_NAMES[new] for new in numpy_names(f)}
    given = list(plain.parameters.values())
    optional = {
        n for n, old in names.items() if plain.parameters[old].default is not Parameter.empty
    }
    more = [
        plain.parameters[names[n]].replace(name=n, kind=Parameter.KEYWORD_ONLY, default=ABSENT)
        for n in names
        if n in optional
    ]
    found = [plain.replace(parameters=[*given, *more])]
    for new in names.keys() - optional:
        where = [p.name for p in given].index(names[new])
        rest = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in given[where:]]
        rest[0] = rest[0].replace(name=new)
        found.append(plain.replace(parameters=[*given[:where], *rest, *more]))
    return found


def parameters(
    f: Callable[..., Any], imports: Imports, method: bool, signature: inspect.Signature
) -> tuple[list[str], str]:
    """The parameters and the result of a function, as a stub spells them.

    As a method, its first parameter is called self.
    """
    scope: dict[str, Any] = getattr(inspect.unwrap(f), "__globals__", {})
    out: list[str] = []
    for k, p in enumerate(signature.parameters.values()):
        if method and k == 0:
            out.append("self")
            continue
        if p.kind is p.KEYWORD_ONLY and not any(word.startswith("*") for word in out):
            out.append("*")
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        text = f"{stars}{p.name}: {imports.annotation(p.annotation, scope)}"
        out.append(text if p.default is p.empty else f"{text} = {_default(p.default)}")
    return out, imports.annotation(signature.return_annotation, scope)


def _default(x: Any) -> str:
    simple = x is None or isinstance(x, bool | int | float | str) or x == ()
    return repr(x).replace("'", '"') if simple else "..."


def function(f: Callable[..., Any], name: str, imports: Imports, method: bool = False) -> list[str]:
    """A function or method: its overloads, if there are some or several ways to call it."""
    lines: list[str] = []
    variants = [(v, s) for v in typing.get_overloads(f) or [f] for s in signatures(v)]
    overloads = len(variants) > 1
    depth = 4 if method else 0
    for k, (variant, signature) in enumerate(variants):
        given, returns = parameters(variant, imports, method, signature)
        if method and name.endswith("_") and name[0] != "_" and returns == "Tensor":
            imports.add("typing", "Self")
            returns = "Self"  # an in-place method returns what it was called on
        if overloads:
            imports.add("typing", "overload")
            lines.append(" " * depth + "@overload")
        lines += definition(name, given, returns, "" if k else summary(f), depth)
    return lines
