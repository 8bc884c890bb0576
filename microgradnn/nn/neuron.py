"""One neuron, and networks of layers of them, on arrays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .. import _dtypes
from .._arrays import to_array
from .._promotion import FLOATS, default_float
from .._tensor import Tensor
from . import activation, init, rectifier, softmax
from .container import Sequential
from .functional._operands import check
from .linear import Identity, Linear, empty_parameter
from .module import Module
from .parameter import Parameter

ACTIVATIONS: dict[str, Callable[[], Module]] = {
    "identity": Identity, "linear": Identity, "sigmoid": activation.Sigmoid,
    "hardsigmoid": activation.Hardsigmoid, "tanh": activation.Tanh,
    "relu": rectifier.ReLU, "leaky_relu": rectifier.LeakyReLU, "elu": rectifier.ELU,
    "celu": rectifier.CELU, "selu": rectifier.SELU, "silu": rectifier.SiLU,
    "gelu": rectifier.GELU, "mish": rectifier.Mish, "hardswish": rectifier.Hardswish,
    "softplus": rectifier.Softplus, "softsign": activation.Softsign,
    "logsigmoid": activation.LogSigmoid, "hardtanh": activation.Hardtanh,
    "relu6": activation.ReLU6, "softmax": lambda: softmax.Softmax(-1),
    "log_softmax": lambda: softmax.LogSoftmax(-1),
}  # fmt: skip
"""The activations that are known by name."""

Activation = str | Module | Callable[[Any], Any] | None


class _Function(Module):
    """A plain function as a module."""

    def __init__(self, f: Callable[[Any], Any]) -> None:
        super().__init__()
        self.f = f

    def forward(self, input: Any) -> Any:
        """The function of the input."""
        return self.f(input)

    def extra_repr(self) -> str:
        """The function's name."""
        return getattr(self.f, "__name__", repr(self.f))


def as_module(activation: Activation) -> Module | None:
    """The module for an activation's name, a module as it is, None for none.

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For what is neither a name nor callable.
    """
    if activation is None:
        return None
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"no activation is called {activation!r}; there are {', '.join(ACTIVATIONS)}. A "
                "module or a function of a Tensor may be given too"
            )
        return ACTIVATIONS[activation]()
    if isinstance(activation, Module):
        return activation
    if isinstance(activation, type) and issubclass(activation, Module):
        return activation()
    if callable(activation):
        return _Function(activation)
    raise TypeError(
        f"an activation is a name, a module or a function, got {type(activation).__name__}"
    )


