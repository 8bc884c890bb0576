"""Hooks of modules: functions called before and after ``forward``, and when gradients pass."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..autograd.hooks import RemovableHandle, add_hook
from ._backward_hooks import GradientWatch
from ._registry import Registry

Hook = Callable[..., Any]
Hooks = dict[int, Any]


class HookStore:
    """An attribute that is a dictionary of a module's own, made when it is first looked at."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, module: Any, owner: type | None = None) -> Any:
        if module is None:
            return self
        return module.__dict__.setdefault(self.name, OrderedDict())


class Hooked(Registry):
    """The base of `Module` that keeps hooks and calls them."""

    _hooked: bool = False
    """Whether any hook was ever registered: one look decides if a call needs more than forward."""

    _forward_hooks = HookStore()
    _forward_pre_hooks = HookStore()
    _backward_hooks = HookStore()
    _backward_pre_hooks = HookStore()
    _forward_hooks_with_kwargs = HookStore()
    _forward_hooks_always_called = HookStore()
    _forward_pre_hooks_with_kwargs = HookStore()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; to be defined by the subclass."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def _call_hooked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """``forward`` with all hooks: those of every module first, then those of this one."""
        own = self.__dict__
        for key, hook in _both(_everywhere._forward_pre_hooks, own.get("_forward_pre_hooks")):
            if key not in own.get("_forward_pre_hooks_with_kwargs", ()):
                changed = hook(self, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
                continue
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(
                        "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {changed}."
                    )
                args, kwargs = changed
        hooks = _both(_everywhere._backward_hooks, own.get("_backward_hooks"))
        pre_hooks = _both(_everywhere._backward_pre_hooks, own.get("_backward_pre_hooks"))
        watch = None
        if hooks or pre_hooks:
            watch = GradientWatch(self, (h for _, h in hooks), (h for _, h in pre_hooks))
            args = watch.take(args)
        result = None
        finished = False
        try:
            result = self.forward(*args, **kwargs)
            finished = True
        finally:
            for key, hook in _both(_everywhere._forward_hooks, own.get("_forward_hooks")):
                if finished or _marked(self, key, "_forward_hooks_always_called"):
                    with_kwargs = _marked(self, key, "_forward_hooks_with_kwargs")
                    changed = hook(self, args, *((kwargs,) if with_kwargs else ()), result)
                    result = result if changed is None else changed
        return result if watch is None else watch.give(result)

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before each ``forward``.

        Parameters
        ----------
        hook : callable
            May return other arguments: a tuple, or one argument; with ``with_kwargs``, called as
            ``hook(module, args, kwargs)``, a pair ``(args, kwargs)``.
        prepend : bool
            Whether it is called before the hooks that are there already.
        with_kwargs : bool

        Returns
        -------
        RemovableHandle
        """
        marks = ("_forward_pre_hooks_with_kwargs",) if with_kwargs else ()
        return enter(self, self._forward_pre_hooks, hook, prepend, *marks)

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:  # fmt: skip
        """Call ``hook(module, args, output)`` after each ``forward``.

        Parameters
        ----------
        hook : callable
            May return another output. With ``with_kwargs`` it is called as ``hook(module, args,
            kwargs, output)``.
        prepend : bool
            Whether it is called before the hooks that are there already.
        with_kwargs : bool
        always_call : bool
            Whether it is called, with None for the output, if ``forward`` raises.

        Returns
        -------
        RemovableHandle
        """
        return enter(
            self, self._forward_hooks, hook, prepend, *_forward_marks(with_kwargs, always_call)
        )

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when gradients have passed the module.

        Parameters
        ----------
        hook : callable
            Gets two tuples, with None where there is no gradient; may return another
            ``grad_input``. Keyword arguments are not watched.
        prepend : bool
            Whether it is called before the hooks that are there already.

        Returns
        -------
        RemovableHandle

        Examples
        --------
        >>> layer = mg.nn.Linear(2, 1)
        >>> handle = layer.register_full_backward_hook(lambda m, g_in, g_out: print(g_out))
        >>> layer(mg.ones(1, 2, requires_grad=True)).backward()
        (tensor([[1.]]),)
        """
        return enter(self, self._backward_hooks, hook, prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` before the gradients go into the module.

        Parameters
        ----------
        hook : callable
            May return another ``grad_output``, a tuple.
        prepend : bool
            Whether it is called before the hooks that are there already.

        Returns
        -------
        RemovableHandle
        """
        return enter(self, self._backward_pre_hooks, hook, prepend)

    def register_backward_hook(self, hook: Hook) -> RemovableHandle:
        """An older name of `register_full_backward_hook`, which it is here."""
        return self.register_full_backward_hook(hook)


class _Everywhere(Hooked):
    """Holds the hooks that are called for every module."""


_everywhere = _Everywhere()


def _both(shared: Hooks, own: Hooks | None) -> list[tuple[int, Hook]]:
    return [*shared.items(), *own.items()] if own else list(shared.items())


def _marked(module: Hooked, key: int, mark: str) -> bool:
    return key in module.__dict__.get(mark, ()) or key in getattr(_everywhere, mark)


def _forward_marks(with_kwargs: bool, always_call: bool) -> list[str]:
    marks = [
        ("_forward_hooks_with_kwargs", with_kwargs), ("_forward_hooks_always_called", always_call),
    ]  # fmt: skip
    return [mark for mark, wanted in marks if wanted]


def enter(
    module: Hooked, hooks: Hooks, hook: Hook, prepend: bool = False, *marks: str
) -> RemovableHandle:
    """Add a hook to a dictionary of them, and to the marks that say how it is called."""
    handle = add_hook(hooks, hook)
    key = next(reversed(hooks))
    for mark in marks:
        getattr(module, mark)[key] = True
    if prepend:
        for other in list(hooks)[:-1]:
            hooks[other] = hooks.pop(other)
    if module is _everywhere:
        Hooked._hooked = True
        return _SharedHandle(hooks, key)
    module.__dict__["_hooked"] = True
    return handle


class _SharedHandle(RemovableHandle):
    """Of a hook of every module: when the last is gone, no call looks for them any more."""

    def remove(self) -> None:
        super().remove()
        Hooked._hooked = any(
            hooks for name, hooks in vars(_everywhere).items() if name.endswith("_hooks")
        )


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, args)`` before the ``forward`` of every module."""
    return enter(_everywhere, _everywhere._forward_pre_hooks, hook)


def register_module_forward_hook(
    hook: Hook, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after the ``forward`` of every module."""
    marks = _forward_marks(with_kwargs, always_call)
    return enter(_everywhere, _everywhere._forward_hooks, hook, False, *marks)


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` for every module that gradients pass."""
    return enter(_everywhere, _everywhere._backward_hooks, hook)


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` before gradients go into any module."""
    return enter(_everywhere, _everywhere._backward_pre_hooks, hook)
