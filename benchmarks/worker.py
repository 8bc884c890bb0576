"""One peer at one workload, in a process of its own, told over a pipe what to do and when.

Started by `conversation.py` as ``python -m benchmarks.worker WORKLOAD PEER THREADS FILE``; reads
and answers lines of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
import warnings
from typing import Any, TextIO

from . import stopwatch
from .peers import PEERS
from .workload import Program, Workload
from .workloads import WORKLOADS


def main() -> None:
    """Build, run the steps that are compared, then time on request."""
    name, peer, threads, file = sys.argv[1:]
    # Libraries may print what they like: our answers have a pipe of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if peer != "torch.compile":
        # Before the import: libraries count the cores then. A compiler may work beside the others.
        stopwatch.use_cores(int(threads))
    workload = WORKLOADS[name]
    started = time.perf_counter()
    for module in PEERS[peer].modules:
        importlib.import_module(module)
    if peer in ("pytorch", "torch.compile"):
        sys.modules["torch"].set_num_threads(int(threads))
    stopwatch.forget_peak()
    baseline = stopwatch.peak_bytes()
    with warnings.catch_warnings():
        # torch.compile and MyGrad warn of their own insides.
        warnings.simplefilter("ignore")
        programs = workload.peers[peer]()
        write_results(workload, programs, file)
        say(answers, {"seconds": time.perf_counter() - started, "facts": facts(programs)})
        serve(answers, workload, programs, int(threads))
    say(answers, {"memory": stopwatch.peak_bytes() - baseline})


def write_results(workload: Workload, programs: Any, file: str) -> None:
    """Run the first steps of each program; what came out goes into a file, to be compared."""
    import numpy as np

    arrays = {}
    for label, program in programs.items():
        losses = [float(as_array(program.step())) for _ in range(workload.checked_steps)]
        arrays[f"{label}: results of the steps"] = np.array(losses)
        for k, array in enumerate(program.state()):
            arrays[f"{label}: array {k} of the state"] = as_array(array)
    np.savez(file, **arrays)


def as_array(value: Any) -> Any:
    """A NumPy array of whatever a library calls an array; nothing is 0."""
    import numpy as np

    if value is None:
        return np.zeros(())
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    # A MyGrad tensor's array is its ``data``.
    return np.asarray(value.data if type(value).__module__.startswith("mygrad") else value)


def facts(programs: dict[str, Program]) -> dict[str, dict[str, float]]:
    """What the programs say of themselves."""
    return {label: program.facts for label, program in programs.items()}


def serve(answers: TextIO, workload: Workload, programs: Any, threads: int) -> None:
    """Time all programs once for each line that comes, until there is none."""
    often: dict[str, int] = {}
    for _ in sys.stdin:
        stopwatch.use_cores(threads)
        gc.collect()
        found = {}
        for label, program in programs.items():
            if label in often:
                wall, cpu = stopwatch.repeat(program.step, often[label], program.collector)
            else:
                often[label], (wall, cpu) = stopwatch.first_time(
                    program.step, workload.seconds, program.collector
                )
            found[label] = [wall / program.per, cpu / program.per]
        say(answers, found)


def say(answers: TextIO, message: Any) -> None:
    """One line of JSON."""
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
