"""Recurrent networks one step at a time: RNNCell, LSTMCell, GRUCell."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._errors import DtypeError, ShapeError
from ..._tensor import Tensor
from .. import init
from ..functional._operands import check
from ..functional.recurrent import States, Weights, recurrent_layer
from ..linear import empty_parameter
from ..module import Module
from ..parameter import Parameter


class RNNCellBase(Module):
    """What `RNNCell`, `LSTMCell` and `GRUCell` have in common.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    num_chunks : int
        How many numbers each neuron computes.
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.
    """

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = empty_parameter((rows, input_size), dtype, device)
        self.weight_hh = empty_parameter((rows, hidden_size), dtype, device)
        for name in ("bias_ih", "bias_hh"):
            if bias:
                setattr(self, name, empty_parameter((rows,), dtype, device))
            else:
                self.register_parameter(name, None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew: uniform up to ``1 / sqrt(hidden_size)``."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size else 0.0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the usual ones."""
        usual = {"bias": True, "nonlinearity": "tanh"}
        options = [
            f"{name}={getattr(self, name)}"
            for name, value in usual.items()
            if getattr(self, name, value) != value
        ]
        return ", ".join([str(self.input_size), str(self.hidden_size), *options])

    def _step(self, mode: str, input: Any, states: States | None) -> States:
        """The states after one step, in the form of the input: with a batch or without."""
        name = type(self).__name__
        check(name, input=input, **{f"hx[{k}]": state for k, state in enumerate(states or ())})
        for what, x in (("the input", input), *(("the state", state) for state in states or ())):
            if x.ndim not in (1, 2):
                raise ShapeError(
                    f"{name}: {what} has 2 dimensions, or 1 without a batch; got shape "
                    f"{tuple(x.shape)}"
                )
        if input.ndim == 1:
            if states is not None:
                states = tuple([state.unsqueeze(0) for state in states])
            last = self._step(mode, input.unsqueeze(0), states)
            return tuple([state.squeeze(0) for state in last])
        batch, width = input.shape
        if width != self.input_size:
            raise ShapeError(
                f"{name}: the last size of the input is input_size={self.input_size}, got shape "
                f"{tuple(input.shape)}"
            )
        if input.dtype != self.weight_ih.dtype:
            raise DtypeError(
                f"{name}: the input is of dtype {input.dtype}, the weights of "
                f"{self.weight_ih.dtype}; convert one of them with .to()"
            )
        wanted = (batch, self.hidden_size)
        if states is None:
            zeros = Tensor._wrap(np.zeros(wanted, input._array.dtype))
            states = (zeros, zeros) if mode == "LSTM" else (zeros,)
        for state in states:
            if tuple(state.shape) != wanted or state.dtype != input.dtype:
                kind = ShapeError if tuple(state.shape) != wanted else DtypeError
                raise kind(
                    f"{name}: a state has shape {tuple(state.shape)} and dtype {state.dtype}, "
                    f"expected {wanted} and {input.dtype}"
                )
        weights = Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return recurrent_layer(mode, input, (batch,), states, weights)[1]


def pair_of_states(module: Module, hx: Any) -> States:
    """What an LSTM begins with, checked to be a pair of Tensors.

    Raises
    ------
    TypeError
        If it is none.
    """
    given = hx if isinstance(hx, tuple | list) else (hx,)
    if len(given) != 2 or not all(isinstance(state, Tensor) for state in given):
        kinds = ", ".join(type(state).__name__ for state in given)
        raise TypeError(f"{type(module).__name__}: hx is a pair (h, c) of Tensors, got {kinds}")
    return tuple(given)


class RNNCell(RNNCellBase):
    """One step of `RNN`: ``tanh(W_ih x + b_ih + W_hh h + b_hh)``.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    nonlinearity : {"tanh", "relu"}
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight_ih : Parameter, shape (hidden_size, input_size)
    weight_hh : Parameter, shape (hidden_size, hidden_size)
    bias_ih, bias_hh : Parameter, shape (hidden_size,), or None

    Examples
    --------
    >>> cell = mg.nn.RNNCell(10, 20)
    >>> h = None
    >>> for x in mg.zeros(6, 3, 10):
    ...     h = cell(x, h)
    >>> h.shape
    microgradnn.Size([3, 20])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new state.

        Parameters
        ----------
        input : Tensor, shape (batch, input_size) or (input_size,)
        hx : Tensor, shape (batch, hidden_size) or (hidden_size,), optional
            The state before; default: zeros.

        Raises
        ------
        RuntimeError, ValueError
            If shapes or dtypes do not fit, or the nonlinearity is neither tanh nor relu.
        """
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"nonlinearity is 'tanh' or 'relu', got {self.nonlinearity!r}")
        mode = f"RNN_{self.nonlinearity.upper()}"
        return self._step(mode, input, None if hx is None else (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of `LSTM`.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight_ih : Parameter, shape (4 * hidden_size, input_size)
        The rows of the gates i, f, g and o one below the other, as in all of them.
    weight_hh : Parameter, shape (4 * hidden_size, hidden_size)
    bias_ih, bias_hh : Parameter, shape (4 * hidden_size,), or None

    Examples
    --------
    >>> h, c = mg.nn.LSTMCell(10, 20)(mg.zeros(3, 10))
    >>> h.shape, c.shape
    (microgradnn.Size([3, 20]), microgradnn.Size([3, 20]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        """The new ``(h, c)``.

        Parameters
        ----------
        input : Tensor, shape (batch, input_size) or (input_size,)
        hx : pair of Tensor, shape (batch, hidden_size) or (hidden_size,), optional
            ``(h, c)`` before; default: zeros.

        Raises
        ------
        RuntimeError, ValueError
            If shapes or dtypes do not fit.
        TypeError
            If ``hx`` is no pair.
        """
        h, c = self._step("LSTM", input, None if hx is None else pair_of_states(self, hx))
        return h, c


class GRUCell(RNNCellBase):
    """One step of `GRU`.

    Parameters
    ----------
    input_size, hidden_size : int
    bias : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight_ih : Parameter, shape (3 * hidden_size, input_size)
        The rows of the gates r, z and n one below the other, as in all of them.
    weight_hh : Parameter, shape (3 * hidden_size, hidden_size)
    bias_ih, bias_hh : Parameter, shape (3 * hidden_size,), or None

    Examples
    --------
    >>> mg.nn.GRUCell(10, 20)(mg.zeros(3, 10)).shape
    microgradnn.Size([3, 20])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new state.

        Parameters
        ----------
        input : Tensor, shape (batch, input_size) or (input_size,)
        hx : Tensor, shape (batch, hidden_size) or (hidden_size,), optional
            The state before; default: zeros.

        Raises
        ------
        RuntimeError, ValueError
            If shapes or dtypes do not fit.
        """
        return self._step("GRU", input, None if hx is None else (hx,))[0]
