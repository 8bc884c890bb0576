"""Dropout: elements, or whole channels, switched off at random while training.

The numbers come from the default generator, in PyTorch's order: the same seed gives the same masks.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..._generator import default_generator
from ..._inplace import check_target, write
from ..._tensor import Tensor
from ...functions.filling import memory_order
from ._operands import check

ALPHA = 1.7580993408473766
"""``scale * alpha`` of SELU, which tends to minus this for very negative inputs."""


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Elements set to 0 with probability ``p``, the others multiplied by ``1 / (1 - p)``.

    The numbers come from the default generator: `microgradnn.manual_seed` repeats them.

    Parameters
    ----------
    input : Tensor
    p : float
        From 0 to 1.
    training : bool
        Whether anything is done at all.
    inplace : bool
        Whether the result is written into ``input``.

    Returns
    -------
    Tensor
        Of the same shape, and on average the same.

    Raises
    ------
    ValueError
        If ``p`` is no probability.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> mg.nn.functional.dropout(mg.ones(6), 0.5)
    tensor([0., 0., 2., 0., 0., 0.])
    """
    return _dropped("dropout", input, p, training, inplace, features=False, alpha=False)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Whole channels of sequences set to 0 with probability ``p``, the others enlarged.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, length), or without batch
    p : float
    training, inplace : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If ``p`` is no probability.
    RuntimeError
        For an input of other dimensions.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> mg.nn.functional.dropout1d(mg.ones(1, 3, 2), 0.5)
    tensor([[[0., 0.],
             [0., 0.],
             [2., 2.]]])
    """
    check("dropout1d", input=input)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "dropout1d: expected 2D or 3D input, (batch, channels, length) or (channels, length), "
            f"but received a {input.ndim}D input; dropout() is for any other"
        )
    return _batched("dropout1d", input, 3, p, training, inplace)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Whole channels of images set to 0 with probability ``p``, the others enlarged.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width)
        Of 3 dimensions it is (batch, channels, length), as in PyTorch.
    p : float
    training, inplace : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If ``p`` is no probability.

    Examples
    --------
    >>> mg.nn.functional.dropout2d(mg.ones(1, 3, 2, 2), 1.0).sum()
    tensor(0.)
    """
    check("dropout2d", input=input)
    if input.ndim not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {input.ndim}-D input to dropout2d, which is deprecated and "
            "will result in an error in a future release. To retain the behavior and silence this "
            "warning, please use dropout instead.",
            UserWarning,
            stacklevel=2,
        )
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout "
            "behavior is desired - input is interpreted as shape (N, C, L), where C is the channel "
            "dim. Use dropout1d for it.",
            UserWarning,
            stacklevel=2,
        )
    return _dropped("dropout2d", input, p, training, inplace, features=True, alpha=False)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Whole channels of volumes set to 0 with probability ``p``, the others enlarged.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, depth, height, width), or without batch
    p : float
    training, inplace : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If ``p`` is no probability.

    Examples
    --------
    >>> mg.nn.functional.dropout3d(mg.ones(1, 3, 2, 2, 2), 1.0).sum()
    tensor(0.)
    """
    check("dropout3d", input=input)
    if input.ndim not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {input.ndim}-D input to dropout3d, which is deprecated and "
            "will result in an error in a future release. To retain the behavior and silence this "
            "warning, please use dropout instead.",
            UserWarning,
            stacklevel=2,
        )
    return _batched("dropout3d", input, 5, p, training, inplace)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Elements set to SELU's lowest value with probability ``p``, mean and variance kept.

    ``a * (x * kept - alpha * (1 - kept)) + b`` with the ``a`` and ``b`` for which mean 0 and
    variance 1 stay so (Klambauer et al., 2017).

    Parameters
    ----------
    input : Tensor
    p : float
    training, inplace : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If ``p`` is no probability.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> mg.nn.functional.alpha_dropout(mg.ones(3), 0.5, training=True)
    tensor([-0.7792, -0.7792,  1.6655])
    """
    return _dropped("alpha_dropout", input, p, training, inplace, features=False, alpha=True)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, ...)
    p : float
    training, inplace : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If ``p`` is no probability.

    Examples
    --------
    >>> x = mg.ones(2, 3, 4)
    >>> mg.nn.functional.feature_alpha_dropout(x, 0.5) is x
    True
    """
    return _dropped("feature_alpha_dropout", input, p, training, inplace, features=True, alpha=True)


def _batched(name: str, x: Tensor, ndim: int, p: float, training: bool, inplace: bool) -> Tensor:
    """Channels dropped of an input that may lack the dimension of the batch."""
    if x.ndim == ndim - 1:
        batch = x.unsqueeze(0)
        out = _dropped(name, batch, p, training, inplace, features=True, alpha=False)
        return x if out is batch else out.squeeze(0)
    return _dropped(name, x, p, training, inplace, features=True, alpha=False)


def _dropped(
    name: str, x: Tensor, p: float, training: bool, inplace: bool, features: bool, alpha: bool
) -> Tensor:
    check(name, input=x)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if inplace:
        check_target(x, f"{name}(inplace=True)")
    array = x._array
    if not training or p == 0 or not array.size:
        return x
    if features and array.ndim < 2:
        raise RuntimeError(
            f"{name}: feature dropout requires at least 2 dimensions in the input, got shape "
            f"{tuple(array.shape)}"
        )
    result: Tensor
    if p == 1:
        result = x * Tensor._wrap(np.zeros((), array.dtype))
    else:
        kept = _kept(array, p, features)
        if alpha:
            a = 1.0 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
            shift = (kept - 1.0) * (ALPHA * a) + ALPHA * a * p
            kept *= a
            result = x * Tensor._wrap(kept) + Tensor._wrap(shift.astype(array.dtype, copy=False))
        else:
            kept /= 1.0 - p
            result = x * Tensor._wrap(kept)
    return write(x, result, f"{name}(inplace=True)") if inplace else result


def _kept(array: Any, p: float, features: bool) -> Any:
    """1 where an element, or a channel, is kept; else 0."""
    if features:
        shape = array.shape[:2] + (1,) * (array.ndim - 2)
        mask = np.empty_like(array, shape=shape, order="C")
        mask[...] = default_generator._bernoulli(mask.size, 1.0 - p).reshape(mask.shape)
        return mask
    mask = np.empty_like(array)
    order = _drawing_order(array)
    view = mask if order is None else mask.transpose(order)
    view[...] = default_generator._bernoulli(mask.size, 1.0 - p).reshape(view.shape)
    return mask


def _drawing_order(array: Any) -> list[int] | None:
    """In which order of axes PyTorch draws the numbers: that of the memory; None for the usual.

    What convolutions make lies in memory with the batch or the channels last. In PyTorch it lies
    as its indices are written, so that is how its numbers are drawn.
    """
    if array.flags.c_contiguous:
        return None
    order = memory_order(array)
    ndim = array.ndim
    if ndim > 2 and (order[-1] == 0 or order == [0, *range(2, ndim), 1]):
        return None
    return order
