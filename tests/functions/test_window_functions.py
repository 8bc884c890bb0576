import pytest

import microgradnn as mg

NAMES = {
    "bartlett": {}, "blackman": {}, "hann": {}, "hamming": {"alpha": 0.6, "beta": 0.4},
    "kaiser": {"beta": 3.0},
}  # fmt: skip


def test_a_periodic_window_is_a_longer_one_cut():
    whole = mg.hann_window(9, periodic=False, dtype=mg.float64)
    assert mg.allclose(mg.hann_window(8, dtype=mg.float64), whole[:-1])
    assert mg.hann_window(3, requires_grad=True).requires_grad


def test_what_hamming_cannot():
    with pytest.raises(NotImplementedError, match=r"alpha \+ beta = 1, got 0\.5 and 0\.4"):
        mg.hamming_window(3, True, 0.5, 0.4)


@pytest.mark.peers
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [0, 1, 2, 7, 8])
@pytest.mark.parametrize("periodic", [True, False])
def test_equal_to_pytorchs(name, length, periodic):
    import torch

    ours, theirs = (
        getattr(m, f"{name}_window")(length, periodic, dtype=m.float64, **NAMES[name])
        for m in (mg, torch)
    )
    assert ours.shape == tuple(theirs.shape)
    assert ours.numpy() == pytest.approx(theirs.numpy(), abs=1e-12)
