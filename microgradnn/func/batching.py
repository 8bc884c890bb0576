"""An array with a hidden axis: what `vmap` puts into the place of an array.

`Batched` looks like one example to whoever asks for its shape, and holds all of them. NumPy's
functions reach it through NumPy's protocols (`batched_calls`), so that the forward functions and
the rules of the table run on it as they are: no primitive has a rule for batches. What cannot run
on it (a kernel, LAPACK, a write in place) is run once per example instead.

Every `vmap` is a *level*, counted up; a nested one makes arrays whose examples are Batched
themselves, the newest level outermost. The shape of a Batched array remembers its levels, so that a
cotangent for something that all examples share is known to need a sum over them.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .._asking import ask
from .._primitive import Primitive
from .._tensor import Tensor
from ..grad_mode import no_grad


class NotBatchableError(TypeError):
    """What is asked for needs the examples one by one."""


class _Active(threading.local):
    def __init__(self) -> None:
        self.levels: set[int] = set()


_active = _Active()


class BatchedShape(tuple[int, ...]):
    """The shape of one example.

    While the examples are being computed it is equal to any tuple of the same sizes. Afterwards, in
    a walk back through their graph, it is equal only to one with the same hidden axes: a cotangent
    that has more of them than its node is to be summed over them.
    """

    batches: dict[int, int]
    """The size of the hidden axis by level."""

    def __new__(cls, sizes: Sequence[int], batches: dict[int, int]) -> BatchedShape:
        """A tuple that carries ``batches``."""
        self = super().__new__(cls, sizes)
        self.batches = batches
        return self

    def __eq__(self, other: object) -> bool:
        if tuple.__eq__(self, other) is not True:
            return False
        differing = self.batches.keys() ^ batches_of(other).keys()
        return differing <= _active.levels

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__


def batches_of(shape: Any) -> dict[int, int]:
    """The hidden axes of a shape: none for a plain tuple."""
    found: dict[int, int] = getattr(shape, "batches", {})
    return found


_levels = itertools.count(1)


@contextmanager
def new_level() -> Iterator[int]:
    """A level for the time of a `with`; cotangents keep its axis while it is active."""
    level = next(_levels)
    _active.levels.add(level)
    try:
        yield level
    finally:
        _active.levels.discard(level)


class Batched(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of examples that looks like one of them. Made by `hide`.

    Attributes
    ----------
    raw : ndarray or Batched
        All examples along axis 0; Batched at an older level if `vmap` is nested.
    level : int
    """

    __slots__ = ("__weakref__", "level", "raw", "shape")

    def __init__(self, raw: Any, level: int) -> None:
        self.raw = raw
        self.level = level
        self.shape = BatchedShape(raw.shape[1:], {**batches_of(raw.shape), level: raw.shape[0]})

    base = None

    @property
    def __class__(self) -> Any:
        # The engines ask `x.__class__ is ndarray`: this stands for one.
        return np.ndarray

    @__class__.setter
    def __class__(self, kind: Any) -> None:
        raise AttributeError("the class of an array")

    @property
    def dtype(self) -> Any:
        """The element type."""
        return self.raw.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions of an example."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements of an example."""
        return int(np.prod(tuple(self.shape), dtype=int))

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return int(self.raw.dtype.itemsize)

    @property
    def flags(self) -> Any:
        """Those of all examples."""
        return self.raw.flags

    @property
    def T(self) -> Any:
        """Each example with its dimensions reversed."""
        return self.transpose()

    @property
    def mT(self) -> Any:
        """Each example's matrices transposed."""
        if self.ndim < 2:
            raise NotBatchableError("mT of less than two dimensions")
        return Batched(np.swapaxes(self.raw, -1, -2), self.level)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from .batched_calls import run_ufunc

        return run_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from .batched_calls import run_function

        return run_function(func, args, kwargs)

    def _run_primitive(self, prim: Primitive, inputs: Sequence[Any], params: Sequence[Any]) -> Any:
        return run_forward(prim, inputs, params)

    def _recover(self, prim: Any, arrays: Sequence[Any], params: Sequence[Any]) -> Any:
        """What ``prim`` makes of each example, after its forward function did not take them all."""
        return run_forward(prim, arrays, params)

    def _pull(self, node: Any, saved: Any, g: Any, inputs: Any) -> list[Any]:
        """Run rules on Tensors, whose operations can recover, after they did not run on arrays."""
        with no_grad():
            pulled = node.prim.vjp(
                inputs, tuple([_wrapped(s) for s in saved]), node.params, _wrapped(g)
            )
        return [c._array if isinstance(c, Tensor) else c for c in pulled]

    def _ask(self, question: Callable[..., bool], more: tuple[Any, ...]) -> bool:
        """The answer to a question about the numbers, if it is the same for all examples."""
        found = {ask(question, x, *more) for x in self.raw}
        if len(found) != 1:
            raise NotBatchableError(f"a question whose answer differs ({question.__name__})")
        return found.pop()

    def _collapse(self, g: Any, shape: Any) -> Any:
        """Sum a cotangent over the hidden axes that its input did not have.

        A level that is still active is kept: each example has a cotangent of its own then.
        """
        wanted = batches_of(shape)
        for level, size in self.shape.batches.items():
            if level not in wanted and level not in _active.levels:
                g = np.add.reduce(LEAVE(g, level=level, size=size), axis=0)
        return g

    def reshape(self, *shape: Any) -> Any:
        """Each example in another shape."""
        sizes = (
            shape[0] if len(shape) == 1 and not isinstance(shape[0], int | np.integer) else shape
        )
        sizes = [int(n) for n in sizes]
        if -1 in sizes:
            rest = int(np.prod([n for n in sizes if n != -1], dtype=int))
            sizes[sizes.index(-1)] = self.size // rest if rest else 0
        return Batched(self.raw.reshape((self.raw.shape[0], *sizes)), self.level)

    def transpose(self, *axes: Any) -> Any:
        """Each example with its dimensions in another order."""
        if len(axes) == 1 and (axes[0] is None or not isinstance(axes[0], int | np.integer)):
            axes = axes[0] or ()
        order = [a % self.ndim for a in axes] if axes else range(self.ndim)[::-1]
        return Batched(self.raw.transpose((0, *(a + 1 for a in order))), self.level)

    def swapaxes(self, a: int, b: int) -> Any:
        """Each example with two dimensions exchanged."""
        return np.swapaxes(self, a, b)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """Another dtype."""
        return Batched(self.raw.astype(dtype, copy=copy), self.level)

    def view(self, dtype: Any) -> Any:
        """The same bits as another dtype."""
        if np.dtype(dtype).itemsize != self.itemsize:
            raise NotBatchableError("view as a dtype of another size")
        return Batched(self.raw.view(dtype), self.level)

    def copy(self, order: str = "K") -> Any:
        """A copy."""
        return Batched(self.raw.copy(), self.level)

    def ravel(self) -> Any:
        """Each example flattened."""
        return self.reshape(-1)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Sums within examples."""
        reduce: Any = np.add.reduce
        return reduce(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Maxima within examples."""
        reduce: Any = np.maximum.reduce
        return reduce(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Minima within examples."""
        reduce: Any = np.minimum.reduce
        return reduce(self, axis=axis, keepdims=keepdims)

    def __getitem__(self, index: Any) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        picking = [
            k for k, p in enumerate(parts)
            if isinstance(p, np.ndarray | list | int | np.integer)
        ]  # fmt: skip
        arrays = [p for p in parts if isinstance(p, np.ndarray | list)]
        if any(type(p) is Batched for p in parts):
            raise NotBatchableError("an index that differs between examples")
        if arrays and picking[-1] - picking[0] >= len(picking):
            raise NotBatchableError("separated arrays in an index")
        return Batched(self.raw[(slice(None), *parts)], self.level)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise NotBatchableError("a write in place")

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an example of 0 dimensions")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self)))

    def _one(self, *_: Any, **__: Any) -> Any:
        raise NotBatchableError("one number that differs between examples (a condition, .item())")

    __bool__ = __float__ = __int__ = __index__ = item = tolist = _one
    __array__ = _one

    def __repr__(self) -> str:
        return f"Batched({self.raw!r}, level={self.level})"


def _wrapped(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return Tensor._wrap(x)
    return [_wrapped(item) for item in x] if isinstance(x, list) else _wrapped_parts(x)


def _wrapped_parts(x: Any) -> Any:
    from ..graph import Parts

    if isinstance(x, Parts):
        for k, part in x.parts.items():
            x.parts[k] = _wrapped(part)
    return x


def hide(x: Any, level: int) -> Any:
    """A Batched array of the examples along axis 0 of ``x``."""
    if type(x) is Batched and x.level > level:  # the newest level stays outermost
        return Batched(hide(np.moveaxis(x.raw, 1, 0), level), x.level)
    return Batched(x, level)


def reveal(x: Any, level: int, size: int) -> Any:
    """The examples of a level along a new axis 0; repeated if they are all the same."""
    if level not in batches_of(x.shape):
        return np.broadcast_to(x, (size, *x.shape))
    if x.level == level:
        return x.raw
    return Batched(np.moveaxis(reveal(x.raw, level, size), 0, 1), x.level)


ENTER = Primitive(
    name="enter_vmap", inputs=("x",), forward=lambda x, level, size: hide(x, level),
    rules={"x": lambda g, level, size: LEAVE(g, level=level, size=size)},
    params=(("level", 0), ("size", 0)), mathematics="x", samples=list, kind="linear",
)  # fmt: skip
"""From an array to its examples, in the graph."""

LEAVE: Primitive = Primitive(
    name="leave_vmap", inputs=("x",), forward=reveal,
    rules={"x": lambda g, level, size: ENTER(g, level=level, size=size)},
    params=(("level", 0), ("size", 0)), mathematics="x", samples=list, kind="linear",
)  # fmt: skip
"""From the examples to one array, in the graph."""


def newest(arrays: Sequence[Any]) -> int:
    """The newest level among arrays; 0 if none of them is Batched."""
    return max((x.level for x in arrays if type(x) is Batched), default=0)


def _inside(params: Any) -> list[Any]:
    """The arrays in parameters: an index may hold some."""
    if isinstance(params, tuple | list):
        return [x for item in params for x in _inside(item)]
    return [params] if type(params) is Batched else []


def _pick(x: Any, level: int, k: int) -> Any:
    """One example of what is Batched at a level, also inside of tuples."""
    if type(x) is Batched:
        return x.raw[k] if x.level == level else x
    return tuple([_pick(item, level, k) for item in x]) if type(x) is tuple else x


def each(function: Callable[..., Any], arrays: Sequence[Any], params: tuple[Any, ...] = ()) -> Any:
    """Run a function on arrays and parameters example by example; its results joined again."""
    among = [*arrays, *_inside(params)]
    level = newest(among)
    size = next(x.raw.shape[0] for x in among if type(x) is Batched and x.level == level)
    if not size:
        raise NotBatchableError("no examples, and the shape of a result is not known without one")
    results = [
        function(*[_pick(x, level, k) for x in arrays], *_pick(params, level, k))
        for k in range(size)
    ]
    if isinstance(results[0], tuple | list):
        return tuple([Batched(_joined(parts), level) for parts in zip(*results, strict=True)])
    return Batched(_joined(results), level)


def _joined(parts: Sequence[Any]) -> Any:
    arrays = [x if isinstance(x, np.ndarray) else np.asarray(x) for x in parts]
    if len({tuple(x.shape) for x in arrays}) > 1:
        raise NotBatchableError("results whose shapes differ between examples")
    return np.stack(arrays)


def run_forward(prim: Any, inputs: Sequence[Any], params: Sequence[Any]) -> Any:
    """A primitive's forward function on arrays (and parameters) of which some are Batched."""
    try:
        return prim.forward(*inputs, *params)
    except Exception:
        if not newest([*inputs, *_inside(params)]):
            raise
    count = len(inputs)
    return each(lambda *xs: run_forward(prim, xs[:count], xs[count:]), inputs, tuple(params))


def zeros(shape: Any, dtype: Any) -> Any:
    """Zeros of a shape, with its hidden axes."""
    batches = sorted(batches_of(shape).items())
    x: Any = np.zeros((*(size for _, size in batches), *shape), dtype)
    for level, _ in batches:
        x = Batched(x, level)
    return x


def ones(shape: Any, dtype: Any) -> Any:
    """Ones of a shape, with its hidden axes."""
    return zeros(shape, dtype) + np.ones((), dtype)
