"""Parametrisation: a parameter that is computed from others whenever it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from ..._tensor import Tensor
from ...grad_mode import no_grad
from ..container import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

_cache: dict[tuple[int, str], Tensor] = {}
_caching = [0]


@contextmanager
def cached() -> Iterator[None]:
    """Within it, what a parametrised parameter is computed to be is kept and used again.

    Examples
    --------
    >>> layer = mg.nn.utils.parametrizations.weight_norm(mg.nn.Linear(2, 3))
    >>> with mg.nn.utils.parametrize.cached():
    ...     print(layer.weight is layer.weight)
    True
    """
    _caching[0] += 1
    try:
        yield
    finally:
        _caching[0] -= 1
        if not _caching[0]:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The parametrisations of one parameter, and what they start from.

    Parameters
    ----------
    modules : sequence of Module
    original : Tensor
        What is parametrised.
    unsafe : bool
        Whether dtype and shape may change.

    Attributes
    ----------
    original, or original0, original1, ... : Tensor
        What the first of them starts from.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        new = self._inverted(original)
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            if new.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype: "
                    f"{new.dtype} is not {dtype}"
                )
            if new is not original:
                original.data = new.detach()
            _register(self, "original", original)
        else:
            for k, part in enumerate(new):
                if isinstance(original, Parameter):
                    part = Parameter(part.detach(), original.requires_grad)
                _register(self, f"original{k}", part)
        if not unsafe:
            self._check_result(shape, dtype)

    def _inverted(self, value: Any) -> Any:
        """What the parametrisations have to start from to give a value."""
        with no_grad():
            for module in reversed(list(self)):
                inverse = getattr(module, "right_inverse", None)
                if inverse is not None:
                    try:
                        value = inverse(value)
                    except NotImplementedError:
                        continue
        if not isinstance(value, Tensor | Sequence):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(value).__name__}."
            )
        return value

    def _check_result(self, shape: Any, dtype: Any) -> None:
        made = self()
        if not isinstance(made, Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(made).__name__}.")
        for what, old, new in (("dtype", dtype, made.dtype), ("shape", shape, made.shape)):
            if old != new:
                raise ValueError(
                    f"Registering a parametrization may not change the {what} of the tensor, "
                    f"unless `unsafe` flag is enabled: it was {old} and is now {new}"
                )

    def right_inverse(self, value: Tensor) -> None:
        """Set what the parametrisations start from so that they give a value."""
        for module in self:
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(
                    f"parametrization {type(module).__name__} does not implement right_inverse."
                )
        new = self._inverted(value)
        parts = [new] if self.is_tensor else list(new)
        if len(parts) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got "
                f"a sequence of length {len(parts)}."
            )
        for original, part in zip(self._originals(), parts, strict=True):
            if part.dtype != original.dtype:
                raise ValueError(
                    f"The tensor returned by `right_inverse` has dtype {part.dtype} while the "
                    f"original has dtype {original.dtype}"
                )
            original.data = part.detach()

    def _originals(self) -> list[Any]:
        if self.is_tensor:
            return [self.__dict__["original"]]
        return [getattr(self, f"original{k}") for k in range(self.ntensors)]

    def forward(self) -> Tensor:
        """The parameter: the originals sent through all parametrisations."""
        first, *rest = list(self)
        x: Tensor = first(*self._originals())
        for module in rest:
            x = module(x)
        return x


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    replica = object.__new__(type(self))
    memo[id(self)] = replica
    replica.__dict__.update(deepcopy(self.__dict__, memo))
    return replica


def _getstate(self: Any) -> Any:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(): the class "
        "of a parametrized module is made while the program runs"
    )


def _parameter(name: str) -> property:
    """The attribute that stands for a parametrised parameter."""

    def get(self: Any) -> Tensor:
        made: Tensor
        if not _caching[0]:
            made = self.parametrizations[name]()
            return made
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = self.parametrizations[name]()
        return _cache[key]

    def change(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, change)


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Let a parameter or buffer be what a module computes of it, whenever it is looked at.

    Parameters
    ----------
    module : Module
    tensor_name : str
    parametrization : Module
        Its ``forward`` gives the parameter; its ``right_inverse``, if it has one, says what to
        start from to get the present one. Several are applied one after the other.
    unsafe : bool
        Whether dtype and shape may change.

    Returns
    -------
    Module
        The same.

    Raises
    ------
    ValueError
        If there is no such parameter or buffer, or the parametrisation does not fit it.

    Examples
    --------
    >>> class Symmetric(mg.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = mg.nn.Linear(3, 3)
    >>> layer = mg.nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
    >>> mg.equal(layer.weight, layer.weight.T)
    True
    """
    parametrization.train(module.training)
    lists: Any = getattr(module, "parametrizations", None)
    if is_parametrized(module, tensor_name):
        found = lists[tensor_name]
        if not (unsafe or found.unsafe):
            _check_another(module, tensor_name, parametrization)
        with no_grad():
            inverse = getattr(parametrization, "right_inverse", None)
            if inverse is not None:
                found.right_inverse(inverse(getattr(module, tensor_name)))
        found.append(parametrization)
        found.unsafe |= unsafe
        return module
    if module._kinds.get(tensor_name) not in ("parameter", "buffer"):
        raise ValueError(
            f"{type(module).__name__} does not have a parameter, a buffer, or a parametrized "
            f"element with name {tensor_name!r}"
        )
    made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        cls = type(module)
        name = f"Parametrized{cls.__name__}"
        body: dict[str, Any] = {"__getstate__": _getstate}
        if not hasattr(cls, "__deepcopy__"):
            body["__deepcopy__"] = _deepcopy
        module.__class__ = type(name, (cls,), body)
        lists = ModuleDict()
        module.add_module("parametrizations", lists)
    setattr(type(module), tensor_name, _parameter(tensor_name))
    lists[tensor_name] = made
    return module


