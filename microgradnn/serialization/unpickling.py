"""A machine that reads pickles and runs nothing but what `allowed` has and the user trusts.

It knows the instructions that pickles of data have, of all protocols from 2 on. Instructions that
look something up, call or set something do so with objects of our own table alone.
"""

from __future__ import annotations

import pickle
import pickletools
import struct
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import Counter, OrderedDict, defaultdict
from typing import Any, NoReturn

import numpy as np

from .allowed import Callee, Kind, allowed, check_key
from .errors import LoadError
from .safe_globals import get_safe_globals, trusted
from .storages import REFUSED, Load

_MARK = object()
_MAPPINGS = (dict, OrderedDict, Counter, defaultdict)


def refuse(name: str) -> NoReturn:
    """Raise LoadError for a name that no file may have."""
    if name in REFUSED or name == "torch.bfloat16":
        raise LoadError(f"{name}: no Tensor here can have this type")
    if name.startswith(("torch.nn.", "microgradnn.nn.")):
        raise LoadError(
            f"Unsupported global: {name} was not an allowed global by default. The file holds a "
            "whole module, not a state_dict(), and only code can make a module: load a "
            "state_dict(). mg.load(..., weights_only=False) runs the code that a file names; say "
            "it for microgradnn's own modules and for files that you trust"
        )
    raise LoadError(
        f"Unsupported global: {name} was not an allowed global by default. If you trust it as you "
        f"trust code, say mg.serialization.add_safe_globals([{name.removeprefix('builtins.')}])"
    )


class Unpickler:
    """Reads pickles that lie one after the other in memory.

    Parameters
    ----------
    data : bytes
    storage : callable
        From what stands for a storage to the storage.
    """

    def __init__(self, data: bytes, storage: Load) -> None:
        self._data = data
        self._storage = storage
        self.position = 0

    def load(self) -> Any:
        """The next object.

        Raises
        ------
        LoadError
            If the pickle is damaged, or names what it may not. The error names it.
        """
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._protocol = 0
        try:
            while True:
                code = self._take(1)
                if code == b".":
                    return self._stack.pop()
                instruction = _INSTRUCTIONS.get(code)
                if instruction is None:
                    raise LoadError(f"Unsupported operand {_name_of(code)}")
                instruction(self)
        except LoadError:
            raise
        except (
            AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError,
            ValueError, struct.error,
        ) as error:  # fmt: skip
            raise LoadError(
                f"the pickle is damaged, at byte {self.position}: {type(error).__name__}: {error}"
            ) from error

    # --- reading ------------------------------------------------------------------------------

    def _take(self, count: int) -> bytes:
        found = self._data[self.position : self.position + count]
        if len(found) < count:
            raise LoadError(f"the pickle is cut off: {count} more bytes should be there")
        self.position += count
        return found

    def _line(self) -> str:
        end = self._data.find(b"\n", self.position)
        if end < 0:
            raise LoadError("the pickle is cut off inside a name")
        return self._take(end + 1 - self.position)[:-1].decode()

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    # --- the stack ----------------------------------------------------------------------------

    def _set_protocol(self, protocol: int) -> None:
        self._protocol = protocol

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _pop_to_mark(self) -> list[Any]:
        stack = self._stack
        for k in range(len(stack) - 1, -1, -1):
            if stack[k] is _MARK:
                items = stack[k + 1 :]
                del stack[k:]
                return items
        raise LoadError("the pickle is damaged: a mark is missing")

    def _memoize(self, key: int) -> None:
        self._memo[key] = self._stack[-1]

    def _tuple(self, count: int) -> None:
        items = self._stack[-count:]
        if len(items) < count:
            raise IndexError("too few items for a tuple")
        self._stack[-count:] = [tuple(items)]

    # --- containers ---------------------------------------------------------------------------

    def _append(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) is not list:
            raise LoadError(f"only lists are appended to, not a {type(target).__name__}")
        target.extend(items)

    def _add(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) is not set:
            raise LoadError(f"only sets are added to, not a {type(target).__name__}")
        target.update(map(check_key, items))

    def _set_items(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) not in _MAPPINGS:
            raise LoadError(f"only dictionaries have items set, not a {type(target).__name__}")
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[check_key(key)] = value

    # --- what could run something ---------------------------------------------------------------

    def _global(self, module: str, name: str) -> None:
        if self._protocol < 3:  # which writes the names that Python 2 had
            module, name = NAME_MAPPING.get(
                (module, name), (IMPORT_MAPPING.get(module, module), name)
            )
        full = f"{module}.{name}"
        found = allowed().get(full)
        if found is None:
            found = trusted(full)
        if found is None:
            refuse(full)
        self._push(found)

    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if type(name) is not str or type(module) is not str:
            raise LoadError("the pickle is damaged: a global has a name and a module")
        self._global(module, name)

    def _reduce(self) -> None:
        args, callee = self._stack.pop(), self._stack.pop()
        if not isinstance(callee, Callee) and not _is_trusted(callee):
            raise LoadError(f"a pickle may not call {_described(callee)}")
        if type(args) is not tuple:
            raise LoadError("the pickle is damaged: arguments are a tuple")
        self._push(callee(*args))

    def _new(self) -> None:
        args, cls = self._stack.pop(), self._stack.pop()
        if isinstance(cls, type) and _is_trusted(cls):
            self._push(cls.__new__(cls, *args))
        elif isinstance(cls, Callee):  # a container
            self._push(cls(*args))
        else:
            raise LoadError(f"a pickle may not make a new {_described(cls)}")

    def _build(self) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        if type(target) is OrderedDict:  # of a state_dict, which has versions of modules
            if type(state) is not dict or list(state) not in ([], ["_metadata"]):
                raise LoadError("an OrderedDict has no attributes but _metadata")
            target.__dict__.update(state)
        elif type(target) is np.ndarray:
            _fill_array(target, state)
        elif isinstance(target, np.dtype):
            if type(state) is not tuple or len(state) != 8 or state[1] not in ("<", ">", "=", "|"):
                raise LoadError("a NumPy dtype has a byte order")
            if state[0] != 3 or state[2:] != (None, None, None, -1, -1, 0):
                raise LoadError("a NumPy dtype of numbers has no fields")
            target.__setstate__(state)  # type: ignore[attr-defined]
        elif _is_trusted(type(target)):
            _set_state(target, state)
        else:
            raise LoadError(f"a pickle may not set attributes of {_described(target)}")


