"""`compile` of a module: a module of the same parameters whose forward pass is replayed."""

from __future__ import annotations

from typing import Any

from ..nn.module import Module


class CompiledModule(Module):
    """A module, compiled; an outer ``backward()`` goes through it.

    As PyTorch's, it keeps the module it was made of as ``_orig_mod``: that is in the names of its
    ``state_dict()``. Other attributes are those of that module.
    """

    def __init__(self, module: Module, call: Any) -> None:
        super().__init__()
        self._orig_mod = module
        self.__dict__["_call"] = call
        self.training = module.training

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The module's result."""
        return self._call(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The module's result."""
        return self._call(*args, **kwargs)

    def source(self) -> str:
        """What runs at each call, as Python source."""
        text: str = self._call.source()
        return text

    def plan(self) -> Any:
        """The memory of the forward and the backward pass."""
        return self._call.plan()

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)  # type: ignore[misc]
        except AttributeError:
            if name == "_orig_mod":
                raise
            return getattr(self._orig_mod, name)

    def __reduce__(self) -> Any:
        return (_again, (self._orig_mod, self._call._options))


def _again(module: Module, options: Any) -> CompiledModule:
    """What is copied or loaded is traced anew."""
    from .run import Compiled

    return CompiledModule(module, Compiled(module, options))
