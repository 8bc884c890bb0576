"""What ``derive()`` is asked: its arguments, checked."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from ..graph import newest_first
from ..value import Value
from ..viz.naming import nodes_of


def checked_root(root: Any) -> None:
    """Raise if ``root`` has no derivation.

    Raises
    ------
    TypeError
        If it is neither a Value nor a Tensor.
    ValueError
        If it is a Tensor with more than one element, or without a graph.
    """
    if isinstance(root, Value):
        return
    if not isinstance(root, Tensor):
        raise TypeError(
            f"derive() takes a Value or a Tensor: the loss, got {type(root).__name__}"
            + (" (call it on an input first)" if callable(root) else "")
        )
    if root._array.size != 1:
        raise ValueError(
            f"derive() takes a loss: one number; this Tensor has shape {tuple(root.shape)}. "
            "Derive its sum, or its mean"
        )
    if root._node is None:
        raise ValueError(
            "this Tensor has no graph to derive: nothing it was made of has requires_grad=True, or "
            "it was computed inside no_grad() or detached"
        )


def nodes_asked_for(root: Any, wrt: Any) -> list[Any]:
    """The nodes of ``wrt``, each once; none for all leaves.

    Raises
    ------
    TypeError
        If something in it is neither a Value nor a Tensor.
    ValueError
        If the root does not depend on one of them.
    """
    if wrt is None:
        return []
    asked = nodes_of(wrt)
    assert asked is not None
    start = root if isinstance(root, Value) else root._node
    order = newest_first([start])
    found = [node for node in reversed(order) if node in asked]
    if len(found) < len(asked):
        missing = asked - set(found)
        name = next((getattr(n, "label", "") for n in missing if n is not None), "") or "one of wrt"
        raise ValueError(
            f"the root was not made of {name}: it needs no derivative by it. Was it computed from "
            "a copy, a constant (requires_grad=False), or with other Values?"
        )
    return found
