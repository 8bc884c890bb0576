"""Nested arguments: dicts, lists, tuples, namedtuples and dataclasses as flat lists of leaves.

A *tree* is any nesting of these. `flatten` takes it apart, `unflatten` puts other leaves into its
place, so that a gradient has the structure of what it is the gradient of.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Structure(NamedTuple):
    """How a tree was nested: what it takes to build it again from its leaves."""

    leaves: int
    """The number of leaves."""
    children: tuple[Structure, ...] = ()
    build: Callable[[list[Any]], Any] | None = None
    """Makes the container of its parts; None for a leaf."""
    what: Any = None
    """The kind of container and its keys: equal for trees of one structure."""

    def same(self, other: Structure) -> bool:
        """Whether another tree is nested in the same way."""
        return (
            self.leaves == other.leaves
            and self.what == other.what
            and len(self.children) == len(other.children)
            and all(a.same(b) for a, b in zip(self.children, other.children, strict=True))
        )

    def __str__(self) -> str:
        if self.build is None:
            return "*"
        name = self.what[0].__name__
        return f"{name}({', '.join(map(str, self.children))})"


LEAF = Structure(1)


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The leaves of a tree in order, and its structure.

    Parameters
    ----------
    tree : dict, list, tuple, namedtuple, dataclass, None, or anything else, which is a leaf
        A dict's parts are in the order of their insertion; None is a tree without leaves.

    Examples
    --------
    >>> from microgradnn.func import flatten, unflatten
    >>> leaves, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> unflatten(structure, [10, 20, 30])
    {'w': [10, 20], 'b': 30}
    """
    leaves: list[Any] = []
    return leaves, _take_apart(tree, leaves)


def _take_apart(tree: Any, leaves: list[Any]) -> Structure:
    parts: Sequence[Any]
    kind = type(tree)
    if tree is None:
        return Structure(0, (), lambda _: None, (type(None),))
    if kind in (dict, OrderedDict, defaultdict):
        keys, parts = tuple(tree), tuple(tree.values())
        what: Any = (kind, keys)
        factory: Any = tree.default_factory if isinstance(tree, defaultdict) else None

        def build(new: list[Any]) -> Any:
            made: Any = dict(zip(keys, new, strict=True))
            return defaultdict(factory, made) if kind is defaultdict else kind(made)

    elif kind in (list, tuple):
        parts, what, build = tree, (kind,), kind
    elif isinstance(tree, tuple) and hasattr(tree, "_fields"):
        parts, what = tree, (kind,)

        def build(new: list[Any]) -> Any:
            return kind(*new)

    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names = [f.name for f in dataclasses.fields(tree)]
        parts, what = [getattr(tree, name) for name in names], (kind,)

        def build(new: list[Any]) -> Any:
            made = object.__new__(kind)
            for name, part in zip(names, new, strict=True):
                object.__setattr__(made, name, part)
            return made

    else:
        leaves.append(tree)
        return LEAF
    before = len(leaves)
    children = tuple([_take_apart(part, leaves) for part in parts])
    return Structure(len(leaves) - before, children, build, what)


def unflatten(structure: Structure, leaves: Sequence[Any]) -> Any:
    """The tree of a structure with these leaves.

    Raises
    ------
    ValueError
        If there are not as many leaves as the structure has.
    """
    if len(leaves) != structure.leaves:
        raise ValueError(f"{len(leaves)} leaves for a structure of {structure.leaves}: {structure}")
    rest = iter(leaves)

    def put_together(part: Structure) -> Any:
        if part.build is None:
            return next(rest)
        return part.build([put_together(child) for child in part.children])

    return put_together(structure)


def tree_map(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Apply a function to each leaf of a tree, with the leaves of others at the same place.

    Raises
    ------
    ValueError
        If the trees are not nested in the same way.

    Examples
    --------
    >>> mg.func.tree_map(lambda a, b: a + b, {"w": 1, "b": (2, 3)}, {"w": 10, "b": (20, 30)})
    {'w': 11, 'b': (22, 33)}
    """
    leaves, structure = flatten(tree)
    rows = [leaves]
    for k, other in enumerate(others):
        more, its = flatten(other)
        if not structure.same(its):
            raise ValueError(f"tree {k + 1} is nested as {its}, the first one as {structure}")
        rows.append(more)
    return unflatten(structure, [function(*row) for row in zip(*rows, strict=True)])
