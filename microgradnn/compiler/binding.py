"""Where a trace takes hold of the library: for its duration, and for its thread only.

Tensors hand out stand-ins of their arrays; what a graph's rules cannot do with stand-ins is taken
as a whole; gradients that are read or set, random numbers, optimizers and schedules are noticed.
Nothing of this costs anything while no step is traced.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import _generator
from .._tensor import Tensor
from ..autograd import gradients
from ..graph import FREED, Leaf, fit, pull_arrays, pull_arrays_once
from .arrays import array_of, set_array_of
from .traced import Traced
from .tracer import Tracer

_lock = threading.RLock()


class _Tracing(threading.local):
    now = False


tracing = _Tracing()
"""``now`` says whether this thread is tracing a step."""


def is_tracing() -> bool:
    """Whether this thread is tracing a step."""
    return tracing.now


_GRAD: Any = Leaf.__dict__["grad"]

_DRAWS = (
    "_words", "_long_words", "_uniform64", "_uniform32", "_uniform", "_normal", "_integers",
    "_bernoulli", "_exponential", "_permutation", "_normal_by_pairs",
)  # fmt: skip


class Binding:
    """What a trace met of the library's objects.

    Attributes
    ----------
    tensors : dict
        Tensors that were there before, by id: the Tensor, its array, its node.
    grads : dict
        Leaves whose gradient was read before it was set, by id: the leaf, what was read.
    set_grads : dict
        Leaves whose gradient was set, by id.
    pulled : set of Node
        Those that a ``backward()`` has gone through.
    undo : list of callable
        What gives things that were changed and not recorded their state from before.
    """

    def __init__(
        self, tracer: Tracer, inputs: Sequence[Any] = (), flats: Sequence[Any] = ()
    ) -> None:
        self.tracer = tracer
        self.inputs = inputs
        self.flats = flats
        for flat in flats:  # before the parameters, which lie in them
            for name, array in (("parameters", flat.p), *flat.state.items()):
                tracer.lift(array, "external")._ref.storage.name = f"all_{name}"
        self.quiet = False
        self.tensors: dict[int, tuple[Any, Any, Any]] = {}
        self.grads: dict[int, tuple[Any, Any]] = {}
        self.set_grads: dict[int, Any] = {}
        self.rebound: dict[int, tuple[Any, Any]] = {}
        self.pulled: set[Any] = set()
        self.undo: list[Callable[[], Any]] = []
        self._made: list[weakref.ref[Any]] = []
        self._created: dict[int, Any] = {}

    # --- Tensors and their arrays -----------------------------------------------------------------

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Let Tensors have their real arrays meanwhile: what happens is not recorded."""
        self.quiet, before = True, self.quiet
        try:
            yield
        finally:
            self.quiet = before

    def _elsewhere(self) -> bool:
        return threading.get_ident() != self.tracer.thread

    def get_array(self, t: Any) -> Any:
        """A Tensor's array, or the stand-in of it."""
        array = array_of(t)
        if type(array) is Traced:
            return array._real if self.quiet else array
        if self.quiet or self._elsewhere():
            return array
        if id(array) in self._created or not (array.flags.writeable or array.ndim):
            return self.tracer.lift(array, "constant")
        if id(t) not in self.tensors and not any(t is x for x in self.inputs):
            self.tensors[id(t)] = (t, array, t._node)
        return self.tracer.lift(array, "external")

    def set_array(self, t: Any, value: Any) -> None:
        """Give a Tensor an array: a new one mostly."""
        if self.quiet or self._elsewhere():
            set_array_of(t, value)
            return
        try:
            old = array_of(t)
        except AttributeError:
            old = None
        if old is not None and type(old) is not Traced and id(old) not in self._created:
            self.rebound.setdefault(id(t), (t, old))
        set_array_of(t, value)
        if type(value) is Traced:
            self._made.append(weakref.ref(t))
        else:
            self._created[id(value)] = value

    # --- gradients --------------------------------------------------------------------------------

    def get_grad(self, leaf: Any) -> Any:
        """A leaf's gradient; one that was there before is remembered."""
        found = _GRAD.__get__(leaf)
        if not self.quiet and id(leaf) not in self.set_grads and not self._elsewhere():
            self.grads.setdefault(id(leaf), (leaf, found))
        return found

    def set_grad(self, leaf: Any, value: Any) -> None:
        """Set a leaf's gradient, and remember that it was."""
        if not self.quiet and not self._elsewhere():
            self.set_grads[id(leaf)] = leaf
        _GRAD.__set__(leaf, value)

    def preserve(self, array: Any) -> None:
        """Remember what is in an array that is changed without being recorded."""
        before = array.copy()
        self.undo.append(lambda: np.copyto(array, before))

    # --- the end ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Give the Tensors that have stand-ins their real arrays."""
        for t, old in self.rebound.values():
            value = array_of(t)
            if type(value) is Traced:
                value = value._real
            if value.shape == old.shape and value.dtype == old.dtype and value is not old:
                set_array_of(t, old)
        for ref in self._made:
            t = ref()
            if t is not None:
                array = array_of(t)
                if type(array) is Traced:
                    set_array_of(t, array._real)

    def copy_rebound(self) -> None:
        """Record ``x.data = new`` as a copy into the memory that x has."""
        for t, old in self.rebound.values():
            value = array_of(t)
            if value.shape != old.shape or value.dtype != old.dtype:
                raise self.tracer.refuse(
                    f"a Tensor of shape {tuple(old.shape)} gets data of shape "
                    f"{tuple(value.shape)}: a compiled step can't change shapes"
                )
            target = self.tracer.lift(old, "external")
            self.tensors.setdefault(id(t), (t, old, t._node))
            if value is not target:
                self.tracer.assign(target, Ellipsis, value)


