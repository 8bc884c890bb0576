"""`Parameter`, a Tensor that a module learns; `Buffer`, one that it keeps; both without a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _dtypes, _promotion
from .._arrays import to_array
from .._tensor import Tensor
from ..functions.creation import check_device
from ..graph import Leaf


class Parameter(Tensor):
    """A Tensor that becomes a parameter of the `Module` it is assigned to.

    Parameters
    ----------
    data : Tensor or array_like, optional
        The memory of a Tensor or an array is shared. Default: an empty Tensor.
    requires_grad : bool
        Whether ``backward()`` computes its gradient.

    Raises
    ------
    RuntimeError
        If it requires grad and is not of a floating dtype.

    Examples
    --------
    >>> mg.nn.Parameter(mg.tensor([1.0, 2.0]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        self._array = np.empty(0, _promotion.default_float[0]) if data is None else to_array(data)
        self._base = None
        self._node = None
        if requires_grad:
            self.requires_grad = True

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A parameter with its own numbers and without a gradient."""
        new = type(self)(self._array.copy(), self.requires_grad)
        memo[id(self)] = new
        return new


class Buffer(Tensor):
    """A Tensor that becomes a buffer of the `Module` it is assigned to: kept, but not learned.

    Parameters
    ----------
    data : Tensor or array_like, optional
        The memory of a Tensor or an array is shared. Default: an empty Tensor.
    persistent : bool
        Whether it is part of the ``state_dict``.

    Examples
    --------
    >>> module = mg.nn.Module()
    >>> module.count = mg.nn.Buffer(mg.tensor(3))
    >>> module.state_dict()["count"]
    tensor(3)
    """

    __slots__ = ()

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        self._array = np.empty(0, _promotion.default_float[0]) if data is None else to_array(data)
        self._base = None
        self._node = None
        self.persistent = persistent

    def __repr__(self) -> str:
        return repr(self.detach())


class UninitializedTensorMixin:
    """A parameter or buffer whose shape is still to be found out; see `LazyModuleMixin`."""

    __slots__ = ()

    cls_to_become: type[Tensor]

    def __init__(self, requires_grad: bool, device: Any, dtype: Any) -> None:
        check_device(device)
        kind = _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
        _prepare(self, kind, requires_grad)

    @property
    def _array(self) -> Any:
        raise ValueError(
            "Attempted to use an uninitialized parameter or buffer, whose shape is not known yet: "
            "call the lazy module once with an input, which initializes it"
        )

    @property
    def dtype(self: Any) -> _dtypes.dtype:
        """The element type it will have."""
        return _dtypes.of(np.empty(0, self._kind))

    @property
    def shape(self) -> Any:
        """Not known yet: an error."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to properly initialize the parameters before "
            "accessing their attributes."
        )

    def materialize(self: Any, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Give it a shape: from now on it is a Parameter, or a Tensor, of numbers still to be set.

        Parameters
        ----------
        shape : sequence of int
        device : optional
            The CPU.
        dtype : dtype, optional
            Default: the one it was made with.
        """
        check_device(device)
        kind = self.__dict__.pop("_kind")
        kind = kind if dtype is None else _dtypes.as_numpy(dtype)
        self.__class__ = self.cls_to_become
        self._array = np.empty(tuple(shape), kind)
        if self._node is not None:
            self._node.shape, self._node.dtype = self._array.shape, self._array.dtype

    def _convert(self: Any, fn: Any) -> None:
        """Take the dtype that ``fn`` would convert it to."""
        self._kind = fn(Tensor._wrap(np.empty(0, self._kind)))._array.dtype
        if self._node is not None:
            self._node.dtype = self._kind

    def detach(self) -> Any:
        """Itself: there are no numbers yet."""
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        new = _uninitialized(type(self), self._kind, self.requires_grad)
        memo[id(self)] = new
        return new

    def __reduce__(self: Any) -> Any:
        return _uninitialized, (type(self), self._kind, self.requires_grad)


def _uninitialized(cls: Any, kind: Any, requires_grad: bool) -> Any:
    new = object.__new__(cls)
    _prepare(new, kind, requires_grad)
    return new


def _prepare(new: Any, kind: Any, requires_grad: bool) -> None:
    new._base = None
    new._node = Leaf((0,), kind) if requires_grad else None
    new._kind = kind


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape is found out by the first input of a lazy module.

    Parameters
    ----------
    requires_grad : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Examples
    --------
    >>> p = mg.nn.UninitializedParameter()
    >>> p
    <UninitializedParameter>
    >>> p.materialize((2, 3))
    >>> p.shape
    microgradnn.Size([2, 3])
    """

    __slots__ = ()

    cls_to_become = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        UninitializedTensorMixin.__init__(self, requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer whose shape is found out by the first input of a lazy module.

    Parameters
    ----------
    requires_grad : bool
    device : optional
        The CPU.
    dtype : dtype, optional
        Default: the default float type.

    Examples
    --------
    >>> mg.nn.UninitializedBuffer()
    <UninitializedBuffer>
    """

    __slots__ = ()

    cls_to_become = Tensor

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> None:
        UninitializedTensorMixin.__init__(self, requires_grad, device, dtype)


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(param, UninitializedTensorMixin)
