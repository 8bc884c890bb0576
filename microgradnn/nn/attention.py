"""Attention of several heads as a layer."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from . import init
from .functional.multi_head_attention import multi_head_attention_forward
from .linear import Linear, empty_parameter
from .module import Module
from .parameter import Parameter


class NonDynamicallyQuantizableLinear(Linear):
    """A `Linear` under the name by which PyTorch prints the last projection of attention."""


class MultiheadAttention(Module):
    """Attention of several heads, each on projections of its own, their results projected again.

    ``out_proj(cat(head_1, ..., head_n))`` with ``head_i = attention(query W_i^Q, key W_i^K, value
    W_i^V)`` (Vaswani et al., 2017).

    Parameters
    ----------
    embed_dim : int
        Features of the query and of the result, E.
    num_heads : int
        Divides ``embed_dim``.
    dropout : float
        The probability with which a weight is set to 0 in training.
    bias : bool
        Whether the projections add one.
    add_bias_kv : bool
        Whether one more key and value are learned.
    add_zero_attn : bool
        Whether there is one more key and value of zeros.
    kdim, vdim : int, optional
        Features of key and value; default ``embed_dim``.
    batch_first : bool
        Whether the batch is the first dimension instead of the second.
    device : optional
        The CPU.
    dtype : dtype, optional

    Attributes
    ----------
    in_proj_weight : Parameter, shape (3 E, E), or None
        If ``kdim`` or ``vdim`` differ from E: ``q_proj_weight`` (E, E), ``k_proj_weight`` (E, kdim)
        and ``v_proj_weight`` (E, vdim) in its place.
    in_proj_bias : Parameter, shape (3 E,), or None
    out_proj : Linear
    bias_k, bias_v : Parameter, shape (1, 1, E), or None

    Raises
    ------
    ValueError, AssertionError
        If the numbers are not positive, or the heads do not divide the features.

    Examples
    --------
    >>> attention = mg.nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = mg.ones(4, 5, 8)
    >>> output, weights = attention(x, x, x)
    >>> output.shape, weights.shape
    (microgradnn.Size([4, 5, 8]), microgradnn.Size([4, 5, 5]))
    """

    in_proj_weight: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True,
        add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: int | None = None,
        vdim: int | None = None, batch_first: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                f"num_heads={num_heads}"
            )
        if embed_dim % num_heads:
            raise AssertionError(
                f"embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        shapes: dict[str, tuple[int, ...]] = {
            "q_proj_weight": (embed_dim, embed_dim),
            "k_proj_weight": (embed_dim, self.kdim),
            "v_proj_weight": (embed_dim, self.vdim),
            "in_proj_weight": (3 * embed_dim, embed_dim),
        }
        used = ["in_proj_weight"] if self._qkv_same_embed_dim else list(shapes)[:3]
        for name in [*used, *(name for name in shapes if name not in used)]:
            given = empty_parameter(shapes[name], dtype, device) if name in used else None
            self.register_parameter(name, given)
        given = empty_parameter((3 * embed_dim,), dtype, device) if bias else None
        self.register_parameter("in_proj_bias", given)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        for name in ("bias_k", "bias_v"):
            given = empty_parameter((1, 1, embed_dim), dtype, device) if add_bias_kv else None
            self.register_parameter(name, given)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw the weights anew, and set the biases of the projections to 0."""
        for weight in (
            self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight
        ):  # fmt: skip
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.zeros_(bias)
        for more in (self.bias_k, self.bias_v):
            if more is not None:
                init.xavier_normal_(more)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None,
        need_weights: bool = True, attn_mask: Tensor | None = None,
        average_attn_weights: bool = True, is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """The result and, if wanted, the weights; with b for the batch, L queries and S keys.

        Parameters
        ----------
        query : Tensor, shape (L, b, E), or (b, L, E) if ``batch_first``, or (L, E)
        key, value : Tensor, shape (S, b, kdim) and (S, b, vdim), likewise
        key_padding_mask : Tensor, shape (b, S) or (S,), optional
            True where a key is hidden from all queries; or floats, added to the scores.
        need_weights : bool
        attn_mask : Tensor, shape (L, S) or (b * num_heads, L, S), optional
            True where a key is hidden from a query; or floats, added to the scores.
        average_attn_weights : bool
            Whether the weights are averaged over the heads.
        is_causal : bool
            A hint that ``attn_mask``, which must be given, hides exactly the places behind.

        Returns
        -------
        output : Tensor, shape of ``query``
        weights : Tensor, shape (b, L, S) or (b, num_heads, L, S), or None
            Without a batch the inputs, and the results, have no b.

        Raises
        ------
        AssertionError, RuntimeError
            If shapes do not fit.
        """
        turned = self.batch_first and query.ndim == 3
        if turned:
            # One Tensor given twice stays one: it is then projected in one product.
            same = query is key, key is value
            query = query.transpose(0, 1)
            key = query if same[0] else key.transpose(0, 1)
            value = key if same[1] else value.transpose(0, 1)
        output, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight,
            self.in_proj_bias, self.bias_k, self.bias_v, self.add_zero_attn, self.dropout,
            self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask,
            need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )  # fmt: skip
        return (output.transpose(0, 1) if turned else output), weights
