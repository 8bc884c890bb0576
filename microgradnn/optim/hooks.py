"""Functions of the user's that an optimizer calls around a step, a save and a load."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..autograd.hooks import RemovableHandle, add_hook

Hooks = dict[int, Callable[..., Any]]

_before_all: Hooks = {}
_after_all: Hooks = {}


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before every step of every optimizer."""
    return add_hook(_before_all, hook)


def register_optimizer_step_post_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after every step of every optimizer."""
    return add_hook(_after_all, hook)


class Hooked:
    """The hooks of one optimizer."""

    def __init__(self) -> None:
        self._step_pre_hooks: Hooks = {}
        self._step_post_hooks: Hooks = {}
        self._state_dict_pre_hooks: Hooks = {}
        self._state_dict_post_hooks: Hooks = {}
        self._load_pre_hooks: Hooks = {}
        self._load_post_hooks: Hooks = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let a subclass that defines `step` have its hooks called all the same."""
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = with_hooks(cls.__dict__["step"])  # type: ignore[attr-defined]

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step.

        Parameters
        ----------
        hook : callable
            May return new ``(args, kwargs)`` for the step.

        Returns
        -------
        RemovableHandle
            ``remove()`` takes the hook away.
        """
        return add_hook(self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return add_hook(self._step_post_hooks, hook)

    def register_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` before the state is collected."""
        return _add(self._state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` with what was collected; it may return another."""
        return _add(self._state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before loading; it may return another to load."""
        return _add(self._load_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` after a state was loaded."""
        return _add(self._load_post_hooks, hook, prepend)


def _add(hooks: Hooks, hook: Callable[..., Any], prepend: bool) -> RemovableHandle:
    older = list(hooks.items()) if prepend else []
    handle = add_hook(hooks, hook)
    for key, other in older:
        del hooks[key]
        hooks[key] = other
    return handle


def changed(hooks: Hooks, optimizer: Any, item: Any) -> Any:
    """What the hooks make of an item; one that returns None leaves it."""
    for hook in list(hooks.values()):
        result = hook(optimizer, item)
        item = item if result is None else result
    return item


def with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step with the hooks around it, that notes for schedules that there was one."""
    if hasattr(step, "hooked"):
        return step

    @functools.wraps(step)
    def hooked(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._opt_called = True
        if not (self._step_pre_hooks or self._step_post_hooks or _before_all or _after_all):
            return step(self, *args, **kwargs)
        for hook in [*_before_all.values(), *self._step_pre_hooks.values()]:
            result = hook(self, args, kwargs)
            if result is None:
                continue
            if not isinstance(result, tuple) or len(result) != 2:
                raise RuntimeError(
                    f"{hook} must return None or a tuple of (new_args, new_kwargs), got {result}"
                )
            args, kwargs = result
        out = step(self, *args, **kwargs)
        for hook in [*self._step_post_hooks.values(), *_after_all.values()]:
            hook(self, args, kwargs)
        return out

    hooked.hooked = True  # type: ignore[attr-defined]
    return hooked
