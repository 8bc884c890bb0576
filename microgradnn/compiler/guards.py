"""What a trace is good for: checked at each call by a line of generated source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._tensor import Tensor
from ..grad_mode import is_grad_enabled
from ..graph import Leaf
from .binding import tracing
from .capture import Capture
from .dependencies import Found


def inputs_of(args: Any, kwargs: Any) -> list[Any]:
    """The Tensors among arguments that may be others at the next call."""
    found: list[Any] = []

    def walk(x: Any) -> None:
        if isinstance(x, Tensor):
            if type(x._node) is not Leaf and not any(x is t for t in found):
                found.append(x)
        elif isinstance(x, list | tuple):
            for item in x:
                walk(item)
        elif isinstance(x, dict):
            for item in x.values():
                walk(item)

    walk(args)
    walk(kwargs)
    return found


class _Writer:
    """Collects conditions and the objects that they name."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"is_grad_enabled": is_grad_enabled}
        self.conditions: list[tuple[str, str]] = []
        self._names: dict[int, str] = {}

    def name(self, x: Any, kind: str = "x") -> str:
        found = self._names.get(id(x))
        if found is None:
            found = self._names[id(x)] = f"{kind}{len(self._names)}"
            self.scope[found] = x
        return found

    def add(self, condition: str, meaning: str) -> None:
        if all(condition != known for known, _ in self.conditions):
            self.conditions.append((condition, meaning))


class Guard:
    """The conditions of one trace.

    Attributes
    ----------
    check : callable
        ``check(args, kwargs)``: the arrays of the arguments, or None if the trace is not good for
        them.
    """

    def __init__(self, capture: Capture, args: Any, kwargs: Any) -> None:
        self._writer = w = _Writer()
        self._capture = capture
        self._nodes: list[str] = []
        self._locate(args, kwargs)
        from .. import grad_mode

        w.scope.update(modes=grad_mode._modes, busy=grad_mode.busy)
        usual = "not busy.count or " if grad_mode._modes.grad else ""
        w.scope["tracing"] = tracing
        w.add("not tracing.now", "another step is being traced")
        w.add("not busy.watching", "record() or detect_anomaly() is on")
        w.add(f"({usual}modes.grad is {grad_mode._modes.grad})", "gradients are recorded or not")
        for t, array, node in capture.binding.tensors.values():
            name = w.name(t, "t")
            shape = tuple(array.shape)
            w.add(
                f"{name}._array is {w.name(array, 'a')}",
                f"a Tensor of shape {shape} has other memory",
            )
            node_name = "None" if node is None else w.name(node, "n")
            w.add(
                f"{name}._node is {node_name}",
                f"requires_grad of a Tensor of shape {shape} changed",
            )
        for leaf, found in capture.binding.grads.values():
            value = "None" if found is None else w.name(found, "g")
            w.add(
                f"{w.name(leaf, 'l')}.grad is {value}",
                f"a gradient of shape {leaf.shape} was there, or was not",
            )
        for f in capture.dependencies.found:
            self._depend(f)
        self._build()
        del self._capture

    def _depend(self, f: Found) -> None:
        """A condition on something that the step finds through a name."""
        w, value = self._writer, f.value
        place = f.place.format(w.name(f.owner, "o"))
        what = f"{f.name} is not what it was"
        if isinstance(value, bool | type(None)):
            w.add(f"{place} is {value!r}", what)
        elif isinstance(value, int | float | str | tuple):
            w.add(f"{place} == {w.name(value, 'v')}", what)
        else:
            w.add(f"{place} is {w.name(value, 'o')}", what)

    def _locate(self, args: Any, kwargs: Any) -> None:
        """Conditions on the arguments, and where their arrays are found."""
        w, inputs = self._writer, self._capture.inputs
        places: dict[int, str] = {}

        def walk(x: Any, place: str) -> None:
            if isinstance(x, Tensor):
                k = next((k for k, t in enumerate(inputs) if t is x), None)
                if k is None:
                    w.add(f"{place} is {w.name(x, 't')}", "an argument is another parameter")
                    return
                if k in places:
                    w.add(f"{place} is {places[k]}", "two arguments are no longer one Tensor")
                    return
                places[k] = place
                array = x._array
                w.add(
                    f"isinstance({place}, {w.name(Tensor, 'Tensor')})", "an argument is no Tensor"
                )
                if x._node is None:
                    w.add(f"{place}._node is None", "an argument requires a gradient")
                else:
                    w.add(f"{place}._node is not None", "an argument requires no gradient")
                    self._nodes.append(f"{place}._node")
                a = f"{place}._array"
                for attribute in ("shape", "dtype", "strides"):
                    value = getattr(array, attribute)
                    name = w.name(value, "d") if attribute == "dtype" else repr(value)
                    w.add(
                        f"{a}.{attribute} == {name}",
                        f"an argument has another {attribute} than {value}",
                    )
            elif isinstance(x, list | tuple):
                w.add(f"len({place}) == {len(x)}", "an argument has another length")
                for k, item in enumerate(x):
                    walk(item, f"{place}[{k}]")
            elif isinstance(x, dict):
                if x:
                    keys = w.name(dict.fromkeys(x), "k")
                    w.add(f"{place}.keys() == {keys}.keys()", "other keywords")
                else:
                    w.add(f"not {place}", "other keywords")
                for key, item in x.items():
                    walk(
                        item,
                        f"{place}[{w.name(key, 'k')}]"
                        if not isinstance(key, str)
                        else f"{place}[{key!r}]",
                    )
            elif x is None or isinstance(x, bool | int | float | str):
                w.add(
                    f"{place} == {x!r} and {place}.__class__ is {w.name(x.__class__, 'c')}",
                    f"an argument is not {x!r} any more",
                )
            else:
                w.add(f"{place} is {w.name(x)}", "an argument is another object")

        walk(args, "args")
        walk(kwargs, "kwargs")
        self._arrays = [f"{places[k]}._array" for k in range(len(inputs))]

    def _build(self) -> None:
        w = self._writer
        conditions = " and ".join(c for c, _ in w.conditions) or "True"
        arrays = "".join(f"{a}, " for a in self._arrays)
        if self._capture.opened:
            arrays += f"({''.join(f'{n}, ' for n in self._nodes)}), "
        source = f"def check(args, kwargs):\n    return ({arrays}) if {conditions} else None\n"
        exec(source, w.scope)
        self.source = source
        self.check: Callable[[Any, Any], Any] = w.scope["check"]

    def why(self, args: Any, kwargs: Any) -> str:
        """Which condition does not hold, in words."""
        for condition, meaning in self._writer.conditions:
            try:
                if not eval(condition, {**self._writer.scope, "args": args, "kwargs": kwargs}):
                    return meaning
            except Exception:
                return meaning
        return "nothing has changed"
