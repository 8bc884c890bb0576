"""Convolution and transposed convolution over signals, images and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._errors import DtypeError, ShapeError
from ..._tensor import Tensor
from ...functions.padding import constant_pad_nd
from ...rules.convolution import convolution, convolution_input
from ._operands import check

IntOrSizes = int | Sequence[int]
Sizes = tuple[int, ...]


def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """A window slid over signals; see `conv2d`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, length), or without batch
    weight : Tensor, shape (out, channels / groups, kernel)
    bias : Tensor, shape (out,), optional
    stride, dilation : int
    padding : int, "valid" or "same"
    groups : int

    Returns
    -------
    Tensor, shape (batch, out, new length)

    Raises
    ------
    RuntimeError, TypeError
        As for `conv2d`.

    Examples
    --------
    >>> mg.nn.functional.conv1d(mg.tensor([[1.0, 2.0, 4.0]]), mg.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2.]])
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1,
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
        If shapes or dtypes do not fit, or the window is larger than the padded image.
    TypeError
        If an operand is no Tensor, or a size no integer.

    Examples
    --------
    >>> image = mg.arange(9.0).reshape(1, 1, 3, 3)
    >>> mg.nn.functional.conv2d(image, mg.ones(1, 1, 2, 2))
    tensor([[[[ 8., 12.],
              [20., 24.]]]])
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes | str = 0, dilation: IntOrSizes = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """A window slid over volumes; see `conv2d`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, depth, height, width), or without batch
    weight : Tensor, shape (out, channels / groups, kernel depth, kernel height, kernel width)
    bias : Tensor, shape (out,), optional
    stride, dilation : int or three of them
    padding : int, three of them, "valid" or "same"
    groups : int

    Returns
    -------
    Tensor, shape (batch, out, new depth, new height, new width)

    Raises
    ------
    RuntimeError, TypeError
        As for `conv2d`.

    Examples
    --------
    >>> mg.nn.functional.conv3d(mg.ones(1, 2, 2, 2), mg.ones(1, 1, 2, 2, 2))
    tensor([[[[8.]]]])
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes = 0, output_padding: IntOrSizes = 0, groups: int = 1,
    dilation: IntOrSizes = 1,
) -> Tensor:  # fmt: skip
    """The adjoint of `conv1d` in its input; see `conv_transpose2d`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, length), or without batch
    weight : Tensor, shape (channels, out / groups, kernel)
    bias : Tensor, shape (out,), optional
    stride, padding, output_padding : int
    groups : int
    dilation : int

    Returns
    -------
    Tensor, shape (batch, out, new length)

    Raises
    ------
    RuntimeError, TypeError
        As for `conv_transpose2d`.

    Examples
    --------
    >>> weight = mg.tensor([[[1.0, 10.0]]])
    >>> mg.nn.functional.conv_transpose1d(mg.tensor([[1.0, 2.0]]), weight)
    tensor([[ 1., 12., 20.]])
    """
    return _conv_transpose(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes = 0, output_padding: IntOrSizes = 0, groups: int = 1,
    dilation: IntOrSizes = 1,
) -> Tensor:  # fmt: skip
    """The adjoint of `conv2d` in its input: each number of the input lays down a scaled window.

    Where windows overlap they add up; ``padding`` cuts the border off, which `conv2d` with the same
    options adds. So the shapes of the two are the inverse of each other.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    weight : Tensor, shape (channels, out / groups, kernel height, kernel width)
    bias : Tensor, shape (out,), optional
    stride, padding : int or pair of int
    output_padding : int or pair of int
        By how much the output is larger at its end, smaller than the stride or the dilation: which
        of the sizes that `conv2d` takes to the input's is meant.
    groups : int
        In how many groups the channels are kept apart.
    dilation : int or pair of int

    Returns
    -------
    Tensor, shape (batch, out, new height, new width)
        ``new = (old - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1``.

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit, or nothing would be left.
    TypeError
        If an operand is no Tensor, or a size no integer.

    Examples
    --------
    >>> image = mg.tensor([[[1.0, 2.0]]])
    >>> mg.nn.functional.conv_transpose2d(image, mg.ones(1, 1, 2, 2), stride=2)
    tensor([[[1., 1., 2., 2.],
             [1., 1., 2., 2.]]])
    """
    return _conv_transpose(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrSizes = 1,
    padding: IntOrSizes = 0, output_padding: IntOrSizes = 0, groups: int = 1,
    dilation: IntOrSizes = 1,
) -> Tensor:  # fmt: skip
    """The adjoint of `conv3d` in its input; see `conv_transpose2d`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, depth, height, width), or without batch
    weight : Tensor, shape (channels, out / groups, kernel depth, kernel height, kernel width)
    bias : Tensor, shape (out,), optional
    stride, padding, output_padding : int or three of them
    groups : int
    dilation : int or three of them

    Returns
    -------
    Tensor, shape (batch, out, new depth, new height, new width)

    Raises
    ------
    RuntimeError, TypeError
        As for `conv_transpose2d`.

    Examples
    --------
    >>> mg.nn.functional.conv_transpose3d(mg.ones(1, 1, 1, 1), mg.ones(1, 1, 1, 1, 2))
    tensor([[[[1., 1.]]]])
    """
    return _conv_transpose(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


# --- in any dimensions --------------------------------------------------------------------------


def _conv(
    name: str, d: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrSizes,
    padding: IntOrSizes | str, dilation: IntOrSizes, groups: int,
) -> Tensor:  # fmt: skip
    check(name, input=input, weight=weight, bias=bias)
    shape, w_shape = input._array.shape, weight._array.shape
    _check_dimensions(name, d, shape, w_shape)
    steps, gaps = sizes(stride, d, "stride"), sizes(dilation, d, "dilation")
    _check_positive(name, steps, gaps)
    if len(shape) == d + 1:
        batch = input.unsqueeze(0)
        return _conv(name, d, batch, weight, bias, steps, padding, gaps, groups).squeeze(0)
    if groups < 1 or w_shape[0] % groups or shape[1] != w_shape[1] * groups:
        raise ShapeError(
            f"{name}: the input has {shape[1]} channels, the weight {tuple(w_shape)} with "
            f"groups={groups} takes {w_shape[1] * groups} and makes {w_shape[0]}, which groups "
            "must divide"
        )
    _check_bias(name, bias, weight, w_shape[0])
    if isinstance(padding, str):
        before, more = string_padding(padding, w_shape[2:], steps, gaps)
        if any(more):  # an even window: zeros behind the image only
            input = constant_pad_nd(input, tuple([w for m in more[::-1] for w in (0, m)]))
            shape = input._array.shape
    else:
        before = sizes(padding, d, "padding")
        _check_padding(name, before)
    for k, n in enumerate(shape[2:]):
        window, room = gaps[k] * (w_shape[2 + k] - 1) + 1, n + 2 * before[k]
        if window > room or w_shape[2 + k] == 0:
            raise ShapeError(
                f"{name}: a window of size {window} does not fit into a size of {room} (padding "
                f"included) along dimension {k + 2}; input {tuple(shape)}, weight {tuple(w_shape)}"
            )
    out: Tensor = convolution.apply(input, weight, bias, steps, before, gaps, groups)
    return out


def _conv_transpose(
    name: str, d: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrSizes,
    padding: IntOrSizes, output_padding: IntOrSizes, groups: int, dilation: IntOrSizes,
) -> Tensor:  # fmt: skip
    check(name, input=input, weight=weight, bias=bias)
    shape, w_shape = input._array.shape, weight._array.shape
    _check_dimensions(name, d, shape, w_shape)
    steps, gaps = sizes(stride, d, "stride"), sizes(dilation, d, "dilation")
    border, more = sizes(padding, d, "padding"), sizes(output_padding, d, "output_padding")
    _check_positive(name, steps, gaps)
    _check_padding(name, border)
    if len(shape) == d + 1:
        batch = input.unsqueeze(0)
        return _conv_transpose(
            name, d, batch, weight, bias, steps, border, more, groups, gaps
        ).squeeze(0)
    if groups < 1 or w_shape[0] % groups or shape[1] != w_shape[0]:
        raise ShapeError(
            f"{name}: the input has {shape[1]} channels, the weight {tuple(w_shape)} takes "
            f"{w_shape[0]}, which groups={groups} must divide"
        )
    _check_bias(name, bias, weight, w_shape[1] * groups)
    whole = []
    for k, n in enumerate(shape[2:]):
        if not 0 <= more[k] < max(steps[k], gaps[k]):
            raise ShapeError(
                f"{name}: output_padding is smaller than the stride or the dilation, got "
                f"{more} with stride {steps} and dilation {gaps}"
            )
        whole.append((n - 1) * steps[k] + gaps[k] * (w_shape[2 + k] - 1) + 1)
    size = [n - 2 * p + m for n, p, m in zip(whole, border, more, strict=True)]
    if min(size) < 1 or 0 in w_shape[2:]:
        raise ShapeError(
            f"{name}: an input of {tuple(shape)} with weight {tuple(w_shape)}, stride {steps}, "
            f"padding {border} and output_padding {more} gives an output of size {tuple(size)}; "
            "each must be 1 at least"
        )
    lead = (shape[0], w_shape[1] * groups)
    if all(m < s for m, s in zip(more, steps, strict=True)):
        out: Tensor = convolution_input.apply(
            input, weight, (*lead, *size), steps, border, gaps, groups
        )
    else:  # an output that no convolution takes to the input: cut, or extended, afterwards
        out = convolution_input.apply(input, weight, (*lead, *whole), steps, (0,) * d, gaps, groups)
        ends = zip(border[::-1], more[::-1], strict=True)
        out = constant_pad_nd(out, tuple([w for p, m in ends for w in (-p, m - p)]))
    return out if bias is None else out + bias.reshape(-1, *[1] * d)


def sizes(value: Any, d: int, name: str) -> Sizes:
    """One integer for all dimensions, or one for each of them.

    Raises
    ------
    TypeError
        If they are no integers.
    RuntimeError
        If there are more or fewer.
    """
    if value.__class__ is int:
        return (value,) * d
    given: Any = tuple(value) if isinstance(value, list | tuple) else (value,)
    try:
        given = tuple([n.__index__() for n in given])
    except (AttributeError, TypeError):
        wanted = "an integer" if d == 1 else f"an integer or {d} of them"
        raise TypeError(f"{name} is {wanted}, got {value!r}") from None
    if len(given) == 1:
        given *= d
    if len(given) != d:
        raise ShapeError(f"{name} is an integer or {d} of them, got {value!r}")
    return tuple(given)


def string_padding(padding: str, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """What "valid" or "same" means: widths on both sides, and how much more there is behind.

    Raises
    ------
    RuntimeError, ValueError
        For other words, and for "same" with a stride.
    """
    if padding not in ("same", "valid"):
        raise ShapeError(f"padding is 'same', 'valid' or numbers, got {padding!r}")
    if padding == "valid":
        return (0,) * len(kernel), (0,) * len(kernel)
    if any(step != 1 for step in stride):
        raise ShapeError(f"padding='same' needs stride 1, got {stride}")
    total = [gap * (n - 1) for gap, n in zip(dilation, kernel, strict=True)]
    return tuple([n // 2 for n in total]), tuple([n % 2 for n in total])


def _check_dimensions(name: str, d: int, shape: Sizes, weight: Sizes) -> None:
    if len(shape) not in (d + 1, d + 2) or len(weight) != d + 2:
        sizes = ", ".join(("depth", "height", "width")[-d:] if d > 1 else ("length",))
        raise ShapeError(
            f"{name} takes an input of shape (batch, channels, {sizes}) or (channels, {sizes}) and "
            f"a weight of {d + 2} dimensions; got {tuple(shape)} and {tuple(weight)}"
        )


def _check_positive(name: str, stride: Sizes, dilation: Sizes) -> None:
    if min(*stride, *dilation) < 1:
        raise ShapeError(f"{name}: stride and dilation are positive, got {stride} and {dilation}")


def _check_padding(name: str, padding: Sizes) -> None:
    if min(padding) < 0:
        raise ShapeError(f"{name}: padding is not negative, got {padding}")


def _check_bias(name: str, bias: Tensor | None, weight: Tensor, channels: int) -> None:
    if bias is None:
        return
    if bias._array.shape != (channels,):
        raise ShapeError(
            f"{name}: the bias has shape {tuple(bias._array.shape)}, the weight makes {channels} "
            f"channels; a bias of shape ({channels},) is needed"
        )
    if bias._array.dtype is not weight._array.dtype:
        raise DtypeError(
            f"{name}: the weight is of {weight.dtype}, the bias of {bias.dtype}; give both one "
            "dtype"
        )
