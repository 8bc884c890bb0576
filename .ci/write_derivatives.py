"""Write ``docs/derivatives.md``, every derivative rule on one page, and the README's list of them.

Both come from the table of primitives. ``python .ci/write_derivatives.py`` writes them; with
``--check`` it exits with 1 and a diff if they are not up to date.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import textwrap
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]

from stale_files import update  # noqa: E402

from microgradnn import rules  # noqa: E402
from microgradnn._primitive import Primitive, rule_arguments, table  # noqa: E402

rules.load_late()

INTRODUCTION = """\
# Every derivative rule on one page

Written by `.ci/write_derivatives.py` from the table of primitives (`microgradnn/rules/`), where
each operation is one record and each formula below is a line of code that runs.

The first line of an entry says what the operation computes. The other lines are its
*vector-Jacobian products*: from `g`, the gradient of the loss by the result `ans`, each makes the
gradient of the loss by one input. `dx` stands for the gradient by `x`, `dy` for that by `y`, and so
on. An operation with several results has a `g_` for each of them. `x_shape` is the shape of `x`.

What every rule needs is done once, in the engine, and is in none of them: a gradient is summed over
the axes along which an input was broadcast and cast to the input's dtype; gradients that arrive on
several paths are added up; what nobody asked for is not computed. Rules are written in operations
that have rules themselves, so differentiating a rule gives the second derivative, and so on.

An operation is *linear* in all its inputs together, *multilinear* (linear in each), *elementwise*
(each element of the result depends on one element of each input), or none of these.
"""


def chapters() -> dict[types.ModuleType, list[Primitive]]:
    """The modules of rules in reading order, and the primitives that each defines.

    Raises
    ------
    LookupError
        If a primitive is defined elsewhere.
    """
    imports = [n for n in _tree(rules).body if isinstance(n, ast.ImportFrom)]
    order = [alias.name for n in imports for alias in n.names if alias.asname]
    order += rules.LATE
    found: dict[types.ModuleType, list[Primitive]] = {}
    for module in (getattr(rules, name) for name in order):
        found[module] = [prim for prim in table.values() if prim.chapter == module.__name__]
    missing = set(table) - {prim.name for prims in found.values() for prim in prims}
    if missing:
        raise LookupError(f"defined outside of microgradnn.rules: {', '.join(sorted(missing))}")
    return found


@functools.cache
def _tree(module: types.ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def formula(rule: Callable[..., Any]) -> str:
    """The source of a rule on one line: a lambda's body, or the call of a function with a name."""
    if rule.__name__ != "<lambda>":
        return f"{rule.__name__}({', '.join(rule_arguments(rule))})"
    module = sys.modules[rule.__module__]
    places = [(line, column) for line, _, column, _ in rule.__code__.co_positions() if column]
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Lambda):
            body = node.body
            begin, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
            parameters = tuple(a.arg for a in node.args.args)
            if parameters == rule_arguments(rule) and all(begin <= p <= end for p in places):
                return ast.unparse(body)
    raise LookupError(f"no lambda at {rule.__code__.co_filename}:{rule.__code__.co_firstlineno}")


def functions_used(rule: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions of ``microgradnn.rules`` that a rule is or calls, itself first."""
    found = [rule]
    for f in found:  # grows while it is walked
        used = [f.__globals__.get(name) for name in f.__code__.co_names]
        here = [x for x in used if isinstance(x, types.FunctionType) and x not in found]
        found += [x for x in here if x.__module__.startswith(rules.__name__)]
    return found if rule.__name__ != "<lambda>" else found[1:]


def entry(prim: Primitive) -> str:
    """One operation: what it computes, its rules, remarks."""
    results = ", ".join(prim.outputs) if prim.single or len(prim.outputs) > 1 else "parts"
    lines = [f"{results} = {prim.mathematics}"]
    lines += [f"d{name} = {formula(rule)}" for name, rule in prim.rules.items()]
    constant = [f"`{name}`" for name in prim.inputs if name not in prim.rules]
    remarks = [f"*{prim.kind.capitalize()}.*"] if prim.kind and prim.rules else []
    if prim.rules and constant:
        remarks.append(f"Not differentiable by {', '.join(constant)}.")
    remarks.append(prim.doc or ("" if prim.rules else "Not differentiable."))
    code = "\n".join(textwrap.fill(line, 96, subsequent_indent="    ") for line in lines)
    return f"### {prim.name}\n\n```text\n{code}\n```\n\n{' '.join(filter(None, remarks))}\n"


def page() -> str:
    """The text of the page."""
    found = chapters()
    blocks = [INTRODUCTION]
    for module, prims in found.items():
        names = ", ".join(f"[{prim.name}](#{prim.name})" for prim in prims)
        blocks.append(f"- {_title(module)}: {names}")
    blocks.append("")
    shown: set[Callable[..., Any]] = set()
    for module, prims in found.items():
        blocks.append(f"## {_title(module)}\n")
        blocks += [entry(prim) for prim in prims]
        used = dict.fromkeys(
            f for prim in prims for rule in prim.rules.values() for f in functions_used(rule)
        )
        new = [f for f in used if f not in shown]
        shown.update(new)
        if new:
            blocks.append("The functions that these rules use:\n\n```text")
            blocks.append("\n\n".join(textwrap.dedent(inspect.getsource(f)).rstrip() for f in new))
            blocks.append("```\n")
    return "\n".join(blocks).rstrip() + "\n"


def readme() -> str:
    """The README with the first chapters' rules: those that fit on a line."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = []
    for chapter, prims in chapters().items():
        if chapter.__name__.rpartition(".")[2] not in README_CHAPTERS:
            continue
        for prim in prims:
            formulas = [f"d{x} = {formula(rule)}" for x, rule in prim.rules.items()]
            line = f"{prim.name:11} {prim.mathematics:22} {',  '.join(formulas)}"
            fits = len(line) <= 100 and len(prim.name) <= 11 and len(prim.mathematics) <= 22
            if formulas and fits and "= _" not in line:
                lines.append(line)
    return f"{before}{BEGIN}\n```\n" + "\n".join(lines) + f"\n```\n{END}{after}"


def _title(module: types.ModuleType) -> str:
    doc = inspect.getdoc(module) or ""
    return doc.split("\n")[0].split(":")[0].rstrip(".")


README_CHAPTERS = ("elementwise", "activations", "reductions", "shapes", "linear_systems")
BEGIN = "<!-- the rules, written by .ci/write_derivatives.py -->"
END = "<!-- end of the rules -->"
PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "derivatives.md": page,
    ROOT / "README.md": readme,
}

if __name__ == "__main__":
    sys.exit(update(PAGES, sys.argv, __doc__))
