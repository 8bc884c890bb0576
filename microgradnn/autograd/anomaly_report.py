"""`AnomalyError`: what is told of an operation that made a NaN or an Inf, and drawn around it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from .._notes import is_ours, notes_of, running, users_line
from ..graph import Leaf, Node, Notes, Output, Parts

if TYPE_CHECKING:
    from ..viz.drawing import Drawing
    from ..viz.naming import Names

_AROUND = 2
"""How many steps from the operation are shown."""
_MOST_LINES = 12


@dataclass
class Finding:
    """What was found.

    Attributes
    ----------
    made : {"NaN", "Inf"}
    prim : Primitive
    node : Node, Value or None
        None for an operation that needs no gradient.
    operands, results, params
        Of the operation; in the backward pass the results are the operands' cotangents.
    backward : bool
        Whether it was the derivative that made it.
    cotangent
        In the backward pass, of the operation's result.
    came_in : int or None
        Which operand had a NaN that no operation made.
    users : dict of node to list of node
        In the backward pass, the nodes that handed each its cotangent.
    """

    made: str
    prim: Any
    node: Any
    operands: tuple[Any, ...]
    results: Any
    params: tuple[Any, ...]
    backward: bool = False
    cotangent: Any = None
    came_in: int | None = None
    users: dict[Any, list[Any]] = field(default_factory=dict)


class AnomalyError(RuntimeError):
    """An operation, or its derivative, made a NaN or an Inf.

    Attributes
    ----------
    operation : str
        The primitive's name.
    made : str
        "NaN" or "Inf".
    backward : bool
        Whether it was the derivative.
    line : str
        ``file:line: source`` of the user's code that computed the operation.
    module : str
        Path and class of the module that was running; empty outside modules.
    operands : dict of str to ndarray or float
        What the operation was applied to, by the names it has for them.
    node : Node, Value or None
        The operation in the graph.
    """

    def __init__(self, finding: Finding | str, node: Any = None) -> None:
        self.operation = self.made = self.line = self.module = ""
        self.backward = False
        self.operands: dict[str, Any] = {}
        self.node = node
        self._finding = None
        self._names: Any = None
        if isinstance(finding, str):
            super().__init__(finding)
            return
        self._finding = finding
        self.operation, self.made = finding.prim.name, finding.made
        self.backward = finding.backward
        self.node = _node_of(finding)
        notes = None if finding.node is None else notes_of(finding.node)
        forward = not finding.backward and finding.came_in is None
        self.line = notes.line if notes is not None else users_line() if forward else ""
        calls = notes.calls if notes is not None else running.calls if forward else ()
        if calls:
            self.module = f"{calls[-1].path} ({calls[-1].kind})".strip()
        self.operands = dict(_named(finding.prim, finding.operands))
        self._names = _names_here(calls)
        super().__init__("\n".join(_lines(self, finding, self._names)))

    def inside(self, node: Any) -> None:
        """Say that it happened within the backward of a user's Function."""
        notes = notes_of(node)
        line = f", applied at {notes.line}" if notes is not None and notes.line else ""
        self.add_note(f"in {node.prim.name}.backward{line}")

    def draw(self, **options: Any) -> Drawing:
        """The picture of what was computed around the operation.

        Parameters
        ----------
        **options
            As for `viz.draw`; ``radius`` is how many steps are shown, 2 by default.

        Raises
        ------
        ValueError
            If there is no graph to draw.
        """
        if self.node is None:
            raise ValueError("there is no graph to draw: no operation was found guilty")
        from ..viz.pictures import draw

        root, finding = self.node, self._finding
        if finding is not None and finding.backward and isinstance(root, Node):
            _show_cotangents(root, finding)
        for _ in range(_AROUND if finding is not None else 0):
            following = finding.users.get(root) if finding is not None else None
            root = following[0] if following else root
        names = None if self._names is None else _named_things(self._names)
        given = {"radius": _AROUND, "names": names, **options}
        return draw(root, around=self.node, **given)


def _node_of(finding: Finding) -> Any:
    """The node of the operation; one made for the picture where no gradient was wanted."""
    if finding.node is not None:
        return finding.node
    from .._notes import note

    out = finding.results
    several = isinstance(out, tuple)
    shape = tuple(o.shape for o in out) if several else out.shape
    dtype = tuple(o.dtype for o in out) if several else out.dtype
    inputs = (None,) * len(finding.operands)
    node = Node(finding.prim, inputs, (), finding.params, shape, dtype)
    note(node, out, finding.operands)
    return node


