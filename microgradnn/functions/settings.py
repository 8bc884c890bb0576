"""Switches that PyTorch programs set: what they mean here, said when it is not what was asked."""

from __future__ import annotations

import warnings
from typing import Any

from .. import _device
from .._methods import function


@function
def get_default_device() -> _device.device:
    """Where creating functions make Tensors: the CPU.

    Examples
    --------
    >>> mg.get_default_device()
    device(type='cpu')
    """
    return _device.CPU


@function
def set_default_device(device: Any) -> None:
    """Choose where creating functions make Tensors.

    Raises
    ------
    RuntimeError
        For any place but the CPU.
    """
    _device.check_device(device)


def _threads() -> Any:
    try:
        import threadpoolctl
    except ImportError:
        return None
    return threadpoolctl.ThreadpoolController()


@function
def get_num_threads() -> int:
    """How many threads NumPy's products of matrices may use.

    Known where the package ``threadpoolctl`` is installed; else the number of processors.

    Examples
    --------
    >>> mg.get_num_threads() >= 1
    True
    """
    import os

    controller = _threads()
    found = [lib["num_threads"] for lib in controller.info()] if controller else []
    return max(found) if found else os.cpu_count() or 1


@function
def set_num_threads(num: int) -> None:
    """Limit the threads of NumPy's products of matrices.

    Parameters
    ----------
    num : int

    Raises
    ------
    RuntimeError
        If it is not positive.

    Warns
    -----
    UserWarning
        Where the package ``threadpoolctl`` is not installed: the number is not changed.
    """
    if num < 1:
        raise RuntimeError(f"set_num_threads expects a positive integer, got {num}")
    controller = _threads()
    if controller is None:
        warnings.warn(
            "set_num_threads does nothing without the package threadpoolctl; install it, or set "
            "OPENBLAS_NUM_THREADS before Python starts",
            UserWarning,
            stacklevel=2,
        )
    else:
        controller.limit(limits=num)


@function
def get_num_interop_threads() -> int:
    """How many operations run at the same time: one.

    Examples
    --------
    >>> mg.get_num_interop_threads()
    1
    """
    return 1


@function
def set_num_interop_threads(num: int) -> None:
    """Accepted: operations run one after another whatever is set."""


_deterministic = [False]


@function
def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: every operation gives the same result every time whatever is set."""
    _deterministic[0] = bool(mode)


@function
def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told.

    Examples
    --------
    >>> mg.are_deterministic_algorithms_enabled()
    False
    """
    return _deterministic[0]


_precision = ["highest"]


@function
def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was last told.

    Examples
    --------
    >>> mg.get_float32_matmul_precision()
    'highest'
    """
    return _precision[0]


@function
def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products of float32 matrices are always computed in float32.

    Raises
    ------
    ValueError
        If it is none of "highest", "high" and "medium".
    """
    if precision not in ("highest", "high", "medium"):
        raise ValueError(f"precision is 'highest', 'high' or 'medium', got {precision!r}")
    _precision[0] = precision


@function
def set_flush_denormal(mode: bool) -> bool:
    """False: the processor's treatment of tiny numbers cannot be changed from Python."""
    return False


@function
def compile(
    model: Any = None, *, fullgraph: bool | None = None, dynamic: bool | None = None,
    backend: Any = "inductor", mode: str | None = None, options: Any = None, disable: bool = False,
) -> Any:  # fmt: skip
    """A faster version of a step: run once, traced twice, then replayed as plain NumPy.

    The step is any function in eager style: forward, ``backward()``, optimizers, schedules,
    clipping, dropout. The replay updates the same parameters, and leaves the same gradients. It
    makes no graph, looks at no shapes and makes next to no new arrays.

    Parameters
    ----------
    model : callable, optional
        A function, or a module. Without it, a decorator.
    fullgraph : bool, optional
        What to do with a step that cannot be replayed, because Python looks at the numbers in
        Tensors or changes things of its own: raise (True), or warn once and run it as it is
        (False). Default: True, but False for modules, and for PyTorch's programs (`as_torch`).
    dynamic, backend, mode : optional
        PyTorch's; no effect. Other shapes are traced anew.
    options : mapping, optional
        ``"reorder": False``: no sum is computed in another order, so that a replay gives the bits
        of an eager step. ``"most"``: how many traces there may be, 8 if not said.
    disable : bool
        Return the function as it is.

    Returns
    -------
    callable
        ``source()`` shows what is run, ``plan()`` the memory, ``traces`` how often it was traced.

    Raises
    ------
    RuntimeError
        When called, if it cannot be traced; the message names the line and the remedy. Parameters
        are as before then.

    Notes
    -----
    The first call of a step runs as it is, the next two are traced and compared. Tensors that a
    call returns are new ones; gradients lie in memory of the step: a ``p.grad`` that is kept stays
    what it was, but a ``p.grad.numpy()`` shows the next call's. A step belongs to one thread at a
    time. NumPy says nothing of overflows while it is replayed.

    Examples
    --------
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = mg.optim.SGD([w], lr=0.1)
    >>> @mg.compile
    ... def step(x):
    ...     optimizer.zero_grad()
    ...     loss = ((w * x) ** 2).sum()
    ...     loss.backward()
    ...     optimizer.step()
    ...     return loss
    >>> for _ in range(4):
    ...     loss = step(mg.tensor([1.0, 0.5]))
    >>> loss
    tensor(0.9972, grad_fn=<SumBackward0>)
    """
    if model is None:
        return lambda f: compile(
            f, fullgraph=fullgraph, dynamic=dynamic, backend=backend, mode=mode, options=options,
            disable=disable,
        )  # fmt: skip
    if disable:
        return model
    from ..compiler import compiled

    return compiled(model, fullgraph, dict(options or {}))
