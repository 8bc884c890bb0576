"""`RNNBase`: the weights of recurrent layers, and how whole sequences go through them."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

import numpy as np

from ..._errors import DtypeError, ShapeError
from ..._tensor import Tensor
from .. import init
from ..functional._operands import check
from ..functional.recurrent import States, Weights, recurrent_layers
from ..linear import empty_parameter
from ..module import Module
from ..parameter import Parameter
from ..utils.rnn import PackedSequence

GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}
"""How many numbers each neuron computes in a step."""


class RNNBase(Module):
    """What `RNN`, `LSTM` and `GRU` have in common.

    Parameters
    ----------
    mode : {"RNN_TANH", "RNN_RELU", "LSTM", "GRU"}
    input_size, hidden_size, num_layers : int
    bias, batch_first : bool
    dropout : float
    bidirectional : bool
    proj_size : int
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    all_weights : list of list of Parameter
        For each layer and direction those that it has, in the order of their registration.

    Raises
    ------
    TypeError, ValueError
        For an argument of the wrong kind, or out of its range.
    """

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
        proj_size: int = 0, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if mode not in GATES:
            raise ValueError(f"the mode is one of {list(GATES)}, got {mode!r}")
        _check_sizes(input_size, hidden_size, num_layers, proj_size)
        _check_options(bias, batch_first, dropout, num_layers)
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._all_weights: list[list[str]] = []
        rows, shown = GATES[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            below = shown * self._directions if layer else input_size
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, below)}
            shapes["weight_hh"] = (rows, shown)
            if bias:
                shapes["bias_ih"] = shapes["bias_hh"] = (rows,)
            if proj_size:
                shapes["weight_hr"] = (proj_size, hidden_size)
            for ending in ("", "_reverse")[: self._directions]:
                names = {f"{name}_l{layer}{ending}": shape for name, shape in shapes.items()}
                for name, shape in names.items():
                    setattr(self, name, empty_parameter(shape, dtype, device))
                self._all_weights.append(list(names))
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self) -> None:
        """Do nothing: the CPU does not ask for weights in one piece of memory."""

    def reset_parameters(self) -> None:
        """Draw all parameters anew: uniform up to ``1 / sqrt(hidden_size)``."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the usual ones."""
        usual = {
            "proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0,
            "bidirectional": False,
        }  # fmt: skip
        options = [
            f"{name}={getattr(self, name)}"
            for name, value in usual.items()
            if getattr(self, name) != value
        ]
        return ", ".join([str(self.input_size), str(self.hidden_size), *options])

    # --- computing ------------------------------------------------------------------------------

    def _weights(self) -> list[list[Weights]]:
        """The weights of each layer's directions."""
        found = []
        for names in self._all_weights:
            values = [getattr(self, name) for name in names]
            hr = values.pop() if self.proj_size else None
            ih, hh, *biases = values
            bias_ih, bias_hh = biases or (None, None)
            found.append(Weights(ih, hh, bias_ih, bias_hh, hr))
        n = self._directions
        return [found[k : k + n] for k in range(0, len(found), n)]

    def _run(self, input: Any, states: States | None) -> tuple[Any, States]:
        """Output and last states, in the form of the input: batched or not, padded or packed."""
        if isinstance(input, PackedSequence):
            return self._run_packed(input, states)
        name = type(self).__name__
        check(name, input=input)
        if input.ndim not in (2, 3):
            raise ShapeError(
                f"{name}: the input has 3 dimensions, or 2 without a batch; got shape "
                f"{tuple(input.shape)}"
            )
        for k, state in enumerate(states or ()):
            if state.ndim != input.ndim:
                raise ShapeError(
                    f"{name}: for an input of {input.ndim} dimensions {self._state_name(k)} has "
                    f"{input.ndim} too, got shape {tuple(state.shape)}"
                )
        if input.ndim == 2:
            if states is not None:
                states = tuple([state.unsqueeze(1) for state in states])
            dim = 0 if self.batch_first else 1
            output, last = self._run(input.unsqueeze(dim), states)
            return output.squeeze(dim), tuple([state.squeeze(1) for state in last])
        if self.batch_first:
            input = input.transpose(0, 1)
        steps, batch, width = input.shape
        if not steps:
            raise ShapeError(
                f"{name}: the sequences have no step: shape {tuple(input.shape)}, time first"
            )
        states = self._checked(input, batch, states)
        output, last = self._run_rows(input.reshape(-1, width), (batch,) * steps, states)
        output = output.reshape(steps, batch, output.shape[1])
        return output.transpose(0, 1) if self.batch_first else output, last

    def _run_packed(self, input: PackedSequence, states: States | None) -> tuple[Any, States]:
        data, batch_sizes, order, back = input
        if data.ndim != 2:
            raise ShapeError(
                f"{type(self).__name__}: the data of a packed input has 2 dimensions, got shape "
                f"{tuple(data.shape)}"
            )
        sizes = tuple(batch_sizes.tolist())
        if states is not None and order is not None:
            states = self._checked(data, sizes[0], states)
            states = tuple([state.index_select(1, order) for state in states])
        output, last = self._run_rows(data, sizes, self._checked(data, sizes[0], states))
        if back is not None:
            last = tuple([state.index_select(1, back).contiguous() for state in last])
        return PackedSequence(output, batch_sizes, order, back), last

    def _run_rows(
        self, rows: Tensor, sizes: tuple[int, ...], states: States
    ) -> tuple[Tensor, States]:
        drop = self.dropout if self.training else 0.0
        return recurrent_layers(self.mode, rows, sizes, states, self._weights(), drop)

    # --- checking -------------------------------------------------------------------------------

    def _state_shapes(self, batch: int) -> list[tuple[int, int, int]]:
        """The shapes of the hidden state and, in an LSTM, of the cell's."""
        count = self.num_layers * self._directions
        shapes = [(count, batch, self.proj_size or self.hidden_size)]
        return [*shapes, (count, batch, self.hidden_size)] if self.mode == "LSTM" else shapes

    def _state_name(self, k: int) -> str:
        return f"hx[{k}]" if self.mode == "LSTM" else "hx"

    def _checked(self, input: Tensor, batch: int, states: States | None) -> States:
        """The states to begin with, zeros by default; raises what does not fit."""
        name = type(self).__name__
        wanted = getattr(self, self._all_weights[0][0]).dtype
        if input.dtype != wanted:
            raise ValueError(
                f"{name}: the input is of dtype {input.dtype}, the weights of {wanted}; convert "
                f"the input, input.to({wanted}), or the module, module.to({input.dtype})"
            )
        if input.shape[-1] != self.input_size:
            raise ShapeError(
                f"{name}: the last size of the input is input_size={self.input_size}, got shape "
                f"{tuple(input.shape)}"
            )
        shapes = self._state_shapes(batch)
        if states is None:
            return tuple([Tensor._wrap(np.zeros(shape, input._array.dtype)) for shape in shapes])
        for k, (state, shape) in enumerate(zip(states, shapes, strict=True)):
            if tuple(state.shape) != shape:
                raise ShapeError(
                    f"{name}: {self._state_name(k)} has shape {tuple(state.shape)}, expected "
                    f"{shape}: (layers * directions, batch, size)"
                )
            if state.dtype != input.dtype:
                raise DtypeError(
                    f"{name}: {self._state_name(k)} is of dtype {state.dtype}, the input of "
                    f"{input.dtype}; they must be equal"
                )
        return states


def _check_sizes(input_size: Any, hidden_size: Any, num_layers: Any, proj_size: Any) -> None:
    given = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
    for name, value in given.items():
        if not isinstance(value, int):
            raise TypeError(f"{name} is an int, got {value!r}")
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero, got {value}")
    if not 0 <= proj_size < hidden_size:
        raise ValueError(
            f"proj_size is 0 (no projection) or smaller than hidden_size={hidden_size}, got "
            f"{proj_size}"
        )


def _check_options(bias: Any, batch_first: Any, dropout: Any, num_layers: int) -> None:
    for name, value in {"bias": bias, "batch_first": batch_first}.items():
        if not isinstance(value, bool):
            raise TypeError(f"{name} is True or False, got {value!r}")
    number = isinstance(dropout, numbers.Number) and not isinstance(dropout, bool)
    if not number or not 0 <= dropout <= 1:
        raise ValueError(f"dropout is a probability from 0 to 1, got {dropout!r}")
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            f"dropout={dropout} has no effect: it acts between layers, and num_layers is 1",
            UserWarning,
            stacklevel=4,
        )
