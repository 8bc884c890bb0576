"""All seed networks, found by looking: a new file beside the others is a new network."""

from __future__ import annotations

import importlib
from pathlib import Path

from seednet.network import SeedNetwork

_EXAMPLES = Path(__file__).resolve().parent.parent


def networks() -> tuple[SeedNetwork, ...]:
    """Every network of every file ``s<digit>..._<name>.py``, in the articles' order."""
    found: list[SeedNetwork] = []
    for path in sorted(_EXAMPLES.glob("s[0-9]*_*.py")):
        found.extend(importlib.import_module(path.stem).NETWORKS)
    return tuple(found)
