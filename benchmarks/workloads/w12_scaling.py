"""Cost against width, depth and batch, one at a time; the report fits exponents."""

from __future__ import annotations

from collections.abc import Mapping

from ..programs import training
from ..programs.task import Task
from ..workload import Build, Program, Workload

WIDTHS = (8, 16, 32, 64, 128, 256, 512, 1024)
DEPTHS = (1, 2, 4, 8, 16, 32, 64)
BATCHES = (1, 4, 16, 64, 256, 1024)


def network(width: int, depth: int, batch: int) -> Task:
    """So many hidden tanh layers of one width, between 16 inputs and one output."""
    return Task((16, *[width] * depth, 1), "tanh", batch, "mse", lr=0.001)


SERIES = {
    "width": {width: network(width, 3, 32) for width in WIDTHS},
    "depth": {depth: network(32, depth, 32) for depth in DEPTHS},
    "batch": {batch: network(64, 3, batch) for batch in BATCHES},
}


def workload(name: str, fixed: str) -> Workload:
    """All sizes of one series in one process for each peer."""

    def build(peer: str) -> Build:
        def programs() -> Mapping[str, Program]:
            return {str(n): training.ALL[peer](task) for n, task in SERIES[name].items()}

        return programs

    return Workload(
        f"w12.{name}",
        f"Step of a tanh network against its {name} ({fixed})",
        {peer: build(peer) for peer in ("pytorch", "microgradnn", "numpy", "jax.jit")},
        checked_steps=3,
        seconds=0.05,
        rounds=5,
    )


WORKLOADS = [
    workload("width", "3 hidden layers, batch 32"),
    workload("depth", "width 32, batch 32"),
    workload("batch", "3 hidden layers of 64"),
]
