"""Attention of several heads, each of which looks at projections of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.joining import cat
from ._operands import check
from .attention import as_float_masks, attend, causal_mask
from .linear import linear
from .shapes import pad


def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int,
    in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None,
    bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor,
    out_proj_bias: Tensor | None, training: bool = True, key_padding_mask: Tensor | None = None,
    need_weights: bool = True, attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False, q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None, static_v: Tensor | None = None,
    average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """Attention of several heads, each on a projection of its own; see `nn.MultiheadAttention`.

    Parameters
    ----------
    query : Tensor, shape (L, batch, E) or (L, E)
    key, value : Tensor, shape (S, batch, E) or (S, E)
    embed_dim_to_check : int
        E.
    num_heads : int
        Divides E.
    in_proj_weight, in_proj_bias : Tensor, shape (3 E, E) and (3 E,), or None
        The projections of query, key and value, one above the other.
    bias_k, bias_v : Tensor, shape (1, 1, E), or None
        One more key and value.
    add_zero_attn : bool
        Whether there is one more key and value of zeros.
    dropout_p : float
        The probability with which a weight is set to 0 in training.
    out_proj_weight, out_proj_bias : Tensor
        What the heads' results, side by side, are projected with.
    training : bool
    key_padding_mask : Tensor, shape (batch, S) or (S,), optional
        True where a key is hidden from all queries; or floats, added to the scores.
    need_weights : bool
    attn_mask : Tensor, shape (L, S) or (batch * num_heads, L, S), optional
        True where a key is hidden from a query; or floats, added to the scores.
    use_separate_proj_weight : bool
        Whether the three weights below are used, not ``in_proj_weight``.
    q_proj_weight, k_proj_weight, v_proj_weight : Tensor, optional
    static_k, static_v : Tensor, shape (batch * num_heads, S, E / num_heads), optional
        Used in place of the projected keys and values.
    average_attn_weights : bool
        Whether the weights are averaged over the heads.
    is_causal : bool
        A hint that ``attn_mask``, which must be given, hides exactly the places behind.

    Returns
    -------
    output : Tensor, shape of ``query``
    weights : Tensor, shape (batch, L, S) or (batch, num_heads, L, S), or None

    Raises
    ------
    AssertionError, RuntimeError
        If shapes do not fit, or a weight is missing.
    """
    check("multi_head_attention_forward", query=query, key=key, value=value)
    batched = _is_batched(query, key, value, key_padding_mask, attn_mask)
    key_padding_mask, scores_mask = as_float_masks(
        key_padding_mask, attn_mask, query, ("key_padding_mask", "attn_mask")
    )
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "is_causal=True is a hint about attn_mask, which is missing; "
            "Transformer.generate_square_subsequent_mask makes one"
        )
    attn_mask, is_causal = scores_mask, is_causal and key_padding_mask is None and not need_weights
    if not batched:
        same = key is value, query is key
        query = query.unsqueeze(1)
        key = query if same[1] else key.unsqueeze(1)
        value = key if same[0] else value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    if width != embed_dim_to_check:
        raise AssertionError(
            f"query has {width} features, expected {embed_dim_to_check}; its shape is "
            f"{tuple(query.shape)}"
        )
    if width % num_heads:
        raise AssertionError(f"embed_dim {width} is not divisible by num_heads {num_heads}")
    last = 2 if use_separate_proj_weight else 3  # keys and values may have features of their own
    if key.shape[:last] != value.shape[:last]:
        raise AssertionError(
            f"the shapes of key and value do not agree: {tuple(key.shape)} and {tuple(value.shape)}"
        )
    _check_mask(attn_mask, (length, key.shape[0]), batch * num_heads)
    if use_separate_proj_weight:
        weights: Any = (q_proj_weight, k_proj_weight, v_proj_weight)
    else:
        weights = (in_proj_weight,)
    if any(w is None for w in weights):
        needed = "q_, k_ and v_proj_weight" if use_separate_proj_weight else "in_proj_weight"
        raise AssertionError(f"use_separate_proj_weight={use_separate_proj_weight} needs {needed}")
    q, k, v = _projected(query, key, value, weights, in_proj_bias)
    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v are given both or not at all")
    more = int(add_zero_attn)
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias_k and bias_v are not added to static keys and values")
        k = cat([k, bias_k.expand(1, batch, width)])
        v = cat([v, bias_v.expand(1, batch, width)])
        more += 1
    q, k, v = (x.reshape(len(x), batch, num_heads, -1).permute(1, 2, 0, 3) for x in (q, k, v))
    k = k if static_k is None else _static(static_k, k, "static_k")
    v = v if static_v is None else _static(static_v, v, "static_v")
    if add_zero_attn:
        zero = Tensor._wrap(np.zeros((*k.shape[:2], 1, k.shape[-1]), k._array.dtype))
        k, v = cat([k, zero], 2), cat([v, zero], 2)
    if is_causal:
        attn_mask = causal_mask(length, k.shape[2], q._array.dtype)
    else:
        attn_mask = _joined(attn_mask, key_padding_mask, more, (batch, num_heads, k.shape[2]))
    scale = 1.0 / math.sqrt(width // num_heads)
    p = dropout_p if training else 0.0
    out, found = attend(q, k, v, attn_mask, p, scale, not need_weights)
    out = out.permute(2, 0, 1, 3).reshape(length * batch, width)
    out = linear(out, out_proj_weight, out_proj_bias)
    out = out.reshape(length, batch, -1) if batched else out
    if not need_weights:
        return out, None
    found = found.mean(1) if average_attn_weights else found
    return out, found if batched else found.squeeze(0)


def _is_batched(
    query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None
) -> bool:
    """Whether there is a dimension for the batch; checks the numbers of dimensions."""
    ndim = query.ndim
    if ndim not in (2, 3):
        raise AssertionError(
            f"query has shape (length, batch, features) or (length, features), got {ndim} "
            "dimensions"
        )
    wanted: list[tuple[str, Tensor | None, tuple[int, ...]]] = [
        ("key", key, (ndim,)), ("value", value, (ndim,)),
        ("key_padding_mask", padding, (ndim - 1,)), ("attn_mask", mask, (2, 3)),
    ]  # fmt: skip
    for name, x, allowed in wanted:
        if x is not None and x.ndim not in allowed:
            raise AssertionError(
                f"for a query of {ndim} dimensions, {name} has {' or '.join(map(str, allowed))}; "
                f"got shape {tuple(x.shape)}"
            )
    return ndim == 3


def _check_mask(mask: Tensor | None, places: tuple[int, int], heads: int) -> None:
    if mask is None:
        return
    wanted = places if mask.ndim == 2 else (heads, *places)
    if mask.shape != wanted:
        raise ShapeError(
            f"attn_mask has shape {tuple(mask.shape)}, expected "
            f"{'(queries, keys)' if mask.ndim == 2 else '(batch * heads, queries, keys)'} = "
            f"{wanted}"
        )


def _joined(
    mask: Tensor | None, padding: Tensor | None, more: int, sizes: tuple[int, int, int]
) -> Tensor | None:
    """Both masks as one, with room for ``more`` keys than there were, of ``sizes`` in all."""
    batch, heads, keys = sizes
    if mask is not None:
        mask = pad(mask, (0, more)) if more else mask
        mask = mask.reshape(batch, heads, -1, keys) if mask.ndim == 3 else mask
    if padding is None:
        return mask
    padding = pad(padding, (0, more)) if more else padding
    if padding.shape != (batch, keys):
        raise AssertionError(
            f"key_padding_mask has shape {tuple(padding.shape)}, expected (batch, keys) = "
            f"{(batch, keys)}"
        )
    padding = padding.reshape(batch, 1, 1, keys)
    return padding if mask is None else mask + padding


def _projected(
    query: Tensor, key: Tensor, value: Tensor, weights: tuple[Tensor, ...], bias: Tensor | None
) -> Any:
    """Query, key and value, projected: in one product where they are one Tensor."""
    if len(weights) == 1 and query is key and key is value:
        return linear(query, weights[0], bias).chunk(3, -1)
    parts: Any = weights[0].chunk(3) if len(weights) == 1 else weights
    biases: Any = (None, None, None) if bias is None else bias.chunk(3)
    return [linear(*each) for each in zip((query, key, value), parts, biases, strict=True)]


def _static(given: Tensor, projected: Tensor, name: str) -> Tensor:
    """Keys or values that were given as they are, shaped as the projected ones."""
    batch, heads, _, size = projected.shape
    if given.ndim != 3 or given.shape[0] != batch * heads or given.shape[2] != size:
        raise AssertionError(
            f"{name} has shape {tuple(given.shape)}, expected (batch * heads, keys, features of a "
            f"head) = ({batch * heads}, keys, {size})"
        )
    return given.reshape(batch, heads, -1, size)
