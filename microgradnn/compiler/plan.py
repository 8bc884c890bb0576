"""Where the temporaries of a step lie: which of them share memory, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .passes import Trace
from .record import Instruction, Ref, Storage

ALIGNED = 64
"""Memory of an array begins at a multiple of a cache line."""


@dataclass
class Buffer:
    """A piece of memory that belongs to the step, and what lies in it in turn."""

    size: int
    storages: list[Storage] = field(default_factory=list)
    memory: Any = None

    @property
    def permanent(self) -> bool:
        """Whether it has one tenant only."""
        return len(self.storages) == 1


@dataclass
class Plan:
    """The memory of a step.

    Attributes
    ----------
    buffers : list of Buffer
    places : dict of Storage to Buffer
        Those planned.
    dynamic : set of Storage
        Those that each call makes anew: results, and what comes out of kernels.
    """

    buffers: list[Buffer]
    places: dict[Storage, Buffer]
    dynamic: set[Storage]

    def __str__(self) -> str:
        """A table of the buffers: their sizes, and how many arrays lie in them in turn."""
        lines = [f"{'buffer':>8} {'bytes':>12} {'arrays in turn':>15}"]
        for k, b in enumerate(self.buffers):
            lines.append(f"{f'b{k}':>8} {b.size:>12,} {len(b.storages):>15}")
        lines.append(
            f"{len(self.buffers)} buffers of {self.size:,} bytes in all, which is the peak; the "
            f"{len(self.places)} arrays in them have {self.size_without_reuse:,}. Made anew at "
            f"each call: {len(self.dynamic)}."
        )
        return "\n".join(lines)

    @property
    def size(self) -> int:
        """Bytes in all buffers."""
        return sum(b.size for b in self.buffers)

    @property
    def size_without_reuse(self) -> int:
        """Bytes if each temporary had memory of its own."""
        return sum(_room(s) for s in self.places)


def _room(storage: Storage) -> int:
    return max(1, -(-storage.nbytes // ALIGNED)) * ALIGNED


def make_plan(trace: Trace, returned: set[Storage], reuse: bool = True) -> Plan:
    """Find a place for every temporary.

    Parameters
    ----------
    trace : Trace
    returned : set of Storage
        What callers get: new memory at each call.
    reuse : bool
        Whether memory is given on to others when its tenant is no longer needed.
    """
    dynamic = _dynamic(trace, returned)
    last: dict[Storage, int] = {}
    for k, i in enumerate(trace.instructions):
        for ref in (*i.reads(), *i.out, *i.writes):
            last[ref.storage] = k
    for s in trace.kept:
        last[s] = len(trace.instructions)
    ending: dict[int, list[Storage]] = {}
    for s, k in last.items():
        ending.setdefault(k, []).append(s)
    free: list[Buffer] = []
    plan = Plan([], {}, dynamic)

    def let(storage: Storage) -> None:
        if storage in plan.places or storage in dynamic or not _planned(storage):
            return
        room = _room(storage)
        fitting = [b for b in free if room <= b.size <= 2 * room] if reuse else []
        if fitting and storage not in trace.kept:
            buffer = min(fitting, key=lambda b: b.size)
            free.remove(buffer)
        else:
            buffer = Buffer(room)
            plan.buffers.append(buffer)
        buffer.storages.append(storage)
        plan.places[storage] = buffer

    for k, i in enumerate(trace.instructions):
        done = [s for s in ending.get(k, ()) if s in plan.places]
        early = [s for s in done if _may_be_overwritten(i, s)]
        free += [plan.places[s] for s in early]
        for ref in (*i.out, *i.writes):
            let(ref.storage)
        free += [plan.places[s] for s in done if s not in early]
        free += [
            plan.places[ref.storage]
            for ref in i.out
            if last[ref.storage] == k and ref.storage in plan.places and ref.storage not in done
        ]
    for b in plan.buffers:
        raw = np.empty(b.size + ALIGNED, np.uint8)
        shift = -raw.__array_interface__["data"][0] % ALIGNED
        b.memory = raw[shift : shift + b.size]
    return plan


def _planned(storage: Storage) -> bool:
    return storage.kind == "temporary" or (
        storage.kind == "constant" and storage.before is not None
    )


def _dynamic(trace: Trace, returned: set[Storage]) -> set[Storage]:
    """What has no fixed place: results, the step's arguments, and what kernels return."""
    found = set(returned)
    for i in trace.instructions:
        if i.fresh and i.operation == "call":
            found.update(ref.storage for ref in i.out)
        for ref in i.reads():
            if ref.storage.kind == "argument":
                found.add(ref.storage)
    return found


def _may_be_overwritten(i: Instruction, storage: Storage) -> bool:
    """Whether the result may lie where an operand lies that is not needed any more."""
    if i.operation != "ufunc" or not i.fresh or i.fn.signature is not None or i.kwargs:
        return False
    out = i.out[0]
    for ref in i.reads():
        if ref.storage is storage and not (
            ref.shape == out.shape
            and ref.strides == out.strides
            and ref.dtype.itemsize == out.dtype.itemsize
            and ref.offset == out.offset
        ):
            return False
    return True


def array_at(plan: Plan, ref: Ref) -> Any:
    """The array object for a part of a planned storage."""
    memory = plan.places[ref.storage].memory
    return np.ndarray(ref.shape, ref.dtype, memory, ref.offset, ref.strides)
