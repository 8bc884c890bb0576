"""Padded and packed sequences: by hand, there and back, PyTorch's, and wrong calls."""

import re

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import gradcheck
from tests.nn.peer import same

rnn = mg.nn.utils.rnn

LENGTHS = [[3, 2, 1], [4, 4], [1], [2, 5, 2, 3]]


def parts_of(m, lengths, *shape, dtype="float64"):
    numbers = np.arange(1.0, 1 + sum(lengths) * int(np.prod(shape))).reshape(-1, *shape)
    rows = np.split(numbers.astype(dtype), np.cumsum(lengths)[:-1])
    return [m.tensor(row) for row in rows]


def test_packing_by_hand():
    x = mg.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])
    packed = rnn.pack_padded_sequence(x, [2, 1, 3], batch_first=True, enforce_sorted=False)
    assert packed.data.tolist() == [4, 1, 3, 5, 2, 6]
    assert packed.batch_sizes.tolist() == [3, 2, 1]
    assert packed.sorted_indices.tolist() == [2, 0, 1]
    assert packed.unsorted_indices.tolist() == [1, 2, 0]
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True, padding_value=-1)
    assert padded.tolist() == [[1, 2, -1], [3, -1, -1], [4, 5, 6]]
    assert lengths.tolist() == [2, 1, 3]
    assert packed.data.dtype == padded.dtype == mg.int64


def test_padding_by_hand():
    parts = [mg.tensor([1, 2, 3]), mg.tensor([4])]
    assert rnn.pad_sequence(parts).tolist() == [[1, 4], [2, 0], [3, 0]]
    assert rnn.pad_sequence(parts, True, 9).tolist() == [[1, 2, 3], [4, 9, 9]]
    assert rnn.pad_sequence(parts, True, 9, "left").tolist() == [[1, 2, 3], [9, 9, 4]]
    assert rnn.pad_sequence(iter(parts), padding_side="left").tolist() == [[1, 0], [2, 0], [3, 4]]
    assert rnn.pad_sequence(parts).is_contiguous()


@pytest.mark.parametrize("lengths", LENGTHS)
def test_there_and_back(lengths):
    parts = parts_of(mg, lengths, 2)
    packed = rnn.pack_sequence(parts, enforce_sorted=False)
    for found in (
        rnn.unpack_sequence(packed),
        rnn.unpad_sequence(rnn.pad_sequence(parts), mg.tensor(lengths)),
        rnn.unpad_sequence(rnn.pad_sequence(parts, True), mg.tensor(lengths), batch_first=True),
    ):
        assert len(found) == len(parts)
        assert all(mg.equal(a, b) for a, b in zip(found, parts, strict=True))
    longer, counts = rnn.pad_packed_sequence(packed, total_length=7)
    assert longer.shape == (7, len(lengths), 2)
    assert counts.tolist() == lengths


def test_unpadding_leaves_what_was_padded_as_it_is():
    padded = rnn.pad_sequence([mg.tensor([1.0, 2.0]), mg.tensor([3.0])])
    rnn.unpad_sequence(padded, mg.tensor([2, 1]))[0].zero_()
    assert padded.tolist() == [[1.0, 3.0], [2.0, 0.0]]


def test_derivatives():
    parts = [part.requires_grad_() for part in parts_of(mg, [2, 3, 1], 2)]

    def f(*parts):
        packed = rnn.pack_sequence(parts, enforce_sorted=False)
        return packed.data, rnn.pad_packed_sequence(packed)[0], *rnn.unpack_sequence(packed)

    assert gradcheck(f, tuple(parts))


