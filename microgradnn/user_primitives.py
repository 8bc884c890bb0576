"""`primitive`: operations of the user's own, at home wherever those of the table are."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ._primitive import Kind, Primitive, Promotion, Sample, _what_rules_need


class PrimitiveError(ValueError):
    """A primitive whose parts contradict each other: its rule is not its derivative, and so on."""


def primitive(
    forward: Callable[..., Any] | None = None,
    *,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    rule: Callable[..., Any] | None = None,
    mathematics: str = "",
    samples: Sequence[Any] = (),
    kind: Kind = None,
    promotes: Promotion = "common float",
    symbol: str = "",
    scalar: Callable[..., float] | None = None,
    name: str = "",
    check: bool | None = None,
) -> Any:
    """Make a function on arrays a differentiable operation, by giving its derivative.

    It is then an operation like any other: on Tensors, on Values (if it is elementwise), in
    transforms of functions, in pictures and derivations.

    Parameters
    ----------
    forward : callable
        The operation on NumPy arrays. Its positional parameters are its inputs, those after ``*``
        are parameters that are not differentiated by.
    rules : mapping of input name to callable
        The vector-Jacobian products. What a rule's parameters are called says what it gets: ``g``
        the cotangent of the result, ``ans`` the result, an input or a parameter by its name,
        ``x_shape`` the shape of input ``x``. Written in operators, in NumPy's functions and in
        primitives, it has derivatives of its own. An input without a rule is a constant.
    rule : callable
        The rule of an operation with one input.
    mathematics : str
        The operation as an expression in inputs and parameters, for derivations.
    samples : sequence
        Inputs to check it on: arrays or numbers, tuples of them for several inputs, or pairs
        ``(inputs, parameters)`` with a dict of parameters.
    kind : {"elementwise", "linear", "multilinear", None}
        How forward mode may follow (None is always right).
    promotes : {"common float", "float", "common", "same", None}
        Which dtypes inputs get: by default integers become floats, and all inputs of one dtype.
    symbol : str
        What pictures show; the name by default.
    scalar : callable, optional
        The same on Python floats. Elementwise operations have it from ``forward``.
    name : str
        That of ``forward`` by default.
    check : bool, optional
        Whether to check rules (first and second order), kind and mathematics on the samples now.
        By default that is done unless Python runs with ``-O``.

    Returns
    -------
    Primitive
        Call it with Tensors, Values, arrays or numbers.

    Raises
    ------
    PrimitiveError
        If the checks find a contradiction; it says which rule, where, and both numbers.
    ValueError
        If a rule asks for what the operation does not have.

    Examples
    --------
    >>> @mg.primitive(rule=lambda g, x: g * (3.0 * x * x), mathematics="x ** 3",
    ...               kind="elementwise", samples=[np.array([0.5, -2.0])])
    ... def cube(x):
    ...     return x * x * x
    >>> x = mg.tensor(2.0, requires_grad=True)
    >>> cube(x).backward()
    >>> x.grad
    tensor(12.)
    >>> mg.func.grad(mg.func.grad(cube))(2.0)
    12.0
    """
    if forward is None:

        def decorate(function: Callable[..., Any]) -> Primitive:
            made: Primitive = primitive(
                function, rules=rules, rule=rule, mathematics=mathematics, samples=samples,
                kind=kind, promotes=promotes, symbol=symbol, scalar=scalar, name=name, check=check,
            )  # fmt: skip
            return made

        return decorate
    inputs, params = _parameters(forward)
    if (rules is None) == (rule is None):
        raise TypeError("primitive: give rules={'x': ...}, or rule=... for one input")
    if rule is not None:
        if len(inputs) != 1:
            raise TypeError(f"primitive: rule= is for one input, there are {list(inputs)}; rules=")
        rules = {inputs[0]: rule}
    assert rules is not None
    if "n" in params:
        raise ValueError("primitive: a parameter must not be called 'n'")
    made = Primitive(
        name=name or forward.__name__,
        inputs=inputs,
        forward=_by_position(forward, len(inputs), tuple(params)),
        rules=dict(rules),
        mathematics=mathematics or f"{name or forward.__name__}({', '.join((*inputs, *params))})",
        samples=lambda: [_sample(s) for s in samples],
        params=tuple(params.items()),
        kind=kind,
        promotes=promotes if len(inputs) == 2 else "float" if promotes else None,
        symbol=symbol,
        scalar=scalar or (_on_floats(forward) if kind == "elementwise" else None),
        doc=inspect.getdoc(forward) or "",
        chapter=forward.__module__,
        public=False,
    )
    made.saves = _what_rules_need(made)
    made.saves_arrays = not {f"{x}_shape" for x in inputs}.issuperset(made.saves)
    made.__doc__ = forward.__doc__
    if check if check is not None else __debug__:
        check_primitive(made, bool(mathematics))
    return made


def _parameters(forward: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The names of the inputs, and the parameters with their defaults."""
    inputs, params = [], {}
    for p in inspect.signature(forward).parameters.values():
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty:
            inputs.append(p.name)
        elif p.kind is p.KEYWORD_ONLY and p.default is not p.empty:
            params[p.name] = p.default
        else:
            raise TypeError(
                f"primitive: {p} of {forward.__name__} is neither an input (positional, without a "
                "default) nor a parameter (after *, with a default)"
            )
    if not inputs:
        raise TypeError(f"primitive: {forward.__name__} has no inputs")
    return tuple(inputs), params


