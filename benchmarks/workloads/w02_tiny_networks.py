"""The smallest networks one trains: what a step costs when there is nothing to compute."""

from __future__ import annotations

from ..programs.task import Task
from ..programs.training import peers
from ..workload import Workload

ABSENT = "micrograd 0.1.0 has no sigmoid."


def tiny(*sizes: int) -> Task:
    """Sigmoids throughout, the mean square error, plain SGD, batches of 4."""
    return Task(sizes, "sigmoid", 4, "mse", lr=0.1, activate_last=True)


WORKLOADS = [
    Workload("w2.2-2-1", "2-2-1 sigmoid, batch 4", peers(tiny(2, 2, 1)), absent=ABSENT),
    Workload("w2.3-4-1", "3-4-1 sigmoid, batch 4", peers(tiny(3, 4, 1)), absent=ABSENT),
]
