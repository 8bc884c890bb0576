"""RNN, GRU, LSTM over sequences: by hand, against PyTorch option by option, and wrong calls."""

import copy
import itertools
import math
import pickle
import re

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.peer import draw
from tests.test_random_peers import draws_by_itself

nn = mg.nn
rnn = nn.utils.rnn

KINDS = ["RNN", "GRU", "LSTM"]
OPTIONS = [
    {},
    {"num_layers": 2},
    {"bias": False},
    {"batch_first": True, "num_layers": 2},
    {"bidirectional": True},
    {"bidirectional": True, "num_layers": 3, "bias": False, "batch_first": True},
]
CASES = [
    *itertools.product(KINDS, OPTIONS),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True}),
    ("LSTM", {"proj_size": 2}),
    ("LSTM", {"proj_size": 3, "num_layers": 2, "bidirectional": True, "batch_first": True}),
    ("LSTM", {"proj_size": 1, "bias": False, "bidirectional": True}),
]


def name_of(case):
    kind, options = case
    return kind + "".join(f"-{k}={v}" for k, v in options.items())


# PyTorch's fast path does without projections and says so.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported")
every_case = pytest.mark.parametrize("case", CASES, ids=name_of)


def layer(m, case, seed=3, **more):
    kind, options = case
    m.manual_seed(seed)
    return getattr(m.nn, kind)(3, 4, **options, **{"dtype": m.float64, **more})


def states(m, net, batch, seed=11):
    """States to begin with, leaves; as the layer takes them."""
    count = net.num_layers * (2 if net.bidirectional else 1)
    sizes = [net.proj_size or 4] + ([4] if net.mode == "LSTM" else [])
    arrays = [draw(count, *batch, size, seed=seed + k) for k, size in enumerate(sizes)]
    return tuple(m.tensor(a, requires_grad=True) for a in arrays)


def given(hx):
    return hx if len(hx) == 2 else hx[0]


def flat(result):
    """The Tensors of an output and its states."""
    output, last = result
    data = output.data if isinstance(output, tuple) else output
    return [data, *(last if isinstance(last, tuple) else (last,))]


def arrays_of(tensors):
    return [t.detach().numpy() for t in tensors]


