"""``backward()`` and ``grad()``: the chain rule, run over the graph of a Tensor or a Value."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import _mutation
from .._tensor import Tensor, as_operand
from ..grad_mode import enable_grad, set_grad_enabled
from ..graph import (
    FREED,
    Leaf,
    Node,
    Output,
    already_freed,
    backpropagate,
    pull_arrays,
    pull_arrays_once,
    refuse_if_changed,
    unbroadcast,
)
from ..value import Value, pull_numbers, pull_values


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """`Tensor.backward` of several Tensors at once: one walk over the graph of all of them.

    Parameters
    ----------
    tensors : Tensor or sequence of Tensor
    grad_tensors : Tensor or sequence of Tensor or None, optional
        The cotangent of each; None for a Tensor of one element.
    retain_graph, create_graph, inputs
        As for `Tensor.backward`.

    Raises
    ------
    RuntimeError
        As for `Tensor.backward`; also if there is not one cotangent for each Tensor.

    Examples
    --------
    >>> w = mg.tensor(3.0, requires_grad=True)
    >>> mg.autograd.backward([w * w, 2 * w])
    >>> w.grad
    tensor(8.)
    """
    outs = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    cotangents = [grad_tensors] if isinstance(grad_tensors, Tensor) else grad_tensors
    seeds = _seeds(outs, None if cotangents is None else list(cotangents), create_graph)
    wanted = None
    if inputs is not None:
        given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        wanted = {_node_to_differentiate(x, "inputs") for x in given}
    retain = create_graph if retain_graph is None else retain_graph
    for node, g in _run(seeds, wanted, retain, create_graph).items():
        _accumulate(node, g)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of outputs by inputs, without touching any ``grad``.

    Parameters
    ----------
    outputs, inputs : Tensor or Value, or a sequence of them
        All Tensors or all Values. Inputs may be intermediate results.
    grad_outputs : Tensor or sequence of Tensor, optional
        The cotangents of the outputs: each of its output's shape; 1 for outputs of one element.
    retain_graph : bool, optional
        Keep what the graph has saved. Default: ``create_graph``.
    create_graph : bool
        Make the gradients differentiable themselves.
    only_inputs : bool
        Ignored, as in PyTorch: no other gradient is touched.
    allow_unused : bool, optional
        Return None for inputs that the outputs do not depend on, instead of an error.
    is_grads_batched : bool
        Not implemented: many cotangents at once.
    materialize_grads : bool
        Return zeros for inputs that the outputs do not depend on.

    Returns
    -------
    tuple of Tensor (or of float or Value, for Values)
        One gradient per input, of its shape.

    Raises
    ------
    RuntimeError
        If an input was not used and that is not allowed, if an output or input needs no gradient,
        or the graph was freed or changed.
    NotImplementedError
        If `is_grads_batched`.

    Examples
    --------
    >>> x = mg.tensor(2.0, requires_grad=True)
    >>> (dy,) = mg.autograd.grad(x**3, x, create_graph=True)
    >>> (ddy,) = mg.autograd.grad(dy, x)
    >>> dy.item(), ddy.item()
    (12.0, 12.0)
    """
    if not only_inputs:
        warnings.warn(
            "grad: only_inputs=False is ignored, as in PyTorch; backward() accumulates gradients "
            "into other leaves",
            FutureWarning,
            stacklevel=2,
        )
    if is_grads_batched:
        raise NotImplementedError(
            "grad: is_grads_batched=True is not implemented; call grad once for each cotangent"
        )
    outs: list[Any] = [outputs] if isinstance(outputs, Tensor | Value) else list(outputs)
    ins: list[Any] = [inputs] if isinstance(inputs, Tensor | Value) else list(inputs)
    if materialize_grads and allow_unused is False:
        raise ValueError("materialize_grads=True needs allow_unused to be True or left out")
    allowed = materialize_grads or bool(allow_unused)
    if outs and isinstance(outs[0], Value):
        return _grad_of_values(outs, ins, grad_outputs, create_graph, allowed, materialize_grads)
    gradients = grad_outputs if grad_outputs is None else (
        [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)
    )  # fmt: skip
    seeds = _seeds(outs, gradients, create_graph)
    nodes = [_node_to_differentiate(x, "inputs") for x in ins]
    retain = create_graph if retain_graph is None else retain_graph
    found = _run(seeds, set(nodes), retain, create_graph)
    result = []
    for k, (x, node) in enumerate(zip(ins, nodes, strict=True)):
        g = found.get(node)
        if g is None:
            if not allowed:
                raise _unused(k)
            result.append(Tensor._wrap(np.zeros_like(x._array)) if materialize_grads else None)
        else:
            result.append(g if isinstance(g, Tensor) else Tensor._wrap(np.copy(g)))
    return tuple(result)


