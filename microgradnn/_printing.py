"""How a Tensor prints: PyTorch's ``tensor(...)``, and ``set_printoptions``.

Three decisions make the text: which elements are shown at all (`_edges`), in which notation all of
them are written (`_choose_notation`), and how many fit into a line (`_brackets`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ._promotion import default_float

if TYPE_CHECKING:
    from ._tensor import Tensor


@dataclass(frozen=True)
class _Options:
    """What `set_printoptions` sets; a profile is one of these."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": _Options(),
    "short": _Options(precision=2, edgeitems=2),
    "full": _Options(threshold=math.inf),
}

_options: list[_Options] = [_PROFILES["default"]]
"""The options in force, in a list so that readers see it change."""


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how Tensors print. What is not given stays as it is, except ``sci_mode``.

    Parameters
    ----------
    precision : int, optional
        Digits after the point (4).
    threshold : int, optional
        Tensors of more elements than this show only the first and the last ones (1000).
    edgeitems : int, optional
        How many first and last ones, along each dimension (3).
    linewidth : int, optional
        Characters in a line (80).
    profile : {"default", "short", "full"}, optional
        Values for all four, which the other arguments then change. *short* has 2 digits and 2 edge
        items, *full* shows every element.
    sci_mode : bool, optional
        Whether to write 1.0000e+00. By default, and again after each call without it, the
        magnitudes decide.

    Raises
    ------
    ValueError
        If the profile is unknown or a number is negative. Nothing is changed then.

    Examples
    --------
    >>> x = mg.tensor([1 / 3, 1e5])
    >>> x
    tensor([3.3333e-01, 1.0000e+05])
    >>> mg.set_printoptions(precision=2, sci_mode=False)
    >>> x
    tensor([     0.33, 100000.00])
    >>> mg.set_printoptions(profile="default")
    """
    if profile is not None and profile not in _PROFILES:
        raise ValueError(f"profile {profile!r} is unknown: there are {', '.join(_PROFILES)}")
    numbers = {
        "precision": precision, "threshold": threshold, "edgeitems": edgeitems,
        "linewidth": linewidth,
    }  # fmt: skip
    given: dict[str, Any] = {name: n for name, n in numbers.items() if n is not None}
    for name, n in given.items():
        whole = isinstance(n, int) and not isinstance(n, bool)
        if not (whole or (name == "threshold" and n == math.inf)) or n < 0:
            raise ValueError(f"{name} must be an integer that is not negative, got {n!r}")
    before = _options[0] if profile is None else _PROFILES[profile]
    _options[0] = replace(before, sci_mode=sci_mode, **given)


def format_tensor(t: Tensor) -> str:
    """PyTorch's text for a Tensor: ``tensor([1., 2.], requires_grad=True)``.

    A subclass prints under its own name, but a Parameter as a Tensor (below the heading it adds).
    """
    options = _options[0]
    kind = type(t).__name__
    name = "tensor" if kind in ("Tensor", "Parameter") else kind
    indent = len(name) + 1
    array = t._array
    text = f"{name}({_format_array(array, indent, options) if array.size else '[]'}"
    # PyTorch leaves two columns free after the numbers, none after a remark.
    column = len(text) - text.rfind("\n") + 1
    for remark in _remarks(t, options):
        if column + 2 + len(remark) > options.linewidth:
            text += ",\n" + " " * indent + remark
            column = indent + len(remark)
        else:
            text += ", " + remark
            column += 2 + len(remark)
    return text + ")"


def _remarks(t: Tensor, options: _Options) -> list[str]:
    """What follows the numbers: only what they don't tell."""
    array, usual = t._array, default_float[0]
    told = [usual] if not array.size else [usual, np.dtype(np.int64), np.dtype(np.bool_)]
    remarks = []
    hidden = not options.edgeitems if array.size else array.ndim != 1
    if hidden:
        remarks.append(f"size={tuple(array.shape)}")
    if array.dtype not in told:
        remarks.append(f"dtype={t.dtype!r}")
    if t.grad_fn is not None:
        remarks.append(f"grad_fn=<{t.grad_fn.name()}>")
    elif t.requires_grad:
        remarks.append("requires_grad=True")
    return remarks


def _format_array(array: Any, indent: int, options: _Options) -> str:
    shorten = array.size > options.threshold
    write, width = _choose_notation(_edges(array, options) if shorten else array, options)
    return _brackets(array, indent, write, width, shorten, options)


def _edges(array: Any, options: _Options) -> Any:
    """The elements that are shown of a large array."""
    n = options.edgeitems
    for axis, size in enumerate(array.shape):
        if size > 2 * n:
            array = np.take(array, [*range(n), *range(size - n, size)], axis)
    return array


def _choose_notation(shown: Any, options: _Options) -> tuple[Callable[[Any], str], int]:
    """How to write each of the elements shown, and the width of the widest.

    All have one notation: integers as they are; floats that are all whole as ``1.``; others with
    a fixed number of digits; floats of very different, large or small magnitudes with an exponent.
    """
    if shown.dtype.kind != "f":
        return str, max((len(str(x)) for x in shown.ravel().tolist()), default=1)

    digits = options.precision
    numbers = shown[np.isfinite(shown) & (shown != 0)].astype(np.float64)
    whole = bool((numbers == np.ceil(numbers)).all())
    exponent = False
    if numbers.size:
        magnitudes = np.abs(numbers)
        low, high = float(magnitudes.min()), float(magnitudes.max())
        exponent = high / low > 1000 or high > 1e8 or low < 1e-4
        if options.sci_mode is not None:
            exponent = options.sci_mode

    def write(x: float) -> str:
        if exponent:
            return f"{x:.{digits}e}"
        if whole:
            return f"{x:.0f}." if math.isfinite(x) else str(x)
        return f"{x:.{digits}f}"

    # Zeros, infinities and NaN take part in no decision, not even that of the width.
    return write, max((len(write(x)) for x in numbers.tolist()), default=1)


def _brackets(
    array: Any,
    indent: int,
    write: Callable[[Any], str],
    width: int,
    shorten: bool,
    options: _Options,
) -> str:
    """Nested brackets, rows filled up to the line width, one blank line more for each dimension."""
    if not array.ndim:
        return write(array.item()).rjust(width)
    n = options.edgeitems
    gap = shorten and len(array) > 2 * n
    if array.ndim > 1:
        parts = [
            _brackets(part, indent + 1, write, width, shorten, options)
            for part in ([*array[:n], *array[len(array) - n :]] if gap else array)
        ]
        if gap:
            parts.insert(n, "...")
        between: str = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
        return "[" + between.join(parts) + "]"

    items = array.tolist()
    words = [
        write(x).rjust(width) for x in ([*items[:n], *items[len(items) - n :]] if gap else items)
    ]
    if gap:
        words.insert(n, " ..." if n else "...")
    per_line = max(1, (options.linewidth - indent) // (width + 2))
    lines = [", ".join(words[k : k + per_line]) for k in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
