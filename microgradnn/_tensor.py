"""`Tensor`, the array engine: an ndarray, and the node that made it.

The class holds what makes a Tensor a Tensor: its data, its place in the graph, Python's operators
and NumPy's protocols. Operators come from the table of primitives; the many methods are functions
of ``microgradnn.functions``, ``microgradnn.autograd``, defined once there.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

import numpy as np

from . import _dtypes, _mutation, _promotion, rules
from ._apply import write_apply
from ._arrays import Steps, as_index, to_array
from ._inplace import adopt, check_kind, check_target, mark_view, write
from ._notes import watch
from ._numpy_protocols import refuse_to_lose
from ._primitive import Primitive, install_lazily, makes, on_define
from ._size import Size as Size
from ._transposes import Transposes
from .graph import Leaf, Node
from .rules.elementwise import pow as _pow
from .rules.elementwise import power
from .rules.indexing import getitem, setitem


class Tensor(Transposes):
    """An array that remembers how it was made, so that it can be differentiated.

    ``Tensor(2, 3)`` makes an uninitialised Tensor of that shape, ``Tensor(array_like)`` one of the
    default float type that holds a copy, as in PyTorch. `tensor` keeps the type of its data.

    Parameters
    ----------
    *data : array_like, or the sizes of the dimensions
    requires_grad : bool, optional
        Whether ``backward()`` is to compute the gradient by this Tensor.
    dtype : dtype, optional
        Another type than the default float.

    Examples
    --------
    >>> x = mg.Tensor([1, 2], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__dict__", "__weakref__", "_array", "_base", "_node", "_views")

    _array: Any
    _node: Node | None
    _base: Tensor | None
    _views: list[weakref.ref[Tensor]]
    __array_priority__: ClassVar[float] = 100.0

    def __init__(self, *data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        kind = _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
        if len(data) == 1 and not isinstance(data[0], int | np.integer):
            array = (
                np.array(to_array(data[0], kind))
                if not isinstance(data[0], Size)
                else np.empty(data[0], kind)
            )
        else:
            if any(not isinstance(n, int | np.integer) for n in data):
                raise TypeError(
                    f"Tensor{data!r}: several arguments are the sizes of the dimensions, which are "
                    "integers; put the data into one list: Tensor([...])"
                )
            array = np.empty(data or (0,), kind)
        self._array = array
        self._base = None
        self._node = None
        if requires_grad:
            self.requires_grad = True

    @classmethod
    def _wrap(cls, array: Any, node: Node | None = None) -> Tensor:
        """A Tensor on an array, without a copy."""
        self = object.__new__(Tensor)
        self._array = array if array.__class__ is np.ndarray else np.asarray(array)
        self._node = node
        self._base = None
        return self

    # --- what it is -------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return Size(self._array.shape)

    @property
    def dtype(self) -> _dtypes.dtype:
        """The element type."""
        return _dtypes.of(self._array)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return int(self._array.ndim)

    @property
    def data(self) -> Tensor:
        """A Tensor on the same memory, outside the graph. Setting it replaces the memory."""
        return Tensor._wrap(self._array)

    @data.setter
    def data(self, new: Tensor) -> None:
        if not isinstance(new, Tensor):
            raise TypeError(f"data must be a Tensor, got {type(new).__name__}")
        if type(self._node) is Leaf and new._array.dtype.kind != "f":
            raise RuntimeError(
                f"data of dtype {new.dtype} for a Tensor that requires grad; only floating point "
                "numbers have gradients"
            )
        _mutation.stamp(self._array, "setting .data")
        self._array = new._array
        node = self._node if self._node is not None else self.__dict__.get("_frozen")
        if type(node) is Leaf:
            node.shape, node.dtype = new._array.shape, new._array.dtype

    # --- its place in the graph ---------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether it takes part in the computation of gradients."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        node = self._node
        if wanted:
            if node is None:
                if self._array.dtype.kind != "f":
                    raise RuntimeError(
                        "only Tensors of floating point dtype can require gradients, this one is "
                        f"{self.dtype} (shape {tuple(self._array.shape)}); convert it with "
                        ".float() or make it with dtype=float32"
                    )
                leaf = self.__dict__.pop("_frozen", None)
                if leaf is None:
                    leaf = Leaf(self._array.shape, self._array.dtype)
                    leaf.grad = self.__dict__.pop("_grad", None)
                self._node = leaf
        elif node is not None:
            if type(node) is not Leaf:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf Tensors; this one was made by "
                    f"{node.name()}. Use detach() for a Tensor outside the graph."
                )
            self._frozen = node  # keeps the gradient until it is thawed
            self._node = None

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self._node is None or type(self._node) is Leaf

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it, None for a leaf."""
        return None if type(self._node) is Leaf else self._node

    @property
    def grad(self) -> Tensor | None:
        """The gradient that ``backward()`` has accumulated; None before."""
        node = self._node
        if node is None:
            node = self.__dict__.get("_frozen")
            if node is None:
                found: Tensor | None = self.__dict__.get("_grad")
                return found
        if isinstance(node, Leaf):
            leaf_grad: Tensor | None = node.grad
            return leaf_grad
        if node.notes is not None and node.notes.retains:
            kept: Tensor | None = node.notes.grad
            return kept
        warnings.warn(
            f"The .grad of a Tensor that is not a leaf (made by {node.name()}) is not kept by "
            "backward(); call retain_grad() on it before.",
            UserWarning,
            stacklevel=2,
        )
        return None

    @grad.setter
    def grad(self, new: Tensor | None) -> None:
        if new is not None:
            if not isinstance(new, Tensor):
                raise TypeError(f"grad must be a Tensor or None, got {type(new).__name__}")
            if new._array.shape != self._array.shape or new._array.dtype != self._array.dtype:
                raise RuntimeError(
                    f"grad has shape {tuple(new._array.shape)} and dtype {new.dtype}, the Tensor "
                    f"has shape {tuple(self._array.shape)} and dtype {self.dtype}; they must agree"
                )
        node = self._node if self._node is not None else self.__dict__.get("_frozen")
        if isinstance(node, Leaf):
            node.grad = new
        elif node is None:
            self._grad = new
        elif node.notes is not None:
            node.notes.grad = new

    # --- operators ------------------------------------------------------------------------------

    def __pow__(self, exponent: Any) -> Tensor:
        """``x ** n``: a number as exponent is part of the operation, a Tensor is an operand."""
        if isinstance(exponent, int | float | np.generic) and not isinstance(exponent, bool):
            number = exponent.item() if isinstance(exponent, np.generic) else exponent
            x = self
            if isinstance(number, float) and x._array.dtype.kind != "f":
                x = rules.elementwise.cast.apply(x, _promotion.default_float[0])
            elif x._array.dtype.kind == "b":
                x = rules.elementwise.cast.apply(x, np.dtype(np.int64))
            return power.apply(x, number)
        other = as_operand(exponent, self)
        return NotImplemented if other is None else _pow.apply(self, other)

    def __ipow__(self, exponent: Any) -> Tensor:
        check_target(self, "**=")
        result = self.__pow__(exponent)
        return NotImplemented if result is NotImplemented else write(self, result, "**=")

    def __rpow__(self, base: Any) -> Tensor:
        other = as_operand(base, self)
        return NotImplemented if other is None else _pow.apply(other, self)

    def __pos__(self) -> Tensor:
        return self

    def __getitem__(self, index: Any) -> Tensor:
        if index.__class__ is not slice:
            index = as_index(index)
            if index.__class__ is Steps:
                return getitem.apply(getitem.apply(self, index[0]), index[1])
        return getitem.apply(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        check_target(self, "x[index] = value")
        index = as_index(index)
        if index.__class__ is Steps:
            getitem.apply(self, index[0])[index[1]] = value
            return
        new = value if isinstance(value, Tensor) else as_operand(value, self)
        if new is None:
            raise TypeError(f"can't assign a {type(value).__name__} to elements of a Tensor")
        check_kind(new._array.dtype, self._array.dtype, "x[index] = value")
        views = new._base is not None or self._base is not None
        if views and np.shares_memory(new._array, self._array):
            new = new.clone()
        try:
            self._array[index] = new._array
        except (ValueError, IndexError) as error:
            from ._errors import explain

            raise explain(error, setitem, (self._array, new._array), (index,)) from error
        node = None
        if self._node is not None or new._node is not None:
            node = Node(
                setitem, (self._node, new._node), (), (index,), self._array.shape, self._array.dtype
            )
        adopt(self, node, "x[index] = value")

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("len() of a 0-d Tensor")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._array.ndim:
            raise TypeError("iteration over a 0-d Tensor")
        parts: Any = rules.shapes.unbind.apply(self, 0)
        return iter(parts)

    def __contains__(self, item: Any) -> bool:
        found = self == item
        return isinstance(found, Tensor) and bool(found._array.any())

    def __bool__(self) -> bool:
        if self._array.size != 1:
            raise RuntimeError(
                f"the truth value of a Tensor of shape {tuple(self._array.shape)} is ambiguous: it "
                "has not one element. Use .any() or .all()."
            )
        return bool(self._array.item())

    def __float__(self) -> float:
        if self._node is not None:
            refuse_to_lose("a Tensor that requires grad")
        return float(self.item())

    def __int__(self) -> int:
        if self._node is not None:
            refuse_to_lose("a Tensor that requires grad")
        return int(self.item())

    def __index__(self) -> int:
        if self._array.dtype.kind not in "iu":
            raise TypeError(f"only Tensors of integers can be an index, this one is {self.dtype}")
        return int(self.item())

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        from ._printing import format_tensor

        return format_tensor(self)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._array.ndim == 0 else object.__format__(self, spec)

    def _run_primitive(self, prim: Primitive, inputs: tuple[Any, ...], params: list[Any]) -> Any:
        tensors = [x if isinstance(x, Tensor) or x is None else as_operand(x, self) for x in inputs]
        if any(t is None and x is not None for t, x in zip(tensors, inputs, strict=True)):
            raise TypeError(
                f"{prim.name} takes Tensors, arrays and numbers, got "
                f"{', '.join(type(x).__name__ for x in inputs)}"
            )
        return prim.apply(*tensors, *params)


_constants: dict[Any, dict[Any, Tensor]] = {d: {} for d in _promotion.FLOATS}


def as_operand(x: Any, like: Tensor) -> Tensor | None:
    """A Tensor for a number or an array beside ``like``; None if it is neither.

    Numbers take the dtype of ``like`` unless their kind is higher (2.0 beside integers). The 0-d
    Tensors of floats are kept, because making one costs more than a multiplication.
    """
    if isinstance(x, bool | int | float):
        dtype = like._array.dtype
        known = _constants.get(dtype)
        if known is not None:
            found = known.get(x)
            if found is None:
                found = Tensor._wrap(np.array(x, dtype))
                found._array.flags.writeable = False
                if x:  # 0.0 and -0.0 are equal as keys
                    if len(known) > 1000:
                        known.clear()
                    known[x] = found
            return found
        if isinstance(x, float):
            dtype = _promotion.default_float[0]
        elif dtype.kind == "b" and not isinstance(x, bool):
            dtype = np.dtype(np.int64)
        return Tensor._wrap(np.array(x, dtype))
    if isinstance(x, Tensor):
        return x
    if isinstance(x, np.ndarray):
        return Tensor._wrap(to_array(x))
    if isinstance(x, np.generic):
        return as_operand(x.item(), like)
    if isinstance(x, complex):
        raise _promotion.unsupported(np.dtype(complex))
    return None


def _install(prim: Primitive) -> None:
    """Give Tensor the operators that a primitive stands for."""
    name = prim.operator
    if not name:
        return
    if len(prim.inputs) == 1:
        install_lazily(Tensor, prim, {f"__{name}__": "apply"})
        return
    install_lazily(Tensor, prim, {f"__{name}__": "tensor_operator"})
    if not prim.rules and "bitwise" not in prim.name:
        return  # a comparison
    install_lazily(Tensor, prim, {f"__r{name}__": "tensor_reflected"})
    if name != "matmul":  # x @= y is x = x @ y, as in PyTorch

        def in_place(self: Tensor, other: Any) -> Any:
            check_target(self, f"{prim.symbol}=")
            return write(self, prim.tensor_operator(self, other), f"{prim.symbol}=")

        setattr(Tensor, f"__i{name}__", in_place)


makes("apply", "tensor_operator", "tensor_reflected")(
    partial(write_apply, Tensor, as_operand, mark_view, watch)
)
on_define(_install)
