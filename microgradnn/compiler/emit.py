"""The source of a replay: one line of NumPy for each instruction that is left."""

from __future__ import annotations

import keyword
import re
from typing import Any

import numpy as np

from .passes import Trace
from .plan import Plan, array_at
from .record import Instruction, Ref, Storage, replaced

_RESERVED = re.compile(r"step|silence|silent|restore|token|result_\d+|[rv]\d+|r\d+_p|argument_\d+")
"""Names that the source gives itself."""


class Names:
    """Arrays and other objects of a source, by name; equal arrays are one object.

    Attributes
    ----------
    scope : dict
        What the names stand for.
    """

    def __init__(self, trace: Trace, plan: Plan) -> None:
        self.trace, self.plan = trace, plan
        self.scope: dict[str, Any] = {}
        self._by_ref: dict[Any, str] = {}
        self._by_id: dict[int, str] = {}
        self._by_number: dict[Any, str] = {}
        self.local: dict[Ref, str] = {}
        self.pending: list[str] = []

    def _new(self, wanted: str) -> str:
        wanted = re.sub(r"\W+", "_", wanted).strip("_") or "x"
        if wanted[0].isdigit():
            wanted = f"x_{wanted}"
        name, k = wanted, 2
        if keyword.iskeyword(wanted):
            wanted = name = f"{wanted}_"
        while name in self.scope or _RESERVED.fullmatch(name):
            name, k = f"{wanted}_{k}", k + 1
        self.scope[name] = None
        return name

    def thing(self, x: Any, wanted: str = "") -> str:
        """A name for a function or any other object."""
        found = self._by_id.get(id(x))
        if found is None:
            found = self._by_id[id(x)] = self._new(wanted or getattr(x, "__name__", "thing"))
            self.scope[found] = x
        return found

    def number(self, x: Any, dtype: Any) -> str:
        """A 0-d array for a number: NumPy takes it more quickly than Python's."""
        key = (repr(x), dtype)
        found = self._by_number.get(key)
        if found is None:
            found = self._new("n_" + repr(x).replace("-", "minus_").replace(".", "_"))
            self._by_number[key] = found
            self.scope[found] = np.array(x, dtype)
        return found

    def array(self, ref: Ref) -> str:
        """The name of an array."""
        storage = ref.storage
        if storage in self.plan.dynamic:
            if ref not in self.local:
                self._part(ref)
            return self.local[ref]
        buffer = self.plan.places.get(storage)
        place: Any = storage if buffer is None else id(buffer)
        key = (place, *ref[1:])
        found = self._by_ref.get(key)
        if found is None:
            array = self._array(ref)
            found = self._by_ref[key] = self._new(self._called(ref))
            self.scope[found] = array
        return found

    def _called(self, ref: Ref) -> str:
        """A name that says what an array is: a parameter, a gradient, a buffer."""
        for known, name in self.trace.names.items():
            size = known.size * known.dtype.itemsize
            inside = known.storage is ref.storage and ref.size <= known.size
            if inside and 0 <= ref.offset - known.offset < max(size, 1):
                return name + _suffix(ref, known)
        storage = ref.storage
        buffer = self.plan.places.get(storage)
        if buffer is not None:
            return f"b{self.plan.buffers.index(buffer)}{_suffix(ref, None)}"
        base = storage.name or {"constant": "c", "cell": "number"}.get(storage.kind, "x")
        return base if storage.name else f"{base}{storage.number}"

    def _part(self, ref: Ref) -> None:
        """A line that makes a view of what a call has made."""
        known = next(name for other, name in self.local.items() if other.storage is ref.storage)
        name = self.local[ref] = f"v{len(self.local)}"
        self.pending.append(f"{name} = {self.thing(_Restride(ref), 'part')}({known})")

    def _array(self, ref: Ref) -> Any:
        if ref.storage in self.plan.places:
            return array_at(self.plan, ref)
        found = self.trace.arrays.get(ref)
        return restrided(ref) if found is None else found

    def expression(self, leaf: Any) -> Any:
        """A leaf of an instruction's arguments as source."""
        if leaf.__class__ is Ref:
            return _Source(self.array(leaf))
        if leaf is None or leaf is Ellipsis or leaf.__class__ in (bool, int, str):
            return _Source(repr(leaf))
        if leaf.__class__ is float and leaf == leaf and abs(leaf) != float("inf"):
            return _Source(repr(leaf))
        return _Source(self.thing(leaf))


