"""A dense network for images of digits, where products of matrices are the work."""

from __future__ import annotations

from ..programs.task import Task
from ..programs.training import peers
from ..workload import Workload

WORKLOADS = [
    Workload(
        "w4.784-512-512-10",
        "784-512-512-10 relu, batch 256, cross entropy, SGD",
        peers(Task((784, 512, 512, 10), "relu", 256, lr=0.1)),
        seconds=0.3,
        memory=True,
    )
]
