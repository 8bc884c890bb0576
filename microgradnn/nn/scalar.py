"""Neurons made of Values: micrograd's networks, every weight a number of its own.

The signatures, the order of the random draws (Python's ``random``) and the order of the additions
are micrograd's, so a program written for it gets the same numbers. A neuron's sum is one node.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._primitive import table
from ..rules.activations import affine
from ..value import Value

if TYPE_CHECKING:
    from .container import Sequential
    from .neuron import MLP as ArrayMLP

_CLASS_NAMES = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Identity": None}
"""The activations that both kinds of network have: the module's class and the Value's method."""


def _values(x: Any) -> list[Value]:
    """The inputs of a neuron: numbers become constants."""
    if isinstance(x, Value):
        return [x]
    return [v if isinstance(v, Value) else Value(v) for v in x]


class Module:
    """What has parameters."""

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for p in self.parameters():
            p.grad = 0

    def parameters(self) -> list[Value]:
        """The parameters; none here."""
        return []


class Neuron(Module):
    """``activation(w . x + b)`` of Values; the weights begin uniform in [-1, 1], the bias at 0.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nonlin : bool
        Whether there is an activation.
    activation : str or None
        Which: "relu", "tanh", "sigmoid" or another function of one Value; None for none.
    bias : bool
        Whether the bias is a parameter, or stays 0.

    Attributes
    ----------
    w : list of Value
    b : Value

    Examples
    --------
    >>> neuron = mg.nn.scalar.Neuron(2)
    >>> neuron
    ReLUNeuron(2)
    >>> len(neuron.parameters())
    3
    """

    def __init__(
        self, nin: int, nonlin: bool = True, *, activation: str | None = "relu", bias: bool = True
    ) -> None:
        act = _activation(activation if nonlin else None)
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin
        self.activation = activation if nonlin else None
        self.bias = bias
        self._act = act

    @classmethod
    def _with(
        cls, weights: Sequence[float], b: float, activation: str | None, bias: bool
    ) -> Neuron:
        """A neuron of given numbers; nothing is drawn."""
        neuron = cls(0, activation is not None, activation=activation, bias=bias)
        neuron.w = [Value(w) for w in weights]
        neuron.b = Value(b)
        return neuron

    def __call__(self, x: Any) -> Value:
        """The neuron's answer to ``nin`` numbers or Values."""
        return self._of(_values(x))

    def _of(self, x: list[Value]) -> Value:
        if len(x) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} inputs, got {len(x)}")
        total: Value = affine.apply_value(self.b, *self.w, *x)
        return total if self._act is None else self._act(total)

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b] if self.bias else list(self.w)

    def __repr__(self) -> str:
        names = {method: name for name, method in _CLASS_NAMES.items() if method}
        name = "Linear" if self.activation is None else names.get(self.activation, self.activation)
        return f"{name}Neuron({len(self.w)})"


def _activation(name: str | None) -> Any:
    """The primitive of one input that is called so, on Values; None for None."""
    if name is None:
        return None
    prim = table.get(name)
    if prim is None or prim.scalar is None or len(prim.inputs) != 1 or prim.params:
        raise ValueError(
            f"no activation of Values is called {name!r}; relu, tanh and sigmoid are some"
        )
    return prim.apply_value


