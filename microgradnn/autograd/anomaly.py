"""Finding the first operation, forward or backward, that made a NaN or an Inf.

`examine` looks at each operation when it has been computed, `watched` at each step of the backward
pass. What they find is told by ``anomaly_report``. Both are called only in the mode of
``anomaly_mode``.
"""

from __future__ import annotations

import math
import threading
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .._notes import notes_of, users_line
from ..grad_mode import is_anomaly_check_nan_enabled
from ..graph import FREED, Node, Parts, newest_first, refuse_if_changed
from .anomaly_report import AnomalyError, Finding, described
from .function import is_users

Pull = Callable[[Any, Any, tuple[Any, ...]], Iterable[Any]]


class _Inside(threading.local):
    """Whether a rule of the table is running in this thread: its steps are not judged."""

    rule = False


_inside = _Inside()

_sums: weakref.WeakKeyDictionary[Node, list[int]] = weakref.WeakKeyDictionary()
"""Check sums of what nodes have saved."""


def examine(prim: Any, node: Any, out: Any, operands: tuple[Any, ...], params: Any) -> None:
    """Judge an operation that has just been computed.

    Raises
    ------
    AnomalyError
        If it made a NaN or an Inf.
    """
    if node is not None and isinstance(node, Node) and node.saved:
        _sums[node] = [_check_sum(a) for a in _arrays(node.saved)]
    if _inside.rule or not is_anomaly_check_nan_enabled():
        return
    made = _made(_arrays(out), [*_arrays(operands), *_arrays(params)], ())
    if made:
        raise AnomalyError(Finding(made, prim, node, operands, out, params))


def finite_parameters(plan: Iterable[Any]) -> list[bool]:
    """Which parameters of an optimizer's step, as ``step()`` plans it, are finite."""
    return [_is_finite(p) for _, ready, _ in plan for _, p, _ in ready]


def examine_step(name: str, plan: Iterable[Any], before: list[bool]) -> None:
    """Judge a step of an optimizer: `finite_parameters` of before it, and what is now.

    Raises
    ------
    AnomalyError
        If it made a NaN or an Inf of finite parameters and gradients.
    """
    if not is_anomaly_check_nan_enabled():
        return
    steps = [(group, p, g) for group, ready, _ in plan for _, p, g in ready]
    for was_finite, (group, p, g) in zip(before, steps, strict=True):
        if was_finite and _is_finite(g) and not _is_finite(p):
            made = "a NaN" if _has_nan(p) else "an Inf"
            raise AnomalyError(
                f"{name} made {made} in a parameter that was finite, as was its gradient: the "
                f"step was too large (lr={group.get('lr')!r})\n"
                f"  line      {users_line()}\n"
                f"    gradient   {described(g)}\n"
                f"    parameter  {described(p)}, after the step"
            )


def watched(pull: Pull, seeds: Mapping[Any, Any]) -> Pull:
    """``pull`` of a walk, with each of its steps judged.

    Raises
    ------
    AnomalyError
        At once, if what is to be differentiated is NaN already.
    """
    looking = is_anomaly_check_nan_enabled()
    if looking:
        for root, seed in seeds.items():
            _refuse_root(root, seed)
    users: dict[Any, list[Any]] = {}

    def careful(node: Any, g: Any, inputs: tuple[Any, ...]) -> Iterable[Any]:
        _refuse_changed(node, inputs)
        operands = _operands(node)
        before, _inside.rule = _inside.rule, not is_users(node.prim)
        try:
            pulled = list(pull(node, g, inputs))
        except AnomalyError as error:
            error.inside(node)
            raise
        except Exception as error:
            notes = notes_of(node)
            if notes is not None and notes.line:
                error.add_note(f"in the derivative of {node.prim.name}, computed at {notes.line}")
            raise
        finally:
            _inside.rule = before
        if looking and node.inputs and not any(isinstance(c, Parts) for c in pulled):
            made = _made(_arrays(pulled), _arrays(g), [*_arrays(operands), *_arrays(node.params)])
            if made:
                raise _backward_error(made, node, g, operands, pulled, users)
        for u, c in zip(inputs, pulled, strict=True):
            if c is not None:
                users.setdefault(u, []).append(node)
        return pulled

    return careful


def _made(results: Iterable[Any], given: Iterable[Any], beside: Iterable[Any]) -> str:
    """What an operation made: "NaN", "Inf" or nothing.

    A NaN in ``given`` excuses a NaN; anything not finite in ``given`` or ``beside`` an Inf.
    """
    bad = [a for a in results if not _is_finite(a)]
    if not bad:
        return ""
    given = list(given)
    beside = list(beside)
    nan = any(map(_has_nan, bad))
    if nan and not any(map(_has_nan, given)):
        return "NaN"
    if any(map(_has_inf, bad)) and all(map(_is_finite, [*given, *beside])):
        return "Inf"
    return ""


