"""Padding: a border of a constant, of the elements mirrored, of the last ones, or of a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._methods import function
from .._tensor import Tensor
from ..rules import shapes as rules
from ..rules.indexing import getitem
from ._sizes import sizes as _sizes
from .joining import cat


def _widths(pad: Any, ndim: int) -> tuple[tuple[int, int], ...]:
    """Pairs (before, after) for every dimension; PyTorch begins with the last."""
    given = _sizes((pad,), "pad")
    if len(given) % 2 or len(given) > 2 * ndim:
        raise RuntimeError(
            f"pad: two widths for each dimension, from the last, at most {2 * ndim}, got {given}"
        )
    pairs = [(given[k], given[k + 1]) for k in range(0, len(given), 2)]
    return ((0, 0),) * (ndim - len(pairs)) + tuple(pairs[::-1])


@function
def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """A border of one number; see `microgradnn.nn.functional.pad`.

    Examples
    --------
    >>> mg.constant_pad_nd(mg.tensor([1, 2]), (1, 2), 9)
    tensor([9, 1, 2, 9, 9])
    """
    shape = input._array.shape
    widths = _widths(pad, len(shape))
    for n, (before, after) in zip(shape, widths, strict=True):
        if n + before + after < 0 or n + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError(
                f"pad: widths {tuple(pad)} cut off more than there is of shape {tuple(shape)}"
            )
    return rules.pad.apply(input, widths, value)


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """A border around a Tensor.

    Parameters
    ----------
    input : Tensor
    pad : sequence of int
        Widths before and after, of the last dimension, of the one before it, and so on. Negative
        ones cut.
    mode : {"constant", "reflect", "replicate", "circular"}
        What the border is made of: a number, the elements mirrored at the outermost one, the
        outermost one, or the elements from the other end. All but "constant" pad the last 1, 2 or 3
        dimensions of a Tensor that has one or two more.
    value : float, optional
        For "constant": 0 by default.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError, NotImplementedError
        If the widths do not fit the shape or the mode.

    Examples
    --------
    >>> x = mg.tensor([[1, 2, 3]])
    >>> mg.nn.functional.pad(x, (2, 1), mode="reflect")
    tensor([[3, 2, 1, 2, 3, 2]])
    """
    if mode == "constant":
        return constant_pad_nd(input, pad, 0 if value is None else value)
    if mode not in _BORDERS:
        raise NotImplementedError(f"pad: mode {mode!r} is none of 'constant', {_NAMES}")
    if value is not None and value != 0:
        raise ValueError(f"pad: mode {mode!r} takes no value, got {value}")
    shape = input._array.shape
    count, ndim = len(_sizes((pad,), "pad")) // 2, len(shape)
    if not 1 <= count <= 3 or ndim not in (count + 1, count + 2):
        raise NotImplementedError(
            f"pad: mode {mode!r} pads the last 1, 2 or 3 dimensions of a Tensor that has one or "
            f"two more; got shape {tuple(shape)} and widths {tuple(pad)}"
        )
    for axis, (before, after) in enumerate(_widths(pad, ndim)):
        if before or after:
            n = shape[axis]
            limit = n - 1 if mode == "reflect" else n + min(before, 0) + min(after, 0)
            if mode != "replicate" and max(before, after) > limit:
                raise RuntimeError(
                    f"pad: mode {mode!r} makes a border of at most {limit} from a dimension of "
                    f"size {n}, got widths {(before, after)} for dimension {axis} of shape "
                    f"{tuple(shape)}"
                )
            if n + before + after < 1 or not n:
                raise RuntimeError(
                    f"pad: widths {(before, after)} leave nothing of dimension {axis} of shape "
                    f"{tuple(shape)}"
                )
            input = _BORDERS[mode](input, axis, before, after)
    return input


def _slice(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    return getitem.apply(x, (*(slice(None),) * axis, slice(start, stop)))


def _join(parts: list[Tensor], axis: int) -> Tensor:
    parts = [p for p in parts if p._array.shape[axis]]
    return cat(parts, axis) if len(parts) > 1 else parts[0].clone()


def _reflect(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    n = x._array.shape[axis]
    middle = _slice(x, axis, max(-before, 0), n - max(-after, 0))
    left = rules.flip.apply(_slice(x, axis, 1, 1 + max(before, 0)), (axis,))
    right = rules.flip.apply(_slice(x, axis, n - 1 - max(after, 0), n - 1), (axis,))
    return _join([left, middle, right], axis)


def _replicate(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    shape = x._array.shape
    n = shape[axis]

    def repeated(at: int, times: int) -> Tensor:
        new = (*shape[:axis], max(times, 0), *shape[axis + 1 :])
        return rules.expand.apply(_slice(x, axis, at, at + 1), new)

    middle = _slice(x, axis, max(-before, 0), n - max(-after, 0))
    return _join([repeated(0, before), middle, repeated(n - 1, after)], axis)


def _circular(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    n = x._array.shape[axis]
    middle = _slice(x, axis, max(-before, 0), n - max(-after, 0))
    kept = middle._array.shape[axis]
    left = _slice(middle, axis, kept - max(before, 0), kept)
    return _join([left, middle, _slice(middle, axis, 0, max(after, 0))], axis)


_BORDERS = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}
_NAMES = ", ".join(map(repr, _BORDERS))
