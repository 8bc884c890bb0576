"""Elementwise functions: most come from the table as they are, with their in-place forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np

from .. import _dtypes, _promotion
from .._inplace import check_target, write
from .._methods import F, TensorMethods, both, function, functions, method
from .._mutation import sequence
from .._numpy_names import ABSENT, one_of
from .._primitive import Primitive, table
from .._tensor import Tensor, as_operand
from .._typing import DType, Operand
from ..rules import elementwise as rules
from ..rules.activations import log_softmax as _log_softmax
from ..rules.activations import softmax as _softmax
from ._dimensions import one_dim


def as_tensor_operand(x: Any, like: Any, name: str) -> Tensor:
    """A Tensor of an operand; TypeError that names the function for what is none."""
    if isinstance(x, Tensor):
        return x
    operand = as_operand(
        x, like if isinstance(like, Tensor) else Tensor._wrap(np.zeros(0, np.bool_))
    )
    if operand is None:
        raise TypeError(f"{name} takes Tensors and numbers, got {type(x).__name__}")
    return operand


def changing(f: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The in-place form ``f_`` of a function ``f(input, ...)``."""
    name = f.__name__ + "_"

    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        check_target(self, name)
        begin = next(sequence)
        return write(self, f(self, *args, **kwargs), name, begin)

    changed.__name__ = name
    changed.__qualname__ = f"Tensor.{name}"
    changed.__doc__ = f"In-place form of `{f.__name__}`: changes this Tensor and returns it."
    changed.__dict__["__wrapped__"] = f  # where inspect looks for the signature
    return changed


def in_place(f: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`changing`, made a method of Tensor."""
    return method(changing(f))


def with_in_place(f: F) -> F:
    """A function, a method and an in-place method from one definition."""
    f = both(f)
    in_place(f)
    return f


def alias(new: str, old: str) -> None:
    """Another name of a function, of the method, and of the in-place method if there is one."""
    functions[new] = functions[old]
    for end in ("", "_"):
        found = getattr(TensorMethods, old + end, None)
        if found is not None:
            setattr(TensorMethods, new + end, found)


_NO_IN_PLACE = {"isnan", "isinf", "isfinite"}


def table_function(prim: Primitive) -> Callable[..., Any]:
    """The public function of a primitive of one or two inputs."""
    name = prim.name
    if prim.inputs == ("x",):

        def unary(input: Tensor) -> Tensor:
            if not isinstance(input, Tensor):
                raise TypeError(f"{name} takes a Tensor, got {type(input).__name__}")
            return prim.apply(input)

        f: Callable[..., Any] = unary
    else:

        def binary(input: Tensor, other: Operand) -> Tensor:
            other = as_tensor_operand(other, input, name)
            return prim.apply(as_tensor_operand(input, other, name), other)

        f = binary
    f.__name__ = f.__qualname__ = name
    f.__doc__ = f"Elementwise ``{prim.mathematics}``." + (f"\n\n    {prim.doc}" if prim.doc else "")
    return f


for _prim in list(table.values()):
    if (
        _prim.public
        and not _prim.params
        and _prim.inputs in (("x",), ("x", "y"))
        and _prim.name != "matmul"
    ):
        _f = table_function(_prim)
        both(_f) if _prim.name in _NO_IN_PLACE else with_in_place(_f)


@with_in_place
def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """Elementwise ``input + alpha * other``.

    Parameters
    ----------
    input, other : Tensor or number
        Shapes that broadcast.
    alpha : number

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.add(mg.tensor([1.0, 2.0]), mg.tensor([10.0, 20.0]), alpha=2)
    tensor([21., 42.])
    """
    other = as_tensor_operand(other, input, "add")
    if alpha != 1:
        other = other * alpha
    return rules.add.apply(as_tensor_operand(input, other, "add"), other)


@with_in_place
def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """Elementwise ``input - alpha * other``; see `add`.

    Examples
    --------
    >>> mg.sub(mg.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])
    """
    other = as_tensor_operand(other, input, "sub")
    if alpha != 1:
        other = other * alpha
    return rules.sub.apply(as_tensor_operand(input, other, "sub"), other)


@with_in_place
def pow(input: Operand, exponent: Operand) -> Tensor:
    """Elementwise ``input ** exponent``.

    Parameters
    ----------
    input, exponent : Tensor or number
        A number as exponent has the derivative ``n x**(n-1)`` at 0 too.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.pow(mg.tensor([1.0, -2.0]), 2)
    tensor([1., 4.])
    """
    base: Any = input
    result: Tensor = base**exponent
    return result


@with_in_place
def square(input: Tensor) -> Tensor:
    """Elementwise ``input ** 2``.

    Examples
    --------
    >>> mg.square(mg.tensor([-3.0]))
    tensor([9.])
    """
    return input**2


@with_in_place
def reciprocal(input: Tensor) -> Tensor:
    """Elementwise ``1 / input``.

    Examples
    --------
    >>> mg.reciprocal(mg.tensor([4.0]))
    tensor([0.2500])
    """
    return 1.0 / input


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Tensor, input: Operand, other: Operand) -> Tensor: ...
@both
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """Elements of ``input`` where ``condition`` holds, of ``other`` elsewhere.

    Parameters
    ----------
    condition : Tensor of bool
    input, other : Tensor or number
        Shapes that broadcast. Without them: the indices at which the condition holds.

    Returns
    -------
    Tensor

    Notes
    -----
    The gradient of what is not chosen is 0. What was computed for the side not chosen multiplies
    this 0 by its own derivative: where that is infinite (``x.sqrt()`` at 0) the gradient is NaN, as
    in PyTorch. Choose the operand too: ``where(x > 0, where(x > 0, x, 1.0).sqrt(), 0.0)``.

    Examples
    --------
    >>> mg.where(mg.tensor([True, False]), mg.tensor([1.0, 2.0]), 0.0)
    tensor([1., 0.])
    """
    if input is None and other is None:
        return tuple(Tensor._wrap(i) for i in np.nonzero(condition._array))
    if not isinstance(condition, Tensor) and isinstance(input, Tensor):
        # The method x.where(condition, other) puts x first.
        raise TypeError(f"where: the condition must be a Tensor, got {type(condition).__name__}")
    x = as_tensor_operand(input, other, "where")
    return rules.where.apply(condition, x, as_tensor_operand(other, x, "where"))


def _where_method(self: Tensor, condition: Tensor, other: Operand) -> Tensor:
    """This Tensor's elements where ``condition`` holds, those of ``other`` elsewhere."""
    result: Tensor = where(condition, self, other)
    return result