def _backward_error(
    made: str, node: Any, g: Any, operands: tuple[Any, ...], pulled: Any, users: Any
) -> AnomalyError:
    """The error for a derivative; a NaN that its operands had comes from somewhere else."""
    if made == "NaN" and any(map(_has_nan, _arrays(operands))):
        origin = _origin(node)
        if origin is not None:
            return _came_in(origin)
    finding = Finding(made, node.prim, node, operands, pulled, node.params)
    finding.cotangent, finding.backward, finding.users = g, True, users
    return AnomalyError(finding)


def _refuse_root(root: Any, seed: Any) -> None:
    value = _value(root)
    if any(map(_has_nan, _arrays(value))):
        origin = _origin(root)
        if origin is not None:
            raise _came_in(origin)
    if any(map(_has_nan, _arrays(seed))):
        raise AnomalyError(
            "the gradient given to backward() has a NaN: no operation made it", node=root
        )


def _came_in(node: Any) -> AnomalyError:
    operands = _operands(node)
    finding = Finding("NaN", node.prim, node, operands, _value(node), node.params)
    finding.came_in = next(k for k, x in enumerate(operands) if any(map(_has_nan, _arrays(x))))
    return AnomalyError(finding)


def _origin(node: Any) -> Any:
    """The oldest operation below ``node`` that met a NaN."""
    for below in reversed(newest_first([node])):
        if below.inputs and any(map(_has_nan, _arrays(_operands(below)))):
            return below
    return None


def _refuse_changed(node: Any, inputs: tuple[Any, ...]) -> None:
    """Raise if what a node has saved is not what it was."""
    known = _sums.get(node) if isinstance(node, Node) else None
    if known is None or node.saved is FREED:
        return
    arrays = list(_arrays(node.saved))
    changed = [a for a, s in zip(arrays, known, strict=True) if _check_sum(a) != s]
    if not changed:
        return
    refuse_if_changed(node, node.saved, inputs)  # an in-place operation of ours: it says which
    array = changed[0]
    notes = notes_of(node)
    raise RuntimeError(
        f"{node.name()} needs an array (shape {tuple(array.shape)}, {array.dtype}) for the "
        f"gradient that was changed past the Tensor after it was used at "
        f"{notes.line if notes else 'an unknown line'}: by NumPy, through .numpy(), or through the "
        "array that from_numpy() shares. Change a copy: t.detach().clone().numpy()"
    )


def _operands(node: Any) -> tuple[Any, ...]:
    """What an operation was applied to, as far as it is known."""
    if not isinstance(node, Node):
        return tuple([x._data for x in node.inputs])
    if node.notes is not None and node.notes.operands is not None:
        return node.notes.operands
    if node.saved is FREED:
        return ()
    named = dict(zip(node.prim.saves, node.saved, strict=False))
    return tuple([named.get(x) for x in getattr(node.prim, "inputs", ())])


def _value(node: Any) -> Any:
    if not isinstance(node, Node):
        return node._data
    return None if node.notes is None else node.notes.value


def _arrays(thing: Any) -> Iterator[Any]:
    """The arrays and floats in an operand, a result, a cotangent, or several of them."""
    if isinstance(thing, np.ndarray | np.generic | float):
        yield thing
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from _arrays(part)
    elif isinstance(thing, Parts):
        yield from _arrays(list(thing.parts.values()))
    elif hasattr(thing, "_array"):
        yield thing._array
    elif hasattr(thing, "_data"):
        yield from _arrays(thing._data)


def _is_finite(a: Any) -> bool:
    if a.__class__ is float:
        return math.isfinite(a)
    return a.dtype.kind != "f" or bool(np.isfinite(a).all())


def _has_nan(a: Any) -> bool:
    if a.__class__ is float:
        return a != a
    return a.dtype.kind == "f" and bool(np.isnan(a).any())


def _has_inf(a: Any) -> bool:
    if a.__class__ is float:
        return math.isinf(a)
    return a.dtype.kind == "f" and bool(np.isinf(a).any())


def _check_sum(array: Any) -> int:
    """A number that changes with the bytes of an array."""
    if not isinstance(array, np.ndarray):
        return 0
    data: Any = array if array.flags.c_contiguous else array.tobytes()
    return zlib.crc32(data)
