"""Picking elements by position: every kind of index, and what errors say."""

import itertools

import numpy as np
import pytest

import microgradnn as mg


@pytest.mark.parametrize("wrong", [-1, 3])
def test_gather_names_the_index_that_is_out_of_range(wrong: int) -> None:
    with pytest.raises(
        IndexError, match=f"index {wrong} is out of range for dimension 0 of size 3"
    ):
        mg.zeros(3).gather(0, mg.tensor([0, wrong]))


def test_an_integer_picks_before_arrays_do():
    # NumPy would put the array's dimension in front: shape (2, 3).
    x = mg.arange(24).reshape(2, 3, 4)
    assert x[1, :, [0, 3]].tolist() == [[12, 15], [16, 19], [20, 23]]
    x[1, :, [0, 3]] = mg.tensor([[-1, -2], [-3, -4], [-5, -6]])
    assert x[1, :, 0].tolist() == [-1, -3, -5]
    assert x[1, :, 3].tolist() == [-2, -4, -6]
    assert x[0].tolist() == np.arange(12).reshape(3, 4).tolist()


def test_the_gradient_of_an_index_in_steps():
    x = mg.zeros(2, 3, 4, requires_grad=True)
    x[1, :, [0, 0]].sum().backward()
    assert x.grad[1, :, 0].tolist() == [2.0, 2.0, 2.0]
    assert x.grad.sum().item() == 6.0


def test_a_tensor_of_uint8_is_a_mask():
    with pytest.warns(UserWarning, match="use dtype bool for a mask"):
        picked = mg.tensor([5, 6, 7])[mg.tensor([0, 1, 1], dtype=mg.uint8)]
    assert picked.tolist() == [6, 7]


PARTS = {
    "1": lambda lib: 1,
    "-1": lambda lib: -1,
    ":": lambda lib: slice(None),
    "::2": lambda lib: slice(0, None, 2),
    "...": lambda lib: Ellipsis,
    "None": lambda lib: None,
    "array": lambda lib: lib.tensor([0, 1, 1]),
    "list": lambda lib: [1, 0],
    "column": lambda lib: lib.tensor([[0], [1]]),
    "0-d": lambda lib: lib.tensor(1),
    "True": lambda lib: True,
    "mask": lambda lib: lib.tensor([True, False]),
    "matrix": lambda lib: lib.tensor([[True, False, True], [False, False, True]]),
    "numpy": lambda lib: np.array([1, 0]),
}
INDICES = [
    parts
    for n in (1, 2, 3)
    for k, parts in enumerate(itertools.product(PARTS, repeat=n))
    if parts.count("...") < 2 and (n < 3 or k % 7 == 0)
]


def outcome(lib, parts):
    """What an index picks, and what assigning there does; or the kind of the error."""
    x = lib.arange(120.0).reshape(2, 3, 4, 5)
    index = tuple(PARTS[p](lib) for p in parts)
    index = index if len(index) > 1 else index[0]
    try:
        picked = x[index]
        x[index] = 1000.0 + lib.arange(float(picked.numel())).reshape(picked.shape)
    except IndexError:
        return "IndexError"
    return picked.tolist(), x.tolist()


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")
def test_every_kind_of_index_picks_and_replaces_what_pytorch_does():
    import torch

    for parts in INDICES:
        assert outcome(mg, parts) == outcome(torch, parts), parts


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: x.gather(0, mg.tensor([[0]])), RuntimeError, "the index has 2 dimensions, the"),
        (lambda x: x.gather(0, mg.tensor([0.5])), TypeError, "must be a Tensor of integers"),
        (lambda x: x.index_select(0, mg.tensor([3])), IndexError, "index 3 is out of range"),
        (lambda x: x.index_select(1, mg.tensor([0])), IndexError, "dimension 1 is out of range"),
        (lambda x: x.take(mg.tensor([5])), IndexError, "5 is out of bounds"),
        (lambda x: x.masked_fill(mg.tensor([1, 0, 1]), 0.0), RuntimeError, "must be a Tensor of "),
        (lambda x: x.long().masked_fill(x > 0, 0.5), RuntimeError, "0.5 is no integer"),
        (lambda x: x.masked_fill(x > 0, mg.zeros(2)), RuntimeError, "a number or a 0-d Tensor"),
    ],
)
def test_errors_say_what_was_given(call, kind, message):
    x = mg.tensor([1.0, 2.0, 3.0])
    with pytest.raises(kind, match=message):
        call(x)
    assert x.tolist() == [1.0, 2.0, 3.0]


def test_filling_in_place():
    x = mg.tensor([1.0, 2.0, 3.0])
    assert x.masked_fill_(x > 1.5, -1) is x
    assert x.tolist() == [1.0, -1.0, -1.0]


NUMBERS = mg.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("index", "picked"),
    [
        ((1, slice(None), [0, 2]), [[12, 14], [16, 18], [20, 22]]),
        ((mg.tensor(1), slice(None), mg.tensor([0, 2])), [[12, 14], [16, 18], [20, 22]]),
        ((1, ..., [0, 2]), [[12, 14], [16, 18], [20, 22]]),
        ((1, slice(0, 2), mg.tensor([True, False, True, False])), [[12, 14], [16, 18]]),
        ((1, None, slice(0, 2), [0, 2]), [[[12, 14], [16, 18]]]),
        (([1, 0], slice(0, 2), 3), [[15, 19], [3, 7]]),
    ],
    ids=str,
)
def test_integers_are_picked_before_arrays_that_stand_apart(index, picked):
    assert NUMBERS[index].tolist() == picked
    x = NUMBERS.clone().requires_grad_()
    (g,) = mg.autograd.grad(x[index].sum(), x)
    changed = mg.zeros(2, 3, 4)
    changed[index] = mg.ones(len(picked), len(picked[0])) if len(picked) > 1 else 1.0
    assert g.tolist() == changed.tolist()
    assert g.sum().item() == mg.tensor(picked).numel()
    assert (NUMBERS * changed).sum().item() == mg.tensor(picked).sum().item()
