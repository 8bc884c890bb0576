"""What it costs to have a library: the time of its import in a new process, its size on disk."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from ..peers import PEERS
from ..workload import Program, Workload, one

LIBRARIES = {
    "python": "",
    "numpy": "numpy",
    "microgradnn": "microgradnn",
    "pytorch": "torch",
    "jax.jit": "jax",
    "autograd": "autograd.numpy",
    "mygrad": "mygrad",
    "micrograd": "micrograd.engine",
}


def megabytes(peer: str) -> float:
    """All files of the library itself, what it depends on left out; no compiled bytecode."""
    if peer == "python":
        return 0.0
    if peer == "microgradnn":
        # It may run from its source tree, where its distribution lists no files.
        package = importlib.import_module("microgradnn").__file__
        files = Path(package or "").parent.rglob("*")
    else:
        files = (Path(file.locate()) for file in files_of(PEERS[peer].distribution))
    sizes = (f.stat().st_size for f in files if f.is_file() and f.suffix != ".pyc")
    return sum(sizes) / 1e6


def files_of(distribution: str) -> list[metadata.PackagePath]:
    """Those of a distribution, and of the one that carries its compiled part."""
    parts = [distribution, "jaxlib"] if distribution == "jax" else [distribution]
    return [file for part in parts for file in metadata.files(part) or ()]


def importing(peer: str) -> Callable[[], Program]:
    """A new Python that imports the library and ends."""

    def build() -> Program:
        module = LIBRARIES[peer]
        command = [sys.executable, "-c", f"import {module}" if module else "pass"]

        # Installed libraries have their bytecode; a source tree gets it at its first import.
        environment = dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def step() -> None:
            subprocess.run(command, check=True, env=environment)

        return Program(step, facts={"megabytes": megabytes(peer)})

    return build


WORKLOADS = [
    Workload(
        "w11.import",
        "Python started, the library imported, Python ended",
        {peer: one(importing(peer)) for peer in LIBRARIES},
        checked_steps=1,
        seconds=0.01,
        rounds=5,
    )
]
