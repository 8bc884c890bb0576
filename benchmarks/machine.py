"""What the figures were taken on: processor, system, versions. No names, no paths."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from .peers import PEERS


def processor() -> str:
    """The processor's model, if the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def version(distribution: str) -> str:
    """The version installed; ours may run from its source tree."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        if distribution != "microgradnn":
            raise
        import microgradnn

        return microgradnn.__version__


def describe(peers: set[str], threads: int) -> dict[str, Any]:
    """For the head of the results."""
    distributions = {PEERS[peer].distribution for peer in peers} | {"numpy"}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "threads": threads,
        "load": load,
        "versions": {name: version(name) for name in sorted(distributions - {""})},
    }
