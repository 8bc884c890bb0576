"""Calling a function on inputs that are watched, and handing results back as what came in.

Each transform gives the function *fresh* nodes of the graph for its inputs. What is differentiated
is the path from these nodes, and nothing else, so transforms nest in any order: a Tensor that an
inner function sees from outside stays where it is in the outer graph. (Forward mode reads the same
graph, so there is no perturbation that could be confused with another.)
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .._numpy_protocols import traces
from .._primitive import Primitive
from .._promotion import unsupported
from .._tensor import Tensor
from ..grad_mode import enable_grad, is_grad_enabled
from ..graph import Leaf, Node, newest_first
from ..value import Value
from .pytrees import Structure, flatten, unflatten

ALIAS = Primitive(
    name="alias", inputs=("x",), forward=lambda x: x, rules={"x": lambda g: g},
    mathematics="x", samples=list, kind="linear",
)  # fmt: skip
"""A second node for a Tensor that has one: what an inner transform differentiates by."""


_over: weakref.WeakSet[Leaf] = weakref.WeakSet()
"""Leaves that transforms have made whose function has returned: nobody else can look at them."""


class Lifted:
    """The leaves of an argument, each with a node of its own, and how to hand results back."""

    def __init__(self, tree: Any, transform: str, name: str) -> None:
        self.given, self.structure = flatten(tree)
        self.leaves = [lift(x, transform, name) for x in self.given]
        self.tree = unflatten(self.structure, self.leaves)

    def close(self) -> None:
        """Note that the function has returned."""
        _over.update(node for node in self.nodes if isinstance(node, Leaf))

    @property
    def nodes(self) -> list[Any]:
        """The nodes to differentiate by, in order."""
        return [node_of(x) for x in self.leaves]


def node_of(x: Any) -> Any:
    """The node of a Tensor or Value, None for a constant."""
    return x if isinstance(x, Value) else x._node if isinstance(x, Tensor) else None


def lift(x: Any, transform: str, name: str) -> Any:
    """A Tensor (or Value) with a node of its own for what the user gave.

    Raises
    ------
    TypeError
        If it is not made of floating point numbers.
    """
    if isinstance(x, Value):
        return x * 1.0
    tensor = x if isinstance(x, Tensor) else None
    array = x._array if tensor is not None else to_float_array(x)
    if array is None or array.dtype.kind != "f":
        what = f"has dtype {array.dtype}" if array is not None else f"is a {type(x).__name__}"
        raise TypeError(
            f"{transform}: {name} {what}; only floating point numbers can be differentiated by. "
            "Convert it (x.astype(float), x.double()), or choose other arguments with argnums"
        )
    if tensor is None or tensor._node is None:
        return Tensor._wrap(array, Leaf(array.shape, array.dtype))
    # In-place changes by the function are its own business: the outer graph keeps its memory.
    array = array.copy()
    return Tensor._wrap(array, Node(ALIAS, (tensor._node,), (), (), array.shape, array.dtype))


def to_float_array(x: Any) -> Any:
    """An array of a number or an array; None for anything else. Python ints are floats."""
    if isinstance(x, bool | str):
        return None
    if isinstance(x, int | float):
        return np.asarray(float(x))
    if isinstance(x, np.ndarray | np.generic):
        array = np.asarray(x)
        if array.dtype.kind == "c" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
            raise unsupported(array.dtype)
        return array
    if isinstance(x, complex):
        raise unsupported(np.dtype(complex))
    return None


def call(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Call the user's function with recording on."""
    with enable_grad(), traces:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            # NumPy says "setting an array element with a sequence" of what we have said better.
            if isinstance(error.__cause__, TypeError) and "plain NumPy array" in str(
                error.__cause__
            ):
                raise error.__cause__ from None
            raise


def outputs_of(result: Any, transform: str) -> tuple[list[Any], Structure]:
    """The leaves of what a function returned, as Tensors and Values.

    Raises
    ------
    TypeError
        If one is no number and no array.
    """
    leaves, structure = flatten(result)
    out = []
    for x in leaves:
        if not isinstance(x, Tensor | Value):
            array = to_float_array(x)
            if array is None:
                raise TypeError(
                    f"{transform}: the function returned a {type(x).__name__}; Tensors, Values, "
                    "arrays and numbers (also in dicts, lists, tuples) can be differentiated"
                )
            x = Tensor._wrap(array)
        out.append(x)
    return out, structure


def split_aux(result: Any, has_aux: bool, transform: str) -> tuple[Any, Any]:
    """What a function returned, and the rest of it that is only handed through."""
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise TypeError(
            f"{transform}: with has_aux=True the function returns a pair (output, aux), this one "
            f"returned a {type(result).__name__}"
        )
    return result


def is_watched(roots: Iterable[Any], own: Sequence[Any]) -> bool:
    """Whether somebody else may differentiate what is being computed.

    That is so if recording is on and a leaf can be reached that is not one of our own, nor one of
    an inner transform, which is over.
    """
    if not is_grad_enabled():
        return False
    mine = set(own)
    return any(
        isinstance(node, Leaf | Value) and node not in mine and node not in _over
        for node in newest_first(root for root in roots if root is not None)
    )


def hand_back(x: Any, plain: Any) -> Any:
    """A result as what was given: arrays for arrays, floats for floats, Tensors otherwise.

    A result that an outer transform watches stays what it is.
    """
    if isinstance(x, Value):
        return x
    if x._node is not None:
        if is_grad_enabled():
            return x
        x = Tensor._wrap(x._array)
    array = x._array
    if plain is None or isinstance(plain, Tensor) or type(array) is not np.ndarray:
        return x
    if array.ndim or isinstance(plain, np.ndarray):
        return array
    return array[()] if isinstance(plain, np.generic) else array.item()


def likeness(*trees: Any) -> Any:
    """What results are handed back as: plain if every number given was, Tensors otherwise.

    None stands for Tensors, a NumPy number for arrays, a float for floats where possible.
    """
    leaves = [leaf for tree in trees for leaf in flatten(tree)[0]]
    if any(isinstance(x, Tensor | Value) for x in leaves):
        return None
    if any(isinstance(x, np.ndarray | np.generic) for x in leaves):
        return np.float64(0.0)
    return 0.0 if any(isinstance(x, int | float) for x in leaves) else None
