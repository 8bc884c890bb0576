"""``names=``: what the user's variables are called, found again in the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._tensor import Tensor
from ..value import Value

_DEEPEST = 3
"""How far lists in lists are followed: ``weights[0][2]`` is named."""
_LONGEST = 10_000
"""Longer lists are data, not weights."""


class Names:
    """Names, and the Tensors that have them, by node and by array.

    Attributes
    ----------
    of_node : dict of node to str
        A Value is its own node.
    of_array : dict of int to str
        By ``id()`` of the ndarray: constants of Tensor graphs have no node.
    arrays : dict of node to ndarray
        The data of the named Tensors, which their nodes do not hold.
    buffers : set of int
        By ``id()`` of the ndarray: what modules keep beside their parameters.
    """

    def __init__(self, names: Mapping[str, Any] | None = None) -> None:
        self.of_node: dict[Any, str] = {}
        self.of_array: dict[int, str] = {}
        self.arrays: dict[Any, Any] = {}
        self.buffers: set[int] = set()
        if names is None:
            return
        if not isinstance(names, Mapping):
            raise TypeError(
                f"names is a {type(names).__name__}; it must map names to Values or Tensors: "
                "names=locals(), names=dict(model.named_parameters()), names={'w': w}"
            )
        for name, thing in names.items():
            if not isinstance(name, str):
                raise TypeError(
                    f"names has a key of type {type(name).__name__}; it maps names to Values or "
                    "Tensors, in this direction: names={'w': w}"
                )
            if not name.startswith("_"):  # a notebook keeps its outputs in _, __, _1
                for path, item in _named_items(name, thing, 0):
                    self._add(path, item)

    def _add(self, name: str, item: Value | Tensor) -> None:
        """The first name of a thing is kept: ``loss = a`` does not rename ``a``."""
        if isinstance(item, Value):
            self.of_node.setdefault(item, name)
            return
        self.of_array.setdefault(id(item._array), name)
        if item._node is not None:
            self.of_node.setdefault(item._node, name)
            self.arrays.setdefault(item._node, item._array)

    def add_modules(self, stacks: Iterable[tuple[Any, ...]]) -> None:
        """Name the parameters and buffers of the modules that were seen running.

        Parameters
        ----------
        stacks : iterable of tuple of Call
            For each operation; only the outermost modules are asked. Where there are several
            with parameters (a generator and a discriminator), their classes' names come first.
        """
        outermost = {calls[0].module: calls[0].kind for calls in stacks if calls}
        owners = {
            m: kind for m, kind in outermost.items() if next(m.parameters(), None) is not None
        }
        for module, kind in outermost.items():
            prefix = f"{kind}." if module in owners and len(owners) > 1 else ""
            for path, item in module.named_parameters():
                self._add(prefix + path, item)
            for path, item in module.named_buffers():
                self._add(prefix + path, item)
                self.buffers.add(id(item._array))


def _named_items(name: str, thing: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """A Value or Tensor with its name; those in lists, in dicts and in modules with their paths."""
    if isinstance(thing, Value | Tensor):
        yield name, thing
    elif depth < _DEEPEST and isinstance(thing, list | tuple):
        if len(thing) > _LONGEST or not thing or isinstance(thing[0], int | float | str):
            return
        for k, item in enumerate(thing):
            yield from _named_items(f"{name}[{k}]", item, depth + 1)
    elif depth < _DEEPEST and type(thing) is dict:
        for key, item in thing.items():
            yield from _named_items(f"{name}[{key!r}]", item, depth + 1)
    else:
        # Looked up on the class: asking a stranger's object for attributes may run anything.
        named_parameters = getattr(type(thing), "named_parameters", None)
        if callable(named_parameters):
            for path, item in named_parameters(thing):
                yield from _named_items(f"{name}.{path}", item, _DEEPEST)


def nodes_of(parameters: Any) -> set[Any] | None:
    """The nodes of ``parameters=``: Values or Tensors, a mapping to them, or a module.

    Raises
    ------
    TypeError
        For anything else.
    """
    if parameters is None:
        return None
    if isinstance(parameters, Value | Tensor):
        parameters = [parameters]
    elif callable(getattr(type(parameters), "parameters", None)):
        parameters = parameters.parameters()
    elif isinstance(parameters, Mapping):
        parameters = parameters.values()
    try:
        items = list(parameters)
    except TypeError:
        items = [parameters]
    wrong = [item for item in items if not isinstance(item, Value | Tensor)]
    if wrong:
        raise TypeError(
            f"parameters holds a {type(wrong[0]).__name__}; it takes Values or Tensors, or a "
            "module: parameters=[w1, w2], parameters=model"
        )
    return {item if isinstance(item, Value) else item._node for item in items}
