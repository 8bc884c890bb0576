"""Watching and changing gradients on their way: ``register_hook``, ``retain_grad``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._methods import method
from .._tensor import Tensor
from ..graph import Notes, sequence


class RemovableHandle:
    """Returned by ``register_hook``: ``remove()`` takes the hook away again.

    Parameters
    ----------
    hooks : dict of int to callable
    key : int
    """

    def __init__(self, hooks: dict[int, Callable[..., Any]], key: int) -> None:
        self._hooks = hooks
        self._key = key

    def remove(self) -> None:
        """Take the hook away; doing so twice is no error."""
        self._hooks.pop(self._key, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def add_hook(hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any]) -> RemovableHandle:
    """Enter a hook under a new key."""
    key = next(sequence)
    hooks[key] = hook
    return RemovableHandle(hooks, key)


def _notes(x: Tensor, what: str) -> Notes:
    node = x._node
    if node is None:
        raise RuntimeError(
            f"cannot {what} on a Tensor that doesn't require gradient (shape {tuple(x.shape)})"
        )
    if node.notes is None:
        node.notes = Notes()
    return node.notes


@method
def register_hook(self: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    """Call ``hook(grad)`` whenever the gradient by this Tensor is complete.

    Parameters
    ----------
    hook : callable
        Gets the gradient (do not change it); may return another one, of the same shape, to go on
        with.

    Returns
    -------
    RemovableHandle

    Raises
    ------
    RuntimeError
        If the Tensor does not require gradient.

    Examples
    --------
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> handle = w.register_hook(lambda g: 10 * g)
    >>> w.sum().backward()
    >>> w.grad
    tensor([10., 10.])
    """
    return add_hook(_notes(self, "register a hook").hooks, hook)


@method
def retain_grad(self: Tensor) -> None:
    """Keep the gradient by this intermediate result in its ``grad``.

    Raises
    ------
    RuntimeError
        If the Tensor does not require gradient.

    Examples
    --------
    >>> w = mg.tensor(3.0, requires_grad=True)
    >>> y = w * 2
    >>> y.retain_grad()
    >>> (y * y).backward()
    >>> y.grad
    tensor(12.)
    """
    if not self.is_leaf or self._node is None:
        _notes(self, "retain_grad()").retains = True