def _grad_of_values(
    outs: list[Any],
    ins: list[Any],
    grad_outputs: Any,
    create_graph: bool,
    allowed: bool,
    zeros: bool,
) -> tuple[Any, ...]:
    if grad_outputs is None:
        given: list[Any] = [1.0] * len(outs)
    else:
        given = list(grad_outputs) if isinstance(grad_outputs, Iterable) else [grad_outputs]
    if create_graph:
        given = [g if isinstance(g, Value) else Value(g) for g in given]
    seeds: dict[Any, Any] = {}
    for out, g in zip(outs, given, strict=True):
        seeds[out] = seeds[out] + g if out in seeds else g
    wanted = set(ins)
    pull = pull_values if create_graph else pull_numbers
    found = backpropagate(seeds, pull, wanted.__contains__, wanted)
    result = []
    for k, x in enumerate(ins):
        g = found.get(x)
        if g is None and not allowed:
            raise _unused(k)
        result.append(0.0 if g is None and zeros else g)
    return tuple(result)


def _unused(k: int) -> RuntimeError:
    return RuntimeError(
        f"input {k} appears not to have been used in the graph: the outputs do not depend on it. "
        "Set allow_unused=True for None there, or materialize_grads=True for zeros."
    )


def _node_to_differentiate(x: Tensor, what: str) -> Node:
    if not isinstance(x, Tensor):
        raise TypeError(f"{what} must be Tensors, got {type(x).__name__}")
    if x._node is None:
        raise RuntimeError(
            f"one of the {what} (shape {tuple(x._array.shape)}, {x.dtype}) does not require grad: "
            "make it with requires_grad=True, before it is used"
        )
    return x._node


def _seeds(outs: list[Tensor], gradients: list[Any] | None, create_graph: bool) -> dict[Node, Any]:
    """The cotangents to begin with, checked."""
    if gradients is None:
        gradients = [None] * len(outs)
    if len(gradients) != len(outs):
        raise RuntimeError(f"{len(outs)} outputs and {len(gradients)} cotangents: one for each")
    seeds: dict[Node, Any] = {}
    for out, g in zip(outs, gradients, strict=True):
        if not isinstance(out, Tensor):
            raise TypeError(f"outputs must be Tensors, got {type(out).__name__}")
        array, node = out._array, out._node
        if node is None:
            raise RuntimeError(
                f"this Tensor (shape {tuple(array.shape)}, {out.dtype}) does not require grad and "
                "has no grad_fn: nothing it was made of has requires_grad=True, or it was computed "
                "inside no_grad() or detached"
            )
        if g is None:
            if array.size != 1:
                raise RuntimeError(
                    "grad can be implicitly created only for scalar outputs: this Tensor has shape "
                    f"{tuple(array.shape)}. Reduce it first, loss.sum() or loss.mean(), or give "
                    "its cotangent: backward(gradient)."
                )
            seed: Any = np.ones(array.shape, array.dtype)
        else:
            if not isinstance(g, Tensor):
                g = as_operand(g, out)
                if g is None:
                    raise TypeError("gradient must be a Tensor, an array or a number")
            if g._array.shape != array.shape:
                raise RuntimeError(
                    f"the gradient has shape {tuple(g._array.shape)}, the Tensor it belongs to "
                    f"{tuple(array.shape)}; they must be equal"
                )
            if g._array.dtype is not array.dtype:
                g = g.to(array.dtype)
            seed = g if create_graph else g._array
        if create_graph and not isinstance(seed, Tensor):
            seed = Tensor._wrap(seed)
        seeds[node] = seeds[node] + seed if node in seeds else seed
    return seeds


def _run(
    seeds: dict[Node, Any], wanted: set[Node] | None, retain: bool, create_graph: bool
) -> dict[Node, Any]:
    """Walk the graph; the cotangents of the leaves, or of the wanted nodes."""
    keep = _is_leaf if wanted is None else wanted.__contains__
    with np.errstate(all="ignore"):
        if create_graph:
            with enable_grad():
                return backpropagate(
                    seeds, lambda n, g, i: _pull_tensors(n, g, i, retain), keep, wanted, _observe
                )
        pull = pull_arrays if retain else pull_arrays_once
        return backpropagate(seeds, pull, keep, wanted, _observe)


