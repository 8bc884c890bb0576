"""What can be checked: functions of any library, seen as functions of NumPy arrays with a gradient.

A `Subject` is a function from arrays to one array, and what its library says of its derivative:
``vjp(arrays, u)``, the gradients of ``<u, f>``, and where there is a forward mode ``jvp``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._tensor import Tensor
from ..value import Value

Arrays = Sequence[Any]


class Subject(NamedTuple):
    """A function and its claimed derivatives, on arrays.

    Attributes
    ----------
    library : str
        Whose gradient it is.
    call : callable
        ``call(arrays) -> array``.
    vjp : callable
        ``vjp(arrays, u) -> list of arrays``: the gradients of ``sum(u * f)``.
    jvp : callable or None
        ``jvp(arrays, directions) -> array``: the derivative along them.
    slope : callable or None
        ``slope(arrays, u, directions) -> (value, list of arrays)``: for orders above 1, see
        `check_grads`.
    """

    library: str
    call: Callable[[Arrays], Any]
    vjp: Callable[[Arrays, Any], list[Any]]
    jvp: Callable[[Arrays, Arrays], Any] | None = None
    slope: Callable[[Arrays, Any, Sequence[Arrays]], tuple[float, list[Any]]] | None = None


def subject(f: Callable[..., Any], args: Sequence[Any], gradient: Any = None) -> Subject:
    """See a function as a `Subject`, by what its arguments are.

    Parameters
    ----------
    f : callable
        Of Tensors, Values or arrays (differentiated by microgradnn), of ``torch.Tensor`` s, of jax
        arrays; or of plain arrays, with ``gradient``.
    args : sequence
        Its arguments: they say whose function it is.
    gradient : callable, optional
        ``gradient(*arrays) -> gradients``: a hand-written gradient of a function with one number
        as its result; or ``gradient(u, *arrays)`` if its first parameter is called ``u`` or ``g``.
        A library's function that makes gradients (``autograd.grad``, ``jax.grad``) is one too.

    Raises
    ------
    TypeError
        If the arguments are of nothing known.
    """
    if gradient is not None:
        return _by_hand(f, gradient)
    for x in args:
        library = type(x).__module__.partition(".")[0]
        if library == "torch" and hasattr(x, "backward") and not isinstance(x, Tensor):
            return _of_torch(f)
        if library in ("jax", "jaxlib"):
            return _of_jax(f)
    if all(isinstance(x, Tensor | Value | np.ndarray | float | int | np.generic) for x in args):
        return _ours(f)
    raise TypeError(
        "check_grads takes Tensors, Values, arrays or numbers, torch.Tensors or jax arrays, got "
        + ", ".join(type(x).__name__ for x in args)
    )


def numbers(x: Any) -> Any:
    """The array in an argument or a result of any library."""
    if isinstance(x, Tensor):
        return x._array
    if isinstance(x, Value):
        return np.asarray(x.data)
    if hasattr(x, "detach"):
        return x.detach().numpy()
    return np.asarray(x)


def _by_hand(f: Callable[..., Any], gradient: Callable[..., Any]) -> Subject:
    code = getattr(gradient, "__code__", None)
    cotangent = code is not None and code.co_varnames[:1] in (("u",), ("g",))

    def vjp(arrays: Arrays, u: Any) -> list[Any]:
        found = gradient(u, *arrays) if cotangent else gradient(*arrays)
        each = list(found) if isinstance(found, tuple | list) else [found]
        return [np.asarray(g) if cotangent else np.asarray(g) * u for g in each]

    return Subject("hand", lambda arrays: np.asarray(numbers(f(*arrays))), vjp)


def _ours(f: Callable[..., Any]) -> Subject:
    from ..autograd import grad

    def leaves(arrays: Arrays) -> list[Tensor]:
        made = [Tensor._wrap(np.array(a)) for a in arrays]
        for x in made:
            if x._array.dtype.kind == "f":
                x.requires_grad = True
        return made

    def call(arrays: Arrays) -> Any:
        return numbers(f(*[Tensor._wrap(np.array(a)) for a in arrays]))

    def gradients(y: Any, xs: list[Tensor], u: Any, create: bool) -> list[Any]:
        wanted = [x for x in xs if x.requires_grad]
        if not isinstance(y, Tensor) or y._node is None:
            found: list[Any] = [None] * len(wanted)
        else:
            found = list(grad(y, wanted, u, create_graph=create, allow_unused=True))
        by_input = iter(found)
        return [next(by_input) if x.requires_grad else None for x in xs]

    def vjp(arrays: Arrays, u: Any) -> list[Any]:
        xs = leaves(arrays)
        found = gradients(f(*xs), xs, Tensor._wrap(np.asarray(u)), False)
        return [
            np.zeros(np.shape(a)) if g is None else numbers(g)
            for g, a in zip(found, arrays, strict=True)
        ]

    def slope(arrays: Arrays, u: Any, directions: Sequence[Arrays]) -> tuple[float, list[Any]]:
        xs = leaves(arrays)
        y = f(*xs)
        total: Any = (y * Tensor._wrap(np.asarray(u))).sum()
        for direction in directions:
            found = gradients(total, xs, None, True)
            terms = [
                (g * Tensor._wrap(np.asarray(d))).sum()
                for g, d in zip(found, direction, strict=True)
                if g is not None
            ]
            total = sum(terms[1:], terms[0]) if terms else Tensor._wrap(np.zeros(()))
        found = gradients(total, xs, None, False)
        zeros = [np.zeros(np.shape(a)) for a in arrays]
        return total.item(), [
            z if g is None else numbers(g) for g, z in zip(found, zeros, strict=True)
        ]

    def jvp(arrays: Arrays, directions: Arrays) -> Any:
        from ..func import jvp as forward

        xs = [Tensor._wrap(np.array(a)) for a in arrays]
        _, tangent = forward(f, tuple(xs), tuple(Tensor._wrap(np.array(d)) for d in directions))
        return numbers(tangent)

    return Subject("microgradnn", call, vjp, jvp, slope)


def _of_torch(f: Callable[..., Any]) -> Subject:
    torch = sys.modules["torch"]

    def vjp(arrays: Arrays, u: Any) -> list[Any]:
        xs = [torch.tensor(a, requires_grad=np.asarray(a).dtype.kind == "f") for a in arrays]
        wanted = [x for x in xs if x.requires_grad]
        y = f(*xs)
        found = iter(torch.autograd.grad(y, wanted, torch.as_tensor(u), allow_unused=True))
        each = [next(found) if x.requires_grad else None for x in xs]
        return [
            np.zeros(np.shape(a)) if g is None else g.numpy()
            for g, a in zip(each, arrays, strict=True)
        ]

    return Subject("PyTorch", lambda arrays: numbers(f(*map(torch.tensor, arrays))), vjp)


def _of_jax(f: Callable[..., Any]) -> Subject:
    jax = sys.modules["jax"]

    def vjp(arrays: Arrays, u: Any) -> list[Any]:
        y, pull = jax.vjp(f, *map(jax.numpy.asarray, arrays))
        return [np.asarray(g) for g in pull(jax.numpy.asarray(u, y.dtype))]

    def jvp(arrays: Arrays, directions: Arrays) -> Any:
        inputs, tangents = (tuple(map(jax.numpy.asarray, x)) for x in (arrays, directions))
        return np.asarray(jax.jvp(f, inputs, tangents)[1])

    def call(arrays: Arrays) -> Any:
        return np.asarray(f(*map(jax.numpy.asarray, arrays)))

    return Subject("JAX", call, vjp, jvp)
