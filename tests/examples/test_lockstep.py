"""The measure by which two derivations count as equal."""

import numpy as np
import pytest
from seednet.lockstep import Lockstep, relative_difference

import microgradnn as mg


def difference(by_hand, engine):
    return relative_difference(np.array([by_hand]), np.array([engine]))[0]


def test_equal_arrays_differ_by_nothing():
    assert difference([1.0, -2.0], [1.0, -2.0]) == 0
    assert difference([0.0, 0.0], [0.0, 0.0]) == 0


def test_the_difference_is_relative_to_the_largest_entry():
    assert difference([100.0, 1.0], [100.0, 1.5]) == 0.005
    assert difference([1.0], [1.5]) == pytest.approx(1 / 3)


def test_the_measure_does_not_depend_on_scale_or_order():
    a, b = [3.0, 1.0], [3.0, 1.0 + 2**-30]
    assert difference(a, b) == difference(b, a)
    assert difference(a, b) == difference(np.multiply(a, 2**-900), np.multiply(b, 2**-900))


@pytest.mark.parametrize("spoiled", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_never_counts_as_equal(spoiled):
    assert difference([1.0, spoiled], [1.0, 2.0]) == np.inf
    assert difference([1.0, 2.0], [1.0, spoiled]) == np.inf
    assert difference([spoiled], [spoiled]) == np.inf


def test_a_zero_against_anything_is_wholly_different():
    assert difference([0.0], [1e-300]) == 1


def test_shapes_must_agree_even_where_they_would_broadcast():
    lockstep = Lockstep()
    lockstep.gradients(w=(np.ones((3, 1)), np.ones(3)))
    with pytest.raises(ValueError, match=r"has shape \(3, 1\), the engine \(3,\)"):
        _ = lockstep.largest_gradient_difference


def test_arrays_changed_after_they_were_noted_are_compared_as_they_were():
    lockstep = Lockstep()
    mine, engine = np.ones(2), mg.tensor(np.ones(2))
    lockstep.weights(w=(mine, engine))
    mine += 1
    engine.mul_(5)
    assert lockstep.largest_weight_difference == 0


def test_one_difference_among_thousands_of_steps_is_found_and_named():
    lockstep = Lockstep()
    for step in range(2000):
        off = 1e-6 if step == 1234 else 0.0
        lockstep.gradients(w=(np.ones(3), np.ones(3)), b=(1.0, 1.0 + off))
    assert lockstep.largest_gradient_difference == pytest.approx(1e-6, rel=1e-3)
    assert lockstep.worst_gradient == "b"
    assert lockstep.largest_weight_difference == 0
    assert lockstep.gradients_compared == 4000
