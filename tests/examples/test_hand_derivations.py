"""A wrong factor in a hand derivation is noticed; the studies show what they say."""

import digit_network_by_hand
import numpy as np
import pytest
import random_perturbation
import s5a_three_inputs
import s5d_convolution
import xor_wider_layers
from seednet import Setting


@pytest.fixture
def setting(tmp_path):
    return Setting(1, tmp_path, show_progress=False)


def test_a_forgotten_factor_makes_a_network_disagree(monkeypatch, setting):
    right = s5a_three_inputs.by_hand

    def without_the_slope(w):
        o = s5a_three_inputs.sigmoid(s5a_three_inputs.X @ w)
        return s5a_three_inputs.X.T @ ((o - s5a_three_inputs.Y) * o)

    monkeypatch.setattr(s5a_three_inputs, "STEPS", 3)
    lockstep, *_ = s5a_three_inputs.train(setting)
    assert lockstep.largest_gradient_difference < 1e-13

    assert right is s5a_three_inputs.by_hand
    monkeypatch.setattr(s5a_three_inputs, "by_hand", without_the_slope)
    lockstep, *_ = s5a_three_inputs.train(setting)
    assert lockstep.largest_gradient_difference > 0.1
    assert lockstep.largest_weight_difference > 0.01


def test_a_pooling_that_spreads_its_gradient_makes_a_network_disagree(monkeypatch, setting):
    from digit_images import digits

    def spread(d_pooled, winner):
        return np.kron(d_pooled / 4, np.ones((2, 2)))

    monkeypatch.setattr(s5d_convolution, "EPOCHS", 1)
    monkeypatch.setattr(digit_network_by_hand, "pool_back", spread)
    lockstep, *_ = s5d_convolution.train(setting, digits(seed=1, train=64))
    assert lockstep.largest_gradient_difference > 1e-3
    assert lockstep.worst_gradient in ("filters", "filter_bias")


def test_the_gradient_of_the_convolution_is_a_difference_quotient():
    random = np.random.default_rng(0)
    weights = digit_network_by_hand.first_weights(random, 3)
    images, answers = random.random((4, 1, 8, 8)), np.array([3, 1, 4, 1])

    def loss(weights):
        probability = digit_network_by_hand.probabilities(weights, images)
        return -np.log(probability[np.arange(4), answers]).mean()

    gradient = digit_network_by_hand.gradient(weights, images, answers)
    for name in weights._fields:
        value, step = getattr(weights, name), 1e-6
        for index in list(np.ndindex(value.shape))[::7]:
            moved = [value.copy(), value.copy()]
            moved[0][index] += step
            moved[1][index] -= step
            up, down = (loss(weights._replace(**{name: changed})) for changed in moved)
            quotient = (up - down) / (2 * step)
            assert getattr(gradient, name)[index] == pytest.approx(quotient, rel=1e-6, abs=1e-9)


def test_wider_hidden_layers_succeed_more_often(setting, monkeypatch):
    monkeypatch.setattr(xor_wider_layers, "NETWORKS_PER_WIDTH", 60)
    one, two, six = (xor_wider_layers.share_of_successes(setting, width) for width in (1, 2, 6))
    assert one == 0
    assert 0.1 < two < 0.8
    assert six > 0.9


def test_shaking_falls_behind_where_there_are_many_weights(setting):
    task = random_perturbation.digits(seed=1)
    best = min(
        random_perturbation.shaken(task, size, setting).reached(task.goal) or task.passes
        for size in task.sizes
    )
    assert random_perturbation.backpropagated(task).reached(task.goal) < best / 3
