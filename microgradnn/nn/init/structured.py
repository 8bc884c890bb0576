"""Weights of a structure: identities, orthogonal matrices, matrices of few numbers."""

from __future__ import annotations

import math

import numpy as np

from ..._errors import ShapeError
from ..._generator import Generator
from ..._tensor import Tensor
from ...functions.likeness import empty_like
from ...functions.sampling import randperm
from .fills import normal_, set_numbers


def eye_(tensor: Tensor) -> Tensor:
    """1 on the diagonal of a matrix, 0 elsewhere.

    Raises
    ------
    ValueError
        If it has not 2 dimensions.

    Examples
    --------
    >>> mg.nn.init.eye_(mg.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    shape = tensor._array.shape
    if len(shape) != 2:
        raise ShapeError(f"eye_ fills matrices, this Tensor has shape {tuple(shape)}")
    return set_numbers(tensor, np.eye(*shape), "eye_")


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution's weight that leaves as many channels as it can as they are.

    ``weight[i, i, middle] = 1`` in each group of output channels, 0 elsewhere.

    Parameters
    ----------
    tensor : Tensor, shape (out, in / groups, *kernel)
        The weight of a convolution in 1, 2 or 3 dimensions.
    groups : int

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If it has another number of dimensions, or groups does not divide the output channels.

    Examples
    --------
    >>> mg.nn.init.dirac_(mg.empty(2, 2, 3))
    tensor([[[0., 1., 0.],
             [0., 0., 0.]],
    <BLANKLINE>
            [[0., 0., 0.],
             [0., 1., 0.]]])
    """
    shape = tensor._array.shape
    if len(shape) not in (3, 4, 5):
        raise ShapeError(
            f"dirac_ fills weights of convolutions, of 3, 4 or 5 dimensions; this Tensor has shape "
            f"{tuple(shape)}"
        )
    if shape[0] % groups:
        raise ValueError(f"dirac_: groups={groups} does not divide the {shape[0]} output channels")
    numbers = np.zeros(shape)
    each = shape[0] // groups
    channel = np.arange(min(each, shape[1]))
    middle = tuple(size // 2 for size in shape[2:])
    for first in range(0, shape[0], each):
        numbers[(first + channel, channel, *middle)] = 1
    return set_numbers(tensor, numbers, "dirac_")


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """An orthogonal matrix times gain, drawn uniformly (Saxe et al., 2013).

    The Q of a normal matrix's QR decomposition, each column with the sign that makes R's diagonal
    positive (Mezzadri, 2007). Rows are orthogonal where there are fewer of them than columns.

    Parameters
    ----------
    tensor : Tensor
        Of at least 2 dimensions; all but the first are taken together as columns.
    gain : float
    generator : Generator, optional

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If it has fewer dimensions.

    Examples
    --------
    >>> w = mg.nn.init.orthogonal_(mg.empty(2, 3))
    >>> (w @ w.T).allclose(mg.eye(2), atol=1e-6)
    True
    """
    shape = tensor._array.shape
    if len(shape) < 2:
        raise ShapeError(f"orthogonal_ needs 2 or more dimensions, got shape {tuple(shape)}")
    if not tensor._array.size:
        return tensor
    drawn = normal_(empty_like(tensor.detach()), generator=generator)._array
    matrix = drawn.reshape(shape[0], -1)
    wide = matrix.shape[0] < matrix.shape[1]
    q, r = np.linalg.qr(matrix.T if wide else matrix)
    q *= np.sign(np.diagonal(r))
    return set_numbers(tensor, (q.T if wide else q).reshape(shape) * gain, "orthogonal_")


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """A normal matrix with a share of each column set to 0 (Martens, 2010).

    Parameters
    ----------
    tensor : Tensor, shape (rows, columns)
    sparsity : float
        The share of zeros in a column, rounded up.
    std : float
        The deviation of the others.
    generator : Generator, optional
        For the numbers; which are set to 0 is drawn from the default generator, as in PyTorch.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If it has not 2 dimensions, or sparsity is no share.

    Examples
    --------
    >>> w = mg.nn.init.sparse_(mg.empty(4, 3), sparsity=0.5)
    >>> (w == 0).sum(dim=0)
    tensor([2, 2, 2])
    """
    shape = tensor._array.shape
    if len(shape) != 2:
        raise ShapeError(f"sparse_ fills matrices, this Tensor has shape {tuple(shape)}")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity is the share of zeros, from 0 to 1, got {sparsity}")
    zeros = math.ceil(sparsity * shape[0])
    numbers = normal_(empty_like(tensor.detach()), 0, std, generator)._array
    for column in range(shape[1]):
        numbers[randperm(shape[0])._array[:zeros], column] = 0
    return set_numbers(tensor, numbers, "sparse_")
