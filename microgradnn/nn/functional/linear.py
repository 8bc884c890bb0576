"""Linear maps as layers take them."""

from __future__ import annotations

from ..._tensor import Tensor
from ...rules.linalg import linear as _linear
from ._operands import explain


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias``.

    Parameters
    ----------
    input : Tensor, shape (..., n)
    weight : Tensor, shape (m, n) or (n,)
    bias : Tensor, shape (m,) or (), optional

    Returns
    -------
    Tensor, shape (..., m), or (...) for a weight of one dimension

    Raises
    ------
    RuntimeError
        If sizes or dtypes do not fit.

    Examples
    --------
    >>> x, w = mg.tensor([1.0, 2.0]), mg.tensor([[3.0, 4.0]])
    >>> mg.nn.functional.linear(x, w, mg.tensor([0.5]))
    tensor([11.5000])
    """
    try:
        if len(weight._array.shape) == 1:
            product = input @ weight
            return product if bias is None else product + bias
        result: Tensor = _linear.apply(input, weight, bias)
        return result
    except AttributeError as error:
        raise explain("linear", error, input=input, weight=weight, bias=bias) from None
