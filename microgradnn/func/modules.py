"""`functional_call`: a module as a function of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._tensor import Tensor


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other Tensors in the place of its parameters and buffers.

    The module itself is not changed, unless its forward pass changes buffers that stayed.

    Parameters
    ----------
    module : nn.Module
    parameter_and_buffer_dicts : mapping of name to Tensor, or a sequence of such
        With the names of ``named_parameters()`` and ``named_buffers()``; not all of them need be
        there.
    args : tuple, or the single argument
    kwargs : mapping, optional
    tie_weights : bool
        Whether a Tensor that the module has under several names is replaced under all of them.
    strict : bool
        Whether names that are missing, or are none of the module's, are an error.

    Returns
    -------
    Any
        What the module returned.

    Raises
    ------
    RuntimeError
        For names that the module does not have.
    ValueError
        If a name is given twice, or tied names get different Tensors.

    Examples
    --------
    >>> net = mg.nn.Linear(2, 1)
    >>> weights = {name: mg.zeros_like(p) for name, p in net.named_parameters()}
    >>> mg.func.functional_call(net, weights, mg.ones(2)).tolist()
    [0.0]
    """
    new: dict[str, Any] = {}
    if isinstance(parameter_and_buffer_dicts, Mapping):
        new.update(parameter_and_buffer_dicts)
    else:
        for part in parameter_and_buffer_dicts:
            twice = new.keys() & part.keys()
            if twice:
                raise ValueError(f"{sorted(twice)} is in more than one of the dictionaries")
            new.update(part)
    places = _places(module)
    unknown = new.keys() - places.keys()
    if unknown:
        raise RuntimeError(
            f"functional_call: the module has no parameter or buffer {sorted(unknown)}; it has "
            f"{sorted(places)}"
        )
    if strict and places.keys() - new.keys():
        raise RuntimeError(f"functional_call: missing: {sorted(places.keys() - new.keys())}")
    if tie_weights:
        new = _with_tied(places, new)
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    before = {name: places[name][0][places[name][1]] for name in new}
    try:
        for name, value in new.items():
            holder, key = places[name]
            holder[key] = value
        return module(*arguments, **(kwargs or {}))
    finally:
        for name, value in before.items():
            holder, key = places[name]
            holder[key] = value


def _places(module: Any) -> dict[str, tuple[dict[str, Any], str]]:
    """Where a module and those in it keep each parameter and buffer: a dict and a key by name."""
    return {
        (f"{path}.{key}" if path else key): (holder, key)
        for path, part in module.named_modules(remove_duplicate=False)
        for holder in (part._parameters, part._buffers)
        for key, value in holder.items()
        if value is not None
    }


def _with_tied(places: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The replacements, also under the other names of what they replace."""
    groups: dict[int, list[str]] = {}
    for name, (holder, key) in places.items():
        groups.setdefault(id(holder[key]), []).append(name)
    full = dict(new)
    for names in groups.values():
        given = [name for name in names if name in new]
        if len({id(new[name]) for name in given}) > 1:
            raise ValueError(
                f"functional_call: {given} are one Tensor in the module and got different ones; "
                "give one of them, or say tie_weights=False"
            )
        for name in names if given else ():
            full[name] = new[given[0]]
    return full
