"""Write ``docs/numpy.md``: every NumPy and SciPy function that works on Tensors, and by what rule.

It comes from the table of primitives and the list of compositions. ``python .ci/write_numpy.py``
writes it; with ``--check`` it exits with 1 and a diff if it is not up to date.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]

import numpy as np  # noqa: E402
import scipy.special  # noqa: E402
from stale_files import update  # noqa: E402
from write_derivatives import formula  # noqa: E402

import microgradnn.nn.functional  # noqa: E402, F401  (enters late chapters)
from microgradnn import numpy_functions  # noqa: E402, F401
from microgradnn import scipy as ours  # noqa: E402
from microgradnn._late import load_late  # noqa: E402
from microgradnn._numpy_protocols import compositions  # noqa: E402
from microgradnn._primitive import answers, table  # noqa: E402
from microgradnn.numpy_functions import scipy_special  # noqa: E402, F401
from microgradnn.numpy_functions.registry import detached  # noqa: E402

INTRODUCTION = """\
# NumPy's functions on Tensors

Written by `.ci/write_numpy.py`. NumPy asks the classes of its arguments: each function below keeps
the graph when it is called on a Tensor, with NumPy's arguments and NumPy's results (`axis`, a
biased `std`, ...). Derivatives of any order, in both modes, follow.

- A function that is a **primitive** is one record of the table, with its rule (see
  [every derivative rule](derivatives.md)).
- A **composition** is made of primitives, in one function of `microgradnn/numpy_functions/`; it has
  no rule of its own.
- A function that is **not differentiable** (positions, truth values, counts) is computed on the
  plain arrays; its result is outside the graph.
- Every other function of NumPy raises `NotImplementedError`, which says so: never a result without
  its gradient. The transforms of `np.fft` are among them until there are complex Tensors.
  `np.array`, `np.asarray`, `out=` and `array[i] = tensor` raise and say the remedy. `np.full` does
  not ask its fill value's class: use `np.full_like` or `mg.full`.

SciPy's ufuncs (`scipy.special.gammaln`) work in the same way. Its other functions make plain arrays
of what they are given, which raises; their differentiable forms are in `microgradnn.scipy`.
"""


def names() -> dict[Any, str]:
    """What NumPy and SciPy call their functions; the shortest name of each."""
    found: dict[Any, str] = {}
    places = (
        ("np.", np), ("np.linalg.", np.linalg), ("np.fft.", np.fft),
        ("scipy.special.", scipy.special),
    )  # fmt: skip
    for prefix, where in places:
        for name, function in sorted(vars(where).items(), key=lambda pair: (len(pair[0]), pair[0])):
            if callable(function) and not inspect.isclass(function) and not name.startswith("_"):
                try:
                    found.setdefault(function, prefix + name)
                except TypeError:
                    continue
    return found


def _first_line(function: Any) -> str:
    return (inspect.getdoc(function) or "").split("\n")[0]


def _primitive_row(name: str, prim: Any) -> str:
    lines = [prim.mathematics, *(f"d{x} = {formula(rule)}" for x, rule in prim.rules.items())]
    formulas = "<br>".join(f"`{line}`".replace("|", "\\|") for line in lines)
    return f"| `{name}` | primitive [{prim.name}](derivatives.md#{prim.name}) | {formulas} |"


def page() -> str:
    """The text of the page."""
    known = names()
    rows: dict[str, str] = {}
    outside: list[str] = []
    for function, prim in answers.items():
        if function in known and function not in compositions:
            name = known[function]
            if prim.rules:
                rows[name] = _primitive_row(name, prim)
            else:
                outside.append(name)
    for function, answer in compositions.items():
        name = known.get(function)
        if name is None:
            continue
        if function in detached or (function in answers and not answers[function].rules):
            outside.append(name)
        elif function in answers and not name.startswith("scipy"):
            rows[name] = _primitive_row(name, answers[function])
        elif _first_line(answer).startswith("The primitive ``"):
            rows[name] = _primitive_row(name, table[_first_line(answer).split("``")[1]])
        else:
            module = answer.__module__.rpartition(".")[2]
            rows[name] = f"| `{name}` | composition in `{module}` | {_first_line(answer)} |"
    blocks = [INTRODUCTION]
    head = "| Function | By | What |\n|---|---|---|"
    for title, prefix in (("NumPy", "np."), ("SciPy's ufuncs", "scipy.")):
        chosen = [rows[name] for name in sorted(rows) if name.startswith(prefix)]
        blocks.append(f"## {title}: {len(chosen)} functions\n\n{head}\n" + "\n".join(chosen) + "\n")
    blocks.append("## `microgradnn.scipy`\n")
    for module in (ours.special, ours.linalg, ours.signal, ours.stats):
        public = [n for n, x in vars(module).items() if _is_own(module, n, x)]
        names_here = ", ".join(f"`{name}`" for name in sorted(public))
        blocks.append(f"- `{module.__name__.rpartition('.')[2]}`: {names_here}")
    blocks.append("\n## Not differentiable\n")
    blocks.append(", ".join(f"`{name}`" for name in sorted(set(outside))) + "\n")
    return "\n".join(blocks)


def _is_own(module: Any, name: str, x: Any) -> bool:
    if name.startswith("_") or inspect.isclass(x) or inspect.ismodule(x):
        return False
    return (
        getattr(x, "__module__", None) == module.__name__
        or hasattr(x, "logpdf")
        or hasattr(x, "logpmf")
    )


load_late()
PAGES: dict[Path, Callable[[], str]] = {ROOT / "docs" / "numpy.md": page}

if __name__ == "__main__":
    sys.exit(update(PAGES, sys.argv, __doc__))