def close(ours, theirs, tolerance=1e-11):
    for a, b in zip(arrays_of(ours), arrays_of(theirs), strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def ones(net):
    for p in net.parameters():
        nn.init.constant_(p, 0.5)
    return net


# --- by hand --------------------------------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def test_numbers_computed_by_hand():
    x = mg.tensor([[[1.0]], [[-2.0]]], dtype=mg.float64)
    output, h = ones(nn.RNN(1, 1, dtype=mg.float64))(x)
    one = math.tanh(0.5 + 1.0)
    two = math.tanh(-1.0 + 1.0 + 0.5 * one)
    assert output.flatten().tolist() == pytest.approx([one, two], rel=1e-15)
    assert h.item() == output[-1].item()

    output, (h, c) = ones(nn.LSTM(1, 1, dtype=mg.float64))(x)
    cell = sigmoid(1.5) * math.tanh(1.5)
    one = sigmoid(1.5) * math.tanh(cell)
    z = 0.5 * one
    cell = sigmoid(z) * cell + sigmoid(z) * math.tanh(z)
    two = sigmoid(z) * math.tanh(cell)
    assert output.flatten().tolist() == pytest.approx([one, two], rel=1e-15)
    assert (h.item(), c.item()) == (output[-1].item(), pytest.approx(cell, rel=1e-15))

    output, h = ones(nn.GRU(1, 1, dtype=mg.float64))(x)
    n = math.tanh(1.0 + sigmoid(1.5) * 0.5)
    one = (1 - sigmoid(1.5)) * n
    z = 0.5 * one
    n = math.tanh(-0.5 + sigmoid(z) * (z + 0.5))
    two = (1 - sigmoid(z)) * n + sigmoid(z) * one
    assert output.flatten().tolist() == pytest.approx([one, two], rel=1e-14)
    assert h.item() == output[-1].item()


@every_case
def test_shapes_and_names(case):
    net = layer(mg, case)
    x = mg.randn(5, 2, 3, dtype=mg.float64)
    width = (net.proj_size or 4) * (2 if net.bidirectional else 1)
    output, last = net(x)
    assert output.shape == (5, 2, width)
    batch = 5 if net.batch_first else 2
    for state, like in zip(flat((output, last))[1:], states(mg, net, (batch,)), strict=True):
        assert state.shape == like.shape
    assert [name for name, _ in net.named_parameters()] == net._flat_weights_names
    assert [p is q for p, q in zip(net.parameters(), net._flat_weights, strict=True)]
    assert list(itertools.chain(*net.all_weights))[-1] is net._flat_weights[-1]
    net.flatten_parameters()
    bound = 1 / math.sqrt(4)
    assert all(abs(p.detach()).max().item() <= bound for p in net.parameters())
    flat((output, last))[0].sum().backward()
    assert all(p.grad is not None for p in net.parameters())


@every_case
def test_one_sequence_is_a_batch_of_one(case):
    net = layer(mg, case)
    x = mg.randn(5, 3, dtype=mg.float64)
    hx = states(mg, net, ())
    dim = 0 if net.batch_first else 1
    alone = flat(net(x, given(hx)))
    batch = flat(net(x.unsqueeze(dim), given([state.unsqueeze(1) for state in hx])))
    assert mg.equal(alone[0], batch[0].squeeze(dim))
    for one, of_batch in zip(alone[1:], batch[1:], strict=True):
        assert mg.equal(one, of_batch.squeeze(1))


@every_case
def test_packed_sequences_are_each_computed_alone(case):
    net = layer(mg, case)
    lengths = [2, 4, 1, 4]
    parts = [mg.randn(n, 3, dtype=mg.float64) for n in lengths]
    hx = states(mg, net, (4,))
    output, *last = flat(net(rnn.pack_sequence(parts, enforce_sorted=False), given(hx)))
    packed, _ = net(rnn.pack_sequence(parts, enforce_sorted=False), given(hx))
    assert mg.equal(packed.data, output)
    outputs = rnn.unpack_sequence(packed)
    for b, part in enumerate(parts):
        alone, *ends = flat(net(part, given([state[:, b] for state in hx])))
        close([outputs[b]], [alone], 1e-14)
        close([state[:, b] for state in last], ends, 1e-14)


@pytest.mark.parametrize(
    "case", [("RNN", {}), ("GRU", {}), ("LSTM", {"proj_size": 2})], ids=name_of
)
def test_derivatives_of_a_whole_layer(case):
    kind, options = case
    net = layer(mg, (kind, {**options, "num_layers": 2, "bidirectional": True}))
    x = mg.randn(3, 2, 3, dtype=mg.float64).requires_grad_()
    hx = states(mg, net, (2,))

    def f(x, *hx):
        return tuple(flat(net(x, given(hx))))

    assert gradcheck(f, (x, *hx))
    assert gradgradcheck(f, (x, *hx))


def test_dropout_acts_between_layers_in_training_only():
    net = nn.LSTM(3, 4, 2, dropout=1.0)
    x = mg.randn(5, 2, 3)
    dropped, _ = net(x)
    output, _ = net.eval()(x)
    second = nn.LSTM(4, 4)
    for name, value in net.named_parameters():
        if "_l1" in name:
            second.load_state_dict({name[:-1] + "0": value}, strict=False)
    assert mg.equal(dropped, second(mg.zeros(5, 2, 4))[0])
    assert not mg.equal(dropped, output)


def test_frozen_weights_get_no_gradient():
    net = nn.GRU(3, 4)
    net.weight_hh_l0.requires_grad_(False)
    net(mg.randn(5, 2, 3))[0].sum().backward()
    assert net.weight_hh_l0.grad is None
    assert net.weight_ih_l0.grad is not None


def test_copies_and_pickles():
    net = nn.LSTM(3, 4, bidirectional=True)
    x = mg.randn(5, 2, 3)
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert mg.equal(other(x)[0], net(x)[0])
        assert other.weight_ih_l0 is not net.weight_ih_l0


def test_a_weight_may_be_replaced():
    net = nn.RNN(3, 4, bias=False)
    x = mg.randn(5, 2, 3)
    net.weight_hh_l0 = nn.Parameter(mg.zeros(4, 4))
    assert mg.equal(net(x)[0], (x @ net.weight_ih_l0.T).tanh())


# --- wrong calls ----------------------------------------------------------------------------------

Z = mg.zeros


@pytest.mark.parametrize(
    ("kind", "args", "options", "error", "message"),
    [
        ("LSTM", (0, 4), {}, ValueError, "input_size must be greater than zero, got 0"),
        ("LSTM", (3, 0), {}, ValueError, "hidden_size must be greater than zero, got 0"),
        ("LSTM", (3, 4, 0), {}, ValueError, "num_layers must be greater than zero, got 0"),
        ("LSTM", (3.0, 4), {}, TypeError, "input_size is an int, got 3.0"),
        ("LSTM", (3, 4), {"proj_size": 4}, ValueError, "smaller than hidden_size=4, got 4"),
        ("LSTM", (3, 4), {"proj_size": -1}, ValueError, "got -1"),
        ("GRU", (3, 4), {"proj_size": 2}, ValueError, "argument of LSTM only, not of GRU; got 2"),
        ("RNN", (3, 4), {"proj_size": 2}, ValueError, "argument of LSTM only, not of RNN; got 2"),
        ("RNN", (3, 4), {"nonlinearity": "elu"}, ValueError, "'tanh' or 'relu', got 'elu'"),
        ("GRU", (3, 4), {"bias": 1}, TypeError, "bias is True or False, got 1"),
        ("GRU", (3, 4), {"batch_first": None}, TypeError, "batch_first is True or False, got None"),
        ("GRU", (3, 4, 2), {"dropout": 1.5}, ValueError, "probability from 0 to 1, got 1.5"),
        ("GRU", (3, 4, 2), {"dropout": True}, ValueError, "probability from 0 to 1, got True"),
        ("RNNBase", ("ELMAN", 3, 4), {}, ValueError, "the mode is one of .*, got 'ELMAN'"),
    ],
)
def test_bad_arguments(kind, args, options, error, message):
    with pytest.raises(error, match=message):
        getattr(nn, kind)(*args, **options)


def test_dropout_of_one_layer_is_warned_of():
    with pytest.warns(UserWarning, match="dropout=0.5 has no effect") as record:
        nn.GRU(3, 4, dropout=0.5)
    assert record[0].filename == __file__


@pytest.mark.parametrize(
    ("kind", "args", "error", "message"),
    [
        ("GRU", (Z(5, 2, 3, 1),), ValueError, "has 3 dimensions, or 2 without a batch; got shape"),
        ("GRU", (Z(5, 2, 4),), RuntimeError, r"input_size=3, got shape (5, 2, 4)"),
        ("GRU", (Z(0, 2, 3),), RuntimeError, "no step: shape (0, 2, 3)"),
        ("GRU", (Z(5, 2, 3).double(),), ValueError, "input is of dtype"),
        ("GRU", ([1.0],), TypeError, "input is a list"),
        ("GRU", (Z(5, 2, 3), Z(1, 4)), RuntimeError, "hx has 3 too, got shape (1, 4)"),
        ("GRU", (Z(5, 3), Z(1, 2, 4)), RuntimeError, "hx has 2 too, got shape (1, 2, 4)"),
        ("GRU", (Z(5, 2, 3), Z(2, 2, 4)), RuntimeError, "shape (2, 2, 4), expected (1, 2, 4)"),
        ("GRU", (Z(5, 2, 3), Z(1, 2, 4).double()), RuntimeError, "hx is of dtype"),
        ("GRU", (Z(5, 2, 3), (Z(1, 2, 4),)), TypeError, "hx is a tuple"),
        ("LSTM", (Z(5, 2, 3), Z(1, 2, 4)), TypeError, "hx is a pair (h, c) of Tensors, got Tensor"),
        ("LSTM", (Z(5, 2, 3), (Z(1, 2, 4), None)), TypeError, "of Tensors, got Tensor, NoneType"),
        ("LSTM", (Z(5, 2, 3), (Z(1, 2, 4), Z(1, 4))), RuntimeError, "hx[1] has 3 too"),
        ("LSTM", (Z(5, 2, 3), (Z(1, 2, 4), Z(1, 2, 5))), RuntimeError, "hx[1] has shape (1, 2, 5)"),
        (
            "GRU", (rnn.pack_sequence([Z(3, 3), Z(1, 3)]), Z(1, 3, 4)), RuntimeError,
            "hx has shape (1, 3, 4), expected (1, 2, 4)",
        ),
        (
            "LSTM", (rnn.pack_sequence([Z(3), Z(1)]),), RuntimeError,
            "data of a packed input has 2 dimensions, got shape (4,)",
        ),
    ],
)  # fmt: skip
def test_wrong_calls(kind, args, error, message):
    with pytest.raises(error, match=re.escape(message)):
        getattr(nn, kind)(3, 4)(*args)


# --- PyTorch --------------------------------------------------------------------------------------


@pytest.mark.peers
@every_case
def test_peer_begins_with_the_same_bits_and_prints_the_same(case):
    import torch

    for more in ({}, {"dtype": None}):
        ours, theirs = (layer(m, case, **more) for m in (mg, torch))
        assert repr(ours) == repr(theirs)
        assert list(ours.state_dict()) == list(theirs.state_dict())
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert a.detach().numpy().tobytes() == b.detach().numpy().tobytes()


def inputs_of(m, form, net):
    """An input of the form, the leaf it is made of, and the batch's shape."""
    if form == "packed":
        x = m.tensor(draw(5, 3, 3, seed=1), requires_grad=True)
        pack = m.nn.utils.rnn.pack_padded_sequence
        lengths = m.tensor([2, 5, 4]) if not net.batch_first else [1, 3, 3, 2, 3]
        return pack(x, lengths, net.batch_first, enforce_sorted=False), x, (len(lengths),)
    if form == "one":
        x = m.tensor(draw(5, 3, seed=1), requires_grad=True)
        return x, x, ()
    x = m.tensor(draw(5, 2, 3, seed=1), requires_grad=True)
    return x, x, (5 if net.batch_first else 2,)


def derivatives(m, case, form, begin):
    """Outputs, first and second derivatives of a random weighting."""
    net = layer(m, case)
    input, x, batch = inputs_of(m, form, net)
    hx = states(m, net, batch) if begin else ()
    outputs = flat(net(input, given(hx)) if begin else net(input))
    wrt = [x, *hx, *net.parameters()]
    weights = [m.tensor(draw(*out.shape, seed=50 + k)) for k, out in enumerate(outputs)]
    first = m.autograd.grad(outputs, wrt, weights, create_graph=True)
    again = [m.tensor(draw(*g.shape, seed=70 + k)) for k, g in enumerate(first)]
    second = m.autograd.grad(first, wrt, again, allow_unused=True, materialize_grads=True)
    return outputs, first, second


@pytest.mark.peers
@pytest.mark.parametrize("begin", [False, True])
@pytest.mark.parametrize("form", ["batch", "one", "packed"])
@every_case
def test_peer_outputs_and_derivatives(case, form, begin):
    import torch

    for ours, theirs in zip(
        derivatives(mg, case, form, begin), derivatives(torch, case, form, begin), strict=True
    ):
        close(ours, theirs)


def train(m, case, dtype, dropout=0.0, packed=False):
    """20 steps that learn sums of sequences; the losses and the parameters after them."""
    kind, options = case
    m.manual_seed(5)
    net = getattr(m.nn, kind)(3, 4, **options, dropout=dropout, dtype=dtype)
    width = (net.proj_size or 4) * (2 if net.bidirectional else 1)
    last = m.nn.Linear(width, 2, dtype=dtype)
    optimizer = m.optim.SGD([*net.parameters(), *last.parameters()], lr=0.1, momentum=0.9)
    x, losses = m.randn(6, 6, 3, dtype=dtype), []
    hx = None
    for _ in range(20):
        input = x
        if packed:
            input = m.nn.utils.rnn.pack_padded_sequence(x, [6, 5, 5, 3, 2, 1], net.batch_first)
        output, hx = net(input, hx)
        hx = tuple(h.detach() for h in hx) if isinstance(hx, tuple) else hx.detach()
        if packed:
            output, _ = m.nn.utils.rnn.pad_packed_sequence(output, net.batch_first)
        loss = ((last(output) - x.sum(2, keepdim=True)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, arrays_of(net.parameters())


@pytest.mark.peers
@pytest.mark.parametrize("packed", [False, True])
@every_case
def test_peer_training(case, packed):
    import torch

    for dtype, tolerance in (("float64", 1e-10), ("float32", 1e-4)):
        ours, theirs = (
            train(m, case, getattr(m, dtype), packed=packed) for m in (mg, torch)
        )  # fmt: skip
        np.testing.assert_allclose(ours[0], theirs[0], rtol=tolerance)
        for a, b in zip(ours[1], theirs[1], strict=True):
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.peers
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_peer_dropout_draws_the_same_numbers(kind, packed):
    import torch

    if not draws_by_itself(torch):
        return  # its numbers are MKL's here
    for options in (
        {"num_layers": 2},
        {"num_layers": 3, "batch_first": True, "bidirectional": True},
    ):
        for dtype, tolerance in (("float64", 1e-10), ("float32", 1e-4)):
            ours, theirs = (
                train(m, (kind, options), getattr(m, dtype), 0.4, packed) for m in (mg, torch)
            )
            np.testing.assert_allclose(ours[0], theirs[0], rtol=tolerance)


@pytest.mark.peers
@every_case
def test_peer_state_dicts_are_interchangeable(case):
    import torch

    theirs = layer(torch, case, seed=1)
    ours = layer(mg, case, seed=2)
    ours.load_state_dict({name: p.numpy() for name, p in theirs.state_dict().items()})
    x = draw(5, 2, 3)
    close(flat(ours(mg.tensor(x))), flat(theirs(torch.tensor(x))), 1e-13)


@pytest.mark.peers
@every_case
def test_peer_lays_outputs_out_the_same(case):
    import torch

    ours, theirs = (layer(m, case)(m.tensor(draw(5, 2, 3)))[0] for m in (mg, torch))
    assert ours.is_contiguous() == theirs.is_contiguous()
    assert ours.stride() == theirs.stride()


@pytest.mark.peers
def test_peer_refuses_the_same_calls():
    import torch

    calls = [
        lambda m: m.nn.GRU(3, 4)(m.zeros(5, 2, 3, 1)),
        lambda m: m.nn.GRU(3, 4)(m.zeros(5, 2, 4)),
        lambda m: m.nn.GRU(3, 4)(m.zeros(0, 2, 3)),
        lambda m: m.nn.GRU(3, 4)(m.zeros(5, 2, 3).double()),
        lambda m: m.nn.RNN(3, 4)(m.zeros(5, 2, 3), m.zeros(1, 4)),
        lambda m: m.nn.RNN(3, 4)(m.zeros(5, 3), m.zeros(1, 1, 4)),
        lambda m: m.nn.RNN(3, 4)(m.zeros(5, 2, 3), m.zeros(1, 3, 4)),
        lambda m: m.nn.LSTM(3, 4)(m.zeros(5, 2, 3), (m.zeros(1, 2, 4), m.zeros(1, 2, 3))),
        lambda m: m.nn.LSTM(3, 4)(m.zeros(5, 2, 3), (m.zeros(1, 2, 4), m.zeros(1, 4))),
        lambda m: m.nn.LSTM(3, 4, proj_size=4),
        lambda m: m.nn.LSTM(3, 4, num_layers=0),
        lambda m: m.nn.LSTM(3.5, 4),
        lambda m: m.nn.LSTM(3, 4, 2, dropout=2),
        lambda m: m.nn.LSTM(3, 4, bias=None),
        lambda m: m.nn.GRU(3, 4, proj_size=1),
        lambda m: m.nn.RNN(3, 4, nonlinearity="sin"),
    ]
    for call in calls:
        with pytest.raises((RuntimeError, ValueError, TypeError)) as wanted:
            call(torch)
        with pytest.raises(wanted.type):
            call(mg)
