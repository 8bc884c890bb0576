"""What a module is made of: its parameters, buffers and children, by name.

Their values are ordinary attributes, so reading ``self.weight`` costs what reading any attribute
costs. Beside them lies one dictionary, ``_kinds``, that says of each registered name what it is;
its order is the order of registration.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from .._tensor import Tensor
from .parameter import Buffer, Parameter

PARAMETER = "parameter"
BUFFER = "buffer"
MODULE = "module"


class Registered(MutableMapping[str, Any]):
    """A view of a module's attributes of one kind: what ``module._parameters`` gives.

    Changing it changes the module, as with the dictionaries of PyTorch.
    """

    __slots__ = ("_attributes", "_kind", "_kinds")

    def __init__(self, attributes: dict[str, Any], kind: str) -> None:
        self._attributes = attributes
        self._kinds: dict[str, str] = attributes["_kinds"]
        self._kind = kind

    def __getitem__(self, name: str) -> Any:
        if self._kinds.get(name) != self._kind:
            raise KeyError(name)
        return self._attributes[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._kinds[name] = self._kind
        self._attributes[name] = value

    def __delitem__(self, name: str) -> None:
        if self._kinds.get(name) != self._kind:
            raise KeyError(name)
        del self._kinds[name], self._attributes[name]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, kind in self._kinds.items() if kind == self._kind])

    def __len__(self) -> int:
        return list(self._kinds.values()).count(self._kind)

    def __repr__(self) -> str:
        return repr(dict(self))


class Registry:
    """The base of `Module` that keeps its parameters, buffers and children."""

    _kinds: dict[str, str]
    _not_saved: frozenset[str] = frozenset()
    """The buffers that ``state_dict`` leaves out."""

    def __init__(self) -> None:
        self.__dict__["_kinds"] = {}

    # --- registering ----------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        kinds = self.__dict__.get("_kinds")
        kind = _kind_of(value)
        if kind is not None:
            if kinds is None:
                raise AttributeError(
                    f"cannot assign a {kind} to {type(self).__name__}.{name} before "
                    "Module.__init__() call; begin its __init__ with super().__init__()"
                )
            if isinstance(getattr(type(self), name, None), property):
                raise KeyError(f"{type(self).__name__} has an attribute {name!r} already")
            self._forget(name, unless=kind)
            kinds[name] = kind
            if kind == BUFFER:
                self._keep_out_of_state(name, not value.persistent)
        elif kinds and name in kinds and value is not None:
            registered = kinds[name]
            if registered != BUFFER or not isinstance(value, Tensor):
                wanted = {PARAMETER: "nn.Parameter", BUFFER: "Tensor", MODULE: "nn.Module"}
                raise TypeError(
                    f"cannot assign a {type(value).__name__} as {registered} '{name}' of "
                    f"{type(self).__name__} ({wanted[registered]} or None expected)"
                )
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._forget(name)

    def _forget(self, name: str, unless: str = "") -> None:
        """Take a name out of the register, so that it may be entered as another kind."""
        if self._kinds.get(name, unless) != unless:
            del self._kinds[name]
            if name in self._not_saved:
                self._not_saved -= {name}

    def _check_name(self, name: Any, kind: str) -> None:
        if "_kinds" not in self.__dict__:
            raise AttributeError(
                f"cannot assign a {kind} before Module.__init__() call; begin the __init__ of "
                f"{type(self).__name__} with super().__init__()"
            )
        if not isinstance(name, str):
            raise TypeError(f"the name of a {kind} is a string, got {type(name).__name__}")
        if not name or "." in name:
            raise KeyError(f"the name of a {kind} is not empty and has no '.', got {name!r}")
        if hasattr(self, name) and self._kinds.get(name) != kind:
            raise KeyError(f"{type(self).__name__} has an attribute {name!r} already")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter by name; None for one that this module does without.

        Raises
        ------
        KeyError
            If the name is taken or has a dot.
        TypeError
            If it is no Parameter.
        """
        self._check_name(name, PARAMETER)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"parameter {name!r} is a {type(param).__name__}; nn.Parameter or None is needed"
            )
        self._kinds[name] = PARAMETER
        self.__dict__[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a Tensor that is part of the module's state but is not learned.

        Parameters
        ----------
        name : str
        tensor : Tensor or None
        persistent : bool
            Whether it is part of the ``state_dict``.

        Raises
        ------
        KeyError
            If the name is taken or has a dot.
        TypeError
            If it is no Tensor.
        """
        self._check_name(name, BUFFER)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"buffer {name!r} is a {type(tensor).__name__}; a Tensor is needed")
        self._kinds[name] = BUFFER
        self.__dict__[name] = tensor
        self._keep_out_of_state(name, not persistent)

    def _keep_out_of_state(self, name: str, wanted: bool) -> None:
        self._not_saved = self._not_saved | {name} if wanted else self._not_saved - {name}

    def add_module(self, name: str, module: Registry | None) -> None:
        """Add a child by name; see also assigning it to an attribute.

        Raises
        ------
        KeyError
            If the name is taken or has a dot.
        TypeError
            If it is no Module.
        """
        self._check_name(name, MODULE)
        if module is not None and not isinstance(module, Registry):
            raise TypeError(f"child {name!r} is a {type(module).__name__}; a Module is needed")
        self._kinds[name] = MODULE
        self.__dict__[name] = module

    register_module = add_module

    @property
    def _parameters(self) -> Registered:
        return Registered(self.__dict__, PARAMETER)

    @property
    def _buffers(self) -> Registered:
        return Registered(self.__dict__, BUFFER)

    @property
    def _modules(self) -> Registered:
        return Registered(self.__dict__, MODULE)

    # --- looking through them -------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """The children with their names, each once."""
        seen = set()
        for name, child in self._modules.items():
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self) -> Iterator[Any]:
        """The children, each once."""
        for _, child in self.named_children():
            yield child

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """This module and all below it, with their paths (``"layers.0"``), parents first.

        Parameters
        ----------
        memo : set, optional
            Modules to leave out.
        prefix : str
            Put before each path.
        remove_duplicate : bool
            Whether a module that is found twice is given once.
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                path = f"{prefix}.{name}" if prefix else name
                yield from child.named_modules(memo, path, remove_duplicate)

    def modules(self) -> Iterator[Any]:
        """This module and all below it, each once, parents first."""
        for _, module in self.named_modules():
            yield module

    def set_submodule(self, target: str, module: Any, strict: bool = False) -> None:
        """Put a module at a path: ``net.set_submodule("encoder.0", mg.nn.Identity())``.

        Parameters
        ----------
        target : str
        module : Module
        strict : bool
            Whether there must be one already.

        Raises
        ------
        ValueError
            For an empty path, or what is no Module.
        AttributeError
            If there is no module that it could be put into, or nothing to replace.
        """
        if not target or not isinstance(module, Registry):
            raise ValueError(
                f"set_submodule takes a path that is not empty and a Module, got {target!r} and "
                f"{type(module).__name__}"
            )
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if hasattr(parent, name) or strict:
            parent.get_submodule(name)
        setattr(parent, name, module)

    def _named(
        self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        seen = set()
        for path, module in modules:
            attributes = module.__dict__
            for name, registered in module._kinds.items():
                if registered != kind:
                    continue
                value = attributes[name]
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield (f"{path}.{name}" if path else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their names (``"fc1.weight"``).

        Parameters
        ----------
        prefix : str
            Put before each name.
        recurse : bool
            Whether those of the modules below are given too.
        remove_duplicate : bool
            Whether a parameter that is used in two places is given once.

        Examples
        --------
        >>> [name for name, _ in mg.nn.Linear(2, 1).named_parameters()]
        ['weight', 'bias']
        """
        return self._named(PARAMETER, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, each once: what an optimizer takes."""
        for _, value in self._named(PARAMETER, "", recurse, True):
            yield value

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their names; see `named_parameters`."""
        return self._named(BUFFER, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, each once."""
        for _, value in self._named(BUFFER, "", recurse, True):
            yield value

    def get_submodule(self, target: str) -> Any:
        """The module at a path; the module itself for an empty one.

        Raises
        ------
        AttributeError
            If there is none.
        """
        module: Any = self
        for name in target.split(".") if target else ():
            child = module.__dict__.get(name)
            if not isinstance(child, Registry):
                raise AttributeError(
                    f"{type(module).__name__} has no child {name!r} (looking for {target!r}); it "
                    f"has {list(module._modules)}"
                )
            module = child
        return module

    def _get(self, target: str, kind: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if module._kinds.get(name) != kind:
            raise AttributeError(
                f"{type(module).__name__} has no {kind} {name!r} (looking for {target!r})"
            )
        return module.__dict__[name]

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path: ``net.get_parameter("fc1.weight")``.

        Raises
        ------
        AttributeError
            If there is none.
        """
        found: Parameter = self._get(target, PARAMETER)
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path.

        Raises
        ------
        AttributeError
            If there is none.
        """
        found: Tensor = self._get(target, BUFFER)
        return found


def _kind_of(value: Any) -> str | None:
    """As what a value is registered when it is assigned to an attribute."""
    if isinstance(value, Parameter):
        return PARAMETER
    if isinstance(value, Registry):
        return MODULE
    return BUFFER if isinstance(value, Buffer) else None