def test_packed_sequences_as_tuples():
    packed = rnn.pack_sequence(parts_of(mg, [1, 2]), enforce_sorted=False)
    data, sizes, order, back = packed
    again = rnn.PackedSequence(data, sizes, order)
    assert again.unsorted_indices.tolist() == back.tolist()
    assert rnn.PackedSequence((data, sizes)).batch_sizes is sizes
    assert packed.double() is packed
    assert packed.cpu() is packed
    assert not packed.is_cuda
    dtypes = {name: getattr(packed, name)().data.dtype for name in ("float", "half", "int", "byte")}
    assert dtypes == {
        "float": mg.float32, "half": mg.float16, "int": mg.int32, "byte": mg.uint8
    }  # fmt: skip
    assert packed.long().short().char().data.dtype == mg.int8
    with pytest.raises(TypeError, match="data and batch_sizes, or the pair of them"):
        rnn.PackedSequence(data)
    assert rnn.invert_permutation(None) is None


X = mg.zeros(4, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: rnn.pack_padded_sequence(X, [2, 3, 1]), RuntimeError, "sorted by length"),
        (lambda: rnn.pack_padded_sequence(X, [2, 1]), RuntimeError, "2 lengths for a batch of 3"),
        (lambda: rnn.pack_padded_sequence(X, [3, 2, 0]), RuntimeError, "from 1 to the 4 steps"),
        (lambda: rnn.pack_padded_sequence(X, [5, 2, 1]), RuntimeError, "got [5, 2, 1]"),
        (lambda: rnn.pack_padded_sequence(X[:, :0], []), RuntimeError, "has no element"),
        (lambda: rnn.pack_padded_sequence(X[0], [1]), RuntimeError, "for steps and batch"),
        (lambda: rnn.pack_padded_sequence(X, [[2]]), RuntimeError, "one dimension"),
        (lambda: rnn.pack_padded_sequence([1], [1]), TypeError, "input is a list"),
        (lambda: rnn.pad_sequence([]), RuntimeError, "at least one sequence"),
        (lambda: rnn.pad_sequence(3), RuntimeError, "an iterable of Tensors, got int"),
        (lambda: rnn.pad_sequence([X, 3]), TypeError, "sequences[1] is a int"),
        (lambda: rnn.pad_sequence([X, X[:, :2]]), RuntimeError, "sizes must be equal"),
        (lambda: rnn.pad_sequence([X], padding_side="top"), RuntimeError, "'right' or 'left'"),
        (lambda: rnn.unpad_sequence(X, mg.tensor([1, 2])), RuntimeError, "a batch of 3"),
        (
            lambda: rnn.pad_packed_sequence(rnn.pack_sequence([X]), total_length=3), ValueError,
            "total_length=3 is less",
        ),
    ],
)  # fmt: skip
def test_wrong_calls(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


@pytest.mark.peers
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_peer_padding(lengths, side, batch_first):
    import torch

    def f(m, *parts):
        return m.nn.utils.rnn.pad_sequence(parts, batch_first, -2.0, side)

    same(torch, f, *(part.numpy() for part in parts_of(mg, lengths, 2)))
    for m in (mg, torch):
        assert f(m, *parts_of(m, lengths, 2)).is_contiguous()


@pytest.mark.peers
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_peer_packing(lengths, batch_first):
    import torch

    def packed(m, x):
        counts = m.tensor(lengths)
        return m.nn.utils.rnn.pack_padded_sequence(x, counts, batch_first, enforce_sorted=False)

    def padded(m, x):
        return m.nn.utils.rnn.pad_packed_sequence(packed(m, x), batch_first, 3.0, 8)[0]

    shape = (len(lengths), 6, 2) if batch_first else (6, len(lengths), 2)
    x = np.random.default_rng(0).standard_normal(shape)
    same(torch, lambda m, x: packed(m, x).data, x)
    same(torch, padded, x)
    ours, theirs = (packed(m, m.tensor(x)) for m in (mg, torch))
    assert repr(ours.batch_sizes) == repr(theirs.batch_sizes)
    assert repr(ours.sorted_indices) == repr(theirs.sorted_indices)
    assert repr(ours) == repr(theirs).replace("torch.", "microgradnn.")
    strides = [padded(m, m.tensor(x)).stride() for m in (mg, torch)]
    assert strides[0] == strides[1]
