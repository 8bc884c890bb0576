"""`Module`, the base of all layers and networks: calling, modes, state, conversion, printing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from .. import _dtypes, _notes
from .._tensor import Tensor
from ..autograd.hooks import RemovableHandle, add_hook
from ..functions.creation import check_device
from ..grad_mode import busy, is_recording
from ._registry import BUFFER, PARAMETER, Registry
from ._state import IncompatibleKeys, collect, load
from .parameter import Parameter

_running: list[Module] = []
"""The modules whose ``forward`` is running, outermost first; kept only under ``record()``."""


class Module(Registry):
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
    _hooked: bool = False
    """Whether any hook was ever registered: one look decides if a call needs more than forward."""

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; to be defined by the subclass."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """``forward``, with the hooks around it."""
        if busy.count or self._hooked:
            return self._call_watched(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_watched(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """``forward`` with its hooks, and with the module's path kept up to date for `record`."""
        if not (busy.count and is_recording()):
            return (
                self._call_hooked(args, kwargs) if self._hooked else self.forward(*args, **kwargs)
            )
        name = _running[-1]._path_to(self) if _running else ""
        _running.append(self)
        _notes.module_path.extend([name] if name else [])
        try:
            return (
                self._call_hooked(args, kwargs) if self._hooked else self.forward(*args, **kwargs)
            )
        finally:
            _running.pop()
            if name:
                _notes.module_path.pop()

    def _path_to(self, module: Module) -> str:
        """The path from this module to one below it; the class of one that is not registered."""
        for path, below in self.named_modules():
            if below is module:
                return path
        return type(module).__name__

    # --- hooks --------------------------------------------------------------------------------

    def _call_hooked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook, with_kwargs, _ in list(self._pre_hooks.values()):
            if with_kwargs:
                changed = hook(self, args, kwargs)
                if changed is not None:
                    args, kwargs = changed
            else:
                changed = hook(self, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
        result = None
        finished = False
        try:
            result = self.forward(*args, **kwargs)
            finished = True
        finally:
            for hook, with_kwargs, always in list(self._forward_hooks.values()):
                if finished or always:
                    more = (kwargs,) if with_kwargs else ()
                    changed = hook(self, args, *more, result)
                    result = result if changed is None else changed
        return result

    @property
    def _pre_hooks(self) -> dict[int, Any]:
        hooks: dict[int, Any] = self.__dict__.setdefault("_pre_hooks_by_key", {})
        return hooks

    @property
    def _forward_hooks(self) -> dict[int, Any]:
        hooks: dict[int, Any] = self.__dict__.setdefault("_forward_hooks_by_key", {})
        return hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
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
        return self._add_hook(self._pre_hooks, (hook, with_kwargs, False), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False,
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
        return self._add_hook(self._forward_hooks, (hook, with_kwargs, always_call), prepend)

    def _add_hook(self, hooks: dict[int, Any], entry: Any, prepend: bool) -> RemovableHandle:
        handle = add_hook(hooks, entry)
        if prepend:
            for key in list(hooks)[:-1]:
                hooks[key] = hooks.pop(key)
        self._hooked = True
        return handle

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
        for module in self.modules():
            module.training = mode
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

    # --- state ----------------------------------------------------------------------------------

    def state_dict(
        self,
        *,
        destination: dict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
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
        return collect(self, destination, prefix, keep_vars)

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
            If names or shapes do not fit. It lists all that do not, and nothing is changed.
        """
        return load(self, state_dict, strict, assign)

    # --- conversion -----------------------------------------------------------------------------

    def _convert(self, fn: Callable[[Tensor], Tensor]) -> Self:
        """Replace the data of every parameter, gradient and buffer."""
        for module in self.modules():
            for name, kind in module._kinds.items():
                value = module.__dict__[name]
                if value is None or kind not in (PARAMETER, BUFFER):
                    continue
                if kind == BUFFER:
                    module.__dict__[name] = fn(value)
                    continue
                grad, new = value.grad, fn(value.detach())
                if new._array is not value._array:
                    value.grad = None
                    value.data = new
                    value.grad = None if grad is None else fn(grad)
        return self

    def to(self, *args: Any, dtype: Any = None, device: Any = None, **_: Any) -> Self:
        """Convert floating parameters, gradients and buffers to another dtype, in place.

        Parameters
        ----------
        *args
            A dtype, a device, or a Tensor whose dtype is taken.
        dtype : dtype, optional
            A floating type.
        device : optional
            The CPU.

        Returns
        -------
        Module
            Itself.

        Raises
        ------
        TypeError
            If the dtype is no floating type.
        """
        for arg in args:
            if isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, _dtypes.dtype):
                dtype = arg
            elif not isinstance(arg, bool):
                device = arg
        check_device(device)
        if dtype is None:
            return self
        wanted = _dtypes.as_numpy(dtype)
        if wanted.kind != "f":
            raise TypeError(f"a Module is converted to floating point dtypes only, got {dtype!r}")
        return self._convert(lambda t: t.to(wanted) if t.is_floating_point() else t)

    def float(self) -> Self:
        """Convert to float32; see `to`."""
        return self.to(_dtypes.float32)

    def double(self) -> Self:
        """Convert to float64; see `to`."""
        return self.to(_dtypes.float64)

    def half(self) -> Self:
        """Convert to float16; see `to`."""
        return self.to(_dtypes.float16)

    def cpu(self) -> Self:
        """Returns the module: the CPU is where it is."""
        return self

    # --- printing -------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What is printed between the brackets; subclasses say it."""
        return ""

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


__all__ = ["Module", "Parameter"]
