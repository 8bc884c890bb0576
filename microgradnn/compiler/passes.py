"""What makes a trace shorter without changing what it computes.

Constants are folded, equal expressions computed once, copies left out where nobody would notice,
and what nobody reads is not computed. All of it is exact: a replay equals the eager step bit by
bit.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..rules.indexing import put
from .record import Instruction, Ref, Storage, replaced

Instructions = list[Instruction]


class Trace:
    """The instructions of a step, what is to be kept, and where things are.

    Attributes
    ----------
    instructions : list of Instruction
    results : dict of str to Ref
        What is needed after the step.
    arrays : dict of Ref to ndarray
        The arrays of externals, constants and cells.
    names : dict of Ref to str
        What the user calls them.
    """

    def __init__(
        self, instructions: Instructions, kept: dict[str, Ref], arrays: dict[Ref, Any]
    ) -> None:
        self.instructions = instructions
        self.results = kept
        self.arrays = arrays
        self.ones: dict[Any, Ref] = {}
        self.names: dict[Ref, str] = {}

    @property
    def kept(self) -> set[Storage]:
        """The storages of the results."""
        return {ref.storage for ref in self.results.values()}

    def move(self, moves: dict[Storage, tuple[Storage, int]]) -> None:
        """Let storages be parts of others, from an offset on."""
        if not moves:
            return

        def change(leaf: Any) -> Any:
            if leaf.__class__ is Ref:
                while leaf.storage in moves:
                    storage, offset = moves[leaf.storage]
                    leaf = leaf._replace(storage=storage, offset=leaf.offset + offset)
            return leaf

        for i in self.instructions:
            i.args = replaced(i.args, change)
            i.kwargs = replaced(i.kwargs, change)
            i.out = [change(ref) for ref in i.out]
            i.writes = [change(ref) for ref in i.writes]
        self.results = {name: change(ref) for name, ref in self.results.items()}
        self.names = {change(ref): name for ref, name in self.names.items()}


def simplify(trace: Trace) -> None:
    """All of the passes, in an order in which each helps the next."""
    drop_unread(trace)
    fold_constants(trace)
    put_one_in_each_row(trace)
    share_equal(trace)
    leave_out_copies(trace)
    make_in_place(trace)
    drop_unread(trace)
    ask_first(trace)


def drop_unread(trace: Trace) -> None:
    """Leave out what is neither read later nor seen from outside."""
    live = trace.kept
    left: Instructions = []
    for i in reversed(trace.instructions):
        if not (i.has_effect or any(s in live or _outside(s) for s in i.written())) and not (
            i.operation == "view" and any(ref.storage in live for ref in i.out)
        ):
            continue
        left.append(i)
        if i.fresh:
            live.difference_update(ref.storage for ref in i.out)
        live.update(ref.storage for ref in i.reads())
        live.update(ref.storage for ref in i.writes)
    trace.instructions = left[::-1]


def _outside(storage: Storage) -> bool:
    """Whether memory is there before and after the step."""
    return storage.kind == "external"


def fold_constants(trace: Trace) -> None:
    """Keep the results of what depends on constants only."""
    changed = {s for i in trace.instructions if not i.fresh for s in i.written()}
    left: Instructions = []
    for i in trace.instructions:
        storages = [ref.storage for ref in i.out]
        if (
            i.fresh
            and i.operation in ("ufunc", "reduce", "copy", "call", "fill")
            and not i.has_effect
            and not any(s in changed or s in trace.kept for s in storages)
            and all(_constant(ref.storage, changed) for ref in i.reads())
        ):
            for s in storages:
                s.kind = "constant"
        else:
            left.append(i)
    trace.instructions = left


def _constant(storage: Storage, changed: set[Storage]) -> bool:
    return storage.kind == "constant" and not storage.shared and storage not in changed


def put_one_in_each_row(trace: Trace) -> None:
    """Write the numbers that go one into each row of zeros without adding: none meets another.

    This is the gradient of picking one number of each row, as losses of classes do. The sums of
    such rows are the numbers themselves.
    """
    changed = {s for i in trace.instructions if not i.fresh for s in i.written()}
    rows: dict[Storage, Ref] = {}
    left: Instructions = []
    for i in trace.instructions:
        if i.operation == "call" and i.fn is put.forward and _one_in_each_row(trace, i):
            g, index, _ = i.args
            out = i.out[0]
            left.append(
                Instruction("fill", np.zeros_like, (0.0,), {}, [out], line=i.line, phase=i.phase)
            )
            setting = Instruction(
                "call", set_item, (out, index, g), {}, [], fresh=False, writes=[out], line=i.line,
                phase=i.phase,
            )  # fmt: skip
            left.append(setting)
            if out.storage not in changed:
                rows[out.storage] = g
        elif (
            i.operation == "reduce"
            and i.fn is np.add
            and i.fresh
            and i.args[0].storage in rows
            and i.kwargs.get("axis") in (1, -1, (1,))
            and _constant(rows[i.args[0].storage].storage, changed)
            and i.out[0].storage not in changed | trace.kept
        ):
            i.out[0].storage.kind = "constant"
        else:
            left.append(i)
    trace.instructions = left


def _one_in_each_row(trace: Trace, i: Instruction) -> bool:
    g, index, shape = i.args
    if index.__class__ is not tuple or len(index) != 2 or len(shape) != 2:
        return False
    first = index[0]
    if not all(x.__class__ is Ref for x in (g, *index)) or g.shape != (shape[0],):
        return False
    return (
        first.storage.kind == "constant"
        and first.shape == g.shape
        and bool((trace.arrays[first] == np.arange(shape[0])).all())
    )


def set_item(x: Any, index: Any, value: Any) -> None:
    """``x[index] = value``."""
    x[index] = value


def ask_first(trace: Trace) -> None:
    """Move questions, and what they are about, before everything that has an effect.

    If the answer is another one than in the trace, nothing must have happened yet.
    """
    order = trace.instructions
    first: set[int] = set()
    for k, i in enumerate(order):
        if i.operation != "ask":
            continue
        needed = {ref.storage for ref in i.reads()}
        mine = [k]
        for j in range(k - 1, -1, -1):
            if needed.isdisjoint(order[j].written()):
                continue
            mine.append(j)
            needed.update(ref.storage for ref in order[j].reads())
        if not any(
            order[j].has_effect or not (order[j].fresh or order[j].operation == "view")
            for j in mine[1:]
        ):
            first.update(mine)
    trace.instructions = [
        *[i for k, i in enumerate(order) if k in first],
        *[i for k, i in enumerate(order) if k not in first],
    ]


def share_equal(trace: Trace) -> None:
    """Compute an expression once where it is asked for again."""
    versions: defaultdict[Storage, int] = defaultdict(int)
    changed = {s for i in trace.instructions if not i.fresh for s in i.written()} | trace.kept
    known: dict[Any, Instruction] = {}
    moves: dict[Storage, tuple[Storage, int]] = {}
    left: Instructions = []

    def moved(leaf: Any) -> Any:
        if leaf.__class__ is Ref and leaf.storage in moves:
            return leaf._replace(storage=moves[leaf.storage][0])
        return leaf

    for i in trace.instructions:
        if (
            i.fresh
            and i.operation in ("ufunc", "reduce", "copy", "call")
            and not i.has_effect
            and len(i.out) == 1
            and i.out[0].storage not in changed
        ):
            args, kwargs = replaced(i.args, moved), replaced(i.kwargs, moved)
            key = (i.operation, id(i.fn), _frozen((args, kwargs), versions), i.out[0][1:])
            earlier = known.setdefault(key, i)
            if earlier is not i:
                moves[i.out[0].storage] = (earlier.out[0].storage, 0)
                continue
        for s in i.written():
            versions[s] += 1
        left.append(i)
    trace.instructions = left
    trace.move(moves)


def _frozen(tree: Any, versions: Any) -> Any:
    """A key for nested arguments; arrays by what is in them now."""
    kind = tree.__class__
    if kind is Ref:
        return (*tree, versions[tree.storage])
    if kind is tuple or kind is list:
        return (kind, *[_frozen(item, versions) for item in tree])
    if kind is dict:
        return tuple([(name, _frozen(item, versions)) for name, item in tree.items()])
    if kind is slice:
        return ("slice", _frozen((tree.start, tree.stop, tree.step), versions))
    if kind in (int, float, bool, str, type(None)):
        return (kind, repr(tree))
    return id(tree)


def leave_out_copies(trace: Trace) -> None:
    """Let a copy and its source be one array where neither is changed while the other is read."""
    last: dict[Storage, int] = {}
    last_write: dict[Storage, int] = {}
    for k, i in enumerate(trace.instructions):
        for ref in i.reads():
            last[ref.storage] = k
        for s in i.written():
            last[s] = last_write[s] = k
    kept = trace.kept
    for s in kept:
        last[s] = len(trace.instructions)
    moves: dict[Storage, tuple[Storage, int]] = {}
    left: Instructions = []
    for k, i in enumerate(trace.instructions):
        if i.operation == "copy" and i.fresh and i.args[0].__class__ is Ref:
            source, target = i.args[0], i.out[0]
            s, t = source.storage, target.storage
            same = source[1:] == target[1:] and source.dense and target.dense
            if same and s.kind == "temporary" and s not in moves:
                unread = last[s] == k and s not in kept
                unchanged = last_write.get(s, -1) < k and last_write.get(t, k) == k
                if unread or (unchanged and not (s in kept and t in kept)):
                    moves[t] = (s, 0)
                    if t in kept:
                        kept.discard(t)
                        kept.add(s)
                    last[s] = max(last[s], last.get(t, k))
                    last_write[s] = max(last_write.get(s, -1), last_write.get(t, -1))
                    continue
        left.append(i)
    trace.instructions = left
    trace.move(moves)


def _alike(a: Ref, b: Ref) -> bool:
    """Whether two parts of memory are laid out in the same way."""
    return (
        a.shape == b.shape
        and a.dtype is b.dtype
        and all(x == y for x, y, n in zip(a.strides, b.strides, a.shape, strict=True) if n > 1)
    )


def make_in_place(trace: Trace) -> None:
    """Compute results where they are copied to: into parts of larger arrays.

    ``part = x * y; whole[a:b] = part`` becomes ``multiply(x, y, whole[a:b])``, if whole is new
    memory and the part is read nowhere before.
    """
    made: dict[Storage, tuple[int, Instruction]] = {}
    touched: defaultdict[Storage, list[int]] = defaultdict(list)
    for k, i in enumerate(trace.instructions):
        if i.fresh and len(i.out) == 1 and i.operation in ("ufunc", "reduce", "copy"):
            made[i.out[0].storage] = (k, i)
        for ref in (*i.reads(), *i.out, *i.writes):
            touched[ref.storage].append(k)
    moves: dict[Storage, tuple[Storage, int]] = {}
    empties: dict[Storage, Instruction] = {
        i.out[0].storage: i for i in trace.instructions if i.operation == "empty"
    }
    moved_empties: dict[Storage, int] = {}
    left: Instructions = []
    for k, i in enumerate(trace.instructions):
        if i.operation == "copy" and not i.fresh and i.args[0].__class__ is Ref:
            source, target = i.args[0], i.out[0]
            s, t = source.storage, target.storage
            maker = made.get(s)
            if (
                maker is not None
                and t in empties
                and source.dense
                and source.offset == 0
                and _alike(source, target)
                and max(touched[s]) <= k
            ):
                moves[s] = (t, target.offset)
                maker[1].fresh = False
                moved_empties[t] = min(moved_empties.get(t, k), maker[0])
                continue
        left.append(i)
    for t in moved_empties:
        left.remove(empties[t])
        left.insert(0, empties[t])
    trace.instructions = left
    trace.move(moves)
