"""What layers compute: linear maps, convolution, dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._generator import default_generator
from ..._inplace import check_target, write
from ..._tensor import Tensor
from ...functions.filling import put
from ...rules.convolution import conv2d as _conv2d
from ...rules.indexing import put as _put
from ...rules.linalg import linear as _linear
from ._operands import check, explain, pair

IntOrPair = int | Sequence[int]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias``.

    Parameters
    ----------
    input : Tensor, shape (..., n)
    weight : Tensor, shape (m, n) or (n,)
    bias : Tensor, shape (m,) or (), optional

    Returns
    -------
    Tensor, shape (..., m), or (...) for a weight of one dimension

    Raises
    ------
    RuntimeError
        If sizes or dtypes do not fit.

    Examples
    --------
    >>> x, w = mg.tensor([1.0, 2.0]), mg.tensor([[3.0, 4.0]])
    >>> mg.nn.functional.linear(x, w, mg.tensor([0.5]))
    tensor([11.5000])
    """
    try:
        if len(weight._array.shape) == 1:
            product = input @ weight
            return product if bias is None else product + bias
        result: Tensor = _linear.apply(input, weight, bias)
        return result
    except AttributeError as error:
        raise explain("linear", error, input=input, weight=weight, bias=bias) from None


def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrPair = 1,
    padding: IntOrPair | str = 0, dilation: IntOrPair = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """A window slid over images: each output is the sum of window times weight, plus bias.

    ``out[b, o, i, j] = bias[o] + sum over c, p, q of x[b, c, i s + p d, j s + q d] w[o, c, p, q]``
    with stride ``s`` and dilation ``d``, ``x`` padded with zeros.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    weight : Tensor, shape (out, channels / groups, kernel height, kernel width)
    bias : Tensor, shape (out,), optional
    stride, dilation : int or pair of int
    padding : int, pair of int, "valid" (none) or "same" (the output gets the input's size)
    groups : int
        In how many groups the channels are kept apart.

    Returns
    -------
    Tensor, shape (batch, out, new height, new width)
        ``new = (old + 2 padding - dilation (kernel - 1) - 1) // stride + 1``.

    Raises
    ------
    RuntimeError
        If the shapes do not fit, or the window is larger than the padded image.

    Examples
    --------
    >>> image = mg.arange(9.0).reshape(1, 1, 3, 3)
    >>> mg.nn.functional.conv2d(image, mg.ones(1, 1, 2, 2))
    tensor([[[[ 8., 12.],
              [20., 24.]]]])
    """
    check("conv2d", input=input, weight=weight, bias=bias)
    strides, dilations = pair(stride, "stride"), pair(dilation, "dilation")
    if input.ndim == 3:
        return conv2d(input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(
            0
        )
    x_shape, w_shape = input._array.shape, weight._array.shape
    _check_shapes(x_shape, w_shape, bias, groups)
    if min(*strides, *dilations) < 1:
        raise ValueError(f"conv2d: stride and dilation are positive, got {strides} and {dilations}")
    before = after = (0, 0)
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ValueError(f"padding is 'same', 'valid' or numbers, got {padding!r}")
        if padding == "same":
            if strides != (1, 1):
                raise ValueError(f"padding='same' needs stride 1, got {strides}")
            total = [d * (k - 1) for d, k in zip(dilations, w_shape[2:], strict=True)]
            before, after = ((total[0] // 2, total[1] // 2), tuple(n - n // 2 for n in total))
    else:
        before = after = pair(padding, "padding")
        if min(before) < 0:
            raise ValueError(f"padding is not negative, got {before}")
    for k, (size, kernel) in enumerate(zip(x_shape[2:], w_shape[2:], strict=True)):
        window, room = dilations[k] * (kernel - 1) + 1, size + before[k] + after[k]
        if window > room:
            raise ShapeError(
                f"conv2d: a window of size {window} does not fit into an image of size {room} "
                f"(padding included) along dimension {k + 2}; input {tuple(x_shape)}, weight "
                f"{tuple(w_shape)}"
            )
    if before != after:
        input = _pad(input, before, after)
        before = (0, 0)
    out: Tensor = _conv2d.apply(input, weight, strides, before, dilations, groups)
    return out if bias is None else out + bias.reshape(-1, 1, 1)


def _check_shapes(x: Any, w: Any, bias: Tensor | None, groups: int) -> None:
    if len(x) != 4 or len(w) != 4:
        raise ShapeError(
            "conv2d takes an input of shape (batch, channels, height, width) or (channels, height, "
            f"width) and a weight of 4 dimensions; got {tuple(x)} and {tuple(w)}"
        )
    if groups < 1 or w[0] % groups or x[1] != w[1] * groups:
        raise ShapeError(
            f"conv2d: the input has {x[1]} channels, the weight {tuple(w)} with groups={groups} "
            f"takes {w[1] * groups} and makes {w[0]}, which groups must divide"
        )
    if bias is not None and bias._array.shape != (w[0],):
        raise ShapeError(
            f"conv2d: the bias has shape {tuple(bias._array.shape)}, the weight makes {w[0]} "
            f"channels; a bias of shape ({w[0]},) is needed"
        )


def _pad(x: Tensor, before: Any, after: Any) -> Tensor:
    """Zeros around the images; more on one side than on the other."""
    n, c, h, w = x._array.shape
    inside = (..., slice(before[0], before[0] + h), slice(before[1], before[1] + w))
    shape = (n, c, h + before[0] + after[0], w + before[1] + after[1])
    padded: Tensor = _put.apply(x, inside, shape)
    return padded


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
    check("dropout", input=input)
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if inplace:
        check_target(input, "dropout(inplace=True)")
    array = input._array
    if not training or p == 0 or not array.size:
        return input
    mask = np.empty_like(array)
    if p < 1:
        put(mask, default_generator._bernoulli(mask.size, 1.0 - p))
        mask /= 1.0 - p
    else:
        mask[...] = 0
    result = input * Tensor._wrap(mask)
    return write(input, result, "dropout(inplace=True)") if inplace else result
