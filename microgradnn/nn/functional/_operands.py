"""What functions say when an operand is no Tensor: looked at only after something has failed."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor


def explain(name: str, error: Exception, **operands: Any) -> Exception:
    """A TypeError that names the operands that are no Tensors; the error itself if all are.

    Parameters
    ----------
    name : str
        The function that failed.
    error : Exception
    **operands
        What must be a Tensor or None.
    """
    wrong = [
        f"{operand} is a {type(value).__name__}"
        for operand, value in operands.items()
        if value is not None and not isinstance(value, Tensor)
    ]
    if not wrong:
        return error
    return TypeError(
        f"{name} takes Tensors: {', '.join(wrong)}; make one with microgradnn.tensor()"
    )


def check(name: str, **operands: Any) -> None:
    """Raise TypeError if an operand is neither a Tensor nor None."""
    for value in operands.values():
        if value is not None and not isinstance(value, Tensor):
            raise explain(name, TypeError(), **operands)


def pair(value: Any, name: str) -> tuple[int, int]:
    """One integer, or two: for the height and the width.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(value, int):
        return value, value
    sizes = tuple(value) if isinstance(value, list | tuple) else ()
    if len(sizes) == 1:
        sizes *= 2
    if len(sizes) != 2 or not all(isinstance(n, int) for n in sizes):
        raise TypeError(f"{name} is an integer or a pair of them, got {value!r}")
    return sizes
