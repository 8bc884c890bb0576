"""Switching the search for NaN and Inf on and off: ``detect_anomaly``, ``set_detect_anomaly``."""

from __future__ import annotations

from types import TracebackType

from ..grad_mode import (
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_check_nan,
    set_mode,
)


class set_detect_anomaly:
    """Switch the search for anomalies on or off: at once, and back at the end if used as ``with``.

    Parameters
    ----------
    mode : bool
        See `detect_anomaly`.
    check_nan : bool
        Whether to look for NaN and Inf.

    Examples
    --------
    >>> with mg.autograd.set_detect_anomaly(True):
    ...     mg.is_anomaly_enabled()
    True
    >>> mg.is_anomaly_enabled()
    False
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = (is_anomaly_enabled(), is_anomaly_check_nan_enabled())
        set_mode("anomaly", bool(mode))
        set_check_nan(bool(check_nan))

    def __enter__(self) -> None:
        """Nothing more to do."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        mode, check_nan = self._before
        set_mode("anomaly", mode)
        set_check_nan(check_nan)


class detect_anomaly:
    """Stop at the first operation, forward or backward, that makes a NaN or an Inf.

    The `AnomalyError` names the operation, the user's line, the module, the operands with their
    ranges, and what was computed around it; ``error.draw()`` is the picture of that.

    An operation *made* a NaN if its result has one and none of its operands has. It made an Inf if
    its result has one and no operand and no parameter has an Inf or a NaN: the ``-inf`` of a mask
    is no anomaly, nor what comes of it. In the backward pass the cotangents are judged likewise. A
    NaN that was in the data is reported by ``backward()``, with the line where it came in. What
    rules compute on their way is not judged, only the cotangents they give.

    What was saved for the backward pass is compared with itself then, so that a change through
    NumPy, past the Tensor (``t.numpy()[0] = 1``), is found too.

    The mode belongs to a thread. It keeps all intermediate arrays and looks at each, and at the
    stack: it is for finding a fault, not for training.

    Parameters
    ----------
    check_nan : bool
        Whether to look for NaN and Inf. Without, an error of the backward pass still tells the line
        of the operation whose derivative failed, and changes of what was saved are still found.

    Raises
    ------
    AnomalyError
        A RuntimeError, as PyTorch's; from within the operation, or from ``backward()``.

    Examples
    --------
    >>> x = mg.tensor([4.0, 0.0], requires_grad=True)
    >>> with mg.autograd.detect_anomaly():
    ...     x.sqrt().sum().backward()
    Traceback (most recent call last):
    microgradnn.autograd.anomaly_report.AnomalyError: the derivative of sqrt made an Inf: ...
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._modes: list[set_detect_anomaly] = []

    def __enter__(self) -> None:
        self._modes.append(set_detect_anomaly(True, self._check_nan))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._modes.pop().__exit__(kind, error, trace)