# --- rules ----------------------------------------------------------------------------------------


def _noting(pull: Any, binding: Binding, once: bool) -> Any:
    """Remember which nodes a ``backward()`` goes through; take rules as a whole if need be.

    The engine asks the arrays that a rule reads for another way; here there may only be one in
    the parameters (an index).
    """

    def noting_pull(node: Any, g: Any, inputs: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return pull(node, g, inputs)
        binding.pulled.add(node)
        saved = node.saved
        try:
            return pull(node, g, inputs)
        except Exception:
            if saved is FREED:
                raise
            pulled = binding.tracer.run_rules(node, saved, g, inputs)
        if once and node.prim.saves_arrays:
            node.saved = FREED
        return [None if c is None else fit(c, u) for c, u in zip(pulled, inputs, strict=True)]

    return noting_pull


# --- taking hold ----------------------------------------------------------------------------------


@contextlib.contextmanager
def bound(binding: Binding) -> Iterator[None]:
    """Let the library report to a trace, as long as the block runs."""
    from . import updates

    changes: list[tuple[Any, str, Any]] = [
        (Tensor, "_array", property(binding.get_array, binding.set_array)),
        (Leaf, "grad", property(binding.get_grad, binding.set_grad)),
        (gradients, "pull_arrays", _noting(pull_arrays, binding, False)),
        (gradients, "pull_arrays_once", _noting(pull_arrays_once, binding, True)),
        *[(_generator.Generator, name, _drawing(binding, name)) for name in _DRAWS],
        *updates.changes(binding),
    ]
    with _lock:
        before = [(where, name, where.__dict__[name]) for where, name, _ in changes]
        try:
            tracing.now = True
            for where, name, new in changes:
                setattr(where, name, new)
            yield
        finally:
            tracing.now = False
            for where, name, old in before:
                setattr(where, name, old)


def _drawing(binding: Binding, name: str) -> Any:
    """A generator's method whose numbers are drawn again at each call of the step."""
    draw = _generator.Generator.__dict__[name]

    def traced_draw(self: Any, *args: Any, **kwargs: Any) -> Any:
        if binding.quiet or binding._elsewhere():
            return draw(self, *args, **kwargs)
        twister, spare, seed = self._twister, self._spare, self._seed
        state = None if twister is None else twister.state

        def back() -> None:
            self._twister, self._spare, self._seed = twister, spare, seed
            if twister is not None:
                twister.state = state

        binding.undo.append(back)
        with binding.silence():
            return binding.tracer.call(draw, (self, *args), kwargs)

    return traced_draw
