"""Reshaping and reordering: what is a copy."""

import microgradnn as mg


def test_flip_is_a_copy():
    x = mg.tensor([1.0, 2.0, 3.0])
    flipped = x.flip(0)
    x.zero_()
    assert flipped.tolist() == [3.0, 2.0, 1.0]
    flipped.fill_(7)
    assert x.tolist() == [0.0, 0.0, 0.0]
