"""Long chains: y = (y * a) + b, over and over, on one number; time and memory per node.

What recurses over the graph, or walks it more than once, shows here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..workload import Program, Workload, one

LENGTHS = (10_000, 100_000, 1_000_000)
A, B = 0.999, 0.001


def chain(a: Any, b: Any, nodes: int) -> Any:
    """A chain of so many nodes."""
    y = a
    for _ in range(nodes // 2):
        y = y * a + b
    return y


def eager(torch: Any, nodes: int) -> Program:
    """PyTorch or microgradnn, on arrays of float64 of no dimensions."""
    a, b = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (A, B))

    def step() -> Any:
        a.grad = b.grad = None
        y = chain(a, b, nodes)
        y.backward()
        return y

    return Program(step, lambda: [a.grad, b.grad], per=nodes)


def microgradnn(nodes: int) -> Program:
    """Arrays."""
    import microgradnn as mg

    return eager(mg, nodes)


def values(nodes: int) -> Program:
    """Scalars."""
    from microgradnn import Value

    a, b = Value(A), Value(B)

    def step() -> Any:
        a.grad = b.grad = 0.0
        y = chain(a, b, nodes)
        y.backward()
        return y.data

    return Program(step, lambda: [a.grad, b.grad], per=nodes)


def pytorch(nodes: int) -> Program:
    """Eager."""
    import torch

    return eager(torch, nodes)


def autograd(nodes: int) -> Program:
    """HIPS/autograd's ``value_and_grad``."""
    from autograd import value_and_grad

    function = value_and_grad(lambda both: chain(both[0], both[1], nodes))
    grads: Any = None

    def step() -> Any:
        nonlocal grads
        y, grads = function((A, B))
        return y

    return Program(step, lambda: [np.asarray(g) for g in grads], per=nodes)


PEERS: dict[str, Callable[[int], Program]] = {
    "pytorch": pytorch,
    "microgradnn": microgradnn,
    "microgradnn-values": values,
    "autograd": autograd,
}


def workload(nodes: int) -> Workload:
    """One length."""

    def build(peer: str) -> Any:
        return one(lambda: PEERS[peer](nodes))

    # HIPS/autograd takes half a minute and gigabytes for a million nodes.
    peers = [peer for peer in PEERS if nodes < 1_000_000 or peer != "autograd"]
    return Workload(
        f"w10.{nodes}",
        f"A chain of {nodes:,} nodes: time per node",
        {peer: build(peer) for peer in peers},
        checked_steps=1,
        tolerance=1e-9,
        rounds=5 if nodes < 100_000 else 3 if nodes < 1_000_000 else 2,
        memory=True,
        absent="MyGrad and micrograd recurse and fail beyond some thousand nodes; compilers would "
        "be given another program (a loop).",
    )


WORKLOADS = [workload(nodes) for nodes in LENGTHS]
