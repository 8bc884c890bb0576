"""One traced call of a step: what went in, what came out, what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._tensor import Tensor
from .arrays import array_of
from .binding import Binding, bound
from .dependencies import Dependencies
from .flat import flats_of
from .open import Proxies, connect, pulled
from .record import Ref, Storage
from .traced import Traced
from .tracer import Tracer


class Capture:
    """A trace of one call.

    Attributes
    ----------
    tracer : Tracer
    binding : Binding
    inputs : list of Tensor
        The Tensors among the arguments that may be others at each call.
    result : Any
        What the step returned.
    spec : Any
        The same, with `Made` in place of Tensors that the step made.
    grads : list of (Leaf, Ref or None, Tensor or None)
        The gradients that leaves have in the end.
    """

    def __init__(
        self, fn: Callable[..., Any], args: Any, kwargs: Any, inputs: list[Any], flat: bool = True
    ) -> None:
        self.inputs = inputs
        self.dependencies = Dependencies(fn, args, kwargs)
        self.tracer = tracer = Tracer()
        flats = [f for o in self.dependencies.optimizers for f in flats_of(o)] if flat else []
        self.binding = binding = Binding(tracer, inputs, flats)
        self.grads: list[tuple[Any, Ref | None, Any]] = []
        self.input_refs: list[Ref] = []
        for k, t in enumerate(inputs):
            stand = tracer.lift(array_of(t), "argument")
            stand._ref.storage.name = f"argument_{k}"
            self.input_refs.append(stand._ref)
        self.name = getattr(fn, "__name__", type(fn).__name__)
        self.opened: list[Made] = []
        self.leaves: list[Any] = []
        self.slopes: list[Ref] = []
        self.seeds: list[Ref] = []
        self.proxies = Proxies(inputs)
        try:
            with bound(binding):
                with self.proxies:
                    self.result = fn(*args, **kwargs)
                binding.copy_rebound()
                self.spec = described(self.result, self._describe)
                self.length = len(tracer.instructions)
                if self.opened:
                    self._go_backward()
            self._finish()
            self._refuse_side_effects()
        except BaseException:
            restore(tracer.storages)
            for undo in reversed(binding.undo):
                undo()
            raise
        finally:
            tracer.active = False
            binding.settle()
        if self.opened:
            self._connect()

    # --- functions whose backward pass comes later ------------------------------------------------

    def _go_backward(self) -> None:
        """Trace the backward pass of what the function returns."""
        nodes = self._nodes = list(dict.fromkeys(m.node for m in self.opened))
        seeds = []
        for k, node in enumerate(nodes):
            seed = self.tracer.lift(np.ones(node.shape, node.dtype), "argument")
            seed._ref.storage.name = f"cotangent_{k}"
            seeds.append(seed)
            self.seeds.append(seed._ref)
        for leaf, g in pulled(nodes, seeds).items():
            self.leaves.append(leaf)
            stand = g if type(g) is Traced else self.tracer.lift(np.asarray(g), "constant")
            self.slopes.append(stand._ref)

    def nodes_or_numbers(self) -> list[Any]:
        """What the function depends on: parameters' nodes, and which arguments'."""
        numbers = {leaf: k for k, leaf in enumerate(self.proxies.leaves)}
        return [numbers.get(leaf, leaf) for leaf in self.leaves]

    def _connect(self) -> None:
        """Let the results of this call be made by one node."""
        inner, leaves = self._nodes, self.leaves

        def run(cotangents: list[Any]) -> list[Any]:
            found = pulled(inner, cotangents)
            return [found.get(leaf) for leaf in leaves]

        real = [node for _, node in self.proxies.real]
        nodes = tuple([real[n] if isinstance(n, int) else n for n in self.nodes_or_numbers()])
        firsts = [next(m for m in self.opened if m.node is node) for node in self._nodes]
        arrays = [array_of(m.tensor) for m in firsts]
        made = dict(zip(self._nodes, connect(self.name, arrays, nodes, run, ()), strict=True))
        for m in self.opened:
            m.tensor._node = made[m.node]._node
            m.tensor = None

    # --- the end ----------------------------------------------------------------------------------

    def _refuse_side_effects(self) -> None:
        """What a step does to Python's own objects a replay would not do again."""
        for f, now in self.dependencies.changed():
            if isinstance(now, Tensor) or isinstance(f.value, Tensor):
                what = "Return it, or keep it in one Tensor and change that with copy_()."
            else:
                what = "Return what changes, and keep count outside of the step."
            raise self.tracer.refuse(
                f"a compiled step changes {f.name} (from {_short(f.value)} to {_short(now)}), "
                f"which a replay would not do. {what}"
            )

    def names(self) -> dict[Ref, str]:
        """What the user calls the arrays of Tensors, and of gradients."""
        found: dict[Ref, str] = {}
        by_leaf = {}
        for t, array, node in self.binding.tensors.values():
            name = self.dependencies.names.get(id(t))
            if name:
                found[self.tracer.lift(array, "external")._ref] = name
                by_leaf[node] = name
        for leaf, ref, _ in self.grads:
            if ref is not None and leaf in by_leaf:
                found[ref] = f"{by_leaf[leaf]}_grad"
        return found

    def _finish(self) -> None:
        for leaf in self.binding.set_grads.values():
            t = leaf.grad
            array = None if t is None else array_of(t)
            if type(array) is Traced:
                known = t if id(t) in self.binding.tensors else None
                self.grads.append((leaf, array._ref, known))
            else:
                ref = None if array is None else self.tracer.lift(array, "constant")._ref
                self.grads.append((leaf, ref, t if id(t) in self.binding.tensors else None))

    def _describe(self, leaf: Any) -> Any:
        if not isinstance(leaf, Tensor):
            if type(leaf) is Traced:
                raise self.tracer.refuse("a compiled step returns Tensors, not NumPy arrays")
            return leaf
        if id(leaf) in self.binding.tensors or any(leaf is t for t in self.inputs):
            return (
                leaf
                if id(leaf) in self.binding.tensors
                else Argument([leaf is t for t in self.inputs].index(True))
            )
        array = array_of(leaf)
        stand = array if type(array) is Traced else self.tracer.lift(array, "constant")
        made = Made(stand._ref, leaf._node)
        if made.node is not None and made.node not in self.binding.pulled:
            made.tensor = leaf
            self.opened.append(made)
        return made


def _short(x: Any) -> str:
    text = repr(x) if isinstance(x, bool | int | float | str | tuple) else type(x).__name__
    return text if len(text) < 60 else text[:57] + "..."


class Made:
    """Stands in a result for a Tensor that each call makes anew."""

    def __init__(self, ref: Ref, node: Any) -> None:
        self.ref, self.node = ref, node
        self.tensor: Any = None


class Argument:
    """Stands in a result for an argument that is returned as it is."""

    def __init__(self, number: int) -> None:
        self.number = number


def described(tree: Any, describe: Callable[[Any], Any]) -> Any:
    """Nested lists, tuples and dicts with other leaves."""
    if isinstance(tree, dict):
        return {k: described(v, describe) for k, v in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*[described(v, describe) for v in tree])
    if tree.__class__ in (list, tuple):
        return tree.__class__([described(v, describe) for v in tree])
    return describe(tree)


def restore(storages: list[Storage]) -> None:
    """Put back what was in memory before a step that failed."""
    for s in storages:
        if s.before is not None and s.kind in ("external", "cell"):
            s.owner[...] = s.before