def _named_things(names: Names) -> dict[str, Any]:
    """The names that were found on the stack, as ``draw()`` takes them."""
    from .._tensor import Tensor

    things: dict[str, Any] = {}
    for node, name in names.of_node.items():
        if not isinstance(node, Node):
            things.setdefault(name, node)
            continue
        array = names.arrays.get(node)
        if array is not None:
            things.setdefault(name, Tensor._wrap(array, node))
    return things


def _show_cotangents(node: Node, finding: Finding) -> None:
    """Keep the cotangents that the engine has dropped where pictures look for them."""
    from .._tensor import Tensor

    cotangents = [(node, finding.cotangent), *zip(node.inputs, finding.results, strict=True)]
    for place, g in cotangents:
        g = getattr(g, "_array", g)
        if place is None or isinstance(place, Leaf) or not isinstance(g, np.ndarray):
            continue
        place.notes = place.notes or Notes()
        if place.notes.grad is None:
            place.notes.retains, place.notes.grad = True, Tensor._wrap(g)


# --- the message ---------------------------------------------------------------------------------


def _lines(error: AnomalyError, finding: Finding, names: Names) -> Iterator[str]:
    name, made = error.operation, f"a{'n' * (finding.made == 'Inf')} {finding.made}"
    operands = list(error.operands.items())
    if finding.came_in is not None:
        operand = operands[finding.came_in][0]
        yield (
            f"a NaN came in with the operand {operand} of {name}: no operation made it, it "
            "came with the data or is a constant"
        )
    elif finding.backward:
        yield f"the derivative of {name} made {made}: the first of the backward pass" + (
            "; the forward pass made none" if error.line else ""
        )
    else:
        yield f"{name} made {made}: the first operation of the forward pass that did"
    yield f"  line      {error.line or 'not known: it was computed outside detect_anomaly()'}"
    if error.module:
        yield f"  module    {error.module}"
    if getattr(finding.prim, "mathematics", ""):
        settings = ", ".join(
            f"{p}={v!r}"
            for (p, _), v in zip(finding.prim.params, finding.params, strict=False)
            if isinstance(v, int | float | str | tuple) and len(repr(v)) < 30
        )
        yield f"  computes  {finding.prim.mathematics}" + (f"    {settings}" if settings else "")
    rows = []
    if finding.backward:
        users = finding.users.get(finding.node, ())
        source = f", from {' and '.join(dict.fromkeys(u.prim.name for u in users))}" * bool(users)
        rows.append(("cotangent" + source, described(finding.cotangent)))
        rows += _operand_rows(finding, operands, names)
        results = finding.results
        rows += [
            (f"cotangent of {k}", described(c))
            for (k, _), c in zip(operands, results, strict=False)
            if c is not None
        ]
    else:
        rows += _operand_rows(finding, operands, names)
        rows.append(("result", described(finding.results)))
    width = max(len(label) for label, _ in rows)
    for label, text in rows:
        yield f"    {label:<{width}}  {text}"
    place = _place(finding, operands)
    if place:
        yield place
    around = list(_around(finding, names))
    if around:
        yield "  around it, oldest first (error.draw() is the picture)"
        yield from around


def _operand_rows(
    finding: Finding, operands: list[tuple[str, Any]], names: Names
) -> list[tuple[str, str]]:
    """Each operand with the user's name for it, and what is in it."""
    nodes = finding.node.inputs if finding.node is not None else (None,) * len(operands)
    rows = []
    for (key, x), u in zip(operands, nodes, strict=False):
        name = names.of_array.get(id(x)) or names.of_node.get(u) or getattr(u, "label", "")
        rows.append((f"{key} = {name}" if name and name != key else key, described(x)))
    return rows


def described(x: Any) -> str:
    """Shape, dtype, range, and how many NaN and Inf."""
    if isinstance(x, Parts):
        x = list(x.parts.values())
    if isinstance(x, list | tuple):
        return "; ".join(described(part) for part in x)
    x = getattr(x, "_array", x)
    x = getattr(x, "_data", x)
    if x is None:
        return "None"
    if not isinstance(x, np.ndarray):
        return f"{x:.6g}" if isinstance(x, float) else str(x)
    text = f"{tuple(x.shape)} {x.dtype}"
    if not x.size:
        return f"{text}, empty"
    if x.dtype.kind not in "fiu":
        return text
    finite = x[np.isfinite(x)]
    if x.size == 1:
        return f"{text}, {x.item():.6g}"
    if finite.size:
        text += f", from {finite.min():.6g} to {finite.max():.6g}"
    for what, count in (("NaN", np.isnan(x).sum()), ("Inf", np.isinf(x).sum())):
        text += f", {count} {what}" if count else f", no {what}"
    return text