class Neuron(Module):
    """One neuron: ``activation(w . x + b)``.

    ``Neuron(3)`` draws its weights, uniformly from plus and minus ``1 / sqrt(3)``;
    ``Neuron(weights=[0, 1], bias=4)`` has those.

    Parameters
    ----------
    nin : int, optional
        The number of inputs.
    activation : str, Module, function or None
        "sigmoid", "tanh", "relu", ...; None for the sum itself.
    bias : bool or number
        Whether there is one, or which.
    weights : sequence of number, optional
        One for each input.
    dtype : dtype, optional
        Default: that of an array of weights, else the default float type.

    Attributes
    ----------
    weight : Parameter, shape (nin,)
    bias : Parameter, shape (), or None
    activation : Module or None

    Raises
    ------
    TypeError
        Unless exactly one of ``nin`` and ``weights`` is given.
    ValueError
        If the weights are no row of numbers, or there is no such activation.

    Examples
    --------
    >>> neuron = mg.nn.Neuron(weights=[0, 1], bias=4)
    >>> neuron([2, 3])
    tensor(0.9991, grad_fn=<SigmoidBackward0>)
    """

    weight: Parameter
    bias: Parameter | None
    activation: Module | None

    def __init__(
        self, nin: int | None = None, activation: Activation = "sigmoid", bias: bool | float = True,
        *, weights: Sequence[float] | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if (nin is None) == (weights is None):
            raise TypeError("a Neuron needs its number of inputs or its weights: one of the two")
        self.activation = as_module(activation)
        if weights is not None:
            self.weight = _as_parameter(weights, dtype)
            if self.weight.ndim != 1:
                raise ValueError(
                    f"the weights of a Neuron are one row of numbers, got shape "
                    f"{tuple(self.weight.shape)}"
                )
        else:
            assert nin is not None
            self.weight = empty_parameter((nin,), dtype)
        kind = self.weight._array.dtype
        bound = 1 / max(len(self.weight), 1) ** 0.5
        if weights is None:
            init.uniform_(self.weight, -bound, bound)
        if bias is False:
            self.register_parameter("bias", None)
        elif bias is True:
            self.bias = empty_parameter((), kind)
            # Weights that were given ask for no surprises: then the bias begins at 0.
            init.uniform_(self.bias, -bound, bound) if weights is None else init.zeros_(self.bias)
        else:
            self.bias = _as_parameter(bias, kind)
            if self.bias.ndim:
                raise ValueError(f"the bias of a Neuron is one number, got {bias!r}")

    def forward(self, x: Any) -> Tensor:
        """The neuron's answer to inputs of shape (..., nin): of shape (...).

        Plain numbers are taken in the dtype of the weights.
        """
        if not isinstance(x, Tensor):
            x = Tensor._wrap(to_array(x, self.weight._array.dtype))
        if not x.ndim or x.shape[-1] != len(self.weight):
            raise ValueError(
                f"this Neuron takes {len(self.weight)} inputs in the last dimension, got shape "
                f"{tuple(x.shape)}"
            )
        total: Tensor = x @ self.weight
        if self.bias is not None:
            total = total + self.bias
        if self.activation is not None:
            total = self.activation(total)
        return total

    def extra_repr(self) -> str:
        """The number of inputs, and whether there is a bias."""
        return f"nin={len(self.weight)}, bias={self.bias is not None}"


def _as_parameter(numbers: Any, dtype: Any) -> Parameter:
    """A parameter with a copy of numbers; integers become floats."""
    check("Neuron", numbers=numbers if isinstance(numbers, Tensor) else None)
    array = to_array(numbers, None if dtype is None else _dtypes.as_numpy(dtype))
    kind = default_float[0] if dtype is None and array.dtype not in FLOATS else array.dtype
    return Parameter(np.array(array, kind))


class MLP(Sequential):
    """A multi-layer perceptron: layers of neurons, each connected to all of the layer before.

    A `Sequential` of `Linear` layers with activations between; after the same ``manual_seed`` it
    has the weights of those layers made in PyTorch. `nn.scalar.MLP` is the same made of Values.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : sequence of int
        The number of neurons in each layer; the last is the number of outputs.
    activation : str, Module, function or None
        After each layer but the last.
    output_activation : str, Module, function or None
        After the last.
    bias : bool
    dtype : dtype, optional
        Default: the default float type.

    Raises
    ------
    ValueError
        If there is no layer, a size is not positive, or there is no such activation.

    Examples
    --------
    >>> mg.nn.MLP(2, [3, 1], activation="tanh")
    MLP(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """

    def __init__(
        self, nin: int, nouts: Sequence[int], activation: Activation = "relu",
        output_activation: Activation = None, bias: bool = True, *, dtype: Any = None,
    ) -> None:  # fmt: skip
        sizes: list[Any] = [nin, *([nouts] if isinstance(nouts, int) else nouts)]
        if len(sizes) < 2 or not all(isinstance(n, int | np.integer) and n > 0 for n in sizes):
            raise ValueError(
                f"an MLP has a positive number of inputs and one for each layer, got {nin!r} and "
                f"{nouts!r}"
            )
        layers: list[Module | None] = []
        for k, (n, m) in enumerate(pairwise(sizes)):
            last = k == len(sizes) - 2
            layers.append(Linear(int(n), int(m), bias, dtype=dtype))
            layers.append(as_module(output_activation if last else activation))
        super().__init__(*[layer for layer in layers if layer is not None])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):  # which is no MLP: its sizes are others
            return Sequential(OrderedDict(self._modules.items()))[index]
        return super().__getitem__(index)


def layers_of(network: Sequential) -> list[tuple[Linear, Module | None]]:
    """Each linear layer of a network with the activation after it, None where there is none.

    Raises
    ------
    ValueError
        If the network is not made of linear layers, each followed by one activation at most.
    """
    found: list[tuple[Linear, Module | None]] = []
    for module in network:
        if isinstance(module, Linear):
            found.append((module, None))
        elif found and found[-1][1] is None:
            found[-1] = (found[-1][0], module)
        else:
            raise ValueError(
                "a network of neurons is made of Linear layers, each followed by one activation at "
                f"most; {type(module).__name__} stands where it can't"
            )
    return found
