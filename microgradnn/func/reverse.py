"""Reverse mode as functions of functions: `vjp`, `grad`, `value_and_grad`, `elementwise_grad`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .._tensor import Tensor
from ..value import Value
from .batching import ones, zeros
from .pulling import pull
from .pytrees import Structure, flatten, unflatten
from .tracing import (
    Lifted,
    call,
    hand_back,
    is_watched,
    likeness,
    node_of,
    outputs_of,
    split_aux,
    to_float_array,
)

Argnums = int | Sequence[int]


class Linearised:
    """A function at a point: its outputs, and the graph that leads to them.

    Parameters
    ----------
    function : callable
    lifted : sequence of Lifted
        The arguments that it is differentiated by.
    args, kwargs
        What to call the function with, the lifted ones in their places.
    has_aux : bool
    transform : str
        The name of the transform, for messages.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        lifted: Sequence[Lifted],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        has_aux: bool,
        transform: str,
    ) -> None:
        self.transform = transform
        self.lifted = lifted
        result, self.aux = split_aux(call(function, args, kwargs), has_aux, transform)
        for part in lifted:
            part.close()
        self.outputs, self.structure = outputs_of(result, transform)
        self.inputs = [node for part in lifted for node in part.nodes]
        self.watched = is_watched(map(node_of, self.outputs), self.inputs)

    def pulled(self, cotangents: Sequence[Any]) -> list[Any]:
        """The cotangent of each lifted argument, in its structure, for one per output."""
        graph = self.watched or any(node_of(c) is not None for c in cotangents)
        seeds: dict[Any, Any] = {}
        for y, c in zip(self.outputs, cotangents, strict=True):
            node = node_of(y)
            if node is None:
                continue
            seed = c if graph or isinstance(c, Value) else c._array
            seeds[node] = seeds[node] + seed if node in seeds else seed
        found = pull(seeds, self.inputs, graph)
        return [
            unflatten(
                part.structure,
                [
                    hand_back(_as_result(found.get(node_of(x)), x), given)
                    for x, given in zip(part.leaves, part.given, strict=True)
                ],
            )
            for part in self.lifted
        ]

    def output(self, plain: Any) -> Any:
        """What the function returned, as what it was given."""
        return unflatten(self.structure, [self.outside(y, plain) for y in self.outputs])

    def outside(self, y: Any, plain: Any) -> Any:
        """An output without the nodes that only this transform has made."""
        if isinstance(y, Tensor) and not self.watched and y._node is not None:
            y = Tensor._wrap(y._array)
        return hand_back(y, plain)

    def aux_outside(self) -> Any:
        """The auxiliary result; Tensors in it leave the graph unless it is watched from outside."""
        leaves, structure = flatten(self.aux)
        return unflatten(
            structure,
            [
                Tensor._wrap(x._array)
                if isinstance(x, Tensor)
                and x._node is not None
                and not is_watched([x._node], self.inputs)
                else x
                for x in leaves
            ],
        )


def _as_result(found: Any, like: Any) -> Any:
    """What the walk has found as a Tensor of its own memory; zeros where it has found nothing."""
    if isinstance(like, Value):
        return Value(0.0) if found is None else found
    if found is None:
        return Tensor._wrap(zeros(like._array.shape, like._array.dtype))
    return found if isinstance(found, Tensor) else Tensor._wrap(found.copy())


def lift_arguments(
    args: Sequence[Any], argnums: Argnums, transform: str
) -> tuple[list[Lifted], list[Any]]:
    """The chosen arguments lifted, and all arguments with those in their places.

    Raises
    ------
    TypeError, ValueError
        If ``argnums`` are not positions of arguments.
    """
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    places = []
    for k in numbers:
        if isinstance(k, bool) or not isinstance(k, int):
            raise TypeError(f"{transform}: argnums are positions (integers), got {k!r}")
        if not -len(args) <= k < len(args):
            raise ValueError(
                f"{transform}: argnums={argnums!r}, but the function was called with {len(args)} "
                "positional arguments (those given by name are not differentiated by)"
            )
        places.append(k % len(args))
    if len(set(places)) < len(places):
        raise ValueError(f"{transform}: argnums={argnums!r} names an argument twice")
    inside = list(args)
    lifted = []
    for k in places:
        lifted.append(Lifted(args[k], transform, f"argument {k}"))
        inside[k] = lifted[-1].tree
    return lifted, inside