def _check_another(module: Module, name: str, parametrization: Module) -> None:
    """Whether one more parametrisation keeps dtype and shape."""
    with no_grad():
        old = getattr(module, name)
        new = parametrization(old)
    for what in ("dtype", "shape"):
        if getattr(new, what) != getattr(old, what):
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless "
                f"the `unsafe` flag is enabled: it was {getattr(old, what)} and would be "
                f"{getattr(new, what)}"
            )


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a parameter (or, without a name, any) of a module is parametrised.

    Examples
    --------
    >>> mg.nn.utils.parametrize.is_parametrized(mg.nn.Linear(2, 3))
    False
    """
    lists = module.__dict__.get("parametrizations")
    if not isinstance(lists, ModuleDict):
        return False
    return len(lists) > 0 if tensor_name is None else tensor_name in lists


def remove_parametrizations(
    module: Module, tensor_name: str, leave_parametrized: bool = True
) -> Module:
    """Make an ordinary parameter or buffer again.

    Parameters
    ----------
    module : Module
    tensor_name : str
    leave_parametrized : bool
        Whether it keeps what the parametrisations give; else it becomes what they start from.

    Returns
    -------
    Module
        The same.

    Raises
    ------
    ValueError
        If it is not parametrised, or there are several Tensors that it starts from.

    Examples
    --------
    >>> layer = mg.nn.utils.parametrizations.weight_norm(mg.nn.Linear(2, 3))
    >>> mg.nn.utils.parametrize.remove_parametrizations(layer, "weight")
    Linear(in_features=2, out_features=3, bias=True)
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    lists: Any = module.__dict__["parametrizations"]
    found = lists[tensor_name]
    if not found.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors."
        )
    original = found._originals()[0]
    if leave_parametrized:
        with no_grad():
            value = getattr(module, tensor_name).detach()
        if found.is_tensor:
            original.data = value
        elif isinstance(original, Parameter):
            original = Parameter(value, original.requires_grad)
        else:
            original = value
    delattr(type(module), tensor_name)
    del lists[tensor_name]
    _register(module, tensor_name, original)
    if not len(lists):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of a module as it was before it was parametrised."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)
