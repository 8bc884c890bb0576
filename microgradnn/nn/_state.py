"""``state_dict`` and ``load_state_dict``: the numbers of a module by name, out and in.

Loading looks at everything first. One error lists all that is wrong, and then nothing has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .. import _mutation
from .._tensor import Tensor
from ._registry import BUFFER, PARAMETER, Registered
from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module


class IncompatibleKeys(NamedTuple):
    """What ``load_state_dict`` returns: the names that were on one side only."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return (
            f"_IncompatibleKeys(missing_keys={self.missing_keys}, "
            f"unexpected_keys={self.unexpected_keys})"
        )


def places(module: Module, prefix: str) -> dict[str, tuple[Module, str]]:
    """Where each saved name lives: the module that has it, and the attribute there."""
    found: dict[str, tuple[Module, str]] = {}
    for kind in (PARAMETER, BUFFER):
        for name, value in Registered(module.__dict__, kind).items():
            if value is not None and name not in module._not_saved:
                found[prefix + name] = (module, name)
    for name, child in module._modules.items():
        if child is not None:
            found.update(places(child, f"{prefix}{name}."))
    return found


def collect(
    module: Module, destination: dict[str, Any] | None, prefix: str, keep_vars: bool
) -> dict[str, Any]:
    """The parameters and saved buffers of a module and of all below it, by name."""
    state: dict[str, Any] = OrderedDict() if destination is None else destination
    for key, (owner, name) in places(module, prefix).items():
        value = owner.__dict__[name]
        state[key] = value if keep_vars else value.detach()
    return state


def load(module: Module, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Write the numbers of ``state`` into the module.

    Raises
    ------
    TypeError
        If ``state`` is no mapping.
    RuntimeError
        If names or shapes do not fit; nothing is changed then.
    """
    if not isinstance(state, Mapping):
        raise TypeError(
            f"load_state_dict takes what state_dict() returns, a dictionary of names to Tensors; "
            f"got {type(state).__name__}"
        )
    own = places(module, "")
    missing = [key for key in own if key not in state]
    unexpected = [key for key in state if key not in own]
    problems = []
    if strict and missing:
        problems.append(f"Missing key(s) in state_dict: {_quoted(missing)}.")
    if strict and unexpected:
        problems.append(f"Unexpected key(s) in state_dict: {_quoted(unexpected)}.")
    arrays = {}
    for key, (owner, name) in own.items():
        if key in state:
            arrays[key] = array = _as_array(state[key])
            problem = _misfit(key, array, state[key], owner.__dict__[name], assign)
            if problem:
                problems.append(problem)
    if problems:
        lines = "\n\t".join(problems)
        raise RuntimeError(
            f"Error(s) in loading state_dict for {type(module).__name__}:\n\t{lines}"
        )
    for key, array in arrays.items():
        owner, name = own[key]
        old = owner.__dict__[name]
        if assign:
            owner.__dict__[name] = _in_place_of(old, state[key], array)
        else:
            old._array[...] = array
            _mutation.stamp(old._array, "load_state_dict()")
    return IncompatibleKeys(missing, unexpected)


def _quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def _as_array(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value._array
    return np.asarray(value) if isinstance(value, np.ndarray | np.generic) else None


def _misfit(key: str, array: Any, given: Any, old: Tensor, assign: bool) -> str | None:
    """What is wrong with one entry, if anything."""
    own = old._array
    if array is None:
        return (
            f"{key} must be a Tensor (or a NumPy array) of shape {tuple(own.shape)}, got "
            f"{type(given).__name__}."
        )
    if array.shape != own.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {tuple(array.shape)} from "
            f"checkpoint, the shape in current model is {tuple(own.shape)}."
        )
    if array.dtype.kind not in "fiub":
        return f"{key} is of dtype {array.dtype}, which no Tensor can have."
    if assign and old.requires_grad and array.dtype.kind != "f":
        return f"{key} requires grad, so it can't be of dtype {array.dtype}."
    if not assign and not own.flags.writeable:
        return f"{key} lies in read-only memory; load with assign=True, or make the model anew."
    return None


def _in_place_of(old: Tensor, given: Any, array: Any) -> Tensor:
    """What takes the place of a parameter or buffer with ``assign=True``."""
    if isinstance(old, Parameter):
        return given if isinstance(given, Parameter) else Parameter(array, old.requires_grad)
    return given if isinstance(given, Tensor) else Tensor._wrap(array)