def linearise_at(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    argnums: Argnums,
    has_aux: bool,
    transform: str,
) -> Linearised:
    """Run a function with the chosen arguments lifted."""
    lifted, inside = lift_arguments(args, argnums, transform)
    return Linearised(function, lifted, inside, kwargs, has_aux, transform)


def cotangents_for(
    outputs: Sequence[Any], structure: Structure, given: Any, what: str
) -> list[Any]:
    """What the user gave as cotangents (or tangents), one per leaf, checked and as Tensors.

    Raises
    ------
    ValueError
        If they are not nested or shaped like what they belong to.
    """
    leaves, its = flatten(given)
    if not structure.same(its) and not (structure.leaves == its.leaves == 1):
        raise ValueError(f"{what} are nested as {its}; they belong to {structure}")
    made: list[Any] = []
    for y, c in zip(outputs, leaves, strict=True):
        if isinstance(y, Value):
            made.append(c if isinstance(c, Value) else Value(c))
            continue
        if not isinstance(c, Tensor):
            array = to_float_array(c)
            if array is None:
                raise TypeError(f"{what} are Tensors, arrays or numbers, got {type(c).__name__}")
            c = Tensor._wrap(array)
        if tuple(c._array.shape) != tuple(y._array.shape):
            raise ValueError(
                f"{what}: shape {tuple(c._array.shape)} for one of shape "
                f"{tuple(y._array.shape)}; they must be equal"
            )
        made.append(c if c._array.dtype is y._array.dtype else c.to(y._array.dtype))
    return made


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """A function's value, and the function that pulls cotangents back: ``v -> vᵀ J``.

    Parameters
    ----------
    func : callable
        Of the primals; written with ``mg``, with NumPy, or with methods.
    *primals : Tensor, ndarray, float, Value, or trees of them
        The point.
    has_aux : bool
        Whether ``func`` returns ``(output, aux)``, of which ``aux`` is handed through.

    Returns
    -------
    output
        ``func(*primals)``.
    vjp_fn : callable
        Takes one cotangent, nested and shaped as the output; returns a tuple with one result per
        primal. May be called any number of times.
    aux
        With ``has_aux`` only.

    Raises
    ------
    TypeError, ValueError
        For primals that are not floating point, cotangents that do not fit.

    Examples
    --------
    >>> y, pull = mg.func.vjp(np.sin, 0.0)
    >>> y, pull(2.0)
    (0.0, (2.0,))
    """
    at = linearise_at(func, primals, {}, range(len(primals)), has_aux, "vjp")

    def vjp_fn(cotangents: Any) -> tuple[Any, ...]:
        made = cotangents_for(at.outputs, at.structure, cotangents, "the cotangents of vjp")
        return tuple(at.pulled(made))

    output = at.output(likeness(*primals))
    return (output, vjp_fn, at.aux_outside()) if has_aux else (output, vjp_fn)


def _one_number(at: Linearised) -> Any:
    """The single output of a function that is to have a gradient."""
    shapes = [() if isinstance(y, Value) else tuple(y._array.shape) for y in at.outputs]
    if shapes != [()]:
        raise ValueError(
            f"{at.transform} is for functions with one number as result; this one returned "
            + (f"shape {shapes[0]}" if len(shapes) == 1 else f"{len(shapes)} results")
            + ". Sum or average it, or use jacobian or elementwise_grad"
        )
    return at.outputs[0]


def _seed(y: Any) -> Any:
    return (
        Value(1.0) if isinstance(y, Value) else Tensor._wrap(ones(y._array.shape, y._array.dtype))
    )


