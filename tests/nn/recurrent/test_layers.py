"""RNN, GRU, LSTM over sequences: by hand, against each other, and wrong calls."""

import copy
import itertools
import math
import pickle
import re

import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck, gradgradcheck
from tests.nn.recurrent.cases import close, every_case, flat, given, layer, name_of, states

nn = mg.nn
rnn = nn.utils.rnn


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