def _by_position(
    forward: Callable[..., Any], count: int, names: tuple[str, ...]
) -> Callable[..., Any]:
    """The function with its parameters by position, as the engine passes them."""
    if not names:
        return forward
    return lambda *args: forward(*args[:count], **dict(zip(names, args[count:], strict=True)))


def _on_floats(forward: Callable[..., Any]) -> Callable[..., float]:
    return lambda *numbers: float(forward(*[np.float64(x) for x in numbers]))


def _sample(given: Any) -> Sample:
    if isinstance(given, Sample):
        return given
    params: dict[str, Any] = {}
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], dict):
        given, params = given
    inputs = given if isinstance(given, tuple) else (given,)
    return Sample(tuple(np.asarray(x, dtype=np.float64) for x in inputs), params)


def check_primitive(prim: Primitive, mathematics: bool = True) -> None:
    """Check a primitive's rules, kind and mathematics on its samples.

    Parameters
    ----------
    prim : Primitive
    mathematics : bool
        Whether its mathematics is to be evaluated.

    Raises
    ------
    PrimitiveError
        If there are no samples, or something does not hold.
    """
    samples = prim.samples()
    if not samples:
        raise PrimitiveError(f"{prim.name}: no samples to check it on; give some, or check=False")
    for k, sample in enumerate(samples):
        where = f"{prim.name}, sample {k}"
        if mathematics:
            _check_mathematics(prim, sample, where)
        _check_rules(prim, sample, where)


def _check_mathematics(prim: Primitive, sample: Sample, where: str) -> None:
    known: dict[str, Any] = {**vars(math), **{k: v for k, v in vars(np).items() if k[0] != "_"}}
    known |= {**dict(prim.params), **sample.params}
    known |= dict(zip(prim.inputs, sample.inputs, strict=True))
    try:
        expected = eval(prim.mathematics, known)
    except NameError:
        return  # words of the user's own
    except Exception as error:
        raise PrimitiveError(f"{where}: mathematics {prim.mathematics!r}: {error}") from error
    found = prim.forward(*sample.inputs, *{**dict(prim.params), **sample.params}.values())
    if not np.allclose(found, expected, rtol=1e-9, atol=1e-12):
        raise PrimitiveError(
            f"{where}: the mathematics {prim.mathematics!r} gives {np.asarray(expected)!r}, the "
            f"function {np.asarray(found)!r}"
        )


def _check_rules(prim: Primitive, sample: Sample, where: str) -> None:
    from .func import grad, jvp, vjp

    places = [k for k, x in enumerate(prim.inputs) if x in prim.rules]
    rng = np.random.default_rng(0)

    def at(*xs: Any) -> Any:
        inputs = list(sample.inputs)
        for k, x in zip(places, xs, strict=True):
            inputs[k] = x
        return prim(*inputs, **sample.params)

    points = [sample.inputs[k] for k in places]
    weights = np.asarray(rng.normal(size=np.shape(at(*points))))

    def loss(*xs: Any) -> Any:
        return (at(*xs) * weights).sum()

    pulled = vjp(lambda *xs: at(*xs), *points)[1](weights)
    for n, k in enumerate(places):
        name = prim.inputs[k]
        v = np.asarray(rng.normal(size=points[n].shape))
        expected = _difference(lambda *xs: np.asarray(loss(*xs)), points, n, v)
        found = (pulled[n] * v).sum()
        _compare(found, expected, 1e-6, f"{where}: the rule for {name!r} gives", "differences")
        direction = [np.zeros_like(p) for p in points]
        direction[n] = v
        pushed = (jvp(at, points, direction)[1] * weights).sum()
        kind = f"{where}: forward mode by kind={prim.kind!r} gives"
        _compare(pushed, expected, 1e-6, kind, "differences")

    def slope(*xs: Any) -> Any:
        gradients = grad(loss, range(len(xs)))(*xs)
        return sum((g * g).sum() for g in gradients)

    second = grad(slope, range(len(points)))(*points)
    for n, k in enumerate(places):
        v = np.asarray(rng.normal(size=points[n].shape))
        expected = _difference(lambda *xs: np.asarray(slope(*xs)), points, n, v)
        _compare((second[n] * v).sum(), expected, 1e-5,
                 f"{where}: the derivative of the rules by {prim.inputs[k]!r} gives",
                 "differences of the gradient")  # fmt: skip


def _difference(f: Callable[..., Any], points: list[Any], n: int, v: Any) -> float:
    """The derivative of a number by one of several points, along a direction."""
    h = 1e-4

    def shifted(t: float) -> float:
        return float(f(*points[:n], points[n] + t * v, *points[n + 1 :]))

    near, far = shifted(h) - shifted(-h), shifted(2 * h) - shifted(-2 * h)
    return (8.0 * near - far) / (12.0 * h)


def _compare(found: Any, expected: float, rtol: float, what: str, other: str) -> None:
    found = float(found)
    if not abs(found - expected) <= rtol * (1.0 + abs(expected)):
        raise PrimitiveError(
            f"{what} {found:.8g} along a random direction, {other} give {expected:.8g}"
        )
