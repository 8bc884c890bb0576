"""Whom we measure: what each peer is called, and what its process imports."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """A library, or a way of using one."""

    title: str
    modules: tuple[str, ...]
    distribution: str
    programs: tuple[str, ...] = ()
    """Programs outside Python that it needs: one of them must be there."""


PEERS = {
    "microgradnn": Peer("microgradnn", ("microgradnn",), "microgradnn"),
    "microgradnn-compiled": Peer(
        "microgradnn, compiled", ("microgradnn", "microgradnn.compiler"), "microgradnn"
    ),
    "microgradnn-values": Peer("microgradnn, `Value`s", ("microgradnn",), "microgradnn"),
    "numpy": Peer("NumPy by hand", ("numpy",), "numpy"),
    # Its optimizers import the compiler when they are first made: not memory of the step.
    "pytorch": Peer("PyTorch eager", ("torch", "torch._dynamo"), "torch"),
    "torch.compile": Peer(
        "torch.compile", ("torch", "torch._dynamo"), "torch", ("g++", "clang++", "c++")
    ),
    "jax.jit": Peer("jax.jit", ("jax", "jax.numpy"), "jax"),
    "autograd": Peer("HIPS/autograd", ("autograd", "autograd.numpy"), "autograd"),
    "mygrad": Peer("MyGrad", ("mygrad",), "mygrad"),
    "micrograd": Peer("micrograd", ("micrograd.engine", "micrograd.nn"), "micrograd"),
    "python": Peer("Python alone", (), ""),
}


def missing(names: set[str]) -> list[str]:
    """What the peers named need and this environment has not."""
    lacking = []
    for name in sorted(names):
        peer = PEERS[name]
        if peer.modules and importlib.util.find_spec(peer.modules[0].partition(".")[0]) is None:
            lacking.append(f"{name} needs the package {peer.distribution!r}")
        if peer.programs and not any(shutil.which(program) for program in peer.programs):
            lacking.append(f"{name} needs a C++ compiler ({' or '.join(peer.programs)})")
    return lacking
