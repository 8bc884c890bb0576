"""Timing of one program in this process, and the memory that the process takes."""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def processor_seconds() -> float:
    """CPU time of this process, its threads, and its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def repeat(step: Callable[[], Any], times: int, collector: bool) -> tuple[float, float]:
    """Wall and CPU seconds of one step, from the mean over some in a row."""
    if not collector:
        gc.disable()
    try:
        steps = range(times)
        cpu, wall = processor_seconds(), time.perf_counter()
        for _ in steps:
            step()
        wall, cpu = time.perf_counter() - wall, processor_seconds() - cpu
    finally:
        gc.enable()
    return wall / times, cpu / times


def first_time(
    step: Callable[[], Any], seconds: float, collector: bool
) -> tuple[int, tuple[float, float]]:
    """How many steps take about so many seconds, at least one, and what one of them took."""
    times = 1
    while True:
        found = repeat(step, times, collector)
        if found[0] * times > seconds / 8:
            break
        times *= 4
    wanted = max(1, round(seconds / found[0]))
    return wanted, found if wanted == times else repeat(step, wanted, collector)


def use_cores(count: int) -> None:
    """Keep every thread of this process, and those to come, on the first cores it may use."""
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = set(sorted(os.sched_getaffinity(0))[:count])
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), cores)


def forget_peak() -> None:
    """Let the peak begin at what is held now, where the system can (Linux)."""
    gc.collect()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_bytes() -> int:
    """The most memory that was resident at once.

    ``ru_maxrss``; on Linux from the same counter in ``/proc``, since ``ru_maxrss`` begins there at
    the peak of the process that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
