"""Converting a module: its parameters, their gradients and its buffers to another dtype."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from .. import _dtypes
from .._tensor import Tensor
from ..functions.conversion import type as tensor_type
from ..functions.creation import check_device
from ..functions.likeness import empty_like
from ._registry import BUFFER, PARAMETER, Registry
from .parameter import is_lazy


class Convertible(Registry):
    """The base of `Module` that converts what it holds."""

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Self:
        """Replace the data of every parameter, gradient and buffer by what ``fn`` makes of it."""
        if recurse:
            for child in self.children():
                child._apply(fn)
        for name, kind in self._kinds.items():
            value = self.__dict__[name]
            if value is None or kind not in (PARAMETER, BUFFER):
                continue
            if is_lazy(value):
                value._convert(fn)
            elif kind == BUFFER:
                self.__dict__[name] = fn(value)
            else:
                grad, new = value.grad, fn(value.detach())
                if new._array is not value._array:
                    value.grad = None
                    value.data = new
                    value.grad = None if grad is None else fn(grad)
        return self

    def to(self, *args: Any, dtype: Any = None, device: Any = None, **_: Any) -> Self:
        """Convert floating parameters, gradients and buffers to another dtype, in place.

        Parameters
        ----------
        *args
            A dtype, a device, or a Tensor whose dtype is taken.
        dtype : dtype, optional
            A floating type.
        device : optional
            The CPU.

        Returns
        -------
        Module
            Itself.

        Raises
        ------
        TypeError
            If the dtype is no floating type.
        """
        for arg in args:
            if isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, _dtypes.dtype):
                dtype = arg
            elif not isinstance(arg, bool):
                device = arg
        check_device(device)
        if dtype is None:
            return self
        wanted = _dtypes.as_numpy(dtype)
        if wanted.kind != "f":
            raise TypeError(f"a Module is converted to floating point dtypes only, got {dtype!r}")
        return self._apply(lambda t: t.to(wanted) if t.is_floating_point() else t)

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers, those of integers too; see `Tensor.type`."""
        return self._apply(lambda t: tensor_type(t, dst_type))

    def float(self) -> Self:
        """Convert to float32; see `to`."""
        return self.to(_dtypes.float32)

    def double(self) -> Self:
        """Convert to float64; see `to`."""
        return self.to(_dtypes.float64)

    def half(self) -> Self:
        """Convert to float16; see `to`."""
        return self.to(_dtypes.float16)

    def bfloat16(self) -> Self:
        """Not possible: NumPy has no such dtype."""
        raise TypeError("there is no bfloat16 here: NumPy has no such dtype; use half() or float()")

    def cpu(self) -> Self:
        """Returns the module: the CPU is where it is."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Not possible: a RuntimeError."""
        check_device("cuda" if device is None else f"cuda:{device}")
        return self

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give all parameters and buffers new memory, whose numbers are still to be set."""
        check_device(device)
        return self._apply(empty_like, recurse)

    def share_memory(self) -> Self:
        """Not possible: parameters can't be shared between processes here."""
        raise NotImplementedError(
            "share_memory() is not implemented: parameters can't be shared between processes here; "
            "send state_dict() to the other process, or train in threads"
        )
