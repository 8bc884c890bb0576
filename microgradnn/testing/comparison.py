"""The Jacobian that ``backward()`` gives, beside the one of central differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .differences import slopes
from .functions import CheckedFunction
from .verdicts import Doubt, GradcheckError, Mismatch, unrecorded


class Tolerance(NamedTuple):
    """The step of the differences, and how far numbers may be apart."""

    eps: float
    atol: float
    rtol: float
    nondet: float


def compare(
    function: CheckedFunction, tolerance: Tolerance, titles: Sequence[str] = ()
) -> Mismatch | None:
    """The worst element of the Jacobian, None if all agree.

    Parameters
    ----------
    function : CheckedFunction
    tolerance : Tolerance
    titles : sequence of str, optional
        What messages call the outputs. They are gradients then, which need not depend on an input.

    Raises
    ------
    GradcheckError, NotSmoothError
        If there can be no verdict.
    """
    with np.errstate(all="ignore"):
        return _compare(function, tolerance, titles)


def _compare(
    function: CheckedFunction, tolerance: Tolerance, titles: Sequence[str]
) -> Mismatch | None:
    check = function.check
    gradients = bool(titles)
    outputs = function.call()
    floats = function.floats(outputs)
    if not any(function.is_recorded(outputs[k]) for k in floats):
        what = "the gradients" if gradients else "the outputs"
        raise unrecorded(check, what, function.differentiated_names())
    _refuse_randomness(function, outputs, floats, tolerance.nondet)
    function.refuse_mutation()
    titles = titles or (["output"] if len(outputs) == 1 else [f"output {k}" for k in floats])
    here = function.evaluate(function.arrays)
    for title, value in zip(titles, here, strict=True):
        if not np.isfinite(value).all():
            raise GradcheckError(f"{check}: {title} is not finite at the inputs: {value}")
    # Differences first: at a kink or an edge, what backward() returns or raises is no matter.
    by_differences = [
        _jacobian_by_differences(function, here, k, titles, tolerance)
        for k in range(len(function.wrt))
    ]
    by_backward = [
        _jacobian_by_backward(function, outputs[k], title)
        for k, title in zip(floats, titles, strict=True)
    ]
    worst = []
    for k, (slopes_of_k, doubts) in enumerate(by_differences):
        columns = [row[k] for row in by_backward]
        unconnected = all(c is None for c in columns)
        if unconnected and not gradients and not any(d.any() for d in slopes_of_k):
            raise GradcheckError(
                f"{check}: the outputs do not depend on {function.name(k)}, so there is nothing to "
                "check; leave requires_grad off if that is meant"
            )
        worst += [
            _worst(function, k, title, value.shape, a, d, doubt, tolerance)
            for title, value, a, d, doubt in zip(
                titles, here, columns, slopes_of_k, doubts, strict=True
            )
        ]
    return max((m for m in worst if m is not None), key=Mismatch.badness, default=None)


def _refuse_randomness(
    function: CheckedFunction, first: list[Any], floats: list[int], nondet_tol: float
) -> None:
    """Raise if a second call with the same inputs gives other outputs."""
    second = function.call()
    if len(first) != len(second):
        raise GradcheckError(
            f"{function.check}: the function returned {len(first)} outputs, then {len(second)}"
        )
    for k in floats:
        a, b = function.numbers(first[k]), function.numbers(second[k])
        if a.shape != b.shape or not np.allclose(a, b, rtol=0.0, atol=nondet_tol, equal_nan=True):
            apart = f"{np.abs(a - b).max():.6g} apart" if a.shape == b.shape else "other shapes"
            raise GradcheckError(
                f"{function.check}: two calls with the same inputs give different results (output "
                f"{k}: {apart}; allowed: nondet_tol={nondet_tol:g}). Randomness in the function, "
                "dropout for example, must be seeded or switched off."
            )


def _jacobian_by_backward(function: CheckedFunction, output: Any, title: str) -> list[Any]:
    """Per input: an array (elements of the output, *shape of the input), None if independent."""
    value = function.numbers(output)
    rows: list[list[Any]] = [[] for _ in function.wrt]
    for element in np.ndindex(value.shape):
        seed = np.zeros(value.shape)
        seed[element] = 1.0
        for row, g in zip(rows, function.pull(output, seed), strict=True):
            row.append(None if g is None else np.array(g))
    # A rule that is not linear in g would pass the unit cotangents above.
    weights = np.random.default_rng(1).standard_normal(value.shape)
    combined = function.pull(output, weights)
    jacobian: list[Any] = []
    for k, (row, total) in enumerate(zip(rows, combined, strict=True)):
        if total is None:
            jacobian.append(None)
            continue
        shape = function.arrays[k].shape
        stacked = np.array([np.zeros(shape) if g is None else g for g in row])
        stacked = stacked.reshape(value.size, *shape)
        expected = np.tensordot(weights.reshape(-1), stacked, 1)
        finite = np.isfinite(stacked).all()
        if finite and not np.allclose(total, expected, rtol=1e-7, atol=1e-9):
            raise GradcheckError(
                f"{function.check}: the backward pass of {title} by {function.name(k)} is not "
                "linear in the cotangent: a weighted sum of outputs does not get the weighted sum "
                f"of their gradients (they are {np.abs(total - expected).max():.6g} apart)"
            )
        jacobian.append(stacked)
    return jacobian


def _jacobian_by_differences(
    function: CheckedFunction,
    here: list[Any],
    k: int,
    titles: Sequence[str],
    tolerance: Tolerance,
) -> tuple[list[Any], list[Any]]:
    """Per output: the derivatives by input ``k``, and how far each is in doubt."""
    array, name = function.arrays[k], function.name(k)
    jacobian = [np.zeros((value.size, *array.shape)) for value in here]
    doubts = [np.zeros(d.shape) for d in jacobian]
    for element in np.ndindex(array.shape):
        found = slopes(
            function.evaluate,
            function.arrays,
            here,
            k,
            element,
            eps=tolerance.eps,
            atol=tolerance.atol,
            rtol=tolerance.rtol,
            where=(function.check, name),
        )
        for title, value, s, d, doubt in zip(titles, here, found, jacobian, doubts, strict=True):
            if s.kinked.any():
                place = int(s.kinked.argmax())
                raise Doubt(
                    function.check, title, _unravel(place, value.shape), name, element,
                    float(array[element]), s.central.flat[place],
                ).kink(s.gap.flat[place])  # fmt: skip
            d[(slice(None), *element)] = s.central.reshape(-1)
            doubt[(slice(None), *element)] = s.doubt.reshape(-1)
    return jacobian, doubts


def _worst(
    function: CheckedFunction,
    k: int,
    title: str,
    shape: tuple[int, ...],
    by_backward: Any,
    by_differences: Any,
    doubt: Any,
    tolerance: Tolerance,
) -> Mismatch | None:
    """The worst element of one output's Jacobian by one input.

    Raises
    ------
    NotSmoothError
        If an element is wrong by less than the differences can tell.
    """
    d = by_differences
    a = np.zeros(d.shape) if by_backward is None else by_backward
    wrong = ~(np.abs(a - d) <= tolerance.atol + tolerance.rtol * np.abs(d))
    if not wrong.any():
        return None
    name = function.name(k)
    hidden = wrong & (np.abs(a - d) <= doubt)
    if hidden.any():
        row, *rest = place = _unravel(int(hidden.argmax()), d.shape)
        element = tuple(rest)
        x = float(function.arrays[k][element])
        y_element = _unravel(row, shape)
        raise Doubt(function.check, title, y_element, name, element, x, d[place]).roughness(
            a[place], tolerance.eps, doubt[place]
        )
    distance = np.where(wrong, np.nan_to_num(np.abs(a - d), nan=np.inf), -1.0)
    place = _unravel(int(distance.argmax()), d.shape)
    return Mismatch(
        input=name,
        element=place[1:],
        output=title,
        output_element=_unravel(place[0], shape),
        by_backward=float(a[place]),
        by_differences=float(d[place]),
        wrong=int(wrong.sum()),
        of=int(d.size),
        hint=_hint(a, d, wrong, by_backward is None, name),
    )


def _hint(a: Any, d: Any, wrong: Any, unconnected: bool, name: str) -> str:
    """What kind of mistake it looks like; empty if like none."""
    if unconnected:
        return (
            f"No recorded operation leads from {name} to it: look for detach(), .data, no_grad() "
            "or NumPy in the function."
        )
    if not d.any():
        return (
            f"It does not change with the argument {name}: does the function use a variable around "
            "it instead of its argument?"
        )
    if d[wrong].all():
        factors = a[wrong] / d[wrong]
        if np.ptp(factors) <= 1e-3 * np.abs(factors).max():
            return f"Each wrong element is {factors.mean():.4g} times what it should be."
    return ""


def _unravel(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(n) for n in np.unravel_index(flat, shape)) if shape else ()
