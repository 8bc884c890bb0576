"""Compiled functions without a backward of their own: an outer ``backward()`` goes through them.

Their backward pass is traced together with them. What it needs of a call is kept by the node of
that call, so that several calls may be made before the first ``backward()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd import gradients
from ..graph import Leaf, Node, Output


class _Whole:
    """Stands in a node for a compiled function: its rule runs the compiled backward pass."""

    saves: tuple[str, ...] = ()
    saves_arrays = True
    params: tuple[tuple[str, Any], ...] = ()
    variadic = True
    differentiable = True
    symbol = "compiled"

    def __init__(self, name: str, outputs: int) -> None:
        self.name = self.node_name = name
        self.mathematics = f"{name}(...)"
        self.single = outputs == 1
        self.outputs = ("ans",) if self.single else ("*parts",)

    def format_symbol(self, params: Iterable[Any]) -> str:
        return self.name

    def vjp(self, inputs: Any, saved: Any, params: Any, g: Any) -> list[Any]:
        """Cotangents of what the function depends on."""
        run = saved[0].run
        cotangents = [g] if self.single else g.dense()
        if any(isinstance(c, Tensor) for c in cotangents):
            raise NotImplementedError(
                f"the gradient of the compiled function {self.name} can't be differentiated again: "
                "compile the whole step, or use the function uncompiled"
            )
        return list(run([np.asarray(c) for c in cotangents]))


class Backward:
    """The backward pass of one call."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[list[Any]], list[Any]]) -> None:
        self.run = run


def connect(
    name: str, arrays: list[Any], nodes: tuple[Any, ...], run: Any, used: tuple[Any, ...]
) -> list[Any]:
    """Tensors on arrays, made by one node that stands for the whole function.

    Parameters
    ----------
    name : str
    arrays : list of ndarray
        The results that are differentiable.
    nodes : tuple of Node
        What the function depends on.
    run : callable
        From cotangents of the results to those of the nodes.
    used : tuple of ndarray
        What the backward pass will read, for the engine to see changes.
    """
    prim = _Whole(name, len(arrays))
    single = len(arrays) == 1
    node = Node(
        prim, nodes, (Backward(run), *used), (),
        arrays[0].shape if single else tuple(a.shape for a in arrays),
        arrays[0].dtype if single else tuple(a.dtype for a in arrays),
    )  # fmt: skip
    return [Tensor._wrap(a, node if single else Output(node, k)) for k, a in enumerate(arrays)]


class Proxies:
    """Leaves in place of the nodes of arguments, so that a trace ends at them."""

    def __init__(self, inputs: list[Any]) -> None:
        self.real = [(t, t._node) for t in inputs if t._node is not None]
        self.leaves = [Leaf(node.shape, node.dtype) for _, node in self.real]

    def __enter__(self) -> Proxies:
        for (t, _), leaf in zip(self.real, self.leaves, strict=True):
            t._node = leaf
        return self

    def __exit__(self, *_: object) -> None:
        for t, node in self.real:
            t._node = node


def pulled(nodes: list[Any], seeds: list[Any]) -> dict[Any, Any]:
    """The cotangents of the leaves under some nodes; their graph stays as it is."""
    return gradients._run(dict(zip(nodes, seeds, strict=True)), None, True, False)
