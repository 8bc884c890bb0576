"""Tensors of random numbers, with PyTorch's names and PyTorch's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._generator import Generator
from .._methods import both, function
from .._tensor import Tensor
from .creation import _dtype, _shape, check_device, finish
from .filling import bernoulli_, check_integers, check_std, float_kind, put, source_of

# --- Tensors of a size ------------------------------------------------------------------------


@function
def rand(
    *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Numbers drawn uniformly from [0, 1).

    Parameters
    ----------
    *size : int, or one sequence of int
    generator : Generator, optional
        Default: the one that `manual_seed` seeds.
    dtype : dtype, optional
        Default: the default float type.
    device : optional
        The CPU.
    requires_grad : bool

    Returns
    -------
    Tensor

    Raises
    ------
    NotImplementedError
        If the dtype is no floating type.

    Examples
    --------
    >>> generator = mg.manual_seed(1337)
    >>> mg.rand(2)
    tensor([0.0783, 0.4956])
    """
    check_device(device)
    shape, kind = _shape(size), float_kind(_dtype(dtype), "rand")
    out = np.empty(shape, kind)
    return finish(put(out, source_of(generator)._uniform(out.size, kind)), requires_grad)


@function
def randn(
    *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Numbers drawn from the normal distribution of mean 0 and variance 1; see `rand`.

    Examples
    --------
    >>> generator = mg.manual_seed(1337)
    >>> mg.randn(2)
    tensor([-2.0260, -2.0655])
    """
    check_device(device)
    shape, kind = _shape(size), float_kind(_dtype(dtype), "randn")
    out = np.empty(shape, kind)
    return finish(put(out, source_of(generator)._normal(out.size, kind, 0.0, 1.0)), requires_grad)


@function
def randint(
    *args: Any, low: int = 0, high: int | None = None, size: Any = None,
    generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Integers drawn uniformly from [low, high).

    Called as ``randint(high, size)`` or ``randint(low, high, size)``.

    Parameters
    ----------
    low : int
        Default: 0.
    high : int
        Not drawn itself.
    size : sequence of int
    generator : Generator, optional
    dtype : dtype, optional
        Default: int64.
    device : optional
        The CPU.
    requires_grad : bool

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If there is no integer in [low, high), or the dtype cannot hold them all.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> mg.randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    check_device(device)
    given = list(args)
    if size is None and given and not isinstance(given[-1], int):
        size = given.pop()
    if high is None and given:
        high = given.pop()
    if given:
        low = given.pop()
    if given or high is None or size is None:
        raise TypeError("randint takes (high, size) or (low, high, size): two integers and a tuple")
    if not all(isinstance(n, int | np.integer) for n in (low, high)):
        raise TypeError(f"randint: low and high must be integers, got {low!r} and {high!r}")
    kind = np.dtype(np.int64) if dtype is None else _dtype(dtype)
    check_integers(low, high, kind, "randint")
    out = np.empty(_shape((size,)), kind)
    return finish(put(out, source_of(generator)._integers(out.size, low, high)), requires_grad)


@function
def randperm(
    n: int, *, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """The integers from 0 to ``n - 1`` in a random order.

    Examples
    --------
    >>> generator = mg.manual_seed(0)
    >>> mg.randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    check_device(device)
    (n,) = _shape((n,))
    order = source_of(generator)._permutation(n)
    return finish(order if dtype is None else order.astype(_dtype(dtype)), requires_grad)


# --- Tensors like another -----------------------------------------------------------------------


def _like(input: Tensor, dtype: Any, name: str) -> Any:
    if not isinstance(input, Tensor):
        raise TypeError(f"{name} takes a Tensor, got {type(input).__name__}")
    return np.empty_like(input._array, dtype=None if dtype is None else _dtype(dtype))


@function
def rand_like(
    input: Tensor, *, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """`rand` in the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.rand_like(mg.zeros(2, 3)).shape
    microgradnn.Size([2, 3])
    """
    check_device(device)
    out = _like(input, dtype, "rand_like")
    kind = float_kind(out.dtype, "rand_like")
    return finish(put(out, source_of(generator)._uniform(out.size, kind)), requires_grad)


@function
def randn_like(
    input: Tensor, *, generator: Generator | None = None, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """`randn` in the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.randn_like(mg.zeros(2, 3)).shape
    microgradnn.Size([2, 3])
    """
    check_device(device)
    out = _like(input, dtype, "randn_like")
    return finish(normal_into(out, 0.0, 1.0, source_of(generator), "randn_like"), requires_grad)


def normal_into(array: Any, mean: float, std: float, source: Generator, name: str) -> Any:
    """Fill an array, as `normal_` does."""
    kind = float_kind(array.dtype, name)
    return put(array, source._normal(array.size, kind, mean, std, array.flags.c_contiguous))


@function
def randint_like(
    input: Tensor, low: int, high: int | None = None, *, generator: Generator | None = None,
    dtype: Any = None, device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """`randint` in the shape and dtype of another Tensor.

    Called as ``randint_like(input, high)`` or ``randint_like(input, low, high)``.

    Examples
    --------
    >>> mg.randint_like(mg.zeros(2, 3), 5).shape
    microgradnn.Size([2, 3])
    """
    check_device(device)
    low, high = (0, low) if high is None else (low, high)
    out = _like(input, dtype, "randint_like")
    check_integers(low, high, out.dtype, "randint_like")
    return finish(put(out, source_of(generator)._integers(out.size, low, high)), requires_grad)


# --- Distributions with parameters --------------------------------------------------------------


@function
def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None,
    dtype: Any = None, device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Numbers drawn from normal distributions.

    Parameters
    ----------
    mean, std : Tensor or float
        One mean and deviation for each number, or for all.
    size : sequence of int, optional
        Needed, and possible, only if both are numbers.
    generator : Generator, optional
    dtype : dtype, optional
    device : optional
        The CPU.
    requires_grad : bool

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If a deviation is negative.

    Examples
    --------
    >>> mg.normal(mg.tensor([1.0, 100.0]), mg.tensor([0.0, 0.0]))
    tensor([  1., 100.])
    """
    check_device(device)
    source = source_of(generator)
    tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    if bool(tensors) == (size is not None):
        raise TypeError("normal takes Tensors for mean or std, or two numbers and size=(...)")
    if not tensors:
        check_std(std)
        out = np.empty(_shape((size,)), float_kind(_dtype(dtype), "normal"))
        return finish(normal_into(out, float(mean), float(std), source, "normal"), requires_grad)
    if isinstance(std, Tensor):
        if std._array.size and not (std._array >= 0).all():
            raise RuntimeError("normal: standard deviations are not negative, some of these are")
    else:
        check_std(std)
    shape = np.broadcast_shapes(*(x._array.shape for x in tensors))
    out = np.empty(shape, float_kind(tensors[0]._array.dtype, "normal"))
    t = finish(normal_into(out, 0.0, 1.0, source, "normal"), False)
    m, s = (x.detach() if isinstance(x, Tensor) else x for x in (mean, std))
    result: Tensor = t * s + m
    return finish(result._array, requires_grad)


@both
def bernoulli(input: Tensor, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """Ones with given probabilities, zeros else.

    Parameters
    ----------
    input : Tensor
        The probabilities, of a floating dtype; only the shape and dtype count if ``p`` is given.
    p : float, optional
        One probability for all.
    generator : Generator, optional

    Returns
    -------
    Tensor
        Of the shape and dtype of ``input``.

    Raises
    ------
    RuntimeError
        If a probability does not lie in [0, 1].

    Examples
    --------
    >>> mg.bernoulli(mg.tensor([0.0, 1.0, 1.0]))
    tensor([0., 1., 1.])
    """
    out = np.empty(input._array.shape, input._array.dtype)
    return bernoulli_(Tensor._wrap(out), input if p is None else p, generator=generator)


@both
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Positions drawn with probabilities in proportion to given weights.

    Parameters
    ----------
    input : Tensor, shape (n,) or (rows, n)
        Weights, of a floating dtype; they need not sum to 1.
    num_samples : int
        How many to draw per row.
    replacement : bool
        Whether a position may be drawn more than once.
    generator : Generator, optional

    Returns
    -------
    Tensor of int64, shape (num_samples,) or (rows, num_samples)

    Raises
    ------
    RuntimeError
        If weights are negative, infinite or all zero in a row, or there are too few of them.

    Examples
    --------
    >>> mg.multinomial(mg.tensor([0.0, 3.0, 0.0]), 1)
    tensor([1])
    """
    weights = input._array
    kind = float_kind(weights.dtype, "multinomial")
    if weights.ndim not in (1, 2) or not weights.size or num_samples < 1:
        raise RuntimeError(
            "multinomial draws at least one sample from one or two dimensions of weights; got "
            f"shape {tuple(weights.shape)} and num_samples={num_samples}"
        )
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError(
            f"multinomial: {num_samples} different positions out of {weights.shape[-1]} are too "
            "many; say replacement=True, or draw fewer"
        )
    total = weights.sum(-1)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and (total > 0).all()):
        raise RuntimeError(
            "multinomial: weights are finite, not negative, and not all zero in a row"
        )
    source = source_of(generator)
    if num_samples == 1 or not replacement:
        # The largest of weight / exponential number falls on a position with the right probability.
        clocks = source._exponential(weights.size, 1.0).astype(kind).reshape(weights.shape)
        with np.errstate(divide="ignore"):
            scores = weights / clocks
        if num_samples == 1:
            return Tensor._wrap(scores.argmax(-1, keepdims=True))
        return Tensor._wrap(np.argsort(-scores, axis=-1, kind="stable")[..., :num_samples].copy())
    cumulated = np.cumsum(weights.reshape(-1, weights.shape[-1]), axis=-1, dtype=kind)
    cumulated /= cumulated[:, -1:]
    cumulated[:, -1] = 1
    drawn = source._uniform64(len(cumulated) * num_samples).reshape(len(cumulated), -1)
    found = np.array(
        [np.searchsorted(c.astype(float), u) for c, u in zip(cumulated, drawn, strict=True)]
    )
    return Tensor._wrap(found.reshape(*weights.shape[:-1], num_samples))
