"""A user's function of Tensors or Values as a function of NumPy arrays, with its Jacobian.

Everything that is particular to Tensors or to Values is here; the checks know only arrays.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd import grad
from ..grad_mode import enable_grad
from ..value import Value
from .verdicts import GradcheckError

FLOAT64 = np.dtype(np.float64)


class CheckedFunction:
    """A function together with the inputs at which it is checked.

    Parameters
    ----------
    check : str
        The name of the check, for messages.
    func : callable
        Takes the inputs; returns a Tensor or Value, or a sequence of them.
    inputs : sequence, Tensor or Value
        What is differentiated: Values, and the Tensors that require grad. Anything else is passed
        on as it is.
    names : sequence of str, optional
        What messages call the inputs.

    Raises
    ------
    ValueError
        If there is nothing to differentiate.
    TypeError
        If what is to be differentiated is not float64, or an output is no Tensor or Value.
    """

    def __init__(
        self, check: str, func: Callable[..., Any], inputs: Any, names: Sequence[str] | None = None
    ) -> None:
        self.check = check
        self.func = func
        self.inputs = (inputs,) if isinstance(inputs, Tensor | Value) else tuple(inputs)
        self.names = list(names) if names is not None else _names_of_inputs(func, len(self.inputs))
        self.wrt = [k for k, x in enumerate(self.inputs) if _is_differentiated(x)]
        if not self.wrt:
            given = ", ".join(
                f"{n}: {_kind(x)}" for n, x in zip(self.names, self.inputs, strict=True)
            )
            raise ValueError(
                f"{check}: no input requires grad ({given or 'there are no inputs'}), so there is "
                "no gradient to check; make one with requires_grad=True"
            )
        for k in self.wrt:
            self._refuse_single_precision(self.names[k], self.inputs[k])
        self._before: list[Any] = [
            _array(x).copy() if isinstance(x, Tensor | Value) else None for x in self.inputs
        ]
        self.arrays: list[Any] = [self._before[k] for k in self.wrt]

    def _refuse_single_precision(self, name: str, x: Any) -> None:
        if isinstance(x, Tensor) and x._array.dtype != FLOAT64:
            raise TypeError(
                f"{self.check}: {name} is {x.dtype}. Finite differences need float64: in "
                f"{x._array.dtype} rounding is larger than the differences, and a right gradient "
                "would look wrong. Make it with dtype=float64, or pass x.double()."
            )

    def name(self, k: int) -> str:
        """The name of the k-th differentiated input."""
        return self.names[self.wrt[k]]

    def call(self, arrays: Sequence[Any] | None = None) -> list[Any]:
        """The outputs (Tensors or Values), with other numbers in the differentiated inputs."""
        inputs = list(self.inputs)
        if arrays is not None:
            for k, array in zip(self.wrt, arrays, strict=True):
                inputs[k] = _rebuilt(array, self.inputs[k])
        with enable_grad():
            result = self.func(*inputs)
        outputs = list(result) if isinstance(result, tuple | list) else [result]
        for output in outputs:
            if not isinstance(output, Tensor | Value):
                raise TypeError(
                    f"{self.check}: the function returned a {type(output).__name__}; it must "
                    "return a Tensor or a Value, or several"
                )
        return outputs

    def floats(self, outputs: Sequence[Any]) -> list[int]:
        """Numbers of the outputs that have a derivative: those of a floating dtype."""
        found = [
            k for k, o in enumerate(outputs) if isinstance(o, Value) or o._array.dtype.kind == "f"
        ]
        for k in found:
            if isinstance(outputs[k], Tensor) and outputs[k]._array.dtype != FLOAT64:
                raise TypeError(
                    f"{self.check}: output {k} is {outputs[k].dtype} though the inputs are "
                    "float64: the function computes in less than float64 somewhere, too coarse for "
                    "finite differences"
                )
        return found

    def differentiated_names(self) -> list[str]:
        """The names of all differentiated inputs."""
        return [self.names[k] for k in self.wrt]

    def is_recorded(self, output: Any) -> bool:
        """Whether an output is part of a graph."""
        return _is_differentiated(output)

    def numbers(self, output: Any) -> Any:
        """An output as an array."""
        return _array(output)

    def dependent(self, outputs: Sequence[Any], differentiated: Sequence[int]) -> list[int]:
        """The inputs that the outputs depend on, by the graph."""
        pulled = [self.pull(outputs[k], np.zeros(_array(outputs[k]).shape)) for k in differentiated]
        return [
            k
            for k in range(len(self.wrt))
            if any(cotangents[k] is not None for cotangents in pulled)
        ]

    def evaluate(self, arrays: Sequence[Any]) -> list[Any]:
        """The floating outputs as arrays."""
        outputs = self.call(arrays)
        return [_array(outputs[k]) for k in self.floats(outputs)]

    def pull(self, output: Any, cotangent: Any) -> list[Any]:
        """The cotangents of the differentiated inputs, None where the output does not depend."""
        if isinstance(output, Tensor) and output._node is None:
            return [None] * len(self.wrt)
        seed = _constant(cotangent, output)
        inputs = [self.inputs[k] for k in self.wrt]
        found = grad([output], inputs, [seed], retain_graph=True, allow_unused=True)
        return [self._checked(g, k) for k, g in enumerate(found)]

    def _checked(self, g: Any, k: int) -> Any:
        if g is None:
            return None
        array, expected = _array(g), self.arrays[k]
        if array.shape != expected.shape or array.dtype != FLOAT64:
            raise GradcheckError(
                f"{self.check}: the gradient by {self.name(k)} has shape {array.shape} and dtype "
                f"{array.dtype}; the input has shape {expected.shape} and dtype float64"
            )
        return array

    def refuse_mutation(self) -> None:
        """Raise if the function has changed one of the inputs in place."""
        for name, x, before in zip(self.names, self.inputs, self._before, strict=True):
            if before is not None and not np.array_equal(_array(x), before, equal_nan=True):
                raise GradcheckError(
                    f"{self.check}: the function changed {name} in place, so that two calls see "
                    "different numbers; let it change a clone()"
                )


def gradient_function(
    function: CheckedFunction, differentiated: Sequence[int]
) -> Callable[..., tuple[Any, ...]]:
    """The gradient of a function, as a function of the inputs and the outputs' cotangents.

    Parameters
    ----------
    function : CheckedFunction
    differentiated : sequence of int
        The outputs that have cotangents.
    """
    n = len(function.inputs)

    def gradient(*args: Any) -> tuple[Any, ...]:
        inputs, cotangents = args[:n], args[n:]
        result = function.func(*inputs)
        outputs = list(result) if isinstance(result, tuple | list) else [result]
        found = grad(
            [outputs[k] for k in differentiated],
            [inputs[k] for k in function.wrt],
            list(cotangents),
            create_graph=True,
            allow_unused=True,
        )
        return tuple(g for g in found if g is not None)

    return gradient


def random_cotangent(output: Any, rng: np.random.Generator) -> Any:
    """A random cotangent of an output, one that can be differentiated by."""
    if isinstance(output, Value):
        return Value(rng.standard_normal())
    g = Tensor._wrap(rng.standard_normal(output._array.shape))
    g.requires_grad = True
    return g


def _is_differentiated(x: Any) -> bool:
    return isinstance(x, Value) or (isinstance(x, Tensor) and x._node is not None)


def _array(x: Any) -> Any:
    """The numbers of a Tensor, a Value or a plain number."""
    if isinstance(x, Tensor):
        return x._array
    return np.array(x.data if isinstance(x, Value) else x, FLOAT64)


def _rebuilt(array: Any, like: Any) -> Any:
    if isinstance(like, Value):
        return Value(float(array))
    t = Tensor._wrap(array)
    t.requires_grad = True
    return t


def _constant(array: Any, like: Any) -> Any:
    return float(array) if isinstance(like, Value) else Tensor._wrap(array)


def _kind(x: Any) -> str:
    if isinstance(x, Tensor):
        return f"Tensor of shape {tuple(x._array.shape)} and dtype {x.dtype}"
    return type(x).__name__


def _names_of_inputs(func: Callable[..., Any], n: int) -> list[str]:
    """``input 0 ('x')``: with the parameter names of the function where it has some."""
    try:
        parameters = list(inspect.signature(func).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    known = [p.name for p in parameters if p.kind in positional]
    return [f"input {k}" + (f" ({known[k]!r})" if k < len(known) else "") for k in range(n)]