class Layer(Module):
    """Neurons that all see the same inputs.

    Parameters
    ----------
    nin, nout : int
        The numbers of inputs and of neurons.
    **kwargs
        See `Neuron`.

    Examples
    --------
    >>> mg.nn.scalar.Layer(2, 2, nonlin=False)
    Layer of [LinearNeuron(2), LinearNeuron(2)]
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Any) -> Any:
        """The neurons' answers: a list, or one Value if there is one neuron."""
        inputs = _values(x)
        out = [neuron._of(inputs) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Those of the neurons, one after the other."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(neuron) for neuron in self.neurons)}]"


class MLP(Module):
    """A multi-layer perceptron of Values: ReLU in the hidden layers, none after the last.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : list of int
        The number of neurons in each layer.
    activation : str or None
        After each layer but the last; see `Neuron`.
    output_activation : str or None
        After the last.
    bias : bool

    Examples
    --------
    >>> net = mg.nn.scalar.MLP(2, [3, 1])
    >>> net
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
    >>> loss = (net([1.0, -2.0]) - 1) ** 2
    >>> loss.backward()
    """

    def __init__(
        self, nin: int, nouts: Sequence[int], *, activation: str | None = "relu",
        output_activation: str | None = None, bias: bool = True,
    ) -> None:  # fmt: skip
        sizes = [nin, *nouts]
        after = [activation] * (len(sizes) - 2) + [output_activation]
        self.layers = [
            Layer(
                sizes[i], sizes[i + 1], nonlin=after[i] is not None, activation=after[i], bias=bias
            )
            for i in range(len(sizes) - 1)
        ]

    def __call__(self, x: Any) -> Any:
        """The last layer's answers to ``nin`` numbers or Values."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        """Those of the layers, one after the other."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"

    # --- to arrays and back ---------------------------------------------------------------------

    @classmethod
    def from_arrays(cls, network: Sequential) -> MLP:
        """The same network made of Values.

        Parameters
        ----------
        network : nn.MLP, or Sequential of Linear layers and activations

        Returns
        -------
        MLP
            With copies of the weights. Gradients are not taken over.

        Raises
        ------
        ValueError
            If it has a layer that is not made of neurons, or an activation no Value has.

        Examples
        --------
        >>> arrays = mg.nn.MLP(2, [3, 1], activation="tanh")
        >>> mg.nn.scalar.MLP.from_arrays(arrays)
        MLP of [Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)], Layer of [LinearNeuron(3)]]
        """
        from .neuron import layers_of

        mlp = cls.__new__(cls)
        mlp.layers = []
        for linear, module in layers_of(network):
            name = "Identity" if module is None else type(module).__name__
            if name not in _CLASS_NAMES:
                raise ValueError(
                    f"no Value has the activation {name}; there are {list(_CLASS_NAMES)}"
                )
            weights = linear.weight._array.tolist()
            bias = linear.bias is not None
            biases = linear.bias._array.tolist() if linear.bias is not None else [0] * len(weights)
            layer = Layer.__new__(Layer)
            layer.neurons = [
                Neuron._with(row, b, _CLASS_NAMES[name], bias)
                for row, b in zip(weights, biases, strict=True)
            ]
            mlp.layers.append(layer)
        return mlp

    def to_arrays(self, dtype: Any = np.float64) -> ArrayMLP:
        """The same network made of arrays.

        Parameters
        ----------
        dtype : dtype, optional
            Default: float64, which holds the weights exactly.

        Returns
        -------
        nn.MLP
            With copies of the weights. Gradients are not taken over.

        Raises
        ------
        ValueError
            If neurons of one layer, or hidden layers, differ in activation or bias.

        Examples
        --------
        >>> mg.nn.scalar.MLP(2, [3, 1]).to_arrays()
        MLP(
          (0): Linear(in_features=2, out_features=3, bias=True)
          (1): ReLU()
          (2): Linear(in_features=3, out_features=1, bias=True)
        )
        """
        from ..random import fork_rng
        from .neuron import MLP as ArrayMLP
        from .neuron import layers_of

        kinds = [{(n.activation, n.bias) for n in layer.neurons} for layer in self.layers]
        if any(len(kind) != 1 for kind in kinds) or len(set.union(*kinds[:-1], set())) > 1:
            raise ValueError(
                "an nn.MLP has one activation in its hidden layers and biases in all or none; "
                f"activations and biases here: {kinds}"
            )
        ((output_activation, bias),) = kinds[-1]
        activation, hidden_bias = next(iter(kinds[0])) if len(kinds) > 1 else (None, bias)
        if bias != hidden_bias:
            raise ValueError("an nn.MLP has biases in all of its layers or in none")
        sizes = [len(layer.neurons) for layer in self.layers]
        with fork_rng():  # the weights drawn at first are overwritten
            mlp = ArrayMLP(
                len(self.layers[0].neurons[0].w), sizes, activation, output_activation, bias,
                dtype=dtype,
            )  # fmt: skip
        for layer, (linear, _) in zip(self.layers, layers_of(mlp), strict=True):
            linear.weight._array[...] = [[w.data for w in n.w] for n in layer.neurons]
            if linear.bias is not None:
                linear.bias._array[...] = [n.b.data for n in layer.neurons]
        return mlp