def _is_leaf(node: Node) -> bool:
    return node.__class__ is Leaf


def _pull_tensors(node: Node, g: Any, inputs: tuple[Node | None, ...], retain: bool) -> list[Any]:
    """Cotangents as Tensors: what was saved becomes Tensors again, at their places in the graph."""
    saved = node.saved
    if saved is FREED:
        raise already_freed(node)
    if _mutation.latest[0] > node.seq:
        refuse_if_changed(node, saved, inputs)
    lifted = tuple([_lift(node, k, item) for k, item in enumerate(saved)])
    pulled = node.prim.vjp(inputs, lifted, node.params, g)
    if saved and not retain and node.prim.saves_arrays:
        node.saved = FREED
    return [
        None if u is None else _fit(c, u) if isinstance(c, Tensor) else c
        for u, c in zip(inputs, pulled, strict=True)
    ]


def _fit(c: Tensor, u: Node) -> Tensor:
    if c._array.shape != u.shape:
        c = unbroadcast(c, u.shape)
    return c if c._array.dtype is u.dtype else c.to(u.dtype)


def _lift(node: Node, position: int, item: Any) -> Any:
    """A saved array as the Tensor it was: an input's, the result's, or a constant."""
    prim = node.prim
    if not prim.saves:
        return item
    name = prim.saves[position]
    if name.endswith("_shape") and name not in prim.inputs:
        return item
    if name == "ans":
        return Tensor._wrap(item, node)
    if name in prim.inputs:
        k = prim.inputs.index(name)
        if prim.variadic and k == len(prim.inputs) - 1:
            return [Tensor._wrap(a, u) for a, u in zip(item, node.inputs[k:], strict=True)]
        return None if item is None else Tensor._wrap(item, node.inputs[k])
    k = prim.outputs.index(name)
    differentiable = item.dtype.kind == "f"
    return Tensor._wrap(item, Output(node, k) if differentiable else None)


def _observe(node: Node, g: Any) -> Any:
    """Hooks and retained gradients of one node, on its complete cotangent."""
    notes = node.notes
    assert notes is not None
    for hook in list(notes.hooks.values()):
        graph = isinstance(g, Tensor)
        with set_grad_enabled(graph):
            changed = hook(g if graph else Tensor._wrap(g))
        if changed is not None:
            if tuple(changed.shape) != tuple(node.shape):
                raise RuntimeError(
                    f"a hook on {node.name()} returned a gradient of shape "
                    f"{tuple(changed.shape)}; the Tensor has shape {tuple(node.shape)}"
                )
            if changed._array.dtype != node.dtype:
                raise RuntimeError(
                    f"a hook on {node.name()} returned a gradient of dtype {changed.dtype}; the "
                    f"Tensor has dtype {node.dtype}"
                )
            g = changed if graph else changed._array
    if notes.retains:
        new = g if isinstance(g, Tensor) else Tensor._wrap(np.copy(g))
        notes.grad = new if notes.grad is None else notes.grad + new
    return g


def _accumulate(node: Any, g: Any) -> None:
    """Add a cotangent to a leaf's ``grad``; the first one is stored, not added to zeros."""
    if type(node) is not Leaf:
        if node.notes is None or not node.notes.retains:
            from ..graph import Notes

            node.notes = node.notes or Notes()
            node.notes.retains = True
            node.notes.grad = g if isinstance(g, Tensor) else Tensor._wrap(np.copy(g))
        return
    old = node.grad
    if isinstance(g, Tensor):
        node.grad = g if old is None else old + g
    elif old is None:
        # An array that the graph, the user or another leaf holds too is copied.
        if not (isinstance(g, np.ndarray) and g.base is None and sys.getrefcount(g) <= _UNSHARED):
            g = np.copy(g)
        node.grad = Tensor._wrap(g)
    elif old._node is None and old._array.flags.writeable:
        np.add(old._array, g, out=old._array)
        _mutation.accumulate(old)
    else:
        node.grad = Tensor._wrap(old._array + g)


def _count(node: Any, g: Any) -> int:
    """What `_accumulate` sees."""
    return sys.getrefcount(g)


def _count_unshared() -> int:
    """The references to an array that nobody else holds, as `_accumulate` counts them.

    Measured in the same loop and call, because interpreters differ in it: from 3.14 on a name that
    is passed on is not counted again.
    """
    counts = []
    for node, g in {None: np.zeros(1)}.items():
        counts.append(_count(node, g))
    return counts[0]


_UNSHARED = _count_unshared()
