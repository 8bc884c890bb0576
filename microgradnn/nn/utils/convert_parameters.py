"""All parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.joining import cat


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The numbers of several parameters in one vector; gradients pass through it.

    Parameters
    ----------
    parameters : iterable of Tensor

    Returns
    -------
    Tensor, shape (how many numbers there are,)

    Examples
    --------
    >>> mg.nn.utils.parameters_to_vector([mg.zeros(2), mg.ones(1, 2)])
    tensor([0., 0., 1., 1.])
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let parameters have the numbers of a vector: parts of its memory become theirs.

    Parameters
    ----------
    vec : Tensor, shape (how many numbers there are,)
    parameters : iterable of Tensor

    Raises
    ------
    TypeError
        If the vector is no Tensor.
    RuntimeError
        If it is too short; nothing has been changed then.

    Examples
    --------
    >>> layer = mg.nn.Linear(2, 1)
    >>> mg.nn.utils.vector_to_parameters(mg.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.bias
    Parameter containing:
    tensor([3.], requires_grad=True)
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters takes a Tensor, got {type(vec).__name__}")
    listed = list(parameters)
    needed = sum(p._array.size for p in listed)
    if vec.ndim != 1 or vec._array.size < needed:
        raise ShapeError(
            f"vector_to_parameters: the parameters have {needed} numbers, the vector has shape "
            f"{tuple(vec.shape)}"
        )
    first = 0
    for p in listed:
        behind = first + p._array.size
        p.data = Tensor._wrap(vec._array[first:behind].reshape(p._array.shape))
        first = behind
