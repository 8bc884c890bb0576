"""A trace made into a function: planned, written as source, and compiled by Python."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .._tensor import Tensor
from .capture import Argument, Capture, Made, described
from .emit import Names, write_lines
from . import errstate
from .passes import Trace, simplify
from .plan import Plan, make_plan
from .record import Ref

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
        tracer = capture.tracer
        self.results: dict[str, Ref] = {}
        made: list[Made] = []

        def number(leaf: Any) -> Any:
            if isinstance(leaf, Made):
                made.append(leaf)
                self.results[f"result_{len(made) - 1}"] = leaf.ref
            return leaf

        described(capture.spec, number)
        for k, (_, ref, _) in enumerate(capture.grads):
            if ref is not None:
                self.results[f"grad_{k}"] = ref
        trace = self.trace = Trace(list(tracer.instructions), self.results, tracer.arrays)
        simplify(trace)
        if options.reorder:
            from .faster import make_faster

            make_faster(trace)
        returned = {
            trace.results[f"result_{k}"].storage
            for k in range(len(made))
            if trace.results[f"result_{k}"].storage.nbytes > SMALL
            and trace.results[f"result_{k}"].storage.kind == "temporary"
        }
        grads = {trace.results[n].storage for n in trace.results if n.startswith("grad_")}
        self.plan: Plan = make_plan(trace, returned - grads)
        self._write(made)

    def _write(self, made: list[Made]) -> None:
        trace, plan, capture = self.trace, self.plan, self.capture
        names = Names(trace, plan)
        parameters = []
        for k, ref in enumerate(capture.input_refs):
            names.local[ref] = f"argument_{k}"
            names.scope[f"argument_{k}"] = None
            parameters.append(f"argument_{k}")
        self._before: list[str] = []
        first = self._begin(names)
        middle = write_lines(trace, plan, names)
        last = self._end(names, made)
        body = [*self._before, *first, *middle, *last]
        head = f"def step({', '.join(parameters)}):"
        self.source = "\n".join([head, *(f"    {line}" for line in body)]) + "\n"
        # What runs is the same, between two lines that silence NumPy and let it speak again.
        quiet = [head, "    token = silence(silent)", "    try:"]
        quiet += [f"        {line}" for line in body]
        quiet += ["    finally:", "        restore(token)"]
        scope = {**names.scope, **errstate.SWITCH}
        exec(compile("\n".join(quiet), "<compiled step>", "exec"), scope)
        self.run = scope["step"]

    def _begin(self, names: Names) -> list[str]:
        """Constants that the step writes into get their first contents."""
        lines = []
        for s, _ in self.plan.places.items():
            if s.kind == "constant" and s.before is not None:
                first = names.thing(s.before, f"first_{s.number}")
                root = names.array(s.stand._ref)
                lines.append(f"{names.thing(np.copyto)}({root}, {first})")
        return lines

    def _end(self, names: Names, made: list[Made]) -> list[str]:
        """Gradients and results."""
        lines = []
        wrap = names.thing(Tensor._wrap, "wrap")
        for k, (leaf, ref, known) in enumerate(self.capture.grads):
            target = f"{names.thing(leaf, f'leaf_{k}')}.grad"
            if ref is None:
                lines.append(f"{target} = None")
            elif known is not None:
                lines.append(f"{target} = {names.thing(known, f'grad_{k}')}")
            else:
                ref = self.trace.results[f"grad_{k}"]
                if ref.storage in self.plan.dynamic:
                    lines.append(f"{target} = {wrap}({names.array(ref)})")
                else:
                    keep = names.thing(_Keeper(names.scope[names.array(ref)]), f"keep_{k}")
                    lines.append(f"{target} = {keep}.tensor")
                    count = f"{names.thing(sys.getrefcount)}({keep}.tensor)"
                    self._before += [
                        f"{target} = None",
                        f"if {count} > {_ALONE}: {keep}.renew()",
                    ]
        results = []
        for k, m in enumerate(made):
            ref = self.trace.results[f"result_{k}"]
            array = names.array(ref)
            if ref.storage not in self.plan.dynamic:
                array = f"{array}.copy()"
            node = names.thing(m.node, f"node_{k}") if m.node is not None else "None"
            new = f"{names.thing(object.__new__, 'new')}({names.thing(Tensor, 'Tensor')})"
            lines.append(f"result_{k} = {new}")
            lines.append(f"result_{k}._array = {array}")
            lines.append(f"result_{k}._base = None; result_{k}._node = {node}")
            results.append(f"result_{k}")
        numbers = iter(range(len(made)))

        def text(leaf: Any) -> Any:
            if isinstance(leaf, Made):
                return _Text(results[next(numbers)])
            if isinstance(leaf, Argument):
                return _Text(f"argument_{leaf.number}")
            if leaf is None or leaf.__class__ in (bool, int, float, str):
                return _Text(repr(leaf))
            return _Text(names.thing(leaf))

        spec = described(self.capture.spec, text)
        lines.append(f"return {spec!r}")
        return lines


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
