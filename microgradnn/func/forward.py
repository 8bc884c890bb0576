"""Forward mode as functions of functions: `jvp` and `linearize`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._tensor import Tensor
from ..value import Value
from .batching import zeros
from .pulling import push
from .pytrees import unflatten
from .reverse import Linearised, cotangents_for, linearise_at
from .tracing import hand_back, likeness, node_of


def pushed(at: Linearised, tangents: Sequence[Any], plain: Any) -> Any:
    """The tangents of a function's outputs for one tangent per lifted leaf."""
    graph = at.watched or any(node_of(t) is not None for t in tangents)
    seeds = {
        node: t if graph or isinstance(t, Value) else t._array
        for node, t in zip(at.inputs, tangents, strict=True)
    }
    found = push(map(node_of, at.outputs), seeds, graph)
    results = []
    for y in at.outputs:
        t = found.get(node_of(y))
        if isinstance(y, Value):
            results.append(Value(0.0) if t is None else t)
            continue
        if t is None:
            t = zeros(y._array.shape, y._array.dtype)
        t = t if isinstance(t, Tensor) else Tensor._wrap(t.copy())
        results.append(hand_back(t, plain))
    return unflatten(at.structure, results)


def jvp(
    func: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *,
    has_aux: bool = False, strict: bool = False,
) -> Any:  # fmt: skip
    """A function's value and its derivative in one direction: ``J v``, by forward mode.

    The function runs once; the tangents then follow its graph from the inputs to the outputs, by
    the same rules that reverse mode reads.

    Parameters
    ----------
    func : callable
    primals : sequence
        The arguments, as for `vjp`.
    tangents : sequence
        One for each, nested and shaped alike.
    has_aux : bool
        Whether ``func`` returns ``(output, aux)``.
    strict : bool
        Raise if an output does not depend on the primals, instead of a zero tangent.

    Returns
    -------
    output, tangent
        And ``aux``, with ``has_aux``.

    Raises
    ------
    TypeError, ValueError
        For primals that are not floating point, tangents that do not fit.
    RuntimeError
        If ``strict`` and an output is constant.

    Examples
    --------
    >>> mg.func.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    primals, tangents = _sequence(primals, "primals"), _sequence(tangents, "tangents")
    if len(primals) != len(tangents):
        raise ValueError(f"jvp: {len(primals)} primals and {len(tangents)} tangents: one for each")
    at = linearise_at(func, primals, {}, range(len(primals)), has_aux, "jvp")
    if strict and any(node_of(y) is None for y in at.outputs):
        raise RuntimeError("jvp: an output does not depend on the primals, and strict=True")
    plain = likeness(*primals)
    directions = _directions(at, tangents)
    output, tangent = at.output(plain), pushed(at, directions, plain)
    return (output, tangent, at.aux_outside()) if has_aux else (output, tangent)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """A function's value, and the linear function ``v -> J v`` at that point.

    The function runs once; each call of the linear function only follows its graph.

    Parameters
    ----------
    func : callable
    *primals
        As for `vjp`.

    Returns
    -------
    output
    jvp_fn : callable
        Takes one tangent per primal, returns the tangent of the output.

    Examples
    --------
    >>> y, push = mg.func.linearize(np.sin, 0.0)
    >>> y, push(2.0), push(3.0)
    (0.0, 2.0, 3.0)
    """
    at = linearise_at(func, primals, {}, range(len(primals)), False, "linearize")
    plain = likeness(*primals)

    def jvp_fn(*tangents: Any) -> Any:
        if len(tangents) != len(primals):
            raise ValueError(f"{len(primals)} primals and {len(tangents)} tangents: one for each")
        return pushed(at, _directions(at, tangents), plain)

    return at.output(plain), jvp_fn


def _directions(at: Linearised, tangents: Sequence[Any]) -> list[Any]:
    return [
        t
        for part, given in zip(at.lifted, tangents, strict=True)
        for t in cotangents_for(part.leaves, part.structure, given, "the tangents")
    ]


def _sequence(x: Any, what: str) -> Sequence[Any]:
    if not isinstance(x, tuple | list):
        raise TypeError(f"jvp: {what} are a tuple with one for each argument, got {x!r:.60}")
    return x