def _place(finding: Finding, operands: list[tuple[str, Any]]) -> str:
    """The first bad number, and the operands' at its place where they have one there."""
    results = finding.results if isinstance(finding.results, list | tuple) else [finding.results]
    if finding.came_in is not None:
        key, x = operands[finding.came_in]
        index = tuple(int(k) for k in np.argwhere(np.isnan(x))[0])
        return f"  first at  {key}{list(index)}" if index else ""
    is_made = np.isnan if finding.made == "NaN" else np.isinf
    for result in results:
        bad = getattr(result, "_array", result)
        if not isinstance(bad, np.ndarray) or bad.dtype.kind != "f" or not is_made(bad).any():
            continue
        index = tuple(int(k) for k in np.argwhere(is_made(bad))[0])
        given = [("cotangent", finding.cotangent)] if finding.backward else []
        parts = []
        for key, x in (*given, *operands):
            x = getattr(x, "_array", x)
            if not isinstance(x, np.ndarray) or x.dtype.kind not in "fiub":
                continue
            if x.ndim > bad.ndim or any(
                n not in (1, m) for n, m in zip(x.shape[::-1], bad.shape[::-1], strict=False)
            ):
                return f"  first at  {list(index)}" if index else ""
            parts.append(f"{key} = {np.broadcast_to(x, bad.shape)[index]:.6g}")
        where = f"{list(index)}: " if index else ""
        return f"  first at  {where}{', '.join(parts)} gives {bad[index]:.6g}"
    return ""


def _around(finding: Finding, names: Names) -> Iterator[str]:
    """The operations within two steps, one a line."""
    if finding.node is None:
        return
    near = {finding.node: 0}
    ring = [finding.node]
    for _ in range(_AROUND):
        ring = [
            other
            for node in ring
            for other in (*node.inputs, *finding.users.get(node, ()))
            if other is not None and near.setdefault(other, 1) and other is not finding.node
        ]
    nodes = sorted(
        (n for n in near if n.inputs and not isinstance(n, Output)), key=lambda n: n.seq
    )[-_MOST_LINES:]
    called: dict[Any, str] = {}
    rows = []
    for k, node in enumerate(nodes, 1):
        called[node] = names.of_node.get(node) or getattr(node, "label", "") or f"t{k}"
    for node in nodes:
        arguments = ", ".join(
            _argument(k, x, u, called, names)
            for (k, x), u in zip(_named(node.prim, _operands(node)), node.inputs, strict=False)
            if x is not None or u is not None
        )
        notes = notes_of(node)
        line = os.path.basename(notes.line) if notes is not None and notes.line else ""
        if notes is not None and notes.line:
            file, _, rest = notes.line.partition(": ")
            line = f"{os.path.basename(file)}: {rest}"
        mark = ">" if node is finding.node else " "
        rows.append((f"  {mark} {called[node]} = {node.prim.name}({arguments})", line))
    if len(rows) < 2:
        return
    width = min(max(len(left) for left, _ in rows), 60)
    for left, line in rows:
        yield f"{left:<{width}}    {line}".rstrip()


def _argument(key: str, x: Any, u: Any, called: dict[Any, str], names: Names) -> str:
    while isinstance(u, Output):
        u = u.inputs[0]
    if u in called:
        return called[u]
    name = names.of_node.get(u) if u is not None else None
    name = name or names.of_array.get(id(x)) or getattr(u, "label", "")
    if name:
        return name
    if isinstance(x, int | float):
        return f"{x:.6g}"
    if isinstance(x, np.ndarray) and x.size == 1 and (u is None or isinstance(u, Leaf)):
        return f"{x.item():.6g}"
    return key if u is None or isinstance(u, Leaf) else "..."


def _operands(node: Any) -> tuple[Any, ...]:
    if not isinstance(node, Node):
        return tuple([x._data for x in node.inputs])
    if node.notes is not None and node.notes.operands is not None:
        return node.notes.operands
    return (None,) * len(node.inputs)


def _named(prim: Any, operands: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """The operands by the names that the primitive has for them."""
    names = list(getattr(prim, "inputs", ()))
    if getattr(prim, "variadic", False):
        rest = names.pop() if names else "argument"
        names += [f"{rest}[{k}]" for k in range(len(operands) - len(names))]
    return list(zip(names, operands, strict=False))


def _names_here(calls: tuple[Any, ...]) -> Names:
    """What the user's variables on the stack, and the parameters of running modules, are called."""
    from ..viz.naming import Names

    found = Names()
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_ours(frame.f_code.co_filename):
            here = Names(dict(frame.f_locals))
            # The innermost function's names come first.
            found.of_node = {**here.of_node, **found.of_node}
            found.of_array = {**here.of_array, **found.of_array}
            found.arrays = {**here.arrays, **found.arrays}
        frame = frame.f_back
    found.add_modules([calls] if calls else [])
    return found
