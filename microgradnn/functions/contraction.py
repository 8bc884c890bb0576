"""Sums of products over chosen dimensions: einsum, and what is said shorter."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .._errors import ShapeError
from .._methods import both, function
from .._tensor import Tensor
from ..rules.contraction import einsum as _einsum
from ..rules.contraction import parts
from ..rules.linalg import matmul as _matmul
from ._dimensions import one_dim


@function
def einsum(*args: Any) -> Tensor:
    """Sum the products of elements along named dimensions (Einstein's notation).

    Parameters
    ----------
    *args
        An equation and the operands, ``einsum("ij,jk->ik", x, y)``: a letter for each dimension of
        each operand; letters missing on the right are summed over; without ``->`` those that occur
        once remain, in alphabetical order. ``...`` stands for the other dimensions, which
        broadcast. A letter twice in one operand is its diagonal. Or operands each followed by a
        list of numbers for letters: ``einsum(x, [0, 1], y, [1, 2], [0, 2])``.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the equation does not fit the operands.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> mg.einsum("ij,kj->ik", x, x)
    tensor([[ 5., 11.],
            [11., 25.]])
    >>> mg.einsum("ii", x)
    tensor(5.)
    """
    if isinstance(args[0], str):
        equation, *operands = args
        if len(operands) == 1 and isinstance(operands[0], list | tuple):
            operands = list(operands[0])
    else:
        equation, operands = _from_lists(args)
    for x in operands:
        if not isinstance(x, Tensor):
            raise TypeError(f"einsum: the operands must be Tensors, got {type(x).__name__}")
    explicit = _explicit(equation, tuple([x._array.ndim for x in operands]))
    size: dict[str, int] = {}
    for term, x in zip(parts(explicit)[0], operands, strict=True):
        for label, n in zip(term, x._array.shape, strict=True):
            known = size.setdefault(label, n)
            if known != n and known != 1 and n != 1:
                raise ShapeError(
                    f"einsum {equation!r}: {label!r} (of {explicit!r}) has size {known} in one "
                    f"operand and {n} in another; shapes "
                    f"{', '.join(str(tuple(x._array.shape)) for x in operands)}"
                )
            if known == 1:
                size[label] = n
    return _einsum.apply(*operands, explicit)


def _from_lists(args: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """The equation of operands that are each followed by a list of numbers for letters."""

    def term(numbers: Any) -> str:
        return "".join("..." if k is Ellipsis else string.ascii_letters[int(k)] for k in numbers)

    pairs = len(args) // 2
    equation = ",".join(term(args[2 * k + 1]) for k in range(pairs))
    # Written with numbers, a result is in the order of the numbers, as in that of the letters.
    if len(args) % 2:
        equation += "->" + term(args[-1])
    return equation, [args[2 * k] for k in range(pairs)]


@lru_cache(maxsize=1000)
def _explicit(equation: str, ndims: tuple[int, ...]) -> str:
    """The equation with its right side, and letters for the dimensions that ``...`` stands for."""
    given, arrow, result = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(ndims):
        raise ShapeError(f"einsum {equation!r} is of {len(terms)} operands, got {len(ndims)}")
    named = {c for c in given + result if c not in ".,"}
    wrong = sorted(c for c in named if c not in string.ascii_letters)
    if wrong:
        raise RuntimeError(f"einsum {equation!r}: {wrong[0]!r} is no letter")
    hidden = []
    for k, (term, ndim) in enumerate(zip(terms, ndims, strict=True)):
        labels = term.replace("...", "", 1)
        extra = ndim - len(labels)
        if "." in labels or extra < 0 or (extra and labels == term):
            raise ShapeError(
                f"einsum {equation!r}: {term!r} names {len(labels)} dimensions, operand {k} has "
                f"{ndim}"
            )
        hidden.append(extra if labels != term else 0)
    free = [c for c in string.ascii_letters if c not in named]
    dots = "".join(free[: max(hidden, default=0)])
    terms = [
        term.replace("...", dots[len(dots) - n :]) for term, n in zip(terms, hidden, strict=True)
    ]
    if arrow:
        out = result.replace("...", dots)
        twice = [c for c in out if out.count(c) > 1 or c not in "".join(terms)]
        if twice:
            raise RuntimeError(
                f"einsum {equation!r}: {twice[0]!r} must occur once on the right, and on the left"
            )
    else:
        letters = "".join(terms)
        out = dots + "".join(sorted(c for c in named if letters.count(c) == 1))
    return ",".join(terms) + "->" + out


@both
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    Examples
    --------
    >>> mg.trace(mg.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    x = input._array
    if x.ndim != 2:
        raise ShapeError(f"trace takes a matrix, got shape {tuple(x.shape)}")
    n = min(x.shape)
    square = input if x.shape == (n, n) else input[:n, :n]
    return _einsum.apply(square if x.dtype.kind == "f" else square.long(), "ii->")


@both
def inner(input: Tensor, other: Tensor) -> Tensor:
    """Sum the products along the last dimension of both; of vectors, their dot product.

    Parameters
    ----------
    input : Tensor, shape (..., n)
    other : Tensor, shape (*, n)

    Returns
    -------
    Tensor, shape (..., *)

    Examples
    --------
    >>> mg.inner(mg.tensor([1, 2]), mg.tensor([[3, 4], [5, 6]]))
    tensor([11, 17])
    """
    if not input._array.ndim or not other._array.ndim:
        return input * other
    return tensordot(input, other, ([-1], [-1]))


@function
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Sum the products along dimensions of ``a`` and dimensions of ``b``.

    Parameters
    ----------
    a, b : Tensor
    dims : int, or two sequences of int
        The last so many of ``a`` and the first of ``b``; or which of each.

    Returns
    -------
    Tensor
        Of the other dimensions of ``a``, then those of ``b``.

    Examples
    --------
    >>> mg.tensordot(mg.ones(2, 3, 4), mg.ones(3, 4, 5)).shape
    microgradnn.Size([2, 5])
    """
    m, n = a._array.ndim, b._array.ndim
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if not 0 <= dims <= min(m, n):
            raise RuntimeError(
                f"tensordot: dims={dims} of Tensors of {m} and {n} dimensions; dims is the number "
                "of dimensions to sum over"
            )
        dims = range(m - dims, m), range(dims)
    left = [one_dim(int(d), m) for d in dims[0]]
    right = [one_dim(int(d), n) for d in dims[1]]
    if len(left) != len(right):
        raise RuntimeError(
            f"tensordot: {len(left)} dimensions of a and {len(right)} of b; they go in pairs"
        )
    letters = string.ascii_letters
    s = list(letters[:m])
    t = list(letters[m : m + n])
    for i, j in zip(left, right, strict=True):
        x, y = a._array.shape[i], b._array.shape[j]
        if x != y and x != 1 and y != 1:
            raise ShapeError(
                f"tensordot: dimension {i} of a has size {x}, dimension {j} of b {y} (shapes "
                f"{tuple(a._array.shape)} and {tuple(b._array.shape)}); they must be equal"
            )
        t[j] = s[i]
    out = [c for c in s if c not in t] + [c for c in t if c not in s]
    return _einsum.apply(a, b, f"{''.join(s)},{''.join(t)}->{''.join(out)}")


@both
def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: ``other`` times each element of ``input``, laid out as blocks.

    Examples
    --------
    >>> mg.kron(mg.tensor([1, 10]), mg.tensor([1, 2]))
    tensor([ 1,  2, 10, 20])
    """
    x, y = input._array.shape, other._array.shape
    n = max(len(x), len(y))
    x, y = (1,) * (n - len(x)) + x, (1,) * (n - len(y)) + y
    left = input.reshape(tuple([k for size in x for k in (size, 1)]))
    right = other.reshape(tuple([k for size in y for k in (1, size)]))
    result: Tensor = (left * right).reshape(tuple([i * j for i, j in zip(x, y, strict=True)]))
    return result


@function
def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications.

    Examples
    --------
    >>> mg.chain_matmul(mg.ones(2, 3), mg.ones(3, 4), mg.ones(4, 1))
    tensor([[12.],
            [12.]])
    """
    if len(matrices) == 1:
        return matrices[0]
    for x in matrices:
        if x._array.ndim != 2:
            raise ShapeError(f"chain_matmul takes matrices, got shape {tuple(x._array.shape)}")
    return multi_dot(matrices)


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications.

    Parameters
    ----------
    tensors : sequence of Tensor
        At least two matrices; the first and the last may be vectors.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.linalg.multi_dot([mg.ones(3), mg.ones(3, 4), mg.ones(4, 2)])
    tensor([12., 12.])
    """
    xs = list(tensors)
    if len(xs) < 2:
        raise RuntimeError(f"multi_dot takes at least two Tensors, got {len(xs)}")
    first, last = xs[0]._array.ndim == 1, xs[-1]._array.ndim == 1
    if first:
        xs[0] = xs[0].reshape(1, -1)
    if last:
        xs[-1] = xs[-1].reshape(-1, 1)
    for k, x in enumerate(xs):
        if x._array.ndim != 2:
            raise ShapeError(
                f"multi_dot: Tensor {k} has shape {tuple(x._array.shape)}; all must be matrices, "
                "the first and the last may be vectors"
            )
    sizes = [xs[0]._array.shape[0], *(x._array.shape[1] for x in xs)]
    result = _product(xs, _best_cuts(sizes), 0, len(xs) - 1)
    n, m = result._array.shape
    kept = (() if first else (n,)) + (() if last else (m,))
    return result.reshape(kept) if first or last else result


def _best_cuts(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to cut the product of matrices i to j, by dynamic programming over its length."""
    n = len(sizes) - 1
    cost = {(i, i): 0 for i in range(n)}
    cuts: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], cuts[i, j] = min(
                (cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                for k in range(i, j)
            )
    return cuts


def _product(xs: list[Tensor], cuts: dict[tuple[int, int], int], i: int, j: int) -> Tensor:
    if i == j:
        return xs[i]
    k = cuts[i, j]
    return _matmul.apply(_product(xs, cuts, i, k), _product(xs, cuts, k + 1, j))
