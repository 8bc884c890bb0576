"""Watching the gradients that pass through a module: two nodes around it that compute nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from .._tensor import Tensor
from ..autograd.function import Function
from ..grad_mode import is_grad_enabled


class _Pass(Function):
    """Hands its Tensors on; shows their gradients to ``watch``, which may return others."""

    @staticmethod
    def forward(ctx: Any, watch: Callable[[Any], Any], *tensors: Tensor) -> Any:
        ctx.watch = watch
        outputs = tuple(t.detach() for t in tensors)
        ctx.mark_non_differentiable(
            *(o for o, t in zip(outputs, tensors, strict=True) if not t.requires_grad)
        )
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return None, *ctx.watch(gradients)


class GradientWatch:
    """The backward hooks of one call of a module.

    Parameters
    ----------
    module : Module
    hooks : iterable of callable
        Called as ``hook(module, grad_input, grad_output)``; may return another ``grad_input``.
    pre_hooks : iterable of callable
        Called as ``hook(module, grad_output)``; may return another ``grad_output``.
    """

    def __init__(self, module: Any, hooks: Iterable[Any], pre_hooks: Iterable[Any]) -> None:
        self.module = module
        self.hooks = list(hooks)
        self.pre_hooks = list(pre_hooks)
        self.grad_output: Any = None
        self.inputs: list[int] | None = None
        self.outputs: list[int] = []
        self.sizes = [0, 0]

    def take(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, watched."""
        self.sizes[0] = len(args)
        args, self.inputs = _watched(args, self._at_inputs)
        return args

    def give(self, result: Any) -> Any:
        """What the module returned, watched."""
        results = result if isinstance(result, tuple) else (result,)
        self.sizes[1] = len(results)
        watched, places = _watched(results, self._at_outputs)
        self.outputs = places or []
        if isinstance(result, tuple):
            return watched if type(result) is tuple else type(result)(*watched)
        return watched[0]

    def _at_outputs(self, gradients: Any) -> Any:
        whole = _spread(gradients, self.outputs, self.sizes[1])
        for hook in self.pre_hooks:
            whole = _replaced("pre hook", "grad_output", whole, hook(self.module, whole))
        self.grad_output = whole
        if self.inputs is None:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module "
                "outputs since no inputs require gradients: its grad_input is None everywhere",
                UserWarning,
                stacklevel=2,
            )
            nothing = (None,) * self.sizes[0]
            for hook in self.hooks:
                returned = hook(self.module, nothing, whole)
                if returned is not None and any(g is not None for g in returned):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always "
                        "return None or None for all gradients."
                    )
        return [whole[k] for k in self.outputs]

    def _at_inputs(self, gradients: Any) -> Any:
        assert self.inputs is not None
        if self.grad_output is None:  # the gradient came past the outputs
            return gradients
        whole = _spread(gradients, self.inputs, self.sizes[0])
        for hook in self.hooks:
            returned = hook(self.module, whole, self.grad_output)
            whole = _replaced("hook", "grad_input", whole, returned)
        self.grad_output = None
        return [whole[k] for k in self.inputs]


def _watched(args: tuple[Any, ...], watch: Any) -> tuple[tuple[Any, ...], list[int] | None]:
    """The Tensors among some values sent through a node; and where they are, if they were."""
    places = [k for k, a in enumerate(args) if isinstance(a, Tensor)]
    if not is_grad_enabled() or not any(args[k].requires_grad for k in places):
        return args, None
    out = list(args)
    for k, t in zip(places, _Pass.apply(watch, *(args[k] for k in places)), strict=True):
        out[k] = t
    return tuple(out), places


def _spread(gradients: Any, places: list[int], size: int) -> tuple[Any, ...]:
    whole: list[Any] = [None] * size
    for k, g in zip(places, gradients, strict=True):
        whole[k] = g
    return tuple(whole)


def _replaced(kind: str, what: str, old: tuple[Any, ...], new: Any) -> tuple[Any, ...]:
    if new is None:
        return old
    given: tuple[Any, ...] = tuple(new) if isinstance(new, tuple | list) else (new,)
    if len(given) != len(old):
        raise RuntimeError(
            f"Backward {kind} returned an invalid number of {what}, got {len(given)}, but expected "
            f"{len(old)}"
        )
    return given
