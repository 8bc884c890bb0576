"""Neurons made of Values, with micrograd's signatures: to look at, and to step through.

Weights are drawn from Python's ``random`` as micrograd draws them, so that the same seed gives the
same network. A neuron's sum is one node of the graph, computed in micrograd's order.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from ..rules.activations import affine
from ..value import Value


ACTIVATIONS: dict[str, Callable[[Value], Value]] = {
    "relu": lambda z: z.relu(),
    "tanh": lambda z: z.tanh(),
    "sigmoid": lambda z: z.sigmoid(),
}
"""What a neuron may do with its sum."""


class Module:
    """What neurons, layers and networks have in common."""

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for p in self.parameters():
            p.grad = 0

    def parameters(self) -> list[Value]:
        """All weights and biases."""
        return []


class Neuron(Module):
    """``activation(w . x + b)`` of Values.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nonlin : bool
        Whether ReLU follows the sum; False makes it linear.
    activation : str or None, optional
        ``"relu"``, ``"tanh"``, ``"sigmoid"`` or None for linear, in place of ``nonlin``.

    Attributes
    ----------
    w : list of Value
        Drawn uniformly from -1 to 1.
    b : Value
        Zero at first.

    Examples
    --------
    >>> from microgradnn.nn import scalar
    >>> neuron = scalar.Neuron(2)
    >>> neuron
    ReLUNeuron(2)
    >>> len(neuron.parameters())
    3
    """

    def __init__(self, nin: int, nonlin: bool = True, *, activation: str | None = "") -> None:
        if activation and activation not in ACTIVATIONS:
            raise ValueError(
                f"unknown activation {activation!r}; there are {', '.join(ACTIVATIONS)} and None"
            )
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin if activation == "" else activation is not None
        self.activation = ("relu" if nonlin else None) if activation == "" else activation

    def __call__(self, x: Sequence[Value | float]) -> Value:
        if len(x) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} inputs, got {len(x)}")
        inputs = [v if isinstance(v, Value) else Value(v) for v in x]
        z: Value = affine.apply_value(self.b, *self.w, *inputs)
        return z if self.activation is None else ACTIVATIONS[self.activation](z)

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        names = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", None: "Linear"}
        return f"{names[self.activation]}Neuron({len(self.w)})"


class Layer(Module):
    """Several neurons on the same inputs.

    Parameters
    ----------
    nin, nout : int
        Inputs, and neurons.
    **kwargs
        Passed on to each `Neuron`.

    Examples
    --------
    >>> from microgradnn.nn import scalar
    >>> scalar.Layer(3, 2, nonlin=False)
    Layer of [LinearNeuron(3), LinearNeuron(3)]
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Sequence[Value | float]) -> Any:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Those of each neuron in turn."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers one after the other, ReLU between them.

    Parameters
    ----------
    nin : int
        The number of inputs.
    nouts : sequence of int
        The number of neurons of each layer.
    activation : str or None, optional
        Of all layers but the last; default ReLU.
    output_activation : str or None, optional
        Of the last layer; default none.

    Examples
    --------
    >>> from microgradnn.nn import scalar
    >>> model = scalar.MLP(2, [3, 1])
    >>> len(model.parameters())
    13
    >>> model([1.0, -2.0]).op
    'affine'
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str | None = "relu",
        output_activation: str | None = None,
    ) -> None:
        sizes = [nin, *nouts]
        self.layers = [
            Layer(a, b, activation=output_activation if k == len(nouts) - 1 else activation)
            for k, (a, b) in enumerate(zip(sizes, sizes[1:], strict=False))
        ]

    def __call__(self, x: Sequence[Value | float]) -> Any:
        out: Any = x
        for layer in self.layers:
            out = layer(out if isinstance(out, Sequence) else [out])
        return out

    def parameters(self) -> list[Value]:
        """Those of each layer in turn."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