def _value_and_grad(
    func: Callable[..., Any], argnums: Argnums, has_aux: bool, transform: str
) -> Callable[..., tuple[Any, Any, Any]]:
    """A function that returns value, gradient and auxiliary result."""
    if not callable(func):
        raise TypeError(f"{transform} takes a function, got a {type(func).__name__}")

    def run(args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, Any, Any]:
        at = linearise_at(func, args, kwargs, argnums, has_aux, transform)
        gradients = at.pulled([_seed(_one_number(at))])
        value = at.output(likeness(args))
        return (
            value,
            gradients[0] if isinstance(argnums, int) else tuple(gradients),
            at.aux_outside() if has_aux else None,
        )

    return lambda *args, **kwargs: run(args, kwargs)


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """The function that computes the gradient of a function with one number as result.

    Parameters
    ----------
    func : callable
        Written with ``mg``, with plain NumPy, or with operators. It gets Tensors (or Values) for
        the arguments it is differentiated by; all others as they are.
    argnums : int or sequence of int
        Which positional arguments to differentiate by. Each may be a Tensor, an array, a float, a
        Value, or a dict, list, tuple, namedtuple or dataclass of them.
    has_aux : bool
        Whether ``func`` returns ``(output, aux)``; the gradient function then returns ``(gradient,
        aux)``.

    Returns
    -------
    callable
        With the arguments of ``func``. The gradient is nested as the argument, and of its kind:
        an array for an array, a float for a float. It can be differentiated again.

    Raises
    ------
    TypeError, ValueError
        When called: if an argument is not floating point, or the result is not one number.

    Examples
    --------
    >>> slope = mg.func.grad(np.tanh)
    >>> slope(0.0), mg.func.grad(slope)(0.5)
    (1.0, -0.726862...)
    >>> mg.func.grad(lambda p, x: (p["w"] * x).sum() + p["b"])({"w": np.ones(2), "b": 0.0}, 3.0)
    {'w': array([3., 3.]), 'b': 1.0}
    """
    run = _value_and_grad(func, argnums, has_aux, "grad")

    @functools.wraps(func, updated=())
    def gradient(*args: Any, **kwargs: Any) -> Any:
        _, g, aux = run(*args, **kwargs)
        return (g, aux) if has_aux else g

    return gradient


def value_and_grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """`grad`, with the value: a function that returns ``(value, gradient)``.

    Parameters
    ----------
    func, argnums, has_aux
        As for `grad`; with ``has_aux`` the function returns ``((value, aux), gradient)``.

    Examples
    --------
    >>> mg.func.value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    run = _value_and_grad(func, argnums, has_aux, "value_and_grad")

    @functools.wraps(func, updated=())
    def both(*args: Any, **kwargs: Any) -> Any:
        value, g, aux = run(*args, **kwargs)
        return ((value, aux), g) if has_aux else (value, g)

    return both


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """`value_and_grad` in PyTorch's order: a function that returns ``(gradient, value)``.

    Parameters
    ----------
    func, argnums, has_aux
        As for `grad`; with ``has_aux`` the function returns ``(gradient, (value, aux))``.

    Examples
    --------
    >>> mg.func.grad_and_value(lambda x: x * x)(3.0)
    (6.0, 9.0)
    """
    both = value_and_grad(func, argnums, has_aux)

    @functools.wraps(func, updated=())
    def turned(*args: Any, **kwargs: Any) -> Any:
        value, g = both(*args, **kwargs)
        return g, value

    return turned


def elementwise_grad(func: Callable[..., Any], argnums: Argnums = 0) -> Any:
    """The derivative of a function that works element by element.

    It is the gradient of the sum of the results: the derivatives themselves where no element of
    the result depends on several elements of the argument, and the sums of columns of the Jacobian
    otherwise.

    Parameters
    ----------
    func, argnums
        As for `grad`; the result may have any shape.

    Examples
    --------
    >>> mg.func.elementwise_grad(np.exp)(np.array([0.0, 1.0]))
    array([1.        , 2.71828183])
    """
    if not callable(func):
        raise TypeError(f"elementwise_grad takes a function, got a {type(func).__name__}")

    @functools.wraps(func, updated=())
    def slopes(*args: Any, **kwargs: Any) -> Any:
        at = linearise_at(func, args, kwargs, argnums, False, "elementwise_grad")
        gradients = at.pulled([_seed(y) for y in at.outputs])
        return gradients[0] if isinstance(argnums, int) else tuple(gradients)

    return slopes


__all__ = ["elementwise_grad", "grad", "grad_and_value", "value_and_grad", "vjp"]
