"""In-place operations and views: which Tensors change, and what their gradients become.

A view keeps its base, a base weakly knows its views. When one of a family is changed in place, the
base's node becomes "the old base with this part replaced", and the node of every living view
becomes "this part of the new base": the gradients are PyTorch's for base and siblings alike.
"""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _mutation
from .grad_mode import busy, is_grad_enabled
from .graph import Leaf, Node, Notes
from .rules.indexing import getitem, setitem
from .rules.shapes import expand

if TYPE_CHECKING:
    from ._tensor import Tensor


def mark_view(t: Tensor, source: Tensor) -> None:
    """Note that ``t`` is a view of ``source``, if it shares its memory."""
    memory = t._array.base
    if memory is None or (memory is not source._array and memory is not source._array.base):
        return  # a copy
    base = source if source._base is None else source._base
    t._base = base
    if type(base._node) is Leaf:
        return  # changing it in place is an error while gradients are recorded
    try:
        views = base._views
    except AttributeError:  # the first view: most Tensors never have one
        base._views = [weakref.ref(t)]
        return
    views.append(weakref.ref(t))
    if len(views) >= 32 and len(views) & (len(views) - 1) == 0:
        views[:] = [ref for ref in views if ref() is not None]


def check_target(x: Tensor, operation: str) -> None:
    """Raise if ``x`` may not be changed in place. Called before anything is changed.

    Raises
    ------
    RuntimeError
        For a leaf that requires a gradient (or a view of one) while gradients are recorded, for
        memory that is read-only, and for views whose elements share memory.
    """
    if not busy.count or is_grad_enabled():
        for t, what in ((x, "a leaf Tensor"), (x._base, "a view of a leaf Tensor")):
            if t is not None and type(t._node) is Leaf:
                raise RuntimeError(
                    f"{operation}: {what} that requires grad is being used in an in-place "
                    f"operation (shape {tuple(x._array.shape)}); its old value would be lost to "
                    "backward(). Update parameters inside 'with no_grad():', or use the "
                    "out-of-place form."
                )
    array = x._array
    if not array.flags.writeable:
        raise RuntimeError(
            f"{operation}: the memory of this Tensor (shape {tuple(array.shape)}) is read-only or "
            "shared by repeated elements (expand); change a clone() instead"
        )


def write(x: Tensor, result: Tensor, operation: str, since: float = math.inf) -> Tensor:
    """Put ``result`` into the memory of ``x`` and make ``x`` stand for it in the graph.

    Parameters
    ----------
    x, result : Tensor
    operation : str
        For messages.
    since : float
        The creation number with which the operation began, if several nodes may have made the
        result.

    Raises
    ------
    RuntimeError
        If the shape of the result is not that of ``x``, or its kind of number does not fit.
    """
    array, new = x._array, result._array
    if new.shape != array.shape:
        raise RuntimeError(
            f"{operation}: the result has shape {tuple(new.shape)}, which does not fit into a "
            f"Tensor of shape {tuple(array.shape)} in place; use the out-of-place form"
        )
    if new.dtype is not array.dtype:
        check_kind(new.dtype, array.dtype, operation)
        from .rules.elementwise import cast

        result = cast.apply(result, array.dtype)
    _keep_operands(result._node, array, since)
    array[...] = result._array
    adopt(x, result._node, operation)
    return x


def _keep_operands(last: Node | None, array: Any, since: float) -> None:
    """Copy what an in-place operation has itself saved of the memory it is about to overwrite."""
    nodes = [last] if last is not None else []
    for node in nodes:  # grows while it is walked
        nodes += [n for n in node.inputs if n is not None and n.seq > since and n not in nodes]
        saved = getattr(node, "saved", ())
        if any(_shares(item, array) for item in saved):
            node.saved = tuple([item.copy() if _shares(item, array) else item for item in saved])


def _shares(item: Any, array: Any) -> bool:
    return isinstance(item, np.ndarray) and np.may_share_memory(item, array)


def check_kind(new: Any, old: Any, operation: str) -> None:
    """Raise if numbers of dtype ``new`` cannot be kept in an array of dtype ``old``."""
    order = "buif"
    if min(order.index(new.kind), 1) > min(order.index(old.kind), 1) or (
        new.kind == "f" and old.kind != "f"
    ):
        raise RuntimeError(
            f"{operation}: a result of dtype {new} can't be put into a Tensor of dtype {old}; "
            "use the out-of-place form, or convert the Tensor first"
        )


def adopt(x: Tensor, node: Node | None, operation: str) -> None:
    """After the memory of ``x`` was changed: stamp it, and bind the family to its new nodes."""
    _mutation.stamp(x._array, operation)
    if busy.count and not is_grad_enabled():
        return
    base = x._base
    if base is None:
        if node is None and x._node is None:
            return
        _bind(x, node)
        _rebind_views(x)
        return
    if node is None and base._node is None:
        return
    place = _place(x, base)
    _bind(base, _node_of(setitem, (base._node, node), (), (place,), base._array))
    _rebind_views(base)


def _bind(x: Tensor, node: Node | None) -> None:
    """Let ``x`` stand for a new node; a gradient that is retained is from now on the new one's."""
    notes = None if x._node is None else x._node.notes
    x._node = node
    if node is not None and notes is not None and notes.retains:
        node.notes = node.notes or Notes()
        node.notes.retains = True


def _rebind_views(base: Tensor) -> None:
    """Make each living view of ``base`` a part of its present node."""
    for ref in getattr(base, "_views", ()):
        view = ref()
        if view is not None and view._base is base:
            node = None
            if base._node is not None and not base._array.ndim:
                # Whatever looks at one number repeats it.
                shape = view._array.shape
                node = _node_of(expand, (base._node,), (), (shape,), view._array)
            elif base._node is not None:
                place = _place(view, base)
                node = _node_of(getitem, (base._node,), (base._array.shape,), (place,), view._array)
            _bind(view, node)


def _node_of(prim: Any, inputs: Any, saved: Any, params: Any, array: Any) -> Node:
    return Node(prim, inputs, saved, params, array.shape, array.dtype)


def _place(view: Tensor, base: Tensor) -> tuple[Any, ...]:
    """The index of the view's elements in the base: found by address, so for any kind of view."""
    array, whole = view._array, base._array
    # Each element of the base is given its own number, in the same layout in memory.
    numbers = np.empty_like(whole, dtype=np.intp, subok=False)
    # A dimension of one element is never stepped along: NumPy gives it any stride.
    if whole.size and any(
        n > 1 and s * whole.itemsize != t * numbers.itemsize
        for n, s, t in zip(whole.shape, numbers.strides, whole.strides, strict=True)
    ):
        raise RuntimeError(
            "an in-place operation on a view of a Tensor whose memory has gaps is not implemented; "
            "make the base with clone() first"
        )
    numbers[...] = np.arange(whole.size).reshape(whole.shape)
    start = array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    memory = numbers.ravel(order="K")
    flat = np.lib.stride_tricks.as_strided(
        memory[start // whole.itemsize :],
        array.shape,
        tuple(s // whole.itemsize * numbers.itemsize for s in array.strides),
    )
    return np.unravel_index(flat, whole.shape) if whole.ndim else (None,) * array.ndim
