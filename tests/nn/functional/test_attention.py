"""scaled_dot_product_attention, in numbers by hand, and beside PyTorch's."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw, same
from tests.test_random_peers import draws_by_itself

attention = mg.nn.functional.scaled_dot_product_attention


def tensors(*shapes, dtype=mg.float64):
    return [mg.tensor(draw(*shape, seed=k)).to(dtype) for k, shape in enumerate(shapes)]


def by_hand(q, k, v, seen, scale):
    out = np.zeros((len(q), v.shape[1]))
    for i in range(len(q)):
        weights = [
            math.exp(scale * float(q[i] @ k[j])) if seen[i, j] else 0.0 for j in range(len(k))
        ]
        for j, w in enumerate(weights):
            out[i] += w / sum(weights) * v[j]
    return out


def test_by_hand():
    q, k, v = (draw(*shape, seed=s) for s, shape in enumerate(((3, 4), (5, 4), (5, 2))))
    given = [mg.tensor(x) for x in (q, k, v)]
    everything = np.ones((3, 5), bool)
    np.testing.assert_allclose(attention(*given).numpy(), by_hand(q, k, v, everything, 0.5))
    np.testing.assert_allclose(attention(*given, scale=2.0), by_hand(q, k, v, everything, 2.0))
    np.testing.assert_allclose(
        attention(*given, is_causal=True), by_hand(q, k, v, np.tri(3, 5, dtype=bool), 0.5)
    )
    seen = np.random.default_rng(0).random((3, 5)) < 0.6
    seen[:, 2] = True
    mask = mg.tensor(seen)
    np.testing.assert_allclose(attention(*given, mask), by_hand(q, k, v, seen, 0.5))
    floats = mg.zeros(3, 5, dtype=mg.float64).masked_fill(~mask, -np.inf)
    np.testing.assert_allclose(attention(*given, floats), by_hand(q, k, v, seen, 0.5))


def test_a_query_that_sees_nothing_gets_zeros_and_no_gradient():
    q, k, v = tensors((3, 4), (5, 4), (5, 2))
    q.requires_grad_(), k.requires_grad_()
    mask = mg.ones(3, 5, dtype=mg.bool)
    mask[1] = False
    out = attention(q, k, v, mask)
    assert out[1].tolist() == [0, 0]
    assert bool((out[0] != 0).all())
    out.sum().backward()
    assert q.grad[1].tolist() == [0, 0, 0, 0]
    assert bool((q.grad[0] != 0).all())
    assert bool(k.grad.isfinite().all())


@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"scale": 0.3}], ids=str)
def test_gradients_of_both_orders(options):
    inputs = [x.requires_grad_() for x in tensors((2, 3, 2), (2, 3, 2), (2, 3, 2))]
    assert gradcheck(lambda *x: attention(*x, **options), inputs)
    assert gradgradcheck(lambda *x: attention(*x, **options), inputs)
    mask = mg.tensor(draw(3, 3, seed=9), requires_grad=True)
    assert gradcheck(attention, [*inputs, mask])


def test_shared_heads():
    q, k, v = tensors((2, 6, 3, 4), (2, 2, 5, 4), (2, 2, 5, 4))
    found = attention(q, k, v, enable_gqa=True)
    for head in range(6):
        one = attention(q[:, head], k[:, head // 3], v[:, head // 3])
        np.testing.assert_allclose(found[:, head], one)


def test_dropout_takes_weights_away():
    q, k = mg.zeros(1, 4), mg.zeros(1000, 4)
    mg.manual_seed(1)
    out = attention(q, k, mg.ones(1000, 1), dropout_p=0.25).item()
    assert out == pytest.approx(1.0, abs=0.1)
    assert out * 750 == pytest.approx(round(out * 750), abs=1e-3)
    assert attention(q, k, mg.ones(1000, 1), dropout_p=1.0).item() == 0


def test_errors():
    q, k, v = tensors((2, 3, 4), (2, 5, 4), (2, 5, 2))
    with pytest.raises(TypeError, match="key is a ndarray"):
        attention(q, k.numpy(), v)
    with pytest.raises(RuntimeError, match=r"2 dimensions.*query \(4,\)"):
        attention(q[0, 0], k, v)
    with pytest.raises(RuntimeError, match="equal last sizes"):
        attention(q, k[..., :2], v)
    with pytest.raises(RuntimeError, match="equal last but one"):
        attention(q, k, v[:, :4])
    with pytest.raises(RuntimeError, match=r"one floating dtype.*float32"):
        attention(q, k.float(), v)
    with pytest.raises(RuntimeError, match="exclude each other"):
        attention(q, k, v, mg.ones(3, 5), is_causal=True)
    with pytest.raises(RuntimeError, match=r"bool or float, got microgradnn\.int64"):
        attention(q, k, v, mg.ones(3, 5, dtype=mg.int64))
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        attention(q, k, v, dropout_p=1.5)
    with pytest.raises(RuntimeError, match="numbers of heads"):
        attention(*tensors((4, 3, 2), (3, 3, 2), (3, 3, 2)), enable_gqa=True)
    with pytest.raises(RuntimeError, match="do not broadcast"):
        attention(q, k, v, mg.ones(3, 4))


@pytest.mark.peers
@pytest.mark.parametrize(
    "shapes",
    [
        ((3, 4), (5, 4), (5, 2)), ((2, 3, 4), (2, 5, 4), (2, 5, 2)),
        ((16, 4, 32, 16),) * 3, ((2, 4, 5, 8),) * 3, ((4, 5, 8), (2, 4, 6, 8), (2, 1, 6, 3)),
        ((2, 3, 0, 4), (2, 3, 5, 4), (2, 3, 5, 4)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"scale": 0.7}], ids=str)
def test_peer(shapes, options):
    import torch

    def f(m, *inputs):
        return m.nn.functional.scaled_dot_product_attention(*inputs, **options)

    same(torch, f, *(draw(*s, seed=k) for k, s in enumerate(shapes)))


@pytest.mark.peers
@pytest.mark.parametrize("shape", [(4, 6), (3, 4, 6), (2, 1, 1, 6), (2, 3, 4, 6), (4, 1)])
@pytest.mark.parametrize("kind", ["bool", "float64", "float32"])
def test_peer_masks(shape, kind):
    import torch

    mask = np.random.default_rng(3).uniform(-1, 1, shape)
    inputs = [draw(2, 3, 4, 5, seed=1), draw(2, 3, 6, 5, seed=2), draw(2, 3, 6, 5, seed=3)]
    if kind == "bool":
        hidden = mask < 0
        hidden[..., 0, :] = True  # a query that sees nothing

        def f(m, *x):
            return m.nn.functional.scaled_dot_product_attention(*x, m.tensor(~hidden))

        same(torch, f, *inputs)
    elif kind == "float32":  # beside numbers in float64

        def f(m, *x):
            return m.nn.functional.scaled_dot_product_attention(
                *x, m.tensor(mask.astype(np.float32))
            )

        same(torch, f, *inputs, tolerance=1e-6)
    else:
        mask[..., -1, -1:] = -np.inf
        same(torch, lambda m, *x: m.nn.functional.scaled_dot_product_attention(*x), *inputs, mask)


@pytest.mark.peers
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_peer_dropout_and_shared_heads(causal, dtype):
    import torch

    p = 0.3 if draws_by_itself(torch) else 0.0  # dropout's numbers may be MKL's there

    def f(m, q, k, v):
        m.manual_seed(11)
        return m.nn.functional.scaled_dot_product_attention(
            q.transpose(1, 2), k, v, None, p, causal, enable_gqa=True
        )

    inputs = draw(2, 7, 6, 4, seed=1), draw(2, 2, 5, 4, seed=2), draw(2, 2, 5, 4, seed=3)
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    same(torch, f, *(x.astype(dtype) for x in inputs), tolerance=tolerance)


@pytest.mark.peers
def test_peer_second_gradients():
    import torch

    def f(m, q, k, v):
        y = m.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        (slope,) = m.autograd.grad((y**2).sum(), q, create_graph=True)
        return (slope * k).sum() + slope.exp().sum()

    from torch.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel(SDPBackend.MATH):  # PyTorch's fused kernels have no second derivative
        same(torch, f, *(draw(2, 3, 4, seed=k) for k in range(3)), tolerance=1e-11)
