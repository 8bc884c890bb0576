"""`Value`, the scalar engine: micrograd's surface on the rules of the table.

A `Value` is its own node. It holds a Python float, the primitive that made it and the ordered tuple
of its inputs, and saves nothing: at backward time a rule reads the inputs' data. The code that
applies a primitive to Values, and the code that runs its rules, are a few lines of source written
once per primitive from its record.
"""

from __future__ import annotations

import numbers
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, SupportsFloat

from . import _mutation, rules
from ._apply_value import write_apply
from ._methods import ValueMethods
from ._numpy_protocols import refuse_to_lose
from ._primitive import Primitive, answers, install_lazily, makes, on_define
from .graph import LEAF, backpropagate

Number = int | float
"""What a `Value` holds."""


before_backward: dict[int, Callable[[], None]] = {}
"""Each called once, before the next ``backward()`` of a Value; keys keep them from piling up."""


class Value(ValueMethods):
    """A number that remembers how it was made, so that it can be differentiated.

    Parameters
    ----------
    data : int or float
        The number.
    label : str, optional
        A name, for pictures and derivations.

    Attributes
    ----------
    data : int or float
        The number. Setting it is noticed by ``backward()`` of what was computed from it before.
    grad : float
        The derivative of the value on which ``backward()`` was called by this one. Every
        ``backward()`` adds to it.
    inputs : tuple of Value
        What it was made of, in order; ``a + a`` has two.
    op : str
        The name of the primitive that made it; empty for a leaf.

    Examples
    --------
    >>> from microgradnn import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a**2
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-2.0, 1.0, 2.0)

    ``dc/da = b + 2a``, ``dc/db = a``.
    """

    __slots__ = ("__weakref__", "_data", "grad", "inputs", "label", "params", "prim", "seq")

    notes: ClassVar[None] = None

    _data: Any
    grad: Any
    prim: Any
    inputs: tuple[Value, ...]
    params: tuple[Any, ...]
    label: str
    seq: int

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        if type(data) is not float and type(data) is not int:
            data = _as_number(data)
        if not isinstance(label, str):
            raise TypeError(
                f"label is a {type(label).__name__}; Value(data, label='name') takes a string. "
                "What a Value was made of is recorded by its operations, not given to it."
            )
        self._data = data
        self.grad = 0
        self.prim = LEAF
        self.inputs = ()
        self.params = ()
        self.label = label
        self.seq = next(_mutation.sequence)

    @property
    def data(self) -> Any:
        """The number."""
        return self._data

    @data.setter
    def data(self, number: SupportsFloat) -> None:
        if type(number) is not float and type(number) is not int:
            number = _as_number(number)
        self._data = number
        # A moved creation number would reorder the graph; the stamp is kept apart, and is only
        # looked for by walks over nodes older than the latest of all stamps.
        _changed[self] = _mutation.latest[0] = next(_mutation.sequence)

    @property
    def op(self) -> str:
        """Name of the primitive that made it; empty for a leaf."""
        return "" if self.prim is LEAF else self.prim.name

    @property
    def _op(self) -> str:
        """The operation's symbol, by the name it has in micrograd."""
        return "" if self.prim is LEAF else self.prim.format_symbol(self.params)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The inputs, by the name they have in micrograd."""
        return self.inputs

    def backward(self) -> None:
        """Add the derivative of this value to the ``grad`` of everything it was made of.

        The chain rule in reverse: ``dL/dx = sum over uses u of x: dL/du * du/dx``, with ``dL/dL =
        1``. Iterative: a chain of a million operations is no special case.

        Raises
        ------
        RuntimeError
            If the data of an operand was set after it was used. No ``grad`` is changed then.
        """
        if before_backward:
            calls = list(before_backward.values())
            before_backward.clear()
            for call in calls:
                call()
        gradients = backpropagate({self: 1}, pull_numbers)
        for value, g in gradients.items():
            value.grad += g

    def item(self) -> float:
        """The number, as a plain float."""
        return float(self._data)

    def __reduce__(self) -> Any:
        if self.inputs:
            raise RuntimeError(
                f"only a leaf Value can be copied or pickled, this one was made by {self.op!r}; "
                "Value(v.data) is its number without its history"
            )
        return Value, (self._data, self.label), (None, {"grad": self.grad})

    def __repr__(self) -> str:
        return f"Value(data={self._data}, grad={self.grad})"

    def __float__(self) -> float:
        if self.inputs:
            refuse_to_lose("a Value")
        return float(self._data)

    def __lt__(self, other: Value | Number) -> bool:
        return bool(self._data < _number_of(other))

    def __gt__(self, other: Value | Number) -> bool:
        return bool(self._data > _number_of(other))

    def __le__(self, other: Value | Number) -> bool:
        return bool(self._data <= _number_of(other))

    def __ge__(self, other: Value | Number) -> bool:
        return bool(self._data >= _number_of(other))

    def __pos__(self) -> Value:
        return self

    def __pow__(self, exponent: Value | SupportsFloat) -> Value:
        """``x ** n``: a number as exponent is part of the operation, a Value is an operand."""
        if isinstance(exponent, Value):
            return rules.elementwise.pow.apply_value(self, exponent)
        if type(exponent) is not int:
            if not isinstance(exponent, numbers.Real):
                return NotImplemented
            exponent = float(exponent)
        return rules.elementwise.power.apply_value(self, exponent)

    def __rpow__(self, base: Number) -> Value:
        return rules.elementwise.pow.apply_value(Value(base), self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """``np.exp(value)`` and ``np.float64(2) * value``: NumPy functions keep the graph."""
        prim = answers.get(ufunc if method == "__call__" else (ufunc, method))
        if prim is not None and not prim.rules and method == "__call__":
            # np.float64(1) < value: by data, but equal is only what is identical.
            if prim.operator in ("eq", "ne"):
                return prim.operator == "ne"
            return bool(ufunc(*map(_number_of, inputs)))
        if prim is None or prim.scalar is None or kwargs:
            raise TypeError(
                f"np.{ufunc.__name__} is not implemented for Value; use the methods of Value, or a "
                "Tensor for array work"
            )
        return self._run_primitive(prim, inputs, [default for _, default in prim.params])

    def _run_primitive(self, prim: Primitive, inputs: tuple[Any, ...], params: list[Any]) -> Value:
        if prim.scalar is None:
            raise TypeError(f"{prim.name} has no meaning for a single number: use a Tensor")
        values = [x if isinstance(x, Value) else Value(x) for x in inputs]
        result: Value = prim.apply_value(*values, *params)
        return result


class _Changed:
    """When the data of each Value was last set, in a table that keeps none of them alive."""

    def __init__(self) -> None:
        self.stamps: weakref.WeakKeyDictionary[Value, int] = weakref.WeakKeyDictionary()

    def __setitem__(self, value: Value, stamp: int) -> None:
        self.stamps[value] = stamp

    def after(self, value: Value, seq: int) -> bool:
        """Whether ``value`` was set after creation number ``seq``."""
        return self.stamps.get(value, 0) > seq


_changed = _Changed()


def _as_number(data: Any) -> Number:
    """A plain float of anything that is one real number; an error that says so otherwise."""
    if isinstance(data, bool):
        return int(data)
    if isinstance(data, numbers.Integral):
        return int(data)
    if isinstance(data, numbers.Real) or (
        getattr(data, "shape", None) == () and hasattr(data, "item")
    ):
        number = data.item() if hasattr(data, "item") else float(data)
        if not isinstance(number, complex):
            return float(number)
    raise TypeError(
        f"Value holds one real number, got {type(data).__name__}"
        + (
            f" of shape {tuple(data.shape)}; use a Tensor for arrays"
            if hasattr(data, "shape")
            else ""
        )
    )


def _number_of(other: Value | Number) -> Number:
    number: Number = other._data if isinstance(other, Value) else _as_number(other)
    return number


def constant(other: Any) -> Value | None:
    """A leaf for a plain number among operands; None for what is no number."""
    if other.__class__ is float or other.__class__ is int or isinstance(other, numbers.Real):
        return Value(other)
    return None


def pull_numbers(value: Value, g: Any, inputs: tuple[Any, ...]) -> Any:
    """Cotangents of a Value's inputs as numbers."""
    if _mutation.latest[0] > value.seq:
        refuse_if_set(value)
    try:
        return value.prim.value_vjp(value, g)
    except (ArithmeticError, ValueError) as error:
        raise _no_derivative(error, value) from None


