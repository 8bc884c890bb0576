"""What a step finds through its names: Tensors, modules, optimizers, numbers, functions.

A replay does not look at them. So what they stood for is compared before each call, and what the
step itself changes in them is an error: a replay would not do it again.
"""

from __future__ import annotations

import functools
import os
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .._tensor import Tensor
from ..nn.module import Module
from ..optim.optimizer import Optimizer
from ..optim.options import MADE_BY_SCHEDULES, NOT_OPTIONS

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_NUMBERS = (bool, int, float, str, type(None))
MANY = 64
"""Lists of more things than this are only compared by their length."""


class Found(NamedTuple):
    """One thing that a step can reach: how, and what it is."""

    place: str
    owner: Any
    read: Callable[[Any], Any]
    value: Any
    name: str


class Dependencies:
    """What a function can reach, noted before it is called.

    Attributes
    ----------
    found : list of Found
    names : dict of int to str
        How the user calls Tensors, by their ids.
    """

    def __init__(self, fn: Any, args: Any, kwargs: Any) -> None:
        self.found: list[Found] = []
        self.names: dict[int, str] = {}
        self.optimizers: list[Optimizer] = []
        self._seen: set[int] = set()
        self._function(fn)
        for k, x in enumerate((*args, *kwargs.values())):
            if isinstance(x, Module | Optimizer):
                self._thing(x, f"argument_{k}")

    # --- walking ----------------------------------------------------------------------------------

    def _note(self, place: str, owner: Any, read: Any, value: Any, name: str) -> None:
        self.found.append(Found(place, owner, read, value, name))

    def _function(self, fn: Any) -> None:
        while isinstance(fn, functools.partial) or hasattr(fn, "__wrapped__"):
            if isinstance(fn, functools.partial):
                for x in (*fn.args, *fn.keywords.values()):
                    self._thing(x, "partial")
                fn = fn.func
            else:
                fn = fn.__wrapped__
        if isinstance(fn, types.MethodType):
            self._thing(fn.__self__, "self")
            fn = fn.__func__
        elif not isinstance(fn, types.FunctionType):
            self._thing(fn, "self")
            fn = vars(type(fn)).get("__call__")
        if (
            not isinstance(fn, types.FunctionType)
            or id(fn) in self._seen
            or fn.__code__.co_filename.startswith((_HERE, "<string>"))
        ):
            return
        self._seen.add(id(fn))
        for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            self._note("{}.cell_contents", cell, lambda c: c.cell_contents, value, name)
            self._thing(value, name)
        scope = fn.__globals__
        for name in _names(fn.__code__):
            if name in scope:
                value = scope[name]
                if isinstance(value, types.ModuleType | type):
                    continue
                place = f"{{}}[{name!r}]"
                self._note(place, scope, lambda s, n=name: s.get(n), value, name)
                self._thing(value, name)

    def _thing(self, x: Any, name: str) -> None:
        if isinstance(x, Tensor):
            self.names.setdefault(id(x), name)
            return
        if isinstance(x, (*_NUMBERS, type, types.ModuleType)) or id(x) in self._seen:
            return
        if isinstance(x, types.FunctionType | types.MethodType | functools.partial):
            self._function(x)
            return
        self._seen.add(id(x))
        if isinstance(x, Module):
            self._module(x, name)
        elif isinstance(x, Optimizer):
            self._optimizer(x, name)
        elif isinstance(x, list | tuple | dict | set):
            self._note("len({})", x, len, len(x), name)
            if len(x) <= MANY and not isinstance(x, set):
                items = x.items() if isinstance(x, dict) else enumerate(x)
                for k, item in items:
                    if isinstance(k, int | str):
                        self._note(f"{{}}[{k!r}]", x, lambda c, k=k: c[k], item, f"{name}[{k!r}]")
                    self._thing(item, f"{name}_{k}")
        elif hasattr(x, "__dict__") and not type(x).__module__.startswith(("microgradnn", "numpy")):
            self._attributes(x, name)
            call = vars(type(x)).get("__call__")
            if isinstance(call, types.FunctionType):
                self._function(call)

    def _attributes(self, x: Any, name: str) -> None:
        for key, value in list(vars(x).items()):
            if isinstance(value, types.ModuleType | type):
                continue
            self._note(f"{{}}.{key}", x, lambda o, k=key: getattr(o, k), value, f"{name}.{key}")
            self._thing(value, f"{name}_{key}")

    def _module(self, root: Module, name: str) -> None:
        for path, module in root.named_modules():
            full = f"{name}_{path}".rstrip("_") if path else name
            ours = type(module).__module__.startswith("microgradnn.")
            if not ours or "training" in type(module).forward.__code__.co_names:
                self._note("{}.training", module, lambda m: m.training, module.training,
                           f"{full}.training")  # fmt: skip
            table = vars(module)
            for key, value in table.items():
                if key[0] == "_" or key == "training":
                    continue
                number = value.__class__ in (float, bool)
                if number or value is None or isinstance(value, Tensor | Module):
                    self._note(f"{{}}[{key!r}]", table, lambda t, k=key: t.get(k), value,
                               f"{full}.{key}")  # fmt: skip
                if isinstance(value, Tensor):
                    self.names.setdefault(id(value), f"{full}_{key}")
            if not ours:
                self._function(type(module).forward)

    def _optimizer(self, x: Optimizer, name: str) -> None:
        self.optimizers.append(x)
        self._note("{}.state", x, lambda o: o.state, x.state, f"{name}.state")
        # The numbers of our own optimizers are in cells: it only matters which of them are 0.
        ours = type(x).__module__.startswith("microgradnn.")
        for k, group in enumerate(x.param_groups):
            terms = []
            for key, value in group.items():
                if key in NOT_OPTIONS or (ours and key in (*_FREE, *MADE_BY_SCHEDULES)):
                    continue
                if value.__class__ in (int, float) and ours:
                    terms.append(f"{{0}}[{key!r}] == 0")
                elif isinstance(value, _NUMBERS) or (isinstance(value, tuple) and not ours):
                    terms.append(f"{{0}}[{key!r}]")
            place = f"({', '.join(terms)},)"
            read = _reader(place)
            self._note(place, group, read, read(group), f"{name}.param_groups[{k}]")
            self._note("len({}['params'])", group, lambda g: len(g["params"]),
                       len(group["params"]), f"{name}.param_groups[{k}]")  # fmt: skip
        for j, (param, own) in enumerate(x.state.items()):
            for key, value in own.items():
                if isinstance(value, Tensor):
                    base = self.names.get(id(param), f"{name}_{j}")
                    self.names.setdefault(id(value), f"{base}_{key}")

    # --- comparing --------------------------------------------------------------------------------

    def changed(self) -> Iterator[tuple[Found, Any]]:
        """What is other than it was."""
        for f in self.found:
            try:
                now = f.read(f.owner)
            except Exception as error:
                now = error
            if not same(f.value, now):
                yield f, now


_FREE = ("lr", "foreach", "fused", "capturable", "differentiable", "eps")
"""Options that make no difference to what an update does."""


def _reader(place: str) -> Callable[[Any], Any]:
    read: Callable[[Any], Any] = eval(f"lambda o: {place.format('o')}")
    return read


def _names(code: types.CodeType) -> Iterator[str]:
    """The global names in a function and in those that are written inside of it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def same(a: Any, b: Any) -> bool:
    """Whether a thing is what it was: the same object, or an equal number."""
    if a is b:
        return True
    if isinstance(a, (*_NUMBERS, tuple)) and a.__class__ is b.__class__:
        try:
            return bool(a == b)
        except Exception:
            return False
    return False
