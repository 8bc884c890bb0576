"""``gradcheck`` and ``gradgradcheck``: what ``backward()`` says against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..value import Value
from .comparison import Tolerance, compare
from .functions import CheckedFunction, gradient_function, random_cotangent
from .verdicts import GradcheckError, Mismatch, unrecorded


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
) -> bool:
    """Compare the gradients of a function with central differences.

    For each element ``x`` of each input and each element ``y`` of each output, the derivative that
    ``backward()`` gives must be within ``atol + rtol * |d|`` of ``d = (y(x + eps) - y(x - eps)) /
    (2 eps)``.

    Parameters
    ----------
    func : callable
        Takes the inputs, returns a Tensor or Value, or several. It must use its arguments, not
        variables around it, and give the same result each time.
    inputs : Tensor, Value, or sequence
        Arguments of ``func``. Checked are the gradients by all Values and by all Tensors that
        require grad, which must be float64. Other arguments are passed on as they are.
    eps : float
        The step of the differences.
    atol, rtol : float
        Absolute and relative tolerance.
    raise_exception : bool
        Raise for a wrong gradient; otherwise return False. All other errors are raised in any case:
        a question that can't be answered is no False.
    nondet_tol : float
        By how much two calls with the same inputs may differ.

    Returns
    -------
    bool
        True if all gradients are right.

    Raises
    ------
    GradcheckError
        For a wrong gradient: the message names input, element, output and both numbers. For a
        function that gives two results for the same inputs, that changes its inputs, or whose
        outputs do not depend on an input.
    NotSmoothError
        At a kink, a jump or the edge of the domain, where there is nothing to compare with. (It is
        a GradcheckError too.)
    ValueError
        If no input requires grad.
    TypeError
        If an input that requires grad, or an output, is not float64.

    Examples
    --------
    >>> x = mg.tensor([0.5, 2.0], dtype=mg.float64, requires_grad=True)
    >>> mg.testing.gradcheck(lambda x: (x * x).sum(), x)
    True
    >>> mg.testing.gradcheck(mg.relu, mg.zeros(1, dtype=mg.float64, requires_grad=True))
    Traceback (most recent call last):
    ...
    microgradnn.testing.verdicts.NotSmoothError: gradcheck: no verdict on d output[0] / ...
    """
    function = CheckedFunction("gradcheck", func, inputs)
    tolerance = Tolerance(eps, atol, rtol, nondet_tol)
    return _verdict("gradcheck", compare(function, tolerance), tolerance, raise_exception)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
) -> bool:
    """Compare the second derivatives of a function with central differences of the first ones.

    The function checked is ``(inputs, grad_outputs) -> gradients``, computed with
    ``create_graph=True``, by the inputs and by the cotangents.

    Parameters
    ----------
    func, inputs, eps, atol, rtol, raise_exception, nondet_tol
        As for `gradcheck`.
    grad_outputs : Tensor, Value, or sequence, optional
        The cotangents of the outputs. Default: random ones, the same each time.

    Returns
    -------
    bool
        True if all second derivatives are right.

    Raises
    ------
    GradcheckError, NotSmoothError, ValueError, TypeError
        As for `gradcheck`; also if the gradients can't be differentiated.

    Examples
    --------
    >>> x = mg.tensor([0.5, 2.0], dtype=mg.float64, requires_grad=True)
    >>> mg.testing.gradgradcheck(lambda x: x.exp() / x, x)
    True
    """
    first = CheckedFunction("gradgradcheck", func, inputs)
    outputs = first.call()
    floats = [k for k in first.floats(outputs) if first.is_recorded(outputs[k])]
    if not floats:
        raise unrecorded("gradgradcheck", "the outputs", first.differentiated_names())
    cotangents = _cotangents([outputs[k] for k in floats], grad_outputs)
    names = [*first.names, *(f"grad_outputs[{k}]" for k in range(len(floats)))]
    second = CheckedFunction(
        "gradgradcheck", gradient_function(first, floats), (*first.inputs, *cotangents), names
    )
    titles = [f"gradient by {first.name(k)}" for k in first.dependent(outputs, floats)]
    tolerance = Tolerance(eps, atol, rtol, nondet_tol)
    mismatch = compare(second, tolerance, titles)
    return _verdict("gradgradcheck", mismatch, tolerance, raise_exception)


def _cotangents(outputs: list[Any], given: Any) -> list[Any]:
    if given is None:
        rng = np.random.default_rng(0)
        return [random_cotangent(output, rng) for output in outputs]
    cotangents = [given] if isinstance(given, Tensor | Value) else list(given)
    if len(cotangents) != len(outputs):
        raise ValueError(
            f"gradgradcheck: {len(outputs)} differentiable outputs and {len(cotangents)} "
            "grad_outputs: one for each"
        )
    return cotangents


def _verdict(
    check: str, mismatch: Mismatch | None, tolerance: Tolerance, raise_exception: bool
) -> bool:
    if mismatch is None:
        return True
    if raise_exception:
        raise GradcheckError(mismatch.report(check, tolerance.atol, tolerance.rtol))
    return False
