"""Measuring one workload: build, compare, then time all peers in turns."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .conversation import Conversation
from .workload import Workload


def measure(workload: Workload, rounds: int, threads: int) -> dict[str, Any]:
    """Times of every peer, round by round, and their peak memory.

    Raises
    ------
    SystemExit
        If a peer fails, or computes something else than the others: nothing is timed then.
    """
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        files = {peer: Path(folder, f"{peer}.npz") for peer in workload.peers}
        processes: dict[str, Conversation] = {}
        try:
            for peer, file in files.items():
                processes[peer] = Conversation(workload.name, peer, threads, file)
            ready = {peer: process.listen() for peer, process in processes.items()}
            difference = largest_difference(workload, files)
            times = in_turns(processes, min(rounds, workload.rounds))
            memory = {peer: process.finish()["memory"] for peer, process in processes.items()}
        finally:
            for process in processes.values():
                process.stop()
    return {
        "title": workload.title,
        "absent": workload.absent,
        "difference": difference,
        "memory": memory if workload.memory else {},
        "build": {peer: answer["seconds"] for peer, answer in ready.items()},
        "facts": {peer: answer["facts"] for peer, answer in ready.items()},
        "times": times,
    }


def in_turns(processes: dict[str, Conversation], rounds: int) -> dict[str, Any]:
    """{label: {peer: [[wall, cpu] of each round]}}; every other round in the opposite order."""
    times: dict[str, Any] = {}
    for k in range(rounds):
        order = list(processes.items())
        for peer, process in order if k % 2 == 0 else reversed(order):
            for label, found in process.time().items():
                times.setdefault(label, {}).setdefault(peer, []).append(found)
    return times


def largest_difference(workload: Workload, files: dict[str, Path]) -> float:
    """How far peers differ, relative to the largest number of each array, at the most.

    The first peer that computes an array is what the others are held to.
    """
    reference: dict[str, tuple[str, Any]] = {}
    worst = 0.0
    for peer, file in files.items():
        with np.load(file) as arrays:
            for name, array in arrays.items():
                first, expected = reference.setdefault(name, (peer, array))
                if array.shape != expected.shape:
                    raise SystemExit(
                        f"{workload.name}, {name}: {peer} has shape {array.shape}, {first} "
                        f"{expected.shape}"
                    )
                scale = np.abs(expected).max(initial=0.0) or 1.0
                found = float(np.abs(array - expected).max(initial=0.0) / scale)
                if not found <= workload.tolerance:
                    raise SystemExit(
                        f"{workload.name}, {name}: {peer} and {first} differ by a relative "
                        f"{found:.1e}, more than {workload.tolerance:.0e}. Nothing is timed"
                    )
                worst = max(worst, found)
    return worst
