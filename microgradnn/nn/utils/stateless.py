"""Calling a module with other parameters than its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ..._tensor import Tensor
from .._registry import BUFFER, PARAMETER
from ..module import Module

Place = tuple[Module, str]


def _places(module: Module) -> dict[str, Place]:
    """Where each name lives; a parameter that is used twice has two places."""
    return {
        (f"{path}.{name}" if path else name): (below, name)
        for path, below in module.named_modules(remove_duplicate=False)
        for name, kind in below._kinds.items()
        if kind in (PARAMETER, BUFFER)
    }


def _check(given: Mapping[str, Any], places: Mapping[str, Place], tied: set[str]) -> list[str]:
    needed = {k for k, (module, name) in places.items() if module.__dict__[name] is not None}
    missing = sorted(needed - set(given) - tied)
    return [f"Missing key(s): {', '.join(missing)}."] if missing else []


@contextmanager
def _replaced(
    module: Module, given: dict[str, Tensor], tie_weights: bool, strict: bool
) -> Iterator[None]:
    places = _places(module)
    unknown = [key for key in given if key not in places]
    problems = [f"Unexpected key(s): {', '.join(unknown)}."] if unknown else []
    wanted = {key: (given[key], places[key]) for key in given if key in places}
    if tie_weights:
        by_identity: dict[int, Tensor] = {}
        for key, (value, (owner, name)) in wanted.items():
            old = owner.__dict__[name]
            if by_identity.setdefault(id(old), value) is not value:
                raise ValueError(
                    f"functional_call got different values for tied parameters: {key!r} is also "
                    "known by another name. Pass one of them, the same for all, or "
                    "tie_weights=False"
                )
        for key, (owner, name) in places.items():
            old = owner.__dict__[name]
            if key not in wanted and old is not None and id(old) in by_identity:
                wanted[key] = (by_identity[id(old)], (owner, name))
    if strict:
        problems += _check(given, places, set(wanted))
    if problems and (strict or unknown):
        raise RuntimeError(
            f"Error(s) in functional_call of {type(module).__name__}: {' '.join(problems)}"
        )
    before = {key: owner.__dict__[name] for key, (_, (owner, name)) in wanted.items()}
    for value, (owner, name) in wanted.values():
        owner.__dict__[name] = value
    try:
        yield
    finally:
        for key, (_, (owner, name)) in wanted.items():
            if key in given:  # a buffer may have been assigned anew
                given[key] = owner.__dict__[name]
            owner.__dict__[name] = before[key]


def functional_call(
    module: Module, parameters_and_buffers: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None, kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True,
    strict: bool = False,
) -> Any:  # fmt: skip
    """Call a module with other Tensors in the place of its parameters and buffers.

    Gradients go to those Tensors. Afterwards the module is as before.

    Parameters
    ----------
    module : Module
    parameters_and_buffers : dict of str to Tensor, or several
        By the names of ``named_parameters()``; what is not there stays the module's own.
    args : tuple, or one argument
    kwargs : dict, optional
    tie_weights : bool
        Whether a parameter that has several names is replaced under all of them.
    strict : bool
        Whether all parameters and buffers must be given.

    Returns
    -------
    What the module returns.

    Raises
    ------
    RuntimeError
        For names that the module does not have, or, if strict, names that are missing.
    ValueError
        For different values of tied parameters.

    Examples
    --------
    >>> layer = mg.nn.Linear(1, 1)
    >>> new = {"weight": mg.tensor([[2.0]]), "bias": mg.tensor([1.0])}
    >>> mg.nn.utils.stateless.functional_call(layer, new, mg.tensor([3.0]))
    tensor([7.])
    """
    if isinstance(parameters_and_buffers, Mapping):
        given: Any = parameters_and_buffers
    else:
        given = {}
        for part in parameters_and_buffers:
            twice = sorted(set(part) & set(given))
            if twice:
                raise ValueError(f"{', '.join(twice)} appeared in multiple dictionaries")
            given.update(part)
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, given, tie_weights, strict):
        return module(*arguments, **(kwargs or {}))
