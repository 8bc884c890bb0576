"""RNN, GRU, LSTM over sequences: PyTorch's, option by option."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw
from tests.nn.recurrent.cases import KINDS, arrays_of, close, every_case, flat, given, layer, states
from tests.test_random_peers import draws_by_itself

pytestmark = [
    pytest.mark.peers,
    # PyTorch's fast path does without projections and says so.
    pytest.mark.filterwarnings("ignore:LSTM with projections is not supported"),
]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small products wait longer for a second thread than they take."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@every_case
def test_begins_with_the_same_bits_and_prints_the_same(case):
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


@pytest.mark.parametrize("begin", [False, True])
@pytest.mark.parametrize("form", ["batch", "one", "packed"])
@every_case
def test_outputs_and_derivatives(case, form, begin):
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


@pytest.mark.parametrize("packed", [False, True])
@every_case
def test_training(case, packed):
    import torch

    for dtype, tolerance in (("float64", 1e-10), ("float32", 1e-4)):
        ours, theirs = (
            train(m, case, getattr(m, dtype), packed=packed) for m in (mg, torch)
        )  # fmt: skip
        np.testing.assert_allclose(ours[0], theirs[0], rtol=tolerance)
        for a, b in zip(ours[1], theirs[1], strict=True):
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_dropout_draws_the_same_numbers(kind, packed):
    import torch

    if not draws_by_itself(torch):
        pytest.xfail("its numbers are MKL's here")
    for options in (
        {"num_layers": 2},
        {"num_layers": 3, "batch_first": True, "bidirectional": True},
    ):
        for dtype, tolerance in (("float64", 1e-10), ("float32", 1e-4)):
            ours, theirs = (
                train(m, (kind, options), getattr(m, dtype), 0.4, packed) for m in (mg, torch)
            )
            np.testing.assert_allclose(ours[0], theirs[0], rtol=tolerance)


@every_case
def test_state_dicts_are_interchangeable(case):
    import torch

    theirs = layer(torch, case, seed=1)
    ours = layer(mg, case, seed=2)
    ours.load_state_dict({name: p.numpy() for name, p in theirs.state_dict().items()})
    x = draw(5, 2, 3)
    close(flat(ours(mg.tensor(x))), flat(theirs(torch.tensor(x))), 1e-13)


@every_case
def test_lays_outputs_out_the_same(case):
    import torch

    ours, theirs = (layer(m, case)(m.tensor(draw(5, 2, 3)))[0] for m in (mg, torch))
    assert ours.is_contiguous() == theirs.is_contiguous()
    assert ours.stride() == theirs.stride()


def test_refuses_the_same_calls():
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
