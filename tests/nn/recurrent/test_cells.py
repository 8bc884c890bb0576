"""RNNCell, LSTMCell, GRUCell: a layer step by step, PyTorch's, and wrong calls."""

import re

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw
from tests.nn.recurrent.cases import arrays_of, close

nn = mg.nn

CELLS = [
    ("RNNCell", {}),
    ("RNNCell", {"nonlinearity": "relu"}),
    ("RNNCell", {"bias": False, "nonlinearity": "relu"}),
    ("LSTMCell", {}),
    ("LSTMCell", {"bias": False}),
    ("GRUCell", {}),
    ("GRUCell", {"bias": False}),
]
every_cell = pytest.mark.parametrize(("kind", "options"), CELLS)


def cell_of(m, kind, options, dtype="float64"):
    m.manual_seed(3)
    return getattr(m.nn, kind)(3, 4, **options, dtype=getattr(m, dtype))


def flat(result):
    return result if isinstance(result, tuple) else (result,)


def given(hx):
    return tuple(hx) if len(hx) == 2 else hx[0]


@every_cell
def test_a_cell_step_by_step_is_a_layer(kind, options):
    cell = cell_of(mg, kind, options)
    layer = getattr(nn, kind.removesuffix("Cell"))(3, 4, **options, dtype=mg.float64)
    layer.load_state_dict({f"{name}_l0": p for name, p in cell.state_dict().items()})
    x = mg.randn(5, 2, 3, dtype=mg.float64)
    output, last = layer(x)
    hx = None
    for k in range(5):
        hx = cell(x[k], hx)
        close([flat(hx)[0]], [output[k]], 1e-14)
    close(flat(hx), [state[0] for state in flat(last)], 1e-14)


@every_cell
def test_without_a_batch(kind, options):
    cell = cell_of(mg, kind, options)
    x, hx = mg.randn(3).double(), [mg.randn(4).double() for _ in range(1 + (kind == "LSTMCell"))]
    alone = flat(cell(x, given(hx)))
    batch = flat(cell(x.unsqueeze(0), given([state.unsqueeze(0) for state in hx])))
    for one, of_batch in zip(alone, batch, strict=True):
        assert mg.equal(one, of_batch[0])
    assert flat(cell(x))[0].shape == (4,)


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_derivatives(kind):
    cell = cell_of(mg, kind, {})
    x = mg.tensor(draw(2, 3), requires_grad=True)
    hx = [mg.tensor(draw(2, 4, seed=k), requires_grad=True) for k in range(1 + (kind[0] == "L"))]

    def f(x, *hx):
        return flat(cell(x, given(hx)))

    assert gradcheck(f, (x, *hx))
    assert gradgradcheck(f, (x, *hx))


Z = mg.zeros


@pytest.mark.parametrize(
    ("kind", "args", "error", "message"),
    [
        ("RNNCell", (Z(1, 2, 3),), ValueError, "the input has 2 dimensions, or 1 without a batch"),
        ("RNNCell", (Z(2, 3), Z(1, 2, 4)), ValueError, "the state has 2 dimensions"),
        ("GRUCell", (Z(2, 4),), RuntimeError, "input_size=3, got shape (2, 4)"),
        ("GRUCell", (Z(2, 3), Z(3, 4)), RuntimeError, "shape (3, 4) and dtype"),
        ("GRUCell", (Z(2, 3), Z(2, 4).double()), RuntimeError, "expected (2, 4) and"),
        ("GRUCell", (Z(2, 3).double(),), RuntimeError, "convert one of them with .to()"),
        ("GRUCell", (Z(2, 3), 1.0), TypeError, "hx[0] is a float"),
        ("LSTMCell", (Z(2, 3), Z(2, 4)), TypeError, "hx is a pair (h, c) of Tensors, got Tensor"),
        ("LSTMCell", ("x",), TypeError, "input is a str"),
    ],
)
def test_wrong_calls(kind, args, error, message):
    with pytest.raises(error, match=re.escape(message)):
        getattr(nn, kind)(3, 4)(*args)


def test_an_unknown_nonlinearity_is_refused_when_it_is_used():
    with pytest.raises(RuntimeError, match="'tanh' or 'relu', got 'elu'"):
        nn.RNNCell(3, 4, nonlinearity="elu")(Z(2, 3))


@pytest.mark.peers
@every_cell
def test_peer_bits_derivatives_and_training(kind, options):
    import torch

    results = []
    for m in (mg, torch):
        cell = cell_of(m, kind, options)
        begin = [repr(cell), [p.detach().numpy().tobytes() for p in cell.parameters()]]
        x = m.tensor(draw(6, 2, 3), requires_grad=True)
        hx = [m.tensor(draw(2, 4, seed=k), requires_grad=True) for k in range(1 + (kind[0] == "L"))]
        wrt = [x, *hx, *cell.parameters()]
        state = given(hx)
        for k in range(3):
            state = cell(x[k], state)
        weights = [m.tensor(draw(2, 4, seed=9 + k)) for k in range(len(hx))]
        first = m.autograd.grad(flat(state), wrt, weights, create_graph=True)
        second = m.autograd.grad(sum((g * g).sum() for g in first), wrt)
        results.append((begin, list(cell.state_dict()), flat(state), first, second))
    ours, theirs = results
    assert ours[:2] == theirs[:2]
    for a, b in zip(ours[2:], theirs[2:], strict=True):
        close(a, b)


@pytest.mark.peers
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-4)])
@every_cell
def test_peer_training(kind, options, dtype, tolerance):
    import torch

    results = []
    for m in (mg, torch):
        cell = cell_of(m, kind, options, dtype)
        optimizer = m.optim.SGD(cell.parameters(), lr=0.1)
        x, losses = m.tensor(draw(5, 2, 3).astype(dtype)), []
        for _ in range(20):
            hx = None
            for k in range(5):
                hx = cell(x[k], hx)
            loss = ((flat(hx)[0] - 0.3) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        results.append((losses, arrays_of(cell.parameters())))
    ours, theirs = results
    np.testing.assert_allclose(ours[0], theirs[0], rtol=tolerance, atol=tolerance / 10)
    for a, b in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
