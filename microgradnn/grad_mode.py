"""Whether operations are recorded: ``no_grad``, ``enable_grad``, ``set_grad_enabled``, ``record``.

The mode belongs to a thread. Operations ask for it only while some thread has a mode other than the
usual one (``busy.count``, ``busy.watching``), so that the usual case costs one attribute.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Modes(threading.local):
    grad = True
    record = False
    anomaly = False
    check_nan = True
    inference = False


class _Busy:
    """How many threads are in an unusual mode right now (a thread with two counts twice).

    Attributes
    ----------
    count : int
        In any unusual mode.
    watching : int
        In one that looks at each operation: `record`, ``detect_anomaly``.
    """

    __slots__ = ("count", "lock", "watching")

    def __init__(self) -> None:
        self.count = 0
        self.watching = 0
        self.lock = threading.Lock()


_modes = _Modes()
busy = _Busy()


def set_mode(name: str, value: bool) -> None:
    """Change a mode of this thread, and the counts of unusual ones with it."""
    grad, watching = _modes.grad, _modes.record + _modes.anomaly
    setattr(_modes, name, value)
    started = _modes.record + _modes.anomaly - watching
    change = grad - _modes.grad + started
    if change or started:
        with busy.lock:
            busy.count += change
            busy.watching += started


def is_grad_enabled() -> bool:
    """Whether operations are being recorded in this thread.

    Examples
    --------
    >>> with mg.no_grad():
    ...     mg.is_grad_enabled()
    False
    """
    return _modes.grad


def is_recording() -> bool:
    """Whether `record` is active in this thread."""
    return _modes.record


def is_watching() -> bool:
    """Whether operations of this thread are noted, by `record` or ``detect_anomaly``."""
    return _modes.record or _modes.anomaly


def is_anomaly_enabled() -> bool:
    """Whether ``autograd.detect_anomaly`` is active in this thread.

    Examples
    --------
    >>> with mg.autograd.detect_anomaly():
    ...     mg.is_anomaly_enabled()
    True
    """
    return _modes.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether ``autograd.detect_anomaly`` is to look for NaN and Inf."""
    return _modes.check_nan


def set_check_nan(value: bool) -> None:
    """Set what `is_anomaly_check_nan_enabled` says, for this thread."""
    _modes.check_nan = value


def _under(mode: Callable[[], Any], f: F) -> F:
    """A function, a generator function or a class's constructor that runs in a mode."""
    if inspect.isgeneratorfunction(f):

        @functools.wraps(f)
        def generated(*args: Any, **kwargs: Any) -> Any:
            # The mode holds while the generator runs, not while its reader does something else.
            generator = f(*args, **kwargs)
            try:
                with mode():
                    item = next(generator)
                while True:
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:
                        with mode():
                            item = generator.throw(error)
                    else:
                        with mode():
                            item = generator.send(sent)
            except StopIteration as stop:
                return stop.value
            finally:
                with mode():
                    generator.close()

        return generated  # type: ignore[return-value]

    @functools.wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with mode():
            return f(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


class _Mode:
    """A context manager and decorator that sets one mode of this thread for a while."""

    _name = "grad"
    _value = False

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> _Mode:
        self._before.append(getattr(_modes, self._name))
        set_mode(self._name, self._value)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        set_mode(self._name, self._before.pop())

    def __call__(self, f: F) -> F:
        return _under(type(self), f)

    def __new__(cls, f: Any = None) -> Any:
        mode = super().__new__(cls)
        if f is None or not callable(f):
            return mode
        mode.__init__()  # type: ignore[misc]  # ``@no_grad`` without brackets
        return mode(f)


class no_grad(_Mode):
    """Do not record operations: for evaluation and for updating parameters.

    Works as ``with no_grad():``, ``@no_grad()`` and ``@no_grad``; for this thread only.

    Examples
    --------
    >>> w = mg.tensor(3.0, requires_grad=True)
    >>> with mg.no_grad():
    ...     (w * 2).requires_grad
    False
    """


class enable_grad(_Mode):
    """Record operations, also inside ``no_grad``.

    Examples
    --------
    >>> w = mg.tensor(3.0, requires_grad=True)
    >>> with mg.no_grad(), mg.enable_grad():
    ...     (w * 2).requires_grad
    True
    """

    _value = True


class record(_Mode):
    """Keep on each node what pictures and derivations show: values, operands, the user's line.

    Costs memory (every intermediate array) and time (a look at the stack per operation).

    Examples
    --------
    >>> w = mg.tensor([3.0], requires_grad=True)
    >>> with mg.record():
    ...     loss = (w * 2).sum()
    >>> loss.grad_fn.notes.value
    array(6., dtype=float32)
    """

    _name = "record"
    _value = True


class set_grad_enabled(_Mode):
    """Switch recording on or off: at once, and back at the end if used as ``with``.

    Parameters
    ----------
    mode : bool

    Examples
    --------
    >>> with mg.set_grad_enabled(False):
    ...     mg.is_grad_enabled()
    False
    """

    def __new__(cls, mode: bool) -> set_grad_enabled:
        """Unlike the other modes, it takes no function."""
        self: set_grad_enabled = object.__new__(cls)
        return self

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self._value = bool(mode)
        self._before.append(_modes.grad)
        set_mode("grad", self._value)

    def __enter__(self) -> set_grad_enabled:
        if not self._before:  # used a second time
            super().__enter__()
        return self

    def __call__(self, f: F) -> F:
        """As a decorator it switches for the calls of ``f``, not at once."""
        set_mode("grad", self._before.pop())
        return _under(functools.partial(set_grad_enabled, self._value), f)


class inference_mode(_Mode):
    """``no_grad`` under the name that PyTorch recommends for evaluation.

    Tensors made in it may be used in a graph later, which PyTorch refuses.

    Parameters
    ----------
    mode : bool
        False records operations, as ``enable_grad`` does.

    Examples
    --------
    >>> w = mg.tensor(3.0, requires_grad=True)
    >>> with mg.inference_mode():
    ...     (w * 2).requires_grad
    False
    """

    def __new__(cls, mode: Any = True) -> Any:
        """A function in the place of ``mode`` is decorated: ``@inference_mode``."""
        return super().__new__(cls, None if isinstance(mode, bool) else mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self._value = not mode

    def __enter__(self) -> inference_mode:
        self._outer = _modes.inference
        _modes.inference = not self._value
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        _modes.inference = self._outer

    def __call__(self, f: F) -> F:
        """As a decorator."""
        return _under(functools.partial(inference_mode, not self._value), f)


def is_inference_mode_enabled() -> bool:
    """Whether this thread is in ``inference_mode``.

    Examples
    --------
    >>> with mg.no_grad():
    ...     mg.is_inference_mode_enabled()
    False
    """
    return _modes.inference
