"""Big graphs folded into groups, so that one sees the whole; nothing is merged, only boxed.

A group holds nodes that no path leaves and enters again, so groups depend on each other as nodes
do, without loops: nodes of one operation at one depth, or, where that leaves too many, everything
between two depths; in graphs of Tensors what a module computed in one go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from .recording import Entry

MOST = 48
"""Groups that one can take in."""


@dataclass
class Group:
    """Some nodes behind one box."""

    name: str
    members: list[int] = field(default_factory=list)


def fold(entries: Sequence[Entry]) -> list[Group]:
    """Groups of all nodes, in an order in which none comes before what it depends on."""
    modules = any(entry.module for entry in entries)
    keys = _by_module(entries) if modules else _by_depth(entries)
    groups: dict[Hashable, Group] = {}
    for k, key in enumerate(keys):
        groups.setdefault(key, Group("")).members.append(k)
    for group in groups.values():
        group.name = _name([entries[k] for k in group.members])
    return list(groups.values())


def _by_depth(entries: Sequence[Entry]) -> list[Hashable]:
    """A key for each node: depth and operation, then ever thicker layers."""
    depths: list[int] = []
    for entry in entries:
        depths.append(1 + max((depths[k] for k in entry.args), default=-1))
    kinds = [
        entry.operation.key if entry.operation is not None else entry.kind for entry in entries
    ]
    keys = _with_leaves(entries, list(zip(depths, kinds, strict=True)))
    thickness = 1
    while len(set(keys)) > MOST:
        thickness *= 2
        keys = _with_leaves(entries, [(d // thickness, "") for d in depths])
    return keys


def _by_module(entries: Sequence[Entry]) -> list[Hashable]:
    """A key for each node: the stretch of the computation that one module did, as deep as fits."""
    deepest = max(entry.module.count(".") + 1 for entry in entries)
    for depth in range(deepest, -1, -1):
        keys: list[Hashable] = []
        stretch, before = 0, None
        for entry in entries:
            if entry.operation is not None:
                module = ".".join(entry.module.split(".")[:depth])
                stretch += module != before
                before = module
            keys.append(stretch)
        keys = _with_leaves(entries, keys, apart=False)
        if len(set(keys)) <= MOST:
            return keys
    return _by_depth(entries)


def _with_leaves(
    entries: Sequence[Entry], keys: list[Hashable], apart: bool = True
) -> list[Hashable]:
    """Leaves stand beside their first use (parameters and inputs apart), or in its group."""
    out = list(keys)
    seen: set[int] = set()
    for k, entry in enumerate(entries):
        for place in entry.args:
            if not entries[place].args and place not in seen:
                seen.add(place)
                out[place] = (keys[k], entries[place].kind) if apart else keys[k]
    return out


def _name(entries: Sequence[Entry]) -> str:
    """What a group is called: its module, its only operation, or what is in it."""
    if len(entries) == 1 and entries[0].name:
        return entries[0].name
    modules = {entry.module for entry in entries if entry.operation is not None}
    if modules and all(modules):
        return _common(sorted(modules))
    counts = Counter(
        entry.operation.prim.name if entry.operation is not None else entry.kind
        for entry in entries
    )
    names = [name for name, _ in counts.most_common(3)]
    return ", ".join(names) + (", …" if len(counts) > 3 else "")


def _common(paths: Sequence[str]) -> str:
    """The module that all of them lie in."""
    first, last = paths[0].split("."), paths[-1].split(".")
    shared = [a for a, b in zip(first, last, strict=False) if a == b]
    return ".".join(shared) or paths[0]