def pull_values(value: Value, g: Any, inputs: tuple[Any, ...]) -> Any:
    """Cotangents of a Value's inputs as Values, so that they can be differentiated again."""
    if _mutation.latest[0] > value.seq:
        refuse_if_set(value)
    try:
        return value.prim.value_vjp_graph(value, g)
    except (ArithmeticError, ValueError) as error:
        raise _no_derivative(error, value) from None


def _no_derivative(error: Exception, value: Value) -> Exception:
    """The same kind of error, saying which derivative failed at which numbers."""
    operands = ", ".join(str(x.data) for x in value.inputs)
    return type(error)(f"the derivative of {value._op} at {operands} does not exist: {error}")


def refuse_if_set(value: Value) -> None:
    """Raise if the data of an operand was set after the operation that used it."""
    for k, x in enumerate((*value.inputs, value)):
        if _changed.after(x, value.seq):
            what = f"operand {k} ({x.label or 'without label'})" if x is not value else "result"
            raise RuntimeError(
                f"The data of the {what} of {value.op!r} was set to {x._data} after the operation "
                "had been computed, so its derivative would be that of another expression. "
                "Compute the expression again, then call backward()."
            )


def _install(prim: Primitive) -> None:
    """Make a primitive an operator and a method of Value."""
    if prim.scalar is None:
        return
    if prim.operator and len(prim.inputs) == 2:
        names = {
            f"__{prim.operator}__": "value_operator",
            f"__r{prim.operator}__": "value_reflected",
        }
        install_lazily(Value, prim, names)
    elif prim.operator:
        install_lazily(Value, prim, {f"__{prim.operator}__": "apply_value"})
    if prim.inputs == ("x",) and not prim.params:
        install_lazily(Value, prim, {prim.name: "apply_value"})


makes("apply_value", "value_operator", "value_reflected")(partial(write_apply, Value, constant))
on_define(_install)
