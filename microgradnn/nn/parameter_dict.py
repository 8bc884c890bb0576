"""Parameters by name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, KeysView, Mapping
from typing import Any, Self

from .._tensor import Tensor
from .module import Module
from .parameter import Parameter


class ParameterDict(Module):
    """A dictionary whose Tensors are registered as parameters; other values are only kept.

    Parameters
    ----------
    parameters : mapping of str to Parameter or Tensor, or pairs of them, optional
        A plain dictionary is entered in the order of its sorted names, an OrderedDict in its own.

    Examples
    --------
    >>> weights = mg.nn.ParameterDict({"left": mg.ones(2), "right": mg.zeros(3)})
    >>> weights["right"].requires_grad
    True
    >>> [name for name, _ in weights.named_parameters()]
    ['left', 'right']
    """

    _keys: dict[str, None]

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def update(self, parameters: Any) -> None:
        """Enter the parameters of a mapping, or of pairs of name and parameter.

        Raises
        ------
        TypeError, ValueError
            If these are no pairs of a name and a value.
        """
        if not isinstance(parameters, Iterable):
            raise TypeError(
                "ParameterDict.update takes a mapping or pairs of name and parameter, got "
                f"{type(parameters).__name__}"
            )
        if isinstance(parameters, OrderedDict | ParameterDict):
            pairs = list(parameters.items())
        elif isinstance(parameters, Mapping):
            pairs = sorted(parameters.items())
        else:
            pairs = []
            for k, pair in enumerate(parameters):
                if not isinstance(pair, Iterable):
                    raise TypeError(
                        f"element {k} for ParameterDict.update is no pair of name and parameter, "
                        f"but a {type(pair).__name__}"
                    )
                found = tuple(pair)
                if len(found) != 2:
                    raise ValueError(
                        f"element {k} for ParameterDict.update has length {len(found)}; 2 is "
                        "required: a name and a parameter"
                    )
                pairs.append(found)
        for name, value in pairs:
            self[name] = value

    def _checked(self, name: Any) -> str:
        if not isinstance(name, str):
            raise TypeError(
                f"the names of a ParameterDict are strings, got {type(name).__name__}: {name!r}"
            )
        return name

    def __getitem__(self, name: str) -> Any:
        if self._checked(name) not in self._keys:
            raise KeyError(name)
        return self.__dict__[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if self._checked(name) not in self._keys:
            self._check_name(name, "parameter")
        if isinstance(value, Tensor) and not isinstance(value, Parameter):
            value = Parameter(value)
        setattr(self, name, value)
        self._keys[name] = None

    def __delitem__(self, name: str) -> None:
        del self._keys[name]
        delattr(self, name)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, name: object) -> bool:
        return name in self._keys

    def copy(self) -> ParameterDict:
        """Another ParameterDict of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    def setdefault(self, name: str, default: Any = None) -> Any:
        """The value of a name, which is ``default`` if it was not there."""
        if name not in self:
            self[name] = default
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or ``default``."""
        return self.__dict__[name] if name in self._keys else default

    def clear(self) -> None:
        """Take all out."""
        for name in list(self._keys):
            del self[name]

    def pop(self, name: str) -> Any:
        """Take one out and return it."""
        value = self[name]
        del self[name]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Take the last one out and return its name and value."""
        if not self._keys:
            raise KeyError("popitem(): ParameterDict is empty")
        name = next(reversed(self._keys))
        return name, self.pop(name)

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A ParameterDict of these names, all with one value."""
        return ParameterDict((name, default) for name in keys)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._keys.keys()

    def values(self) -> list[Any]:
        """The values."""
        return [self[name] for name in self._keys]

    def items(self) -> list[tuple[str, Any]]:
        """Names and values."""
        return [(name, self[name]) for name in self._keys]

    def __or__(self, other: Any) -> ParameterDict:
        joined = self.copy()
        joined.update(other)
        return joined

    def __ror__(self, other: Any) -> ParameterDict:
        joined = ParameterDict(other)
        joined.update(self)
        return joined

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A dictionary computes nothing: a RuntimeError."""
        raise RuntimeError("ParameterDict should not be called.")

    def extra_repr(self) -> str:
        """One line for each value."""
        lines = []
        for name, value in self.items():
            if isinstance(value, Tensor):
                kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
                size = "x".join(map(str, value.shape))
                lines.append(f"  ({name}): {kind} containing: [{value.type()} of size {size}]")
            else:
                lines.append(f"  ({name}): Object of type: {type(value).__name__}")
        return "\n".join(lines)
