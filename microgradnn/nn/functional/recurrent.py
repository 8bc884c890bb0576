"""What recurrent layers compute: one layer in one direction, and layers on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..._tensor import Tensor
from ...functions.joining import cat, stack
from ...rules.recurrent import gru as _gru
from ...rules.recurrent import lstm as _lstm
from ...rules.recurrent import rnn as _rnn
from .dropout import dropout

States = tuple[Tensor, ...]
"""The hidden state, and for an LSTM the cell's."""


class Weights(NamedTuple):
    """The weights of one layer in one direction; None for what it does without.

    Attributes
    ----------
    ih : Tensor, shape (gates * hidden, input)
    hh : Tensor, shape (gates * hidden, hidden or projection)
    bias_ih, bias_hh : Tensor, shape (gates * hidden,), or None
    hr : Tensor, shape (projection, hidden), or None
        What an LSTM's hidden state is multiplied by.
    """

    ih: Tensor
    hh: Tensor
    bias_ih: Tensor | None = None
    bias_hh: Tensor | None = None
    hr: Tensor | None = None


def recurrent_layer(
    mode: str, input: Tensor, sizes: tuple[int, ...], states: States, weights: Weights,
    reverse: bool = False,
) -> tuple[Tensor, States]:  # fmt: skip
    """One layer in one direction.

    Parameters
    ----------
    mode : {"RNN_TANH", "RNN_RELU", "LSTM", "GRU"}
    input : Tensor, shape (rows, input)
        The rows of all steps, one step after the other.
    sizes : tuple of int
        How many rows each step has; never more than the step before.
    states : tuple of Tensor, shape (sizes[0], hidden)
    weights : Weights
    reverse : bool
        Whether it begins at the last step.

    Returns
    -------
    output : Tensor, shape (rows, hidden)
    states : tuple of Tensor
        After the last step of each sequence.
    """
    _, _, bias_ih, bias_hh, projection = weights
    given = [input, *states, weights.ih, weights.hh]
    if mode == "GRU":  # whose second bias is multiplied by a gate
        given += [bias for bias in (bias_ih, bias_hh) if bias is not None]
        output, h, *_ = _gru.apply(*given, sizes, reverse)
        return output, (h,)
    if bias_ih is not None and bias_hh is not None:
        given.append(bias_ih + bias_hh)
    if mode == "LSTM":
        if projection is not None:
            given.append(projection)
        output, h, c, *_ = _lstm.apply(*given, sizes, reverse)
        return output, (h, c)
    output, h = _rnn.apply(*given, sizes, reverse, mode == "RNN_RELU")
    return output, (h,)


def recurrent_layers(
    mode: str, input: Tensor, sizes: tuple[int, ...], states: States,
    weights: Sequence[Sequence[Weights]], drop: float = 0.0,
) -> tuple[Tensor, States]:  # fmt: skip
    """Layers on top of each other, in one direction or in both.

    Parameters
    ----------
    mode, input, sizes
        As for `recurrent_layer`.
    states : tuple of Tensor, shape (layers * directions, sizes[0], hidden)
    weights : sequence of sequence of Weights
        For each layer those of its one or two directions.
    drop : float
        The probability of the dropout between two layers.

    Returns
    -------
    output : Tensor, shape (rows, directions * hidden)
    states : tuple of Tensor, of the shapes of the ones given
    """
    last: list[Any] = []
    for k, directions in enumerate(weights):
        if k and drop:
            input = dropout(input, drop)
        outputs = []
        for direction, of_one in enumerate(directions):
            begin = tuple([state[len(last)] for state in states])
            output, end = recurrent_layer(mode, input, sizes, begin, of_one, bool(direction))
            outputs.append(output)
            last.append(end)
        input = outputs[0] if len(outputs) == 1 else cat(outputs, 1)
    return input, tuple([stack(parts) for parts in zip(*last, strict=True)])
