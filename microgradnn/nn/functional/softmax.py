"""Numbers made probabilities: softmax, its logarithm, its opposite, and a random choice by it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..._generator import default_generator
from ..._tensor import Tensor
from ...functions import elementwise as e
from ._operands import check


def _dimension(name: str, dim: int | None, input: Tensor, stacklevel: int) -> int:
    """The dimension given; the one PyTorch guesses, with its warning, if there is none."""
    check(name, input=input)
    if dim is not None:
        return dim
    guessed = 0 if input.ndim in (0, 1, 3) else 1
    warnings.warn(
        f"{name} was not told its dimension and takes dim={guessed} for {input.ndim} dimensions; "
        f"say {name}(..., dim={guessed})",
        UserWarning,
        stacklevel=stacklevel,
    )
    return guessed


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along one dimension, computed without overflow.

    Parameters
    ----------
    input : Tensor
    dim : int
        Without it PyTorch's guess is taken, with a warning.
    dtype : dtype, optional
        Converted to before.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.softmax(mg.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return e.softmax(input, _dimension("softmax", dim, input, _stacklevel), dtype=dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """`softmax` of ``-input``: the smallest number is the likeliest.

    Examples
    --------
    >>> mg.nn.functional.softmin(mg.tensor([0.0, 1.0]), dim=0)
    tensor([0.7311, 0.2689])
    """
    return e.softmax(-input, _dimension("softmin", dim, input, _stacklevel), dtype=dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """``log(softmax(x))`` along one dimension, computed without overflow; see `softmax`.

    Examples
    --------
    >>> mg.nn.functional.log_softmax(mg.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return e.log_softmax(input, _dimension("log_softmax", dim, input, _stacklevel), dtype=dtype)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A random choice by the probabilities ``softmax(logits)``, with derivatives.

    Gumbel's noise ``-log(-log u)`` is added and a softmax taken: Jang, Gu and Poole, and Maddison,
    Mnih and Teh, 2017.

    Parameters
    ----------
    logits : Tensor
    tau : float
        The temperature: the smaller, the nearer the result is to one choice.
    hard : bool
        Whether the result is one choice, 1 among zeros; its derivative is that of the soft one.
    eps : float
        Without effect, as in PyTorch.
    dim : int

    Returns
    -------
    Tensor
        Of the same shape; the sums along ``dim`` are 1.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> mg.nn.functional.gumbel_softmax(mg.tensor([0.0, 0.0, 5.0]), hard=True)
    tensor([0., 0., 1.])
    """
    check("gumbel_softmax", logits=logits)
    if eps != 1e-10:
        warnings.warn(
            "gumbel_softmax: `eps` parameter is deprecated and has no effect",
            UserWarning,
            stacklevel=2,
        )
    array = logits._array
    waits = default_generator._exponential(array.size, 1.0).astype(array.dtype)
    noise = Tensor._wrap(-np.log(waits).reshape(array.shape))
    soft = e.softmax((logits + noise) / float(tau), dim)
    if not hard:
        return soft
    best = np.argmax(soft._array, dim, keepdims=True)
    chosen = np.zeros_like(array)
    np.put_along_axis(chosen, best, 1, dim)
    return Tensor._wrap(chosen) - soft.detach() + soft
