"""Picking elements by position: what errors say."""

import pytest

import microgradnn as mg


@pytest.mark.parametrize("wrong", [-1, 3])
def test_gather_names_the_index_that_is_out_of_range(wrong: int) -> None:
    with pytest.raises(
        IndexError, match=f"index {wrong} is out of range for dimension 0 of size 3"
    ):
        mg.zeros(3).gather(0, mg.tensor([0, wrong]))