def restrided(ref: Ref) -> Any:
    """A view of memory that is there."""
    owner = ref.storage.owner
    if owner.flags.c_contiguous:
        return np.ndarray(ref.shape, ref.dtype, owner, ref.offset, ref.strides)
    start = np.lib.stride_tricks.as_strided(owner, (), ())
    flat = np.lib.stride_tricks.as_strided(
        start.view(np.uint8), (ref.storage.nbytes,), (1,), writeable=True
    )
    return np.ndarray(ref.shape, ref.dtype, flat, ref.offset, ref.strides)


class _Source(str):
    """Source, in nested arguments."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _suffix(ref: Ref, whole: Ref | None) -> str:
    """How a part of memory is seen: "", transposed, or otherwise."""
    if whole is None:
        return "" if ref.c_contiguous else "_T"
    if ref.offset == whole.offset and ref.size == whole.size:
        if ref.shape == whole.shape and ref.strides == whole.strides:
            return ""
        if ref.shape == whole.shape[::-1] and ref.strides == whole.strides[::-1]:
            return "_T"
        return "_v"
    return "_part"


def write_lines(trace: Trace, plan: Plan, names: Names, phase: int = 0) -> list[str]:
    """The body of a replay, or of its backward pass."""
    lines: list[str] = []
    last_line = ""
    done: set[Storage] = set()
    for i in trace.instructions:
        if i.phase != phase:
            continue
        written = _line(i, names, plan, done)
        written, names.pending = names.pending + written, []
        if not written:
            continue
        if i.line and i.line != last_line:
            lines.append(f"# {_short(i.line)}")
            last_line = i.line
        lines += written
    return lines


def _short(line: str) -> str:
    file, number, text = line.split(":", 2) if line.count(":") > 1 else ("", "", line)
    return f"{file.rsplit('/', 1)[-1]}:{number}:{text}".replace("\n", " ")


def _new_results(i: Instruction, names: Names, plan: Plan, done: set[Storage]) -> list[str]:
    """Lines that make memory for results that callers get."""
    lines = []
    for ref in i.out:
        s = ref.storage
        if s not in plan.dynamic or s in done or s.kind == "argument":
            continue
        done.add(s)
        template = np.empty_like(names.trace.arrays[s.stand._ref])
        t = names.thing(template, f"like_r{s.number}")
        names.local[s.stand._ref] = f"r{s.number}"
        lines.append(f"r{s.number} = {names.thing(np.empty_like)}({t})")
        if ref != s.stand._ref:
            names.local[ref] = f"r{s.number}_p"
            view = _Restride(ref)
            lines.append(f"r{s.number}_p = {names.thing(view, 'part')}(r{s.number})")
    return lines


class _Restride:
    """Makes a view of a result."""

    def __init__(self, ref: Ref) -> None:
        self.ref = ref

    def __call__(self, x: Any) -> Any:
        _, offset, shape, strides, dtype = self.ref
        while isinstance(x.base, np.ndarray):
            x = x.base
        if not x.flags.c_contiguous:
            x = x.transpose(sorted(range(x.ndim), key=lambda k: -x.strides[k]))
        return np.ndarray(shape, dtype, x, offset, strides)


def _line(i: Instruction, names: Names, plan: Plan, done: set[Storage]) -> list[str]:
    """The source of one instruction."""
    operation = i.operation
    if operation == "view":
        return _views(i, names, plan)
    if operation == "call" or operation == "host" or operation == "ask":
        return _calls(i, names, plan, done)
    before = _new_results(i, names, plan, done)
    if operation == "empty":
        return before
    out = names.array(i.out[0])
    if operation == "dot":
        x, y = map(names.array, i.args)
        return [*before, f"{x}.dot({y}, {out})"]
    if operation == "fill":
        (value,) = replaced(i.args, names.expression)
        return [*before, f"{out}.fill({value})"]
    if operation == "copy":
        source = i.args[0]
        if source.__class__ is not Ref:
            return [*before, f"{out}.fill({names.expression(source)})"]
        cast = "" if np.can_cast(source.dtype, i.out[0].dtype, "same_kind") else ", 'unsafe'"
        return [*before, f"{names.thing(np.copyto)}({out}, {names.array(source)}{cast})"]
    if operation == "reduce":
        kwargs = dict(i.kwargs)
        axis, dtype = kwargs.pop("axis", 0), kwargs.pop("dtype", None)
        keep = kwargs.pop("keepdims", False)
        kwargs = {k: v for k, v in kwargs.items() if not (k == "where" and v is True)}
        args = replaced((i.args[0], axis, dtype), names.expression)
        fn = names.thing(i.fn.reduce, f"{i.fn.__name__}_reduce")
        text = ", ".join([*map(str, args), out, *(["True"] if keep or kwargs else [])])
        if kwargs and not keep:
            text = text[: -len("True")] + "False"
        for k, v in kwargs.items():
            text += f", {k}={_text(replaced(v, names.expression))}"
        return [*before, f"{fn}({text})"]
    args = _numbers(i, names)
    # NumPy is going to take a third operand of these two for another number.
    named = "out=" if i.fn in (np.maximum, np.minimum) else ""
    text = ", ".join([*args, named + out])
    for k, v in i.kwargs.items():
        text += f", {k}={_text(replaced(v, names.expression))}"
    return [*before, f"{names.thing(i.fn)}({text})"]


def _numbers(i: Instruction, names: Names) -> list[str]:
    """The operands of a ufunc; Python's numbers as arrays of the dtype they would get."""
    kinds = [ref.dtype for ref in i.args if ref.__class__ is Ref]
    out = []
    for x in i.args:
        if (
            x.__class__ in (int, float)
            and kinds
            and all(k is kinds[0] for k in kinds)
            and kinds[0].kind == "f"
        ):
            out.append(names.number(x, kinds[0]))
        else:
            out.append(_text(replaced(x, names.expression)))
    return out


