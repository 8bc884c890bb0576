"""Modules that hold other modules: in a row, in a list, by name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from .._tensor import Tensor
from ._registry import MODULE
from .module import Module
from .parameter import Parameter


class _Numbered(Module):
    """A container whose items are registered under the names "0", "1", "2", ..."""

    def _items(self) -> list[Any]:
        """What it holds, in order."""
        return list(self._modules.values())

    def _check(self, item: Any) -> Any:
        if not isinstance(item, Module):
            raise TypeError(f"{type(self).__name__} holds Modules, got {type(item).__name__}")
        return item

    def _hold(self, items: Iterable[Any]) -> Self:
        """Hold these items, instead of any others; all are checked first."""
        checked = [self._check(item) for item in items]
        for name in [name for name in self._kinds if name.isdigit()]:
            delattr(self, name)
        for k, item in enumerate(checked):
            setattr(self, str(k), item)
        return self

    def _name_of(self, index: Any) -> Any:
        """The registered name of the item at an index."""
        names = [name for name, kind in self._kinds.items() if kind == self._held]
        try:
            return names[index]
        except IndexError:
            raise IndexError(
                f"index {index} is out of range: this {type(self).__name__} holds {len(names)}"
            ) from None

    _held = MODULE

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def __contains__(self, item: Any) -> bool:
        return any(item is x for x in self._items())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._part(self._items()[index])
        return self.__dict__[self._name_of(index)]

    def _part(self, items: list[Any]) -> Any:
        cls: Any = type(self)
        return cls(items)

    def __setitem__(self, index: int, item: Any) -> None:
        setattr(self, self._name_of(index), self._check(item))

    def __delitem__(self, index: Any) -> None:
        items = self._items()
        if not isinstance(index, slice):
            self._name_of(index)
        del items[index]
        self._hold(items)

    def append(self, item: Any) -> Self:
        """Add one at the end; returns the container."""
        setattr(self, str(len(self)), self._check(item))
        return self

    def extend(self, items: Iterable[Any]) -> Self:
        """Add several at the end; returns the container."""
        for item in [self._check(item) for item in items]:
            self.append(item)
        return self

    def insert(self, index: int, item: Any) -> Self:
        """Add one before an index; returns the container."""
        items = self._items()
        items.insert(index, self._check(item))
        return self._hold(items)

    def pop(self, index: int = -1) -> Any:
        """Take one out and return it."""
        item = self[index]
        del self[index]
        return item


class Sequential(_Numbered):
    """Modules in a row: each gets what the one before returns.

    Parameters
    ----------
    *modules : Module
        Or one mapping of names to modules.

    Raises
    ------
    TypeError
        For what is no Module.

    Examples
    --------
    >>> net = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.Tanh(), mg.nn.Linear(3, 1))
    >>> net(mg.ones(5, 2)).shape
    microgradnn.Size([5, 1])
    """

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, self._check(module))
        else:
            self._hold(modules)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):  # the names stay
            cls: Any = type(self)
            return cls(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def __add__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            return NotImplemented
        return Sequential(*self, *other)

    def __iadd__(self, other: Sequential) -> Self:
        if not isinstance(other, Sequential):
            return NotImplemented
        return self.extend(other)

    def __mul__(self, times: int) -> Sequential:
        if not isinstance(times, int):
            return NotImplemented
        return Sequential(*list(self) * _positive(times))

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        if not isinstance(times, int):
            return NotImplemented
        return self.extend(list(self) * (_positive(times) - 1))

    def forward(self, input: Any) -> Any:
        """The input sent through all modules."""
        attributes = self.__dict__
        for name, kind in self._kinds.items():
            if kind == MODULE:
                input = attributes[name](input)
        return input


def _positive(times: int) -> int:
    if times <= 0:
        raise ValueError(f"Non-positive multiplication factor {times} for a Sequential")
    return times


class ModuleList(_Numbered):
    """A list whose modules are registered, so that ``parameters()`` finds theirs.

    Parameters
    ----------
    modules : iterable of Module, optional

    Examples
    --------
    >>> layers = mg.nn.ModuleList(mg.nn.Linear(n, n + 1) for n in (2, 3))
    >>> layers
    ModuleList(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Linear(in_features=3, out_features=4, bias=True)
    )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self._hold(modules or ())

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, other: Iterable[Module]) -> Self:
        return self.extend(other)

    def _children_to_print(self) -> list[tuple[str, str]]:
        """Equal neighbours folded into one line: ``(0-2): 3 x Linear(...)``."""
        groups: list[tuple[int, int, str]] = []
        for k, child in enumerate(self):
            text = repr(child)
            if groups and groups[-1][2] == text:
                groups[-1] = (groups[-1][0], k, text)
            else:
                groups.append((k, k, text))
        return [
            (str(a), text) if a == b else (f"{a}-{b}", f"{b - a + 1} x {text}")
            for a, b, text in groups
        ]


class ModuleDict(Module):
    """A dictionary whose modules are registered, so that ``parameters()`` finds theirs.

    Parameters
    ----------
    modules : mapping of str to Module, or pairs of them, optional

    Examples
    --------
    >>> choices = mg.nn.ModuleDict({"relu": mg.nn.ReLU(), "tanh": mg.nn.Tanh()})
    >>> choices["tanh"]
    Tanh()
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        self.update(modules or {})

    def update(self, modules: Any) -> None:
        """Add the modules of a mapping, or of pairs of name and module."""
        for name, module in dict(modules).items():
            self[name] = module

    def __getitem__(self, name: str) -> Any:
        return self._modules[name]

    def __setitem__(self, name: str, module: Module) -> None:
        self.add_module(name, module)

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def keys(self) -> Any:
        """The names."""
        return self._modules.keys()

    def values(self) -> Any:
        """The modules."""
        return self._modules.values()

    def items(self) -> Any:
        """Names and modules."""
        return self._modules.items()

    def clear(self) -> None:
        """Take all out."""
        self._modules.clear()

    def pop(self, name: str) -> Any:
        """Take one out and return it."""
        return self._modules.pop(name)


class ParameterList(_Numbered):
    """A list of parameters that are registered; Tensors become parameters.

    Parameters
    ----------
    values : iterable of Parameter or Tensor, optional

    Examples
    --------
    >>> weights = mg.nn.ParameterList([mg.ones(2), mg.zeros(3)])
    >>> [p.shape for p in weights.parameters()]
    [microgradnn.Size([2]), microgradnn.Size([3])]
    """

    _held = "parameter"

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._hold(values or ())

    def _items(self) -> list[Any]:
        return list(self._parameters.values())

    def _check(self, item: Any) -> Any:
        if not isinstance(item, Tensor):
            raise TypeError(f"ParameterList holds Parameters, got {type(item).__name__}")
        return item if isinstance(item, Parameter) else Parameter(item)

    def extra_repr(self) -> str:
        """One line for each parameter."""
        return "\n".join(
            f"  ({k}): Parameter containing: [{p.dtype} of size {'x'.join(map(str, p.shape))}]"
            for k, p in enumerate(self)
        )
