"""`Tracer`: runs what is done to stand-ins on their real arrays, and writes it down."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from . import whole
from .errors import NUMBER, PLAIN, Untraceable, users_line
from .record import Instruction, Kind, Ref, Storage, refs_in, replaced
from .traced import Traced

_FACTS = {
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.may_share_memory, np.shares_memory,
    np.iscomplexobj, np.isrealobj,
}  # fmt: skip
"""Functions whose result says nothing about the numbers."""

_WRITE_FIRST = {np.putmask, np.put, np.place, np.put_along_axis, np.fill_diagonal}


class Tracer:
    """One trace: the storages it met and the instructions it ran.

    Attributes
    ----------
    storages : list of Storage
    instructions : list of Instruction
    active : bool
        Whether the trace is going on. Afterwards stand-ins compute with their arrays.
    thread : int
        Only what this thread does is traced.
    """

    def __init__(self) -> None:
        self.storages: list[Storage] = []
        self.instructions: list[Instruction] = []
        self.arrays: dict[Ref, Any] = {}
        self.created: dict[int, Any] = {}
        self.active = True
        self.thread = threading.get_ident()
        self._owners: dict[int, Storage] = {}
        self._stands: dict[int, Traced] = {}

    # --- arrays and their stand-ins ---------------------------------------------------------------

    def lift(self, array: Any, kind: Kind) -> Traced:
        """The stand-in of an array that was there before; new memory is of the given kind."""
        found = self._stands.get(id(array))
        if found is None:
            found = self._stand(array, self._storage(array) or self._new(array, kind))
        return found

    def _new(self, array: Any, kind: Kind) -> Storage:
        owner = _owner(array)
        start, end = np.lib.array_utils.byte_bounds(owner)
        storage = Storage(len(self.storages), kind, owner, start, end - start if owner.size else 0)
        self.storages.append(storage)
        self._owners[id(owner)] = storage
        storage.stand = self._stand(owner, storage)
        return storage

    def _storage(self, array: Any) -> Storage | None:
        """Where an array's memory has been met before."""
        owner = _owner(array)
        found = self._owners.get(id(owner))
        if found is None and owner.base is not None and array.size:  # seen through foreign objects
            start = array.__array_interface__["data"][0]
            for storage in self.storages:
                if storage.start <= start < storage.start + storage.nbytes:
                    return storage
        return found

    def _stand(self, array: Any, storage: Storage) -> Traced:
        found = self._stands.get(id(array))
        if found is not None:
            return found
        offset = array.__array_interface__["data"][0] - storage.start if array.size else 0
        ref = Ref(storage, offset, array.shape, array.strides, array.dtype)
        self.arrays.setdefault(ref, array)
        found = self._stands[id(array)] = Traced(self, array, ref)
        return found

    def _real(self, leaf: Any) -> Any:
        return leaf._real if type(leaf) is Traced else leaf

    def _ref(self, leaf: Any) -> Any:
        if type(leaf) is Traced:
            return leaf._ref
        if isinstance(leaf, np.generic):
            return leaf
        if isinstance(leaf, np.ndarray):
            return self.lift(leaf, "constant")._ref
        return leaf

    def refuse(self, message: str, is_final: bool = False) -> Untraceable:
        """The error for what cannot be traced."""
        return Untraceable(message, is_final)

    # --- recording --------------------------------------------------------------------------------

    def _note(self, operation: Any, fn: Any, args: Any, kwargs: Any, out: Any, **more: Any) -> None:
        self.instructions.append(
            Instruction(
                operation, fn, replaced(tuple(args), self._ref),
                replaced(kwargs, self._ref) if kwargs else {}, out, line=users_line(), **more,
            )
        )  # fmt: skip

    def _fresh(self, result: Any) -> Traced:
        result = np.asarray(result)
        return self._stand(result, self._new(result, "temporary"))

    def _will_write(self, target: Any, what: str) -> None:
        """Before memory that was there already is written into."""
        if type(target) is not Traced:
            raise self.refuse(PLAIN.format(what=what))
        storage = target._ref.storage
        if storage.kind == "argument" or storage.shared:
            raise self.refuse(PLAIN.format(what=f"{what} (it changes an argument of the step)"))
        if storage.kind != "temporary" and storage.before is None:
            storage.before = storage.owner.copy()
        storage.written = True

    def ufunc(self, ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: Any) -> Any:
        """A ufunc, or a method of one."""
        if not self.active:
            return getattr(ufunc, method)(*replaced(inputs, self._real), **_plain(kwargs, self))
        out = kwargs.pop("out", None)
        name = f"np.{ufunc.__name__}"
        if method == "at":
            self._will_write(inputs[0], f"{name}.at")
            return self._changed(inputs[0], ufunc.at, inputs, {})
        if ufunc.nout > 1 or method not in ("__call__", "reduce"):
            if out is not None:
                raise self.refuse(PLAIN.format(what=f"{name} with out="))
            run = ufunc if method == "__call__" else getattr(ufunc, method)
            return self.call(run, inputs, kwargs)
        run = ufunc if method == "__call__" else ufunc.reduce
        operation = "ufunc" if method == "__call__" else "reduce"
        if operation == "reduce":
            kwargs.setdefault("axis", 0)
        reals, options = replaced(inputs, self._real), replaced(kwargs, self._real)
        if out is None:
            made = self._fresh(run(*reals, **options))
            self._note(operation, ufunc, inputs, kwargs, [made._ref])
            return made
        target = out[0]
        self._will_write(target, name)
        run(*reals, out=target._real, **options)
        self._note(operation, ufunc, inputs, kwargs, [target._ref], fresh=False)
        return target

    def function(self, func: Any, args: tuple[Any, ...], kwargs: Any) -> Any:
        """A NumPy function that is no ufunc."""
        if not self.active or func in _FACTS:
            return func(*replaced(args, self._real), **_plain(kwargs, self))
        if func is np.copyto:
            target, value, *_ = args
            if kwargs.get("where", True) is not True:
                self._will_write(target, "np.copyto")
                return self._changed(target, func, args, kwargs)
            return self.assign(target, Ellipsis, value)
        if func in _WRITE_FIRST:
            self._will_write(args[0], f"np.{func.__name__}")
            return self._changed(args[0], func, args, kwargs)
        if kwargs.get("out") is not None:
            raise self.refuse(PLAIN.format(what=f"np.{func.__name__} with out="))
        if func is np.empty_like or func is np.zeros_like or func is np.full_like:
            made = self._fresh(func(*replaced(args, self._real), **_plain(kwargs, self)))
            fill = args[1] if func is np.full_like else 0
            if func is np.empty_like:
                self._note("empty", func, (), {}, [made._ref])
            else:
                self._note("fill", func, (fill,), {}, [made._ref])
            return made
        if func is np.copy:
            return self.copy(args[0], np.copy(args[0]._real))
        return self.call(func, args, kwargs)

    def copy(self, source: Traced, result: Any) -> Any:
        """A copy, perhaps of another dtype or order of memory."""
        if not self.active:
            return result
        made = self._fresh(result)
        self._note("copy", np.copyto, (source,), {}, [made._ref])
        return made

    def assign(self, target: Any, index: Any, value: Any) -> None:
        """``target[index] = value``."""
        if not self.active:
            target._real[replaced(index, self._real)] = replaced(value, self._real)
            return
        self._will_write(target, "an assignment")
        real_index = replaced(index, self._real)
        if any(refs_in(replaced(index, self._ref))):
            self._changed(target, _setitem, (target, index, value), {})
            return
        parts = real_index if isinstance(real_index, tuple) else (real_index,)
        if not any(part is Ellipsis for part in parts):
            parts = (*parts, Ellipsis)
        part = target._real[parts]
        stand = target if part.shape == target.shape and _same(part, target._real) else None
        if stand is None:
            stand = self._view(part, _getitem, (target, parts), {})
        value = self._stretched(value)
        part[...] = self._real(value)
        self._note("copy", np.copyto, (value,), {}, [stand._ref], fresh=False)

    def _stretched(self, value: Any) -> Any:
        return np.asarray(value) if isinstance(value, list | tuple) else value

    def _changed(self, target: Any, fn: Any, args: Any, kwargs: Any) -> None:
        """A function that writes into its first argument."""
        fn(*replaced(args, self._real), **_plain(kwargs, self))
        self._note("call", fn, args, kwargs, [], fresh=False, writes=[target._ref])

    def call(self, fn: Any, args: tuple[Any, ...], kwargs: Any = None) -> Any:
        """A function that returns arrays: new ones, or views."""
        kwargs = kwargs or {}
        result = fn(*replaced(args, self._real), **_plain(kwargs, self))
        return self._outcome(result, fn, args, kwargs) if self.active else result

    def _outcome(self, result: Any, fn: Any, args: Any, kwargs: Any) -> Any:
        if isinstance(result, np.ndarray | np.generic):
            if isinstance(result, np.ndarray):
                known = self._stands.get(id(result))
                if known is not None and type(args[0]) is Traced and known is args[0]:
                    return known
                if self._storage(result) is not None:
                    return self._view(result, fn, args, kwargs)
            made = self._fresh(result)
            self._note("call", fn, args, kwargs, [made._ref])
            return made
        if isinstance(result, tuple | list) and all(
            isinstance(r, np.ndarray | np.generic) for r in result
        ):
            known_storages = [
                self._storage(r) if isinstance(r, np.ndarray) else None for r in result
            ]
            made_here = [
                self._fresh(r) if s is None else self._stand(r, s)
                for r, s in zip(result, known_storages, strict=True)
            ]
            if all(s is not None for s in known_storages):
                self._note(
                    "view", fn, args, kwargs, [t._ref for t in made_here], fresh=False, many=True
                )
            else:
                self._note("call", fn, args, kwargs, [t._ref for t in made_here], many=True)
            return tuple(made_here)
        if not self.active:
            return result
        raise self.refuse(NUMBER.format(what=f"{getattr(fn, '__name__', fn)}()"))

    def _view(self, result: Any, fn: Any, args: Any, kwargs: Any) -> Traced:
        storage = self._storage(result)
        assert storage is not None
        stand = self._stand(result, storage)
        self._note("view", fn, args, kwargs, [stand._ref], fresh=False)
        return stand

    def host(self, fn: Any, args: tuple[Any, ...], out: list[Any] | None = None) -> None:
        """Python code that a replay calls; ``out`` are cells it fills or arrays it changes."""
        written = [t._ref for t in out or ()]
        self._note("host", fn, args, {}, [], fresh=False, writes=written)

    def ask(self, question: Any, args: tuple[Any, ...]) -> bool:
        """A question about numbers, asked again at each replay."""
        answer = bool(question(*replaced(args, self._real)))
        if self.active:
            self._note("ask", question, (answer, *args), {}, [], fresh=False)
        return answer

    # --- primitives -------------------------------------------------------------------------------

    def primitive(self, prim: Any, inputs: Any, params: Any) -> Any:
        """A primitive that a rule calls: what it is made of, or the whole of it."""
        try:
            return prim.forward(*inputs, *params)
        except Exception as error:
            if getattr(error, "is_final", False):
                raise
            return self.run_whole(prim.forward, inputs, params)

    def run_rules(self, node: Any, saved: Any, g: Any, inputs: Any) -> Any:
        """A node's rules as one instruction, after their parts could not be traced."""
        error = sys.exc_info()[1]
        if error is not None and (not self.active or getattr(error, "is_final", False)):
            raise error
        found = iter(self.call(whole.run_rules, whole.arguments_of(node, saved, g, inputs)))
        return [next(found) if has else None for has in whole.has_rule(node.prim, inputs)]

    def run_whole(self, forward: Any, inputs: Any, params: Any) -> Any:
        """A kernel as one instruction, after its parts could not be traced."""
        return self.call(forward, (*inputs, *params))


def _owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _same(a: Any, b: Any) -> bool:
    return bool(
        a.strides == b.strides
        and a.__array_interface__["data"][0] == b.__array_interface__["data"][0]
    )


def _plain(kwargs: Any, tracer: Tracer) -> Any:
    return replaced(kwargs, tracer._real) if kwargs else {}


def _getitem(x: Any, index: Any) -> Any:
    return x[index]


def _setitem(x: Any, index: Any, value: Any) -> None:
    x[index] = value
