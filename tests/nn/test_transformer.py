"""The transformer's layers, its two halves, and the whole."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw
from tests.nn.training_peer import same_training
from tests.test_random_peers import draws_by_itself

nn = mg.nn

SMALL = {"d_model": 8, "nhead": 2, "dim_feedforward": 12}


def test_a_layer_is_made_of_its_parts():
    layer = nn.TransformerEncoderLayer(**SMALL, dropout=0.0, dtype=mg.float64)
    x = mg.tensor(draw(5, 3, 8))
    attended = x + layer.self_attn(x, x, x)[0]
    y = layer.norm1(attended)
    by_hand = layer.norm2(y + layer.linear2(layer.linear1(y).relu()))
    np.testing.assert_allclose(layer(x).detach(), by_hand.detach())
    layer.norm_first = True
    y = x + layer.self_attn(*[layer.norm1(x)] * 3)[0]
    by_hand = y + layer.linear2(layer.linear1(layer.norm2(y)).relu())
    np.testing.assert_allclose(layer(x).detach(), by_hand.detach())


def test_the_causal_mask():
    mask = nn.Transformer.generate_square_subsequent_mask(3)
    inf = float("inf")
    assert mask.tolist() == [[0, -inf, -inf], [0, 0, -inf], [0, 0, 0]]
    assert mask.dtype is mg.float32
    assert nn.Transformer.generate_square_subsequent_mask(2, dtype=mg.float64).dtype is mg.float64


@pytest.mark.parametrize("given", [None, True])
def test_a_place_does_not_see_those_behind(given):
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**SMALL, dropout=0.0), 2)
    x = mg.tensor(draw(5, 3, 8)).float()
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    whole = encoder(x, mask=mask, is_causal=given)
    part = encoder(x[:3], mask=mask[:3, :3], is_causal=given)
    np.testing.assert_allclose(whole[:3].detach(), part.detach(), rtol=1e-4, atol=1e-6)
    assert not mg.allclose(encoder(x)[:3], part)


def test_the_copies_begin_alike_and_learn_apart():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**SMALL), 2)
    first, second = encoder.layers
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert a is not b
        assert mg.equal(a, b)
    assert encoder.state_dict().keys() == {
        f"layers.{k}.{name}" for k in (0, 1) for name in first.state_dict()
    }


def test_errors():
    with pytest.raises(RuntimeError, match="'relu', 'gelu' or a function of a Tensor, not 'elu'"):
        nn.TransformerEncoderLayer(8, 2, activation="elu")
    net = nn.Transformer(8, 2, 1, 1, 12)
    with pytest.raises(RuntimeError, match=r"batch number.*src \(5, 3, 8\), tgt \(5, 4, 8\)"):
        net(mg.ones(5, 3, 8), mg.ones(5, 4, 8))
    with pytest.raises(RuntimeError, match="d_model = 8 features"):
        net(mg.ones(5, 3, 8), mg.ones(5, 3, 6))


LAYERS = [
    {}, {"norm_first": True}, {"activation": "gelu"}, {"activation": "square"}, {"bias": False},
    {"batch_first": True}, {"layer_norm_eps": 1e-2, "activation": "module"}, {"dropout": 0.2},
    {"dropout": 0.2, "batch_first": True, "norm_first": True},
    {"dropout": 0.2, "batch_first": True},
]  # fmt: skip


def options_of(m, options):
    """The options with dropout off where it cannot be compared, and activations as functions."""
    options = {"dropout": 0.0, **options}
    known = {"square": lambda x: x * x, "module": m.nn.ReLU()}
    if options.get("activation") in known:
        options["activation"] = known[options["activation"]]
    return options


def masks(m):
    hidden = np.arange(5) > np.array([[4], [3], [2]])
    return m.nn.Transformer.generate_square_subsequent_mask(5, dtype=m.float64), m.tensor(
        np.where(hidden, -np.inf, 0.0)
    )


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


def comparable(torch, options):
    return draws_by_itself(torch) or "dropout" not in options


@pytest.mark.peers
@pytest.mark.parametrize("options", LAYERS, ids=str)
@pytest.mark.parametrize("masked", [False, True])
def test_peer_encoder_layer(torch, options, masked):
    options = options if comparable(torch, options) else {**options, "dropout": 0.0}

    def forward(m, net):
        x = m.tensor(draw(3, 5, 8) if options.get("batch_first") else draw(5, 3, 8))
        mask, padding = masks(m)
        return net(x, mask, padding) if masked else net(x)

    same_training(
        torch, lambda m: m.nn.TransformerEncoderLayer(**SMALL, **options_of(m, options)), forward,
        steps=20 if masked else 3,
    )  # fmt: skip


@pytest.mark.peers
@pytest.mark.parametrize("options", LAYERS, ids=str)
@pytest.mark.parametrize("masked", [False, True])
def test_peer_decoder_layer(torch, options, masked):
    options = options if comparable(torch, options) else {**options, "dropout": 0.0}

    def forward(m, net):
        x, memory = m.tensor(draw(5, 3, 8)), m.tensor(draw(5, 3, 8, seed=1))
        if options.get("batch_first"):
            x, memory = x.transpose(0, 1), memory.transpose(0, 1)
        mask, padding = masks(m)
        if masked:
            return net(x, memory, mask, mask.T.exp().log1p(), padding, padding * 0.5)
        return net(x, memory)

    same_training(
        torch, lambda m: m.nn.TransformerDecoderLayer(**SMALL, **options_of(m, options)), forward,
        steps=3,
    )  # fmt: skip


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_first", [False, True])
def test_peer_transformer(torch, dtype, batch_first):
    drop = 0.1 if draws_by_itself(torch) else 0.0

    def build(m):
        return m.nn.Transformer(8, 4, 2, 2, 12, drop, "gelu", batch_first=batch_first)

    def forward(m, net):
        src, tgt = m.tensor(draw(5, 3, 8)), m.tensor(draw(5, 3, 8, seed=1))
        if batch_first:
            src, tgt = src.transpose(0, 1).contiguous(), tgt.transpose(0, 1).contiguous()
        mask, padding = (x.to(getattr(m, dtype)) for x in masks(m))
        src, tgt = (x.to(getattr(m, dtype)) for x in (src, tgt))
        return net(src, tgt, tgt_mask=mask, src_key_padding_mask=padding,
                   memory_key_padding_mask=padding)  # fmt: skip

    same_training(torch, build, forward, dtype)


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("batch_first", [True, False])
def test_peer_in_eval_mode(torch, grad, batch_first):
    def run(m):
        m.manual_seed(2)
        layer = m.nn.TransformerEncoderLayer(8, 2, 12, batch_first=batch_first, dtype=m.float64)
        norm = m.nn.LayerNorm(8, dtype=m.float64)
        net = m.nn.TransformerEncoder(layer, 2, norm, enable_nested_tensor=False).eval()
        x = m.tensor(draw(3, 5, 8) if batch_first else draw(5, 3, 8))
        hidden = m.tensor(np.arange(5) > np.array([[4], [3], [2]]))
        with m.set_grad_enabled(grad):
            return net(x, src_key_padding_mask=hidden).detach().numpy()

    np.testing.assert_allclose(run(mg), run(torch), rtol=1e-9, atol=1e-11)


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning")
def test_peer_state_dict(torch):
    theirs = torch.nn.Transformer(8, 2, 1, 1, 12).double().eval()
    ours = nn.Transformer(8, 2, 1, 1, 12).double().eval()
    state = {name: mg.tensor(x.numpy()) for name, x in theirs.state_dict().items()}
    assert ours.load_state_dict(state) == ([], [])
    src, tgt = draw(5, 3, 8), draw(4, 3, 8, seed=1)
    found = ours(mg.tensor(src), mg.tensor(tgt)).detach()
    wanted = theirs(torch.tensor(src), torch.tensor(tgt)).detach()
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
