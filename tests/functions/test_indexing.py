"""Picking elements by position: what errors say."""

import pytest

import microgradnn as mg


@pytest.mark.parametrize("wrong", [-1, 3])
def test_gather_names_the_index_that_is_out_of_range(wrong: int) -> None:
    with pytest.raises(
        IndexError, match=f"index {wrong} is out of range for dimension 0 of size 3"
    ):
        mg.zeros(3).gather(0, mg.tensor([0, wrong]))


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