def _name_of(code: bytes) -> str:
    """What an instruction is called."""
    names = {op.code: op.name for op in pickletools.opcodes}
    return names.get(code.decode("latin1"), repr(code))


def _is_trusted(thing: Any) -> bool:
    return any(thing is known for known in get_safe_globals())


def _described(thing: Any) -> str:
    if isinstance(thing, Kind):
        return f"{thing.cls.__module__}.{thing.cls.__qualname__}"
    return f"a {type(thing).__name__}"


def _fill_array(array: Any, state: Any) -> None:
    """Give an array the shape, dtype and numbers that a pickle has for it."""
    if type(state) is not tuple or len(state) != 5:
        raise LoadError("a NumPy array has a shape, a dtype and bytes")
    _, shape, dtype, in_fortran_order, data = state
    sizes_fit = type(shape) is tuple and all(type(n) is int and n >= 0 for n in shape)
    if not sizes_fit or not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise LoadError("a NumPy array is one of numbers")
    count = 1
    for n in shape:
        count *= n
    if type(data) is not bytes or len(data) != count * dtype.itemsize:
        raise LoadError(f"a NumPy array of shape {shape} has not as many bytes as it should")
    array.__setstate__((1, shape, dtype, bool(in_fortran_order), data))


def _set_state(target: Any, state: Any) -> None:
    """What pickle does to give an object of a trusted class its state."""
    if hasattr(target, "__setstate__"):
        target.__setstate__(state)
        return
    state, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    target.__dict__.update(state or {})
    for name, value in (slots or {}).items():
        setattr(target, name, value)


