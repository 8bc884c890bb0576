"""`Traced`: stands for an array while a step is traced; everything done to it is recorded.

It holds a real array, on which everything is really computed: the trace is a correct step, and no
rules about shapes are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._primitive import Primitive
from .errors import MASK, NUMBER, PLAIN
from .record import Ref

if TYPE_CHECKING:
    from .tracer import Tracer

_NUMBERS = ("item", "tolist", "tobytes", "tostring", "dump", "dumps", "tofile", "__complex__")
_IN_PLACE = ("sort", "partition", "put", "resize", "byteswap", "itemset", "setfield")


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A stand-in for one array. It says that it is an ndarray, so that code for arrays takes it.

    Parameters
    ----------
    tracer : Tracer
    real : ndarray
    ref : Ref
        Where it lies.
    """

    __slots__ = ("__weakref__", "_real", "_ref", "_tracer")
    __array_priority__ = 50.0

    def __init__(self, tracer: Tracer, real: Any, ref: Ref) -> None:
        self._tracer = tracer
        self._real = real
        self._ref = ref

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # isinstance(x, np.ndarray) is to be true
        return np.ndarray

    # --- what is the same at each call ------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the dimensions."""
        return self._ref.shape

    @property
    def dtype(self) -> Any:
        """The element type."""
        return self._real.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._ref.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(self._real.size)

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element to the next, along each dimension."""
        return self._ref.strides

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return int(self._real.itemsize)

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return int(self._real.nbytes)

    @property
    def flags(self) -> Any:
        """The real array's."""
        return self._real.flags

    @property
    def base(self) -> Any:
        """The stand-in of the array that owns the memory, None if it is this one."""
        stand = self._ref.storage.stand
        return None if stand is self or self._real.base is None else stand

    def __len__(self) -> int:
        return len(self._real)

    def __hash__(self) -> int:
        return id(self)

    # --- what only a call knows -------------------------------------------------------------------

    def _number(self, what: str) -> Any:
        if not self._tracer.active:
            return self._real
        raise self._tracer.refuse(NUMBER.format(what=what))

    def __bool__(self) -> bool:
        return bool(self._number("'if', 'while', 'and', 'or' or 'not'"))

    def __int__(self) -> int:
        return int(self._number("int()"))

    def __float__(self) -> float:
        return float(self._number("float(), .item() or printing"))

    def __index__(self) -> int:
        return int(self._number("an index, range() or a size"))

    def __contains__(self, item: Any) -> bool:
        return item in self._number("'in'")

    def __repr__(self) -> str:
        return repr(self._number("printing"))

    def __format__(self, spec: str) -> str:
        return format(self._number("printing"), spec)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if not self._tracer.active:
            return np.array(self._real, dtype=dtype, copy=copy)
        raise self._tracer.refuse(PLAIN.format(what="np.asarray, np.array or an index"))

    @property
    def __array_interface__(self) -> Any:
        if not self._tracer.active:
            return self._real.__array_interface__
        raise self._tracer.refuse(PLAIN.format(what="its memory's address"))

    # --- what is recorded -------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return self._tracer.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._tracer.function(func, args, kwargs)

    def _run_primitive(self, prim: Primitive, inputs: tuple[Any, ...], params: list[Any]) -> Any:
        return self._tracer.primitive(prim, inputs, params)

    def _recover(self, prim: Primitive, arrays: Any, params: Any) -> Any:
        return self._tracer.run_whole(prim.forward, arrays, params)

    def _pull(self, node: Any, saved: Any, g: Any, inputs: Any) -> Any:
        return self._tracer.run_rules(node, saved, g, inputs)

    def _ask(self, question: Any, more: tuple[Any, ...]) -> bool:
        return self._tracer.ask(question, (self, *more))

    def __pow__(self, other: Any) -> Any:
        # What ndarray does for these exponents.
        fast = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal, 1: np.positive}
        if isinstance(other, int | float) and self._real.dtype.kind == "f" and other in fast:
            return fast[other](self)
        return np.power(self, other)

    def __getitem__(self, index: Any) -> Any:
        if _has_mask(index):
            raise self._tracer.refuse(MASK, is_final=True)
        return self._tracer.call(_getitem, (self, index))

    def __setitem__(self, index: Any, value: Any) -> None:
        self._tracer.assign(self, index, value)

    def __iter__(self) -> Any:
        return (self[k] for k in range(len(self._real)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _NUMBERS:
            what = "int(), float() or .item()" if name == "item" else f".{name}()"
            return getattr(self._number(what), name)
        found = getattr(self._real, name)
        if not callable(found):
            return self._tracer.call(getattr, (self, name))
        if name in _IN_PLACE:
            raise self._tracer.refuse(PLAIN.format(what=f"ndarray.{name}"))
        return _Method(self, name)

    def fill(self, value: Any) -> None:
        """Set all elements to one number."""
        self._tracer.assign(self, Ellipsis, value)

    def setflags(self, *args: Any, **kwargs: Any) -> None:
        """Set the real array's."""
        self._real.setflags(*args, **kwargs)

    def astype(self, dtype: Any, *args: Any, copy: bool = True, **kwargs: Any) -> Any:
        """A copy of another dtype."""
        if not copy and self._real.dtype == dtype:
            return self
        return self._tracer.copy(self, self._real.astype(dtype, *args, **kwargs))

    def copy(self, order: Any = "C") -> Any:
        """A copy."""
        return self._tracer.copy(self, self._real.copy(order))


class _Method:
    """A method of an array, recorded when it is called."""

    __slots__ = ("name", "owner")

    def __init__(self, owner: Traced, name: str) -> None:
        self.owner, self.name = owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.owner._tracer.call(getattr(np.ndarray, self.name), (self.owner, *args), kwargs)


def _getitem(x: Any, index: Any) -> Any:
    return x[index]


def _has_mask(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return any(type(part) is Traced and part.dtype.kind == "b" for part in parts)
