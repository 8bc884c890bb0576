"""Recurrent layers over whole sequences: RNN, GRU, LSTM."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor
from ..functional._operands import check
from ..functional.recurrent import States
from .base import RNNBase
from .cells import pair_of_states


def _one_state(layer: RNNBase, hx: Any) -> States | None:
    check(type(layer).__name__, hx=hx)
    return None if hx is None else (hx,)


def _no_projection(layer: RNNBase, proj_size: Any) -> None:
    if proj_size is not None:
        raise ValueError(
            f"proj_size is an argument of LSTM only, not of {type(layer).__name__}; got {proj_size}"
        )


class RNN(RNNBase):
    """Elman's recurrent network: ``h = tanh(W_ih x + b_ih + W_hh h + b_hh)`` at each step.

    Parameters
    ----------
    input_size, hidden_size : int
        The numbers of a step's input, and of the state.
    num_layers : int
        Each layer's outputs are the inputs of the next.
    nonlinearity : {"tanh", "relu"}
    bias : bool
    batch_first : bool
        Whether inputs and outputs are (batch, step, size) instead of (step, batch, size).
    dropout : float
        The probability of dropout between layers, while training.
    bidirectional : bool
        Whether each layer runs in both directions; the outputs stand side by side.
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of the first layer; then ``..._l0_reverse`` if bidirectional, then ``..._l1`` and so on.

    Raises
    ------
    TypeError, ValueError
        For an argument of the wrong kind, or out of its range.

    Examples
    --------
    >>> layer = mg.nn.RNN(10, 20, num_layers=2)
    >>> output, h = layer(mg.zeros(5, 3, 10))
    >>> output.shape, h.shape
    (microgradnn.Size([5, 3, 20]), microgradnn.Size([2, 3, 20]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
        bias: bool = True, batch_first: bool = False, dropout: float = 0.0,
        bidirectional: bool = False, device: Any = None, dtype: Any = None, *,
        proj_size: Any = None,
    ) -> None:  # fmt: skip
        _no_projection(self, proj_size)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(
            f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, bias, batch_first,
            dropout, bidirectional, device=device, dtype=dtype,
        )  # fmt: skip
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """The states of the last layer at all steps, and of all layers after the last step.

        Parameters
        ----------
        input : Tensor, shape (step, batch, input_size), or PackedSequence
            (batch, step, input_size) with ``batch_first``, (step, input_size) without batch.
        hx : Tensor, shape (layers * directions, batch, hidden_size), optional
            The states to begin with; default: zeros. Without batch (layers * directions, hidden).

        Returns
        -------
        output : Tensor, shape (step, batch, directions * hidden_size), or PackedSequence
        h : Tensor, of the shape of ``hx``

        Raises
        ------
        RuntimeError, ValueError
            If shapes or dtypes do not fit.
        """
        output, (h,) = self._run(input, _one_state(self, hx))
        return output, h


class GRU(RNNBase):
    """A gated recurrent unit: gates decide how much of the state is kept.

    With r, z, n the three parts of ``W_ih x + b_ih``, of which r and z have those of ``W_hh h +
    b_hh`` added and go through a sigmoid: ``n = tanh(n + r * (W_hn h + b_hn))``, and the new state
    is ``(1 - z) * n + z * h`` (Cho et al., 2014).

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        As for `RNN`.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        As for `RNN`, with the rows of r, z and n one below the other.

    Raises
    ------
    TypeError, ValueError
        For an argument of the wrong kind, or out of its range.

    Examples
    --------
    >>> layer = mg.nn.GRU(10, 20, batch_first=True, bidirectional=True)
    >>> output, h = layer(mg.zeros(3, 5, 10))
    >>> output.shape, h.shape
    (microgradnn.Size([3, 5, 40]), microgradnn.Size([2, 3, 20]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
        device: Any = None, dtype: Any = None, *, proj_size: Any = None,
    ) -> None:  # fmt: skip
        _no_projection(self, proj_size)
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            device=device, dtype=dtype,
        )  # fmt: skip

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """The states of the last layer at all steps, and of all layers after the last step.

        Parameters, results and errors are those of `RNN.forward`.
        """
        output, (h,) = self._run(input, _one_state(self, hx))
        return output, h


class LSTM(RNNBase):
    """Long short-term memory: a cell that gates write, keep and show (Hochreiter, 1997).

    With i, f, g, o the four parts of ``W_ih x + b_ih + W_hh h + b_hh``, through a sigmoid, g
    through a tanh: ``c = f * c + i * g``, ``h = o * tanh(c)``; with a projection ``h = W_hr (o *
    tanh(c))``.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        As for `RNN`.
    proj_size : int
        The size that the hidden state is projected to; 0 for none.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_hr_l0 : Parameter
        As for `RNN`, with the rows of i, f, g and o one below the other; the last one for the
        projection.

    Raises
    ------
    TypeError, ValueError
        For an argument of the wrong kind, or out of its range.

    Examples
    --------
    >>> layer = mg.nn.LSTM(10, 20, num_layers=2)
    >>> output, (h, c) = layer(mg.zeros(5, 3, 10))
    >>> output.shape, h.shape, c.shape
    (microgradnn.Size([5, 3, 20]), microgradnn.Size([2, 3, 20]), microgradnn.Size([2, 3, 20]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
        proj_size: int = 0, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            proj_size, device, dtype,
        )  # fmt: skip

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, tuple[Tensor, Tensor]]:
        """The hidden states at all steps, and ``(h, c)`` of all layers after the last step.

        Parameters
        ----------
        input : Tensor, shape (step, batch, input_size), or PackedSequence
            As for `RNN.forward`.
        hx : pair of Tensor, optional
            ``(h, c)`` to begin with, of the shapes (layers * directions, batch, projection or
            hidden_size) and (layers * directions, batch, hidden_size); default: zeros.

        Returns
        -------
        output : Tensor or PackedSequence
        (h, c) : pair of Tensor

        Raises
        ------
        RuntimeError, ValueError
            If shapes or dtypes do not fit.
        TypeError
            If ``hx`` is no pair.
        """
        if hx is not None:
            hx = pair_of_states(self, hx)
        output, (h, c) = self._run(input, hx)
        return output, (h, c)
