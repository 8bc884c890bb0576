"""`Module`, the base of all layers and networks: calling, modes, printing.

Its bases hold the rest: `_registry` what it is made of, `_hooks` the functions called around it,
`_state` its numbers out and in, `_conversion` their dtypes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from .. import _notes
from .._tensor import Tensor
from ..grad_mode import busy, is_watching
from ..graph import sequence
from ._conversion import Convertible
from ._hooks import register_module_forward_hook as register_module_forward_hook
from ._hooks import register_module_forward_pre_hook as register_module_forward_pre_hook
from ._hooks import register_module_full_backward_hook as register_module_full_backward_hook
from ._hooks import register_module_full_backward_pre_hook as register_module_full_backward_pre_hook
from ._state import Stateful


class Module(Stateful, Convertible):
    """A layer or a network: it holds parameters and other modules, and computes ``forward``.

    Assigning a `Parameter` or a Module to an attribute registers it.

    Attributes
    ----------
    training : bool
        Whether it is in training mode, which matters to `Dropout`.

    Examples
    --------
    >>> class Net(mg.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = mg.nn.Linear(2, 3)
    ...         self.out = mg.nn.Linear(3, 1)
    ...
    ...     def forward(self, x):
    ...         return self.out(self.hidden(x).tanh())
    >>> net = Net()
    >>> net(mg.ones(4, 2)).shape
    microgradnn.Size([4, 1])
    >>> net
    Net(
      (hidden): Linear(in_features=2, out_features=3, bias=True)
      (out): Linear(in_features=3, out_features=1, bias=True)
    )
    """

    training: bool = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """``forward``, with the hooks around it."""
        if busy.count or self._hooked:
            return self._call_watched(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_watched(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """``forward`` with its hooks; its path is kept up to date while operations are noted."""
        if not (busy.watching and is_watching()):
            return (
                self._call_hooked(args, kwargs) if self._hooked else self.forward(*args, **kwargs)
            )
        calls = _notes.running.calls
        path = _path_of(self, calls) if calls else ""
        given = frozenset(id(x._array) for x in (*args, *kwargs.values()) if isinstance(x, Tensor))
        call = _notes.Call(path, type(self).__name__, next(sequence), self, given)
        _notes.running.calls = (*calls, call)
        try:
            return (
                self._call_hooked(args, kwargs) if self._hooked else self.forward(*args, **kwargs)
            )
        finally:
            _notes.running.calls = calls

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Accepted for PyTorch's sake: the module goes on as it is."""

    # --- modes ----------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Set training mode, here and below; returns the module.

        Raises
        ------
        ValueError
            If the mode is no truth value.
        """
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is True or False, got {mode!r}")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Leave training mode, here and below; returns the module."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Whether the parameters are learned: False freezes them; returns the module."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zeros."""
        for p in self.parameters():
            if set_to_none:
                p.grad = None
            elif (grad := p.grad) is not None:
                grad.detach_().zero_()

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn(module)`` for each module below, children first, then for this one.

        Parameters
        ----------
        fn : callable

        Returns
        -------
        Module
            Itself.
        """
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # --- printing -------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What is printed between the brackets; subclasses say it."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name[0].isdigit()]

    def _children_to_print(self) -> list[tuple[str, str]]:
        return [(name, repr(child)) for name, child in self._modules.items()]

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = [f"({name}): {text}" for name, text in self._children_to_print()]
        if not lines and "\n" not in extra:
            return f"{type(self).__name__}({extra})"
        lines = extra.splitlines() + lines
        inside = "\n".join(lines).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {inside}\n)"


def _path_of(module: Module, calls: tuple[_notes.Call, ...]) -> str:
    """What ``named_modules()`` of the outermost running module says; else the class's name.

    The innermost running module is asked first: a module that two others share has two paths, and
    the one through the caller is meant.
    """
    for call in reversed(calls):
        for path, below in call.module.named_modules(remove_duplicate=False):
            if below is module:
                return ".".join(filter(None, (call.path, path)))
    return ".".join(filter(None, (calls[-1].path, type(module).__name__)))
