"""`custom_vjp`: a function with a derivative of the user's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.function import Function
from ..grad_mode import is_grad_enabled
from .pytrees import Structure, flatten, unflatten
from .tracing import to_float_array


class custom_vjp:
    """A function whose derivative is given, not found: for numerical stability, or for a trick.

    Decorate the function, then define its forward and backward passes with `defvjp`. If the
    backward pass is written in differentiable operations, derivatives of higher order are there
    too.

    Parameters
    ----------
    func : callable
        Of Tensors, arrays, numbers, and dicts, lists, tuples of them.

    Examples
    --------
    >>> @mg.func.custom_vjp
    ... def clipped(x, limit):
    ...     return x
    >>> def forward(x, limit):
    ...     return clipped(x, limit), limit
    >>> def backward(limit, g):
    ...     return np.clip(g, -limit, limit), None
    >>> clipped.defvjp(forward, backward)
    >>> mg.func.grad(lambda x: 100.0 * clipped(x, 1.0))(3.0)
    1.0
    """

    def __init__(self, func: Callable[..., Any]) -> None:
        if not callable(func):
            raise TypeError(f"custom_vjp takes a function, got a {type(func).__name__}")
        self.func = func
        self._forward: Callable[..., Any] | None = None
        self._backward: Callable[..., Any] | None = None
        functools.update_wrapper(self, func)

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Define the derivative.

        Parameters
        ----------
        forward : callable
            With the arguments of the function; returns ``(output, residuals)``.
        backward : callable
            ``backward(residuals, cotangent)``: a tuple with one cotangent per argument, nested
            alike; None for zero.
        """
        self._forward, self._backward = forward, backward

    def __call__(self, *args: Any) -> Any:
        """The function; in a graph, one node of it.

        Raises
        ------
        RuntimeError
            If `defvjp` has not been called.
        TypeError
            If a pass returns what does not fit.
        """
        forward, backward = self._forward, self._backward
        if forward is None or backward is None:
            raise RuntimeError(
                f"custom_vjp: {getattr(self.func, '__name__', 'the function')} has no derivative; "
                "define it with defvjp(forward, backward)"
            )
        leaves, structure = flatten(args)
        tensors = [k for k, x in enumerate(leaves) if isinstance(x, Tensor)]
        if not is_grad_enabled() or all(leaves[k]._node is None for k in tensors):
            return self.func(*args)
        found: dict[str, Any] = {}
        node = _node_class(self.func, forward, backward, leaves, structure, tensors, found)
        outputs = node.apply(*[leaves[k] for k in tensors])
        return unflatten(found["structure"], outputs)


def _node_class(
    func: Callable[..., Any],
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    leaves: list[Any],
    structure: Structure,
    tensors: list[int],
    found: dict[str, Any],
) -> type[Function]:
    """A `Function` for one call: it flattens and nests what the two passes see."""

    def run(ctx: Any, *given: Any) -> tuple[Any, ...]:
        inside = list(leaves)
        for k, x in zip(tensors, given, strict=True):
            inside[k] = x
        result = forward(*unflatten(structure, inside))
        if not (isinstance(result, tuple) and len(result) == 2):
            raise TypeError("custom_vjp: the forward pass returns (output, residuals)")
        outputs, found["structure"] = flatten(result[0])
        kept, found["residuals"] = flatten(result[1])
        places = [k for k, x in enumerate(kept) if isinstance(x, Tensor)]
        found["kept"], found["places"] = kept, places
        ctx.save_for_backward(*[kept[k] for k in places])
        return tuple([y if isinstance(y, Tensor) else Tensor._wrap(np.asarray(y)) for y in outputs])

    def pull(ctx: Any, *cotangents: Any) -> tuple[Any, ...]:
        kept = list(found["kept"])
        for k, x in zip(found["places"], ctx.saved_tensors, strict=True):
            kept[k] = x
        returned = backward(
            unflatten(found["residuals"], kept), unflatten(found["structure"], cotangents)
        )
        if not isinstance(returned, tuple) or len(returned) != len(structure.children):
            raise TypeError(
                "custom_vjp: the backward pass returns a tuple with one cotangent for each of "
                f"{len(structure.children)} arguments, got {returned!r:.80}"
            )
        flat: list[Any] = []
        for child, part in zip(structure.children, returned, strict=True):
            if part is None:
                flat += [None] * child.leaves
                continue
            parts, its = flatten(part)
            if not child.same(its):
                raise TypeError(
                    f"custom_vjp: a cotangent is nested as {its}, its argument as {child}"
                )
            flat += parts
        return tuple([_tensor(flat[k]) for k in tensors])

    name = getattr(func, "__name__", "custom_vjp")
    return type(name, (Function,), {"forward": staticmethod(run), "backward": staticmethod(pull)})


def _tensor(c: Any) -> Any:
    if c is None or isinstance(c, Tensor):
        return c
    array = to_float_array(c)
    if array is None:
        raise TypeError(f"custom_vjp: a cotangent is a {type(c).__name__}")
    return Tensor._wrap(array)
