"""What the user derived: gradients by name, matched with the variables of the graph."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...derive.equations import Equations
from ...graph import LEAF, newest_first
from ...value import Value
from ...viz.naming import Names

_PREFIX = re.compile(r"(?:d_|d|∂)(?:[Ll](?:oss)?(?:/d|/∂|_d_?))?")
"""What may stand before a variable's name: ``dw``, ``d_w``, ``dL/dw``, ``dl_dw``, ``∂L/∂w``."""


def named_nodes(root: Any, names: Any) -> tuple[Names, dict[str, Any]]:
    """What is known by name: the user's ``names``, labels, and parameters of recorded modules.

    Returns
    -------
    Names
    dict of str to node
    """
    known = Names(names)
    start = root if isinstance(root, Value) else root._node
    order = newest_first([start])
    known.add_modules(n.notes.calls for n in order if n.notes is not None)
    found: dict[str, Any] = {}
    for node in reversed(order):
        notes = getattr(node, "notes", None)
        own = node.label if isinstance(node, Value) else notes.label if notes is not None else ""
        label = own or known.of_node.get(node, "")
        if label:
            found.setdefault(label, node)
    reached = set(order)
    for node, name in known.of_node.items():
        if node in reached:
            found.setdefault(name, node)
    return known, found


def equations(root: Any, names: Names, nodes: Mapping[str, Any]) -> Equations:
    """The adjoint equations of all that has a name, and of all leaves that are not mere numbers."""
    start = root if isinstance(root, Value) else root._node
    leaves = [
        n for n in reversed(newest_first([start]))
        if n.prim is LEAF and not isinstance(n, Value)
    ]  # fmt: skip
    wanted = list(dict.fromkeys([*leaves, *nodes.values()]))
    return Equations(root, wanted, names, True)


def matched(
    gradients: Mapping[str, Any], nodes: Mapping[str, Any], system: Equations
) -> tuple[dict[str, Any], dict[str, str]]:
    """Gradients as arrays, by the names of adjoints; and what the user calls each.

    Raises
    ------
    KeyError
        For a name that nothing in the graph has.
    TypeError
        For what is no number or array.
    """
    by_name = {v.name: v.node for v in system.program.variables.values() if v.node is not None}
    by_node = {e.variable.node: e.symbol.name for e in system.equations}
    given: dict[str, Any] = {}
    titles: dict[str, str] = {}
    for key, gradient in gradients.items():
        if not isinstance(key, str):
            raise TypeError(
                f"check_derivation: gradients has a key of type {type(key).__name__}; it maps "
                "names of variables to numbers or arrays: gradients={'w': dw}"
            )
        node = _node_called(key, nodes, by_name)
        if node is None or node not in by_node:
            known = ", ".join(dict.fromkeys([*nodes, *(n for n in by_name if n not in nodes)]))
            raise KeyError(
                f"check_derivation: nothing in the graph is called {key!r}. There are: {known}. "
                "Give it a label (Value(3.0, label='w')), or say names={'w': w}"
            )
        name = by_node[node]
        if name in given:
            raise KeyError(f"check_derivation: {titles[name]!r} and {key!r} are the same variable")
        given[name], titles[name] = as_array(key, gradient), key
    return given, titles


def _node_called(key: str, *known: Mapping[str, Any]) -> Any:
    prefix = _PREFIX.match(key)
    for name in (key, key[prefix.end() :] if prefix else key, re.sub(r"^d_?", "", key)):
        for nodes in known:
            if name in nodes:
                return nodes[name]
    return None


def as_array(name: str, gradient: Any) -> Any:
    """A gradient as an ndarray of floats."""
    if isinstance(gradient, Value):
        gradient = gradient.data
    elif isinstance(gradient, Tensor):
        gradient = gradient.detach().numpy()
    array = np.asarray(gradient)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"check_derivation: the gradient of {name!r} is a {type(gradient).__name__}; it must "
            "be a number or an array of numbers"
        )
    return array.astype(float)


def called(
    function: Callable[..., Any], system: Equations, inputs: Any, wrt: Sequence[str] | None
) -> dict[str, Any]:
    """The gradients that a function returns, given its arguments from the graph by their names.

    Raises
    ------
    TypeError
        If an argument has a name that the graph does not know, or the result is no gradients.
    """
    variables = system.program.variables.values()
    known = {v.name: v.value for v in variables if v.value is not None}
    known |= {v.label: v.value for v in variables if v.label and v.value is not None}
    if isinstance(inputs, Mapping):
        known |= inputs
    if inputs is not None and not isinstance(inputs, Mapping):
        result = function(*inputs)
    else:
        arguments = {}
        for name, parameter in inspect.signature(function).parameters.items():
            if name in known:
                arguments[name] = known[name]
            elif parameter.default is parameter.empty and parameter.kind in (
                parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY,
            ):  # fmt: skip
                raise TypeError(
                    f"check_derivation: the function takes {name!r}, but nothing in the graph is "
                    f"called so ({', '.join(known)}). Say names={{{name!r}: ...}}, or give what it "
                    "takes as inputs=[...]"
                )
        result = function(**arguments)
    return _as_mapping(result, wrt)


def _as_mapping(result: Any, wrt: Sequence[str] | None) -> dict[str, Any]:
    """A function's result as gradients by name."""
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], Mapping):
        result = result[1]  # (loss, gradients), as generated functions return them
    if isinstance(result, Mapping):
        return dict(result)
    if hasattr(result, "_asdict"):
        return dict(result._asdict())
    if wrt is None:
        raise TypeError(
            f"check_derivation: the function returned a {type(result).__name__}; it must return a "
            "dict of names to gradients, or say wrt=['w', 'b']: of what each result is the gradient"
        )
    single = len(wrt) == 1 and not (isinstance(result, list | tuple) and len(result) == 1)
    results: Iterable[Any] = [result] if single else result
    return dict(zip(wrt, results, strict=True))
