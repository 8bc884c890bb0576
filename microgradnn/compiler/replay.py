"""A trace made into a function: planned, written as source, and compiled by Python."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .._tensor import Tensor
from . import errstate
from .capture import Argument, Capture, Made, described
from .emit import Names, write_lines
from .faster import make_faster
from .open import connect
from .passes import Trace, simplify
from .plan import Plan, make_plan
from .record import Ref, Storage
from .updates import Refill

SMALL = 4096
"""Results of up to so many bytes are computed in place and copied for the caller."""


class Replay:
    """A step as straight-line source.

    Attributes
    ----------
    source : str
    plan : Plan
    run : callable
        ``run(*arrays)``: the step, on the arrays of its arguments.
    """

    def __init__(self, capture: Capture, options: Any) -> None:
        self.capture = capture
        self.made: list[Made] = []
        self.results: dict[str, Ref] = {}

        def number(leaf: Any) -> Any:
            if isinstance(leaf, Made):
                self.results[f"result_{len(self.made)}"] = leaf.ref
                self.made.append(leaf)
            return leaf

        described(capture.spec, number)
        for k, (_, ref, _) in enumerate(capture.grads):
            if ref is not None:
                self.results[f"grad_{k}"] = ref
        for k, ref in enumerate(capture.slopes):
            self.results[f"slope_{k}"] = ref
        instructions = list(capture.tracer.instructions)
        for i in instructions[capture.length :]:
            i.phase = 1
        trace = self.trace = Trace(instructions, self.results, capture.tracer.arrays)
        trace.names = capture.names()
        simplify(trace)
        if options.reorder:
            make_faster(trace)
        trace.instructions.sort(key=lambda i: i.phase)
        for i in trace.instructions:
            if type(i.fn) is Refill:
                read = {ref.storage for j in trace.instructions for ref in j.reads()}
                i.fn.keep({id(s.owner) for s in read})
        self.results = trace.results
        self.plan: Plan = make_plan(trace, self._returned())
        self.names = Names(trace, self.plan)
        if capture.opened:
            self._write_open()
        else:
            self._write()
        self._release()

    def _release(self) -> None:
        """Let go of the arrays of the trace."""
        for s in self.plan.places:
            s.owner = s.stand = s.before = None
        del self.trace, self.names, self.capture, self.made, self.results

    def _returned(self) -> set[Storage]:
        """What has new memory at each call, because somebody will have it afterwards."""
        found = set()
        opened = bool(self.capture.opened)
        for name, ref in self.results.items():
            large = ref.storage.nbytes > SMALL or opened
            if not name.startswith("grad_") and large and ref.storage.kind == "temporary":
                found.add(ref.storage)
        grads = {ref.storage for name, ref in self.results.items() if name.startswith("grad_")}
        return (found - grads) | {ref.storage for ref in self._crossing()}

    def _crossing(self) -> list[Ref]:
        """What the backward pass reads of a call's forward pass."""
        before = {s for i in self.trace.instructions if not i.phase for s in i.written()}
        before |= {ref.storage for ref in self.capture.input_refs}
        found: dict[Ref, None] = {}
        for i in self.trace.instructions:
            if i.phase:
                for ref in i.reads():
                    if ref.storage in before and ref.storage.kind in ("temporary", "argument"):
                        found[ref] = None
        for name, ref in self.results.items():
            if name.startswith("slope_") and ref.storage in before:
                found[ref] = None
        return list(found)

    def _write(self) -> None:
        """A step that is done when it returns."""
        first, middle, last = self._body()
        results, lines = self._results()
        self.run, self.source = self._define(
            "step", self._arguments(), [*self._before, *first, *middle, *last, *lines,
                                        f"return {results!r}"],
        )  # fmt: skip

    def _arguments(self) -> list[str]:
        """The names of the arguments' arrays."""
        names = [f"argument_{k}" for k in range(len(self.capture.input_refs))]
        self.names.local.update(zip(self.capture.input_refs, names, strict=True))
        return names

    def _body(self) -> tuple[list[str], list[str], list[str]]:
        self._before: list[str] = []
        self._arguments()
        first = self._begin(self.names)
        middle = write_lines(self.trace, self.plan, self.names)
        return first, middle, self._gradients(self.names)

    def _define(self, name: str, parameters: list[str], body: list[str]) -> tuple[Any, str]:
        """A function of some source; NumPy is silent while it runs."""
        body = body or ["pass"]
        head = f"def {name}({', '.join(parameters)}):"
        quiet = [head, "    token = silence(silent)", "    try:"]
        quiet += [f"        {line}" for line in body]
        quiet += ["    finally:", "        restore(token)"]
        scope = {**self.names.scope, **errstate.SWITCH}
        exec(compile("\n".join(quiet), f"<compiled {name}>", "exec"), scope)
        return scope[name], "\n".join([head, *(f"    {line}" for line in body)]) + "\n"

    def _write_open(self) -> None:
        """A function that an outer ``backward()`` goes through."""
        capture, names = self.capture, self.names
        first, middle, last = self._body()
        crossing = self._crossing()
        arrays = [names.array(self.results[f"result_{k}"]) for k in range(len(self.made))]
        kept = [names.array(ref) for ref in crossing]
        ends, names.pending = names.pending, []
        returned = f"return [{', '.join(arrays)}], [{', '.join(kept)}]"
        body = [*self._before, *first, *middle, *last, *ends, returned]
        forward, source = self._define("step", self._arguments(), body)
        saved = [f"saved_{k}" for k in range(len(crossing))]
        seeds = [f"cotangent_{k}" for k in range(len(capture.seeds))]
        names.local = dict(zip([*crossing, *capture.seeds], saved + seeds, strict=True))
        lines = write_lines(self.trace, self.plan, names, 1)
        slopes = [names.array(self.results[f"slope_{k}"]) for k in range(len(capture.slopes))]
        lines += names.pending
        names.pending = []
        lines.append(f"return [{', '.join(slopes)}]")
        backward, more = self._define("backward", saved + seeds, lines)
        self.source = source + "\n\n" + more
        used = tuple([
            self.trace.arrays[ref] for i in self.trace.instructions if i.phase for ref in i.reads()
            if ref.storage.kind == "external" and ref in self.trace.arrays
        ])  # fmt: skip
        self.run = _Open(self, forward, backward, used).call

    def _begin(self, names: Names) -> list[str]:
        """Constants that the step writes into get their first contents."""
        lines = []
        for s, _ in self.plan.places.items():
            if s.kind == "constant" and s.before is not None:
                first = names.thing(s.before, f"first_{s.number}")
                root = names.array(s.stand._ref)
                lines.append(f"{names.thing(np.copyto)}({root}, {first})")
        return lines

    def _gradients(self, names: Names) -> list[str]:
        """Lines that give leaves their gradients."""
        lines = []
        for k, (leaf, ref, known) in enumerate(self.capture.grads):
            target = f"{names.thing(leaf, f'leaf_{k}')}.grad"
            if ref is None:
                lines.append(f"{target} = None")
                continue
            ref = self.results[f"grad_{k}"]
            if known is not None:
                lines.append(f"{target} = {names.thing(known, f'grad_{k}')}")
            elif ref.storage in self.plan.dynamic:
                wrap = names.thing(Tensor._wrap, "wrap")
                lines.append(f"{target} = {wrap}({names.array(ref)})")
            elif ref.storage.kind == "constant":
                wrap = names.thing(Tensor._wrap, "wrap")
                lines.append(f"{target} = {wrap}({names.array(ref)}.copy())")
            else:
                keep = names.thing(_Keeper(names.scope[names.array(ref)]), f"keep_{k}")
                lines.append(f"{target} = {keep}.tensor")
                count = f"{names.thing(sys.getrefcount)}({keep}.tensor)"
                self._before += [
                    f"{target} = None",
                    f"if {count} > {_ALONE}: {keep}.renew()",
                ]
        return [*names.pending, *lines]

    def _results(self) -> tuple[Any, list[str]]:
        """What is returned, and the lines that make it."""
        names = self.names
        lines = []
        for k, m in enumerate(self.made):
            ref = self.results[f"result_{k}"]
            array = names.array(ref)
            if ref.storage not in self.plan.dynamic:
                array = f"{array}.copy()"
            node = names.thing(m.node, f"node_{k}") if m.node is not None else "None"
            new = f"{names.thing(object.__new__, 'new')}({names.thing(Tensor, 'Tensor')})"
            lines.append(f"result_{k} = {new}")
            lines.append(f"result_{k}._array = {array}")
            lines.append(f"result_{k}._base = None; result_{k}._node = {node}")
        numbers = iter(range(len(self.made)))

        def text(leaf: Any) -> Any:
            if isinstance(leaf, Made):
                return _Text(f"result_{next(numbers)}")
            if isinstance(leaf, Argument):
                raise RuntimeError("a compiled step returns its argument: return a clone() of it")
            if leaf is None or leaf.__class__ in (bool, int, float, str):
                return _Text(repr(leaf))
            return _Text(names.thing(leaf))

        pending, names.pending = names.pending, []
        return described(self.capture.spec, text), [*pending, *lines]