setattr(TensorMethods, "where", _where_method)  # noqa: B010  (type checkers read the stub)


@both
def softmax(
    input: Tensor, dim: int = ABSENT, *, dtype: DType | None = None, axis: int = ABSENT
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along one dimension, computed without overflow.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Converted to before.
    axis : int, optional
        NumPy's name of ``dim``.

    Returns
    -------
    Tensor
        Of the same shape; the sums along ``dim`` are 1.

    Examples
    --------
    >>> mg.softmax(mg.tensor([0.0, 0.0]), 0)
    tensor([0.5000, 0.5000])
    """
    if dim is ABSENT or axis is not ABSENT:
        dim = one_of("softmax", dim, axis)
    return _along(_softmax, input, dim, dtype)


@both
def log_softmax(
    input: Tensor, dim: int = ABSENT, *, dtype: DType | None = None, axis: int = ABSENT
) -> Tensor:
    """``log(softmax(x))`` along one dimension, computed without overflow; see `softmax`.

    Examples
    --------
    >>> mg.log_softmax(mg.tensor([0.0, 0.0]), 0)
    tensor([-0.6931, -0.6931])
    """
    if dim is ABSENT or axis is not ABSENT:
        dim = one_of("log_softmax", dim, axis)
    return _along(_log_softmax, input, dim, dtype)


def _along(prim: Primitive, x: Tensor, dim: int, dtype: Any) -> Tensor:
    if dtype is not None:
        x = x.to(_dtypes.as_numpy(dtype))
    if not x.ndim:
        return _along(prim, x.reshape(1), dim, None).reshape(())
    return prim.apply(x, one_dim(dim, x.ndim))


@function
def result_type(tensor1: Operand, tensor2: Operand) -> _dtypes.dtype:
    """The dtype that two Tensors, or a Tensor and a number, promote to.

    Examples
    --------
    >>> mg.result_type(mg.tensor([1]), 2.5)
    microgradnn.float32
    """
    a = as_tensor_operand(tensor1, tensor2, "result_type")
    b = as_tensor_operand(tensor2, a, "result_type")
    return _dtypes._by_numpy[_promotion.result_type((a._array, b._array))]


for _alias, _name in {
    "multiply": "mul", "subtract": "sub", "negative": "neg", "absolute": "abs",
    "greater": "gt", "less": "lt", "greater_equal": "ge", "less_equal": "le", "not_equal": "ne",
}.items():  # fmt: skip
    alias(_alias, _name)
