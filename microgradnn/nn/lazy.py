"""Lazy modules: their parameters get their shapes from the first input."""

from __future__ import annotations

from typing import Any, ClassVar

from ._registry import BUFFER, PARAMETER
from .module import Module
from .parameter import is_lazy


class LazyModuleMixin(Module):
    """What makes a module lazy; put it in front of the other base classes.

    The module makes `UninitializedParameter` objects, and defines ``initialize_parameters``, which
    is called with the first input and materializes them. Then the object becomes one of
    ``cls_to_become``, if that is given.

    Examples
    --------
    >>> class Scale(mg.nn.LazyModuleMixin):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.weight = mg.nn.UninitializedParameter()
    ...
    ...     def initialize_parameters(self, x):
    ...         self.weight.materialize(x.shape[-1:])
    ...         mg.nn.init.ones_(self.weight)
    ...
    ...     def forward(self, x):
    ...         return x * self.weight
    >>> layer = Scale()
    >>> layer.has_uninitialized_params()
    True
    >>> layer(mg.ones(2, 3)).shape
    microgradnn.Size([2, 3])
    """

    cls_to_become: ClassVar[type[Module] | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(
            self._infer_parameters, with_kwargs=True
        )

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes and numbers; gets what ``forward`` gets."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}"
        )

    def has_uninitialized_params(self) -> bool:
        """Whether any parameter or buffer of its own has no shape yet."""
        return any(
            is_lazy(self.__dict__[name])
            for name, kind in self._kinds.items()
            if kind in (PARAMETER, BUFFER)
        )

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any = None) -> None:
        """Initialize, and be an ordinary module from now on."""
        self.initialize_parameters(*args, **(kwargs or {}))
        if self.has_uninitialized_params():
            raise RuntimeError(f"module {type(self).__name__} has not been fully initialized")
        self._initialize_hook.remove()
        del self._initialize_hook
        if not self._forward_pre_hooks:
            del self._forward_pre_hooks, self._forward_pre_hooks_with_kwargs
            if not any(name.endswith("_hooks") and hooks for name, hooks in vars(self).items()):
                del self._hooked  # calls need not look for hooks any more
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become  # type: ignore[assignment]
