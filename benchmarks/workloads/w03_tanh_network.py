"""A small network, where calling and computing cost alike."""

from __future__ import annotations

from ..programs.task import Task
from ..programs.training import peers
from ..workload import Workload

WORKLOADS = [
    Workload(
        "w3.64-64-64-10",
        "64-64-64-10 tanh, batch 32, cross entropy, SGD with momentum",
        peers(Task((64, 64, 64, 10), "tanh", 32, lr=0.01, momentum=0.9)),
    )
]
