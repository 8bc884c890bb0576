"""Attention: means of values, weighted by how well each one's key fits a query."""

from __future__ import annotations

import functools
import math
import warnings
from typing import Any

import numpy as np

from ..._errors import DtypeError, ShapeError
from ..._tensor import Tensor
from ...rules.activations import softmax as _softmax
from ...rules.elementwise import where as _where
from ...rules.linalg import matmul as _matmul
from ._operands import check
from .dropout import dropout


@functools.lru_cache(maxsize=8)
def causal_mask(queries: int, keys: int, kind: Any) -> Tensor:
    """What is added to the scores so that a query sees no key behind its own place."""
    seen = np.tri(queries, keys, dtype=bool)
    return Tensor._wrap(np.where(seen, 0.0, -np.inf).astype(kind))


def _as_scores(mask: Tensor, hides: bool, kind: Any) -> Tensor:
    """A mask as what is added to the scores: of truth values, -inf for those that hide a key."""
    if mask._array.dtype != np.bool_:
        return mask
    return Tensor._wrap(np.where(mask._array == hides, -np.inf, 0.0).astype(kind))


def attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout_p: float,
    scale: float, may_be_blind: bool,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The means of the values, and the weights; the mask is added to the scores.

    A query whose mask hides every key gets the weights 0 if that ``may_be``, else NaN.
    """
    scores = _matmul.apply(query * scale, key.mT)
    blind = None
    if mask is not None:
        scores = scores + mask
        if may_be_blind:
            hidden = mask._array == -np.inf
            blind = hidden.all(-1, keepdims=True) if hidden.shape[-1] else None
    if blind is None or not blind.any():
        weights = _softmax.apply(scores, -1)
    else:
        rows, zero = Tensor._wrap(blind), Tensor._wrap(np.zeros((), scores._array.dtype))
        weights = _softmax.apply(_where.apply(rows, zero, scores), -1)
        weights = _where.apply(rows, zero, weights)
    if dropout_p:
        weights = dropout(weights, dropout_p)
    return _matmul.apply(weights, value), weights


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
    dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """``softmax(query @ key.mT * scale + mask) @ value``.

    Attention of Vaswani et al., "Attention Is All You Need" (2017), equation 1.

    Parameters
    ----------
    query : Tensor, shape (..., L, E)
    key : Tensor, shape (..., S, E)
    value : Tensor, shape (..., S, V)
    attn_mask : Tensor, shape broadcasting to (..., L, S), optional
        Of truth values: True where a query may see a key. Of floats: added to the scores.
    dropout_p : float
        The probability with which a weight is set to 0: always, not in training only.
    is_causal : bool
        Whether a query sees the keys up to its own place only; not together with ``attn_mask``.
    scale : float, optional
        Default: ``1 / sqrt(E)``.
    enable_gqa : bool
        Whether each head (dimension -3) of ``key`` and ``value`` serves several of ``query``.

    Returns
    -------
    Tensor, shape (..., L, V)
        0 for a query that may see no key.

    Raises
    ------
    RuntimeError
        If shapes or dtypes do not fit, or there are two masks.

    Examples
    --------
    >>> q, k = mg.tensor([[0.0], [0.0]]), mg.tensor([[1.0], [2.0]])
    >>> mg.nn.functional.scaled_dot_product_attention(q, k, k, is_causal=True)
    tensor([[1.0000],
            [1.5000]])
    """
    name = "scaled_dot_product_attention"
    check(name, query=query, key=key, value=value, attn_mask=attn_mask)
    shapes = [tuple(x._array.shape) for x in (query, key, value)]
    given = "query {}, key {}, value {}".format(*shapes)
    if min(map(len, shapes)) < 2:
        raise ShapeError(f"{name}: each has at least 2 dimensions (places, features), got {given}")
    kind = query._array.dtype
    if kind.kind != "f" or key._array.dtype != kind or value._array.dtype != kind:
        raise DtypeError(
            f"{name}: query, key and value are of one floating dtype, got "
            f"{query.dtype}, {key.dtype} and {value.dtype}"
        )
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    if enable_gqa:
        key, value = (_for_each_head(x, query, given) for x in (key, value))
    if shapes[0][-1] != shapes[1][-1] or shapes[1][-2] != shapes[2][-2]:
        raise ShapeError(
            f"{name}: query and key have equal last sizes, key and value equal last but one; got "
            f"{given}"
        )
    places = (shapes[0][-2], shapes[1][-2])
    if attn_mask is not None:
        if is_causal:
            raise RuntimeError(f"{name}: attn_mask and is_causal=True exclude each other")
        if attn_mask._array.dtype.kind not in "bf":
            raise DtypeError(f"{name}: attn_mask is of dtype bool or float, got {attn_mask.dtype}")
        attn_mask = _as_scores(attn_mask, False, kind)
    elif is_causal:
        attn_mask = causal_mask(*places, kind)
    if scale is None:
        scale = 1.0 / math.sqrt(shapes[0][-1]) if shapes[0][-1] else 1.0
    return attend(query, key, value, attn_mask, dropout_p, scale, not is_causal)[0]


def _for_each_head(x: Tensor, query: Tensor, given: str) -> Tensor:
    """Keys or values with each head repeated for the query's heads that share it."""
    if min(x.ndim, query.ndim) < 3 or not x.shape[-3] or query.shape[-3] % x.shape[-3]:
        raise ShapeError(
            "scaled_dot_product_attention(enable_gqa=True): the numbers of heads (dimension -3) of "
            f"key and value divide that of query; got {given}"
        )
    heads, rest = x.shape[-3], x.shape[-2:]
    times = query.shape[-3] // heads
    wide = x.unsqueeze(-3).expand(*x.shape[:-2], times, *rest)
    return wide.reshape(*x.shape[:-3], heads * times, *rest)


def as_float_mask(mask: Tensor | None, name: str, kind: Any) -> Tensor | None:
    """A mask as floats, -inf where one of truth values is True and so hides a place.

    Raises
    ------
    AssertionError
        If it is neither of truth values nor of floats.
    """
    if mask is None:
        return None
    check("attention", **{name: mask})
    if mask._array.dtype.kind not in "bf":
        raise AssertionError(f"{name} is of a bool or floating dtype, got {mask.dtype}")
    return _as_scores(mask, True, kind)


def as_float_masks(
    padding: Tensor | None, mask: Tensor | None, query: Tensor, names: tuple[str, str]
) -> tuple[Tensor | None, Tensor | None]:
    """The masks of padding and of places as floats; a warning if they are of two dtypes."""
    if padding is not None and mask is not None and padding.dtype != mask.dtype:
        warnings.warn(
            f"{names[0]} is of dtype {padding.dtype}, {names[1]} of {mask.dtype}: give both in "
            "one dtype, where True or -inf hides a place",
            UserWarning,
            stacklevel=3,
        )
    kind = query._array.dtype
    return as_float_mask(padding, names[0], kind), as_float_mask(mask, names[1], kind)
