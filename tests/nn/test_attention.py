"""MultiheadAttention and its function."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw
from tests.nn.training_peer import same_training
from tests.test_random_peers import draws_by_itself

nn = mg.nn


def inputs(m, *shapes):
    return [m.tensor(draw(*shape, seed=k)) for k, shape in enumerate(shapes)]


def test_two_heads_by_hand():
    layer = nn.MultiheadAttention(4, 2, dtype=mg.float64)
    x = draw(3, 1, 4)
    out, weights = layer(*[mg.tensor(x)] * 3, average_attn_weights=False)
    wq, wk, wv = np.split(layer.in_proj_weight.detach().numpy(), 3)
    heads = []
    for h in (slice(0, 2), slice(2, 4)):
        q, k, v = (x[:, 0] @ w.T[:, h] for w in (wq, wk, wv))
        e = np.exp(q @ k.T / np.sqrt(2))
        e /= e.sum(1, keepdims=True)
        np.testing.assert_allclose(weights[0, len(heads)].detach(), e)
        heads.append(e @ v)
    wanted = np.concatenate(heads, 1) @ layer.out_proj.weight.detach().numpy().T
    np.testing.assert_allclose(out[:, 0].detach(), wanted)


def test_it_begins_as_it_should():
    layer = nn.MultiheadAttention(8, 2, add_bias_kv=True, kdim=3, vdim=5)
    names = {name: tuple(p.shape) for name, p in layer.named_parameters()}
    assert names == {
        "q_proj_weight": (8, 8), "k_proj_weight": (8, 3), "v_proj_weight": (8, 5),
        "in_proj_bias": (24,), "out_proj.weight": (8, 8), "out_proj.bias": (8,),
        "bias_k": (1, 1, 8), "bias_v": (1, 1, 8),
    }  # fmt: skip
    assert not layer.in_proj_bias.any()
    assert not layer.out_proj.bias.any()
    assert "in_proj_bias" not in nn.MultiheadAttention(8, 2, bias=False).state_dict()


def test_errors():
    with pytest.raises(ValueError, match="greater than 0"):
        nn.MultiheadAttention(0, 1)
    with pytest.raises(AssertionError, match="divisible by num_heads, got 8 and 3"):
        nn.MultiheadAttention(8, 3)
    layer = nn.MultiheadAttention(8, 2)
    x = mg.ones(5, 3, 8)
    with pytest.raises(AssertionError, match="got 4 dimensions"):
        layer(x[None], x, x)
    with pytest.raises(AssertionError, match=r"key has 3; got shape \(5, 8\)"):
        layer(x, x[:, 0], x)
    with pytest.raises(AssertionError, match="6 features, expected 8"):
        layer(x[..., :6], x, x)
    with pytest.raises(AssertionError, match="key and value do not agree"):
        layer(x, x, x[:4])
    with pytest.raises(RuntimeError, match=r"attn_mask has shape \(4, 5\), expected .* \(5, 5\)"):
        layer(x, x, x, attn_mask=mg.zeros(4, 5))
    with pytest.raises(RuntimeError, match=r"\(batch \* heads, queries, keys\) = \(6, 5, 5\)"):
        layer(x, x, x, attn_mask=mg.zeros(3, 5, 5))
    with pytest.raises(AssertionError, match=r"expected \(batch, keys\) = \(3, 5\)"):
        layer(x, x, x, key_padding_mask=mg.zeros(5, 3))
    with pytest.raises(AssertionError, match="attn_mask is of a bool or floating dtype"):
        layer(x, x, x, attn_mask=mg.zeros(5, 5, dtype=mg.int64))
    with pytest.raises(RuntimeError, match="attn_mask, which is missing"):
        layer(x, x, x, is_causal=True)
    with pytest.warns(UserWarning, match="give both in one dtype"):
        layer(x, x, x, attn_mask=mg.zeros(5, 5), key_padding_mask=mg.zeros(3, 5, dtype=mg.bool))
    f = nn.functional.multi_head_attention_forward
    with pytest.raises(AssertionError, match="needs in_proj_weight"):
        f(x, x, x, 8, 2, None, None, None, None, False, 0.0, mg.ones(8, 8), None)
    with pytest.raises(AssertionError, match="both or not at all"):
        f(
            x, x, x, 8, 2, mg.ones(24, 8), None, mg.ones(1, 1, 8), None, False, 0.0,
            mg.ones(8, 8), None,
        )  # fmt: skip


BUILDS = [
    {}, {"bias": False}, {"add_bias_kv": True}, {"add_zero_attn": True}, {"batch_first": True},
    {"kdim": 5, "vdim": 7}, {"kdim": 5}, {"dropout": 0.25},
    {"add_bias_kv": True, "add_zero_attn": True, "kdim": 4, "batch_first": True},
]  # fmt: skip


@pytest.mark.peers
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("weights", [True, False])
@pytest.mark.parametrize("padding", [True, False])
def test_peer_builds(build, weights, padding):
    import torch

    if "dropout" in build and not draws_by_itself(torch):
        build = {**build, "dropout": 0.0}

    def forward(m, net):
        q, k, v = inputs(m, (4, 3, 8), (6, 3, net.kdim), (6, 3, net.vdim))
        if build.get("batch_first"):
            q, k, v = (x.transpose(0, 1) for x in (q, k, v))
        hidden = np.zeros((3, 6), bool)
        hidden[0, 4:] = hidden[2, :2] = True
        mask = m.tensor(hidden) if padding else None
        out, found = net(q, k, v, key_padding_mask=mask, need_weights=weights)
        return out if found is None else out.tanh().mean() * found.exp()

    steps = 20 if padding and not weights else 2
    same_training(torch, lambda m: m.nn.MultiheadAttention(8, 2, **build), forward, steps=steps)


CALLS = [
    {}, {"average_attn_weights": False}, {"need_weights": False},
    {"attn_mask": "causal", "is_causal": True, "need_weights": False},
    {"attn_mask": "causal", "is_causal": True},
    {"attn_mask": "bool"}, {"attn_mask": "float"}, {"attn_mask": "heads"},
    {"attn_mask": "heads", "need_weights": False},
    {"attn_mask": "float", "key_padding_mask": "float", "need_weights": False},
    {"attn_mask": "bool", "key_padding_mask": "bool"},
]  # fmt: skip


@pytest.mark.peers
@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_peer_calls(call, batched, dtype):
    import torch

    rng = np.random.default_rng(4)
    hidden = np.triu(np.ones((5, 5), bool), 1)
    heads = rng.random((6 if batched else 2, 5, 5)) < 0.3
    heads[..., 2] = False
    masks = {
        "causal": np.where(hidden, -np.inf, 0.0), "bool": hidden, "heads": heads,
        "float": rng.normal(size=(5, 5)),
    }  # fmt: skip
    paddings = {"bool": np.arange(5) > np.array([[4], [3], [2]]), "float": rng.normal(size=(3, 5))}

    def forward(m, net):
        options = dict(call)
        for name, known in (("attn_mask", masks), ("key_padding_mask", paddings)):
            if name in options:
                mask = known[options[name]]
                mask = mask[2] if name == "key_padding_mask" and not batched else mask
                options[name] = m.tensor(mask if mask.dtype == bool else mask.astype(dtype))
        (x,) = inputs(m, (5, 3, 8) if batched else (5, 8))
        x = x.to(getattr(m, dtype))
        out, found = net(x, x, x, **options)
        return out if found is None else out.tanh().mean() * found.exp()

    same_training(torch, lambda m: m.nn.MultiheadAttention(8, 2), forward, dtype, steps=3)


@pytest.mark.peers
def test_peer_static_keys_and_values():
    import torch

    found = []
    for m in (mg, torch):
        q, kv, k, v, w, o = inputs(m, (4, 3, 8), (2, 3, 8), (6, 5, 4), (6, 5, 4), (24, 8), (8, 8))
        out, weights = m.nn.functional.multi_head_attention_forward(
            q, kv, kv, 8, 2, w, None, None, None, True, 0.0, o, None, static_k=k, static_v=v
        )
        found.append((out.numpy(), weights.numpy()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-12)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-12)
