"""PyTorch's older names for derivatives of functions: thin forms of `microgradnn.func`.

Unlike there, the function is called at once, with ``inputs`` that are a Tensor or a tuple of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._tensor import Tensor
from ..grad_mode import no_grad

Inputs = Any


def _tuple(x: Any, what: str) -> tuple[tuple[Any, ...], bool]:
    """Inputs as a tuple, and whether they were one."""
    if isinstance(x, tuple | list):
        if not all(isinstance(t, Tensor) for t in x):
            raise TypeError(f"{what} are Tensors")
        return tuple(x), True
    if not isinstance(x, Tensor):
        raise TypeError(f"{what}: a Tensor or a tuple of Tensors, got {type(x).__name__}")
    return (x,), False


def _finished(results: Any, create_graph: bool) -> Any:
    """Results outside the graph, unless they are to stay in it."""
    from ..func import tree_map

    if create_graph:
        return results
    return tree_map(lambda t: t.detach() if isinstance(t, Tensor) else t, results)


def _check_strict(func: Callable[..., Any], inputs: tuple[Any, ...], strict: bool) -> None:
    """Raise if an output does not depend on each of the inputs, and that is asked for."""
    if not strict:
        return
    from ..func.reverse import linearise_at
    from ..func.tracing import node_of
    from ..graph import newest_first

    at = linearise_at(func, inputs, {}, range(len(inputs)), False, "autograd.functional")
    for y in at.outputs:
        reached = newest_first([n for n in (node_of(y),) if n is not None])
        for k, node in enumerate(at.inputs):
            if node not in reached:
                raise RuntimeError(
                    f"strict: an output of the function does not depend on input {k}"
                )


def _scalar(func: Callable[..., Any], inputs: tuple[Any, ...]) -> Callable[..., Any]:
    """A function whose single result may have one element in any shape."""

    def number(*xs: Any) -> Any:
        y = func(*xs)
        if not isinstance(y, Tensor) or y._array.size != 1:
            raise RuntimeError("the function must return one Tensor of one element")
        return y.reshape(())

    return number


def vjp(
    func: Callable[..., Any], inputs: Inputs, v: Any = None, create_graph: bool = False,
    strict: bool = False,
) -> Any:  # fmt: skip
    """The outputs and ``vᵀ J``.

    Parameters
    ----------
    func : callable
    inputs : Tensor or tuple of Tensor
    v : Tensor or tuple of Tensor, optional
        Like the output; not needed if that has one element.
    create_graph : bool
        Whether the results can be differentiated.
    strict : bool
        Raise if an output does not depend on an input.

    Examples
    --------
    >>> mg.autograd.functional.vjp(lambda x: x.exp().sum(), mg.zeros(2))
    (tensor(2.), tensor([1., 1.]))
    """
    from ..func import tree_map
    from ..func import vjp as transform

    xs, many = _tuple(inputs, "inputs")
    _check_strict(func, xs, strict)
    outputs, pull = transform(func, *xs)
    if v is None:
        if not isinstance(outputs, Tensor) or outputs._array.size != 1:
            raise RuntimeError("v can be left out only for one output of one element")
        v = outputs.detach().new_ones(outputs.shape)
    cotangents = tree_map(lambda t: t, tuple(v) if isinstance(v, list) else v)
    found = pull(cotangents)
    return _finished((outputs, found if many else found[0]), create_graph)


def jvp(
    func: Callable[..., Any], inputs: Inputs, v: Any = None, create_graph: bool = False,
    strict: bool = False,
) -> Any:  # fmt: skip
    """The outputs and ``J v``.

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `vjp`.
    v : Tensor or tuple of Tensor, optional
        Like the inputs; not needed for one input of one element.

    Examples
    --------
    >>> mg.autograd.functional.jvp(lambda x: x * x, mg.ones(2), mg.tensor([1.0, 0.0]))
    (tensor([1., 1.]), tensor([2., 0.]))
    """
    from ..func import jvp as transform

    xs, _ = _tuple(inputs, "inputs")
    _check_strict(func, xs, strict)
    return _finished(transform(func, xs, _like(xs, v)), create_graph)


def _like(xs: tuple[Any, ...], v: Any) -> tuple[Any, ...]:
    if v is None:
        if len(xs) != 1 or xs[0]._array.size != 1:
            raise RuntimeError("v can be left out only for one input of one element")
        return (xs[0].detach().new_ones(xs[0].shape),)
    return _tuple(v, "v")[0]


def jacobian(
    func: Callable[..., Any], inputs: Inputs, create_graph: bool = False, strict: bool = False,
    vectorize: bool = False, strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The Jacobian: per output, per input, a Tensor of the output's shape, then the input's.

    Parameters
    ----------
    func, inputs, create_graph, strict
        As for `vjp`.
    vectorize : bool
        Without meaning here: all rows are computed at once in any case.
    strategy : {"reverse-mode", "forward-mode"}

    Examples
    --------
    >>> mg.autograd.functional.jacobian(lambda x: x * x, mg.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    from ..func import jacfwd, jacrev

    modes = {"reverse-mode": jacrev, "forward-mode": jacfwd}
    if strategy not in modes:
        raise ValueError(f"strategy is one of {list(modes)}, got {strategy!r}")
    xs, many = _tuple(inputs, "inputs")
    _check_strict(func, xs, strict)
    return _finished(modes[strategy](func, tuple(range(len(xs))) if many else 0)(*xs), create_graph)


def hessian(
    func: Callable[..., Any], inputs: Inputs, create_graph: bool = False, strict: bool = False,
    vectorize: bool = False, outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The second derivatives of a function with one element as result.

    Parameters
    ----------
    func, inputs, create_graph, strict, vectorize
        As for `jacobian`.
    outer_jacobian_strategy : {"reverse-mode", "forward-mode"}

    Examples
    --------
    >>> mg.autograd.functional.hessian(lambda x: (x**3).sum(), mg.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    from ..func import jacfwd, jacrev

    xs, many = _tuple(inputs, "inputs")
    _check_strict(func, xs, strict)
    argnums: Any = tuple(range(len(xs))) if many else 0
    outer = jacfwd if outer_jacobian_strategy == "forward-mode" else jacrev
    return _finished(outer(jacrev(_scalar(func, xs), argnums), argnums)(*xs), create_graph)


def hvp(
    func: Callable[..., Any], inputs: Inputs, v: Any = None, create_graph: bool = False,
    strict: bool = False,
) -> Any:  # fmt: skip
    """The output and the Hessian times a vector.

    Parameters
    ----------
    func, inputs, v, create_graph, strict
        As for `jvp`.

    Examples
    --------
    >>> mg.autograd.functional.hvp(lambda x: (x**3).sum(), mg.ones(2), mg.tensor([1.0, 0.0]))
    (tensor(2.), tensor([6., 0.]))
    """
    from ..func import hvp as product

    xs, many = _tuple(inputs, "inputs")
    _check_strict(func, xs, strict)
    if create_graph:
        output = func(*xs)
    else:
        with no_grad():
            output = func(*xs)
    found = product(_scalar(func, xs), xs, _like(xs, v))
    return _finished((output, (found,) if many and len(xs) == 1 else found), create_graph)


def vhp(
    func: Callable[..., Any], inputs: Inputs, v: Any = None, create_graph: bool = False,
    strict: bool = False,
) -> Any:  # fmt: skip
    """`hvp`: the Hessian is symmetric.

    Parameters
    ----------
    func, inputs, v, create_graph, strict
        As for `jvp`.
    """
    return hvp(func, inputs, v, create_graph, strict)
