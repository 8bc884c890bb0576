"""``Variable``: how old PyTorch programs wrote a Tensor."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor


class _Tensors(type):
    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, Tensor)


class Variable(metaclass=_Tensors):
    """Returns its Tensor; every Tensor is an instance of it.

    Parameters
    ----------
    data : Tensor
    requires_grad : bool
    volatile : bool
        No longer of any effect, as in PyTorch.

    Examples
    --------
    >>> mg.autograd.Variable(mg.ones(1), requires_grad=True)
    tensor([1.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        """A Tensor on the same memory, a leaf if it is to require grad."""
        if data is None:
            return Tensor()
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        if not requires_grad:
            return data
        return data.detach().requires_grad_()
