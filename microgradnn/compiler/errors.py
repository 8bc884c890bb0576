"""What is said when a step cannot be traced: the user's line, and what to write instead."""

from __future__ import annotations

import linecache
import os
import sys
from types import FrameType

import numpy as np

_LIBRARIES = (
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep,
    os.path.dirname(np.__file__) + os.sep,
    "<string>",
)


def users_line() -> str:
    """``file:line: source`` of the innermost caller outside this package and NumPy, or nothing."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_LIBRARIES):
            return f"{name}:{frame.f_lineno}: {linecache.getline(name, frame.f_lineno).strip()}"
        frame = frame.f_back
    return ""


class Untraceable(RuntimeError):
    """Something in a compiled step depends on numbers that only a call knows.

    Raised while a step is traced. Inside a primitive it only makes the tracer take the primitive
    as a whole.

    Attributes
    ----------
    is_final : bool
        Whether that would be of no use.
    """

    def __init__(self, message: str, is_final: bool = True) -> None:
        line = users_line()
        super().__init__(f"{message}\n  at {line}" if line else message)
        self.is_final = is_final


class Changed(Exception):
    """In a replay something was found that its trace did not see: nothing was changed yet."""


NUMBER = (
    "a compiled step is run once with real numbers and then replayed, so Python may not look at "
    "the number in a Tensor: {what} does. Return the Tensor from the step and look at it outside; "
    "choose between values with microgradnn.where. With compile(..., fullgraph=False) such a step "
    "runs uncompiled."
)

MASK = (
    "picking elements by a mask gives as many elements as there are True, which changes from call "
    "to call: a compiled step has fixed shapes. Write microgradnn.where(mask, x, 0), or x * mask."
)

PLAIN = (
    "the result of a compiled step's operation would be written into a plain NumPy array, or read "
    "from one by {what}: a replay could not repeat it. Make the array a Tensor outside of the step."
)


def reshaped(name: str) -> RuntimeError:
    """The error for a kernel whose result has another shape than in the trace."""
    return RuntimeError(
        f"{name} has given another shape than when the step was traced: its shape depends on "
        "numbers, and a compiled step has fixed shapes"
    )
