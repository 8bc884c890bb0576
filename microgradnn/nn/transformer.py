"""The transformer of Vaswani et al., "Attention Is All You Need" (2017), and its layers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _dtypes, _promotion
from .._tensor import Tensor
from ..functions.creation import check_device
from . import functional as f
from . import init
from .attention import MultiheadAttention
from .container import ModuleList
from .dropout import Dropout
from .functional.attention import as_float_masks
from .linear import Linear
from .module import Module
from .normalisation import LayerNorm

Activation = Callable[[Tensor], Tensor]


def _activation(given: str | Activation) -> Activation:
    if callable(given):
        return given
    if given not in ("relu", "gelu"):
        raise RuntimeError(f"activation is 'relu', 'gelu' or a function of a Tensor, not {given!r}")
    found: Activation = getattr(f, given)
    return found


def _is_causal(mask: Tensor | None, given: bool | None, x: Tensor, batch_first: bool) -> bool:
    """Whether a mask hides exactly the places behind, if that is not said."""
    if given is not None or mask is None:
        return bool(given)
    length = x.shape[1 if batch_first and x.ndim == 3 else 0]
    causal = Transformer.generate_square_subsequent_mask(length, dtype=mask.dtype)
    return mask.shape == causal.shape and bool((mask._array == causal._array).all())


class _Layer(Module):
    """What the layers of both halves share: attention to itself, and a network of two layers."""

    _attentions: tuple[str, ...] = ("self_attn",)

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
        activation: str | Activation = f.relu, layer_norm_eps: float = 1e-5,
        batch_first: bool = False, norm_first: bool = False, bias: bool = True,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        activation = _activation(activation)
        super().__init__()
        for name in self._attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
            )
            setattr(self, name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        parts = range(1, len(self._attentions) + 2)
        for k in parts:
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
            setattr(self, f"norm{k}", norm)
        for k in parts:
            setattr(self, f"dropout{k}", Dropout(dropout))
        self.activation = activation

    def _add(self, x: Tensor, k: int, part: Callable[[Tensor], Tensor]) -> Tensor:
        """``x`` plus the k-th part of it: with the norm before that part, or behind the sum."""
        norm, dropout = self.__dict__[f"norm{k}"], self.__dict__[f"dropout{k}"]
        out: Tensor = x + dropout(part(norm(x))) if self.norm_first else norm(x + dropout(part(x)))
        return out

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))  # type: ignore[no-any-return]


class TransformerEncoderLayer(_Layer):
    """Attention of a sequence to itself, then a network of two layers; each is added to its input.

    Parameters
    ----------
    d_model : int
        Features.
    nhead : int
        Heads of the attention; divides ``d_model``.
    dim_feedforward : int
        Features between the two layers.
    dropout : float
    activation : "relu", "gelu" or callable
    layer_norm_eps : float
    batch_first : bool
        Whether the batch is the first dimension instead of the second.
    norm_first : bool
        Whether the norms come before attention and network instead of behind the sums.
    bias : bool
        Whether the linear maps and the norms add one.
    device : optional
        The CPU.
    dtype : dtype, optional

    Raises
    ------
    RuntimeError
        For an unknown activation.

    Examples
    --------
    >>> layer = mg.nn.TransformerEncoderLayer(d_model=8, nhead=2, batch_first=True)
    >>> layer(mg.ones(4, 5, 8)).shape
    microgradnn.Size([4, 5, 8])
    """

    self_attn: MultiheadAttention

    def forward(
        self, src: Tensor, src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None, is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """The sequence transformed; for the masks see `MultiheadAttention.forward`."""
        padding, mask = as_float_masks(
            src_key_padding_mask, src_mask, src, ("src_key_padding_mask", "src_mask")
        )

        def attend(x: Tensor) -> Tensor:
            out, _ = self.self_attn(x, x, x, padding, False, mask, is_causal=is_causal)
            return out  # type: ignore[no-any-return]

        return self._add(self._add(src, 1, attend), 2, self._feed_forward)


class TransformerDecoderLayer(_Layer):
    """Attention of a sequence to itself, then to another one, then a network of two layers.

    The parameters are those of `TransformerEncoderLayer`.

    Examples
    --------
    >>> layer = mg.nn.TransformerDecoderLayer(d_model=8, nhead=2, batch_first=True)
    >>> layer(mg.ones(4, 5, 8), mg.ones(4, 3, 8)).shape
    microgradnn.Size([4, 5, 8])
    """

    _attentions = ("self_attn", "multihead_attn")
    self_attn: MultiheadAttention
    multihead_attn: MultiheadAttention

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None, tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None, tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """``tgt`` transformed with a look at ``memory``, what the encoder has made.

        The masks whose names begin with ``memory`` hide places of ``memory``, those with ``tgt``
        places of ``tgt``; see `MultiheadAttention.forward`.
        """

        def attend(x: Tensor) -> Tensor:
            out, _ = self.self_attn(
                x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal
            )
            return out  # type: ignore[no-any-return]

        def look(x: Tensor) -> Tensor:
            out, _ = self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask,
                is_causal=memory_is_causal,
            )  # fmt: skip
            return out  # type: ignore[no-any-return]

        return self._add(self._add(self._add(tgt, 1, attend), 2, look), 3, self._feed_forward)


def _clones(layer: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """Layers in a row, each a copy of one, with the same first numbers.

    Parameters
    ----------
    encoder_layer : TransformerEncoderLayer
        It is copied.
    num_layers : int
    norm : Module, optional
        Applied to the last layer's result.
    enable_nested_tensor, mask_check : bool
        Accepted and not used. PyTorch's faster way in evaluation mode, which they choose there,
        leaves 0 at places that ``src_key_padding_mask`` hides; here the layers go on with them.

    Examples
    --------
    >>> layer = mg.nn.TransformerEncoderLayer(d_model=8, nhead=2)
    >>> encoder = mg.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    >>> encoder(mg.ones(5, 4, 8)).shape
    microgradnn.Size([5, 4, 8])
    """

    norm: Module | None

    def __init__(
        self, encoder_layer: Module, num_layers: int, norm: Module | None = None,
        enable_nested_tensor: bool = True, mask_check: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.layers = _clones(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check

    def forward(
        self, src: Tensor, mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None, is_causal: bool | None = None,
    ) -> Tensor:  # fmt: skip
        """The sequence, through all layers.

        Parameters
        ----------
        src : Tensor
        mask, src_key_padding_mask : Tensor, optional
            See `MultiheadAttention.forward`.
        is_causal : bool, optional
            Whether ``mask`` hides exactly the places behind; default: it is looked at.
        """
        padding, mask = as_float_masks(
            src_key_padding_mask, mask, src, ("src_key_padding_mask", "mask")
        )
        first: Any = self.layers[0]
        is_causal = _is_causal(mask, is_causal, src, first.self_attn.batch_first)
        out: Any = src
        for layer in self.layers:
            out = layer(
                out, src_mask=mask, is_causal=is_causal, src_key_padding_mask=padding
            )  # fmt: skip
        return out if self.norm is None else self.norm(out)  # type: ignore[no-any-return]


class TransformerDecoder(Module):
    """Layers in a row, each a copy of one, with the same first numbers.

    Parameters
    ----------
    decoder_layer : TransformerDecoderLayer
        It is copied.
    num_layers : int
    norm : Module, optional
        Applied to the last layer's result.

    Examples
    --------
    >>> decoder = mg.nn.TransformerDecoder(mg.nn.TransformerDecoderLayer(d_model=8, nhead=2), 2)
    >>> decoder(mg.ones(5, 4, 8), mg.ones(3, 4, 8)).shape
    microgradnn.Size([5, 4, 8])
    """

    norm: Module | None

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _clones(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None, tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None, tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """``tgt`` through all layers, each with a look at ``memory``.

        ``tgt_is_causal`` says whether ``tgt_mask`` hides exactly the places behind; by default the
        mask is looked at. For the masks see `TransformerDecoderLayer.forward`.
        """
        first: Any = self.layers[0]
        tgt_is_causal = _is_causal(tgt_mask, tgt_is_causal, tgt, first.self_attn.batch_first)
        out: Any = tgt
        for layer in self.layers:
            out = layer(
                out, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal,
            )  # fmt: skip
        return out if self.norm is None else self.norm(out)  # type: ignore[no-any-return]


class Transformer(Module):
    """An encoder that reads one sequence, and a decoder that makes another one of it.

    Parameters
    ----------
    d_model, nhead : int
    num_encoder_layers, num_decoder_layers : int
    dim_feedforward, dropout, activation
        See `TransformerEncoderLayer`.
    custom_encoder, custom_decoder : Module, optional
        In place of those made here.
    layer_norm_eps, batch_first, norm_first, bias, device, dtype
        See `TransformerEncoderLayer`.

    Examples
    --------
    >>> net = mg.nn.Transformer(8, 2, 1, 1, 16)
    >>> net(mg.ones(5, 4, 8), mg.ones(3, 4, 8)).shape
    microgradnn.Size([3, 4, 8])
    """

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6,
        num_decoder_layers: int = 6, dim_feedforward: int = 2048, dropout: float = 0.1,
        activation: str | Activation = f.relu, custom_encoder: Module | None = None,
        custom_decoder: Module | None = None, layer_norm_eps: float = 1e-5,
        batch_first: bool = False, norm_first: bool = False, bias: bool = True,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        of_layer = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
                    batch_first, norm_first, bias, device, dtype)  # fmt: skip

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)

        if custom_encoder is None:
            custom_encoder = TransformerEncoder(
                TransformerEncoderLayer(*of_layer), num_encoder_layers, norm(), batch_first
            )
        self.encoder = custom_encoder
        if custom_decoder is None:
            custom_decoder = TransformerDecoder(
                TransformerDecoderLayer(*of_layer), num_decoder_layers, norm()
            )
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        """Draw all weights of more than one dimension anew."""
        for p in self.parameters():
            if p.ndim > 1:
                init.xavier_uniform_(p)

    def forward(
        self, src: Tensor, tgt: Tensor, src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None, memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None, tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None, src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """``tgt`` transformed with a look at ``src``; for the masks see the two halves.

        Raises
        ------
        RuntimeError
            If batches or features do not agree.
        """
        shapes = f"src {tuple(src.shape)}, tgt {tuple(tgt.shape)}"
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise RuntimeError(f"the batch number of src and tgt must be equal, got {shapes}")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError(f"src and tgt have d_model = {self.d_model} features, got {shapes}")
        memory = self.encoder(
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
        )
        out: Tensor = self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal,
        )  # fmt: skip
        return out

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask that hides the places behind: 0 up to the diagonal, -inf above.

        Examples
        --------
        >>> mg.nn.Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        check_device(device)
        kind = _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)
        hidden = np.full((sz, sz), -np.inf).astype(kind)
        return Tensor._wrap(np.triu(hidden, 1))
