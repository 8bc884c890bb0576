"""``state_dict`` and ``load_state_dict``: the numbers of a module by name, out and in.

Loading looks at everything first. One error lists all that is wrong, and then nothing has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import _mutation
from .._tensor import Tensor
from ..autograd.hooks import RemovableHandle
from ._hooks import Hook, Hooked, HookStore, enter
from ._registry import BUFFER, PARAMETER, Registered
from .parameter import Parameter, is_lazy

EXTRA = "_extra_state"
"""The name under which ``get_extra_state`` is saved."""
_ASSIGN = "assign_to_params_buffers"
_WRITES = "microgradnn.writes"


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


class State(OrderedDict[str, Any]):
    """What ``state_dict()`` returns: a dictionary that remembers the versions of the modules."""

    _metadata: dict[str, dict[str, Any]]


class Stateful(Hooked):
    """The base of `Module` that gives its state and takes it back."""

    _version: int = 1
    """Of the module's format of state; saved beside it."""

    _state_dict_pre_hooks = HookStore()
    _state_dict_hooks = HookStore()
    _load_state_dict_pre_hooks = HookStore()
    _load_state_dict_post_hooks = HookStore()

    # --- out ------------------------------------------------------------------------------------

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """The parameters and persistent buffers by name; they share the module's memory.

        Parameters
        ----------
        destination : dict, optional
            Where to put them; default: a new one.
        prefix : str
            Put before each name.
        keep_vars : bool
            Whether the parameters themselves are given, not detached Tensors.

        Returns
        -------
        dict of str to Tensor

        Examples
        --------
        >>> list(mg.nn.Linear(2, 1).state_dict())
        ['weight', 'bias']
        """
        if args:  # an older way to call it
            destination, prefix, keep_vars = (*args, prefix, keep_vars)[:3]
        state: Any = destination
        if state is None:
            state = State()
            state._metadata = OrderedDict()
        local = {"version": self._version}
        if hasattr(state, "_metadata"):
            state._metadata[prefix[:-1]] = local
        for hook in list(self.__dict__.get("_state_dict_pre_hooks", {}).values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(state, prefix, keep_vars)
        for name, child in self._modules.items():
            if child is not None:
                child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in list(self.__dict__.get("_state_dict_hooks", {}).values()):
            returned = hook(self, state, prefix, local)
            state = state if returned is None else returned
        result: dict[str, Any] = state
        return result

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Enter what this module itself has, without those below it."""
        for name, value in _saved(self).items():
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not Stateful.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def get_extra_state(self) -> Any:
        """What else belongs into the ``state_dict``; defined together with `set_extra_state`."""
        raise RuntimeError(
            f"{type(self).__name__} has no extra state; define get_extra_state and set_extra_state"
        )

    # --- in -------------------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Set parameters and buffers to the numbers of a ``state_dict()``.

        Parameters
        ----------
        state_dict : mapping of str to Tensor (or NumPy array)
        strict : bool
            Whether it must have exactly the names of this module.
        assign : bool
            Whether to take over its Tensors instead of copying their numbers.

        Returns
        -------
        (missing_keys, unexpected_keys)

        Raises
        ------
        RuntimeError
            If names or shapes do not fit. It lists all that do not, and nothing is changed. Only
            where hooks are to be called afterwards, which may alter the lists of names, names are
            judged when the rest has been loaded, as in PyTorch.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                "load_state_dict takes what state_dict() returns, a dictionary of names to "
                f"Tensors; got {type(state_dict).__name__}"
            )
        keys = IncompatibleKeys([], [])
        problems: list[str] = []
        writes: list[Callable[[], None]] = []
        metadata = getattr(state_dict, "_metadata", None)
        after: list[tuple[Any, Hook]] = []

        def descend(module: Any, state: dict[str, Any], prefix: str) -> None:
            local = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
            local[_WRITES] = writes
            if assign:
                local[_ASSIGN] = True
            module._load_from_state_dict(state, prefix, local, True, *keys, problems)
            for name, child in module._modules.items():
                if child is not None:
                    inner = f"{prefix}{name}."
                    below = {k: v for k, v in state.items() if k.startswith(inner)}
                    descend(child, below, inner)
            hooks = module.__dict__.get("_load_state_dict_post_hooks", {})
            after.extend((module, hook) for hook in hooks.values())

        descend(self, OrderedDict(state_dict), "")
        if not after and strict:
            problems = [*_key_problems(keys), *problems]
        _raise_for(self, problems)
        for write in writes:
            write()
        for module, hook in after:
            if hook(module, keys) is not None:
                raise RuntimeError(
                    "hooks registered with register_load_state_dict_post_hook return nothing: "
                    "change the lists of the keys in place"
                )
        if after and strict:
            _raise_for(self, _key_problems(keys))
        return keys

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any],
        strict: bool, missing_keys: list[str], unexpected_keys: list[str], error_msgs: list[str],
    ) -> None:  # fmt: skip
        """Take what this module itself has from a state, or enter in the lists what is wrong.

        Under `load_state_dict` nothing is written yet: that is done when all modules have agreed.
        """
        arguments = (local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        for hook in list(self.__dict__.get("_load_state_dict_pre_hooks", {}).values()):
            hook(state_dict, prefix, *arguments)
        own = _saved(self)
        assign = local_metadata.get(_ASSIGN, False)
        writes: list[Callable[[], None]] = []
        for name, old in own.items():
            key = prefix + name
            if key in state_dict:
                _plan(self, name, key, state_dict[key], old, assign, writes, error_msgs)
            elif strict:
                missing_keys.append(key)
        extra = prefix + EXTRA
        if type(self).set_extra_state is not Stateful.set_extra_state:
            if extra in state_dict:
                writes.append(lambda: self.set_extra_state(state_dict[extra]))
            elif strict:
                missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra:
                    first, *below = key[len(prefix) :].split(".", 1)
                    if first not in (self._modules if below else own):
                        unexpected_keys.append(key)
        later = local_metadata.get(_WRITES)
        if later is not None:
            later.extend(writes)
        else:
            for write in writes:
                write()

    def set_extra_state(self, state: Any) -> None:
        """Take what `get_extra_state` gave; to be defined together with it."""
        raise RuntimeError(
            f"{type(self).__name__} takes no extra state; define get_extra_state and "
            "set_extra_state"
        )

    # --- hooks ----------------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before ``state_dict`` collects anything."""
        return enter(self, self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after ``state_dict``.

        It may change the dictionary, but returns nothing.
        """

        def checked(*args: Any) -> None:
            if hook(*args) is not None:
                raise RuntimeError("state_dict post-hook must return None")

        return enter(self, self._state_dict_hooks, checked)

    def _register_state_dict_hook(self, hook: Hook) -> RemovableHandle:
        return enter(self, self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call a hook before this module looks at a state, which the hook may change.

        It is called as ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
        unexpected_keys, error_msgs)``.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(
        self, hook: Hook, with_module: bool = False
    ) -> RemovableHandle:
        hooks = self._load_state_dict_pre_hooks
        return enter(self, hooks, _WithModule(hook, self) if with_module else hook)

    def register_load_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after loading; it may change the two lists."""
        return enter(self, self._load_state_dict_post_hooks, hook)


class _WithModule:
    """A hook that gets its module as the first argument; copies of the module take it along."""

    def __init__(self, hook: Hook, module: Any) -> None:
        self.hook = hook
        self.module = module

    def __call__(self, *args: Any) -> Any:
        return self.hook(self.module, *args)


def _saved(module: Any) -> dict[str, Tensor]:
    """The parameters and persistent buffers of one module that are not None."""
    found = {}
    for kind in (PARAMETER, BUFFER):
        for name, value in Registered(module.__dict__, kind).items():
            if value is not None and name not in module._not_saved:
                found[name] = value
    return found


def _key_problems(keys: IncompatibleKeys) -> list[str]:
    kinds = (("Missing", keys.missing_keys), ("Unexpected", keys.unexpected_keys))
    return [
        f"{kind} key(s) in state_dict: " + ", ".join(f'"{key}"' for key in names) + "."
        for kind, names in kinds
        if names
    ]


def _raise_for(module: Any, problems: list[str]) -> None:
    if problems:
        lines = "\n\t".join(problems)
        raise RuntimeError(
            f"Error(s) in loading state_dict for {type(module).__name__}:\n\t{lines}"
        )


def _plan(
    module: Any, name: str, key: str, given: Any, old: Tensor, assign: bool,
    writes: list[Callable[[], None]], problems: list[str],
) -> None:  # fmt: skip
    """Check one entry; add the writing of it, or what is wrong with it."""
    if is_lazy(old) or is_lazy(given):
        if is_lazy(old) and is_lazy(given):
            return
        if is_lazy(given):
            problems.append(f"{key} is not initialized in the state_dict, but in this module.")
            return
    array = given._array if isinstance(given, Tensor) else given
    if not isinstance(array, np.ndarray | np.generic):
        array = None
    elif array.shape == (1,) and not is_lazy(old) and old._array.shape == ():
        array = array.reshape(())  # as very old checkpoints have it
    problem = _misfit(key, array, given, old, assign)
    if problem:
        problems.append(problem)
    else:
        writes.append(lambda: _write(module, name, old, given, array, assign))


def _misfit(key: str, array: Any, given: Any, old: Tensor, assign: bool) -> str | None:
    """What is wrong with one entry, if anything."""
    if array is None:
        shape = "known later" if is_lazy(old) else tuple(old._array.shape)
        return (
            f"{key} must be a Tensor (or a NumPy array) of shape {shape}, got "
            f"{type(given).__name__}."
        )
    if array.dtype.kind not in "fiub":
        return f"{key} is of dtype {array.dtype}, which no Tensor can have."
    if assign and old.requires_grad and array.dtype.kind != "f":
        return f"{key} requires grad, so it can't be of dtype {array.dtype}."
    if is_lazy(old):
        return None
    own = old._array
    if array.shape != own.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {tuple(array.shape)} from "
            f"checkpoint, the shape in current model is {tuple(own.shape)}."
        )
    if not assign and not own.flags.writeable:
        return f"{key} lies in read-only memory; load with assign=True, or make the model anew."
    return None


def _write(module: Any, name: str, old: Any, given: Any, array: Any, assign: bool) -> None:
    if assign:
        module.__dict__[name] = _in_place_of(old, given, array)
        return
    if is_lazy(old):
        old.materialize(array.shape)
    old._array[...] = array
    _mutation.stamp(old._array, "load_state_dict()")


def _in_place_of(old: Tensor, given: Any, array: Any) -> Tensor:
    """What takes the place of a parameter or buffer with ``assign=True``."""
    if isinstance(old, Parameter):
        if isinstance(given, Parameter):
            return given.requires_grad_(old.requires_grad)
        return Parameter(array, old.requires_grad)
    return given if isinstance(given, Tensor) else Tensor._wrap(np.asarray(array))
