"""The gradient function that articles write by hand, generated."""

from __future__ import annotations

from typing import Literal

from .adjoints import Equation
from .code import CodePrinter
from .equations import Equations
from .expression import Apply, symbols_of

Style = Literal["adjoints", "factors"]


def function_text(system: Equations, style: Style, name: str = "gradients") -> str:
    """A module with one function: from leaves and constants to the root and its derivatives.

    Parameters
    ----------
    system : Equations
    style : {"adjoints", "factors"}
    name : str
        What the function is called.

    Returns
    -------
    str
    """
    printer = CodePrinter(system.program.is_array)
    book = system.book
    root = system.root
    forward = _forward_lines(system, printer)
    if style == "factors":
        from .factor_code import factor_lines

        backward, results = factor_lines(system, printer)
    else:
        backward, results = _adjoint_lines(system, printer)
    arguments = ", ".join(v.name for v in system.arguments)
    comment = {
        "adjoints": f"# backward: d_a is the derivative of {root.name} by a",
        "factors": "# backward: d_a_d_b is the derivative of a by b",
    }[style]
    returned = ", ".join(f"{n!r}: {value}" for n, value in results.items())
    body = [
        "# forward",
        *forward,
        comment,
        *backward,
        f"return {root.name}, {{{returned}}}",
    ]
    helpers = "".join(f"\n\n{source}\n" for source in printer.helpers.values())
    module = "numpy as np" if system.program.is_array else "math"
    imports = "\n".join(sorted({f"import {module}", *printer.imports}, key=_import_order))
    legend = [f"# {n} is {label}" for n, label in book.legend.items() if n in arguments.split(", ")]
    doc = f'"""{root.name}, and its derivatives by {_listed(list(results))}."""'
    lines = [*legend, doc, *body]
    text = "\n".join(f"    {line}" for line in lines)
    return f"{imports}\n{helpers}\n\ndef {name}({arguments}):\n{text}\n"


def _forward_lines(system: Equations, printer: CodePrinter) -> list[str]:
    """``a = ...`` for each definition; several results of one operation in one line."""
    lines = []
    done: set[str] = set()
    for v in system.definitions:
        e = v.formula
        if e is None or v.name in done:
            continue
        if isinstance(e, Apply) and e.output is not None:
            twins = {
                other.formula.output: other.name for other in system.definitions
                if isinstance(other.formula, Apply)
                and other.formula.output is not None
                and rebuilt_whole(other.formula).key == rebuilt_whole(e).key
            }  # fmt: skip
            if len(twins) > 1:
                count = max(len(e.prim.outputs), max(twins) + 1)
                targets = ", ".join(twins.get(k, "_") for k in range(count))
                lines.append(f"{targets} = {printer.write(rebuilt_whole(e))}")
                done.update(twins.values())
                continue
        lines.append(f"{v.name} = {printer.write(e)}")
    return lines


def rebuilt_whole(e: Apply) -> Apply:
    """All results of an operation instead of one."""
    return Apply(e.prim, e.args, e.params)


def _import_order(line: str) -> tuple[bool, str]:
    return ("microgradnn" in line, line)


def _listed(names: list[str]) -> str:
    if len(names) > 8:
        return f"{', '.join(names[:7])} and {len(names) - 7} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _adjoint_lines(system: Equations, printer: CodePrinter) -> tuple[list[str], dict[str, str]]:
    """``d_a = ...`` for each equation, and what to return for each wanted variable."""
    lines = []
    wanted = [e for e in system.equations if e.variable.node in system.program.wanted]
    read = {n for e in system.equations for n in symbols_of(e.formula)}
    for e in system.equations:
        if e in wanted or e.symbol.name in read:
            lines.append(f"{e.symbol.name} = {_whole(e, printer)}")
    order = {id(v): k for k, v in enumerate(system.arguments)}
    wanted.sort(key=lambda e: order.get(id(e.variable), len(order)))
    return lines, {e.variable.name: e.symbol.name for e in wanted}


def _whole(e: Equation, printer: CodePrinter) -> str:
    """The formula's code."""
    return str(printer.write(e.formula))
