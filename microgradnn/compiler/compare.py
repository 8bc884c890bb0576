"""Two traces of one step must be the same: what differs is a number that changes unseen."""

from __future__ import annotations

from typing import Any

import numpy as np

from .capture import Capture
from .errors import Untraceable
from .record import Instruction, Ref


def compare(first: Capture, second: Capture) -> None:
    """Raise if a replay of the second trace would not do what the step does.

    Raises
    ------
    Untraceable
        If the traces differ in more than the numbers in cells, arguments and what lives on.
    """
    ours, theirs = first.tracer.instructions, second.tracer.instructions
    for a, b in zip(ours, theirs, strict=False):
        if a.operation != b.operation or a.name() != b.name():
            raise _other(f"does {a.name()} at one call, {b.name()} at the next", b)
        difference = _difference((a.args, a.kwargs, a.out), (b.args, b.kwargs, b.out))
        if difference:
            raise _other(difference, b)
    if len(ours) != len(theirs):
        longer = ours if len(ours) > len(theirs) else theirs
        extra = longer[min(len(ours), len(theirs))]
        raise _other(f"does {extra.name()} at one call only", extra)
    for mine, yours in zip(first.tracer.storages, second.tracer.storages, strict=True):
        if mine.kind == "constant" and mine.owner is yours.owner:
            yours.shared = bool(yours.owner.flags.writeable) and not yours.written


def _other(what: str, instruction: Instruction) -> Untraceable:
    line = f"\n  at {instruction.line}" if instruction.line else ""
    return Untraceable(
        f"a compiled step must do the same at each call, but this one {what}: a replay would be "
        "wrong. Give what changes as a Tensor argument of the step (or keep it in a Tensor that is "
        f"changed in place), or say compile(..., fullgraph=False) to run it uncompiled.{line}",
    )


def _difference(a: Any, b: Any) -> str:
    if a.__class__ is not b.__class__:
        return f"has {a!r} at one call, {b!r} at the next"
    if a.__class__ is Ref:
        return _difference_of_arrays(a, b)
    if a.__class__ in (tuple, list):
        if len(a) != len(b):
            return f"has {len(a)} operands at one call, {len(b)} at the next"
        return next((d for d in map(_difference, a, b) if d), "")
    if a.__class__ is dict:
        return _difference(tuple(a.items()), tuple(b.items()))
    if a.__class__ is slice:
        return _difference((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if a.__class__ in (int, float, str, bool) or isinstance(a, np.generic):
        return "" if a == b or a != a else f"has the number {a!r} at one call, {b!r} at the next"
    return ""


def _difference_of_arrays(a: Ref, b: Ref) -> str:
    s, t = a.storage, b.storage
    if a[1:] != b[1:] or s.kind != t.kind:
        return f"has an array of shape {a.shape} at one call, of {b.shape} at the next"
    if s.kind in ("temporary", "argument", "cell"):
        return "" if s.number == t.number else "takes another array at each call"
    if s.owner is t.owner:
        return ""
    if s.kind == "external":
        return (
            f"takes another Tensor of shape {a.shape} at each call, which was made outside of it "
            "or by the call before"
        )
    x, y = (s.before, t.before) if s.before is not None else (s.owner, t.owner)
    if x is None or y is None or x.shape != y.shape:
        return f"has an array of shape {a.shape} at one call, of {b.shape} at the next"
    if not np.array_equal(x, y, equal_nan=x.dtype.kind == "f"):
        return f"has other numbers in an array of shape {a.shape} at each call ({_sample(x, y)})"
    return ""


def _sample(x: Any, y: Any) -> str:
    k = int(np.argmax(x.ravel() != y.ravel()))
    return f"{x.ravel()[k]} and {y.ravel()[k]}, for example"
