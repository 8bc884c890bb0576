"""Every workload by name, in the order of their numbers; each file is one of them."""

from __future__ import annotations

from ..workload import Workload
from . import (
    w01_scalar_demo,
    w02_tiny_networks,
    w03_tanh_network,
    w04_large_network,
    w05_convolution,
    w06_gpt,
    w07_lstm,
    w08_operations,
    w10_chains,
    w11_import,
    w12_scaling,
)

_FILES = (
    w01_scalar_demo,
    w02_tiny_networks,
    w03_tanh_network,
    w04_large_network,
    w05_convolution,
    w06_gpt,
    w07_lstm,
    w08_operations,
    w10_chains,
    w11_import,
    w12_scaling,
)

WORKLOADS: dict[str, Workload] = {
    workload.name: workload for file in _FILES for workload in file.WORKLOADS
}
