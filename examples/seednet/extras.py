"""The optional packages of the demo, and what to say where one is missing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

_INSTALLED_AS = {"sklearn": "scikit-learn"}


def missing(needs: Iterable[str]) -> list[str]:
    """Names, as one installs them, of the needed packages that are not there."""
    return [
        _INSTALLED_AS.get(name, name)
        for name in dict.fromkeys(needs)
        if importlib.util.find_spec(name) is None
    ]


def how_to_install(packages: Iterable[str]) -> str:
    """One line that names missing packages and the extra that brings them."""
    names = " and ".join(packages)
    return f"{names} not installed; the demo's extra brings it: pip install 'microgradnn[demo]'"