class _Slot:
    """Stands in a result for one that a call makes: its number, and that of its node."""

    def __init__(self, number: int, node: int | None) -> None:
        self.number, self.node = number, node


class _Open:
    """Calls a function that is differentiated later."""

    def __init__(self, replay: Replay, forward: Any, backward: Any, used: Any) -> None:
        capture, results = replay.capture, replay.results
        self.forward, self.backward, self.used = forward, backward, used
        self.name = capture.name
        numbers = {id(m): k for k, m in enumerate(replay.made)}
        order = list(dict.fromkeys(m.node for m in capture.opened))
        self.firsts = [
            numbers[id(next(m for m in capture.opened if m.node is node))] for node in order
        ]
        self.copied = [
            results[f"result_{k}"].storage not in replay.plan.dynamic
            for k in range(len(replay.made))
        ]
        self.constant = [
            results[f"slope_{k}"].storage.kind == "constant" for k in range(len(capture.slopes))
        ]
        self.nodes = capture.nodes_or_numbers()

        def slot(leaf: Any) -> Any:
            if not isinstance(leaf, Made):
                return leaf
            node = order.index(leaf.node) if leaf in capture.opened else None
            return _Slot(numbers[id(leaf)], node)

        self.spec = described(capture.spec, slot)

    def call(self, *arrays_and_nodes: Any) -> Any:
        """The results of one call, made by one node."""
        *arrays, nodes = arrays_and_nodes
        found, saved = self.forward(*arrays)
        found = [a.copy() if copied else a for a, copied in zip(found, self.copied, strict=True)]

        def run(cotangents: list[Any]) -> list[Any]:
            slopes = self.backward(*saved, *cotangents)
            return [
                g.copy() if constant else g
                for g, constant in zip(slopes, self.constant, strict=True)
            ]

        made = connect(
            self.name, [found[k] for k in self.firsts],
            tuple([nodes[n] if isinstance(n, int) else n for n in self.nodes]), run,
            (*self.used, *saved),
        )  # fmt: skip

        def fill(leaf: Any) -> Any:
            if not isinstance(leaf, _Slot):
                return leaf
            if leaf.node is None:
                return Tensor._wrap(found[leaf.number])
            t = made[leaf.node]
            if self.firsts[leaf.node] == leaf.number:
                return t
            return Tensor._wrap(found[leaf.number], t._node)

        return described(self.spec, fill)


class _Text(str):
    """Source, in nested results."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class _Keeper:
    """The Tensor that is a leaf's gradient after each call."""

    __slots__ = ("tensor",)

    def __init__(self, array: Any) -> None:
        self.tensor = Tensor._wrap(array)

    def renew(self) -> None:
        """Someone has kept the last gradient: it gets memory of its own."""
        array = self.tensor._array
        self.tensor._array = array.copy()
        self.tensor = Tensor._wrap(array)


def _count_alone() -> int:
    """The references to a Tensor that only its keeper holds, as the source counts them."""
    keeper = _Keeper(np.zeros(1))
    return sys.getrefcount(keeper.tensor)


_ALONE = _count_alone()
