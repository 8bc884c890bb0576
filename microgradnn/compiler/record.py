"""What a trace consists of: storages, references to parts of them, and instructions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

Kind = Literal["temporary", "external", "argument", "constant", "cell"]
"""Whose memory it is.

*temporary*: made by an instruction. *external*: of a Tensor that lives on (parameters, the state of
optimizers, data). *argument*: of the step's argument. *constant*: made inside of the step by
something that was not recorded, the same at each call. *cell*: a number that is computed anew for
each call.
"""


class Storage:
    """One block of memory.

    Attributes
    ----------
    number : int
        Storages are counted.
    kind : Kind
    owner : ndarray
        The array that owns the memory during the trace; for externals always.
    start, nbytes : int
        Where the memory begins, and its size.
    name : str
        How the source calls it.
    written : bool
        Whether an instruction writes into memory that was there before.
    before : ndarray or None
        A copy of what was in it before the first write, for what is not temporary.
    shared : bool
        Whether a constant is the user's own array, which may change.
    stand : Traced
        The stand-in of ``owner``.
    """

    __slots__ = (
        "before", "kind", "name", "nbytes", "number", "owner", "shared", "stand", "start",
        "written",
    )  # fmt: skip

    def __init__(self, number: int, kind: Kind, owner: Any, start: int, nbytes: int) -> None:
        self.number = number
        self.kind: Kind = kind
        self.owner = owner
        self.start = start
        self.nbytes = nbytes
        self.name = ""
        self.written = False
        self.before: Any = None
        self.shared = False
        self.stand: Any = None

    def __repr__(self) -> str:
        return f"<{self.kind} {self.number} {self.name}>"


class Ref(NamedTuple):
    """An array as a part of a storage. Equal references are one and the same array object."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: Any

    @property
    def size(self) -> int:
        """How many numbers it has."""
        n = 1
        for m in self.shape:
            n *= m
        return n

    @property
    def dense(self) -> bool:
        """Whether it is all of its storage, each number once."""
        return self.size * self.dtype.itemsize == self.storage.nbytes and 0 not in [
            s for s, n in zip(self.strides, self.shape, strict=True) if n > 1
        ]

    @property
    def c_contiguous(self) -> bool:
        """Whether the numbers lie in the order of their indices, without gaps."""
        expected = self.dtype.itemsize
        for n, s in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if n != 1 and s != expected:
                return self.size == 0
            expected *= n
        return True


Operation = Literal[
    "ufunc", "reduce", "dot", "copy", "fill", "empty", "view", "call", "host", "ask"
]
"""What an instruction does.

*ufunc*: ``fn(*args, out)``. *reduce*: ``fn.reduce(x, axis, None, out, keepdims)``. *dot*:
``x.dot(y, out)``. *copy*: numbers into ``out``, cast. *fill*: one number. *empty*: memory whose
numbers do not matter yet. *view*: the same memory seen otherwise. *call*: a function that returns
new arrays. *host*: Python code with effects of its own. *ask*: a question whose answer, the first
of ``args``, must be the same again.
"""


class Instruction:
    """One step of a trace.

    Attributes
    ----------
    operation : Operation
    fn : callable
    args : tuple
        `Ref` in place of arrays, in tuples, lists and slices too.
    kwargs : dict
    out : list of Ref
        Results, or what is written into.
    fresh : bool
        Whether the results' storages are made here.
    writes : list of Ref
        What is changed beside ``out``.
    line : str
        The user's line.
    many : bool
        Whether ``fn`` returns a tuple.
    phase : int
        1 for what an outer ``backward()`` runs, later.
    """

    __slots__ = (
        "args",
        "fn",
        "fresh",
        "kwargs",
        "line",
        "many",
        "operation",
        "out",
        "phase",
        "writes",
    )

    def __init__(
        self,
        operation: Operation,
        fn: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        out: list[Ref],
        fresh: bool = True,
        writes: list[Ref] | None = None,
        line: str = "",
        many: bool = False,
        phase: int = 0,
    ) -> None:
        self.operation: Operation = operation
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.out = out
        self.fresh = fresh
        self.writes = writes or []
        self.line = line
        self.many = many
        self.phase = phase

    def reads(self) -> Iterator[Ref]:
        """What it reads."""
        yield from refs_in(self.args)
        if self.kwargs:
            yield from refs_in(self.kwargs)

    @property
    def has_effect(self) -> bool:
        """Whether it must run though nothing may read what it makes."""
        return self.operation in ("host", "ask") or (
            self.operation == "call"
            and getattr(self.fn, "__module__", "") == "microgradnn._generator"
        )

    def written(self) -> Iterator[Storage]:
        """The storages it makes or changes."""
        for ref in self.out:
            if self.operation != "view":
                yield ref.storage
        for ref in self.writes:
            yield ref.storage

    def name(self) -> str:
        """What it is called in messages."""
        return str(getattr(self.fn, "__name__", self.operation))

    def __repr__(self) -> str:
        return f"<{self.operation} {self.name()} {self.args} -> {self.out}>"


def refs_in(tree: Any) -> Iterator[Ref]:
    """The references in nested tuples, lists, dicts and slices."""
    kind = tree.__class__
    if kind is Ref:
        yield tree
    elif kind is tuple or kind is list:
        for item in tree:
            yield from refs_in(item)
    elif kind is dict:
        for item in tree.values():
            yield from refs_in(item)
    elif kind is slice:
        yield from refs_in((tree.start, tree.stop, tree.step))


def replaced(tree: Any, change: Any) -> Any:
    """Nested tuples, lists, dicts and slices with ``change(leaf)`` in place of their leaves."""
    kind = tree.__class__
    if kind is tuple or kind is list:
        return kind([replaced(item, change) for item in tree])
    if kind is dict:
        return {name: replaced(item, change) for name, item in tree.items()}
    if kind is slice:
        return slice(*[replaced(item, change) for item in (tree.start, tree.stop, tree.step)])
    return change(tree)
