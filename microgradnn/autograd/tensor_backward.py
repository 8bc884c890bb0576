"""``Tensor.backward``: the walk of `autograd.backward` from one Tensor."""

from __future__ import annotations

from collections.abc import Sequence

from .._methods import method
from .._tensor import Tensor
from . import gradients


@method
def backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of this Tensor to the ``grad`` of the leaves it was made of.

    The chain rule in reverse: ``dL/dx = sum over uses u of x: J_u(x)^T dL/du``.

    Parameters
    ----------
    gradient : Tensor, optional
        dL/d(this Tensor), of its shape. Needed unless this Tensor has one element: then it is 1.
    retain_graph : bool, optional
        Keep what the graph has saved, so that it can be walked again. Default: ``create_graph``.
    create_graph : bool
        Record the computation of the gradients, so that they can be differentiated.
    inputs : Tensor or sequence of Tensor, optional
        Accumulate into these only.

    Raises
    ------
    RuntimeError
        If this Tensor needs no gradient, has more than one element and no ``gradient`` is given,
        or the graph was freed or changed. No ``grad`` is changed then.

    Examples
    --------
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> w.grad
    tensor([2., 4.])
    """
    given = None if gradient is None else [gradient]
    gradients.backward([self], given, retain_graph, create_graph, inputs)