_INSTRUCTIONS: dict[bytes, Any] = {
    pickle.PROTO: lambda m: m._set_protocol(m._number("<B")),
    pickle.FRAME: lambda m: m._take(8),
    pickle.NONE: lambda m: m._push(None),
    pickle.NEWTRUE: lambda m: m._push(True),
    pickle.NEWFALSE: lambda m: m._push(False),
    pickle.BININT: lambda m: m._push(m._number("<i")),
    pickle.BININT1: lambda m: m._push(m._number("<B")),
    pickle.BININT2: lambda m: m._push(m._number("<H")),
    pickle.LONG1: lambda m: m._push(pickle.decode_long(m._take(m._number("<B")))),
    pickle.LONG4: lambda m: m._push(pickle.decode_long(m._take(m._number("<I")))),
    pickle.BINFLOAT: lambda m: m._push(m._number(">d")),
    pickle.SHORT_BINSTRING: lambda m: m._push(m._take(m._number("<B")).decode("ascii")),
    pickle.BINSTRING: lambda m: m._push(m._take(m._number("<I")).decode("ascii")),
    pickle.SHORT_BINUNICODE: lambda m: m._push(_text(m._take(m._number("<B")))),
    pickle.BINUNICODE: lambda m: m._push(_text(m._take(m._number("<I")))),
    pickle.BINUNICODE8: lambda m: m._push(_text(m._take(m._number("<Q")))),
    pickle.SHORT_BINBYTES: lambda m: m._push(m._take(m._number("<B"))),
    pickle.BINBYTES: lambda m: m._push(m._take(m._number("<I"))),
    pickle.BINBYTES8: lambda m: m._push(m._take(m._number("<Q"))),
    pickle.BYTEARRAY8: lambda m: m._push(bytearray(m._take(m._number("<Q")))),
    pickle.EMPTY_TUPLE: lambda m: m._push(()),
    pickle.EMPTY_LIST: lambda m: m._push([]),
    pickle.EMPTY_DICT: lambda m: m._push({}),
    pickle.EMPTY_SET: lambda m: m._push(set()),
    pickle.FROZENSET: lambda m: m._push(frozenset(map(check_key, m._pop_to_mark()))),
    pickle.MARK: lambda m: m._push(_MARK),
    pickle.POP: lambda m: m._stack.pop(),
    pickle.POP_MARK: lambda m: m._pop_to_mark(),
    pickle.DUP: lambda m: m._push(m._stack[-1]),
    pickle.TUPLE: lambda m: m._push(tuple(m._pop_to_mark())),
    pickle.TUPLE1: lambda m: m._tuple(1),
    pickle.TUPLE2: lambda m: m._tuple(2),
    pickle.TUPLE3: lambda m: m._tuple(3),
    pickle.APPEND: lambda m: m._append([m._stack.pop()]),
    pickle.APPENDS: lambda m: m._append(m._pop_to_mark()),
    pickle.ADDITEMS: lambda m: m._add(m._pop_to_mark()),
    pickle.SETITEM: lambda m: m._set_items([m._stack.pop(), m._stack.pop()][::-1]),
    pickle.SETITEMS: lambda m: m._set_items(m._pop_to_mark()),
    pickle.BINGET: lambda m: m._push(m._memo[m._number("<B")]),
    pickle.LONG_BINGET: lambda m: m._push(m._memo[m._number("<I")]),
    pickle.BINPUT: lambda m: m._memoize(m._number("<B")),
    pickle.LONG_BINPUT: lambda m: m._memoize(m._number("<I")),
    pickle.MEMOIZE: lambda m: m._memoize(len(m._memo)),
    pickle.BINPERSID: lambda m: m._push(m._storage(m._stack.pop())),
    pickle.GLOBAL: lambda m: m._global(m._line(), m._line()),
    pickle.STACK_GLOBAL: lambda m: m._stack_global(),
    pickle.REDUCE: lambda m: m._reduce(),
    pickle.NEWOBJ: lambda m: m._new(),
    pickle.BUILD: lambda m: m._build(),
}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