def _text(tree: Any) -> str:
    """Nested arguments as source."""
    if isinstance(tree, tuple):
        return "(" + "".join(f"{_text(x)}, " for x in tree) + ")"
    if isinstance(tree, list):
        return "[" + ", ".join(map(_text, tree)) + "]"
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{k!r}: {_text(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, slice):
        return f"slice({_text(tree.start)}, {_text(tree.stop)}, {_text(tree.step)})"
    return str(tree)


def _views(i: Instruction, names: Names, plan: Plan) -> list[str]:
    """Views of what each call makes anew; the others are there from the beginning."""
    refs = [ref for ref in i.out if ref.storage in plan.dynamic and ref not in names.local]
    if not refs:
        return []
    if not i.many:
        source = next(iter(i.reads()))
        if source.storage not in plan.dynamic or source not in names.local:
            return []
        name = names.local[i.out[0]] = f"v{len(names.local)}"
        return [f"{name} = {_call(i, names)}"]
    left = []
    for ref in i.out:
        names.local[ref] = name = f"v{len(names.local)}"
        left.append(name)
    return [f"{', '.join(left)}, = {_call(i, names)}"]


def _call(i: Instruction, names: Names) -> str:
    args = [_text(replaced(x, names.expression)) for x in i.args]
    args += [f"{k}={_text(replaced(v, names.expression))}" for k, v in i.kwargs.items()]
    return f"{names.thing(i.fn)}({', '.join(args)})"


def _calls(i: Instruction, names: Names, plan: Plan, done: set[Storage]) -> list[str]:
    if i.operation == "ask":
        answer, *args = i.args
        call = (
            f"{names.thing(i.fn)}({', '.join(_text(replaced(x, names.expression)) for x in args)})"
        )
        return [f"if {'not ' if answer else ''}{call}:", f"    raise {names.thing(_changed())}"]
    call = _call(i, names)
    if not i.out:
        return [call]
    left, checks = [], []
    for ref in i.out:
        name = names.local.get(ref)
        if name is None:
            name = names.local[ref] = f"v{len(names.local)}"
        done.add(ref.storage)
        left.append(name)
        checks.append(f"{name}.shape != {ref.shape!r}")
    line = f"{', '.join(left)}, = {call}" if i.many else f"{left[0]} = {call}"
    return [
        line,
        f"if {' or '.join(checks)}:",
        f"    raise {names.thing(_reshaped())}({i.name()!r})",
    ]


def _changed() -> Any:
    from .errors import Changed

    return Changed


def _reshaped() -> Any:
    from .errors import reshaped

    return reshaped
